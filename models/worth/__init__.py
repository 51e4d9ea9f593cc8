"""What ways to do a task, hours, skills and places are worth at given prices.

Belongs here: questions that explanations and reports ask of a problem and its prices. Not here: words, or searching.
"""
