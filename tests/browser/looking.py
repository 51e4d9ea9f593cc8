"""What somebody sees on the page."""

from typing import Any

from playwright.sync_api import Page

FIGURE = "(name) => Bokeh.documents.map((each) => each.get_model_by_name(name)).find(Boolean)"


_LOOKS, _PAUSE_MS = 1500, 20


def wait_until(page: Page, condition: str) -> None:
    """Returns when an expression holds; the page's own policy forbids Playwright to ask for one by itself."""
    for _ in range(_LOOKS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_PAUSE_MS)
    raise AssertionError(f"never: {condition}")


def tiles(page: Page) -> dict[str, str]:
    """The headline figures by name."""
    found = page.locator("[data-figure]").all()
    return {str(tile.get_attribute("data-figure")): tile.locator(".figure").inner_text() for tile in found}


def bars(page: Page, card: str) -> dict[str, str]:
    """The bars of a card that can be clicked: names and values."""
    rows = page.locator(f"#{card} .bar-row").all()
    return {row.locator(".name").inner_text(): row.locator(".value").inner_text() for row in rows}


def click_bar(page: Page, card: str, name: str) -> None:
    """Narrows the page down to what a bar stands for."""
    page.locator(f"#{card} .bar-row").filter(has=page.get_by_text(name, exact=True)).click()


def chosen(page: Page) -> list[str]:
    """What the page is narrowed down to."""
    return [text.removesuffix(" ×") for text in page.locator("#choice .chip").all_inner_texts()]


def listed(page: Page, finder: str) -> list[list[str]]:
    """The rows shown of a list, cell by cell."""
    return [row.locator("td").all_inner_texts() for row in page.locator(f"#{finder} tbody tr").all()]


def timeline(page: Page) -> dict[str, Any]:
    """The bars of the timeline, column by column."""
    return page.evaluate(f"Object.fromEntries(Object.entries(({FIGURE})('timeline').renderers[0].data_source.data))")


def time_range(page: Page) -> tuple[float, float]:
    """The part of the horizon that the timeline shows, in milliseconds."""
    start, end = page.evaluate(f"(({{x_range}}) => [x_range.start, x_range.end])(({FIGURE})('timeline'))")
    return start, end


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
