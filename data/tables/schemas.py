"""The tables of a snapshot: their columns, types, units, ranges and keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from unicodedata import normalize

import polars as pl

Kind = Literal["text", "requirement", "time", "number", "integer", "flag"]
"""How a column's values are read; ``requirement`` is text that :func:`data.parse_requirement` reads."""

DTYPES: Mapping[Kind, pl.DataType] = MappingProxyType(
    {
        "text": pl.String(),
        "requirement": pl.String(),
        "time": pl.Datetime("us", "UTC"),
        "number": pl.Float64(),
        "integer": pl.Int64(),
        "flag": pl.Boolean(),
    }
)
"""The polars type a column of each kind has once it is read."""

STATUSES = (
    "new",
    "captured",
    "queued",
    "assigned",
    "in_progress",
    "held",
    "errorheld",
    "completed",
    "canceled",
    "rejected",
)
SHIFT_KINDS = ("work", "break", "reserved")

MOST_POINTS = 1e10
MOST_MINUTES = 1e7
MOST_SLA_MINUTES = 1e9  # systems write 999999999 for "no deadline"; still within the calendar
MOST_COUNT = 1e9  # likewise for "no limit"


@dataclass(frozen=True, kw_only=True)
class ColumnSchema:
    """One column: ``meaning`` is the help people see, ``default`` what an empty cell means (None: nothing).

    ``low`` and ``high`` bound a number, ``low`` itself excluded when ``above_low``. ``choices`` are
    the only texts allowed, in any case, else ``choice_rule`` is broken. ``table`` names the table whose key the text
    refers to; a value that is not there breaks a rule, or counts as missing when ``may_dangle``. ``percent``: the
    text ``90 %`` is 0.9. ``deadline``: a date alone means its first moment, which is seldom intended: a warning.
    """

    name: str
    kind: Kind = "text"
    meaning: str
    unit: str = ""
    required: bool = False
    default: str | float | bool | None = None
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    choices: tuple[str, ...] = ()
    choice_rule: str = "type"
    table: str | None = None
    may_dangle: bool = False
    percent: bool = False
    deadline: bool = False

    @property
    def range_text(self) -> str:
        """The range in words, such as ``above 0 and at most 10000000``; empty without one."""
        low = "" if self.low is None else f"{'above' if self.above_low else 'at least'} {self.low:.15g}"
        high = "" if self.high is None else f"at most {self.high:.15g}"
        return " and ".join(part for part in (low, high) if part)


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """One table. ``key`` is unique together; ``identity`` is what names a row to people (default the key).

    ``optional``: the table may be absent. ``may_be_empty``: it may have no rows. Rules across columns: the second of
    ``period`` is after the first; the first of each ``here_or_there`` has a value in the row, or in the row of another
    table that the second refers to.
    """

    name: str
    meaning: str
    columns: tuple[ColumnSchema, ...]
    key: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    optional: bool = False
    may_be_empty: bool = False
    period: tuple[str, str] | None = None
    here_or_there: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in the order of the contract."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> ColumnSchema:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pl.DataFrame:
        """The frame of the table without rows."""
        types = {column.name: DTYPES[column.kind] for column in self.columns}
        return pl.DataFrame(schema={**types, ROW: pl.Int64()})


ROW = "row"
"""The column that says where a row stood: the header line of its source counts as 1.

A blank line counts, a line break inside a quoted cell does not: it is the row a spreadsheet shows.
"""

REJECTS = MappingProxyType(
    {
        "table": pl.String(),
        ROW: pl.Int64(),
        "id": pl.String(),
        "column": pl.String(),
        "rule": pl.String(),
        "value": pl.String(),
        "message": pl.String(),
    }
)
"""Columns and types of the list of rejected rows."""


def loose(name: str) -> str:
    """The name without case, spaces, ``_``, ``-``, ``/`` and what is invisible: equal for names that mean the same."""
    return re.sub(r"[\s_\-/\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", normalize("NFC", name)).casefold()


def _points(name: str, meaning: str, **more: float | None) -> ColumnSchema:
    bounds: dict[str, float | None] = {"low": 0, "high": MOST_POINTS, **more}
    return ColumnSchema(
        name=name, kind="number", unit="points", meaning=meaning, low=bounds["low"], high=bounds["high"]
    )


def _minutes(meaning: str) -> ColumnSchema:
    return ColumnSchema(
        name="minutes",
        kind="number",
        unit="min",
        low=0,
        above_low=True,
        high=MOST_MINUTES,
        meaning=meaning,
    )


TASKS = TableSchema(
    name="tasks",
    meaning="The open work, one row a task.",
    key=("task_id",),
    here_or_there=(("minutes", "process"),),
    columns=(
        ColumnSchema(name="task_id", required=True, meaning="Unique name of the task."),
        ColumnSchema(name="process", required=True, table="processes", meaning="Kind of work: a row of processes."),
        ColumnSchema(name="tenant", meaning="Client the work is done for; empty: the process's."),
        ColumnSchema(name="department", meaning="Department that answers for it; empty: the process's."),
        ColumnSchema(name="segment", meaning="Customer segment, such as gold."),
        ColumnSchema(name="channel", meaning="How it came in; empty: the process's."),
        ColumnSchema(name="created_at", kind="time", meaning="When it entered the business."),
        ColumnSchema(
            name="due_at",
            kind="time",
            meaning="SLA deadline; empty: created_at + the process's sla_minutes; neither: no deadline.",
            deadline=True,
        ),
        ColumnSchema(name="not_before", kind="time", meaning="No work on it earlier than this."),
        ColumnSchema(name="expires_at", kind="time", deadline=True, meaning="Nothing is earned after this."),
        _points("value", "Business value of finishing it; empty: the process's, else the policy's."),
        _points("penalty", "Fine when the SLA is missed; empty: the process's, else 0."),
        _minutes("Standard handling time (what remains, if in progress); empty: the process's."),
        ColumnSchema(
            name="skills",
            kind="requirement",
            meaning="a>=2;b;c|d is a at level 2 or more AND b AND (c or d); empty: the process's.",
        ),
        ColumnSchema(
            name="status",
            default="queued",
            choices=STATUSES,
            choice_rule="unknown_status",
            meaning="Where the task stands.",
        ),
        ColumnSchema(
            name="agent_id",
            table="agents",
            may_dangle=True,
            meaning="Who has it now, for assigned and in_progress.",
        ),
        ColumnSchema(
            name="requested_agent",
            table="agents",
            may_dangle=True,
            meaning="Agent the customer would like: preferred, not required.",
        ),
    ),
)

PROCESSES = TableSchema(
    name="processes",
    meaning="The kinds of work and what their tasks have in common.",
    key=("process",),
    may_be_empty=True,
    columns=(
        ColumnSchema(name="process", required=True, meaning="Unique name of the process."),
        ColumnSchema(name="department", meaning="Department of its tasks."),
        ColumnSchema(name="tenant", meaning="Client of its tasks."),
        ColumnSchema(name="channel", meaning="Channel of its tasks."),
        _minutes("Standard handling time of a task."),
        ColumnSchema(
            name="sla_minutes",
            kind="number",
            unit="min",
            low=0,
            high=MOST_SLA_MINUTES,
            meaning="A task is due this long after created_at; empty: no deadline.",
        ),
        _points("value", "Business value of finishing a task; empty: the policy's."),
        _points("penalty", "Fine when a task misses its SLA; empty: 0."),
        ColumnSchema(
            name="skills",
            kind="requirement",
            meaning="Skills a task needs: a>=2;b;c|d is a at level 2 or more AND b AND (c or d).",
        ),
        ColumnSchema(
            name="calendar",
            meaning="Calendar on which sla_minutes count; empty: the tenant's, else the policy's default.",
        ),
    ),
)

AGENTS = TableSchema(
    name="agents",
    meaning="The people (or machines) who do the work.",
    key=("agent_id",),
    columns=(
        ColumnSchema(name="agent_id", required=True, meaning="Unique name of the agent."),
        ColumnSchema(name="name", meaning="Name people know the agent by."),
        ColumnSchema(name="team", meaning="Team."),
        ColumnSchema(name="site", meaning="Site."),
        ColumnSchema(name="organisation", meaning="Employer, such as a contractor."),
        ColumnSchema(
            name="cost_per_hour",
            kind="number",
            unit="per hour",
            default=0.0,
            low=0,
            high=MOST_POINTS,
            meaning="Cost of an hour of work.",
        ),
        ColumnSchema(
            name="max_utilization",
            kind="number",
            default=1.0,
            low=0,
            above_low=True,
            high=1,
            percent=True,
            meaning="Share of the working time that is planned, such as 0.9.",
        ),
        ColumnSchema(
            name="max_tasks",
            kind="integer",
            low=0,
            high=MOST_COUNT,
            meaning="Most tasks planned for the agent; empty: no limit.",
        ),
    ),
)

AGENT_SKILLS = TableSchema(
    name="agent_skills",
    meaning="Who can do what, one row an agent and skill.",
    key=("agent_id", "skill"),
    may_be_empty=True,
    columns=(
        ColumnSchema(name="agent_id", required=True, table="agents", meaning="The agent."),
        ColumnSchema(name="skill", required=True, meaning="The skill."),
        ColumnSchema(
            name="level",
            kind="integer",
            default=1,
            low=1,
            high=MOST_COUNT,
            meaning="How well: 1 or more.",
        ),
        ColumnSchema(
            name="efficiency",
            kind="number",
            default=1.0,
            low=0,
            above_low=True,
            high=1e6,
            percent=True,
            meaning="Speed: 2 takes half the standard handling time.",
        ),
    ),
)

SHIFTS = TableSchema(
    name="shifts",
    meaning="When people work, one row a stretch of time.",
    identity=("agent_id",),
    period=("start", "end"),
    columns=(
        ColumnSchema(name="agent_id", required=True, table="agents", meaning="The agent."),
        ColumnSchema(name="start", kind="time", required=True, meaning="Start of the stretch."),
        ColumnSchema(name="end", kind="time", required=True, meaning="End of the stretch, exclusive."),
        ColumnSchema(
            name="kind",
            default="work",
            choices=SHIFT_KINDS,
            meaning="work, break or reserved (time kept for calls and meetings).",
        ),
    ),
)

PAIRS = TableSchema(
    name="pairs",
    meaning="What is special about one task with one agent.",
    key=("task_id", "agent_id"),
    optional=True,
    may_be_empty=True,
    columns=(
        ColumnSchema(name="task_id", required=True, table="tasks", meaning="The task."),
        ColumnSchema(name="agent_id", required=True, table="agents", meaning="The agent."),
        ColumnSchema(
            name="allowed",
            kind="flag",
            default=True,
            meaning="false: this agent must not do this task.",
        ),
        _minutes("Replaces the computed duration for this pair."),
        _points("bonus", "Added to the payoff when this agent does this task.", low=-MOST_POINTS),
    ),
)

ABSENCES = TableSchema(
    name="absences",
    meaning="When people are away: the time is taken from their shifts.",
    identity=("agent_id",),
    optional=True,
    may_be_empty=True,
    columns=(
        ColumnSchema(name="agent_id", required=True, table="agents", meaning="Who is away: the id, or the name."),
        ColumnSchema(name="start", kind="time", required=True, meaning="From when: a day, or a day and a time."),
        ColumnSchema(
            name="end",
            kind="time",
            required=True,
            meaning="Until when; a day without a time (or at 00:00) is away to its end.",
        ),
        ColumnSchema(name="kind", meaning="Why, in any words: holiday, ill, training."),
    ),
)

WEEKLY_SHIFTS = TableSchema(
    name="weekly_shifts",
    meaning="Shifts of every week, one row for the weekdays that are alike.",
    identity=("agent_id",),
    optional=True,
    may_be_empty=True,
    columns=(
        ColumnSchema(name="agent_id", required=True, table="agents", meaning="Who works: the id, or the name."),
        ColumnSchema(name="weekday", required=True, meaning="Mon, or several: Mon-Fri, Mon Wed."),
        ColumnSchema(name="start", required=True, meaning="Start on that day, such as 08:00."),
        ColumnSchema(name="end", required=True, meaning="End; not after the start means the next day: 22:00 to 06:00."),
        ColumnSchema(
            name="kind",
            default="work",
            choices=SHIFT_KINDS,
            meaning="work, break or reserved (time kept for calls and meetings).",
        ),
    ),
)

SKILLS_SHEET = "skills"
"""The sheet with people down and skills across."""

SHEETS_BESIDE: Mapping[str, TableSchema] = MappingProxyType({table.name: table for table in (ABSENCES, WEEKLY_SHIFTS)})
"""Tables for people who plan by hand: their rows become rows of `shifts`."""

TABLES: Mapping[str, TableSchema] = MappingProxyType(
    {table.name: table for table in (PROCESSES, AGENTS, TASKS, AGENT_SKILLS, SHIFTS, PAIRS)}
)
"""The tables by name, each after those its columns refer to."""
