"""The measures of key figures, each with its kind, its words and where it stands: the one register of them.

``reports/kpis`` computes the figures; docs/key-figures.md has the meanings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from types import MappingProxyType

from models.runs.codes import msg
from models.runs.levels import ENTERPRISE, PEOPLE_LEVELS, PERIOD, PLACES, SKILL, TASK_LEVELS
from models.runs.reason import Reason


class Quantity(Enum):
    """What a measure counts."""

    COUNT = "count"
    MINUTES = "minutes"
    POINTS = "points"  # or what else the policy's unit is
    SHARE = "share"  # 1 is all
    DAYS = "days"


@dataclass(frozen=True)
class Measure:
    """A measure and the levels that have it.

    ``title`` is its name, a text to be translated with its ``parts`` filled in; ``meaning`` is what it is exactly, the
    formula in words. Backlogs by age are those ``before`` or ``after`` the plan (``when``).

    A ``ratio`` is one measure divided by another, and missing where the other is 0; ``ratio_of_people`` stands for it
    at the levels of people, if given. Ratios, and measures that are ``apart``, are computed separately at every level;
    all others are sums. ``less_is_better`` says of what is missed, late, waiting or lost.
    """

    name: str
    quantity: Quantity
    title: str
    meaning: str
    levels: tuple[str, ...]
    ratio: tuple[str, str] | None = None
    ratio_of_people: tuple[str, str] | None = None
    apart: bool = False
    less_is_better: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    when: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether the figures of all keys of a level add up to that of the enterprise (skills aside: they overlap)."""
        return self.ratio is None and not self.apart

    def ratio_at(self, level: str) -> tuple[str, str] | None:
        """What is divided by what at a level, if it is a ratio."""
        return self.ratio_of_people if self.ratio_of_people and level in PEOPLE_LEVELS else self.ratio

    def meets(self, value: float, target: float) -> bool:
        """Whether a figure is as good as its target, or better."""
        return value <= target if self.less_is_better else value >= target


AGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"0_1d": (0, 1), "1_3d": (1, 3), "3_7d": (3, 7), "7_30d": (7, 30), "30d_up": (30, inf)}
)
"""The bands of ages, in days: from, and less than."""

_COUNT, _MINUTES, _POINTS, _SHARE = Quantity.COUNT, Quantity.MINUTES, Quantity.POINTS, Quantity.SHARE

_WORK = (ENTERPRISE, *TASK_LEVELS)
_DONE = (ENTERPRISE, *PEOPLE_LEVELS, *TASK_LEVELS)
_PEOPLE = (ENTERPRISE, *PEOPLE_LEVELS)
_TIME = (*_PEOPLE, PERIOD)
_RUN = (ENTERPRISE,)


def _measures(
    levels: tuple[str, ...], quantity: Quantity, /, *, apart: bool = False, less: str = "", **words: tuple[str, str]
) -> tuple[Measure, ...]:
    """Measures of the same levels and quantity, each by its name with its title and meaning.

    ``less`` names those of which less is better.
    """
    return tuple(
        Measure(name, quantity, title, meaning, levels, apart=apart, less_is_better=name in less.split())
        for name, (title, meaning) in words.items()
    )


def _ratio(
    name: str, quantity: Quantity, title: str, above: str, below: str, levels: tuple[str, ...], *, less: bool = False
) -> Measure:
    meaning = f"`{above}` / `{below}`"
    return Measure(name, quantity, title, meaning, levels, ratio=(above, below), less_is_better=less)


_OF_RUN = (
    *_measures(
        _RUN,
        _POINTS,
        apart=True,
        less="gap_points",
        objective=(msg("value of the plan"), "the payoffs of all tasks added up"),
        bound=(msg("best possible"), "no plan is worth more"),
        gap_points=(msg("gap to the best possible"), "`bound` - `objective`"),
        empty_objective=(msg("all work left undone"), "`objective` of the plan with started work alone"),
    ),
    *_measures(
        _RUN,
        _SHARE,
        apart=True,
        less="gap gain_gap",
        gap=(msg("gap as a share"), "`gap_points` as a share of `bound`"),
        gain_gap=(msg("not gained of what could be gained"), "`gap_points` / (`bound` - `empty_objective`)"),
    ),
    *_measures(_RUN, _COUNT, apart=True, less="rejected", rejected=(msg("rejected tasks"), "tasks that were rejected")),
)
_OF_TASKS = (
    *_measures(
        (*_WORK, SKILL),
        _COUNT,
        less="unplanned",
        tasks=(msg("tasks"), "tasks that were not rejected: `planned` + `unplanned`"),
        unplanned=(msg("not planned"), "tasks that are not in the plan"),
    ),
    *_measures(
        (*_DONE, SKILL),
        _COUNT,
        less="late",
        planned=(msg("planned tasks"), "tasks in the plan: `on_time` + `late`"),
        late=(msg("late"), "finished after their due time: `late_unavoidable` + `late_chosen`"),
    ),
    *_measures(
        _DONE,
        _COUNT,
        less="at_risk late_overdue late_unavoidable late_chosen",
        on_time=(msg("on time"), "finished by their due time, or without one"),
        at_risk=(
            msg("on time, but at risk"),
            "of the tasks on time, those that finish no more than the policy's `warning_margin` before their due time",
        ),
        late_overdue=(
            msg("late, overdue before"),
            "of the late tasks, those that were overdue when planning began",
        ),
        late_unavoidable=(
            msg("late, unavoidable"),
            "late tasks that no plan could finish on time: overdue already, or no allowed agent could finish in time, "
            "even with only started work",
        ),
        late_chosen=(
            msg("late by choice"),
            "late tasks that somebody could have finished on time, but other work is worth more",
        ),
    ),
    *_measures(
        _WORK,
        _COUNT,
        less="plannable sla_missed sla_missed_unavoidable",
        plannable=(
            msg("backlog before the plan"),
            "tasks that may be planned, that is, all except those on hold or closed: the backlog before the plan",
        ),
        sla_due=(
            msg("due within the horizon"),
            "plannable tasks due within the horizon, without those overdue already",
        ),
        sla_missed=(msg("due and missed"), "of the due tasks, those late or not planned"),
        sla_missed_unavoidable=(
            msg("due and missed, unavoidable"),
            "of the missed tasks, those that no plan could finish on time",
        ),
    ),
    *_measures(
        _DONE,
        _COUNT,
        sla_met=(msg("due and on time"), "of the due tasks, those on time"),
        sla_planned=(msg("due and planned"), "of the due tasks, those in the plan"),
    ),
    Measure(
        "sla_share",
        _SHARE,
        msg("on time of those due"),
        "`sla_met` / `sla_due`; of people `sla_met` / `sla_planned`",
        _DONE,
        ratio=("sla_met", "sla_due"),
        ratio_of_people=("sla_met", "sla_planned"),
    ),
    *(
        Measure(
            f"unplanned_{reason.value}",
            _COUNT,
            msg("not planned: {reason}"),
            "of the unplanned tasks, those with this reason",
            _WORK,
            less_is_better=True,
            parts={"reason": reason.value},
        )
        for reason in Reason
    ),
)
_OF_WAITING = (
    *_measures(
        _DONE,
        _MINUTES,
        less="start_sum finish_sum overdue_wait_sum wait_sum turnaround_sum",
        start_sum=(msg("minutes until start, in all"), "minutes from now (`as_of`) until work starts"),
        finish_sum=(msg("minutes until finished, in all"), "minutes from now until the task is finished"),
        overdue_wait_sum=(
            msg("minutes until overdue work is done, in all"),
            "minutes from now until planned overdue work is finished",
        ),
        wait_sum=(
            msg("minutes from creation to start, in all"),
            "minutes from creation until work starts, of the `wait_tasks`",
        ),
        turnaround_sum=(
            msg("minutes from creation to end, in all"),
            "minutes from creation until the task is finished, of the `wait_tasks`",
        ),
    ),
    *_measures(
        _DONE,
        _COUNT,
        wait_tasks=(msg("planned tasks whose creation is known"), "planned tasks whose `created_at` is known"),
    ),
    _ratio("start_average", _MINUTES, msg("minutes until start, average"), "start_sum", "planned", _DONE, less=True),
    _ratio(
        "finish_average", _MINUTES, msg("minutes until finished, average"), "finish_sum", "planned", _DONE, less=True
    ),
    _ratio(
        "overdue_wait",
        _MINUTES,
        msg("minutes until overdue work is done, average"),
        "overdue_wait_sum",
        "late_overdue",
        _DONE,
        less=True,
    ),
    _ratio(
        "wait_average",
        _MINUTES,
        msg("minutes from creation to start, average"),
        "wait_sum",
        "wait_tasks",
        _DONE,
        less=True,
    ),
    _ratio(
        "turnaround_average",
        _MINUTES,
        msg("minutes from creation to end, average"),
        "turnaround_sum",
        "wait_tasks",
        _DONE,
        less=True,
    ),
)
_OF_VALUE = (
    *_measures(
        _DONE,
        _POINTS,
        less="fines_late",
        value_planned=(msg("value planned"), "value times weights of tasks in the plan"),
        payoff_planned=(msg("payoff of planned tasks"), "what planned tasks pay, less the fines of late ones"),
        fines_late=(msg("fines of late tasks"), "fines of late tasks"),
    ),
    *_measures(
        _WORK,
        _POINTS,
        less="fines_unplanned fines fines_unavoidable",
        value_open=(msg("value of the backlog"), "value times weights of plannable tasks"),
        payoff_unplanned=(msg("payoff of tasks not planned"), "fines of tasks not planned, as a negative number"),
        payoff=(msg("payoff"), "`payoff_planned` + `payoff_unplanned`; for the enterprise the objective"),
        fines_unplanned=(msg("fines of tasks not planned"), "fines of tasks not planned"),
        fines=(msg("fines"), "`fines_late` + `fines_unplanned`"),
        fines_unavoidable=(msg("fines, unavoidable"), "of the fines, what no plan could avoid"),
    ),
)


def _aged(what: str, when: str, between: str, since: str, meaning: str, *, less: bool = False) -> tuple[Measure, ...]:
    """A measure for each band of ages; ``between`` is the title of a band, ``since`` that of the last."""
    found = []
    for band, (low, high) in AGES.items():
        title, parts = (
            (since, {"days": f"{low:g}"}) if high == inf else (between, {"low": f"{low:g}", "high": f"{high:g}"})
        )
        name = f"{what}_{band}_{when}"
        found.append(Measure(name, _COUNT, title, meaning, _WORK, less_is_better=less, parts=parts, when=when))
    return tuple(found)


def _ages(when: str) -> tuple[Measure, ...]:
    """The backlog ``before`` or ``after`` the plan by its age at ``as_of``, since it came and since it was due."""
    days = "from the first number to less than the second"
    came = f"tasks by days since they were created: {days}"
    was_due = f"overdue tasks by days since they were due: {days}"
    others = (
        ("created_unknown", msg("created at an unknown time"), "tasks whose creation is not known"),
        ("due_ahead", msg("due later than now"), "tasks due later than now"),
        ("due_none", msg("without a due time"), "tasks without a due time"),
    )
    return (
        *_aged(
            "created",
            when,
            msg("created {low} to {high} days ago"),
            msg("created {days} days ago or earlier"),
            came,
        ),
        *_aged(
            "overdue",
            when,
            msg("overdue by {low} to {high} days"),
            msg("overdue by {days} days or more"),
            was_due,
            less=True,
        ),
        *(Measure(f"{name}_{when}", _COUNT, title, meaning, _WORK, when=when) for name, title, meaning in others),
    )


_OF_BACKLOG = (
    *_measures(
        _WORK,
        _MINUTES,
        less="minutes_open minutes_left",
        minutes_open=(msg("minutes of the backlog before the plan"), "standard minutes of the backlog before the plan"),
        minutes_left=(msg("minutes of the backlog after the plan"), "standard minutes of the backlog after the plan"),
    ),
    *_measures(
        _WORK,
        _COUNT,
        less="backlog_after",
        backlog_after=(msg("backlog after the plan"), "tasks in the backlog after the plan (before: `plannable`)"),
    ),
    *_ages("before"),
    *_ages("after"),
)
_OF_PEOPLE = (
    *_measures((*_PEOPLE, SKILL), _COUNT, agents=(msg("people"), "people")),
    *_measures(
        _PEOPLE,
        _COUNT,
        less="agents_under agents_over",
        agents_working=(msg("people with working time"), "people with working time in the horizon"),
        agents_under=(
            msg("people used too little"),
            "of the people with working time, those with less than the policy's `target_utilization`",
        ),
        agents_over=(
            msg("people used too much"),
            "of the people with working time, those with more than the policy's `target_utilization`",
        ),
    ),
    *_measures(
        _TIME,
        _MINUTES,
        minutes_working=(msg("working minutes"), "shifts less breaks and reserved time"),
        minutes_capacity=(
            msg("available minutes"),
            "the part of the working time that may be planned (`max_utilization`)",
        ),
    ),
    *_measures(
        (*_DONE, SKILL, PERIOD),
        _MINUTES,
        minutes_planned=(
            msg("planned minutes"),
            "the part of the working time that is planned; at other levels, the minutes of planned tasks",
        ),
    ),
    _ratio("utilization", _SHARE, msg("utilization"), "minutes_planned", "minutes_working", _TIME),
    *_measures(
        (ENTERPRISE, *PLACES),
        _SHARE,
        apart=True,
        less="load_spread",
        load_least=(msg("utilization, least"), "utilization of the people who work: the smallest"),
        load_median=(msg("utilization, median"), "utilization of the people who work: the median"),
        load_most=(msg("utilization, most"), "utilization of the people who work: the largest"),
        load_spread=(msg("utilization, from least to most"), "`load_most` - `load_least`"),
    ),
)
_OF_SKILLS = (
    *_measures(
        (SKILL,),
        _MINUTES,
        minutes_demand=(msg("minutes asked for"), "standard minutes of the plannable tasks that mention the skill"),
        minutes_capable=(
            msg("minutes of people who can"),
            "the minutes for which people who have the skill may be planned, including for other work",
        ),
    ),
    _ratio(
        "coverage",
        _SHARE,
        msg("people's minutes to minutes asked for"),
        "minutes_capable",
        "minutes_demand",
        (SKILL,),
    ),
)
_OF_PERIODS = (
    *_measures(
        (PERIOD,),
        _COUNT,
        tasks_due=(
            msg("tasks that fall due"),
            "plannable tasks that fall due after the slice begins and by its end",
        ),
    ),
    *_measures(
        (PERIOD,),
        _MINUTES,
        minutes_due=(msg("minutes of work that falls due"), "standard minutes of the `tasks_due`"),
    ),
)

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measures in (
            _OF_RUN,
            _OF_TASKS,
            _OF_WAITING,
            _OF_VALUE,
            _OF_BACKLOG,
            _OF_PEOPLE,
            _OF_SKILLS,
            _OF_PERIODS,
        )
        for measure in measures
    }
)
"""Every measure by its name."""
