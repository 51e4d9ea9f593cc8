"""Databases: what changed, what is gone, what is marked; nothing is lost and nothing counts twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from data import Intake, SqlReading, Terms, take_sql, try_sql
from data.feeds import database, sql
from data.feeds.sqlcursor import kept, since
from tests.conftest import new_database
from tests.data.feeds.case import fault_of, intake_of, outcomes, values
from tests.data.intake.operation_case import NOON

READ = "SELECT id AS capture_id, kind AS process, amount AS value, changed FROM work"
EVERY = "SELECT id AS capture_id, kind AS process, amount AS value FROM work"


class Host:
    """Somebody's database with a table of work."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.do("CREATE TABLE work (id INTEGER PRIMARY KEY, kind TEXT, amount FLOAT, changed TIMESTAMP, taken INTEGER)")

    def do(self, statement: str, **values: object) -> None:
        """Changes something."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def add(self, *ids: int, minute: int = 0) -> None:
        """Adds rows that changed so many minutes after eight."""
        for number in ids:
            changed = datetime(2026, 3, 2, 8, minute)  # noqa: DTZ001  as databases have them
            self.do("INSERT INTO work VALUES (:id, 'claim', :id, :changed, 0)", id=number, changed=str(changed))

    def change(self, number: int, amount: float, minute: int) -> None:
        """Changes the amount of a row."""
        changed = f"2026-03-02 08:{minute:02}:00"
        self.do("UPDATE work SET amount = :amount, changed = :c WHERE id = :id", amount=amount, c=changed, id=number)

    def count(self, where: str) -> int:
        """How many rows are so."""
        with self.engine.connect() as connection:
            return connection.execute(sa.text(f"SELECT count(*) FROM work WHERE {where}")).scalar_one()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def host(request, tmp_path) -> Host:
    """A database with an empty table, of either kind."""
    if request.param == "sqlite":
        (tmp_path / "host.db").touch()
        return Host(f"sqlite:///{tmp_path / 'host.db'}")
    return Host(new_database(request.getfixturevalue("postgres_url")))


@pytest.fixture(params=["sqlite"])
def store_url(request, tmp_path) -> str:
    """One kind of store is enough here."""
    return f"sqlite:///{tmp_path / 'allot.db'}"


def taken(store: Any, host: Host, **reading: Any) -> Intake:
    """The intake of the host's rows."""
    intake = intake_of(store, "host")
    take_sql(intake, SqlReading(url=host.url, **{"read": READ, **reading}))
    return intake


def test_only_what_changed_since_the_cursor_is_applied(store, host):
    host.add(1, 2, 3)
    assert taken(store, host, cursor="changed").counts.applied == 3
    host.change(2, 20, minute=30)
    host.add(4, minute=30)
    assert taken(store, host, cursor="changed").counts.applied == 2
    assert taken(store, host, cursor="changed").counts.applied == 0
    assert values(store) == {"1": 1.0, "2": 20.0, "3": 3.0, "4": 4.0}
    assert outcomes(store) == {"applied": 5, "duplicate": 4}


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


FULL = {"read": EVERY, "full": True, "missing": "complete"}


def test_a_full_read_finds_what_changed_and_what_is_gone(store, host):
    host.add(*range(1, 6))
    assert taken(store, host, **FULL).counts.applied == 5
    host.change(1, 10, minute=0)
    host.do("DELETE FROM work WHERE id = 2")
    counts = taken(store, host, **FULL).counts
    assert (counts.applied, counts.duplicate) == (2, 3)
    assert values(store, "status") == {"1": "queued", "2": "completed", "3": "queued", "4": "queued", "5": "queued"}
    assert taken(store, host, **FULL).counts.applied == 0


def test_a_row_that_is_again_what_it_once_was_counts(store, host):
    host.add(1)
    for amount in (1, 2, 1, 2, 2):
        host.change(1, amount, minute=0)
        taken(store, host, **FULL)
        assert values(store) == {"1": float(amount)}
    assert outcomes(store) == {"applied": 4}


def test_what_is_gone_is_kept_or_canceled_as_configured(store, host):
    host.add(1, 2)
    for missing, status in (("keep", "queued"), ("cancel", "canceled")):
        taken(store, host, **{**FULL, "missing": missing})
        host.do("DELETE FROM work WHERE id = 2")
        taken(store, host, **{**FULL, "missing": missing})
        assert values(store, "status")["2"] == status


def test_a_full_read_that_lost_a_third_of_its_rows_is_refused_until_accepted(store, host):
    host.add(*range(1, 91))
    taken(store, host, **FULL)
    host.do("DELETE FROM work WHERE id > 60")
    host.change(1, 10, minute=0)
    said = fault_of(lambda: taken(store, host, **FULL))
    assert said.startswith("30 of 90 open tasks are missing in the source at once; none of them was touched.")
    assert "--accept-missing" in said
    assert set(values(store, "status").values()) == {"queued"}
    assert values(store)["1"] == 10.0
    taken(store, host, **FULL, accept_missing=True)
    assert list(values(store, "status").values()).count("completed") == 30


def test_finished_tasks_whose_rows_are_gone_are_no_loss(store, host):
    host.add(*range(1, 61))
    read = {**FULL, "read": f"{EVERY.replace(' FROM', ', status FROM')}"}
    host.do("ALTER TABLE work ADD status TEXT")
    host.do("UPDATE work SET status = 'completed' WHERE id > 20")
    taken(store, host, **read)
    host.do("DELETE FROM work WHERE id > 20")
    taken(store, host, **read)
    assert outcomes(store) == {"applied": 60}


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


def test_a_row_that_cannot_be_read_is_refused_once(store, host):
    host.add(1)
    host.do("INSERT INTO work VALUES (2, 'claim', -5, NULL, 0)")
    for _ in range(3):
        taken(store, host, **FULL)
    reading = {"read": "SELECT NULL AS task_id, amount AS value FROM work", "full": True}
    for _ in range(3):
        taken(store, host, **reading)
    assert outcomes(store) == {"applied": 1, "refused": 3}


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ({"read": "DELETE FROM work"}, "'read' must be a SELECT"),
        ({"read": "SELECT nothing FROM work"}, "nothing"),
        ({"cursor": "chnaged"}, "chnaged"),
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
        ({"read": EVERY, "cursor": "change"}, "change"),
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


FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("value", "start"),
    [
        ("2026-03-02 08:00:00", "2026-03-02 07:55:00"),
        ("2026-03-02T08:00:00.123456Z", "2026-03-02T07:55:00.123456Z"),
        ("2026-03-02", "2026-03-01"),
        ("2027-03-02 08:00:00", "2026-03-02 12:55:00"),  # a clock that is wrong does not stop the reading
        ("A0017", "A0017"),
        (4711, 4711),
        (1772438400, 1772438100),
        (1772438400000, 1772438100000),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 7, 55, tzinfo=UTC)),
        (datetime(2030, 3, 2, 8), datetime(2026, 3, 2, 12, 55)),  # noqa: DTZ001
        (date(2026, 3, 2), date(2026, 3, 1)),
    ],
)
def test_the_cursor_goes_back_by_the_overlap_in_its_own_notation(value, start):
    assert since(kept(value), FIVE, NOON, "Europe/Berlin") == start
