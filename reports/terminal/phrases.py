"""Phrases shared by explanations."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from models import EditCost
from reports.content.proof import proved_costs
from reports.words.language import _
from reports.words.wording import Unit, moment, shown, unit_words

Told = Mapping[str, Any]
"""An explanation, or part of one, as ``--json`` prints it."""


def in_points(value: float | None) -> str:
    """Points as people read them."""
    return shown(value, Unit.POINTS)


def in_minutes(value: float) -> str:
    """A number of minutes, as text."""
    return _("{n} minutes", n=shown(value, Unit.MINUTES))


def on_clock(text: str) -> str:
    """A moment with its day."""
    return moment(datetime.fromisoformat(text))


def day_of(text: str) -> str:
    """The day of a moment."""
    return on_clock(text).rpartition(" ")[0]


def between(start: str, end: str) -> str:
    """A span of time, with the day of the end if it is another one."""
    finish = on_clock(end)
    same = day_of(start) == day_of(end)
    return _("{begin} to {end}", begin=on_clock(start), end=finish.rpartition(" ")[2] if same else finish)


def named(told: Told) -> str:
    """A person's id, with the name if there is one."""
    agent, name = str(told["agent_id"]), told.get("name")
    return _("{agent} ({name})", agent=agent, name=name) if name and name != agent else agent


def cost_of(way: Told, told: Told) -> str:
    """The worth of the time that a mode takes, in the unit of what is ``told``, and what it leaves of the gain."""
    rate = _("{points} {unit} an hour", points=in_points(way["points_per_hour"]), unit=unit_words(told["unit"]))
    if way["fee"]:
        rate = _("{rate} and {points} for one of the few tasks allowed there", rate=rate, points=in_points(way["fee"]))
    left = in_points(abs(way["margin"]))
    if way["margin"] < 0:
        rest = _("which is {points} more than it gains", points=left)
    else:
        rest = _("which leaves {points}", points=left)
    return _(
        "{minutes} of that time are worth {points} ({rate}), {rest}",
        minutes=in_minutes(way["minutes"]),
        points=in_points(way["time_worth"]),
        rate=rate,
        rest=rest,
    )


def proved_range(least: float | None, most: float | None) -> str:
    """The proved range of a figure; ``most`` is ``None`` if no upper limit is proved."""
    least = least or 0.0
    if most is None:
        return _("(proved: {least} or more)", least=in_points(least))
    return _("(proved: {least} to {most})", least=in_points(least), most=in_points(most))


def proof_lines(told: Told) -> Iterator[str]:
    """The warning that the run's own bound is refuted, if it is."""
    if told.get("bound_refuted"):
        yield _("the upper limit that the run states is below the value of a plan: it is not usable, nothing is proved")


def edit_lines(told: Told) -> Iterator[str]:
    """The planner's edits that apply here, and the cost of each."""
    for one in told.get("edits") or []:
        cost = one["cost"]
        if cost is None or cost["points"] is None:
            yield _("a planner's edit: {edit}", edit=one["edit"])
            continue
        points, proved = in_points(cost["points"]), proved_costs(EditCost(**cost))
        if proved.at_most is not None:
            points = _("{points} {proved}", points=points, proved=proved_range(proved.at_least, proved.at_most))
        yield _("a planner's edit: {edit}; it cost {points}", edit=one["edit"], points=points)
