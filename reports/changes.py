"""The change list of a re-plan, for people: what was dropped first, then agent by agent; and what calm costs."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from reports.table import Column, Table
from reports.view import RunView
from reports.wording import Kind, shown

_KINDS = {"dropped": "Dropped", "moved": "Moved", "gone": "Gone", "added": "New in the plan"}
CURVE = "Price of calm"
"""The title of the curve's table."""
_MOST_LINES, _MOST_NAMED = 30, 4
_COLUMNS = (
    Column("@change", "Change", Kind.TEXT),
    Column("task_id", "Task", Kind.TEXT),
    Column("from_agent", "From", Kind.TEXT),
    Column("from_start", "Was to start", Kind.TIME),
    Column("to_agent", "To", Kind.TEXT),
    Column("to_start", "Starts now", Kind.TIME),
    Column("detail", "Why", Kind.PROSE),
    Column("gain", "Gains", Kind.POINTS),
    Column("together", "With what it is linked to", Kind.POINTS),
)
_CURVE = (
    Column("allowed", "Changes allowed", Kind.COUNT),
    Column("changes", "Changes made", Kind.COUNT),
    Column("objective", "Value", Kind.POINTS),
    Column("bound", "No plan is worth more than", Kind.POINTS),
)


def changes_table(view: RunView) -> Table | None:
    """The change list; ``None`` for a plan that was made from scratch."""
    if view.changes is None:
        return None
    frame = view.changes.with_columns(pl.col("kind").replace_strict(_KINDS, default=None).alias("@change"))
    return Table("Changes", frame, _COLUMNS, rest="changes.parquet")


def curve_table(view: RunView) -> Table | None:
    """The best value for every number of changes; ``None`` when it was not asked for."""
    points = view.run.get("replan", {}).get("curve")
    return Table(CURVE, pl.DataFrame(points), _CURVE, rest="curve.parquet") if points else None


def change_lines(view: RunView) -> list[str]:
    """The change list on the terminal: how much changed, then what, each agent's day together."""
    if view.changes is None:
        return []
    told, listed = view.run["replan"], list(_listed(view.changes, view.as_of))
    lines = [_how_much(told), *listed[:_MOST_LINES]]
    if len(listed) > _MOST_LINES:
        lines.append(f"  and {len(listed) - _MOST_LINES:,} lines more: see the sheet Changes or changes.parquet")
    return [*lines, *_edit_lines(told), *_curve_lines(told)]


def _how_much(told: dict[str, int]) -> str:
    if not any(told[kind] for kind in _KINDS):
        return "nothing changes"
    parts = [f"{told[kind]:,} {_KINDS[kind].lower()}" for kind in _KINDS if told[kind]]
    people = "person" if told["people"] == 1 else "people"
    return f"changes: {', '.join(parts)}; {told['people']:,} {people} concerned; {told['changes']:,} by choice"


def _listed(changes: pl.DataFrame, as_of: datetime) -> Iterator[str]:
    """Dropped work, then agent by agent who gives what to whom; tasks with the same reason are one line."""
    same = ["kind", "from_agent", "to_agent", "detail"]
    for (kind, giver, taker, detail), rows in changes.group_by(same, maintain_order=True):
        what = _tasks(rows, as_of)
        if kind == "moved":
            yield f"  {giver} -> {taker}: {what}: {detail}"
        elif kind == "added":
            yield f"  {taker} gets {what}: {detail}"
        else:
            yield f"  {giver}'s {what} {'dropped' if kind == 'dropped' else 'gone'}: {detail}"


def _tasks(rows: pl.DataFrame, as_of: datetime) -> str:
    """A few tasks by name, with the time each starts, or was to start where nobody does it; more of them counted."""
    at = pl.coalesce("to_start", "from_start")
    named = [
        f"{task} ({_time(time, as_of)})" for task, time in rows.select("task_id", at).head(_MOST_NAMED).iter_rows()
    ]
    more = rows.height - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")


def _time(moment: datetime | None, as_of: datetime) -> str:
    """The time of day, with the date on another day."""
    if moment is None:
        return "?"
    return f"{moment:%H:%M}" if moment.date() == as_of.date() else f"{moment:%Y-%m-%d %H:%M}"


def _edit_lines(told: dict[str, object]) -> Iterator[str]:
    for edit in told["edits"]:  # type: ignore[attr-defined]
        cost = edit["cost"]
        if cost is not None:
            most = "?" if cost["at_most"] is None else shown(cost["at_most"], Kind.POINTS)
            proved = f"proved: {shown(cost['at_least'], Kind.POINTS)} to {most}"
            yield f"edit {edit['edit']} costs {shown(cost['points'], Kind.POINTS)} points ({proved})"


def _curve_lines(told: dict[str, object]) -> Iterator[str]:
    if told["curve"]:
        yield "changes   value   no plan with so few is worth more than"
    for point in told["curve"]:  # type: ignore[attr-defined]
        bound = "?" if point["bound"] is None else shown(point["bound"], Kind.POINTS)
        yield f"{point['allowed']:>7,}   {shown(point['objective'], Kind.POINTS)}   {bound}"
