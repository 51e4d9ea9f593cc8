"""The tables of a run: each column with its type and meaning, for writing, reading, reports and documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import polars as pl


class ColumnType(Enum):
    """The type of a column, under its name in documents."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "whole number"
    FLAG = "flag"
    TIME = "time"  # microseconds, in the snapshot's time zone

    def is_of(self, dtype: pl.DataType) -> bool:
        """Whether a polars type is of this type; the type of a column without values fits all."""
        return dtype.base_type() is pl.Null or dtype.base_type() is _POLARS[self]


_POLARS = {
    ColumnType.TEXT: pl.String,
    ColumnType.NUMBER: pl.Float64,
    ColumnType.COUNT: pl.Int64,
    ColumnType.FLAG: pl.Boolean,
    ColumnType.TIME: pl.Datetime,
}


@dataclass(frozen=True)
class RunColumn:
    """A column of a run's table; runs of earlier versions may lack one that was added ``later``."""

    name: str
    type: ColumnType
    meaning: str
    later: bool = False


@dataclass(frozen=True)
class RunTable:
    """A table in a run folder; ``of`` is what a row stands for, ``further`` allows passed-through columns."""

    name: str
    of: str
    columns: tuple[RunColumn, ...]
    further: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(column.name for column in self.columns)

    def lacking(self, frame: pl.DataFrame) -> list[str]:
        """The columns that a frame lacks."""
        return [c.name for c in self.columns if c.name not in frame.columns and not c.later]

    def faults(self, frame: pl.DataFrame) -> list[str]:
        """The faults of a frame as this table: missing columns, and columns of another type."""
        missing = self.lacking(frame)
        there = (column for column in self.columns if column.name in frame.columns)
        wrong = [
            f"{column.name} is {frame.schema[column.name]}, and not {column.type.value}"
            for column in there
            if not column.type.is_of(frame.schema[column.name])
        ]
        return [*([f"it lacks {', '.join(missing)}"] if missing else []), *wrong]


def _columns(kind: ColumnType, /, **meanings: str) -> tuple[RunColumn, ...]:
    return tuple(RunColumn(name, kind, meaning) for name, meaning in meanings.items())


_TEXT, _NUMBER, _COUNT, _TIME, _FLAG = (
    ColumnType.TEXT,
    ColumnType.NUMBER,
    ColumnType.COUNT,
    ColumnType.TIME,
    ColumnType.FLAG,
)

_DESCRIPTIVE = (
    *_columns(
        _TEXT,
        process="as in the snapshot",
        tenant="as in the snapshot, or its process's",
        department="as in the snapshot, or its process's",
        segment="as in the snapshot",
        channel="as in the snapshot, or its process's",
    ),
    *_columns(
        _NUMBER,
        value="points, before the policy's weights",
        penalty="points of fine when it is late or left out, where it has a due time",
    ),
)
DESCRIPTIVE = tuple(column.name for column in _DESCRIPTIVE)
"""The columns that describe a task, planned or not."""

PLAN_TABLE = RunTable(
    "plan",
    "a planned task, by agent and sequence",
    (
        *_columns(_TEXT, task_id="the task", agent_id="who does it"),
        *_columns(_COUNT, sequence="its place in the agent's sequence, from 1 without holes"),
        *_columns(_TIME, start_at="when it starts", end_at="when it ends"),
        *_columns(_NUMBER, minutes="charged: grains x grain"),
        *_columns(_TIME, due_at="when it is due; null: never"),
        *_columns(_TEXT, outcome="`on_time` or `late`"),
        *_columns(_NUMBER, payoff="points it earns"),
        *_columns(_FLAG, pinned="in progress, frozen or pinned by an edit"),
        *_DESCRIPTIVE,
    ),
    further=True,
)
UNPLANNED_TABLE = RunTable(
    "unplanned",
    "a task that is neither rejected nor in the plan",
    (
        *_columns(
            _TEXT, task_id="the task", reason="why, as a code", detail="the same in words; programs should not parse it"
        ),
        *_columns(_TIME, due_at="when it is due; null: never"),
        *_columns(_NUMBER, payoff="points it earns: its fine, below 0; 0 for held and final"),
        *_DESCRIPTIVE,
    ),
    further=True,
)
AGENTS_TABLE = RunTable(
    "agents",
    "an agent",
    (
        *_columns(
            _TEXT,
            agent_id="the agent",
            name="as in the snapshot",
            team="as in the snapshot",
            site="as in the snapshot",
            organisation="as in the snapshot",
        ),
        *_columns(
            _NUMBER,
            working_minutes="shifts less breaks and reserved time, within the horizon",
            capacity_minutes="the part of them that may be planned",
            planned_minutes="charged by the plan",
        ),
        *_columns(_COUNT, tasks="planned tasks", late="late ones among them"),
        *_columns(_TIME, first_start="when the first task starts", last_end="when the last one ends"),
    ),
)
REJECTS_TABLE = RunTable(
    "rejects",
    "a row that was set aside, with the first rule it breaks",
    (
        *_columns(_TEXT, table="the table of the snapshot"),
        *_columns(_COUNT, row="its row in the source; the header is 1"),
        *_columns(
            _TEXT,
            id="the id in it",
            column="where the fault is",
            rule="which rule it breaks, as a code",
            value="what stands there",
            message="what is wrong and what is needed, in words",
        ),
    ),
)
KPIS_TABLE = RunTable(
    "kpis",
    "a level, key and measure",
    (
        *_columns(
            _TEXT,
            level="what the figure is about",
            key='which of them; `""` is what has no name, and the enterprise',
            measure="what is measured",
        ),
        *_columns(_NUMBER, value="minutes, points, a share of 1, or a count"),
        RunColumn("run_id", _TEXT, "the run, the same in every row", later=True),
        RunColumn("as_of", _TIME, "its moment, the same in every row", later=True),
    ),
)
HOURS_TABLE = RunTable(
    "hours",
    "a requirement and a window of time, the one worth most first",
    (
        *_columns(_TEXT, requirement="the skills asked for, as the first task with them writes them; empty: none"),
        *_columns(_TIME, from_time="an hour begun from here on", until_time="the end of the window, exclusive"),
        *_columns(_NUMBER, points_per_hour="what one more hour is worth at most"),
        *_columns(_COUNT, agents="who are eligible"),
        *_columns(_NUMBER, minutes_asked="the work at efficiency 1 that would pay for the hour"),
    ),
)
CERTIFICATE_TABLE = RunTable(
    "certificate",
    "a change of an agent's price of time",
    (
        *_columns(_TEXT, agent_id="whose time"),
        *_columns(
            _COUNT,
            from_grain="first deadline this price is for, in grains since `as_of`",
            price="price of a grain of the agent's capacity clock, in 2**-20 hundredths of a point",
            task_price="fee for each task of an agent with `max_tasks`, in the same unit; else 0",
        ),
        RunColumn(
            "task_price_of_time",
            _COUNT,
            "the fee with which the prices of time alone prove a bound, where `certificate_tasks` has others; else the "
            "same",
            later=True,
        ),
    ),
)
CERTIFICATE_TASKS_TABLE = RunTable(
    "certificate_tasks",
    "a task that asks anything for being done",
    (
        *_columns(_TEXT, task_id="the task"),
        *_columns(_COUNT, price="what it asks, in 2**-20 hundredths of a point"),
    ),
)
CHANGES_TABLE = RunTable(
    "changes",
    "a task that is not where it was in the earlier run",
    (
        *_columns(
            _TEXT,
            kind="`dropped`, `moved`, `gone` (held, cancelled, or no longer in the snapshot), `added`",
            task_id="the task",
            from_agent="who did it then",
        ),
        *_columns(_TIME, from_start="when it was to start"),
        *_columns(_TEXT, to_agent="who does it now"),
        *_columns(_TIME, to_start="when it starts now"),
        *_columns(_TEXT, why="the reason, as a code", detail="the reason in words"),
        *_columns(
            _NUMBER,
            gain="points the task pays more than if everything that could stay had stayed, and nothing else were done",
            together="the same for all changes that are linked with it: work that moves between the same people",
        ),
        *_columns(_TEXT, instead="the task that takes its time, where that is the reason"),
        *_columns(_FLAG, frozen_then="it was to be frozen, and could not be kept"),
    ),
)
CURVE_TABLE = RunTable(
    "curve",
    "a number of changes that a re-plan may make",
    (
        *_columns(_COUNT, allowed="changes allowed", changes="changes made"),
        *_columns(
            _NUMBER,
            objective="points of the best plan found with so few",
            bound="no plan with so few is worth more; null: not known",
        ),
    ),
)

MESSAGES_TABLE = RunTable(
    "messages",
    "a text of the run, as a message",
    _columns(
        _TEXT,
        text="the text, as it stands in the other tables or in run.json",
        code="what is said, as a code",
        parts="what fills in its words, as JSON",
    ),
)

RUN_TABLES: Mapping[str, RunTable] = MappingProxyType(
    {
        table.name: table
        for table in (
            PLAN_TABLE,
            UNPLANNED_TABLE,
            AGENTS_TABLE,
            REJECTS_TABLE,
            KPIS_TABLE,
            HOURS_TABLE,
            CERTIFICATE_TABLE,
            CERTIFICATE_TASKS_TABLE,
            CHANGES_TABLE,
            CURVE_TABLE,
            MESSAGES_TABLE,
        )
    }
)
"""All tables of a run, by name, which is also the name of the file."""
