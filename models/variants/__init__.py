"""Problems made from a problem: with something fixed or chosen, or a part of it cut out.

Belongs here: what returns another problem whose plans and bounds mean something for the first. Not here: solving it.
"""
