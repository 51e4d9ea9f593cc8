"""The names of levels and measures of key figures, and the kind of each figure."""

import re

from reports.words.language import _, msg
from reports.words.wording import REASONS, Unit, reason_words

LEVEL_NAMES = {
    "organisation": (msg("Organisation"), msg("Organisations"), msg("(no organisation)")),
    "site": (msg("Site"), msg("Sites"), msg("(no site)")),
    "team": (msg("Team"), msg("Teams"), msg("(no team)")),
    "agent": (msg("Agent"), msg("Agents"), msg("(nobody)")),
    "tenant": (msg("Tenant"), msg("Tenants"), msg("(no tenant)")),
    "segment": (msg("Segment"), msg("Segments"), msg("(no segment)")),
    "department": (msg("Department"), msg("Departments"), msg("(no department)")),
    "process": (msg("Process"), msg("Processes"), msg("(no process)")),
    "channel": (msg("Channel"), msg("Channels"), msg("(no channel)")),
    "skill": (msg("Skill"), msg("Skills"), msg("(no skill)")),
}
"""What a level is called, what several of it are, and what is said where the name is missing."""

_MEASURES = {
    "objective": (msg("value of the plan"), Unit.POINTS),
    "bound": (msg("best possible"), Unit.POINTS),
    "gap_points": (msg("gap to the best possible"), Unit.POINTS),
    "gap": (msg("gap as a share"), Unit.SHARE),
    "gain_gap": (msg("not gained of what could be gained"), Unit.SHARE),
    "empty_objective": (msg("all work left undone"), Unit.POINTS),
    "rejected": (msg("rejected tasks"), Unit.COUNT),
    "tasks": (msg("tasks"), Unit.COUNT),
    "plannable": (msg("backlog before the plan"), Unit.COUNT),
    "planned": (msg("planned tasks"), Unit.COUNT),
    "on_time": (msg("on time"), Unit.COUNT),
    "at_risk": (msg("on time, but at risk"), Unit.COUNT),
    "late": (msg("late"), Unit.COUNT),
    "late_overdue": (msg("late, overdue before"), Unit.COUNT),
    "late_unavoidable": (msg("late, unavoidable"), Unit.COUNT),
    "late_chosen": (msg("late by choice"), Unit.COUNT),
    "unplanned": (msg("not planned"), Unit.COUNT),
    "sla_due": (msg("due within the horizon"), Unit.COUNT),
    "sla_met": (msg("due and on time"), Unit.COUNT),
    "sla_missed": (msg("due and missed"), Unit.COUNT),
    "sla_missed_unavoidable": (msg("due and missed, unavoidable"), Unit.COUNT),
    "sla_share": (msg("on time of those due"), Unit.SHARE),
    "start_sum": (msg("minutes until start, in all"), Unit.MINUTES),
    "start_average": (msg("minutes until start, average"), Unit.MINUTES),
    "overdue_wait_sum": (msg("minutes until overdue work is done, in all"), Unit.MINUTES),
    "overdue_wait": (msg("minutes until overdue work is done, average"), Unit.MINUTES),
    "finish_sum": (msg("minutes until finished, in all"), Unit.MINUTES),
    "finish_average": (msg("minutes until finished, average"), Unit.MINUTES),
    "wait_tasks": (msg("planned tasks whose creation is known"), Unit.COUNT),
    "wait_sum": (msg("minutes from creation to start, in all"), Unit.MINUTES),
    "wait_average": (msg("minutes from creation to start, average"), Unit.MINUTES),
    "turnaround_sum": (msg("minutes from creation to end, in all"), Unit.MINUTES),
    "turnaround_average": (msg("minutes from creation to end, average"), Unit.MINUTES),
    "value_open": (msg("value of the backlog"), Unit.POINTS),
    "value_planned": (msg("value planned"), Unit.POINTS),
    "payoff": (msg("payoff"), Unit.POINTS),
    "payoff_planned": (msg("payoff of planned tasks"), Unit.POINTS),
    "payoff_unplanned": (msg("payoff of tasks not planned"), Unit.POINTS),
    "fines": (msg("fines"), Unit.POINTS),
    "fines_late": (msg("fines of late tasks"), Unit.POINTS),
    "fines_unplanned": (msg("fines of tasks not planned"), Unit.POINTS),
    "fines_unavoidable": (msg("fines, unavoidable"), Unit.POINTS),
    "minutes_open": (msg("minutes of the backlog before the plan"), Unit.MINUTES),
    "minutes_left": (msg("minutes of the backlog after the plan"), Unit.MINUTES),
    "backlog_after": (msg("backlog after the plan"), Unit.COUNT),
    "due_ahead": (msg("due later than now"), Unit.COUNT),
    "due_none": (msg("without a due time"), Unit.COUNT),
    "created_unknown": (msg("created at an unknown time"), Unit.COUNT),
    "agents": (msg("people"), Unit.COUNT),
    "agents_working": (msg("people with working time"), Unit.COUNT),
    "agents_under": (msg("people used too little"), Unit.COUNT),
    "agents_over": (msg("people used too much"), Unit.COUNT),
    "minutes_working": (msg("working minutes"), Unit.MINUTES),
    "minutes_capacity": (msg("available minutes"), Unit.MINUTES),
    "minutes_planned": (msg("planned minutes"), Unit.MINUTES),
    "utilization": (msg("utilization"), Unit.SHARE),
    "load_least": (msg("utilization, least"), Unit.SHARE),
    "load_median": (msg("utilization, median"), Unit.SHARE),
    "load_most": (msg("utilization, most"), Unit.SHARE),
    "load_spread": (msg("utilization, from least to most"), Unit.SHARE),
    "minutes_demand": (msg("minutes asked for"), Unit.MINUTES),
    "minutes_capable": (msg("minutes of people who can"), Unit.MINUTES),
    "coverage": (msg("people's minutes to minutes asked for"), Unit.SHARE),
    "tasks_due": (msg("tasks that fall due"), Unit.COUNT),
    "minutes_due": (msg("minutes of work that falls due"), Unit.MINUTES),
}
_AGE = re.compile(r"(created|overdue)_(\d+)d?_(\d+d|up)")


def level_title(level: str) -> str:
    """The name of a level; an unknown one unchanged."""
    if level in LEVEL_NAMES:
        return _(LEVEL_NAMES[level][0])
    return {"enterprise": _("Enterprise"), "period": _("Period")}.get(level, level)


def measure_title(measure: str) -> str:
    """The name of a measure; an unknown one in readable form."""
    if measure.startswith("unplanned_"):
        return _("not planned: {reason}", reason=reason_words(measure.removeprefix("unplanned_"))[0])
    for ending, title in (("_before", msg("{what} (before the plan)")), ("_after", msg("{what} (after the plan)"))):
        if measure.endswith(ending) and measure not in _MEASURES:
            return _(title, what=_age(measure.removesuffix(ending)))
    return _(_MEASURES[measure][0]) if measure in _MEASURES else measure.replace("_", " ")


def measure_kind(measure: str) -> Unit:
    """The kind of figure of a measure; an unknown one is a plain number."""
    if measure in _MEASURES:
        return _MEASURES[measure][1]
    known = measure.removeprefix("unplanned_") in REASONS or measure.endswith(("_before", "_after"))
    return Unit.COUNT if known else Unit.NUMBER


def _age(band: str) -> str:
    """What a band of ages is called, as in ``created_1_3d`` or ``overdue_30d_up``."""
    found = _AGE.fullmatch(band)
    if found is None:
        return measure_title(band)
    what, low, high = found[1], found[2], found[3].removesuffix("d")
    if what == "created":
        since = _("created {days} days ago or earlier", days=low)
        between = _("created {low} to {high} days ago", low=low, high=high)
    else:
        since = _("overdue by {days} days or more", days=low)
        between = _("overdue by {low} to {high} days", low=low, high=high)
    return since if high == "up" else between
