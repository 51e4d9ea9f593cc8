"""Days of cycles, one every five minutes, while all kinds of things go wrong around them.

Files arrive half copied or damaged, a database is away, a source is silent, cycles are killed, locks are left behind.
Every cycle that is not killed must write a plan that holds, no operation may be lost, and the disk must not fill up.
``python -m tests.days --days 10`` simulates so many.
"""
