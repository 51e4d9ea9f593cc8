"""What the board says of open work."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from models import AlertRecord, TargetRecord
from reports import Board, board_asset, board_facts, board_language, board_page

NOW = datetime(2026, 3, 2, 8, 20, tzinfo=UTC)
FIRST = NOW.replace(minute=0)
HOUR = timedelta(hours=1)
TIME = pl.Datetime("us", "UTC")
COLUMNS = {
    **dict.fromkeys(("task_id", "status", "process", "tenant", "segment", "agent"), pl.String),
    **dict.fromkeys(("due_at", "start_at", "end_at"), TIME),
    **dict.fromkeys(("value", "minutes"), pl.Float64),
}


def task(name: str, **values: object) -> dict[str, object]:
    """A queued task of 30 minutes worth 10."""
    return {"task_id": name, "status": "queued", "process": "p", "value": 10.0, "minutes": 30.0, **values}


def board(*tasks: dict[str, object], **others: object) -> Board:
    """A board of two people in two sites, both there in the first two of three hours."""
    rows = [{name: row.get(name) for name in COLUMNS} for row in tasks]
    people = pl.DataFrame({"agent": ["A", "B"], "name": ["Ada", None], "team": ["t", "t"], "site": ["Oslo", "Rome"]})
    hours = [(who, FIRST + n * HOUR, 60.0 if n < 2 else 0.0) for n in range(3) for who in ("A", "B")]
    capacity = pl.DataFrame(hours, schema={"agent": pl.String, "hour": TIME, "minutes": pl.Float64}, orient="row")
    shown = {
        "now": NOW,
        "timezone": "Europe/Berlin",
        "unit": "points",
        "people": people,
        "capacity": capacity,
        **others,
    }
    return Board(tasks=pl.DataFrame(rows, schema=COLUMNS), **shown)


@pytest.mark.parametrize(
    ("values", "at_risk"),
    [
        ({}, False),
        ({"due_at": NOW}, True),
        ({"due_at": NOW + HOUR}, True),
        ({"due_at": NOW + HOUR, "end_at": NOW + HOUR}, False),
        ({"due_at": NOW + HOUR, "end_at": NOW + 2 * HOUR}, True),
        ({"due_at": NOW + HOUR, "end_at": NOW, "status": "held"}, True),
        ({"due_at": FIRST + 3 * HOUR}, False),
    ],
)
def test_at_risk_is_what_is_overdue_or_due_soon_and_not_planned_by_then(values, at_risk):
    totals = board_facts(board(task("T", **values)), {})["totals"]
    assert (totals["at_risk"], totals["value_at_risk"]) == ((1, 10.0) if at_risk else (0, 0.0))


def test_groups_have_the_most_value_at_risk_first_and_what_belongs_to_nothing_has_no_name():
    shown = board(
        task("T1", tenant="x", agent="A"), task("T2", tenant="y", due_at=NOW), task("T3", agent="B", tenant="x")
    )
    groups = board_facts(shown, {})["groups"]
    assert [(row["key"], row["open"], row["value_at_risk"]) for row in groups["tenant"]] == [
        ("y", 1, 10.0),
        ("x", 2, 0.0),
    ]
    assert [row["key"] for row in groups["site"]] == [None, "Oslo", "Rome"]


def test_a_choice_narrows_everything_down():
    shown = board(task("T1", agent="A", due_at=NOW + HOUR), task("T2", agent="B", status="in_progress"), task("T3"))
    facts = board_facts(shown, {"site": "Oslo", "lang": "zh"})
    assert (facts["chosen"], facts["totals"]["open"]) == ({"site": "Oslo"}, 1)
    assert "site" not in facts["groups"]
    assert [hour["people"] for hour in facts["hours"]] == [1, 1, 0]
    assert [person["agent"] for person in facts["people"]] == ["A"]
    assert board_facts(shown, {"site": ""})["totals"]["open"] == 1
    assert board_facts(shown, {"site": "Nowhere"})["totals"]["value"] == 0


def test_what_falls_due_stands_against_the_people_there():
    shown = board(task("T1", due_at=NOW + HOUR), task("T2", due_at=NOW + timedelta(minutes=5)), task("T3", due_at=NOW))
    hours = board_facts(shown, {})["hours"]
    assert [(hour["from"], hour["due"], hour["due_minutes"]) for hour in hours] == [
        ("2026-03-02T09:00:00+01:00", 1, 30.0),
        ("2026-03-02T10:00:00+01:00", 1, 30.0),
        ("2026-03-02T11:00:00+01:00", 0, 0.0),
    ]
    assert [(hour["people"], hour["capacity_minutes"]) for hour in hours] == [(2, 120.0), (2, 120.0), (0, 0.0)]


def test_people_have_what_they_do_and_what_is_next():
    shown = board(
        task("T1", agent="A", status="in_progress", start_at=NOW),
        task("T3", agent="A", start_at=NOW + 2 * HOUR),
        task("T2", agent="A", start_at=NOW + HOUR),
    )
    ada, bo = board_facts(shown, {"team": "t"})["people"]
    assert (ada["begun"], ada["next"], ada["open"]) == ("T1", "T2", 3)
    assert (bo["begun"], bo["next"], bo["open"]) == (None, None, 0)


def test_moments_are_told_in_the_zone_of_the_board():
    facts = board_facts(board(task("T", due_at=NOW), run={"version": 1, "as_of": NOW}), {})
    assert facts["tasks"][0]["due_at"] == facts["run"]["as_of"] == facts["now"] == "2026-03-02T09:20:00+01:00"


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, "", "en"),
        ("zh", "en", "zh"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr,en;q=0.5", "en"),
        ("xx", "zh", "zh"),
    ],
)
def test_the_page_is_in_the_language_asked_for(asked, accepted, language):
    assert board_language(asked, accepted) == language
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in board_page(language)


def test_the_page_brings_its_own_style_and_script():
    assert "--paper:" in board_asset("board.css")
    assert "v1/board" in board_asset("board.js")


def test_alerts_and_targets_are_said_in_the_language_of_the_page():
    alert = AlertRecord(
        alert_id=3, name="late work", level="site", key="Oslo", measure="late", value=25.0,
        state="firing", severity="red", threshold=20.0, since=NOW,
    )  # fmt: skip
    yellow = replace(alert, alert_id=4, name="early work", severity="yellow")
    target = TargetRecord(level="site", key="Rome", measure="sla_share", value=0.9, target=0.92, met=False)
    shown = board(alerts=[yellow, alert], done={3: "two people lent"}, targets=[target])
    facts = board_facts(shown, {})
    assert [(each["alert_id"], each["done"]) for each in facts["alerts"]] == [(3, "two people lent"), (4, None)]
    assert facts["alerts"][0]["text"] == "Site Oslo: late 25 (red at 20), since 2026-03-02 09:20"
    assert facts["targets"][0]["text"] == "Site Rome: on time of those due 90.0 % (target 92.0 %)"
    chinese = board_facts(shown, {}, "zh")
    assert chinese["alerts"][0]["text"] == "地点 Oslo：逾期 25（红色阈值 20），始于 2026-03-02 09:20"
    json.dumps(facts)
