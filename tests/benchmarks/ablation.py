"""What each part of the engine contributes: gaps of days planned without it; ``python -m tests.benchmarks.ablation``.

Each run is ``allot plan`` in a process of its own, by a clock of processor time, with one part left out. A gap is that
of the run's own bound, and behind it how far the plan is below the lowest bound that any run of the day has proved.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.commands import run_python
from tests.benchmarks.families import write_day

DAYS = ("office", "fines", "short", "generalists")


def _no_sweeps() -> None:
    from models.engines.search.ruin_recreate import Search

    _replace(Search, "respond", lambda search, limits: 0.0)


def _no_moves() -> None:
    from models.engines.search.ruin_recreate import Search

    _replace(Search, "run", lambda search, rounds: 0.0)


def _no_wishes() -> None:
    from models.engines.search import ruin_recreate, wishes

    _replace(ruin_recreate, "wishes_of", lambda problem, arrays, asked: wishes.no_wishes(len(arrays.base)))


def _no_start() -> None:
    from models.engines.search.improvement import Improvement

    _replace(Improvement, "follow", lambda improvement, priced: None)


def _no_dives() -> None:
    from models.engines.search.improvement import Improvement

    _replace(Improvement, "dives", lambda improvement, bids, seconds=None: None)


def _no_dives_in_parts() -> None:
    from models.engines.search.improvement import Improvement

    _replace(Improvement, "_dive_in_parts", lambda improvement: 0.0)


def _no_prices_of_tasks() -> None:
    from models.engines.search import price_and_search

    _replace(price_and_search, "prove_by_programmes", lambda incumbent, arrays, limits, passes=None: None)


WITHOUT: dict[str, Callable[[], None]] = {
    "all": lambda: None,
    "no moves": _no_moves,
    "no sweeps": _no_sweeps,
    "no wishes": _no_wishes,
    "no start from prices": _no_start,
    "no dives": _no_dives,
    "no dives in parts": _no_dives_in_parts,
    "no prices of tasks": _no_prices_of_tasks,
}
"""What is left out, and how. Only what no compiled loop reads can be replaced: loops are kept on disk as they are."""


def _replace(whose: Any, name: str, value: Any) -> None:
    if not hasattr(whose, name):
        raise AttributeError(f"{whose.__name__} has no {name} any more: say here what is left out instead")
    setattr(whose, name, value)


def main() -> None:
    """Plans each day without each part, and shows the gaps."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ablation", description=__doc__)
    parser.add_argument("--days", nargs="+", default=DAYS, metavar="KIND")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], metavar="SEED")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    table = Table("day", *WITHOUT, title=f"gap after {options.seconds:g} s, and below the lowest bound")
    with TemporaryDirectory() as name:
        for day in options.days:
            for seed in options.seeds:
                snapshot = write_day(day, seed, Path(name) / f"{day}-{seed}")
                runs = [planned(snapshot, part, options.seconds, Path(name) / "run") for part in WITHOUT]
                table.add_row(f"{day} {seed}", *gaps(runs))
    Console(width=200).print(table)


def planned(snapshot: Path, part: str, seconds: float, out: Path) -> dict[str, Any]:
    """The run.json of a plan made without a part.

    Raises:
        RuntimeError: no plan was made.
    """
    policy = ["--policy", snapshot / "policy.toml"] if (snapshot / "policy.toml").exists() else []
    options = ("--time-limit", seconds, "--out", out, "--no-xlsx", "--no-html", *policy)
    done = run_python("tests.benchmarks.ablation", "--without", part, "plan", snapshot, *options)
    if done.exit_code:
        raise RuntimeError(f"{part}: {done.stderr}")
    found: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return found


def gaps(runs: list[dict[str, Any]]) -> list[str]:
    """For each run of a day its own gap, and how far its plan is below the lowest bound, of what can be gained."""
    lowest, gained = min(run["bound"] for run in runs), []
    for run in runs:
        could_gain = (run["bound"] - run["objective"]) / run["gain_gap"] if run["gain_gap"] else 1.0
        gained.append(f"{run['gain_gap']:.2%} {(lowest - run['objective']) / could_gain:.2%}")
    return gained


def _run_without(part: str, arguments: list[str]) -> None:
    from tests.benchmarks import busy  # its clock before anything of allot is loaded

    WITHOUT[part]()
    code = busy.run(arguments, busy._BEGAN)
    sys.stdout.flush()
    sys.stderr.flush()
    raise SystemExit(code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--without"]:
        _run_without(sys.argv[2], sys.argv[3:])
    else:
        main()
