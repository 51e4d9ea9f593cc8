"""The top of the page of benchmarks: what is good and bad at a glance, kinds of day, and the pictures."""

import statistics
from collections.abc import Iterable, Iterator
from typing import Any

from tests.benchmarks import draw
from tests.benchmarks.cases import AGAIN
from tests.benchmarks.families import AGENTS, FAMILIES, LARGE, SEEDS, TASKS

Row = dict[str, Any]

_GROUP = "families/"
_LARGE = "large/"
_SHOWN = "families/office/seed1"
_FAMILIES_PICTURE, _SPENDING_PICTURE = "families.svg", "spending.svg"
_RULES = {"priority": "priority order", "due-date": "earliest due first", "greedy": "density greedy"}


def pictures(rows: list[Row]) -> dict[str, str]:
    """The pictures of the page, by file name."""
    ours = {row["case"]: draw.Run.from_plain(row["way_to_it"]) for row in rows if "way_to_it" in row}
    groups = {
        family: [ours[case] for seed in SEEDS if (case := f"{_GROUP}{family}/seed{seed}") in ours]
        for family in FAMILIES
    }
    groups = {family: runs for family, runs in groups.items() if runs}
    limit = max((run.points[-1].seconds for runs in groups.values() for run in runs if run.points), default=1.0)
    found = {_FAMILIES_PICTURE: draw.anytime(groups, limit)} if groups else {}
    return found | ({_SPENDING_PICTURE: draw.spending(ours[_SHOWN])} if _SHOWN in ours else {})


def at_a_glance(rows: list[Row]) -> list[str]:
    """The page's first table: what each kind of work comes to."""
    lines = [line for line in (_glance(rows, case) for case in ("desk", "insurer-day", "backlog", "boston311")) if line]
    lines += [
        _families_glance(rows, _GROUP),
        _families_glance(rows, _LARGE),
        _seeds_glance(rows),
        _gap_glance(rows),
        *_again_glance(rows),
    ]
    return [
        "| work | seconds | proved of what can be gained | beside it | measured |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(line)} |" for line in lines if line),
    ]


def families_section(rows: list[Row]) -> list[str]:
    """The table of the kinds of day, under its picture."""
    of_family = {
        family: [r for r in rows if r["case"].startswith(f"{_GROUP}{family}/") or r["case"] == f"{_LARGE}{family}"]
        for family in FAMILIES
    }
    if not any(of_family.values()):
        return []
    return [
        "",
        "## Kinds of day",
        "",
        f"{len(FAMILIES)} kinds of day of up to {TASKS:,} tasks and {AGENTS} people, {_days_each(rows)} of each. *Gap*",
        "is the largest share of the possible gain that allot's plan may miss: the median of the days, and the",
        f"worst; *large* is the gap of one day of up to {LARGE[0]:,} tasks and {LARGE[1]:,} people. Other columns are",
        "what simple rules gain of what can be gained on the small days, medians.",
        "",
        f"![Value and bound over time](img/{_FAMILIES_PICTURE})",
        "",
        "Value (green) and bound (brown) over time, as shares of what can be gained by the last bound; a line for each",
        "day. The plan is proved to be as near to the best as the lines are to each other at the end.",
        "",
        f"| kind of day | what it is | gap | worst | large | {' | '.join(_RULES.values())} |",
        f"|{' --- |' * (5 + len(_RULES))}",
        *(_family(name, found) for name, found in of_family.items() if found),
        "",
        f"![What the time of one day went to](img/{_SPENDING_PICTURE})",
        "",
        "What the seconds of one office day went to: prices lower the bound in a thread beside the search; what wins",
        "more per second gets its turn sooner. `python -m tests.benchmarks.draw RUN_DIR` draws this for any run.",
    ]


def _days_each(rows: list[Row]) -> str:
    seeds = {row["case"].rsplit("/", 1)[1] for row in rows if row["case"].startswith(_GROUP)}
    return "one day" if len(seeds) == 1 else f"{len(seeds)} days"


def _family(name: str, rows: list[Row]) -> str:
    ours = [row for row in rows if row["way"] == "allot" and row.get("gain_gap") is not None]
    gaps = [row["gain_gap"] for row in ours if row["case"].startswith(_GROUP)]
    large = [row["gain_gap"] for row in ours if row["case"].startswith(_LARGE)]
    cells = [name, FAMILIES[name], *([f"{statistics.median(gaps):.2%}", f"{max(gaps):.2%}"] if gaps else ["", ""])]
    cells.append(f"{large[0]:.2%}" if large else "")
    for rule in _RULES:
        gained = [r["gained"] for r in rows if r["way"] == rule and "gained" in r and r["case"].startswith(_GROUP)]
        cells.append(f"{statistics.median(gained):.1%}" if gained else "")
    return f"| {' | '.join(cells)} |"


def _glance(rows: list[Row], case: str) -> list[str] | None:
    ours = _ours(rows, case)
    if ours is None or ours.get("gain_gap") is None:
        return None
    best = max((r for r in _of(rows, case) if r["way"] in _RULES and "gained" in r), key=_gained, default=None)
    beside = "" if best is None else f"{_RULES[best['way']]}: {best['gained']:.1%}"
    work = f"{case}: {ours['tasks']:,} tasks"
    return [work, f"{ours['wall_s']:.0f}", f"{1 - ours['gain_gap']:.2%}", beside, ours["measured"]]


def _gained(row: Row) -> float:
    return float(row["gained"])


def _families_glance(rows: list[Row], group: str) -> list[str] | None:
    ours = [row for row in rows if row["case"].startswith(group) and row["way"] == "allot" and "gain_gap" in row]
    if not ours:
        return None
    gaps = [row["gain_gap"] for row in ours]
    greedy = [row["gained"] for row in rows if row["case"].startswith(group) and row["way"] == "greedy"]
    seconds = f"{statistics.median(row['wall_s'] for row in ours):.0f}"
    proved = f"{1 - statistics.median(gaps):.2%}; worst {1 - max(gaps):.2%}"
    beside = f"density greedy: {statistics.median(greedy):.1%}" if greedy else ""
    tasks = f"{statistics.median(row['tasks'] for row in ours):,.0f}"
    work = f"[{len(ours)} days of {len(FAMILIES)} kinds](#kinds-of-day): {tasks} tasks"
    return [work, seconds, proved, beside, _last(ours)]


def _seeds_glance(rows: list[Row]) -> list[str] | None:
    seeds = [row for row in rows if row["case"].startswith("400x40/") and "objective" in row]
    ours = {row["case"]: row for row in seeds if row["way"] == "allot"}
    theirs = {row["case"]: row for row in seeds if row["way"] == "cp-sat"}
    both = ours.keys() & theirs.keys()
    if not both:
        return None
    as_good = sum(ours[case]["objective"] >= theirs[case]["objective"] for case in both)
    seconds = f"{_mean(ours[c]['wall_s'] for c in both):.0f}"
    beside = f"as good as CP-SAT in {_mean(theirs[c]['wall_s'] for c in both):.0f} s on {as_good} of {len(both)}"
    return [
        "400 tasks and 40 people",
        seconds,
        f"{1 - _mean(ours[c]['gain_gap'] for c in both):.2%}",
        beside,
        _last(seeds),
    ]


def _gap_glance(rows: list[Row]) -> list[str] | None:
    ours = [row for row in rows if row["way"] == "allot" and "optimum" in row and "bound_total" in row]
    if not ours:
        return None
    solved = sum(row["objective_total"] == row["bound_total"] for row in ours)
    seconds = f"up to {max(row['wall_s'] for row in ours):.0f}"
    return [f"{len(ours)} generalized assignment problems", seconds, f"{solved} proved optimal", "", _last(ours)]


def _again_glance(rows: list[Row]) -> Iterator[list[str]]:
    for row in rows:
        fresh = _ours(rows, row["case"])
        if row["way"] in AGAIN and fresh is not None and "objective" in row and "objective" in fresh:
            below = (fresh["objective"] - row["objective"]) / max(1.0, fresh["bound"] - fresh["empty_objective"])
            proved = f"{1 - row['gain_gap']:.2%}" if row.get("gain_gap") is not None else ""
            beside = (
                f"{below:.3%} below a fresh plan in {fresh['wall_s']:.0f} s; {row['people']:,} people's work changed"
            )
            work = f"[{row['case']}](#planning-again), again"
            yield [work, f"{row['wall_s']:.0f}", proved, beside, row["measured"]]


def _last(rows: list[Row]) -> str:
    return str(max(row["measured"] for row in rows))


def _ours(rows: list[Row], case: str) -> Row | None:
    return next((row for row in _of(rows, case) if row["way"] == "allot"), None)


def _of(rows: list[Row], case: str) -> list[Row]:
    return [row for row in rows if row["case"] == case]


def _mean(numbers: Iterable[float]) -> float:
    return statistics.mean(numbers)
