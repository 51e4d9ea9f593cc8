"""The measures: each by its name, as a sum over tasks or agents, or as a ratio of two sums.

Times are in minutes of the wall clock, values in points. Sums add up over any grouping of their tasks or agents; ratios
are computed separately at every level.
"""

from datetime import datetime, timedelta

import polars as pl

Measures = dict[str, pl.Expr]

REASONS = ("held", "final", "expired", "not_yet", "no_skill", "no_gain", "no_time", "no_places", "outbid")
"""The reasons of tasks that are not planned; contract, section 6."""
AGES = {"0_1d": (0, 1), "1_3d": (1, 3), "3_7d": (3, 7), "7_30d": (7, 30), "30d_up": (30, float("inf"))}
"""The bands of age, in days: from, and less than."""

RATIOS = {
    "sla_share": ("sla_met", "sla_due"),
    "start_average": ("start_sum", "planned"),
    "finish_average": ("finish_sum", "planned"),
    "overdue_wait": ("overdue_wait_sum", "late_overdue"),
    "wait_average": ("wait_sum", "wait_tasks"),
    "turnaround_average": ("turnaround_sum", "wait_tasks"),
    "utilization": ("minutes_planned", "minutes_working"),
    "coverage": ("minutes_capable", "minutes_demand"),
}
"""Measures that are one sum divided by another; there is none where the second is 0."""

_MINUTE_US, _DAY_US = 60_000_000, 86_400_000_000
_PLANNED = pl.col("agent_id").is_not_null()
_PLANNABLE = pl.col("plannable")
_LATE = pl.col("state") == "late"
_ON_TIME = pl.col("state") == "on_time"
_COULD = pl.col("could_be_on_time").fill_null(value=True)


def done_measures(as_of: datetime, margin: timedelta) -> Measures:
    """Sums over planned tasks, by their agents or by what they belong to.

    ``planned`` = ``on_time`` + ``late``; ``late`` = ``late_unavoidable`` + ``late_chosen``. A late task is unavoidable
    when no plan could have it on time: it was overdue when planning began (``late_overdue``), or nobody with the skill
    could finish it in time even with started work alone. ``at_risk`` are on time by no more than the margin.
    ``value_planned`` is weighted value, ``payoff_planned`` what the plan earns with these tasks, ``fines_late`` what
    they are fined. From now (as_of) ``start_sum`` and ``finish_sum`` add up the minutes to start and end,
    ``overdue_wait_sum`` those to the end of work that was overdue; since the task was created ``wait_sum`` and
    ``turnaround_sum`` do, over the ``wait_tasks`` whose creation is known.
    """
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
        "wait_tasks": known.sum(),
        "wait_sum": _minutes(pl.col("created_at"), pl.col("start_at")).sum(),
        "turnaround_sum": _minutes(pl.col("created_at"), pl.col("end_at")).sum(),
    }


def task_measures(as_of: datetime, horizon_end: datetime, margin: timedelta) -> Measures:
    """Sums over all tasks, planned or not, beside those of :func:`done_measures`.

    ``tasks`` = ``planned`` + ``unplanned``, and ``unplanned`` is the sum of ``unplanned_`` and each reason.
    ``plannable`` leaves out tasks on hold and closed ones, and is the backlog before the plan; ``backlog_after`` is
    what of it is left. ``sla_due`` are plannable tasks due after as_of and by the end of the horizon: ``sla_met`` of
    them are on time, ``sla_missed`` late or not planned, ``sla_missed_unavoidable`` so whatever the plan.
    ``value_open`` is the weighted value of plannable tasks. ``payoff`` = ``payoff_planned`` + ``payoff_unplanned`` is
    their part of the objective; ``fines`` = ``fines_late`` + ``fines_unplanned`` is taken off in it, of which
    ``fines_unavoidable`` no plan could save. ``minutes_open`` and ``minutes_left`` are the standard minutes of the
    backlog before and after, ``minutes_planned`` those charged in the plan.
    """
    due = _PLANNABLE & (pl.col("due_at") > as_of) & (pl.col("due_at") <= horizon_end)
    left = _PLANNABLE & ~_PLANNED
    unplanned_fine = pl.when(_PLANNED).then(0.0).otherwise(pl.col("payoff").abs())
    fine = _late_fine(as_of) + unplanned_fine
    return {
        "tasks": pl.len(),
        "plannable": _PLANNABLE.sum(),
        **done_measures(as_of, margin),
        "unplanned": (~_PLANNED).sum(),
        **{f"unplanned_{reason}": (pl.col("state") == reason).sum() for reason in REASONS},
        "sla_due": due.sum(),
        "sla_met": (due & _ON_TIME).sum(),
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
    """How old a backlog is at as_of, by bands of days.

    Since creation: ``created_`` and a band of :data:`AGES`, or ``created_unknown``. Since the due time: ``overdue_``
    and a band, ``due_ahead`` when it is still to come, ``due_none`` without one.
    """
    created, due = (_days_before(as_of, time) for time in ("created_at", "due_at"))
    bands = {f"created_{name}": _within(created.clip(lower_bound=0), *ends) for name, ends in AGES.items()}
    bands["created_unknown"] = pl.col("created_at").is_null()
    bands |= {f"overdue_{name}": _within(due, *ends) for name, ends in AGES.items()}
    bands |= {"due_ahead": due < 0, "due_none": pl.col("due_at").is_null()}
    return {f"{name}_{when}": (backlog & band).sum() for name, band in bands.items()}


def agent_measures(low: float, high: float) -> Measures:
    """One agent's part of the sums over agents; the target band of utilization is ``low`` to ``high``.

    ``minutes_working`` are shifts less breaks and reserved time within the horizon, ``minutes_capacity`` what of them
    may be planned, ``minutes_planned`` what is. ``agents_working`` have working time; ``agents_under`` and
    ``agents_over`` of them are used less or more than the band.
    """
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
    """The spread of utilization over the agents who work: smallest, median, largest, and largest less smallest."""
    used = (pl.col("minutes_planned") / pl.col("minutes_working")).filter(pl.col("minutes_working") > 0)
    least, most = used.min(), used.max()
    return {"load_least": least, "load_median": used.median(), "load_most": most, "load_spread": most - least}


def demand_measures() -> Measures:
    """Sums over the plannable tasks that ask for a skill; a task counts at every skill it mentions.

    ``minutes_demand`` are standard minutes, ``minutes_planned`` those charged in the plan.
    """
    return {
        "tasks": pl.len(),
        "planned": _PLANNED.sum(),
        "late": _LATE.sum(),
        "unplanned": (~_PLANNED).sum(),
        "minutes_demand": pl.col("standard_minutes").sum(),
        "minutes_planned": pl.col("charged_minutes").sum(),
    }


def ratio(name: str) -> pl.Expr:
    """A ratio of :data:`RATIOS`, null where there is none."""
    above, below = (pl.col(column) for column in RATIOS[name])
    return pl.when(below > 0).then(above / below).alias(name)


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
