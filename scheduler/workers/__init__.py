"""Who does the work that a run can hand out in parts: threads, processes of this machine, or a Dask cluster.

Belongs here: what ``--workers`` and ``[executor]`` mean, the executors behind it, how work travels. Not here: what the
work is (`models/engines`, `scheduler/fleet`). Only `cluster` imports Dask, and only when a cluster is asked for.
"""

from scheduler.workers.given import Given, Workers, fault_of_text, workers_of
from scheduler.workers.opened import opened_workers
from scheduler.workers.travel import versions_here

__all__ = ["Given", "Workers", "fault_of_text", "opened_workers", "versions_here", "workers_of"]
