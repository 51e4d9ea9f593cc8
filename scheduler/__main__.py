"""``python -m scheduler`` and the command ``allot``."""

import sys

from scheduler.cli import run


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
