"""Proposed minutes and efficiencies, from work whose truth is known."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from data import apply_operations, open_store
from data.store.people import keep_people_rows
from tests.data.intake.test_actuals import op
from tests.data.store.planned import EIGHT
from tests.scheduler.command import Done

Call = Callable[..., Done]


@pytest.fixture
def place(berlin: Path, monkeypatch: pytest.MonkeyPatch, inside: Call) -> Path:
    """A needs 20 minutes for a loan and B 40, 25 times each; C did three; what asks for two skills says nothing."""
    monkeypatch.setenv("ALLOT_NOW", (EIGHT + timedelta(days=2)).isoformat())
    log = []
    for number in range(53):
        agent, minutes = ("C", 5) if number >= 50 else (("A", 20), ("B", 40))[number % 2]
        name, values = f"T{number}", {"process": "loan", "minutes": 30.0, "skills": "loans>=2"}
        log += [
            op("create", -9, task=name, values=values),
            op("start", number, agent, task=name),
            op("complete", number + minutes, task=name),
        ]
    for number in range(25):
        name, values = f"S{number}", {"process": "both", "minutes": 30.0, "skills": "loans;cards"}
        log += [op("create", -9, task=name, values=values), op("start", number, "A", task=name)]
        log += [op("complete", number + 60, task=name)]
    store = open_store(f"sqlite:///{berlin / 'allot.db'}")
    with store.writing() as connection:
        apply_operations(connection, log)
    store.close()
    return berlin


def test_minutes_and_efficiencies_are_proposed_with_count_and_interval(place: Path, inside: Call) -> None:
    done = inside("history", "standards", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    loan = next(row for row in found["minutes"] if row["process"] == "loan")
    assert (loan["count"], loan["low"], loan["high"]) == (53, 20.0, 40.0)
    people = {(row["agent_id"], row["skill"]): row for row in found["efficiency"]}
    median = loan["median"]
    assert people["A", "loans"]["median"] == pytest.approx(median / 20)
    assert people["B", "loans"]["median"] == pytest.approx(median / 40)
    assert people["A", "loans"]["count"] == 25
    assert (people["C", "loans"]["median"], people["C", "loans"]["judged"]) == (None, False)
    assert "fewer than 20 tasks is not judged" in inside("history", "standards").err


def test_proposals_are_tables_to_take_over_and_nothing_changes(place: Path, inside: Call) -> None:
    before = inside("tasks", "list", "--json").out
    assert inside("history", "standards", "--out", "proposed").code == 0
    with (place / "proposed" / "agent_skills.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["agent_id"], row["skill"], row["count"]) for row in rows] == [
        ("A", "loans", "25"),
        ("B", "loans", "25"),
    ]
    assert inside("tasks", "list", "--json").out == before


def test_the_skill_of_a_process_counts_for_tasks_without_their_own(berlin: Path, inside: Call) -> None:
    """The process's minutes were taken for a skill."""
    log = []
    for number in range(20):
        for process in ("cards", "plain"):
            name = f"{process}{number}"
            log += [op("create", -9, task=name, values={"process": process}), op("start", number, "A", task=name)]
            log += [op("complete", number + 20, task=name)]
    kinds = [
        {"process": "cards", "minutes": "30", "skills": "cards>=2"},
        {"process": "plain", "minutes": "40"},
    ]
    rows = [(kind["process"], json.dumps(kind)) for kind in kinds]
    store = open_store(f"sqlite:///{berlin / 'allot.db'}")
    with store.writing() as connection:
        apply_operations(connection, log)
        keep_people_rows(connection, "hr", "processes", rows, merge=False)
    store.close()
    done = inside("history", "standards", "--json", "--from", "2026-01-01")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [(row["process"], row["median"], row["now"]) for row in found["minutes"]] == [
        ("cards", 20.0, 30.0),
        ("plain", 20.0, 40.0),
    ]
    assert [(row["agent_id"], row["skill"], row["count"]) for row in found["efficiency"]] == [("A", "cards", 20)]
