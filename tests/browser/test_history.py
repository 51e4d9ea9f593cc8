"""The history's page in a browser: trends, a choice, its parts, print."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports import HistoryView, write_history_page
from tests.reports.history.conftest import KOELN, past  # noqa: F401  the history that reports are tested with

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]


def opened_history(opened: Opened, view: HistoryView, folder: Path, width: int = 1280, language: str = "en") -> Page:
    write_history_page(view, folder / "history.html", language)
    page = opened(folder / "history.html", width=width, pictures=1)
    page.wait_for_selector("body[data-ready]")
    return page


def test_a_click_on_a_site_shows_its_figures_and_its_teams(
    opened: Opened,
    past: HistoryView,  # noqa: F811  the fixture
    tmp_path: Path,
) -> None:
    page = opened_history(opened, past, tmp_path)
    expect(page.locator("#parts tbody tr").first).to_contain_text(KOELN)  # the worst comes first
    expect(page.locator("#changes tbody tr").first).to_contain_text("Köln <b>")
    page.get_by_role("button", name=KOELN, exact=True).first.click()
    expect(page.locator("#choice")).to_contain_text("Site: Köln <b> ×")
    tile = page.locator("#figures .tile").first
    expect(tile).to_contain_text("50.0 %")
    expect(tile).to_contain_text("target 85.0 %: missed")
    expect(page.locator("#trend .told")).to_contain_text("met on 32 of 39")
    page.locator("#trend select").select_option("late")
    page.locator("#parts .tab", has_text="Teams").click()
    expect(page.locator("#parts tbody tr")).to_have_count(1)
    page.locator("#choice .chip").click()
    expect(page.locator("#choice")).to_contain_text("Everything")


@pytest.mark.parametrize(("language", "title"), [("en", "On time of those due"), ("zh", "时限达成率")])
def test_a_phone_needs_no_sideways_scrolling(
    opened: Opened,
    past: HistoryView,  # noqa: F811  the fixture
    tmp_path: Path,
    language: str,
    title: str,
) -> None:
    page = opened_history(opened, past, tmp_path, width=390, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#figures .tile").first).to_contain_text(title, ignore_case=True)


def test_alerts_are_shown_and_what_changed_is_looked_at_with_one_click(
    opened: Opened,
    past: HistoryView,  # noqa: F811  the fixture
    tmp_path: Path,
) -> None:
    page = opened_history(opened, past, tmp_path)
    firing, over = page.locator("#alerts tbody tr").all()
    assert KOELN in firing.inner_text()
    assert "three people from Köln" in over.inner_text()
    expect(page.locator("#parts tbody tr").last).to_contain_text("±0.0 pp")  # what adding leaves behind is nothing
    page.locator("#changes tbody button").first.click()
    expect(page.locator("#choice")).to_contain_text("Site: Köln <b> ×")
    expect(page.locator("#trend .told")).to_contain_text("on time of those due: 50.0 %")
    page.emulate_media(media="print")
    assert not page.locator("#trend .search").is_visible()
    expect(page.locator("#parts h2")).to_contain_text("Teams")  # the tabs are not printed
