"""What is removed after a time, other names for people, and what is kept of one of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import Store, apply_operations, check_store, open_store, publish_plan, refresh_actuals
from tests.data.intake.test_actuals import op
from tests.data.store.planned import EIGHT, plan_of, run_record
from tests.data.store.test_history import add
from tests.scheduler.command import Done

Call = Callable[..., Done]
DAY = 24 * 60


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: Call) -> Path:
    """Three closed tasks of A and an open one of B: T1 and T2 long ago, T3 two days before the end."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOT_NOW", (EIGHT + timedelta(days=30)).isoformat())
    configured(tmp_path, "")
    assert inside("store", "upgrade").code == 0
    old, late = 0, 28 * DAY
    log = []
    for name, minute in (("T1", old), ("T2", old), ("T3", late)):
        log += [
            op("create", minute, task=name, values={"requested_agent": "A"}),
            op("start", minute + 5, "A", task=name),
        ]
        log += [op("start", minute + 6, "A", task=name), op("complete", minute + 35, task=name)]
    log += [op("create", late, task="T4"), op("start", late + 1, "B", task="T4")]
    store = open_store(f"sqlite:///{tmp_path / 'allot.db'}")
    with store.writing() as connection:
        for number, agents in enumerate(({"T1": "A", "T2": "A"}, {"T2": "A", "T4": "B"}, {"T4": "B"})):
            at = EIGHT + timedelta(days=10 * number)
            publish_plan(connection, run_record(f"p{number}", as_of=at), Path(f"p{number}"), plan_of(**agents), at)
        for number, one in enumerate(log):
            received = EIGHT + timedelta(minutes=late if one.task_id in ("T3", "T4") else old)
            apply_operations(connection, [replace(one, received_at=received, key=f"{number}")])
        refresh_actuals(connection)
    for number in range(3):
        add(store, f"run {number}", EIGHT + timedelta(days=10 * number), 0.9)
    store.close()
    return tmp_path


def configured(folder: Path, text: str) -> None:
    (folder / "allot.toml").write_text(f'timezone = "Europe/Berlin"\n[history]\n{text}\n', encoding="utf-8")


def opened(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder / 'allot.db'}")


def rows(folder: Path, text: str) -> list[tuple[object, ...]]:
    store = opened(folder)
    with store.reading() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(text))]
        assert check_store(connection).differences == []
    store.close()
    return found


def pruned(inside: Call) -> dict[str, int | None]:
    done = inside("history", "prune", "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)  # type: ignore[no-any-return]


def test_without_entries_everything_stays(place: Path, inside: Call) -> None:
    assert set(pruned(inside).values()) == {None}
    assert "nothing is removed" in inside("history", "prune").err
    assert len(rows(place, "SELECT * FROM actual")) == 4


def test_runs_and_days_go_by_themselves(place: Path, inside: Call) -> None:
    configured(place, 'runs = "15d"')
    assert pruned(inside)["runs"] == 2
    assert [row[0] for row in rows(place, "SELECT DISTINCT run_id FROM kpis")] == ["run 2"]
    assert len(rows(place, "SELECT day FROM day")) == 3
    configured(place, 'days = "15d"')
    assert pruned(inside)["days"] == 2
    assert len(rows(place, "SELECT day FROM day")) == 1
    assert [row[0] for row in rows(place, "SELECT task_id FROM actual ORDER BY task_id")] == ["T3", "T4"]


def test_plans_that_were_replaced_go_with_runs_and_the_current_one_stays(place: Path, inside: Call) -> None:
    configured(place, 'runs = "5d"')
    assert pruned(inside)["plans"] == 1
    left = rows(place, "SELECT task_id, agent_id, until_version FROM assignment ORDER BY task_id")
    assert ("T4", "B", None) in left
    # what was begun by a plan keeps what it said
    assert [(task, agent) for task, agent, until in left if until is not None] == [("T1", "A"), ("T2", "A")]
    assert inside("history", "actuals", "--from", "-40d").code == 0


def test_closed_tasks_go_with_their_operations_and_what_was_done_stays(place: Path, inside: Call) -> None:
    configured(place, 'events = "15d"')
    assert pruned(inside)["tasks"] == 2
    assert [row[0] for row in rows(place, "SELECT task_id FROM task ORDER BY task_id")] == ["T3", "T4"]
    assert len(rows(place, "SELECT * FROM event WHERE task_id IN ('T1', 'T2')")) == 0
    assert len(rows(place, "SELECT * FROM actual")) == 4
    assert pruned(inside)["tasks"] == 0


def test_names_become_pseudonyms_in_what_is_old(place: Path, inside: Call) -> None:
    configured(place, 'names = "15d"')
    assert pruned(inside)["names"] == 1
    named = dict(rows(place, "SELECT task_id, agent_id FROM actual"))
    assert (named["T3"], named["T4"]) == ("A", "B")
    assert named["T1"] == named["T2"] != "A"
    assert str(named["T1"]).startswith("person-")
    told = rows(place, "SELECT agent_id, content, reason FROM event WHERE task_id IN ('T1', 'T2')")
    assert [row for row in told if "A" in str(row[0]) or '"A"' in str(row[1]) or "by A " in str(row[2])] == []
    assert pruned(inside)["names"] == 0


def test_one_person_is_taken_out_and_erased(place: Path, inside: Call) -> None:
    assert inside("history", "export", "mine", "--person", "A").code == 0
    found = json.loads((place / "mine" / "person.json").read_text("utf-8"))
    assert len(found["actuals"]) == 3
    assert {row["task_id"] for row in found["operations"]} == {"T1", "T2", "T3"}
    assert "has open work: T4" in inside("history", "erase", "B").err
    assert inside("history", "erase", "A").code == 0
    tables = ("actual", "assignment", "event", "task")
    whole = " ".join(str(row) for name in tables for row in rows(place, f"SELECT * FROM {name}"))
    assert "'A'" not in whole
    assert "the store has nothing of 'A'" in inside("history", "erase", "A").err
    assert len(rows(place, "SELECT agent_id FROM actual")) == 4


def test_what_was_done_as_planned_was_so_when_plans_and_names_are_gone(place: Path, inside: Call) -> None:
    """It had been done outside the plan, or by somebody else, as soon as the plan was removed or had other names."""

    def told() -> dict[str, list[object]]:
        rows = json.loads(inside("history", "actuals", "--from", "2026-01-01", "--json").out)
        return {kind: [row[kind] for row in rows] for kind in ("task_id", "plan", "start_deviation")}

    def days(measure: str) -> list[tuple[str, float]]:
        done = inside("history", "show", "--measure", measure, "--from", "2026-01-01", "--json")
        return [(row["period"], row["value"]) for row in json.loads(done.out)]

    before, shares = told(), days("as_planned_share")
    assert before["plan"][:2] == ["as_planned", "as_planned"]
    assert days("plan_told") != []
    configured(place, 'runs = "5d"\nnames = "15d"')
    assert inside("history", "prune").code == 0
    assert (told(), days("as_planned_share")) == (before, shares)
    assert days("plan_told") == []
