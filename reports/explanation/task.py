"""Why a task is where it is, or why it is not planned, in words."""

from collections.abc import Iterator, Sequence

from reports.explanation.phrases import (
    Told,
    between,
    cost_of,
    edit_lines,
    in_minutes,
    in_points,
    named,
    on_clock,
    so_many,
)
from reports.wording import OUTCOMES, Kind, in_words, reason_words, shown


def task_lines(told: Told) -> list[str]:
    """What there is to say of a task."""
    if told["state"] == "rejected":
        return [f"{told['task_id']} is set aside as bad data:", *(_reject(row) for row in told["rejects"])]
    parts = [_who(told), _place(told), *edit_lines(told), *_why(told), *_asked(told), *_alternatives(told)]
    return [line for line in parts if line]


def _reject(row: Told) -> str:
    return f"  row {row['row']}, {row['column'] or 'the row'}: {row['rule']}: {row['message']}"


def _who(told: Told) -> str:
    facts = [str(told["process"]), in_minutes(told["minutes"]), f"value {in_points(told['value'])}"]
    facts += [f"needs {told['skills']}"] if told["skills"] else []
    facts += [f"due {on_clock(told['due_at'])}"] if told["due_at"] else ["no due time"]
    facts += [f"not before {on_clock(told['not_before'])}"] if told["not_before"] else []
    facts += [f"expires {on_clock(told['expires_at'])}"] if told["expires_at"] else []
    return f"{told['task_id']}: {', '.join(facts)}"


def _place(told: Told) -> str:
    if told["state"] == "unplanned":
        words, sentence = reason_words(told["reason"])
        return f"not planned, {words}: {told['detail'] or sentence}"
    outcome = in_words(OUTCOMES, told["outcome"])
    around = [f"after {told['before']}" if told["before"] else "", f"before {told['after']}" if told["after"] else ""]
    near = " and ".join(word for word in around if word)
    return (
        f"planned with {named(told)}, {between(told['start_at'], told['end_at'])}, {outcome}, pays "
        f"{in_points(told['payoff'])}; number {told['sequence']} of {told['of']} there{', ' + near if near else ''}"
    )


_PINNED = {
    "started": "it is started there: started work goes on, and comes first",
    "frozen": "it is frozen there: it was to start so soon that the re-plan did not touch it",
    "pin": "a planner has pinned it there",
}


def _why(told: Told) -> Iterator[str]:
    """The reason in figures."""
    if told.get("pinned_by"):
        yield _PINNED[told["pinned_by"]]
    if "people" not in told:
        return
    people = told["people"]
    yield (
        f"{so_many(people['skilled'], 'person has', 'people have')} the skills, {people['allowed']:,} of them may do "
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
    yield f"there it gains {in_points(own['gain'])} over being left; {cost_of(own)}"
    first = told["best"][0]
    if own["rank"] == 1:
        yield "nobody else's time would leave it more, at the prices that prove the bound"
        return
    more = so_many(own["rank"] - 1, "person", "people")
    yield f"at the prices that prove the bound {more} would leave it more, {named(first)} most of all "
    yield f"  ({in_points(first['margin'])}); but tasks are whole, and what counts is the whole plan, as below"


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
    each = ", ".join(f"{part['skill']} {so_many(part['people'], 'person', 'people')}" for part in skill["meeting_each"])
    yield f"what it asks for, and who has it: {each}"
    for near in skill["nearest"]:
        has = f" (has {near['has']})" if near["has"] else ""
        yield f"  {named(near)} lacks {near['lacks']}{has}"


def _no_time(nearest: Sequence[Told]) -> Iterator[str]:
    for near in nearest:
        yield (
            f"  {named(near)} needs {in_minutes(near['minutes'])} and has {in_minutes(near['minutes_there'])}: "
            f"{in_minutes(near['minutes_short'])} short"
        )


def _outbid(best: Told) -> Iterator[str]:
    if best["margin"] is None:
        return
    yield f"with {named(best)} it would gain {in_points(best['gain'])}; {cost_of(best)}"
    if best["margin"] >= 0:
        yield "so at the prices it would pay; but prices sell time by the minute, and no place for all of it was found"


def _changes(told: Told) -> Iterator[str]:
    change, skill = told.get("change") or {}, told.get("skill") or {}
    ways = []
    if change.get("value") and change["value"]["value"] > told["value"]:
        ways.append(f"a value of {in_points(change['value']['value'])} instead of {in_points(told['value'])}")
    if change.get("minutes") and change["minutes"]["minutes"] < told["minutes"]:
        ways.append(
            f"at most {in_minutes(change['minutes']['minutes'])} instead of {shown(told['minutes'], Kind.MINUTES)}"
        )
    if change.get("due_at"):
        ways.append(f"a due time of {on_clock(change['due_at']['due_at'])} or later")
    training = skill.get("training")
    if training and training["margin"] is not None and training["margin"] >= 0:
        ways.append(
            f"{training['lacks']} for {named(training)}, whose time would leave it {in_points(training['margin'])}"
        )
    if ways:
        yield "at the margin, any one of these would get it in (at today's prices; the plan may answer otherwise):"
        yield from (f"  {way}" for way in ways)
    elif change and not any((way["margin"] or 0) >= 0 for way in told["best"]):
        yield "at today's prices no single change of its value, minutes or due time would get it in"


def _asked(told: Told) -> Iterator[str]:
    asked = told.get("asked")
    if asked is None:
        return
    if asked["lacks"]:
        yield f"{named(asked)} cannot do it: lacks {asked['lacks']}"
    elif asked["excluded"]:
        yield f"{named(asked)} is excluded from it"
    elif asked["minutes_short"]:
        yield f"{named(asked)} could not finish it in time: {in_minutes(asked['minutes_short'])} short"
    elif asked["full"]:
        yield f"{named(asked)} may have no task but what is started there"


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
        yield f"  (planning again also found {in_points(again['better_by'])} more for the plan as it is)"


_CHOICES = {"anybody": "planned with whoever suits best", "nobody": "not planned"}


def _alternative(one: Told) -> tuple[str, str, str]:
    what = f"with {named(one)}" if one["choice"] == "agent" else _CHOICES[one["choice"]]
    if one["choice"] == "anybody":
        what += f" ({one['agent_id']})"
    if one["proved"]:
        sure = "exactly, proved"
    elif one["at_most"] is None:
        sure = f"(proved: {in_points(one['at_least'])} or more)"
    else:
        sure = f"(proved: {in_points(one['at_least'])} to {in_points(one['at_most'])})"
    left = f"; {', '.join(one['left_out'])}{_more(one)} would be left" if one["left_out"] else ""
    return what, in_points(one["loses"]), sure + left


def _more(one: Told) -> str:
    rest = one["left_out_count"] - len(one["left_out"])
    return f" and {rest:,} more" if rest else ""


def _value_needed(told: Told, one: Told) -> str:
    """What the task would have to be worth for the whole plan to lose nothing by it."""
    if one["value_needed"] is None or not one["loses"]:
        return ""
    sure = "" if _wide(one) else f"; {in_points(one['value_enough'])} is proved to be enough"
    return (
        f"  for that to be made up its value would have to be {in_points(one['value_needed'])} instead of "
        f"{in_points(told['value'])}{sure}"
    )


def _wide(one: Told) -> bool:
    """Whether little is proved: the range is wider than what was found and a point."""
    return one["at_most"] is None or bool(one["at_most"] - one["at_least"] > max(1.0, one["loses"]))
