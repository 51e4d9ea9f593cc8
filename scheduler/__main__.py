"""``python -m scheduler`` and the command ``allot``."""

import sys
import time

BEGAN = time.monotonic()

from scheduler.cli import run  # noqa: E402  (what it takes to load counts towards --time-limit)


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    sys.exit(run(sys.argv[1:], BEGAN))


if __name__ == "__main__":
    main()
