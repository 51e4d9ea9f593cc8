"""The facts of a run from which its key figures are computed."""

from dataclasses import dataclass

import polars as pl

TASK_COLUMNS = (
    *("process", "tenant", "department", "segment", "channel"),
    *("state", "plannable", "agent_id", "requirement", "standard_minutes", "charged_minutes"),
    *("created_at", "due_at", "start_at", "end_at", "value", "penalty", "payoff", "could_be_on_time"),
)
ASKED_COLUMNS = ("requirement", "skill")
SUPPLY_COLUMNS = ("agent_id", "skill")
PERIOD_COLUMNS = ("start_at", "end_at", "working_minutes", "capacity_minutes", "planned_minutes")


@dataclass(frozen=True, kw_only=True)
class KpiInputs:
    """Everything besides run.json that key figures need.

    ``tasks`` has every task that was not rejected. Its ``state`` is ``on_time``, ``late`` or the reason why the task
    is not planned; ``value`` is weighted; ``standard_minutes`` are those of efficiency 1, ``charged_minutes`` those of
    the plan; ``could_be_on_time`` is whether anybody could finish it by its due time with started work alone, and says
    nothing of tasks that are on time. ``agents`` are as in agents.parquet. ``asked`` names each skill a requirement
    mentions, ``supply`` who has which skill. ``periods`` are the slices of the horizon, in order, without holes.

    Raises:
        ValueError: a frame lacks a column.
    """

    tasks: pl.DataFrame
    agents: pl.DataFrame
    asked: pl.DataFrame
    supply: pl.DataFrame
    periods: pl.DataFrame

    def __post_init__(self) -> None:
        for name, wanted in (
            ("tasks", TASK_COLUMNS),
            ("asked", ASKED_COLUMNS),
            ("supply", SUPPLY_COLUMNS),
            ("periods", PERIOD_COLUMNS),
        ):
            missing = [column for column in wanted if column not in getattr(self, name).columns]
            if missing:
                raise ValueError(f"the {name} frame of key figures lacks {', '.join(missing)}")
