"""Problems derived from a problem: with fixed work, with a choice made, or reduced to a part.

Belongs here: what returns another problem whose plans and bounds are useful for the first. Not here: solving it.
"""
