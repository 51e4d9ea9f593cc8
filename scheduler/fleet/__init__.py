"""Many plans at once: a list of snapshots with policies and options, each an ordinary run in a folder of its own.

Belongs here: the list, what of it is there already, making the rest by whoever works. Not here: one run (`run`), and
the executors (`workers`).
"""

from scheduler.fleet.listing import FleetPlan, ListError, read_list
from scheduler.fleet.making import make_fleet

__all__ = ["FleetPlan", "ListError", "make_fleet", "read_list"]
