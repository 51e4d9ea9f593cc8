"""Tasks of a run that is too long to be shown one by one, counted: so that figures are of all tasks all the same."""

from datetime import datetime

import polars as pl

from models import TASK_LEVELS

NUMBERS = ("tasks", "minutes", "payoff", "penalty")
_BY = (*TASK_LEVELS, "state", "due")


def no_rest() -> pl.DataFrame:
    """No tasks."""
    texts = dict.fromkeys((*TASK_LEVELS, "state"), pl.String)
    return pl.DataFrame(schema={**texts, "due": pl.Int8, "tasks": pl.UInt32, **dict.fromkeys(NUMBERS[1:], pl.Float64)})


def counted_rest(plan: pl.LazyFrame, unplanned: pl.LazyFrame, as_of: datetime, horizon_end: datetime) -> pl.DataFrame:
    """How many tasks of each kind end in each way, with their minutes, points and fines, without reading all at once.

    ``due`` is whether the SLA is decided within the horizon: 1 or 0.
    """
    overdue = (pl.col("due_at") <= as_of).fill_null(False)
    late = pl.when(overdue).then(pl.lit("overdue")).otherwise("outcome")
    planned = plan.with_columns(state=pl.when(pl.col("outcome") == "late").then(late).otherwise("outcome"))
    left = unplanned.with_columns(state=pl.col("reason"), minutes=pl.lit(0.0))
    due = (pl.col("due_at") > as_of) & (pl.col("due_at") <= horizon_end) & ~pl.col("state").is_in(["held", "final"])
    sums = (pl.len().alias("tasks"), *(pl.col(name).sum() for name in NUMBERS[1:]))
    parts = [
        frame.with_columns(due=due.fill_null(value=False).cast(pl.Int8)).group_by(_BY).agg(sums)
        for frame in (planned, left)
    ]
    found = pl.concat([part.select(*_BY, *NUMBERS) for part in parts]).sort(_BY).collect()
    return found.cast(dict(no_rest().schema))  # type: ignore[arg-type]
