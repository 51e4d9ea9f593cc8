"""An explanation in plain words: why a task is where it is or not planned, and what an agent's day is made of.

What is told comes as the plain values that ``--json`` prints; nothing is worked out here but words.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.wording import OUTCOMES, Kind, counted, in_words, reason_words, shown

Told = Mapping[str, Any]


def task_lines(told: Told) -> list[str]:
    """What there is to say of a task."""
    if told["state"] == "rejected":
        return [f"{told['task_id']} is set aside as bad data:", *(_reject(row) for row in told["rejects"])]
    parts = [_who(told), _place(told), *_why(told), *_asked(told), *_alternatives(told)]
    return [line for line in parts if line]


def _reject(row: Told) -> str:
    return f"  row {row['row']}, {row['column'] or 'the row'}: {row['rule']}: {row['message']}"


def _points(value: float | None) -> str:
    return shown(value, Kind.POINTS)


def _minutes(value: float) -> str:
    return f"{shown(value, Kind.MINUTES)} minutes"


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text):%a %H:%M}"


def _person(told: Told) -> str:
    name = told.get("name")
    return f"{told['agent_id']} ({name})" if name and name != told["agent_id"] else str(told["agent_id"])


def _who(told: Told) -> str:
    facts = [str(told["process"]), _minutes(told["minutes"]), f"value {_points(told['value'])}"]
    facts += [f"needs {told['skills']}"] if told["skills"] else []
    facts += [f"due {_when(told['due_at'])}"] if told["due_at"] else ["no due time"]
    facts += [f"not before {_when(told['not_before'])}"] if told["not_before"] else []
    facts += [f"expires {_when(told['expires_at'])}"] if told["expires_at"] else []
    return f"{told['task_id']}: {', '.join(facts)}"


def _place(told: Told) -> str:
    if told["state"] == "unplanned":
        words, sentence = reason_words(told["reason"])
        return f"not planned, {words}: {told['detail'] or sentence}"
    outcome = in_words(OUTCOMES, told["outcome"])
    around = [f"after {told['before']}" if told["before"] else "", f"before {told['after']}" if told["after"] else ""]
    near = " and ".join(word for word in around if word)
    return (
        f"planned with {_person(told)}, {_when(told['start_at'])} to {_when(told['end_at'])}, {outcome}, pays "
        f"{_points(told['payoff'])}; number {told['sequence']} of {told['of']} there{', ' + near if near else ''}"
    )


def _why(told: Told) -> Iterator[str]:
    """The reason in figures."""
    if told.get("pinned"):
        yield "it is pinned there: started work goes on, and comes first"
    if "people" not in told:
        return
    people = told["people"]
    yield (
        f"{counted(people['skilled'], 'person has', 'people have')} the skills, {people['allowed']:,} of them may do "
        f"it, {people['in_time']:,} could be in time with only the work they have started"
    )
    if told["state"] == "planned":
        yield from _why_there(told)
    else:
        yield from _why_not(told)


def _why_there(told: Told) -> Iterator[str]:
    own = next((way for way in told["best"] if way["agent_id"] == told["agent_id"]), None)
    if own is None or own["margin"] is None:
        return
    yield f"there it gains {_points(own['gain'])} over being left; {_cost(own)}"
    first = told["best"][0]
    if own["rank"] == 1:
        yield "nobody else's time would leave it more, at the prices that prove the bound"
    else:
        yield (
            f"at these prices {_person(first)} would leave it {_points(first['margin'])}, and {own['rank'] - 1:,} in "
            "all as much or more; but tasks are whole, and what counts is the whole plan (below)"
        )


def _cost(way: Told) -> str:
    fee = f" and {_points(way['fee'])} for one of the few tasks allowed there" if way["fee"] else ""
    left = way["margin"]
    rest = f"which leaves {_points(left)}" if left >= 0 else f"which is {_points(-left)} more than it gains"
    return (
        f"{_minutes(way['minutes'])} of that time are worth {_points(way['time_worth'])} "
        f"({_points(way['points_per_hour'])} points an hour{fee}), {rest}"
    )


def _why_not(told: Told) -> Iterator[str]:
    if told["reason"] == "no_skill":
        yield from _skills(told["skill"])
    elif told["reason"] == "no_time":
        yield from _no_time(told["in_time"])
    elif told["reason"] == "outbid" and told["best"]:
        yield from _outbid(told["best"][0])
    yield from _changes(told)


def _skills(skill: Told | None) -> Iterator[str]:
    if skill is None:
        return
    each = ", ".join(f"{part['skill']} {counted(part['people'], 'person', 'people')}" for part in skill["meeting_each"])
    yield f"what it asks for, and who has it: {each}"
    for near in skill["nearest"]:
        has = f" (has {near['has']})" if near["has"] else ""
        yield f"  {_person(near)} lacks {near['lacks']}{has}"


def _no_time(nearest: Sequence[Told]) -> Iterator[str]:
    for near in nearest:
        yield (
            f"  {_person(near)} needs {_minutes(near['minutes'])} and has {_minutes(near['minutes_there'])}: "
            f"{_minutes(near['minutes_short'])} short"
        )


def _outbid(best: Told) -> Iterator[str]:
    if best["margin"] is None:
        return
    yield f"with {_person(best)} it would gain {_points(best['gain'])}; {_cost(best)}"
    if best["margin"] >= 0:
        yield "so at the prices it would pay; but prices sell time by the minute, and no place for all of it was found"


def _changes(told: Told) -> Iterator[str]:
    change, skill = told.get("change") or {}, told.get("skill") or {}
    ways = []
    if change.get("value") and change["value"]["value"] > told["value"]:
        ways.append(f"a value of {_points(change['value']['value'])} instead of {_points(told['value'])}")
    if change.get("minutes") and change["minutes"]["minutes"] < told["minutes"]:
        ways.append(
            f"at most {_minutes(change['minutes']['minutes'])} instead of {shown(told['minutes'], Kind.MINUTES)}"
        )
    if change.get("due_at"):
        ways.append(f"a due time of {_when(change['due_at']['due_at'])} or later")
    training = skill.get("training")
    if training and training["margin"] is not None and training["margin"] >= 0:
        ways.append(
            f"{training['lacks']} for {_person(training)}, whose time would leave it {_points(training['margin'])}"
        )
    if ways:
        yield "at the margin, any one of these would get it in (at today's prices; the plan may answer otherwise):"
        yield from (f"  {way}" for way in ways)
    elif told["reason"] in ("no_skill", "no_time", "outbid") and change:
        yield "at today's prices no single change of its value, minutes or due time would get it in"


def _asked(told: Told) -> Iterator[str]:
    asked = told.get("asked")
    if asked is None:
        return
    if asked["lacks"]:
        yield f"{_person(asked)} cannot do it: lacks {asked['lacks']}"
    elif asked["excluded"]:
        yield f"{_person(asked)} is excluded from it"
    elif asked["minutes_short"]:
        yield f"{_person(asked)} could not finish it in time: {_minutes(asked['minutes_short'])} short"


def _alternatives(told: Told) -> Iterator[str]:
    found, again = told.get("alternatives") or [], told.get("replanned")
    if not found or again is None:
        return
    scope = "everything" if again["whole"] else "the people around it"
    yield f"otherwise, with {scope} planned again, the whole plan would lose:"
    rows = [_alternative(one) for one in found]
    widths = [max(len(row[k]) for row in rows) for k in range(2)]
    yield from (f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]}".rstrip() for row in rows)
    yield from (_value_needed(told, one) for one in found if one["choice"] == "anybody")
    if any(_wide(one) for one in found):
        yield "  a wide range says that more is not proved; a longer --time-limit, or a better run, narrows it"
    if again["better_by"] > 0:
        yield f"  (planning again also found {_points(again['better_by'])} more for the plan as it is)"


_CHOICES = {"anybody": "planned with whoever suits best", "nobody": "not planned"}


def _alternative(one: Told) -> tuple[str, str, str]:
    what = f"with {_person(one)}" if one["choice"] == "agent" else _CHOICES[one["choice"]]
    if one["choice"] == "anybody":
        what += f" ({one['agent_id']})"
    if one["proved"]:
        sure = "exactly, proved"
    else:
        sure = f"(proved: {_points(one['at_least'])} to {_points(one['at_most'])})"
    left = f"; {', '.join(one['left_out'])}{_more(one)} would be left" if one["left_out"] else ""
    return what, _points(one["loses"]), sure + left


def _more(one: Told) -> str:
    rest = one["left_out_count"] - len(one["left_out"])
    return f" and {rest:,} more" if rest else ""


def _value_needed(told: Told, one: Told) -> str:
    """What the task would have to be worth for the whole plan to lose nothing by it."""
    if one["value_needed"] is None or not one["loses"]:
        return ""
    sure = f"; {_points(one['value_enough'])} is proved to be enough"
    return (
        f"  its value would have to be {_points(one['value_needed'])} instead of {_points(told['value'])} for that to "
        f"be made up{sure}"
    )


def _wide(one: Told) -> bool:
    """Whether little is proved: the range is wider than what was found and a point."""
    return one["at_most"] - one["at_least"] > max(1.0, one["loses"])


def agent_lines(told: Told) -> list[str]:
    """What there is to say of an agent."""
    minutes = told["minutes"]
    limit = f" of at most {told['max_tasks']:,}" if told["max_tasks"] is not None else ""
    return [
        f"{_person(told)}: {counted(told['tasks'], 'task')}{limit}, {_minutes(minutes['planned'])} planned, "
        f"{shown(minutes['free'], Kind.MINUTES)} of {shown(minutes['capacity'], Kind.MINUTES)} free "
        f"(working {shown(minutes['working'], Kind.MINUTES)})",
        *_day(told["day"]),
        *_worth(told),
        *_binding(told),
        *_training(told["training"]),
    ]


_TO_THE_RIGHT = (1, 4, 5)


def _day(entries: Sequence[Told]) -> Iterator[str]:
    rows = [_entry(entry) for entry in entries]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(6)]
    for row in rows:
        cells = [
            f"{cell:>{w}}" if k in (1, 4, 5) else f"{cell:<{w}}"
            for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()


def _entry(entry: Told) -> tuple[str, ...]:
    span = f"{_when(entry['start_at'])}-{datetime.fromisoformat(entry['end_at']):%H:%M}"
    minutes = f"{shown(entry['minutes'], Kind.MINUTES)} min"
    if entry["what"] != "task":
        return span, minutes, entry["what"], "", "", ""
    due = f"due {_when(entry['due_at'])}" if entry["due_at"] else ""
    outcome = "pinned" if entry["pinned"] else in_words(OUTCOMES, entry["outcome"])
    worth = "" if entry["time_worth"] is None else f"time worth {_points(entry['time_worth'])}"
    what = f"{entry['task_id']} {entry['process']}"
    return span, minutes, what, f"{outcome}, {due}".strip(", "), f"pays {_points(entry['payoff'])}", worth


def _worth(told: Told) -> Iterator[str]:
    """What the agent's time is worth, by when it is promised."""
    stretches = told["time"]
    if not stretches:
        return
    if all(s["points_per_hour"] == 0 for s in stretches):
        yield "more of its time would be worth nothing to this plan: there is no price on it"
        return
    yield "what one more hour of its time would be worth, by when it has to be done, and what is left of it:"
    rows = [
        (f"by {_when(s['until_at'])}", f"{_points(s['points_per_hour'])} points an hour", _minutes(s["left_minutes"]))
        for s in stretches
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    yield from (f"  {a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}} left" for a, b, c in rows)


def _binding(told: Told) -> Iterator[str]:
    """What keeps the agent from more."""
    drops = sorted((s for s in told["time"] or [] if s["drop"] > 0), key=lambda s: -s["drop"])
    if drops:
        yield f"what binds is time before {', '.join(_when(s['until_at']) for s in drops[:3])}"
    if told["max_tasks"] is not None and told["tasks"] >= told["max_tasks"]:
        fee = f", each of which is worth {_points(told['fee'])}" if told["fee"] else ""
        yield f"what binds is the limit of {counted(told['max_tasks'], 'task')}{fee}"
    waiting, free = told["waiting"], told["minutes"]["free"]
    if not waiting["in_time"]:
        yield "nothing that is left could it do in time" + ("; that is why it is free" if free else "")
        return
    left = counted(waiting["in_time"], "task that is left", "tasks that are left")
    if waiting["fits"]:
        yield f"of {left} that it could do, {waiting['fits']:,} may fit its free time: planning longer may place them"
    else:
        short = _minutes(waiting["shortest_minutes"])
        yield f"of {left} that it could do, none fits beside what is promised (the shortest takes {short})"
    for way in waiting["best"]:
        margin = "" if way["margin"] is None else f", {_cost(way)}"
        yield f"  {way['task_id']} would gain {_points(way['gain'])}{margin}"


def _training(found: Sequence[Told] | None) -> Iterator[str]:
    if found is None:
        return
    if not found:
        yield "no single skill would add anything, at the prices that prove the bound"
        return
    yield "which skill would help, at the margin (at most, at efficiency 1, at the prices that prove the bound):"
    for one in found:
        yield f"  {one['skill']}: up to {_points(one['adds_at_most'])}, with {counted(one['tasks'], 'task')}"
