"""What `allot alerts judge` says."""

from statistics import mean
from typing import TYPE_CHECKING, Any

from scheduler.cli.options import printable, say

if TYPE_CHECKING:
    from scheduler.alerts import Judgement, Seen

_MOMENTS = {"before": "before", "hour": "1 h after", "day": "1 day after"}


def judged_record(judged: "Judgement", zone: str) -> dict[str, Any]:
    """A judgement as JSON has it."""
    from scheduler.alerts import local, unknowns

    def seen(one: "Seen | None") -> dict[str, Any] | None:
        return None if one is None else {"at": local(one.at, zone), "value": one.value}

    def course(of: Any) -> dict[str, Any]:
        return {name: seen(of[name]) for name in _MOMENTS}

    action = judged.action
    return {
        "action": None
        if action is None
        else {name: getattr(action, name) for name in ("action_id", "by", "kind", "text")},
        "at": local(judged.at, zone),
        **course(judged.course),
        "weeks": [course(week) for week in judged.weeks],
        "change": {until: _change(judged, until) for until in ("hour", "day")},
        "unknown": list(unknowns(judged)),
    }


def _change(judged: "Judgement", until: str) -> dict[str, Any] | None:
    """How the figure changed, how it usually does, and the difference of the two."""
    change, usual = judged.change(until), judged.usual(until)
    if change is None:
        return None
    known = {"usual": mean(usual), "least": min(usual), "most": max(usual)} if usual else {}
    return {"value": change, **known, **({"beyond_usual": change - mean(usual)} if usual else {})}


def say_judged(judged: "Judgement", zone: str) -> None:
    """Says what the figure did, beside what it did in the weeks before, and what cannot be known from that."""
    from reports import place_words, watched_title, watched_value
    from scheduler.alerts import local, unknowns

    row, action = judged.alert, judged.action
    place = place_words(row.level, row.key, row.measure)
    say(printable(f"alert {row.alert_id}: {row.name}, {place}, {watched_title(row.measure)}"))
    if action is not None:
        at = local(judged.at, zone)
        say(printable(f"action {action.action_id} by {action.by} ({action.kind}), {at}: {action.text}"))
    head = f"{'':<12}{'this time':>12}" + "".join(f"{f'{n} w before':>12}" for n in range(1, len(judged.weeks) + 1))
    say(head)
    for name, title in _MOMENTS.items():
        seen = [course[name] for course in (judged.course, *judged.weeks)]
        cells = ["-" if one is None else watched_value(one.value, row.measure) for one in seen]
        say(f"{title:<12}" + "".join(f"{cell:>12}" for cell in cells))
    for until, words in (("hour", "one hour"), ("day", "one day")):
        _say_change(judged, until, words)
    say("What this cannot say:")
    for line in unknowns(judged):
        say(f"  {line}")


def _say_change(judged: "Judgement", until: str, words: str) -> None:
    from reports import watched_value

    found, measure = _change(judged, until), judged.alert.measure
    if found is None:
        return
    said = f"Within {words} it changed by {watched_value(found['value'], measure)}"
    if "usual" in found:
        usual, least, most = (watched_value(found[name], measure) for name in ("usual", "least", "most"))
        said += (
            f"; at the same hours of the weeks before by {usual} on average ({least} to {most}): "
            f"{watched_value(found['beyond_usual'], measure)} beyond the usual"
        )
    say(f"{said}.")
