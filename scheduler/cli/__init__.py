"""The command line: commands, their options and help, progress, streams. No logic of its own.

Imports stay light, so that ``--help`` is fast: what a command needs is imported when it runs.
Belongs here: what turns arguments into a call, and its result into lines and an exit code.
Not here: anything that a caller from Python needs too (`scheduler/api`, `scheduler/run`).
"""
