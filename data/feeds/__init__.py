"""Kinds of sources of tasks or people, a module each: folders of files, databases, queues, topics.

Belongs here: how a kind is read, how far it has been read, and what is acknowledged, moved or marked, and when.
Not here: what an operation means (`data/intake`), the settings of a source (`scheduler/config`), which function reads
which configured source (`scheduler/intake`).
"""
