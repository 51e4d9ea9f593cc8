"""Migrations: the steps that bring a store up to the version of the code, one per file.

Belongs here: what a step changes, spelled out, because later changes of the tables must not alter it.
Not here: the tables as they are now, and the code that runs the steps (`data/store`).
"""
