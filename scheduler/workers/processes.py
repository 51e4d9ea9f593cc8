"""Processes of this machine: each works on one item at a time; one that dies is replaced, and its item done again.

They are started as programs of their own, not forked nor by multiprocessing: threads and locks of this process are not
copied, and a user's script is not run again in each. Python's own pools end when a process dies.
"""

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from models import Done, Limits, Work, WorkersError
from scheduler.workers.gather import gathered
from scheduler.workers.travel import packed

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_DEATHS = 3
"""So often an item may end the process that works on it, as with Dask; once more, and it is given up."""
_END_S = 1.0


class Processes:
    """So many processes, for as long as they are needed."""

    def __init__(self, size: int, patience_s: float) -> None:
        self._size, self._patience_s = size, patience_s
        self._all = [_Process() for _ in range(size)]
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        for process in self._all:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(size)

    @property
    def size(self) -> int:
        """How many there are."""
        return self._size

    def each(self, work: Work[Item, Result], items: Sequence[Item], limits: Limits) -> Iterator[Done[Result]]:
        """See :class:`models.Executor`."""
        finished: queue.SimpleQueue[Done[Any]] = queue.SimpleQueue()
        stopped, busy = threading.Event(), set[_Process]()

        def do(number: int, item: Item) -> None:
            finished.put(self._do(work, number, item, limits, stopped, busy))

        def stop() -> None:
            stopped.set()
            for process in list(busy):
                process.stop(stopped)

        futures = [self._threads.submit(do, number, item) for number, item in enumerate(items)]
        try:
            yield from gathered(finished, len(items), limits, self._patience_s, stop, lambda: None)
        finally:
            for future in futures:
                future.cancel()
            stop()

    def _do(
        self,
        work: Work[Item, Result],
        number: int,
        item: Item,
        limits: Limits,
        stopped: threading.Event,
        busy: "set[_Process]",
    ) -> Done[Any]:
        process = self._idle.get()
        busy.add(process)
        try:
            for _ in range(MOST_DEATHS + 1):
                if stopped.is_set():
                    return Done(number)
                try:
                    return process.do((packed(work, number, item, limits), number), stopped)
                except (EOFError, OSError, struct.error):
                    process.restart()
            return Done(number, fault=WorkersError(f"its process was ended {MOST_DEATHS + 1} times{process.reason}"))
        except Exception as fault:  # what cannot be packed
            return Done(number, fault=fault)
        finally:
            busy.discard(process)
            self._idle.put(process)

    def close(self) -> None:
        """Ends them all."""
        for process in self._all:
            process.end()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Process:
    """A Python that does what it is sent on its standard input (:mod:`scheduler.workers.process`)."""

    def __init__(self) -> None:
        self._lock, self._ended = threading.Lock(), False
        self._owner: threading.Event | None = None
        self.reason = ""
        self._python = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        path = os.pathsep.join([entry or os.getcwd() for entry in sys.path])
        environment = {**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"}
        command = [sys.executable, "-m", "scheduler.workers.process"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def do(self, what: tuple[Any, int], owner: threading.Event) -> Done[Any]:
        """Sends it work and waits for what becomes of it; ``owner`` is who may stop it.

        Raises:
            EOFError, OSError: the process has died.
        """
        sender, receiver = self._python.stdin, self._python.stdout
        if sender is None or receiver is None:
            raise EOFError
        try:
            with self._lock:
                self._owner = owner
                send(sender, what)
            done: Done[Any] = pickle.loads(received(receiver))
            return done
        finally:
            with self._lock:
                self._owner = None

    def stop(self, owner: threading.Event) -> None:
        """Asks it to come to an end with what it does for the owner."""
        with self._lock, suppress(OSError, ValueError):
            if self._owner is owner and self._python.stdin is not None:
                send(self._python.stdin, None)

    def restart(self) -> None:
        """Starts another in its place."""
        self._python.kill()
        code = self._python.wait()
        self._close()
        self.reason = f", last by signal {-code}" if code < 0 else f", last with exit code {code}"
        if not self._ended:
            self._python = self._started()

    def end(self) -> None:
        """Ends it."""
        self._ended = True
        with suppress(OSError):
            if self._python.stdin is not None:
                self._python.stdin.close()
        try:
            self._python.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._python.kill()
            self._python.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self._python.stdin, self._python.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()


def send(stream: Any, what: Any) -> None:
    """Writes something with its length before it."""
    content = pickle.dumps(what, protocol=5)
    stream.write(struct.pack("!Q", len(content)))
    stream.write(content)
    stream.flush()


def received(stream: Any) -> bytes:
    """What was sent.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = struct.unpack("!Q", _read(stream, 8))
    return _read(stream, length)


def _read(stream: Any, length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return bytes(content)
