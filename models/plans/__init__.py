"""Plans and their evaluation: value, hard rules, reasons why tasks are not planned, changes between plans.

Belongs here: what needs a problem and a plan, but no engine. Not here: finding plans (`engines`).
"""
