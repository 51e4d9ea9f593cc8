"""Executors, for as long as a run needs them."""

from collections.abc import Iterator
from contextlib import contextmanager

from models import Executor, Threads, all_cores
from scheduler.workers.given import Workers

SOON_S = 1.0
"""So long after the limits of work have ended it is waited for; then its results are left out."""


@contextmanager
def opened_workers(workers: Workers, patience_s: float = SOON_S) -> Iterator[Executor]:
    """The executor that is asked for; ``patience_s`` is how long work whose limits have ended is waited for.

    Raises:
        MissingExtraError: a cluster is asked for, and what speaks to it is not installed.
        WorkersError: the cluster cannot be reached, or refuses the certificates.
    """
    if workers.address is not None:
        from scheduler.workers.cluster import Cluster

        cluster = Cluster(workers, patience_s)
        try:
            yield cluster
        finally:
            cluster.close()
    elif workers.processes:
        from scheduler.workers.processes import Processes

        processes = Processes(workers.number or all_cores(), patience_s)
        try:
            yield processes
        finally:
            processes.close()
    else:
        yield Threads(workers.number or all_cores())
