"""Key figures as tables: a row for each team, tenant or skill, and the totals."""

from collections.abc import Mapping

import polars as pl

from reports.content.table import Column, Table
from reports.content.view import RunView
from reports.kpis import by_key
from reports.words.kpi_names import LEVEL_NAMES
from reports.words.language import _, msg
from reports.words.wording import Unit

PLACES, CLIENTS = ("team", "site", "organisation"), ("segment", "tenant", "department", "process", "channel")

_OF_PEOPLE = {
    "agents": (msg("People"), Unit.COUNT),
    "minutes_working": (msg("Working h"), Unit.HOURS),
    "minutes_capacity": (msg("Available h"), Unit.HOURS),
    "minutes_planned": (msg("Planned h"), Unit.HOURS),
    "utilization": (msg("Utilization"), Unit.SHARE),
    "load_least": (msg("Least used"), Unit.SHARE),
    "load_median": (msg("Median use"), Unit.SHARE),
    "load_most": (msg("Most used"), Unit.SHARE),
    "agents_under": (msg("Used too little"), Unit.COUNT),
    "agents_over": (msg("Used too much"), Unit.COUNT),
    "planned": (msg("Tasks"), Unit.COUNT),
    "on_time": (msg("On time"), Unit.COUNT),
    "at_risk": (msg("At risk"), Unit.COUNT),
    "late": (msg("Late"), Unit.COUNT),
    "late_chosen": (msg("Late by choice"), Unit.COUNT),
    "payoff_planned": (msg("Earned"), Unit.POINTS),
}
_OF_WORK = {
    "tasks": (msg("Tasks"), Unit.COUNT),
    "on_time": (msg("On time"), Unit.COUNT),
    "late": (msg("Late"), Unit.COUNT),
    "late_chosen": (msg("Late by choice"), Unit.COUNT),
    "unplanned": (msg("Not planned"), Unit.COUNT),
    "sla_due": (msg("Due in the plan"), Unit.COUNT),
    "sla_missed": (msg("SLA missed"), Unit.COUNT),
    "sla_missed_unavoidable": (msg("Unavoidably"), Unit.COUNT),
    "sla_share": (msg("SLA kept"), Unit.SHARE),
    "minutes_open": (msg("Open h"), Unit.HOURS),
    "minutes_left": (msg("Left h"), Unit.HOURS),
    "payoff": (msg("Earned"), Unit.POINTS),
    "fines": (msg("Fines"), Unit.POINTS),
    "fines_unavoidable": (msg("Unavoidable fines"), Unit.POINTS),
    "turnaround_average": (msg("Hours to finish"), Unit.HOURS),
}
_OF_SKILLS = {
    "minutes_demand": (msg("Demand h"), Unit.HOURS),
    "minutes_capable": (msg("Capable h"), Unit.HOURS),
    "coverage": (msg("Coverage"), Unit.SHARE),
    "minutes_planned": (msg("Planned h"), Unit.HOURS),
    "agents": (msg("People who can"), Unit.COUNT),
    "tasks": (msg("Tasks"), Unit.COUNT),
    "planned": (msg("Planned"), Unit.COUNT),
    "late": (msg("Late"), Unit.COUNT),
    "unplanned": (msg("Not planned"), Unit.COUNT),
}
Measures = Mapping[str, tuple[str, Unit]]


def place_table(view: RunView, level: str) -> Table:
    """The people of each organisation, site or team, most utilized first, and in total."""
    return _table(view, level, _OF_PEOPLE, "utilization", total=_("All people"))


def client_table(view: RunView, level: str) -> Table:
    """The work of each tenant, segment, department, process or channel, largest first, and in total."""
    return _table(view, level, _OF_WORK, "tasks", total=_("All tasks"))


def skill_table(view: RunView) -> Table:
    """Demand and supply of each skill, the scarcest first; they do not add up."""
    return _table(view, "skill", _OF_SKILLS, "coverage", descending=False)


def _table(
    view: RunView, level: str, measures: Measures, order: str, *, descending: bool = True, total: str = ""
) -> Table:
    name, title, nameless = (_(text) for text in LEVEL_NAMES[level])
    shape = [Column(measure, _(text), kind) for measure, (text, kind) in measures.items()]
    named = pl.when(pl.col("key") == "").then(pl.lit(nameless)).otherwise("key").alias("key")
    rows = _figures(view, level, shape).sort(order, "key", descending=[descending, False], nulls_last=True)
    frame = rows.with_columns(named, pl.lit(value=False).alias("@total"))
    if total:
        whole = _figures(view, "enterprise", shape)
        frame = pl.concat([frame, whole.with_columns(pl.lit(total).alias("key"), pl.lit(value=True).alias("@total"))])
    return Table(title, frame, (Column("key", name, Unit.TEXT), *shape), marks="@total", rest="kpis.parquet")


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
