"""The measures: each by its name, as a sum over tasks or agents, or as a ratio of two sums.

``models.MEASURES`` says what each is. Times are in minutes of the wall clock, values in points. Sums add up over any
grouping of their tasks or agents; ratios are computed separately at every level.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from models import AGES, MEASURES, Reason

Measures = dict[str, pl.Expr]

_MINUTE_US, _DAY_US = 60_000_000, 86_400_000_000
_PLANNED = pl.col("agent_id").is_not_null()
_PLANNABLE = pl.col("plannable")
_LATE = pl.col("state") == "late"
_ON_TIME = pl.col("state") == "on_time"
_COULD = pl.col("could_be_on_time").fill_null(value=True)


def done_measures(as_of: datetime, horizon_end: datetime, margin: timedelta) -> Measures:
    """Sums over planned tasks, by their agents or by what they belong to."""
    known, begun = _PLANNED & pl.col("created_at").is_not_null(), pl.lit(as_of)
    return {
        "planned": _PLANNED.sum(),
        "on_time": _ON_TIME.sum(),
        "at_risk": (_ON_TIME & (pl.col("due_at") - pl.col("end_at") <= margin)).sum(),
        "late": _LATE.sum(),
        "late_overdue": (_LATE & _overdue(as_of)).sum(),
        "late_unavoidable": (_LATE & ~_COULD).sum(),
        "late_chosen": (_LATE & _COULD).sum(),
        "value_planned": pl.col("value").filter(_PLANNED).sum(),
        "payoff_planned": _hundredths("payoff").filter(_PLANNED).sum() / 100,
        "fines_late": _late_fine(as_of).sum(),
        "start_sum": _minutes(begun, pl.col("start_at")).sum(),
        "finish_sum": _minutes(begun, pl.col("end_at")).sum(),
        "overdue_wait_sum": _minutes(begun, pl.col("end_at")).filter(_LATE & _overdue(as_of)).sum(),
        "sla_met": (_due(as_of, horizon_end) & _ON_TIME).sum(),
        "sla_planned": (_due(as_of, horizon_end) & _PLANNED).sum(),
        "wait_tasks": known.sum(),
        "wait_sum": _minutes(pl.col("created_at"), pl.col("start_at")).sum(),
        "turnaround_sum": _minutes(pl.col("created_at"), pl.col("end_at")).sum(),
    }


def task_measures(as_of: datetime, horizon_end: datetime, margin: timedelta) -> Measures:
    """Sums over all tasks, planned or not, beside those of :func:`done_measures`."""
    due = _due(as_of, horizon_end)
    left = _PLANNABLE & ~_PLANNED
    unplanned_fine = pl.when(_PLANNED).then(0.0).otherwise(pl.col("payoff").abs())
    fine = _late_fine(as_of) + unplanned_fine
    return {
        "tasks": pl.len(),
        "plannable": _PLANNABLE.sum(),
        **done_measures(as_of, horizon_end, margin),
        "unplanned": (~_PLANNED).sum(),
        **{f"unplanned_{reason.value}": (pl.col("state") == reason.value).sum() for reason in Reason},
        "sla_due": due.sum(),
        "sla_missed": (due & ~_ON_TIME).sum(),
        "sla_missed_unavoidable": (due & ~_ON_TIME & ~_COULD).sum(),
        "value_open": pl.col("value").filter(_PLANNABLE).sum(),
        "payoff_unplanned": _hundredths("payoff").filter(~_PLANNED).sum() / 100,
        "payoff": _hundredths("payoff").sum() / 100,
        "fines_unplanned": unplanned_fine.sum(),
        "fines": fine.sum(),
        "fines_unavoidable": fine.filter(~_COULD).sum(),
        "minutes_open": pl.col("standard_minutes").filter(_PLANNABLE).sum(),
        "minutes_left": pl.col("standard_minutes").filter(left).sum(),
        "minutes_planned": pl.col("charged_minutes").sum(),
        "backlog_after": left.sum(),
        **_ages(as_of, _PLANNABLE, "before"),
        **_ages(as_of, left, "after"),
    }


def _ages(as_of: datetime, backlog: pl.Expr, when: str) -> Measures:
    """How old a backlog is at as_of, since creation and since the due time, by the bands of :data:`models.AGES`."""
    created, due = (_days_before(as_of, time) for time in ("created_at", "due_at"))
    bands = {f"created_{name}": _within(created.clip(lower_bound=0), *ends) for name, ends in AGES.items()}
    bands["created_unknown"] = pl.col("created_at").is_null()
    bands |= {f"overdue_{name}": _within(due, *ends) for name, ends in AGES.items()}
    bands |= {"due_ahead": due < 0, "due_none": pl.col("due_at").is_null()}
    return {f"{name}_{when}": (backlog & band).sum() for name, band in bands.items()}


def agent_measures(low: float, high: float) -> Measures:
    """One agent's part of the sums over agents; the target band of utilization is ``low`` to ``high``."""
    working = pl.col("working_minutes") > 0
    used = pl.col("planned_minutes") / pl.col("working_minutes")
    return {
        "agents": pl.lit(1),
        "agents_working": working,
        "agents_under": working & (used < low),
        "agents_over": working & (used > high),
        "minutes_working": pl.col("working_minutes"),
        "minutes_capacity": pl.col("capacity_minutes"),
        "minutes_planned": pl.col("planned_minutes"),
    }


def load_measures() -> Measures:
    """The spread of utilization over the agents who work."""
    used = (pl.col("minutes_planned") / pl.col("minutes_working")).filter(pl.col("minutes_working") > 0)
    least, most = used.min(), used.max()
    return {"load_least": least, "load_median": used.median(), "load_most": most, "load_spread": most - least}


def demand_measures() -> Measures:
    """Sums over the plannable tasks that ask for a skill; a task counts at every skill it mentions."""
    return {
        "tasks": pl.len(),
        "planned": _PLANNED.sum(),
        "late": _LATE.sum(),
        "unplanned": (~_PLANNED).sum(),
        "minutes_demand": pl.col("standard_minutes").sum(),
        "minutes_planned": pl.col("charged_minutes").sum(),
    }


def ratios(columns: Iterable[str]) -> list[pl.Expr]:
    """The ratios of sums that are there, null where the divisor is 0; those of people where only theirs are."""
    there, found = set(columns), []
    for each in MEASURES.values():
        for ratio in (each.ratio, each.ratio_of_people):
            if ratio is not None and there.issuperset(ratio):
                found.append(_ratio(each.name, *ratio))
                break
    return found


def _ratio(name: str, above: str, below: str) -> pl.Expr:
    return pl.when(pl.col(below) > 0).then(pl.col(above) / pl.col(below)).alias(name)


def _due(as_of: datetime, horizon_end: datetime) -> pl.Expr:
    return _PLANNABLE & (pl.col("due_at") > as_of) & (pl.col("due_at") <= horizon_end)


def _overdue(as_of: datetime) -> pl.Expr:
    return pl.col("due_at") <= as_of


def _late_fine(as_of: datetime) -> pl.Expr:
    """What a late task is fined; one that was overdue already is not."""
    return pl.when(_LATE & (pl.col("due_at") > as_of)).then("penalty").otherwise(0.0)


def _hundredths(column: str) -> pl.Expr:
    """Points as whole hundredths, whose sums are exact."""
    return (pl.col(column) * 100).round().cast(pl.Int64)


def _minutes(since: pl.Expr, until: pl.Expr) -> pl.Expr:
    """The minutes between two times, null where one is missing."""
    return (until - since).dt.total_microseconds() / _MINUTE_US


def _days_before(as_of: datetime, time: str) -> pl.Expr:
    return (pl.lit(as_of) - pl.col(time)).dt.total_microseconds() / _DAY_US


def _within(days: pl.Expr, low: float, high: float) -> pl.Expr:
    return (days >= low) & (days < high)
