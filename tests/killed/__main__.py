"""``python -m tests.killed``: kills at full size, on either database; see :mod:`tests.killed`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from data import Store, upgrade_store
from tests.killed.trial import Trial
from tests.services.postgres import new_database, postgres


def main() -> int:
    """Runs one trial and says what is wrong after it; 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m tests.killed", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000, help="how many different ones, of all sources")
    parser.add_argument("--kills", type=int, default=200, help="how often the process is killed")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite", help="the database")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is random")
    asked = parser.parse_args()
    with TemporaryDirectory() as name, _database(asked.store, Path(name)) as url:
        store = Store(url)
        upgrade_store(store)
        store.close()
        trial = Trial(url, Path(name), operations=asked.operations, kills=asked.kills, seed=asked.seed)
        started = trial.run(tell=lambda kills: print(f"\r{kills} killed", end="", flush=True))  # noqa: T201
        wrong = trial.wrong()
    print(f"\r{asked.kills} of {started} processes killed on {asked.store}: {len(wrong)} wrong")  # noqa: T201
    print("\n".join(wrong[:20]))  # noqa: T201
    return 1 if wrong else 0


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'allot.db'}"
        return
    with postgres() as url:
        yield new_database(url)


if __name__ == "__main__":
    raise SystemExit(main())
