"""The steps that bring a store up to the version of the code, one a file.

Belongs here: what a step changes, spelled out, as it stays when the tables change again. Not here: the tables as they
are now and what runs the steps (`data/store`).
"""
