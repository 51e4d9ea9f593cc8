"""The page of the board: its frame and texts; what it shows comes from the service, again and again."""

from typing import Any

from reports.page.templates import asset, render
from reports.words.language import ENGLISH, LANGUAGES, _, msg, speaking, spoken

TEXTS = {
    "none": msg("(none)"),
    "remove": msg("Remove the choice {what}"),
    "site": msg("Site"),
    "team": msg("Team"),
    "agent": msg("Person"),
    "tenant": msg("Tenant"),
    "segment": msg("Segment"),
    "open": msg("Open tasks"),
    "at_risk": msg("At risk"),
    "value_at_risk": msg("Value at risk"),
    "overdue": msg("Overdue"),
    "due_soon": msg("Due in the next hours"),
    "held": msg("On hold"),
    "in_progress": msg("In progress"),
    "planned": msg("Planned"),
    "unplanned": msg("Not planned"),
    "of_value": msg("of {value} {unit} open"),
    "value_of": msg("{value} {unit}"),
    "unit_points": msg("points"),
    "bar": msg("{name}: {at_risk} of {open} tasks at risk, {value} {unit}"),
    "hour": msg("{due} due ({minutes} of work), {people} there with {capacity}; {at_risk} at risk"),
    "minutes": msg("{number} min"),
    "hours": msg("{number} h"),
    "days": msg("{number} d"),
    "nothing": msg("Nothing is open here."),
    "fresh": msg("as of {time}"),
    "away": msg("The server has not answered since {time}; trying again."),
    "age": msg("last news {age} ago"),
    "silent": msg("has sent nothing yet"),
    "stale": msg("stale"),
    "run": msg("Plan {version} of {time}, {age} old"),
    "no_run": msg("No plan is published yet."),
    "report": msg("Report of the plan"),
    "has_begun": msg("at work on {task}"),
    "has_next": msg("next {task}"),
    "idle": msg("nothing planned"),
    "close": msg("Close"),
    "history": msg("History of {task}"),
    "queued": msg("queued"),
    "assigned": msg("assigned"),
    "errorheld": msg("held for an error"),
    "more": msg("and {n} more"),
    "done": msg("done: {what}"),
    "met": msg("met"),
    "missed": msg("missed"),
    "unknown": msg("not known"),
    "people_open": msg("{open} open, {at_risk} at risk"),
}
"""By name; what is in braces is filled in by the script."""


def board_page(language: str) -> str:
    """The page in a language.

    Raises:
        ValueError: there is no such language.
    """
    with speaking(language):
        others = [other for other in LANGUAGES.values() if other.code != spoken().code]
        texts: dict[str, Any] = {name: _(text) for name, text in TEXTS.items()}
        return render("board/board.html.j2", texts={"locale": spoken().tag, **texts}, others=others)


def board_language(asked: str | None, accepted: str) -> str:
    """The language of the page: the one that is asked for, else the first that a browser accepts and we have."""
    for part in [asked or "", *accepted.split(",")]:
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return ENGLISH


def board_asset(name: str) -> str:
    """The stylesheet or the script of the page."""
    return render("board/board.css.j2") if name == "board.css" else str(asset("board", name))
