"""Databases: what changed, what is gone, what is marked; nothing is lost and nothing counts twice."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from data import SqlReading, Terms, take_sql, try_sql
from data.feeds import database, sql
from tests.data.feeds.case import fault_of, intake_of, outcomes, values
from tests.data.feeds.host import EVERY, FULL, READ, Host, taken
from tests.data.store.looked import looking

TWICE = "SELECT id AS task_id, kind, changed, kind FROM work"


@pytest.fixture(params=["sqlite"])
def store_url(request, tmp_path) -> str:
    """One kind of store is enough here."""
    return f"sqlite:///{tmp_path / 'allot.db'}"


def test_only_what_changed_since_the_cursor_is_applied(store, host):
    host.add(1, 2, 3)
    assert taken(store, host, cursor="changed").counts.applied == 3
    host.change(2, 20, minute=30)
    host.add(4, minute=30)
    assert taken(store, host, cursor="changed").counts.applied == 2
    assert taken(store, host, cursor="changed").counts.applied == 0
    assert values(store) == {"1": 1.0, "2": 20.0, "3": 3.0, "4": 4.0}
    assert outcomes(store) == {"applied": 5, "duplicate": 4}


@pytest.mark.parametrize("host", ["sqlite"], indirect=True)
def test_what_changed_is_found_without_looking_at_all_else(store, host, monkeypatch):
    for module in ("intake", "bulk", "changes"):
        monkeypatch.setattr(f"data.intake.{module}.LEAST", 1)
    host.do("CREATE INDEX at_work ON work (changed)")
    host.add(1, 2, 3)
    taken(store, host, cursor="changed")
    host.change(2, 20, minute=30)
    with looking(store.engine) as ours, looking(sa.Engine) as steps:
        assert taken(store, host, cursor="changed").counts.applied == 1
    assert "SEARCH work USING INDEX at_work (changed>?)" in steps
    assert "SEARCH task USING INDEX sqlite_autoindex_task_1 (task_id=?)" in ours
    assert not [step for step in steps if "SCAN work" in step or "ix_task_status" in step]


def test_a_row_that_is_committed_late_is_found_in_the_overlap(store, host):
    host.add(1, minute=30)
    taken(store, host, cursor="changed")
    host.add(2, minute=27)
    host.add(3, minute=10)
    taken(store, host, cursor="changed")
    assert set(values(store)) == {"1", "2"}
    taken(store, host, cursor="changed", overlap=timedelta(minutes=30))
    assert set(values(store)) == {"1", "2", "3"}


def test_a_row_that_is_read_again_is_recorded_as_a_duplicate_once(store, host):
    host.add(1, 2)
    counted = [taken(store, host, cursor="changed").counts for _ in range(3)]
    assert [(counts.applied, counts.duplicate) for counts in counted] == [(2, 0), (0, 2), (0, 2)]
    assert outcomes(store) == {"applied": 2, "duplicate": 2}


def test_a_row_without_a_value_in_the_cursor_counts(store, host):
    host.add(1, minute=30)
    taken(store, host, cursor="changed")
    host.do("INSERT INTO work VALUES (2, 'claim', 2, NULL, 0)")
    assert taken(store, host, cursor="changed").counts.applied == 1
    assert taken(store, host, cursor="changed").counts.applied == 0


def test_a_database_that_goes_away_in_the_middle_is_read_on_from_there(store, host, monkeypatch):
    monkeypatch.setattr(database, "BATCH", 2)
    host.add(*range(1, 8))
    real = database._texts
    calls = []

    def lost(values: tuple[Any, ...], name: str) -> Any:
        calls.append(name)
        if len(calls) > 10:
            raise sa.exc.OperationalError("SELECT", {}, Exception("connection lost"))
        return real(values, name)

    monkeypatch.setattr(database, "_texts", lost)
    assert fault_of(lambda: taken(store, host, cursor="changed")) == "connection lost"
    assert outcomes(store) == {"applied": 4}
    monkeypatch.setattr(database, "_texts", real)
    taken(store, host, cursor="changed")
    assert outcomes(store) == {"applied": 7, "duplicate": 4}


def test_rows_are_marked_once_they_are_in_the_store(store, host, monkeypatch):
    reading = {
        "read": "SELECT id, 'T' || id AS task_id, kind AS process FROM work WHERE taken = 0",
        "mark": "UPDATE work SET taken = 1 WHERE id = :id",
    }
    host.add(1, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr(sql, "_mark", lambda *_: None)  # as if it was killed before
        taken(store, host, **reading)
    assert host.count("taken = 1") == 0
    taken(store, host, **reading)
    assert host.count("taken = 1") == 3
    host.do("INSERT INTO work VALUES (4, 'claim', 4, NULL, 0)")
    taken(store, host, **reading)
    assert host.count("taken = 1") == 4
    assert outcomes(store) == {"applied": 4, "duplicate": 3}


def test_a_mark_that_fails_says_that_the_rows_are_there(store, host):
    host.add(1)
    reading = {"cursor": "changed", "mark": "UPDATE work SET token = 1 WHERE id = :capture_id"}
    said = fault_of(lambda: taken(store, host, **reading))
    assert said.startswith("'mark' failed: ")
    assert said.endswith("; the rows are in the store, and are read again until they can be marked")
    assert values(store) == {"1": 1.0}


def test_a_row_that_cannot_be_read_is_refused_once(store, host):
    host.add(1)
    host.do("INSERT INTO work VALUES (2, 'claim', -5, NULL, 0)")
    for _ in range(3):
        taken(store, host, **FULL)
    reading = {"read": "SELECT NULL AS task_id, amount AS value FROM work", "full": True}
    for _ in range(3):
        taken(store, host, **reading)
    assert outcomes(store) == {"applied": 1, "refused": 3}


@pytest.mark.parametrize("strange", ["n/a", b"\x00", "9999-12-31 00:00:00"])
def test_a_cursor_that_is_no_time_of_the_past_does_not_stop_the_reading(store, tmp_path, strange):
    host = Host(f"sqlite:///{tmp_path / 'strange.db'}")
    host.add(1)
    host.do("INSERT INTO work VALUES (2, 'claim', 2, :changed, 0)", changed=strange)
    first = taken(store, host, cursor="changed")
    host.add(3, minute=9)
    again = taken(store, host, cursor="changed")
    assert [first.counts.applied, again.counts.applied] == [2, 1]
    assert "the cursor 'changed' has values that are no times of the past, such as" in again.said[0]


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ({"read": "DELETE FROM work"}, "'read' must be a SELECT"),
        ({"read": "SELECT nothing FROM work"}, "nothing"),
        ({"read": "SELECT id AS task_id, kind, kind FROM work"}, "'read' returns the column 'kind' twice"),
        ({"read": TWICE, "full": True}, "'read' returns the column 'kind' twice"),
        ({"read": TWICE, "cursor": "changed"}, "'read' returns the column 'kind' twice"),
        (
            {"read": "SELECT id AS task_id, changed, changed FROM work", "cursor": "changed"},
            "'read' returns the column 'changed' twice",
        ),
        (
            {"cursor": "chnaged"},
            "'cursor' names the column 'chnaged', which 'read' does not return (it returns capture_id",
        ),
        ({"cursor": "chnaged"}, ", process, value, changed); did you mean 'changed'?"),
        ({"cursor": "Changed at"}, "'cursor' names the column 'Changed at', which 'read' does not return ("),
        ({"read": "SELECT nothing FROM work", "cursor": "changed"}, "nothing"),
        ({"mark": "UPDATE work SET taken = 1"}, "'mark' names no column"),
        ({"mark": "UPDATE work SET taken = 1 WHERE id = :captureid"}, "did you mean 'capture_id'?"),
    ],
)
def test_a_reading_that_cannot_be_is_told(store, host, reading, said):
    host.add(1)
    assert said in fault_of(lambda: taken(store, host, **reading))
    assert host.count("taken = 1") == 0


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ({"read": READ, "cursor": "changed"}, ""),
        ({"read": "SELECT id AS task_id FROM wrok"}, "wrok"),
        ({"read": READ + " -- all of it", "cursor": "changed"}, ""),
        ({"read": "SELECT id AS task_id, kind, kind FROM work"}, "'read' returns the column 'kind' twice"),
        ({"read": TWICE, "cursor": "changed"}, "'read' returns the column 'kind' twice"),
        ({"read": EVERY, "cursor": "change"}, "'change', which 'read' does not return (it returns capture_id, process"),
        ({"read": "SELECT kind AS process FROM work"}, "there is no column 'task_id' or 'capture_id'"),
        ({"read": EVERY, "mark": "UPDATE work SET taken = 1 WHERE id = :number"}, "'mark' names :number"),
    ],
)
@pytest.mark.parametrize("rows", [0, 2])
def test_a_query_is_tried_without_taking_anything(host, rows, reading, said):
    host.add(*range(rows))
    found = fault_of(try_sql, Terms(source="host"), SqlReading(url=host.url, **reading))
    assert said in found
    assert bool(said) == bool(found)
    assert host.count("taken = 1") == 0


def test_a_database_that_is_not_there_is_told_without_its_password(store, tmp_path):
    reading = SqlReading(url=f"sqlite:///{tmp_path / 'none.db'}", read="SELECT 1")
    assert "there is no file" in fault_of(take_sql, intake_of(store), reading)
    assert not (tmp_path / "none.db").exists()
    away = SqlReading(url="postgresql+psycopg://me:hush@127.0.0.1:1/x", read="SELECT 1")
    said = fault_of(take_sql, intake_of(store), away)
    assert said
    assert "hush" not in said + repr(away)
