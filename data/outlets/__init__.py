"""The other sides that a plan is handed out to: tables, queues, topics, web services, folders, mail servers.

Belongs here: how each is told, and that it has it. Not here: what is handed out and when (`scheduler/publishing`), what
has yet to be told (`data/store`). All but `side` load what they need at first use.
"""
