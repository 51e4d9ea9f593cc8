"""The page in Debian's chromium, without a network; whatever it complains about fails the test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reports import RunView, write_page
from tests.browser.looking import wait_until
from tests.reports.conftest import all_late, mixed, nobody, nothing  # noqa: F401  the runs that reports are tested with

Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; `make test-browser` installs it."""
    path = shutil.which("chromium")
    assert path, "these tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        # root, as in a container, may not use the sandbox
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens the page of a run, or a written page, in a window of its own: 1280 wide unless said otherwise."""
    contexts, complaints, wanted = [], [], []

    def open_page(
        run: RunView | Path, width: int = 1280, most_tasks: int = 1000, pictures: int = 2, **options: Any
    ) -> Page:
        path = run if isinstance(run, Path) else tmp_path / "report.html"
        if isinstance(run, RunView):
            write_page(run, path, most_tasks=most_tasks)
        context = chromium.new_context(offline=True, viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("request", lambda request: wanted.append(request.url))
        page.goto(path.as_uri())
        wait_until(page, f"Bokeh.documents.length == {pictures} && Bokeh.documents.every((each) => each.is_idle)")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in wanted if not url.startswith(("file:", "data:"))] == []
