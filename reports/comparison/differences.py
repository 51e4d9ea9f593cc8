"""The differences between two plans, task by task."""

from enum import Enum

import polars as pl


class Difference(Enum):
    """What happened to a task; in the order in which they are tried and shown."""

    DROPPED = "dropped"  # planned before, not any more
    PLANNED = "planned"  # planned now, not before
    REASSIGNED = "reassigned"  # another agent does it
    MOVED = "moved"  # the same agent does it at another time
    OUTCOME = "outcome"  # the same agent at the same time, and yet another outcome: what is asked of it has changed


CHANGE_COLUMNS = (
    "task_id", "change", "from_agent", "from_start", "from_outcome", "to_agent", "to_start", "to_outcome",
)  # fmt: skip
_COMPARED = {"agent": "agent_id", "start": "start_at", "outcome": "outcome"}


def plan_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The tasks that two plans place differently, one row per task, dropped ones first.

    The plans have the columns task_id, agent_id, start_at and outcome; what a plan does not have is null. Times are in
    the later plan's time zone.
    """
    zone = after.schema["start_at"].time_zone or "UTC"  # type: ignore[attr-defined]  # polars: start_at is a Datetime
    both = _side(before, "from", zone).join(_side(after, "to", zone), on="task_id", how="full", coalesce=True)
    changed = both.with_columns(change=_change()).filter(pl.col("change").is_not_null())
    return changed.select(CHANGE_COLUMNS).sort(change_order(), "task_id")


def change_order() -> pl.Expr:
    """The order in which changes are shown: worst first."""
    return pl.col("change").cast(pl.Enum([change.value for change in Difference]))


def _side(plan: pl.DataFrame, side: str, zone: str) -> pl.DataFrame:
    return plan.with_columns(pl.col("start_at").dt.convert_time_zone(zone)).select(
        "task_id", *(pl.col(column).alias(f"{side}_{name}") for name, column in _COMPARED.items())
    )


def _change() -> pl.Expr:
    """What happened to a task; null for one that is where it was."""
    told = pl.lit(None, dtype=pl.String)
    for change, holds in reversed(
        [
            (Difference.DROPPED, pl.col("to_agent").is_null()),
            (Difference.PLANNED, pl.col("from_agent").is_null()),
            (Difference.REASSIGNED, pl.col("to_agent") != pl.col("from_agent")),
            (Difference.MOVED, pl.col("to_start") != pl.col("from_start")),
            (Difference.OUTCOME, pl.col("to_outcome") != pl.col("from_outcome")),
        ]
    ):
        told = pl.when(holds).then(pl.lit(change.value)).otherwise(told)
    return told
