"""``python -m tests.days``: many simulated days; see :mod:`tests.days`."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.days.days import CYCLES_A_DAY, Days


def main() -> int:
    """Simulates the days, a line each, and says what was wrong; 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.days", description=__doc__)
    parser.add_argument("--days", type=int, default=10, help="how many days of 288 cycles")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is random")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        days = Days(Path(name), seed=asked.seed)
        for day in range(1, asked.days + 1):
            days.run(CYCLES_A_DAY)
            sizes = ", ".join(f"{what} {size / 1e6:.1f} MB" for what, size in days.sizes().items())
            faults = ", ".join(f"{fault} {count}" for fault, count in days.faults.items())
            told = f"{days.planned} plans, {days.stale} said stale, {len(days.wrong)} wrong"
            print(f"day {day}: {told}; faults: {faults}; disk: {sizes}", flush=True)  # noqa: T201
        wrong = [*days.wrong, *days.lost()]
    print(f"{days.planned} of {days.due} plans, {len(wrong)} wrong", *wrong[:20], sep="\n")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
