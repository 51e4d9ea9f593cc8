"""The change list of a re-plan, for people: dropped tasks first, then agent by agent; and the cost of stability."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from models import CurveRecord, EditRecord, ReplanRecord
from reports.content.proof import proved_costs, usable_bound
from reports.content.table import Column, Table, columns
from reports.content.view import RunView, names_of
from reports.words.language import ENGLISH, _, counted, listed, msg, speaking
from reports.words.lines import padded_to
from reports.words.messages import Messages
from reports.words.wording import Unit, room, shown, unit_of

_KINDS = {"dropped": msg("Dropped"), "moved": msg("Moved"), "gone": msg("Gone"), "added": msg("New in the plan")}
_LISTED = {
    "dropped": msg("{giver}'s {tasks} dropped: {why}"),
    "moved": msg("{giver} -> {taker}: {tasks}: {why}"),
    "gone": msg("{giver}'s {tasks} gone: {why}"),
    "added": msg("{taker} gets {tasks}: {why}"),
}
"""What happens to tasks, between whom, in a line."""
_COSTS = ("points", "at_least", "at_most")
_MOST_LINES, _MOST_NAMED = 30, 4


def changes_table(view: RunView) -> Table | None:
    """The change list; ``None`` for a plan that is not a re-plan."""
    if view.changes is None:
        return None
    kinds = {kind: _(text) for kind, text in _KINDS.items()}
    frame = view.changes.with_columns(
        pl.col("kind").replace_strict(kinds, default=None).alias("@change"),
        view.messages.all_said(view.changes["detail"]),
        *(names_of(view, view.changes[side]).alias(f"@{side}_name") for side in ("from_agent", "to_agent")),
    )
    shape = (
        Column("@change", _("Change"), Unit.TEXT),
        *columns("task_id"),
        Column("from_agent", _("From"), Unit.TEXT),
        Column("@from_agent_name", _("Name"), Unit.TEXT),
        Column("from_start", _("Was to start"), Unit.TIME),
        Column("to_agent", _("To"), Unit.TEXT),
        Column("@to_agent_name", _("Name"), Unit.TEXT),
        Column("to_start", _("Starts now"), Unit.TIME),
        Column("detail", _("Why"), Unit.PROSE),
        Column("gain", _("Gains"), Unit.POINTS),
        Column("together", _("Gains together"), Unit.POINTS),
    )
    return Table(_("Changes"), frame, shape, rest="changes.parquet")


def short_changes_table(view: RunView) -> Table | None:
    """The change list for narrow spaces: names and ids in one column, gains of single tasks only."""
    table = changes_table(view)
    if table is None:
        return None
    return table.naming({f"{side}_agent": f"@{side}_agent_name" for side in ("from", "to")}).without("together")


def edits_table(view: RunView) -> Table | None:
    """The edits and their costs, most expensive first; ``None`` without edits."""
    edits = view.run.replan.edits if view.run.replan else ()
    if not edits:
        return None
    costs = [proved_costs(edit.cost) if edit.cost else None for edit in edits]
    frame = pl.DataFrame(
        {
            "edit": [edit.edit for edit in edits],
            "carried": [_("yes") if edit.carried else "" for edit in edits],
            **{name: pl.Series([getattr(cost, name, None) for cost in costs], dtype=pl.Float64) for name in _COSTS},
        }
    )
    shape = (
        Column("edit", _("Edit"), Unit.TEXT),
        Column("carried", _("Carried over"), Unit.TEXT),
        Column("points", _("Costs"), Unit.POINTS),
        Column("at_least", _("Proved: at least"), Unit.POINTS),
        Column("at_most", _("Proved: at most"), Unit.POINTS),
    )
    return Table(_("Edits"), frame, shape, rest="edits.json")


def curve_table(view: RunView) -> Table | None:
    """The best value for several numbers of changes; ``None`` if it was not asked for."""
    points = _curve(view.run.replan.curve if view.run.replan else ())
    if not points:
        return None
    shape = (
        Column("allowed", _("Changes allowed"), Unit.COUNT),
        Column("changes", _("Changes made"), Unit.COUNT),
        Column("objective", _("Value"), Unit.POINTS),
        Column("bound", _("No plan is worth more than"), Unit.POINTS),
    )
    frame = pl.DataFrame([vars(point) for point in points], schema_overrides={"bound": pl.Float64})
    return Table(_("Cost of stability"), frame, shape, rest="curve.parquet")


def _curve(points: Sequence[CurveRecord]) -> list[CurveRecord]:
    """The points of the curve; the bound of one must be above the value of all with no more changes than it."""

    def bound(of: CurveRecord) -> float | None:
        return usable_bound(of.bound, *(point.objective for point in points if point.allowed <= of.allowed))

    return [replace(point, bound=bound(point)) for point in points]


def changes_in_short(view: RunView) -> str:
    """How much changed, in a sentence; empty for a plan that is not a re-plan."""
    if view.changes is None or view.run.replan is None:
        return ""
    text = _how_much(view.run.replan)
    return text[0].upper() + text[1:]


def change_lines(view: RunView, language: str = ENGLISH) -> list[str]:
    """The change list on the terminal: how much changed, then the changes, agent by agent.

    Raises:
        ValueError: there is no such ``language``.
    """
    if view.changes is None or view.run.replan is None:
        return []
    with speaking(language):
        return _lines(view, view.run.replan, view.changes)


def _lines(view: RunView, told: ReplanRecord, changes: pl.DataFrame) -> list[str]:
    found = list(_listed(changes, view.as_of, view.messages))
    lines = [_how_much(told), *(f"  {line}" for line in found[:_MOST_LINES])]
    if len(found) > _MOST_LINES:
        more = f"{len(found) - _MOST_LINES:,}"
        lines.append("  " + _("and {n} lines more: see the sheet Changes or changes.parquet", n=more))
    return [*lines, *_edit_lines(told.edits, unit_of(view.run)), *_curve_lines(told.curve)]


def _how_much(told: ReplanRecord) -> str:
    tasks: dict[str, int] = {kind: getattr(told, kind) for kind in _KINDS}
    if not any(tasks.values()):
        return _("no task changes hands")
    return _(
        "changes: {kinds}; {people} concerned; {n} by choice",
        kinds=listed(
            _("{n} {reason}", n=f"{tasks[kind]:,}", reason=_(text).lower())
            for kind, text in _KINDS.items()
            if tasks[kind]
        ),
        people=counted(told.people, "{n} person", "{n} people"),
        n=f"{told.changes:,}",
    )


def _listed(changes: pl.DataFrame, as_of: datetime, messages: Messages) -> Iterator[str]:
    """Dropped work, then agent by agent who gives what to whom; tasks with the same reason are one line."""
    same = ["kind", "from_agent", "to_agent", "detail"]
    for (kind, giver, taker, detail), rows in changes.group_by(same, maintain_order=True):
        why = messages.said(str(detail))
        yield _(_LISTED[str(kind)], giver=giver, taker=taker, tasks=_tasks(rows, as_of), why=why)


def _tasks(rows: pl.DataFrame, as_of: datetime) -> str:
    """A few tasks by name, with the time each starts, or was to start where nobody does it; more of them counted."""
    at = pl.coalesce("to_start", "from_start")
    named = [
        _("{task} ({time})", task=task, time=_time(time, as_of))
        for task, time in rows.select("task_id", at).head(_MOST_NAMED).iter_rows()
    ]
    return listed(named, rows.height - len(named))


def _time(moment: datetime | None, as_of: datetime) -> str:
    """The time of day, with the date on another day."""
    if moment is None:
        return "?"
    return f"{moment:%H:%M}" if moment.date() == as_of.date() else f"{moment:%Y-%m-%d %H:%M}"


def _edit_lines(edits: Sequence[EditRecord], unit: str) -> Iterator[str]:
    for edit in edits:
        if edit.cost is not None:
            proved = proved_costs(edit.cost)
            figures = {name: _points(getattr(proved, name)) for name in _COSTS}
            if proved.at_least is None and proved.at_most is None:
                yield _("edit {edit} costs {points} {unit}", edit=edit.edit, points=figures["points"], unit=unit)
                continue
            yield _(
                "edit {edit} costs {points} {unit} (proved: {at_least} to {at_most})",
                edit=edit.edit,
                unit=unit,
                **figures,
            )


def _curve_lines(curve: Sequence[CurveRecord]) -> Iterator[str]:
    head = _("changes")
    if curve:
        yield "   ".join((head, _("value"), _("no plan with so few is worth more than")))
    for point in _curve(curve):
        allowed = padded_to(room(head), f"{point.allowed:,}", right=True)
        yield "   ".join((allowed, _points(point.objective), _points(point.bound)))


def _points(value: float | None) -> str:
    return "?" if value is None else shown(value, Unit.POINTS)
