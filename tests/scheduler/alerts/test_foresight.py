"""What a run says of alerts and targets is what `allot alerts check` finds in it."""

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from data import read_further
from tests.scheduler.command import QUICK, Done

pytestmark = pytest.mark.slow

Call = Callable[..., Done]
SAME = ("name", "level", "key", "measure", "value", "threshold", "severity", "state", "since")
WATCHED = """
timezone = "Europe/Berlin"
[store]
url = "sqlite:///allot.db"
[[alert]]
name = "work left"
measure = "unplanned"
level = "process"
red = 3
yellow = 1
enabled = true
[[alert]]
name = "used"
measure = "utilization"
level = "team"
red = "target"
enabled = true
[[alert]]
name = "twice"
measure = "tasks"
red = 1
for = 2
enabled = true
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: Call) -> Path:
    """A folder with a sample, a configuration and a store, at the moment of the sample."""
    monkeypatch.chdir(tmp_path)
    assert inside("sample", "snapshot", "--tasks", 60, "--agents", 3).code == 0
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T08:00:00+01:00")
    (tmp_path / "allot.toml").write_text(WATCHED, encoding="utf-8")
    assert inside("store", "upgrade").code == 0
    return tmp_path


def test_a_run_and_the_next_check_speak_of_the_same_figures(place, inside):
    assert inside("target", "set", "enterprise", "late", 0, "--from", "2020-01-01").code == 0
    assert inside("target", "set", "enterprise", "planned", 1, "--from", "2020-01-01").code == 0
    assert inside("plan", "snapshot", "--out", "runs/one", *QUICK).code == 0
    run = json.loads((place / "runs" / "one" / "run.json").read_text("utf-8"))
    assert inside("alerts", "check").code == 0
    listed = json.loads(inside("alerts", "list", "--json").out)
    assert len(listed) > 1
    found = [{name: alert[name] for name in SAME} for alert in run["alerts"]]
    told = [{name: alert[name] for name in SAME} for alert in listed]
    assert sorted(found, key=str) == sorted(told, key=str)
    assert {alert["state"] for alert in found if alert["name"] == "twice"} == {"pending"}
    kpis = read_further(place / "runs" / "one", "kpis")
    figures = {tuple(row[:3]): row[3] for row in kpis.select("level", "key", "measure", "value").iter_rows()}
    assert all(figures[each["level"], each["key"], each["measure"]] == each["value"] for each in found)
    met = {target["measure"]: (target["value"], target["met"]) for target in run["targets"]}
    assert met["planned"] == (figures["enterprise", "", "planned"], True)
    assert met["late"][0] == figures["enterprise", "", "late"]


def test_page_and_workbook_of_a_run_have_its_alerts(place, inside):
    assert inside("plan", "snapshot", "--out", "runs/one", *QUICK[:4]).code == 0
    page = (place / "runs" / "one" / "report.html").read_text("utf-8")
    run = json.loads((place / "runs" / "one" / "run.json").read_text("utf-8"))
    fires = sum(alert["state"] == "firing" for alert in run["alerts"])
    assert f"{fires} alerts fire" in page
    assert 'id="watched"' in page
    with ZipFile(place / "runs" / "one" / "plan.xlsx") as book:
        assert 'name="Alerts"' in book.read("xl/workbook.xml").decode()


def test_without_a_configuration_a_run_says_nothing_of_alerts(place, inside):
    (place / "allot.toml").unlink()
    (place / "allot.db").unlink()
    assert inside("plan", "snapshot", "--out", "runs/one", *QUICK).code == 0
    run = json.loads((place / "runs" / "one" / "run.json").read_text("utf-8"))
    assert not {"alerts", "targets"} & run.keys()


def test_a_store_that_fails_is_said_and_takes_no_plan_down(place, inside):
    (place / "allot.db").write_bytes(b"no database at all" * 100)
    assert inside("plan", "snapshot", "--out", "runs/one", *QUICK).code == 0
    run = json.loads((place / "runs" / "one" / "run.json").read_text("utf-8"))
    assert any(text.startswith("alerts and targets of this plan are not known: ") for text in run["warnings"])


def test_an_older_run_is_no_news(place, inside, monkeypatch):
    assert inside("plan", "snapshot", "--out", "runs/one", *QUICK).code == 0
    assert inside("alerts", "check").code == 0
    assert inside("plan", "snapshot", "--out", "runs/again", *QUICK).code == 0
    run = json.loads((place / "runs" / "again" / "run.json").read_text("utf-8"))
    assert "alerts" not in run
