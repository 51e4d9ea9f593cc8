"""A table for people: a frame whose columns have a title and a kind, independent of its presentation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from models import LEVELS, PLACES, TASK_LEVELS
from reports.words.language import _, msg
from reports.words.plain import as_text
from reports.words.wording import Unit


@dataclass(frozen=True)
class Column:
    """How a column is shown to people. An ``entry`` is for people to fill in, with one of ``choices`` if any."""

    name: str
    title: str
    kind: Unit
    entry: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows to show, in order.

    ``marks`` names the Boolean column of the rows to point out; ``rest`` says where rows that do not fit are to be
    found; ``note`` is to be read before the rows. ``about`` names the columns with the level and key a row is about.
    """

    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    marks: str = ""
    rest: str = ""
    note: str = ""
    about: tuple[str, str] | None = None

    def head(self, rows: int) -> "Table":
        """The first rows."""
        return replace(self, frame=self.frame.head(rows))

    def rows(self, first: int, until: int) -> "Table":
        """The rows from the one numbered ``first``, counted from 0, to before ``until``."""
        return replace(self, frame=self.frame.slice(first, until - first))

    def without(self, *names: str) -> "Table":
        """The table without columns of these names."""
        return replace(self, columns=tuple(column for column in self.columns if column.name not in names))

    def naming(self, names: Mapping[str, str]) -> "Table":
        """The table with names and ids in one column, for narrow spaces.

        ``names`` maps a column of ids to that of the names.
        """
        called = [
            pl.when(pl.col(name).is_null()).then(agent).otherwise(pl.format("{} ({})", name, agent)).alias(agent)
            for agent, name in names.items()
        ]
        return replace(self, frame=self.frame.with_columns(called)).without(*names.values())

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.frame.height

    def left_out(self, most: int) -> str:
        """The note for a table of which only ``most`` rows are shown; empty if nothing is left out."""
        rest = self.height - most
        if rest <= 0:
            return ""
        return _(
            "The first {most} of {all} rows; the other {rest} are in {place}.",
            most=f"{most:,}",
            all=f"{self.height:,}",
            rest=f"{rest:,}",
            place=self.rest,
        )

    def marked(self) -> list[bool]:
        """Whether each row is to be pointed out."""
        return self.frame[self.marks].to_list() if self.marks else [False] * self.height

    def chosen(self) -> list[tuple[str, str] | None]:
        """The level and key that each row is about, for readers who want to see no more than that."""
        if self.about is None:
            return [None] * self.height
        return [(level, key) for level, key in self.frame.select(self.about).iter_rows()]

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
        Column("task_id", msg("Task"), Unit.TEXT),
        Column("agent_id", msg("Agent"), Unit.TEXT),
        Column("name", msg("Name"), Unit.TEXT),
        Column("@agent_name", msg("Name"), Unit.TEXT),
        Column("@spare_minutes", msg("Time to spare (min)"), Unit.MINUTES),
        Column("@done", msg("Done"), Unit.TEXT),
        Column("@agent_team", LEVELS["team"].title, Unit.TEXT),
        Column("sequence", msg("No."), Unit.COUNT),
        Column("start_at", msg("Start"), Unit.TIME),
        Column("end_at", msg("End"), Unit.TIME),
        Column("minutes", msg("Minutes"), Unit.MINUTES),
        Column("due_at", msg("Due"), Unit.TIME),
        Column("@outcome", msg("Outcome"), Unit.TEXT),
        Column("@state", msg("State"), Unit.TEXT),
        Column("@late_minutes", msg("Late by (min)"), Unit.MINUTES),
        Column("payoff", msg("Payoff"), Unit.POINTS),
        Column("@pinned", msg("In progress"), Unit.TEXT),
        *(Column(level, LEVELS[level].title, Unit.TEXT) for level in (*PLACES, *TASK_LEVELS)),
        Column("value", msg("Value"), Unit.POINTS),
        Column("@worth", msg("Weighted value"), Unit.POINTS),
        Column("@lost", msg("Lost by lateness"), Unit.POINTS),
        Column("penalty", msg("Fine if missed"), Unit.POINTS),
        Column("@reason", msg("Reason"), Unit.TEXT),
        Column("detail", msg("Detail"), Unit.PROSE),
        Column("working_minutes", msg("Working min"), Unit.MINUTES),
        Column("capacity_minutes", msg("Available min"), Unit.MINUTES),
        Column("planned_minutes", msg("Planned min"), Unit.MINUTES),
        Column("@utilization", msg("Utilization"), Unit.SHARE),
        Column("@free_hours", msg("Free hours"), Unit.HOURS),
        Column("@people", msg("People"), Unit.COUNT),
        Column("@working_hours", msg("Working h"), Unit.HOURS),
        Column("@planned_hours", msg("Planned h"), Unit.HOURS),
        Column("tasks", msg("Tasks"), Unit.COUNT),
        Column("late", msg("Late"), Unit.COUNT),
        Column("first_start", msg("First start"), Unit.TIME),
        Column("last_end", msg("Last end"), Unit.TIME),
        Column("@what", msg("What"), Unit.TEXT),
        Column("@share", msg("Share"), Unit.SHARE),
        Column("@fines", msg("Fines"), Unit.POINTS),
        Column("@rows", msg("Rows"), Unit.COUNT),
        Column("@example", msg("For example"), Unit.PROSE),
        Column("@needs", msg("Skills asked for"), Unit.PROSE),
        Column("from_time", msg("Begun from"), Unit.TIME),
        Column("until_time", msg("Begun before"), Unit.TIME),
        Column("agents", msg("People who can"), Unit.COUNT),
        Column("@asked_hours", msg("Hours asked for"), Unit.HOURS),
        Column("table", msg("Table"), Unit.TEXT),
        Column("row", msg("Row"), Unit.NUMBER),
        Column("id", msg("Id"), Unit.TEXT),
        Column("column", msg("Column"), Unit.TEXT),
        Column("rule", msg("Rule"), Unit.TEXT),
        Column("@bad_value", msg("Value"), Unit.TEXT),
        Column("message", msg("Message"), Unit.PROSE),
        Column("@alert", msg("Alert"), Unit.TEXT),
        Column("@place", msg("For"), Unit.TEXT),
        Column("@measure", msg("Measure"), Unit.TEXT),
        Column("@figure", msg("Figure"), Unit.TEXT),
        Column("@threshold", msg("Threshold"), Unit.TEXT),
        Column("@target", msg("Target"), Unit.TEXT),
        Column("@met", msg("Met"), Unit.TEXT),
        Column("@severity", msg("Severity"), Unit.TEXT),
        Column("@since", msg("Since"), Unit.TIME),
        Column("@key", msg("Key"), Unit.TEXT),
        Column("@setting", msg("Setting"), Unit.TEXT),
        Column("@meaning", msg("Meaning"), Unit.PROSE),
    )
}


def columns(*names: str) -> tuple[Column, ...]:
    """The known columns of these names, with their titles in the language spoken now."""
    return tuple(replace(_KNOWN[name], title=_(_KNOWN[name].title)) for name in names)


def passed(frame: pl.DataFrame, known: Iterable[str], zone: str) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """The frame, its columns that are not ``known`` renamed so that they clash with none, and these columns
    under their own titles.

    They hold plain numbers, times (those of a time zone as in ``zone``) or text.
    """
    fixed = set(known)
    others = [name for name in frame.columns if name not in fixed]
    found = tuple(Column(PASSED + name, name, _kind(frame[name])) for name in others)
    own = [
        _plain(frame[name], column.kind, zone).alias(column.name) for name, column in zip(others, found, strict=True)
    ]
    return frame.drop(others).with_columns(own), found


def _plain(values: pl.Series, kind: Unit, zone: str) -> pl.Series:
    if kind is Unit.TIME:
        return values.dt.convert_time_zone(zone) if values.dtype.time_zone else values  # type: ignore[attr-defined]
    return values if kind is Unit.NUMBER else as_text(values)


def _kind(values: pl.Series) -> Unit:
    """Dates and plain numbers stay what they are, everything else is text."""
    if isinstance(values.dtype, pl.Datetime):
        return Unit.TIME
    if not values.dtype.is_numeric() or values.dtype.is_decimal():
        return Unit.TEXT
    # a spreadsheet keeps 15 digits and knows no infinity: such numbers are text
    numbers = values.cast(pl.Float64)
    return Unit.NUMBER if bool((numbers.is_finite() & (numbers.abs() < 1e15)).all()) else Unit.TEXT
