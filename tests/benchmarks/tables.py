"""The results of the bench as tables: on the terminal, as CSV, and as a page of the documentation."""

import csv
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from tests.benchmarks import overview
from tests.benchmarks.commands import SECONDS_OF_ONE

Row = dict[str, Any]
Column = tuple[str, Callable[[Row], str]]

_STAGES = ("read", "build", "solve", "check", "tables", "write")
_WAYS = {
    "allot": "allot",
    "priority": "priority order",
    "due-date": "earliest due first",
    "greedy": "density greedy",
    "cp-sat": "CP-SAT, whole model",
    "highs": "HiGHS, whole model",
    "again": "again, from the earlier plan",
    "again-soon": "the same, in less time",
}


def _number(name: str, form: str) -> Callable[[Row], str]:
    """A cell with a figure of the row, empty when there is none."""
    return lambda row: "" if row.get(name) is None else format(row[name], form)


def _worth(figure: str) -> Callable[[Row], str]:
    """A cell with a value: of the instance's own total where it has one, else in points."""

    def cell(row: Row) -> str:
        found = row.get(f"{figure}_total", row.get(figure))
        return "" if found is None else f"{found:,.0f}"

    return cell


def _verdict(row: Row) -> str:
    if row.get("note"):
        return str(row["note"]).split(":")[0]
    checks = [row[name] for name in ("check", "audit") if row.get(name) is not None]
    return "holds" if all(checks) else "broken"


def _stage(name: str) -> Column:
    return f"{name} s", lambda row: format(row.get("timings_s", {}).get(name, 0.0), ".1f")


_LIMIT: Column = ("limit s", _number("time_limit_s", ".0f"))
_WALL: Column = ("seconds", _number("wall_s", ".1f"))
_MEMORY: Column = ("MiB", _number("peak_mib", ",.0f"))
_COLUMNS: tuple[Column, ...] = (
    ("case", lambda row: str(row["case"])),
    ("planned by", lambda row: _WAYS[row["way"]]),
    _LIMIT,
    _WALL,
    _MEMORY,
    ("value", _worth("objective")),
    ("bound", _worth("bound")),
    ("gain gap", _number("gain_gap", ".2%")),
    ("gained", _number("gained", ".2%")),
    ("check", _verdict),
)
_STAGE_COLUMNS: tuple[Column, ...] = (
    ("case", lambda row: str(row["case"])),
    ("tasks", _number("tasks", ",")),
    ("engine", lambda row: str(row.get("engine", ""))),
    *map(_stage, _STAGES),
    ("whole command s", _number("wall_s", ".1f")),
    ("`allot check` s", _number("audit_s", ".1f")),
    _MEMORY,
)
_AGAIN_COLUMNS: tuple[Column, ...] = (
    *_COLUMNS[:4],
    ("value", _worth("objective")),
    ("bound", _worth("bound")),
    ("gain gap", _number("gain_gap", ".2%")),
    ("moved or dropped", _number("moved", ",")),
    ("people", _number("people", ",")),
    ("check", _verdict),
)
_GAP_COLUMNS: tuple[Column, ...] = (
    ("instance", lambda row: str(row["case"])),
    ("seconds", _number("wall_s", ".1f")),
    ("optimum", _number("optimum", ",")),
    ("found", _worth("objective")),
    ("above the optimum", lambda row: _off(row, "objective_total")),
    ("proved", _worth("bound")),
    ("below the optimum", lambda row: _off(row, "bound_total")),
)


def _off(row: Row, figure: str) -> str:
    found = row.get(figure)
    return "" if found is None else f"{abs(found - row['optimum']) / row['optimum']:.2%}"


def terminal(rows: list[Row]) -> Group:
    """All rows, for people at a terminal."""
    table = Table()
    for k, (name, _) in enumerate(_COLUMNS):
        table.add_column(name, justify="left" if k < 2 else "right", no_wrap=True)
    for k, row in enumerate(rows):
        last = k + 1 == len(rows) or rows[k + 1]["case"] != row["case"]
        table.add_row(*(cell(row) for _, cell in _COLUMNS), end_section=last)
    return Group(table, *notes(rows))


def notes(rows: list[Row]) -> list[str]:
    """What there is to say about single rows."""
    return [f"{row['case']}, {_WAYS[row['way']]}: {row['note']}" for row in rows if row.get("note")]


def write_csv(rows: list[Row], file: Path) -> None:
    """Writes the rows as CSV, one column per figure; single runs of several are in the JSON only."""
    flat = [
        {name: found for name, found in row.items() if name not in ("timings_s", "runs", "way_to_it")}
        | {f"{stage}_s": seconds for stage, seconds in row.get("timings_s", {}).items()}
        for row in rows
    ]
    names = list(dict.fromkeys(name for row in flat for name in row))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(flat)


def page(results: dict[str, Any]) -> str:
    """The page of the documentation: every table, with the machine and the dates."""
    rows = results["rows"]
    ours = [row for row in rows if row["way"] == "allot"]
    gap_rows = [row for row in ours if "optimum" in row]
    again = [row for row in rows if "people" in row]
    once = [row for row in rows if row not in again]
    machine, dates = results["machine"], sorted({row["measured"] for row in rows})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    repeats = max(len(row.get("runs", ())) for row in rows)
    medians = f" Figures are medians of {repeats} runs." if repeats else ""
    busy = len({row["case"] for row in rows if row.get("busy")})
    medians += (
        f" {busy} cases were planned beside other work: a second is {SECONDS_OF_ONE} s of processor time there."
        if busy
        else ""
    )
    where = (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}"
    )
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured {when} on {where}.{medians}",
            "",
            "`make bench` measures again; this page is written by `python -m tests.benchmarks.bench --write-docs`.",
            "",
            "Every run is a separate process: seconds are for the whole command, memory is its peak. *Value* and",
            "*bound* are in points; for the `gap` cases they are costs, where lower is better and an unassigned",
            "job counts as a large cost. *Gain gap* is the largest share of the possible gain that the plan may",
            "miss, *gained* the share that the plan gains, both by allot's bound. *Holds* means that the plan",
            "keeps every rule and, for `allot plan`, that `allot check` agrees.",
            "",
            *overview.at_a_glance(rows),
            *overview.families_section(rows),
            "",
            "## Every case",
            "",
            *_markdown(_COLUMNS, once),
            *(["", *(f"- {note}" for note in notes(rows))] if notes(rows) else []),
            "",
            "## Where the time goes",
            "",
            "`tasks/x1` to `x8` have 1,000 people and 12,500 to 100,000 tasks, `agents/x1` to `x8` 50,000 tasks and",
            "625 to 5,000 people. They run with a fixed amount of search, so that no time limit hides the growth.",
            "",
            *_markdown(_STAGE_COLUMNS, [row for row in ours if "timings_s" in row and row["case"][:9] != "families/"]),
            *_seeds_section([row for row in rows if str(row["case"]).startswith("400x40/") and "objective" in row]),
            *(_again_section(again) if again else []),
            *(_gap_section(gap_rows) if gap_rows else []),
            "",
        ]
    )


def _seeds_section(rows: list[Row]) -> list[str]:
    """Means over the seeds of those ways that found a plan each time."""
    cases = {row["case"] for row in rows}
    modes = {way: [row for row in rows if row["way"] == way] for way in _WAYS}
    means: list[Row] = [
        {"way": way, **{name: statistics.mean(row[name] for row in found) for name in ("wall_s", "objective")}}
        for way, found in modes.items()
        if cases and len(found) == len(cases)
    ]
    if not means:
        return []
    columns = (_COLUMNS[1], ("mean seconds", _WALL[1]), ("mean value", _number("objective", ",.1f")))
    return ["", f"## 400 tasks and 40 people, {len(cases)} seeds", "", *_markdown(columns, means)]


def _again_section(rows: list[Row]) -> list[str]:
    return [
        "",
        "## Planning again",
        "",
        "A snapshot is planned, then changed: in `changed/insurer-day` one task in a hundred is gone, new or",
        "due at another time; in `changed/boston311` one person is out and five urgent tasks are new. *Moved",
        "or dropped* counts tasks that are not where the earlier plan had them, *people* those whose work has",
        "changed.",
        "",
        *_markdown(_AGAIN_COLUMNS, rows),
    ]


def _gap_section(rows: list[Row]) -> list[str]:
    return [
        "",
        "## Generalized assignment problems of the OR-Library",
        "",
        "These are costs to be minimised: plans found are at or above the optimum, proved bounds at or below it.",
        "",
        *_markdown(_GAP_COLUMNS, rows),
    ]


def _markdown(columns: tuple[Column, ...], rows: list[Row]) -> list[str]:
    lines = [[name for name, _ in columns], ["---"] * len(columns)]
    lines += [[cell(row).replace("|", "\\|") for _, cell in columns] for row in rows]
    return [f"| {' | '.join(line)} |" for line in lines]
