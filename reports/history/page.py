"""The history as a self-contained page."""

from datetime import date, timedelta
from os import PathLike
from typing import Any

import polars as pl
from markupsafe import Markup

from models import PLACES
from reports.history.pack import page_figures, unit_of_measure
from reports.history.tables import ALERTS, PEOPLE, alert_table, done_table, people_table, target_table
from reports.history.texts import history_texts
from reports.history.view import FEATURED, KNOWN, SPANS, HistoryView
from reports.page.templates import asset, library, render, write_in
from reports.words.language import ENGLISH, _, counted, msg
from reports.words.wording import Unit, moment

_SCRIPTS = (("history", "series.js"), ("page", "format.js"), ("page", "drawing.js"), ("history", "history.js"))
_FIRST = "sla_share"
_ROWS = 14
_BY = {"day": msg("by day"), "week": msg("by week"), "month": msg("by month")}
_COMPARED = {
    "day": msg("Changes are those of the mean of the last 7 days against the 28 days before."),
    "week": msg("Changes are those of the last week against the mean of the 4 weeks before."),
    "month": msg("Changes are those of the last month against the mean of the 3 months before."),
}


def write_history_page(view: HistoryView, path: str | PathLike[str], language: str = ENGLISH) -> None:
    """Writes the page of the history; the same figures give the same bytes.

    Raises:
        ValueError: there is no such ``language``.
    """
    write_in(language, path, lambda: _page(view))


def heading(view: HistoryView) -> str:
    """What the history shows."""
    span = {"first": view.periods[0].isoformat(), "last": ends(view)[-1].isoformat()}
    return _("History from {first} to {last}, {by}", by=_(_BY[view.by]), **span)


def notes(view: HistoryView) -> list[str]:
    """What to know before reading the figures."""
    return [
        _("Made {now}, times are {zone}.", now=moment(view.now), zone=view.timezone)
        + " "
        + counted(view.runs, "Figures of {n} run.", "Figures of {n} runs."),
        _("A day has the figures of its last run; what was done is of the whole day.") + " " + _(_COMPARED[view.by]),
    ]


def ends(view: HistoryView) -> list[date]:
    """The last day of each period, which decides on targets."""
    after = [*view.periods[1:], _after(view)]
    return [day - timedelta(days=1) for day in after]


def _after(view: HistoryView) -> date:
    step = {"day": "1d", "week": "1w", "month": "1mo"}[view.by]
    return pl.select(pl.lit(view.periods[-1]).dt.offset_by(step)).item()  # type: ignore[no-any-return]


def _page(view: HistoryView) -> str:
    return render(
        "history/page.html.j2",
        title=heading(view),
        notes=notes(view),
        alerts=alert_table(view),
        most_alerts=ALERTS,
        targets=target_table(view),
        done=done_table(view),
        people=people_table(view),
        most_people=PEOPLE,
        most=_ROWS,
        data=_data(view),
        library=library(),
        script=Markup("\n").join(asset(*name) for name in _SCRIPTS),
    )


def _data(view: HistoryView) -> dict[str, Any]:
    """Everything that the script works with."""
    days = [pl.col(name).dt.strftime("%Y-%m-%d") for name in ("valid_from", "valid_to")]
    in_hours = [name for name, known in KNOWN.items() if unit_of_measure(known) is Unit.HOURS]
    hours, values = pl.col("measure").is_in(in_hours), pl.col("now", "before", "difference")
    changes = view.changes.with_columns(pl.when(hours).then(values / 60).otherwise(values).round(6))
    return page_figures(view) | {
        "ends": [day.isoformat() for day in ends(view)],
        "spans": SPANS[view.by],
        "first": _FIRST,
        "featured": [{"title": _(title), "names": names} for title, names in FEATURED.items()],
        "places": view.places.select(PLACES).unique(maintain_order=True).to_dicts(),
        "targets": view.targets.with_columns(days).to_dicts(),
        "changes": changes.select("level", "key", "measure", "now", "before", "difference").to_dicts(),
        "texts": history_texts(),
    }
