"""Kinds of outlets, to which plans are handed out, a module each: tables, queues, topics, web, folders, mail.

Belongs here: how a kind is told, and how it confirms. Not here: what is handed out and when (`scheduler/publishing`),
the settings of an outlet (`scheduler/config`), the outbox (`data/store`). All but `side` load their libraries at
first use.
"""
