"""What other choices for a task would cost the whole plan, in words."""

from collections.abc import Iterator

from reports.terminal.phrases import Told, in_points, named, proved_range
from reports.words.language import _, listed
from reports.words.lines import in_columns


def alternative_lines(told: Told) -> Iterator[str]:
    """The choices that were tried, each with its loss and the proved range."""
    found, again = told.get("alternatives") or [], told.get("replanned")
    if not found or again is None:
        return
    scope = _("everything") if again["whole"] else _("the people around it")
    yield _("otherwise, with {scope} planned again, the whole plan would lose:", scope=scope)
    rows = [(_choice(one), in_points(one["loses"]), _sure(one)) for one in found]
    notes = [*in_columns(rows, (False, True, False)), *(_value_needed(told, one) for one in found if _makes_up(one))]
    if any(_wide(one) for one in found):
        notes.append(
            _("a wide range says that more is not proved; a longer --time-limit narrows it")
            if again["whole"]
            else _("a wide range says that more is not proved; a run with a smaller gap narrows it")
        )
    if again["better_by"] > 0:
        better = in_points(again["better_by"])
        notes.append(_("(planning again also found {points} more for the plan as it is)", points=better))
    yield from (f"  {note}" for note in notes)


def _choice(one: Told) -> str:
    if one["choice"] == "agent":
        return _("with {agent}", agent=named(one))
    if one["choice"] == "anybody":
        return _("planned with whoever suits best ({agent})", agent=one["agent_id"])
    return _("not planned")


def _sure(one: Told) -> str:
    """What is proved of the loss, and whose place it takes."""
    sure = _("exactly, proved") if one["proved"] else proved_range(one["at_least"], one["at_most"])
    tasks = one["left_out"]
    if not tasks:
        return sure
    others = listed(tasks, one["left_out_count"] - len(tasks))
    return _("{proved}; {tasks} would be left", proved=sure, tasks=others)


def _makes_up(one: Told) -> bool:
    """Whether there is a value of the task for which the whole plan would lose nothing by it."""
    return one["choice"] == "anybody" and one["value_needed"] is not None and bool(one["loses"])


def _value_needed(told: Told, one: Told) -> str:
    """What the task would have to be worth for the whole plan to lose nothing by it."""
    needed = _(
        "for that to be made up its value would have to be {points} instead of {now}",
        points=in_points(one["value_needed"]),
        now=in_points(told["value"]),
    )
    if _wide(one):
        return needed
    return _("{needed}; {points} is proved to be enough", needed=needed, points=in_points(one["value_enough"]))


def _wide(one: Told) -> bool:
    """Whether little is proved: the range is wider than what was found and a point."""
    return one["at_most"] is None or bool(one["at_most"] - one["at_least"] > max(1.0, one["loses"]))
