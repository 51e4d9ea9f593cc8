"""``python -m tests.mutations``: many spoiled snapshots, whatever the seed; see :mod:`tests.mutations`."""

import argparse
from collections import Counter

from tests.mutations.trying import NotAsItMayError, attempt


def main() -> int:
    """Tries them all and lists those that end as none may; how many there are."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is random")
    parser.add_argument("--count", type=int, default=5_000, help="how many to try in this process")
    parser.add_argument("--commands", type=int, default=0, help="how many to try through real commands besides")
    parser.add_argument("--only", type=int, help="try this one alone")
    asked = parser.parse_args()
    numbers = range(asked.count) if asked.only is None else (asked.only,)
    ended: Counter[int] = Counter()
    failed = 0
    for real, some in ((False, numbers), (True, range(asked.commands))):
        for number in some:
            print(f"\r{'command ' if real else ''}{number}", end="", flush=True)  # noqa: T201  (names one that kills)
            try:
                ended[attempt(asked.seed, number, real=real)] += 1
            except NotAsItMayError as error:
                failed += 1
                print(f"\n{number}: {error}")  # noqa: T201
    codes = ", ".join(f"{count:,} with {code}" for code, count in sorted(ended.items()))
    print(f"\n{sum(ended.values()):,} ended as they may ({codes}), {failed:,} did not")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
