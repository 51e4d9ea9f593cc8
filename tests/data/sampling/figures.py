"""Figures of a sample."""

import polars as pl

from data.snapshot.snapshot import Snapshot

FINAL = ["held", "errorheld", "completed", "canceled", "rejected"]


def share(condition: pl.Series) -> float:
    return condition.sum() / len(condition)


def per_task(snapshot: Snapshot) -> pl.DataFrame:
    """Tasks with the minutes, the deadline and the requirement that hold for them."""
    sla = pl.duration(minutes="sla_minutes")
    return snapshot.tasks.join(snapshot.processes, on="process", suffix="_p", maintain_order="left").with_columns(
        pl.coalesce("minutes", "minutes_p").alias("minutes"),
        pl.coalesce("due_at", pl.col("created_at") + sla).alias("due_at"),
        pl.coalesce("skills", "skills_p").alias("skills"),
    )
