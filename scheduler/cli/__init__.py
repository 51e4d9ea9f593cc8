"""The command line: commands, their options and help, progress, streams. Nothing is worked out here.

Imports stay light, so that ``--help`` is quick: what a command needs is imported when it runs.
Belongs here: what turns words of a command line into a call, and its result into lines and an exit code.
Not here: anything a caller from Python needs too (`scheduler/api`, `scheduler/run`).
"""
