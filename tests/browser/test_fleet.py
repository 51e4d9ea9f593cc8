"""The page of a fleet in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reports import Fleet, Site, write_fleet_page
from tests.browser.looking import listed, sideways
from tests.reports.runs import agent, left, planned, view_of

pytestmark = pytest.mark.browser

NAMES = ("Berlin", "Köln", "<b>Hamburg</b>")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_sites_are_found_and_nothing_is_wider_than_the_window(
    chromium: Browser, tmp_path: Path, width: int, language: str
) -> None:
    run = view_of(plan=[planned("t")], unplanned=[left("u")], agents=[agent("A1")]).run
    sites = [Site(name=name, run=run, page=f"{name}/report.html") for name in NAMES]
    broken = Site(name="Bremen", fault="tasks.csv: " + "the disk is full " * 20)
    write_fleet_page(Fleet((*sites, broken)), tmp_path / "fleet.html", language)
    context, complaints = chromium.new_context(offline=True, viewport={"width": width, "height": 800}), []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.goto((tmp_path / "fleet.html").as_uri())
    assert [row[0] for row in listed(page, "sites")] == list(NAMES)
    assert page.locator("#faults").inner_text().count("Bremen") == 1
    page.locator("#sites input").fill("köl")
    shown = page.locator("#sites tbody tr:visible")
    assert (shown.count(), shown.first.locator("a").get_attribute("href")) == (1, "K%C3%B6ln/report.html")
    assert sideways(page) == 0
    context.close()
    assert complaints == []
