"""`allot` by a clock of processor time, to measure it beside other work: so many seconds of it count as one.

A run of ten seconds on two idle cores takes about sixteen of processor time. A solver's own clock stays as it is, so
this is for the engines of allot only.
"""

import os
import sys
import time

from tests.benchmarks.commands import SECONDS_OF_ONE

_now = time.monotonic()
_BEGAN = _now - time.process_time() / SECONDS_OF_ONE
time.monotonic = lambda: _BEGAN + time.process_time() / SECONDS_OF_ONE

from scheduler.cli.app import run  # noqa: E402  (with the other clock)

if __name__ == "__main__":
    code = run(sys.argv[1:], _BEGAN)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
