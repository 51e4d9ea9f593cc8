"""What each of :class:`scheduler.workers.processes.Processes` runs: takes work from standard input, one at a time."""

import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from scheduler.workers.processes import received, send
from scheduler.workers.travel import done_here


def main() -> None:
    """Works until standard input is closed; Ctrl-C is for the process that has started this one."""
    for asking in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asking, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    asked: queue.SimpleQueue[tuple[tuple[Any, int], threading.Event]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, asked), daemon=True).start()
    while True:
        (parcel, number), cancelled = asked.get()
        send(answers, done_here(parcel, number, cancelled, f"process {os.getpid()}"))


def _listen(stream: BinaryIO, asked: "queue.SimpleQueue[tuple[tuple[Any, int], threading.Event]]") -> None:
    cancelled = threading.Event()
    while True:
        try:
            what = pickle.loads(received(stream))
        except (EOFError, OSError):
            os._exit(0)
        if what is None:
            cancelled.set()
        else:
            cancelled = threading.Event()
            asked.put((what, cancelled))


if __name__ == "__main__":
    main()
