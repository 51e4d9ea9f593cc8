"""Run folders: written whole or not at all, locked, replaced and read back.

Belongs here: files of a run. Not here: their content (`models/runs`), or how a run is made (`scheduler/run`).
"""
