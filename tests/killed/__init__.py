"""Processes are killed at any moment; what is kept must be as if they never had been.

Intake: three sources send operations, shuffled, a fifth of them twice; more of them have come whenever the process is
started again. ``python -m tests.killed --operations 10000 --kills 200 --store postgresql`` tries it at full size. Runs:
:mod:`tests.killed.states` has what lies on disk at every step of a command.
"""
