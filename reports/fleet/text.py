"""A fleet on the terminal."""

from collections.abc import Sequence

from reports.content.quality import quality_phrase
from reports.fleet.sites import Fleet, Site, phrase, standing_out, title
from reports.words.language import ENGLISH, _, listed, speaking


def site_line(site: Site, done: int, of: int, language: str = ENGLISH) -> str:
    """What has become of one plan, and how many are done."""
    with speaking(language):
        many = f"{done:>{len(str(of))}}/{of}"
        if site.run is None:
            why = " ".join(site.fault.split()) or _("not made yet")
            return _("{many}  {site}: no plan: {why}", many=many, site=site.name, why=why)
        counts = site.run.counted
        return _(
            "{many}  {site}: {quality}; {planned} planned, {unplanned} not",
            many=many,
            site=site.name,
            quality=quality_phrase(site.run),
            planned=f"{counts.planned:,}",
            unplanned=f"{counts.unplanned:,}",
        )


def fleet_lines(fleet: Fleet, files: Sequence[str], language: str = ENGLISH) -> list[str]:
    """All plans in a few lines."""
    with speaking(language):
        lines = [title(fleet), *[text for text in (phrase(fleet),) if text]]
        lines += [_("{what}: {sites}", what=what, sites=sites) for what, sites in standing_out(fleet).cells()]
        lines += [_("written: {files}", files=listed(files))]
        return lines
