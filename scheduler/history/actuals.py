"""Plan against actual: what was done, beside what the published plan said when the work began."""

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from data import TABLES, Calendars, deadlines, sla_us
from models import TASK_LEVELS

if TYPE_CHECKING:
    from data import Store

NO_CALENDARS = Calendars()
_INHERITED = [level for level in TASK_LEVELS if level != "process" and level in TABLES["processes"].names]
_USUAL = " by process"
AS_PLANNED, OTHER_AGENT, OUTSIDE = "as_planned", "other_agent", "outside"


def plan_against_actual(
    store: "Store", since: datetime, until: datetime | None, zone: str, calendars: Calendars = NO_CALENDARS
) -> pl.DataFrame:
    """The work that ended in a span of time, by end, with what the plan of its beginning said.

    ``plan`` is empty where nobody said when the work began. ``start_deviation`` is the minutes it began later than
    planned, ``planned_minutes`` how long the plan gave it. What the task does not say its process does, as it is now:
    ``standard_minutes``, what it belongs to, and by when it was due, on ``calendars`` in ``zone`` where there are any.
    """
    from data import people_tables, read_actuals, read_kinds, read_planned

    with store.reading() as connection:
        rows = read_actuals(connection, since, until).with_row_index("row")
        names = rows["task_id"].unique().to_list()
        planned, kinds = read_planned(connection, names), read_kinds(connection, names).drop("process")
        processes = people_tables(connection, tables=("processes",)).get("processes")
    rows = rows.join(kinds.with_columns(listed=True), on="task_id", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("listed").fill_null(value=False))
    if processes is not None:
        rows = _with_processes(rows, processes, zone, calendars)
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
        *TASK_LEVELS,
        "standard_minutes",
        plan=kind,
        planned_agent="planned_agent",
        planned_start="planned_start",
        planned_minutes=length.dt.total_seconds() / 60,
        start_deviation=minutes.dt.total_seconds() / 60,
        on_time=pl.col("ended_at") <= pl.col("due_at"),
    )


def _with_processes(rows: pl.DataFrame, processes: pl.DataFrame, zone: str, calendars: Calendars) -> pl.DataFrame:
    """The rows with what their processes say, all text, where the tasks say nothing."""
    said = processes.unique("process", keep="last").select(
        "process",
        *_INHERITED,
        pl.when(pl.col("calendar").is_in(list(calendars.by_name))).then("calendar").alias("calendar"),
        standard_minutes=_number("minutes"),
        sla_minutes=_number("sla_minutes"),
    )
    rows = rows.join(said, on="process", how="left", maintain_order="left", suffix=_USUAL)
    # what the list has forgotten may have belonged to anybody
    inherited = [pl.coalesce(name, pl.when("listed").then(name + _USUAL)).alias(name) for name in _INHERITED]
    doubtful = ~pl.col("listed") & pl.col("calendar").is_null() & any(one.tenants for one in calendars.by_name.values())
    rows = rows.with_columns(
        *inherited,
        standard_minutes=pl.coalesce("standard_minutes", "standard_minutes" + _USUAL),
        sla_us=pl.when(~doubtful).then(sla_us()),
    )
    return rows.with_columns(due_at=deadlines(rows, calendars, zone)[0])


def _number(name: str) -> pl.Expr:
    """A column of processes as a number; none where a snapshot would refuse the row for it."""
    column = next(column for column in TABLES["processes"].columns if column.name == name)
    number = pl.col(name).cast(pl.Float64, strict=False)
    within = number.is_between(column.low, column.high, closed="right" if column.above_low else "both")
    return pl.when(within).then(number)


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
