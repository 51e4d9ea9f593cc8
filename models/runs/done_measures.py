"""The measures of what was done beside what was planned: figures of days, not of runs, that only the history has."""

from collections.abc import Mapping
from types import MappingProxyType

from models.runs.codes import msg
from models.runs.levels import ENTERPRISE, PLACES, TASK_LEVELS
from models.runs.measures import Measure, Quantity

_DONE = (ENTERPRISE, *PLACES, *TASK_LEVELS)
_WORK = (ENTERPRISE, *TASK_LEVELS)
_PEOPLE = (ENTERPRISE, *PLACES)


def _count(name: str, title: str, meaning: str, levels: tuple[str, ...] = _DONE, *, less: bool = False) -> Measure:
    return Measure(name, Quantity.COUNT, title, meaning, levels, less_is_better=less)


def _minutes(name: str, title: str, meaning: str, levels: tuple[str, ...] = _DONE) -> Measure:
    return Measure(name, Quantity.MINUTES, title, meaning, levels)


def _ratio(
    name: str,
    quantity: Quantity,
    title: str,
    ratio: tuple[str, str],
    levels: tuple[str, ...] = _DONE,
    *,
    less: bool = False,
) -> Measure:
    meaning = f"`{ratio[0]}` / `{ratio[1]}`"
    return Measure(name, quantity, title, meaning, levels, ratio=ratio, less_is_better=less)


_ALL = (
    _count("done", msg("tasks done"), "tasks that were completed that day"),
    _count("done_known", msg("done, begin known"), "of the tasks done, those that were said to begin"),
    _count("done_as_planned", msg("done by whom the plan said"), "of them, those of the person that the plan named"),
    _count(
        "done_by_other", msg("done by somebody else"), "of them, those that the plan had for somebody else", less=True
    ),
    _count("done_outside", msg("done outside the plan"), "of them, those that the plan did not have", less=True),
    _ratio("as_planned_share", Quantity.SHARE, msg("done as planned"), ("done_as_planned", "done_known")),
    _count("done_due", msg("done, with a due time"), "of the tasks done, those with a due time"),
    _count("done_on_time", msg("done on time"), "of them, those that were done by it"),
    _ratio("on_time_share", Quantity.SHARE, msg("done on time of those due"), ("done_on_time", "done_due")),
    _minutes("minutes_worked", msg("minutes worked"), "minutes of the tasks done, without the time on hold"),
    _minutes("minutes_standard", msg("standard minutes of these tasks"), "their standard minutes"),
    _ratio(
        "worked_to_standard",
        Quantity.SHARE,
        msg("minutes worked to standard minutes"),
        ("minutes_worked", "minutes_standard"),
        less=True,
    ),
    _minutes(
        "minutes_pace",
        msg("standard minutes done in a day"),
        "standard minutes of tasks done in a day, as a mean of the four weeks that end with it",
        _WORK,
    ),
    _ratio(
        "days_to_clear",
        Quantity.DAYS,
        msg("days to clear the work queued"),
        ("minutes_open", "minutes_pace"),
        _WORK,
        less=True,
    ),
    _count(
        "plan_told", msg("tasks told to people"), "tasks that the plan had before each new plan of the day", _PEOPLE
    ),
    _count(
        "plan_changes",
        msg("tasks told otherwise"),
        "of them, those that a new plan withdrew, gave to another person, or moved by more than 15 minutes, before "
        "anybody began them",
        _PEOPLE,
        less=True,
    ),
    _ratio(
        "plan_changes_share",
        Quantity.SHARE,
        msg("changed by a new plan"),
        ("plan_changes", "plan_told"),
        _PEOPLE,
        less=True,
    ),
)
DONE_MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every measure of what was done by its name."""
