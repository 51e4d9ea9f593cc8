"""Reads a whole snapshot, checks it across tables, refuses or accepts it, and builds the problem.

Belongs here: rules between tables, the period, lost rows. Not here: formats (`sources`), single values (`tables`).
"""
