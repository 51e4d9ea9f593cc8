"""What takes operations in is killed again and again at any moment; the task list must be as if it never had been.

Three sources send operations, shuffled, a fifth of them twice; more of them have come whenever the process is started
again. ``python -m tests.killed --operations 10000 --kills 200 --store postgresql`` tries it at full size.
"""
