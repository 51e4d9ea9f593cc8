"""Plan against actual: what was done, beside what the published plan said when the work began."""

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from data import Store

AS_PLANNED, OTHER_AGENT, OUTSIDE = "as_planned", "other_agent", "outside"


def plan_against_actual(store: "Store", since: datetime, until: datetime | None) -> pl.DataFrame:
    """The work that ended in a span of time, by end, with what the plan of its beginning said.

    ``plan`` is empty where nobody said when the work began. ``start_deviation`` is the minutes it began later than
    planned; ``standard_minutes`` what the task says, else its process, ``planned_minutes`` how long the plan gave it.
    """
    from data import people_tables, read_actuals, read_planned

    with store.reading() as connection:
        rows = read_actuals(connection, since, until).with_row_index("row")
        planned = read_planned(connection, rows["task_id"].unique().to_list())
        processes = people_tables(connection, tables=("processes",)).get("processes")
    if processes is not None:
        usual = processes.select("process", usual=pl.col("minutes").cast(pl.Float64, strict=False))
        rows = rows.join(usual.unique("process", keep="last"), on="process", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce("standard_minutes", "usual").alias("standard_minutes"))
    then = rows.select("row", "task_id", "started_at").join(planned, on="task_id")
    then = then.filter(
        (pl.col("from_at") <= pl.col("started_at"))
        & (pl.col("until_at").is_null() | (pl.col("started_at") < pl.col("until_at")))
        & (pl.col("state") == "planned")
    )
    rows = rows.join(then.select("row", "planned_agent", "planned_start", "planned_end"), on="row", how="left")
    kind = (
        pl.when(pl.col("started_at").is_null()).then(None)
        .when(pl.col("planned_agent").is_null()).then(pl.lit(OUTSIDE))
        .when(pl.col("planned_agent") == pl.col("agent_id")).then(pl.lit(AS_PLANNED))
        .otherwise(pl.lit(OTHER_AGENT))
    )  # fmt: skip
    minutes = pl.col("started_at") - pl.col("planned_start")
    length = pl.col("planned_end") - pl.col("planned_start")
    return rows.select(
        "task_id",
        "agent_id",
        "started_at",
        "ended_at",
        "minutes",
        "result",
        "process",
        "standard_minutes",
        plan=kind,
        planned_agent="planned_agent",
        planned_start="planned_start",
        planned_minutes=length.dt.total_seconds() / 60,
        start_deviation=minutes.dt.total_seconds() / 60,
        on_time=pl.col("ended_at") <= pl.col("due_at"),
    )


def summary(rows: pl.DataFrame) -> str:
    """What became of the plan, in a line."""
    done = rows.filter(pl.col("result") == "completed")
    kinds = {kind: int((done["plan"] == kind).sum()) for kind in (AS_PLANNED, OTHER_AGENT, OUTSIDE)}
    both = done.filter(pl.col("minutes").is_not_null() & pl.col("standard_minutes").is_not_null())
    worked, standard = sum(both["minutes"].to_list()), sum(both["standard_minutes"].to_list())
    ratio = worked / standard if standard else None
    said = f", {ratio:.0%} of the standard minutes" if ratio is not None else ""
    due = done["on_time"].drop_nulls()
    kept = f", {int(due.sum()):,} of {len(due):,} due on time" if len(due) else ""
    return (
        f"{done.height:,} completed: {kinds[AS_PLANNED]:,} as planned, {kinds[OTHER_AGENT]:,} by somebody "
        f"else, {kinds[OUTSIDE]:,} outside the plan{said}{kept}"
    )
