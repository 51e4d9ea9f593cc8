"""The charts that show the enterprise as a whole, from the key figures: backlog, skills, and the horizon slice by
slice."""

from calendar import timegm
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from models import AGES, ENTERPRISE, PERIOD, SKILL
from reports.content.view import RunView
from reports.kpis import by_key
from reports.words.language import _, msg
from reports.words.wording import Unit, shown

SKILLS = 8
"""Skills shown, the scarcest first; more do not make a picture."""
_DAYS = (
    msg("less than a day"),
    msg("1 to 3 days"),
    msg("3 to 7 days"),
    msg("7 to 30 days"),
    msg("30 days or more"),
)
BACKLOGS = {
    msg("Since it came in"): {
        **{f"created_{band}": days for band, days in zip(AGES, _DAYS, strict=True)},
        "created_unknown": msg("not known"),
    },
    msg("Since it was due"): {
        "due_ahead": msg("not due yet"),
        **{f"overdue_{band}": days for band, days in zip(AGES, _DAYS, strict=True)},
        "due_none": msg("no due time"),
    },
}
"""The two ages of a backlog: measures and the words for them."""


@dataclass(frozen=True)
class Bar:
    """A bar of pieces, each with its share of the track's width, 0 to 1, and its colour role."""

    name: str
    parts: tuple[tuple[float, str], ...]
    value: str


def enterprise(view: RunView) -> dict[str, float | None]:
    """The key figures of the enterprise, by measure; one without a meaning in this run may be missing."""
    return by_key(view.kpis, ENTERPRISE).row(0, named=True)


def backlog_bars(view: RunView, bands: dict[str, str]) -> list[Bar]:
    """The backlog by age at ``as_of``: what the plan works off, and what is left."""
    figures = enterprise(view)
    ages = [[int(figures.get(f"{band}_{when}") or 0) for when in ("before", "after")] for band in bands]
    most = max(before for before, _ in ages)
    return [
        Bar(
            _(label),
            (((before - after) / most, "on_time"), (after / most, "unplanned")),
            f"{before:,} → {after:,}",
        )
        for label, (before, after) in zip(bands.values(), ages, strict=True)
        if before
    ]


def skill_bars(view: RunView) -> list[Bar]:
    """Demand against supply of the skills asked for, those with the least supply for their demand first.

    A track is as wide as the larger of the two, so a full bar means that demand is at least the supply.
    """
    skills = by_key(view.kpis, SKILL)
    if skills.is_empty() or "minutes_demand" not in skills.columns:
        return []
    asked = skills.filter(pl.col("minutes_demand") > 0)
    asked = asked.sort(pl.col("minutes_capable") / pl.col("minutes_demand"), "key")
    return [_skill_bar(row) for row in asked.iter_rows(named=True)]


def _skill_bar(row: dict[str, Any]) -> Bar:
    demand, capable = row["minutes_demand"], row["minutes_capable"]
    width = max(demand, capable)
    planned = min(row["minutes_planned"], width)
    parts = ((planned / width, "on_time"), (max(0.0, demand - planned) / width, "unplanned"))
    hours = [shown(minutes / 60, Unit.COUNT) for minutes in (demand, capable)]
    return Bar(row["key"] or _("no skill"), parts, _("{part} of {whole}", part=hours[0], whole=hours[1]))


def periods(view: RunView) -> dict[str, list[Any]]:
    """Slices of the horizon in seconds of the wall clock since ``as_of``: hours due, available and planned."""
    slices = by_key(view.kpis, PERIOD)
    starts = [datetime.fromisoformat(key).astimezone(ZoneInfo(view.timezone)) for key in slices["key"]]
    edges = [timegm(moment.timetuple()) - timegm(view.as_of.timetuple()) for moment in [*starts, view.horizon_end]]
    measures = {"demand": "minutes_due", "capacity": "minutes_capacity", "planned": "minutes_planned"}
    return {
        "edges_s": [list(pair) for pair in pairwise(edges)],
        **{name: (slices[measure] / 60).round(3).to_list() for name, measure in measures.items()},
    }
