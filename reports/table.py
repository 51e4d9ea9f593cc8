"""A table for people: a frame whose columns have a title and a kind, however it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from reports.wording import Kind


@dataclass(frozen=True)
class Column:
    """A column of a frame as people see it."""

    name: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Rows to show, in order.

    ``marks`` names the Boolean column of the rows to point out, ``printed`` the last column that is worth
    paper; ``rest`` says where rows that do not fit are to be found; ``note`` is to be read before the rows.
    """

    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    marks: str = ""
    printed: str = ""
    rest: str = ""
    note: str = ""

    def head(self, rows: int) -> "Table":
        """The first rows."""
        return replace(self, frame=self.frame.head(rows))

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.frame.height

    def left_out(self, most: int) -> str:
        """The note that stands where only ``most`` rows do; empty when nothing is left out."""
        rest = self.height - most
        if rest <= 0:
            return ""
        return f"The first {most:,} of {self.height:,} rows; the other {rest:,} are in {self.rest}."

    def marked(self) -> list[bool]:
        """Whether each row is to be pointed out."""
        return self.frame[self.marks].to_list() if self.marks else [False] * self.height

    def cells(self) -> list[tuple[object, ...]]:
        """The rows, values in the order of the columns."""
        return self.frame.select(column.name for column in self.columns).rows()


PASSED = "+"
"""Put before the name of a column passed through from the snapshot, so that it clashes with none.

Names of columns worked out here begin with ``@``, those of the contract with a letter.
"""

_KNOWN = {
    column.name: column
    for column in (
        Column("task_id", "Task", Kind.TEXT),
        Column("agent_id", "Agent", Kind.TEXT),
        Column("name", "Name", Kind.TEXT),
        Column("@agent_name", "Name", Kind.TEXT),
        Column("team", "Team", Kind.TEXT),
        Column("@agent_team", "Team", Kind.TEXT),
        Column("site", "Site", Kind.TEXT),
        Column("organisation", "Organisation", Kind.TEXT),
        Column("sequence", "No.", Kind.COUNT),
        Column("start_at", "Start", Kind.TIME),
        Column("end_at", "End", Kind.TIME),
        Column("minutes", "Minutes", Kind.MINUTES),
        Column("due_at", "Due", Kind.TIME),
        Column("@outcome", "Outcome", Kind.TEXT),
        Column("@state", "State", Kind.TEXT),
        Column("@late_minutes", "Late by (min)", Kind.MINUTES),
        Column("payoff", "Payoff", Kind.POINTS),
        Column("@pinned", "In progress", Kind.TEXT),
        Column("process", "Process", Kind.TEXT),
        Column("tenant", "Tenant", Kind.TEXT),
        Column("department", "Department", Kind.TEXT),
        Column("segment", "Segment", Kind.TEXT),
        Column("channel", "Channel", Kind.TEXT),
        Column("value", "Value", Kind.POINTS),
        Column("@worth", "Weighted value", Kind.POINTS),
        Column("@lost", "Lost by lateness", Kind.POINTS),
        Column("penalty", "Fine if missed", Kind.POINTS),
        Column("@reason", "Reason", Kind.TEXT),
        Column("detail", "Detail", Kind.PROSE),
        Column("working_minutes", "Working min", Kind.MINUTES),
        Column("capacity_minutes", "Available min", Kind.MINUTES),
        Column("planned_minutes", "Planned min", Kind.MINUTES),
        Column("@utilization", "Utilization", Kind.SHARE),
        Column("@free_hours", "Free hours", Kind.HOURS),
        Column("@people", "People", Kind.COUNT),
        Column("@working_hours", "Working h", Kind.HOURS),
        Column("@planned_hours", "Planned h", Kind.HOURS),
        Column("tasks", "Tasks", Kind.COUNT),
        Column("late", "Late", Kind.COUNT),
        Column("first_start", "First start", Kind.TIME),
        Column("last_end", "Last end", Kind.TIME),
        Column("@what", "What", Kind.TEXT),
        Column("@share", "Share", Kind.SHARE),
        Column("@points", "Points", Kind.POINTS),
        Column("@fines", "Fines", Kind.POINTS),
        Column("@rows", "Rows", Kind.COUNT),
        Column("@example", "For example", Kind.PROSE),
        Column("@needs", "Skills asked for", Kind.PROSE),
        Column("from_time", "Begun from", Kind.TIME),
        Column("until_time", "Begun before", Kind.TIME),
        Column("points_per_hour", "Points per hour", Kind.POINTS),
        Column("agents", "People who can", Kind.COUNT),
        Column("@asked_hours", "Hours asked for", Kind.HOURS),
        Column("table", "Table", Kind.TEXT),
        Column("row", "Row", Kind.NUMBER),
        Column("id", "Id", Kind.TEXT),
        Column("column", "Column", Kind.TEXT),
        Column("rule", "Rule", Kind.TEXT),
        Column("@bad_value", "Value", Kind.TEXT),
        Column("message", "Message", Kind.PROSE),
        Column("@key", "Key", Kind.TEXT),
        Column("@setting", "Setting", Kind.TEXT),
        Column("@meaning", "Meaning", Kind.PROSE),
    )
}


def columns(*names: str) -> tuple[Column, ...]:
    """The known columns of these names."""
    return tuple(_KNOWN[name] for name in names)


def passed(frame: pl.DataFrame, known: Iterable[str]) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """The frame, its columns that are not ``known`` renamed so that they clash with none, and these columns
    under their own titles."""
    fixed = set(known)
    others = [name for name in frame.columns if name not in fixed]
    found = tuple(Column(PASSED + name, name, _kind(frame[name])) for name in others)
    return frame.rename({name: PASSED + name for name in others}), found


def _kind(values: pl.Series) -> Kind:
    """Dates and plain numbers stay what they are, everything else is text."""
    if isinstance(values.dtype, pl.Datetime):
        return Kind.TIME
    # a spreadsheet keeps 15 digits and knows no infinity: such numbers are text
    exact = values.dtype.is_numeric() and not (values.cast(pl.Float64).abs() >= 1e15).any()
    finite = exact and bool(values.cast(pl.Float64).is_finite().all())
    return Kind.NUMBER if finite and not values.dtype.is_decimal() else Kind.TEXT
