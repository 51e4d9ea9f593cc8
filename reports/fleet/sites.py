"""What the plans of a fleet have come to, computed once for page, terminal and files."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from models import RunRecord
from reports.content.proof import is_refuted, usable_bound
from reports.content.table import Column, Table
from reports.words.kpi_names import measure_title
from reports.words.language import _, counted, listed
from reports.words.wording import Unit, floored_share, percent, shown

STANDING_OUT = 5
"""So many sites are named where one looks first."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One plan of a fleet: its ``run`` if it is there, else the ``fault`` that it ended with, or it is yet to be made.

    ``kept`` is a run that was there already; ``page`` leads from the fleet's page to the run's, if it has one.
    """

    name: str
    page: str = ""
    run: RunRecord | None = None
    fault: str = ""
    kept: bool = False
    seconds: float | None = None

    @property
    def reached(self) -> float | None:
        """The proved share of what could be gained; ``None`` where none is."""
        run = self.run
        if run is None or run.gain_gap is None or usable_bound(run.bound, run.objective) is None or is_refuted(run):
            return None
        return min(1.0, max(0.0, 1.0 - run.gain_gap))


@dataclass(frozen=True)
class Fleet:
    """All plans of a list, in its order."""

    sites: tuple[Site, ...]

    @property
    def there(self) -> tuple[Site, ...]:
        """The sites that have a plan."""
        return tuple(site for site in self.sites if site.run is not None)

    @property
    def missing(self) -> tuple[Site, ...]:
        """The sites that have none."""
        return tuple(site for site in self.sites if site.run is None)

    @property
    def gap(self) -> float | None:
        """The share of what could be gained in all that is missing, ``None`` unless every plan has a proved bound."""
        runs = [site.run for site in self.there if site.run is not None]
        if not runs or any(site.reached is None for site in self.there):
            return None
        gain = sum((run.bound or 0.0) - run.empty_objective for run in runs)
        missing = sum((run.bound or 0.0) - run.objective for run in runs)
        return missing / gain if gain > 0 else None


def figures(site: Site) -> dict[str, Any]:
    """The figures of a site by name, ``None`` without a plan."""
    run = site.run
    names = ("plannable", "planned", "on_time", "late", "unplanned", "rejected")
    counts = dict.fromkeys(names) if run is None else {name: getattr(run.counted, name) for name in names}
    return {
        "site": site.name,
        "run_id": None if run is None else run.run_id,
        "reached": site.reached,
        **counts,
        "planned_share": None
        if run is None or not run.counted.plannable
        else run.counted.planned / run.counted.plannable,
        "utilization": None if run is None else run.people_time.utilization,
        "objective": None if run is None else run.objective,
        "bound": None if run is None else usable_bound(run.bound, run.objective),
        "seconds": site.seconds,
        "kept": site.kept,
        "fault": site.fault,
    }


_SCHEMA = {
    "site": pl.String, "run_id": pl.String, "reached": pl.Float64, "plannable": pl.Int64, "planned": pl.Int64,
    "on_time": pl.Int64, "late": pl.Int64, "unplanned": pl.Int64, "rejected": pl.Int64, "planned_share": pl.Float64,
    "utilization": pl.Float64, "objective": pl.Float64, "bound": pl.Float64, "seconds": pl.Float64, "kept": pl.Boolean,
    "fault": pl.String,
}  # fmt: skip


def fleet_frame(fleet: Fleet) -> pl.DataFrame:
    """A row a site."""
    return pl.DataFrame([figures(site) for site in fleet.sites], schema=_SCHEMA)


def site_table(fleet: Fleet) -> Table:
    """The figures of every site that has a plan, for people."""
    columns = (
        Column("site", _("Site"), Unit.TEXT),
        Column("reached", _("Of what could be gained"), Unit.SHARE),
        Column("plannable", _("Tasks"), Unit.COUNT),
        Column("planned", _capital(measure_title("planned")), Unit.COUNT),
        Column("planned_share", _("Share planned"), Unit.SHARE),
        Column("late", _capital(measure_title("late")), Unit.COUNT),
        Column("unplanned", _capital(measure_title("unplanned")), Unit.COUNT),
        Column("utilization", _capital(measure_title("utilization")), Unit.SHARE),
        Column("objective", _("Points"), Unit.POINTS),
        Column("bound", _("Best possible"), Unit.POINTS),
    )
    down = (pl.col("reached") * 1000 + 1e-9).floor() / 1000  # a proved share is never rounded up
    found = fleet_frame(fleet).filter(pl.col("objective").is_not_null()).with_columns(reached=down)
    return Table(_("Sites"), found, columns)


def fault_table(fleet: Fleet) -> Table:
    """The sites without a plan, and why."""
    rows = [(site.name, site.fault or _("not made yet")) for site in fleet.missing]
    columns = (Column("@site", _("Site"), Unit.TEXT), Column("@why", _("Why"), Unit.PROSE))
    found = pl.DataFrame(rows, schema={"@site": pl.String, "@why": pl.String}, orient="row")
    return Table(_("Without a plan"), found, columns)


def standing_out(fleet: Fleet) -> Table:
    """Where to look first: most work left, most of it late, least and most of the people's time used."""
    every = fleet_frame(fleet).filter(pl.col("objective").is_not_null())
    looked_at = (
        (_("Most work left undone"), 1 - pl.col("planned_share")),
        (_("Most work late"), pl.col("late") / pl.col("plannable")),
        (_("Least of the people's time used"), -pl.col("utilization")),
        (_("Most of the people's time used"), pl.col("utilization")),
        (_("Furthest from the best possible"), 1 - pl.col("reached")),
    )
    rows = []
    for label, by in looked_at:
        ranked = every.with_columns(by.alias("@by")).filter(pl.col("@by").is_finite() & (pl.col("@by") != 0))
        first = ranked.sort("@by", descending=True, maintain_order=True).head(STANDING_OUT)
        named = [
            _("{site} ({share})", site=site, share=shown(abs(share), Unit.SHARE))
            for site, share in first.select("site", "@by").iter_rows()
        ]
        if named:
            rows.append((label, listed(named)))
    columns = (Column("@what", _("What"), Unit.TEXT), Column("@sites", _("Sites"), Unit.PROSE))
    found = pl.DataFrame(rows, schema={"@what": pl.String, "@sites": pl.String}, orient="row")
    return Table(_("Where to look first"), found, columns)


def title(fleet: Fleet) -> str:
    """How many plans are there."""
    return counted(
        len(fleet.sites),
        "{there} of {n} plan is there",
        "{there} of {n} plans are there",
        there=f"{len(fleet.there):,}",
    )


def phrase(fleet: Fleet) -> str:
    """How good they are together; empty where nothing is proved."""
    gap = fleet.gap
    if gap is None:
        return ""
    share = percent(100) if gap <= 0 else floored_share(gap)
    return _("{share} of what could be gained at all of them, proved", share=share)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
