"""A fleet as a self-contained page."""

from os import PathLike
from urllib.parse import quote

from reports.fleet.sites import Fleet, fault_table, phrase, site_table, standing_out, title
from reports.page.templates import asset, render, write_in
from reports.words.language import ENGLISH

ROWS = 2_000
"""Sites that the page shows."""


def write_fleet_page(fleet: Fleet, path: str | PathLike[str], language: str = ENGLISH) -> None:
    """Writes the page that compares the plans of a fleet; the same runs give the same bytes.

    Raises:
        ValueError: there is no such ``language``.
    """
    write_in(language, path, lambda: _page(fleet))


def _page(fleet: Fleet) -> str:
    return render(
        "fleet/page.html.j2",
        title=title(fleet),
        phrase=phrase(fleet),
        sites=site_table(fleet),
        faults=fault_table(fleet),
        first=standing_out(fleet),
        links={site.name: quote(site.page) for site in fleet.there if site.page},
        most=ROWS,
        script=asset("comparison", "page.js"),
    )
