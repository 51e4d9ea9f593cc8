"""A Dask cluster: the only module that imports Dask.

Nothing is scattered: what was scattered to a worker that dies is not recovered, arguments of a job are. How often a job
may end its worker is the scheduler's setting (``allowed-failures``, by default 3).
"""

import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from ssl import SSLCertVerificationError, SSLError
from typing import Any, TypeVar

from data import missing_extra
from models import Done, Limits, Work, WorkersError
from scheduler.workers.gather import gathered
from scheduler.workers.given import Workers
from scheduler.workers.travel import Parcel, done_here, packed

try:
    import dask

    dask.config.set({"logging": {"distributed": "critical", "distributed.client": "critical"}})  # errors are raised
    import distributed
except ImportError as error:
    raise missing_extra("a cluster as --workers", "dask") from error

Item = TypeVar("Item")
Result = TypeVar("Result")

NO_WORKERS_S = 60.0
"""So long without any worker, and the work is given up."""
_CONNECT_S = 10.0
_FETCH_S = 60.0
_LOOK_S = 1.0
_LISTEN_S = 1.0
_SETTINGS = {"distributed.admin.large-graph-warning-threshold": "1GiB"}


class Cluster:
    """The workers behind a scheduler."""

    def __init__(self, workers: Workers, patience_s: float) -> None:
        self._address, self._patience_s = str(workers.address), patience_s
        self._client = _connected(workers)
        self._size = self._there()

    @property
    def size(self) -> int:
        """How many threads the workers had when last seen, at least 1."""
        return max(1, self._size)

    def each(self, work: Work[Item, Result], items: Sequence[Item], limits: Limits) -> Iterator[Done[Result]]:
        """See :class:`models.Executor`.

        Dask blames all jobs that a worker had when it died: those it gives up are done again, one by one.
        """
        blamed = []
        for done in self._together(work, dict(enumerate(items)), limits):
            if isinstance(done.fault, _KilledError):
                blamed.append(done.number)
            else:
                yield done
        for number in blamed:
            yield from self._together(work, {number: items[number]}, limits)

    def _together(self, work: Work[Item, Result], items: dict[int, Item], limits: Limits) -> Iterator[Done[Result]]:
        """What has become of the items, by their numbers.

        No more jobs are handed out than there are threads: of those that a worker has beforehand, some wait behind a
        long one while others are idle.
        """
        finished: queue.SimpleQueue[Done[Any]] = queue.SimpleQueue()
        name = f"allot-{uuid.uuid4().hex}"
        stop, watch = _Stop(name, self._client), _Watch(self)
        waiting, running = deque(items.items()), dict[int, Any]()

        def look() -> None:
            watch()
            if stop.is_done:
                while waiting:
                    finished.put(Done(waiting.popleft()[0]))
            while waiting and len(running) < self.size:
                number, item = waiting.popleft()
                parcel = packed(work, number, item, limits)
                future = self._client.submit(carry_out, parcel, number, name, key=f"{name}-{number}", pure=False)
                running[number] = future
                future.add_done_callback(partial(_hand_in, finished, number))

        with dask.config.set(_SETTINGS), _as_worker_errors(self._address):
            try:
                look()
                for done in gathered(finished, len(items), limits, self._patience_s, stop, look):
                    running.pop(done.number, None)
                    look()
                    yield done
            finally:
                with suppress(Exception):  # the scheduler may be gone
                    self._client.cancel(list(running.values()), asynchronous=False)
                    stop.forget()

    def _there(self) -> int:
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        self._size = sum(worker["nthreads"] for worker in workers.values())
        return self._size

    def look(self) -> int:
        """How many threads of workers there are now.

        Raises:
            WorkersError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise WorkersError(f"the scheduler at {self._address} is gone")
        return self._there()

    @property
    def address(self) -> str:
        """Where its scheduler is."""
        return self._address

    def close(self) -> None:
        """Takes leave of it."""
        try:
            self._client.close(timeout=2)
        except Exception:  # whatever has happened to it
            self._client.status = "closed"  # or it closes itself when it is forgotten, and says that it fails again


class _KilledError(WorkersError):
    """A job ends its worker again and again, or others do that its worker has at the same time."""


class _Stop:
    """Asks all jobs of a name to come to an end."""

    def __init__(self, name: str, client: Any) -> None:
        self._event, self.is_done = distributed.Event(name, client), False

    def __call__(self) -> None:
        self.is_done = True
        with suppress(Exception):  # without a scheduler nobody can be asked
            self._event.set()

    def forget(self) -> None:
        """Leaves nothing of it on the scheduler."""
        self._event.set()
        self._event.clear()


class _Watch:
    """Gives up when there has been no worker for a minute."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._looked, self._seen = cluster, 0.0, time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        if self._cluster.look() > 0:
            self._seen = now
        elif now - self._seen > NO_WORKERS_S:
            raise WorkersError(
                f"{self._cluster.address} has had no workers for {NO_WORKERS_S:.0f} s: start some and run again"
            )


def carry_out(parcel: Parcel, number: int, name: str) -> Done[Any]:
    """Does the work on a worker, until the event of that ``name`` is set."""
    worker, cancelled, over = distributed.get_worker(), threading.Event(), threading.Event()
    event = distributed.Event(name, distributed.get_client())

    def listen() -> None:
        with suppress(Exception):  # without a scheduler nobody can ask
            while not over.is_set():
                if event.wait(timeout=_LISTEN_S):
                    cancelled.set()
                    return

    threading.Thread(target=listen, daemon=True).start()
    try:
        return done_here(parcel, number, cancelled, f"worker {worker.address}")
    finally:
        over.set()


def _hand_in(finished: "queue.SimpleQueue[Done[Any]]", number: int, future: Any) -> None:
    """Puts what has become of a job in the queue; waits again where its worker has died before the result was here."""
    if future.status == "finished":
        with suppress(Exception):  # lost on its way
            finished.put(future.result(timeout=_FETCH_S))
            return
    if future.status == "error":
        finished.put(Done(number, fault=_plain(future.exception())))
    elif future.status == "cancelled":
        finished.put(Done(number, fault=WorkersError("the connection to its scheduler was lost")))
    else:
        future.add_done_callback(partial(_hand_in, finished, number))


def _plain(fault: BaseException | None) -> Exception:
    if isinstance(fault, distributed.scheduler.KilledWorker):
        return _KilledError(
            f"its worker was ended {fault.allowed_failures + 1} times, last at {fault.last_worker.address}: perhaps it "
            "needs more memory than the worker may use"
        )
    if isinstance(fault, ImportError):
        return WorkersError(f"a worker cannot import it, so allot is missing there or is another: {fault}")
    return fault if isinstance(fault, Exception) else WorkersError(repr(fault))


def _connected(workers: Workers) -> Any:
    security = distributed.Security(
        tls_ca_file=str(workers.ca),
        tls_client_cert=str(workers.cert),
        tls_client_key=str(workers.key),
        require_encryption=True,
    )
    with _as_worker_errors(str(workers.address)):
        client = distributed.Client(
            workers.address, security=security, timeout=_CONNECT_S, set_as_default=False, name="allot"
        )
    client.loop.asyncio_loop.set_exception_handler(lambda loop, context: None)  # what is lost is asked for again
    return client


@contextmanager
def _as_worker_errors(address: str) -> Iterator[None]:
    """Makes the errors of a connection ours.

    Raises:
        WorkersError: with what is wrong, and where.
    """
    try:
        yield
    except WorkersError:
        raise
    except (OSError, RuntimeError, ValueError, distributed.CancelledError, TimeoutError) as error:
        raise WorkersError(f"{address} {_said(error)}") from error


def _said(error: BaseException) -> str:
    """What is wrong with a connection."""
    causes = [*_causes(error)]
    unproved = next((cause for cause in causes if isinstance(cause, SSLCertVerificationError)), None)
    if unproved is not None:
        return f"has a certificate that is refused here: {unproved.verify_message}"
    said = next((str(cause) for cause in reversed(causes) if str(cause)), "nobody answers")
    if "closed" in said or any(isinstance(cause, SSLError) for cause in causes):
        return f"has refused the certificate of this side, or cut the connection: {said}"
    return f"cannot be reached: {said}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
