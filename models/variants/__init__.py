"""Problems derived from a problem: with fixed work, with a choice made, or reduced to a part.

Belongs here: functions that return another problem, and carry its plans back. Not here: solving it.
"""
