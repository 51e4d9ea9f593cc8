"""Key figures as tables: a row for each team, tenant or skill, and the totals."""

from collections.abc import Mapping

import polars as pl

from models import ENTERPRISE, LEVELS, SKILL, TASK_LEVELS
from reports.content.table import Column, Table
from reports.content.view import RunView
from reports.kpis import by_key
from reports.words.kpi_names import measure_kind
from reports.words.language import _, msg
from reports.words.wording import Unit

CLIENTS = ("segment", *(level for level in TASK_LEVELS if level != "segment"))
"""What work belongs to, in the order of the sheet."""

_OF_PEOPLE = {
    "agents": msg("People"),
    "minutes_working": msg("Working h"),
    "minutes_capacity": msg("Available h"),
    "minutes_planned": msg("Planned h"),
    "utilization": msg("Utilization"),
    "load_least": msg("Least used"),
    "load_median": msg("Median use"),
    "load_most": msg("Most used"),
    "agents_under": msg("Used too little"),
    "agents_over": msg("Used too much"),
    "planned": msg("Tasks"),
    "on_time": msg("On time"),
    "at_risk": msg("At risk"),
    "late": msg("Late"),
    "late_chosen": msg("Late by choice"),
    "payoff_planned": msg("Earned"),
}
_OF_WORK = {
    "tasks": msg("Tasks"),
    "on_time": msg("On time"),
    "late": msg("Late"),
    "late_chosen": msg("Late by choice"),
    "unplanned": msg("Not planned"),
    "sla_due": msg("Due in the plan"),
    "sla_missed": msg("SLA missed"),
    "sla_missed_unavoidable": msg("Unavoidably"),
    "sla_share": msg("SLA kept"),
    "minutes_open": msg("Open h"),
    "minutes_left": msg("Left h"),
    "payoff": msg("Earned"),
    "fines": msg("Fines"),
    "fines_unavoidable": msg("Unavoidable fines"),
    "turnaround_average": msg("Hours to finish"),
}
_OF_SKILLS = {
    "minutes_demand": msg("Demand h"),
    "minutes_capable": msg("Capable h"),
    "coverage": msg("Coverage"),
    "minutes_planned": msg("Planned h"),
    "agents": msg("People who can"),
    "tasks": msg("Tasks"),
    "planned": msg("Planned"),
    "late": msg("Late"),
    "unplanned": msg("Not planned"),
}


def place_table(view: RunView, level: str) -> Table:
    """The people of each organisation, site or team, most utilized first, and in total."""
    return _table(view, level, _OF_PEOPLE, "utilization", total=_("All people"))


def client_table(view: RunView, level: str) -> Table:
    """The work of each tenant, segment, department, process or channel, largest first, and in total."""
    return _table(view, level, _OF_WORK, "tasks", total=_("All tasks"))


def skill_table(view: RunView) -> Table:
    """Demand and supply of each skill, the scarcest first; they do not add up."""
    return _table(view, SKILL, _OF_SKILLS, "coverage", descending=False)


def _table(
    view: RunView, level: str, measures: Mapping[str, str], order: str, *, descending: bool = True, total: str = ""
) -> Table:
    words = LEVELS[level]
    shape = [Column(measure, _(text), _kind(measure)) for measure, text in measures.items()]
    named = pl.when(pl.col("key") == "").then(pl.lit(_(words.nameless))).otherwise("key").alias("key")
    rows = _figures(view, level, shape).sort(order, "key", descending=[descending, False], nulls_last=True)
    frame = rows.with_columns(named, pl.lit(value=False).alias("@total"))
    if total:
        whole = _figures(view, ENTERPRISE, shape)
        frame = pl.concat([frame, whole.with_columns(pl.lit(total).alias("key"), pl.lit(value=True).alias("@total"))])
    key = Column("key", _(words.title), Unit.TEXT)
    return Table(_(words.titles), frame, (key, *shape), marks="@total", rest="kpis.parquet")


def _kind(measure: str) -> Unit:
    """How these tables write a measure: hours for minutes."""
    kind = measure_kind(measure)
    return Unit.HOURS if kind is Unit.MINUTES else kind


def _figures(view: RunView, level: str, shape: list[Column]) -> pl.DataFrame:
    """The measures of a level by key, hours for minutes, counts as whole numbers; null what there is not."""
    found = by_key(view.kpis, level)
    there = [column for column in shape if column.name in found.columns]
    missing = [pl.lit(None, pl.Float64).alias(column.name) for column in shape if column not in there]
    hours = [(pl.col(c.name) / 60).alias(c.name) for c in there if c.kind is Unit.HOURS]
    wide = found.with_columns(*missing, *hours).with_columns(
        pl.col(c.name).cast(pl.Int64) for c in shape if c.kind is Unit.COUNT
    )
    return wide.select(pl.col("key").cast(pl.String), *(column.name for column in shape))
