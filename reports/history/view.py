"""The history as reports see it, and what follows from its figures: what is recent, what was before, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import polars as pl

from models import DONE_MEASURES, ENTERPRISE, MEASURES, PLACES, TASK_LEVELS, AlertRecord, Quantity
from reports.words.language import msg

FEATURED = {
    msg("Service"): ("sla_share", "late", "unplanned", "late_overdue", "fines", "rejected"),
    msg("Work queued"): ("minutes_open", "days_to_clear", "plannable", "backlog_after", "value_open", "tasks"),
    msg("People"): ("utilization", "minutes_planned", "planned", "agents_working", "agents_under", "load_spread"),
    msg("Plan against actual"): (
        "done", "as_planned_share", "done_by_other", "done_outside", "worked_to_standard", "on_time_share",
    ),
    msg("How calm the plans were"): ("plan_changes_share", "plan_changes", "plan_told"),
    msg("Skills"): ("coverage", "minutes_demand", "minutes_capable"),
}  # fmt: skip
"""The measures to look at first, in groups."""
SPANS = {"day": (7, 28), "week": (1, 4), "month": (1, 3)}
"""How many of the last periods are recent, and how many before them they are compared with."""
CHANGES = 60
"""Figures that changed most, of all levels."""
_LEAST = 0.02
"""A figure that changed by less than this part of what it was is not pointed out."""
_NAMES = ["level", "key", "measure"]


@dataclass(frozen=True, eq=False, kw_only=True)
class HistoryView:
    """What was, by day, week or month (``by``).

    ``figures``: period (a day, its begin), level, key, measure, value, target, met. ``targets``: level, key, measure,
    value, valid_from, valid_to. ``places``: organisation, site, team, as people belong to them. ``people``: agent_id,
    plan_told, plan_changes, days: how often the plan changed for a person. ``alerts`` have fired in that time;
    ``done`` has what was done about one, by its number.
    """

    now: datetime
    timezone: str
    unit: str
    by: str
    runs: int
    figures: pl.DataFrame
    targets: pl.DataFrame
    places: pl.DataFrame
    people: pl.DataFrame
    alerts: Sequence[AlertRecord] = ()
    done: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def periods(self) -> list[date]:
        """All periods from the first to the last that has figures; those between without any too."""
        first, last = self.figures["period"].min(), self.figures["period"].max()
        if not isinstance(first, date) or not isinstance(last, date):
            return []
        step = {"day": "1d", "week": "1w", "month": "1mo"}[self.by]
        return pl.date_range(first, last, step, eager=True).to_list()

    @cached_property
    def now_and_before(self) -> pl.DataFrame:
        """Each figure's recent mean, that of the periods before, and how much it usually varies: level, key, measure,
        now, before, difference, spread, target, met (both of its last period), better: 1, -1 if worse, 0 if neither.
        """
        recent, earlier = SPANS[self.by]
        new, old = self.periods[-recent:], self.periods[-recent - earlier : -recent]
        last = self.figures.sort("period").group_by(_NAMES, maintain_order=True).last()
        last = last.select(*_NAMES, "target", "met")
        now = self.figures.filter(pl.col("period").is_in(new)).group_by(_NAMES).agg(now=pl.col("value").mean())
        before = self.figures.filter(pl.col("period").is_in(old)).group_by(_NAMES)
        means = before.agg(before=pl.col("value").mean(), spread=pl.col("value").std())
        both = now.join(means, on=_NAMES, how="left").join(last, on=_NAMES).sort(_NAMES)
        way = pl.col("measure").replace_strict({name: way_of(name) for name in KNOWN}, return_dtype=pl.Int64)
        changed = both.with_columns(difference=pl.col("now") - pl.col("before"))
        return changed.with_columns(better=(pl.col("difference") * way).sign())

    @cached_property
    def changes(self) -> pl.DataFrame:
        """The featured figures that changed most, against how much they usually vary."""
        featured = [name for names in FEATURED.values() for name in names]
        known = self.now_and_before.filter(pl.col("measure").is_in(featured), pl.col("difference").is_not_null())
        size = pl.col("before").abs()
        counts = pl.col("measure").is_in([name for name, known in KNOWN.items() if known.quantity is Quantity.COUNT])
        chance = pl.when(counts).then(size.sqrt()).otherwise(0.0)
        usual = pl.max_horizontal(pl.col("spread").fill_null(0.0), chance, size * 0.05, 1e-6)
        some = known.filter(pl.col("difference").abs() > _LEAST * size, pl.col("difference").abs() > 1e-9)
        ranked = some.with_columns(score=pl.col("difference").abs() / usual)
        return ranked.sort("score", *_NAMES, descending=[True, False, False, False]).head(CHANGES)


_MORE = {
    "objective", "sla_share", "sla_met", "on_time", "payoff", "payoff_planned", "coverage", "done_as_planned",
    "as_planned_share", "done_on_time", "on_time_share",
}  # fmt: skip


def way_of(measure: str) -> int:
    """Which way a figure gets better: 1 up, -1 down, 0 where neither is better."""
    return -1 if KNOWN[measure].less_is_better else int(measure in _MORE)


KNOWN = {**MEASURES, **DONE_MEASURES}
"""Every measure of runs, and of what was done."""
LEVELS_SHOWN = (ENTERPRISE, *PLACES, *TASK_LEVELS, "skill")
"""The levels of the history, from the whole to its parts."""
