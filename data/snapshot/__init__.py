"""A snapshot: read whole, checked across tables, refused or accepted, and built into a problem.

Belongs here: rules between tables, the period, what was lost. Not here: formats (`sources`), single values (`tables`).
"""
