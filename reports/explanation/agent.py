"""An agent's day in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reports.explanation.phrases import Told, cost_of, edit_lines, in_minutes, in_points, named, on_clock, so_many
from reports.wording import OUTCOMES, Kind, in_words, shown


def agent_lines(told: Told) -> list[str]:
    """What there is to say of an agent."""
    spent = told["minutes"]
    limit = f" of at most {told['max_tasks']:,}" if told["max_tasks"] is not None else ""
    return [
        f"{named(told)}: {so_many(told['tasks'], 'task')}{limit}, {in_minutes(spent['planned'])} planned, "
        f"{shown(spent['free'], Kind.MINUTES)} of {shown(spent['capacity'], Kind.MINUTES)} free "
        f"(working {shown(spent['working'], Kind.MINUTES)})",
        *edit_lines(told),
        *_day(told["day"]),
        *_worth(told),
        *_binding(told),
        *_training(told["training"]),
    ]


def _day(entries: Sequence[Told]) -> Iterator[str]:
    """The day as a table; what begins on another day than the row before is told so."""
    rows = [_entry(entry) for entry in entries]
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(6)]
    day = ""
    for entry, row in zip(entries, rows, strict=True):
        if day != (day := on_clock(entry["start_at"])[: -len(" 00:00")]):
            yield f"  {day}"
        sized = enumerate(zip(row, widths, strict=True))
        cells = (f"{cell:>{w}}" if k in _TO_THE_RIGHT else f"{cell:<{w}}" for k, (cell, w) in sized)
        yield ("    " + "  ".join(cells)).rstrip()


_TO_THE_RIGHT = (1, 4, 5)


def _entry(entry: Told) -> tuple[str, ...]:
    """A row of the day: when, how long, what, how it ends, what it pays, what its time is worth."""
    begin, end = (f"{datetime.fromisoformat(entry[name]):%H:%M}" for name in ("start_at", "end_at"))
    span, length = f"{begin}-{end}", f"{shown(entry['minutes'], Kind.MINUTES)} min"
    if entry["what"] != "task":
        return span, length, entry["what"], "", "", ""
    outcome = "pinned" if entry["pinned"] else in_words(OUTCOMES, entry["outcome"])
    worth = "" if entry["time_worth"] is None else f"time worth {in_points(entry['time_worth'])}"
    return span, length, f"{entry['task_id']} {entry['process']}", outcome, f"pays {in_points(entry['payoff'])}", worth


def _worth(told: Told) -> Iterator[str]:
    """What the agent's time is worth, by when it is promised."""
    stretches = told["time"]
    if not stretches:
        return
    if all(s["points_per_hour"] == 0 for s in stretches):
        yield "more of their time would be worth nothing to this plan: there is no price on it"
        return
    yield "what one more hour of their time would be worth, by when it has to be used, and what is left of it:"
    rows = [
        (
            f"by {on_clock(s['until_at'])}",
            f"{in_points(s['points_per_hour'])} points",
            in_minutes(s["left_minutes"]),
        )
        for s in stretches
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    yield from (f"  {a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}} left" for a, b, c in rows)


def _binding(told: Told) -> Iterator[str]:
    """What keeps the agent from more."""
    drops = sorted((s for s in told["time"] or [] if s["drop"] > 0), key=lambda s: -s["drop"])
    if drops:
        end = told["time"][-1]["until_at"]
        before = (
            f"time before {on_clock(s['until_at'])}" if s["until_at"] != end else "all of their time" for s in drops
        )
        yield f"what binds is {', then '.join(list(before)[:3])}"
    if told["max_tasks"] is not None and told["tasks"] >= told["max_tasks"]:
        fee = f", each of which is worth {in_points(told['fee'])}" if told["fee"] else ""
        yield f"what binds is the limit of {so_many(told['max_tasks'], 'task')}{fee}"
    waiting, free = told["waiting"], told["minutes"]["free"]
    if not waiting["in_time"]:
        yield "there is nothing left that they could do in time" + (", so they are free" if free else "")
        return
    left = so_many(waiting["in_time"], "task that is left", "tasks that are left")
    if waiting["fits"]:
        yield f"of {left} and that they could do, {waiting['fits']:,} may fit: planning longer may place them"
    else:
        short = in_minutes(waiting["shortest_minutes"])
        yield f"of {left} and that they could do, none fits beside what is promised (the shortest takes {short})"
    for way in waiting["best"]:
        margin = "" if way["margin"] is None else f", {cost_of(way)}"
        yield f"  {way['task_id']} would gain {in_points(way['gain'])}{margin}"


def _training(found: Sequence[Told] | None) -> Iterator[str]:
    if found is None:
        return
    if not found:
        yield "no single skill would add anything, at the prices that prove the bound"
        return
    yield "which skill would help, at the margin (at most, at efficiency 1, at the prices that prove the bound):"
    for one in found:
        yield f"  {one['skill']}: up to {in_points(one['adds_at_most'])}, with {so_many(one['tasks'], 'task')}"
