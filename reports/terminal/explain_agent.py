"""An agent's day in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reports.terminal.phrases import (
    Told,
    cost_of,
    day_of,
    edit_lines,
    in_minutes,
    in_points,
    named,
    on_clock,
    proof_lines,
)
from reports.words.language import ENGLISH, _, counted, msg, speaking
from reports.words.lines import in_columns
from reports.words.wording import OUTCOMES, Unit, in_words, shown, unit_words

_ELSE = {"free": msg("free"), "break": msg("break"), "reserved": msg("reserved")}
"""What a stretch of the day is that is no task."""
_TO_THE_RIGHT = (False, True, False, False, True, True)


def agent_lines(told: Told, language: str = ENGLISH) -> list[str]:
    """The explanation of an agent's day, as lines.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        parts = (edit_lines(told), _day(told["day"]), _worth(told), _binding(told), _training(told["training"]))
        return [_load(told), *proof_lines(told), *(line for lines in parts for line in lines)]


def _load(told: Told) -> str:
    """How many tasks and minutes."""
    tasks, spent = counted(told["tasks"], "{n} task", "{n} tasks"), told["minutes"]
    if told["max_tasks"] is not None:
        tasks = _("{tasks} of at most {most}", tasks=tasks, most=f"{told['max_tasks']:,}")
    return _(
        "{agent}: {tasks}, {planned} planned, {free} of {capacity} free (working {working})",
        agent=named(told),
        tasks=tasks,
        planned=in_minutes(spent["planned"]),
        **{name: shown(spent[name], Unit.MINUTES) for name in ("free", "capacity", "working")},
    )


def _day(entries: Sequence[Told]) -> Iterator[str]:
    """The day as a table; what begins on another day than the row before is told so."""
    day = ""
    for entry, line in zip(entries, in_columns([_entry(entry) for entry in entries], _TO_THE_RIGHT), strict=True):
        if day != (day := day_of(entry["start_at"])):
            yield f"  {day}"
        yield f"    {line}"


def _span(entry: Told) -> str:
    """From when to when on the clock, as timetables write it: an end on the next day has +1 behind it."""
    begin, end = (datetime.fromisoformat(entry[name]) for name in ("start_at", "end_at"))
    days = (end.date() - begin.date()).days
    return f"{begin:%H:%M}-{end:%H:%M}" + (f"+{days}" if days else "")


def _entry(entry: Told) -> tuple[str, ...]:
    """A row of the day: when, how long, what, how it ends, what it pays, what its time is worth."""
    span, length = _span(entry), _("{n} min", n=shown(entry["minutes"], Unit.MINUTES))
    if entry["what"] != "task":
        return span, length, in_words(_ELSE, entry["what"]), "", "", ""
    outcome = _("pinned") if entry["pinned"] else in_words(OUTCOMES, entry["outcome"])
    pays = _("pays {points}", points=in_points(entry["payoff"]))
    worth = "" if entry["time_worth"] is None else _("time worth {points}", points=in_points(entry["time_worth"]))
    return span, length, f"{entry['task_id']} {entry['process']}", outcome, pays, worth


def _worth(told: Told) -> Iterator[str]:
    """What the agent's time is worth, by when it is promised."""
    stretches = told["time"]
    if not stretches:
        return
    if all(s["points_per_hour"] == 0 for s in stretches):
        yield _("their time has no price: with more of it no plan could be worth more than today's bound")
        return
    yield _("what one more hour of their time would be worth, by when it has to be used, and what is left of it:")
    rows = [
        (
            _("by {time}", time=on_clock(s["until_at"])),
            f"{in_points(s['points_per_hour'])} {unit_words(told['unit'])}",
            _("{minutes} left", minutes=in_minutes(s["left_minutes"])),
        )
        for s in stretches
    ]
    yield from (f"  {line}" for line in in_columns(rows, (False, True, True)))


def _binding(told: Told) -> Iterator[str]:
    """What keeps the agent from more."""
    yield from _binding_time(told["time"] or [])
    if told["max_tasks"] is not None and told["tasks"] >= told["max_tasks"]:
        limit = counted(told["max_tasks"], "{n} task", "{n} tasks")
        if told["fee"]:
            fee = in_points(told["fee"])
            yield _("what binds is the limit of {tasks}, each of which is worth {points}", tasks=limit, points=fee)
        else:
            yield _("what binds is the limit of {tasks}", tasks=limit)
    yield from _left(told)


def _binding_time(stretches: Sequence[Told]) -> Iterator[str]:
    """The deadlines at which time becomes cheaper, the greatest step first."""
    steps = sorted((s for s in stretches if s["drop"] > 0), key=lambda s: -s["drop"])
    if not steps:
        return
    end = stretches[-1]["until_at"]
    before = [
        _("all of their time") if s["until_at"] == end else _("time before {time}", time=on_clock(s["until_at"]))
        for s in steps[:3]
    ]
    yield _("what binds is {what}", what=_(", then ").join(before))


def _left(told: Told) -> Iterator[str]:
    """How what is left and they could do in time stands."""
    waiting = told["waiting"]
    if not waiting["in_time"]:
        free = told["minutes"]["free"]
        yield (
            _("there is nothing left that they could do in time, so they are free")
            if free
            else _("there is nothing left that they could do in time")
        )
        return
    tasks = counted(waiting["in_time"], "{n} task that is left", "{n} tasks that are left")
    if waiting["fits"]:
        yield _(
            "of {tasks} and that they could do, {n} may fit: planning longer may place them",
            tasks=tasks,
            n=f"{waiting['fits']:,}",
        )
    else:
        yield _(
            "of {tasks} and that they could do, none fits beside what is promised (the shortest takes {minutes})",
            tasks=tasks,
            minutes=in_minutes(waiting["shortest_minutes"]),
        )
    for way in waiting["best"]:
        gain = _("{task} would gain {points}", task=way["task_id"], points=in_points(way["gain"]))
        yield "  " + (gain if way["margin"] is None else _("{gain}, {cost}", gain=gain, cost=cost_of(way, told)))


def _training(found: Sequence[Told] | None) -> Iterator[str]:
    if found is None:
        return
    if not found:
        yield _("no single skill would add anything, at the prices that prove the bound")
        return
    yield _("which skill would help, at the margin (at most, at efficiency 1, at the prices that prove the bound):")
    for one in found:
        yield "  " + _(
            "{skill}: up to {points}, with {tasks}",
            skill=one["skill"],
            points=in_points(one["adds_at_most"]),
            tasks=counted(one["tasks"], "{n} task", "{n} tasks"),
        )
