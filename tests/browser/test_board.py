"""The board in a browser, from a running service."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.looking import chosen, sideways, tiles
from tests.scheduler.handout.desk import Desk, drop, make_desk
from tests.scheduler.serving.served import CRM, PEOPLE, SERVE, Served, served

pytestmark = pytest.mark.browser

AGENTS = "agent_id,name,team,site\nA,Ada,blue,Oslo\nB,Bo,red,Oslo\nC,Cy,red,Rome\n"
MORE = [
    {"task_id": "L1", "process": "motor", "tenant": "acme", "due_at": "2026-03-02T07:00Z"},
    {"task_id": "L2", "process": "home", "tenant": "acme", "segment": "gold", "due_at": "2026-03-02T09:30Z"},
    {"task_id": "O1", "process": "home", "tenant": "other"},
]


@pytest.fixture
def desk(tmp_path: Path, inside, monkeypatch) -> Desk:
    made = make_desk(tmp_path, "sqlite:///allot.db", inside, monkeypatch)
    file = tmp_path / "allot.toml"
    file.write_text(file.read_text(encoding="utf-8") + SERVE, encoding="utf-8")
    monkeypatch.setenv("PEOPLE_TOKEN", PEOPLE)
    monkeypatch.setenv("CRM_TOKEN", CRM)
    drop(tmp_path / "people" / "inbound" / "agents.csv", AGENTS)
    made.done("intake", "run")
    return made


LITTLE = """
[[alert]]
name = "little work"
level = "team"
measure = "planned"
red = 100
below = true
enabled = true
"""


@pytest.fixture
def watching(desk: Desk) -> Desk:
    """An alert on a figure of a plan of all people, and a target of a site."""
    file = desk.folder / "allot.toml"
    file.write_text(file.read_text(encoding="utf-8") + LITTLE, encoding="utf-8")
    desk.done("target", "set", "site:Oslo", "utilization", "0.9", "--from", "2026-03-01")
    desk.plan("second")
    return desk


@pytest.fixture
def service(desk: Desk, monkeypatch) -> Iterator[Served]:
    monkeypatch.setattr("scheduler.serving.board._AGE_S", 0.0)
    monkeypatch.setattr("scheduler.handout.kept._SHARE", 0)
    with served(desk.folder) as running:
        assert running.post("/v1/tasks", MORE, CRM).status == 200
        yield running


@pytest.fixture
def board(chromium: Browser, service: Served) -> Iterator[Callable[..., Page]]:
    contexts, complaints = [], []

    def open_board(path: str = "/", width: int = 1280, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.goto(f"http://127.0.0.1:{service.port}/allot{path}")
        page.wait_for_selector("[data-figure=open]")
        return page

    yield open_board
    for context in contexts:
        context.close()
    assert [text for text in complaints if "ERR_CONNECTION_REFUSED" not in text] == []


def open_tasks(page: Page) -> Locator:
    return page.locator("[data-figure=open] .figure")


def groups(page: Page, name: str) -> dict[str, str]:
    rows = page.locator(f"[data-dimension={name}] .bar-row").all()
    return {row.locator(".name").inner_text(): row.locator(".value").inner_text() for row in rows}


def test_figures_are_those_of_the_store(board, desk: Desk):
    page = board()
    stored = json.loads(desk.done("tasks", "list", "--json").out)
    figures = tiles(page)
    assert figures["open"] == str(len(stored)) == "8"
    assert (figures["overdue"], figures["at_risk"], figures["due_soon"]) == ("1", "2", "2")
    assert (figures["planned"], figures["unplanned"], figures["value_at_risk"]) == ("5", "3", "18")
    assert groups(page, "tenant") == {"acme": "2 / 2 18", "other": "0 / 1 0", "(none)": "0 / 5 0"}
    assert set(groups(page, "site")) == {"Oslo", "Rome", "(none)"}
    assert page.locator("#tasks tbody tr").first.locator("td").first.inner_text() == "L1"
    assert "crm" in page.locator("#sources").inner_text()
    assert "Plan 1 of 08:00" in page.locator("#run").inner_text()


def test_it_renews_itself_after_an_intake_and_survives_a_restart(board, service: Served, desk: Desk):
    page = board()
    service.post("/v1/tasks", {"task_id": "N1", "process": "motor"}, CRM)
    expect(open_tasks(page)).to_have_text("9", timeout=20_000)
    page.route("**/v1/board*", lambda route: route.abort("connectionrefused"))
    expect(page.locator("#away")).to_be_visible(timeout=20_000)
    assert tiles(page)["open"] == "9"
    page.unroute("**/v1/board*")
    service.post("/v1/tasks", {"task_id": "N2", "process": "motor"}, CRM)
    expect(open_tasks(page)).to_have_text("10", timeout=20_000)
    assert page.locator("#away").is_hidden()


def test_from_the_whole_to_a_person_and_a_task_by_keyboard(board):
    page = board()
    page.locator("[data-dimension=site] .bar-row").filter(has_text="Rome").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#choice .chip")
    assert chosen(page) == ["Site: Rome"]
    assert tiles(page)["open"] == "1"
    assert "Cy (C)" in page.locator("#people").inner_text()
    assert "next H1" in page.locator("#people").inner_text()
    page.locator("#people button").first.press("Enter")
    expect(page.locator("#choice .chip")).to_have_count(2)
    page.locator("#tasks tbody button").first.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert "create" in page.locator("dialog pre").inner_text()
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("#choice .chip")).to_have_count(1)
    page.locator("#choice .chip").press("Enter")
    expect(page.locator("#choice .chip")).to_have_count(0)
    assert tiles(page)["open"] == "8"


@pytest.mark.parametrize("path", ["/", "/?lang=zh"])
def test_it_fits_a_phone_in_both_languages(board, path: str):
    page = board(path, width=390)
    assert sideways(page) == 0
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if "zh" in path else "en")
    assert page.locator("h1").inner_text() == ("未完成的工作" if "zh" in path else "Open work")
    assert page.evaluate(
        "[...document.querySelectorAll('.bar-row')].every((row) => row.scrollWidth <= row.clientWidth + 1)"
    )


def test_the_language_follows_the_browser_and_the_link(board):
    page = board(locale="zh-CN")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("a[hreflang=en]").click()
    page.wait_for_selector("html[lang=en] [data-figure=open]")


def test_it_is_dark_where_people_want_it_dark(board):
    light, dark = (board(color_scheme=scheme) for scheme in ("light", "dark"))
    colours = [page.evaluate("getComputedStyle(document.body).backgroundColor") for page in (light, dark)]
    assert colours == ["rgb(255, 255, 255)", "rgb(18, 24, 30)"]


@pytest.mark.parametrize("path", ["/", "/?lang=zh"])
def test_alerts_and_targets_are_said_and_lead_to_what_they_are_about(watching: Desk, board, path: str):
    watching.done("alerts", "check")
    firing = json.loads(watching.done("alerts", "list", "--json").out)
    watching.done("alerts", "act", firing[0]["alert_id"], "two people lent", "--by", "karim", "--kind", "lend")
    page = board(path)
    shown = page.locator("#alerts li")
    assert {f"{alert['level']} {alert['key']}" for alert in firing} == {
        button.get_attribute("data-key") for button in shown.locator("button").all()
    }
    assert "little work" in shown.first.inner_text()
    acted = page.locator(f"#alerts li[data-alert='{firing[0]['alert_id']}']")
    assert "two people lent" in acted.inner_text()
    assert "90.0" in page.locator("#targets").inner_text()
    acted.locator("button").press("Enter")
    expect(page.locator("#choice .chip")).to_have_count(1)
    assert firing[0]["key"] in chosen(page)[0]
    assert page.locator("#alerts").is_visible()  # of everything, whatever is chosen


def test_alerts_that_fire_meanwhile_come_by_themselves(watching: Desk, board):
    page = board(width=390)
    assert page.locator("#alerts").is_hidden()
    watching.done("alerts", "check")
    expect(page.locator("#alerts li").first).to_contain_text("little work", timeout=20_000)
    assert sideways(page) == 0
