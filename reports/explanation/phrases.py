"""Phrases that explanations have in common."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from reports.wording import Kind, moment, shown

Told = Mapping[str, Any]
"""An explanation, or part of one, as ``--json`` prints it."""


def in_points(value: float | None) -> str:
    """Points as people read them."""
    return shown(value, Kind.POINTS)


def in_minutes(value: float) -> str:
    """So many minutes."""
    return f"{shown(value, Kind.MINUTES)} minutes"


def on_clock(text: str) -> str:
    """A moment with its day."""
    return moment(datetime.fromisoformat(text))


def between(start: str, end: str) -> str:
    """From when to when; the day of the end is told when it is another one."""
    begin, finish = on_clock(start), on_clock(end)
    day, _, clock = finish.rpartition(" ")
    return f"{begin} to {clock if begin.startswith(day) else finish}"


def named(told: Told) -> str:
    """Somebody's id, with the name where there is one."""
    name = told.get("name")
    return f"{told['agent_id']} ({name})" if name and name != told["agent_id"] else str(told["agent_id"])


def so_many(number: int, thing: str, things: str = "") -> str:
    """``1 task``, ``2,000 tasks``; ``things`` is the plural where an s is not enough."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def cost_of(way: Told) -> str:
    """What the time a task takes is worth, and what that leaves of what it gains."""
    fee = f" and {in_points(way['fee'])} for one of the few tasks allowed there" if way["fee"] else ""
    left = way["margin"]
    rest = f"which leaves {in_points(left)}" if left >= 0 else f"which is {in_points(-left)} more than it gains"
    return (
        f"{in_minutes(way['minutes'])} of that time are worth {in_points(way['time_worth'])} "
        f"({in_points(way['points_per_hour'])} points an hour{fee}), {rest}"
    )


def edit_lines(told: Told) -> Iterator[str]:
    """The planner's edits that count here, and what each cost."""
    for one in told.get("edits") or []:
        cost = one["cost"] or {}
        points, least, most = (cost.get(key) for key in ("points", "at_least", "at_most"))
        proved = "" if most is None else f" (proved: {in_points(least)} to {in_points(most)})"
        yield f"a planner's edit: {one['edit']}" + ("" if points is None else f"; it cost {in_points(points)}{proved}")
