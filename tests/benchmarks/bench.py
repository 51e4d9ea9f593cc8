"""Measures `allot plan` and what people do instead, side by side; `make bench` runs it.

Every run is a process of its own, so that its seconds and its peak memory are its own. Everything goes to `bench/`:
snapshots, runs, results.json and results.csv. Cases measured earlier keep their place there until they are measured
again.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks import draw, gap, overview, tables
from tests.benchmarks.cases import AGAIN, NIGHTLY, QUICK, Case, all_cases
from tests.benchmarks.changed import changed, disturbance
from tests.benchmarks.commands import SECONDS_OF_ONE, Finished, run_allot, run_busy, run_python

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "bench"
DOCS = ROOT / "docs" / "benchmarks.md"
_WIDTH = 130  # of the table in a log
_PATIENCE = 3  # a solver that has not stopped after so many times its limit is ended
_TAKEN = ("engine", "engine_reason", "stop", "proof", "objective", "bound", "gap", "gain_gap", "timings_s")

_EARLIER = "earlier"

Row = dict[str, Any]
"""One way of planning one case: what it took and what came of it."""


def main() -> None:
    """Runs the cases asked for, and shows and keeps the results."""
    options = _options()
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    cases = [replace(c, busy=options.busy) for c in chosen(options.only, options.quick, options.nightly)]
    kept = FOLDER / ("quick.json" if options.quick else "results.json")
    with console.status("compiling the loops") as status:
        warm_up()
        for case in cases:
            status.update(f"{case.name}: writing the snapshot")
            rows = []
            for way, runs in measure(case, options.repeat, options.ways):
                status.update(f"{case.name}: {way}")
                rows.append(summary(list(runs)))
            keep(kept, rows)
    results = json.loads(kept.read_text(encoding="utf-8"))
    console.print(tables.terminal([row for row in results["rows"] if row["case"] in {c.name for c in cases}]))
    if options.write_docs:
        write_docs(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.bench", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="cases, or groups such as gapb, 400x40, tasks, agents"
    )
    parser.add_argument("--ways", nargs="+", metavar="WAY", help="of each case only these ways, such as allot, cp-sat")
    parser.add_argument("--quick", action="store_true", help="a few small cases, a few seconds each: does it work?")
    parser.add_argument("--nightly", action="store_true", help="an hour or so: no solvers, nothing that takes minutes")
    parser.add_argument("--busy", action="store_true", help="beside other work: allot's limits are of processor time")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="measure N times and keep the medians")
    parser.add_argument("--write-docs", action="store_true", help=f"also write {DOCS.relative_to(ROOT)}")
    return parser.parse_args()


def write_docs(results: dict[str, Any]) -> None:
    """Writes the page of the documentation and its pictures."""
    for name, picture in overview.pictures(results["rows"]).items():
        (DOCS.parent / "img" / name).write_text(picture, encoding="utf-8")
    DOCS.write_text(tables.page(results), encoding="utf-8")


def chosen(only: list[str] | None, quick: bool, nightly: bool = False) -> list[Case]:
    """The cases of these names and groups; all, or the quick or nightly ones, when none are named."""
    cases = all_cases()
    names = {c.name for c in cases} | {c.group for c in cases}
    if unknown := set(only or ()) - names:
        raise SystemExit(f"no case {', '.join(sorted(unknown))}; known are {', '.join(sorted(names))}")
    wanted = set(only or (QUICK if quick else NIGHTLY if nightly else names))
    chosen = [c for c in cases if c.name in wanted or c.group in wanted]
    if nightly:
        chosen = [c.without_solvers() for c in chosen]
    return [c.quick() for c in chosen] if quick else chosen


def warm_up() -> None:
    """Compiles all loops, also those of the baselines, so that no measurement includes it.

    Raises:
        SystemExit: one of the commands fails, as it then would in every measurement.
    """
    for kept in Path(__file__).parent.glob("__pycache__/*.nb[ic]"):
        kept.unlink()  # numba does not see that a function of another file has changed
    place = FOLDER / "warm-up"
    shutil.rmtree(place, ignore_errors=True)
    for module, *arguments in (
        ("scheduler", "warm-up"),
        ("scheduler", "sample", place, "--tasks", 20, "--agents", 3),
        ("tests.benchmarks.baselines", place, "priority", 60),
    ):
        finished = run_python(str(module), *arguments)
        if finished.exit_code:
            raise SystemExit(f"python -m {module} {' '.join(map(str, arguments))}: {_last_line(finished)}")


def measure(case: Case, repeat: int, only: list[str] | None = None) -> Iterator[tuple[str, Iterator[Row]]]:
    """The ways of planning a case, or some of them, each with its runs, which are made as they are asked for."""
    place = _fresh(FOLDER / "snapshots" / case.name)
    snapshot = case.snapshot(place)
    if case.change is not None:
        _plan_before(case, snapshot)
        snapshot = changed(snapshot, _fresh(place.with_name(f"{place.name}-changed")), case.change)
    for way in (way for way in case.modes if only is None or way in only):
        yield way, (_row(case, way, snapshot) for _ in range(repeat))


def _row(case: Case, way: str, snapshot: Path) -> Row:
    row: Row = {
        "case": case.name,
        "way": way,
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "time_limit_s": case.limit_of(way),
    }
    row |= _planned(case, way, snapshot) if way in ("allot", "greedy", *AGAIN) else _baseline(case, way, snapshot)
    if case.instance is not None:
        instance = case.instance()
        row["optimum"] = gap.read_optima()[instance.name]
        for figure in ("objective", "bound"):
            if row.get(figure) is not None:
                row[f"{figure}_total"] = gap.total(instance, row[figure])
    return row


def _plan_before(case: Case, snapshot: Path) -> None:
    """Makes the plan that is there when something happens."""
    finished = run_allot(*_command(case, "allot", snapshot, _fresh(_run_of(case, _EARLIER))))
    if finished.exit_code:
        raise RuntimeError(f"{case.name} could not be planned:\n{finished.stderr}")


def _run_of(case: Case, way: str) -> Path:
    return FOLDER / "runs" / case.name / way


def _fresh(folder: Path) -> Path:
    """A folder that is not there, in one that is."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder


def _command(case: Case, way: str, snapshot: Path, out: Path) -> list[object]:
    command: list[object] = ["plan", snapshot, *case.options]
    if (policy := snapshot / "policy.toml").exists():
        command += ["--policy", policy]
    if way in AGAIN:
        command = ["replan", snapshot, "--from", _run_of(case, _EARLIER)]
    if way == "greedy":
        command += ["--engine", "greedy"]
    if (limit_s := case.limit_of(way)) is not None:
        command += ["--time-limit", f"{limit_s}s"]
    return [*command, "--out", out, "--json", "--no-xlsx", "--no-html"]


def _planned(case: Case, way: str, snapshot: Path) -> Row:
    """What `allot plan` or `allot replan` makes of the case, and what `allot check` says to it."""
    out = _fresh(_run_of(case, way))
    finished = (run_busy if case.busy else run_allot)(*_command(case, way, snapshot, out))
    row = _measured(finished)
    if case.busy:
        row |= {"busy": True, "wall_s": finished.cpu_s / SECONDS_OF_ONE}
    if finished.exit_code:
        return row | {"note": _last_line(finished)}
    run = json.loads(finished.stdout)
    audit = run_allot("check", snapshot, out)
    return (
        row
        | (disturbance(_run_of(case, _EARLIER), out) if case.change else {})
        | {
            **{name: run[name] for name in _TAKEN},
            "empty_objective": run["empty_objective"],
            "tasks": run["counts"]["plannable"],
            "planned": run["counts"]["planned"],
            "late": run["counts"]["late"],
            "check": run["check"]["ok"],
            "audit": audit.exit_code == 0,
            "audit_s": audit.wall_s,
            **({"way_to_it": draw.Run.of(out).plain()} if way == "allot" else {}),
            "note": "" if audit.exit_code == 0 else _last_line(audit),
        }
    )


def _baseline(case: Case, way: str, snapshot: Path) -> Row:
    limit_s = case.limit_of(way)
    at_most_s = None if limit_s is None else _PATIENCE * limit_s + 60
    seconds = "inf" if limit_s is None else limit_s
    finished = run_python("tests.benchmarks.baselines", snapshot, way, seconds, at_most_s=at_most_s)
    row = _measured(finished)
    if finished.exit_code:
        return row | {"note": _last_line(finished)}
    said: Row = json.loads(finished.stdout)
    return row | said


def _measured(finished: Finished) -> Row:
    return {"wall_s": finished.wall_s, "cpu_s": finished.cpu_s, "peak_mib": finished.peak_mib}


def _last_line(finished: Finished) -> str:
    said = finished.stderr.strip().splitlines()
    return f"exit {finished.exit_code}: {said[-1]}" if said else f"exit {finished.exit_code}"


def summary(runs: list[Row]) -> Row:
    """One row for several: medians of numbers, whether all were true, else what the last one said."""
    if len(runs) == 1:
        return runs[0]
    return {name: _middle([run.get(name) for run in runs]) for name in runs[-1]} | {"runs": runs}


def _middle(found: list[Any]) -> Any:
    if all(isinstance(x, bool) for x in found):
        return all(found)
    if all(isinstance(x, int | float) for x in found):
        return statistics.median(found)
    if all(isinstance(x, dict) for x in found):
        return {name: _middle([x.get(name) for x in found]) for name in found[-1]}
    return found[-1]


def with_shares(rows: list[Row]) -> list[Row]:
    """The rows of one case, each with the share of what could be gained, by allot's bound, that it gains."""
    ours = rows[0]
    if ours["way"] != "allot" or ours.get("bound") is None or ours["bound"] <= ours["empty_objective"]:
        return rows
    most = ours["bound"] - ours["empty_objective"]
    return [
        row | {"gained": (row["objective"] - ours["empty_objective"]) / most} if "objective" in row else row
        for row in rows
    ]


def keep(file: Path, rows: list[Row]) -> None:
    """Adds the rows of a case to the results, in place of earlier ones, as JSON and as CSV beside it."""
    earlier = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    place = {(case.name, way): n for n, (case, way) in enumerate((c, way) for c in all_cases() for way in c.modes)}
    found = {(row["case"], row["way"]): row for row in (*earlier, *rows)}
    inorder = [found[at] for at in sorted(found.keys() & place.keys(), key=place.__getitem__)]
    rows = [row for _, group in groupby(inorder, key=itemgetter("case")) for row in with_shares(list(group))]
    results = {"machine": machine(), "rows": rows}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    tables.write_csv(rows, file.with_suffix(".csv"))


def machine() -> dict[str, Any]:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "system": platform.system(),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
