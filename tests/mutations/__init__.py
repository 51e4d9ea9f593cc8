"""Snapshots spoiled at random: each is planned, refused or a wrong use, and never ends in anything else.

``python -m tests.mutations --seed 1 --count 5000`` tries many, ``--only 17`` one again.
"""
