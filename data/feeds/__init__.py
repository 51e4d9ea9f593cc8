"""The kinds of sources: folders of files, databases, queues, topics; tasks or people.

Belongs here: how each is read, and how far it was; what is acknowledged, moved or marked, and when. Not here: what an
operation means and what becomes of it (`data/intake`), what a source is called and where it is (`scheduler/intake`).
"""
