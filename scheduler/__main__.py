"""``python -m scheduler`` and the command ``allot``."""

import gc
import os
import sys
import time
from typing import NoReturn

BEGAN = time.monotonic()
gc.set_threshold(100_000)  # nearly all that is made while modules load stays: looking for more garbage is a tenth of it

from scheduler.cli.app import run  # noqa: E402  (what it takes to load counts towards --time-limit)
from scheduler.cli.streams import settle  # noqa: E402


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    settle()
    _leave(run(sys.argv[1:], BEGAN))


def _leave(code: int) -> NoReturn:
    """Ends the process at once: taking compiled loops apart in order takes most of a second and serves nobody."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
