"""Why a task is planned as it is, or why it is not planned, in words."""

from collections.abc import Iterator, Sequence

import polars as pl

from models import MESSAGES_TABLE
from reports.terminal.alternatives import alternative_lines
from reports.terminal.phrases import (
    Told,
    between,
    cost_of,
    edit_lines,
    in_minutes,
    in_points,
    named,
    on_clock,
    proof_lines,
)
from reports.words.language import ENGLISH, _, counted, listed, msg, speaking
from reports.words.messages import Messages
from reports.words.wording import OUTCOMES, Unit, in_words, reason_words, shown


def task_lines(told: Told, language: str = ENGLISH) -> list[str]:
    """The explanation of a task, as lines.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        return _rejected(told) if told["state"] == "rejected" else _lines(told)


def _rejected(told: Told) -> list[str]:
    rows = [
        _(
            "row {row}, {column}: {rule}: {message}",
            row=row["row"],
            column=row["column"] or _("the row"),
            rule=row["rule"],
            message=_messages(told).said(row["message"]),
        )
        for row in told["rejects"]
    ]
    return [_("{task} is set aside as bad data:", task=told["task_id"]), *(f"  {row}" for row in rows)]


def _lines(told: Told) -> list[str]:
    edits = [*proof_lines(told), *edit_lines(told)]
    return [_who(told), _place(told), *edits, *_why(told), *_asked(told), *alternative_lines(told)]


def _messages(told: Told) -> Messages:
    """The messages of the run's texts in an explanation."""
    return Messages(pl.DataFrame(told.get("messages", []), schema=dict.fromkeys(MESSAGES_TABLE.names, pl.String)))


def _who(told: Told) -> str:
    due = told["due_at"]
    facts = [
        str(told["process"]),
        in_minutes(told["minutes"]),
        _("value {points}", points=in_points(told["value"])),
        *([_("needs {skills}", skills=told["skills"])] if told["skills"] else []),
        _("due {time}", time=on_clock(due)) if due else _("no due time"),
        *([_("not before {time}", time=on_clock(told["not_before"]))] if told["not_before"] else []),
        *([_("expires {time}", time=on_clock(told["expires_at"]))] if told["expires_at"] else []),
    ]
    return _("{task}: {facts}", task=told["task_id"], facts=listed(facts))


def _place(told: Told) -> str:
    if told["state"] == "unplanned":
        words, sentence = reason_words(told["reason"])
        detail = _messages(told).said(told["detail"] or "")
        return _("not planned, {reason}: {detail}", reason=words, detail=detail or sentence)
    number = _("number {n} of {all} there", n=told["sequence"], all=told["of"])
    return _(
        "planned with {agent}, {span}, {outcome}, pays {points}; {place}",
        agent=named(told),
        span=between(told["start_at"], told["end_at"]),
        outcome=in_words(OUTCOMES, told["outcome"]),
        points=in_points(told["payoff"]),
        place=listed([number, *_near(told)]),
    )


def _near(told: Told) -> Iterator[str]:
    """The tasks around it."""
    if told["before"] and told["after"]:
        yield _("after {earlier} and before {later}", earlier=told["before"], later=told["after"])
    elif told["before"]:
        yield _("after {task}", task=told["before"])
    elif told["after"]:
        yield _("before {task}", task=told["after"])


_PINNED = {
    "started": msg("it is started there: started work goes on, and comes first"),
    "frozen": msg("it is frozen there: it was to start so soon that the re-plan did not touch it"),
    "pin": msg("a planner has pinned it there"),
}


def _why(told: Told) -> Iterator[str]:
    """The reason in figures."""
    if told.get("pinned_by"):
        yield in_words(_PINNED, told["pinned_by"])
    if "people" not in told:
        return
    people = told["people"]
    yield _(
        "{people} the skills, {allowed} of them may do it, {in_time} could be in time with only the work they have "
        "started",
        people=counted(people["skilled"], "{n} person has", "{n} people have"),
        allowed=f"{people['allowed']:,}",
        in_time=f"{people['in_time']:,}",
    )
    yield from _why_there(told) if told["state"] == "planned" else _why_not(told)


def _why_there(told: Told) -> Iterator[str]:
    own = next((way for way in told["best"] if way["agent_id"] == told["agent_id"]), None)
    if own is None or own["margin"] is None:
        return
    gain = in_points(own["gain"])
    yield _("there it gains {points} over being left; {cost}", points=gain, cost=cost_of(own, told))
    if own["rank"] == 1:
        yield _("nobody else's time would leave it more, at the prices that prove the bound")
        return
    first = told["best"][0]
    yield _(
        "at the prices that prove the bound {people} would leave it more, {best} most of all",
        people=counted(own["rank"] - 1, "{n} person", "{n} people"),
        best=named(first),
    )
    margin = in_points(first["margin"])
    yield "  " + _("({points}); but tasks are whole, and what counts is the whole plan, as below", points=margin)


def _why_not(told: Told) -> Iterator[str]:
    if told["reason"] == "no_skill":
        yield from _skills(told["skill"])
    elif told["reason"] == "no_time":
        yield from _no_time(told["in_time"])
    elif told["reason"] == "no_places":
        yield from _no_places(told.get("full", []))
    elif told["reason"] == "outbid" and told["best"]:
        yield from _outbid(told)
    yield from _changes(told)


def _skills(skill: Told | None) -> Iterator[str]:
    if skill is None:
        return
    each = [
        _("{skill} {people}", skill=part["skill"], people=counted(part["people"], "{n} person", "{n} people"))
        for part in skill["meeting_each"]
    ]
    yield _("what it asks for, and who has it: {each}", each=listed(each))
    for near in skill["nearest"]:
        lacks = _("{agent} lacks {skills}", agent=named(near), skills=near["lacks"])
        levels = near["levels"].items()
        has = _("; ").join(_("{skill} at level {level}", skill=skill, level=level) for skill, level in levels)
        yield "  " + (_("{lacks} (has {skills})", lacks=lacks, skills=has) if has else lacks)


def _no_time(nearest: Sequence[Told]) -> Iterator[str]:
    for near in nearest:
        yield "  " + _(
            "{agent} needs {minutes} and has {there}: {short} short",
            agent=named(near),
            minutes=in_minutes(near["minutes"]),
            there=in_minutes(near["minutes_there"]),
            short=in_minutes(near["minutes_short"]),
        )


def _no_places(full: Sequence[Told]) -> Iterator[str]:
    each = [_("{agent} ({n})", agent=named(agent), n=agent["max_tasks"]) for agent in full]
    if each:
        yield _("who could do it, with as many tasks as they may have (max_tasks): {each}", each=listed(each))
        yield _("one more task for any of them would get it in, unless other work earns more there")


def _outbid(told: Told) -> Iterator[str]:
    best = told["best"][0]
    if best["margin"] is None:
        return
    yield _(
        "with {agent} it would gain {points}; {cost}",
        agent=named(best),
        points=in_points(best["gain"]),
        cost=cost_of(best, told),
    )
    if best["margin"] >= 0:
        yield _(
            "so at the prices it would pay; but prices sell time by the minute, and no place for all of it was found"
        )


def _changes(told: Told) -> Iterator[str]:
    ways = list(_ways_in(told))
    if ways:
        yield _("at the margin, any one of these would get it in (at today's prices; the plan may answer otherwise):")
        yield from (f"  {way}" for way in ways)
    elif told["reason"] == "no_gain" and told.get("change"):
        yield _("no value of it alone, no other duration and no later due time would make it worth doing")
    elif told.get("change") and not any((way["margin"] or 0) >= 0 for way in told["best"]):
        yield _("at today's prices no single change of its value, minutes or due time would get it in")


def _ways_in(told: Told) -> Iterator[str]:
    """The changes of the task or of what somebody can do that would each be enough."""
    change, training = told.get("change") or {}, (told.get("skill") or {}).get("training")
    if change.get("value") and (value := change["value"]["value"]) > told["value"]:
        yield _("a value of {points} instead of {now}", points=in_points(value), now=in_points(told["value"]))
    if change.get("minutes") and (minutes := change["minutes"]["minutes"]) < told["minutes"]:
        now = shown(told["minutes"], Unit.MINUTES)
        yield _("at most {minutes} instead of {now}", minutes=in_minutes(minutes), now=now)
    if change.get("due_at"):
        yield _("a due time of {time} or later", time=on_clock(change["due_at"]["due_at"]))
    if training and training["margin"] is not None and training["margin"] >= 0:
        yield _(
            "{skills} for {agent}, whose time would leave it {points}",
            skills=training["lacks"],
            agent=named(training),
            points=in_points(training["margin"]),
        )


def _asked(told: Told) -> Iterator[str]:
    asked = told.get("asked")
    if asked is None:
        return
    agent = named(asked)
    if asked["settled"]:
        yield _("{agent} would make no difference: that comes before any choice", agent=agent)
    elif asked["lacks"]:
        yield _("{agent} cannot do it: lacks {skills}", agent=agent, skills=asked["lacks"])
    elif asked["excluded"]:
        yield _("{agent} is excluded from it", agent=agent)
    elif asked["minutes_short"]:
        short = in_minutes(asked["minutes_short"])
        yield _("{agent} could not finish it in time: {minutes} short", agent=agent, minutes=short)
    elif asked["full"]:
        yield _("{agent} may have no task but what is started there", agent=agent)
