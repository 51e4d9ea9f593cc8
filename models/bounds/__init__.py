"""Upper bounds re-added from their certificates in exact integers: by prices of time, and by prices of tasks.

Belongs here: what proves. Not here: how good prices are found (`engines/pricing`).
"""
