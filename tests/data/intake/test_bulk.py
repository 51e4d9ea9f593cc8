"""New tasks put into the store many at once are what they are one by one."""

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from data import Intake, Ruled, Store, Terms, check_store
from data.intake import bulk
from data.intake.form import formed
from data.intake.rows import Rows, entry_rows, json_entries
from data.store.tables import event, failure, progress, task
from tests.data.intake.operation_case import NOON, at

COLUMNS = ("task_id", "process", "value", "segment", "due_at", "version", "at", "status", "colour")
ROWS = [
    ("T1", "claim", "1.50", None, "2026-03-02T08:00", "3", None, None, 'a "b" \\ c\n\td'),
    ("T2", "claim", None, "gold", None, None, "2026-03-02T11:00Z", "new", "Zoë"),
    ("T3", "claim", "0", "fails", None, None, "2030-03-02T11:00Z", None, None),
    ("T4", "claim", "1e9", "gold", None, None, None, "held", None),
    ("T5", "claim", "x", "gold", None, None, None, None, None),
    ("T6", "claim", "2", "gold", None, None, None, None, None),
    ("T6", "claim", "3", "gold", None, None, None, None, None),
    ("T7", None, None, None, None, None, None, None, None),
]


def double(tasks: Any) -> list[Ruled]:
    """Rules that double values of gold, and fail where the segment says so."""
    made = []
    for row in tasks:
        values = {name: value for name, value in row.items() if name != "task_id"}
        if values.get("segment") == "fails":
            made.append(Ruled(values, failed='rule "r": no'))
        elif values.get("segment") == "gold":
            made.append(Ruled({**values, "value": 2.0 * (values.get("value") or 1)}, {"value": "gold"}))
        else:
            made.append(Ruled(values))
    return made


def table_rows() -> Rows:
    """The rows of a table."""
    frame = pl.DataFrame(ROWS, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return Rows(frame=frame, keys=[f"k{n}" for n in range(len(ROWS))], origin="t.csv")


def message_rows() -> Rows:
    """The same as messages, one of which clears a column."""
    bodies = [{name: value for name, value in zip(COLUMNS, row, strict=True) if value is not None} for row in ROWS]
    bodies[1]["segment"] = None
    return entry_rows(
        [e for n, body in enumerate(bodies) for e in json_entries(json.dumps(body).encode(), f"k{n}", "")], "q"
    )


def taken(store: Store, rows: Rows, ruling: Any) -> tuple[Any, ...]:
    """What the store holds after the rows, without the order in which they were put in."""
    terms = Terms(source='say "x"', zone="Europe/Berlin", shared=True)
    intake = Intake(store, terms, lambda: NOON, None if ruling is None else lambda now: ruling)
    intake.take(formed(rows, terms))
    again = Intake(store, terms, lambda: at(1), None if ruling is None else lambda now: ruling)
    again.take(formed(rows, terms))
    with store.reading() as connection:
        keys = dict(connection.execute(sa.select(event.c.event_id, event.c.key)).all())
        events = sorted(map(_plain, connection.execute(sa.select(event)).all()), key=str)
        tasks = [_plain(row) for row in connection.execute(sa.select(task).order_by(task.c.task_id))]
        failures = {keys[row.event_id]: row.rule for row in connection.execute(sa.select(failure))}
        news = connection.execute(sa.select(progress.c.last_event_at)).scalar()
        assert check_store(connection).differences == []
    return events, tasks, failures, news, intake.counts, again.counts


def _plain(row: Any) -> dict[str, Any]:
    values = {name: value for name, value in row._mapping.items() if name not in ("event_id", "repeat_of")}
    parsed = {
        name: json.loads(values[name] or "{}")
        for name in ("content", "extra", "set_by", "came", "state")
        if name in values
    }
    if "state" in parsed:
        parsed["state"]["last"].pop()
        parsed["state"]["chains"] = {name: place[:2] for name, place in parsed["state"].get("chains", {}).items()}
    return {**values, **parsed}


CHANGES = [
    ("T1", "claim", "1.50", None, "2026-03-02T08:00", None, None, None, 'a "b" \\ c\n\td'),
    ("T2", "claim", "3", "gold", None, None, None, "queued", "Zoë"),
    ("T3", "claim", "0", None, None, None, "2030-03-02T11:00Z", None, None),
    ("T4", "claim", "2", "gold", None, None, None, None, None),
    ("T6", None, None, None, None, None, None, None, "red"),
    ("T7", "claim", None, None, None, None, None, None, None),
    ("T8", "claim", None, None, None, None, None, None, None),
]


def changed(store: Store, rows: list[Any], changes: list[Any], terms: Terms) -> tuple[Any, ...]:
    """What the store holds after rows and then changes of the same tasks, and what was counted."""
    counts = []
    for hours, some in enumerate((rows, changes, changes)):
        frame = pl.DataFrame(some, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
        if hours == 2:
            frame = frame.drop("colour")
        keys = [f"{hours}k{n}" for n in range(len(some))]
        intake = Intake(store, terms, lambda hours=hours: at(hours))  # type: ignore[misc]
        intake.take(formed(Rows(frame=frame, keys=keys, origin="t.csv"), terms))
        counts.append({**intake.counts.record(), "reasons": sorted(intake.counts.reasons)})
    with store.reading() as connection:
        events = sorted(map(_plain, connection.execute(sa.select(event)).all()), key=str)
        tasks = [_plain(row) for row in connection.execute(sa.select(task).order_by(task.c.task_id))]
        assert check_store(connection).differences == []
    return events, tasks, counts


@pytest.mark.parametrize("sharing", [False, True])
def test_many_changes_at_once_leave_what_one_by_one_leaves(store, tmp_path, monkeypatch, sharing):
    from data import upgrade_store

    terms = Terms(source='say "x"', zone="Europe/Berlin", shared=sharing)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade_store(other)
    one_by_one = changed(other, ROWS, CHANGES, terms)
    other.close()
    for module in ("bulk", "intake", "changes"):
        monkeypatch.setattr(f"data.intake.{module}.LEAST", 1)
    assert changed(store, ROWS, CHANGES, terms) == one_by_one
    assert one_by_one[2][1]["applied"] > 2
    assert one_by_one[2][2]["duplicate"] > 2


@pytest.mark.parametrize("rows", [table_rows, message_rows])
@pytest.mark.parametrize("ruling", [None, double])
def test_many_at_once_leave_what_one_by_one_leaves(store, tmp_path, monkeypatch, rows, ruling):
    from data import upgrade_store

    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade_store(other)
    one_by_one = taken(other, rows(), ruling)
    monkeypatch.setattr(bulk, "LEAST", 1)
    monkeypatch.setattr("data.intake.intake.LEAST", 1)
    many = taken(store, rows(), ruling)
    other.close()
    assert many[4].applied > 3
    for found, expected in zip(many[:4], one_by_one[:4], strict=True):
        assert found == expected
    assert [c.record() for c in many[4:]] == [c.record() for c in one_by_one[4:]]


def test_what_was_spoken_of_before_goes_the_ordinary_way(store, monkeypatch):
    monkeypatch.setattr(bulk, "LEAST", 1)
    monkeypatch.setattr("data.intake.intake.LEAST", 1)
    terms = Terms(source="s")
    early = entry_rows(json_entries(b'{"task_id": "T1", "operation": "hold"}', "h", ""), "q")
    Intake(store, terms, lambda: NOON).take(formed(early, terms))
    rows = entry_rows(json_entries(b'[{"task_id": "T1"}, {"task_id": "T2"}]', "c", ""), "q")
    intake = Intake(store, terms, lambda: NOON + timedelta(minutes=1))
    intake.take(formed(rows, terms))
    with store.reading() as connection:
        statuses = dict(connection.execute(sa.select(task.c.task_id, task.c.status)).all())
        assert check_store(connection).differences == []
    assert statuses == {"T1": "held", "T2": "queued"}


@pytest.mark.parametrize("least", [1, 1000])
def test_a_known_task_or_key_among_new_ones_is_seen(store, monkeypatch, least):
    for module in ("bulk", "intake", "changes"):
        monkeypatch.setattr(f"data.intake.{module}.LEAST", least)
    terms, counts = Terms(source="s"), []
    for minutes, (names, keys) in enumerate((("12", "ab"), ("34", "cb"), ("25", "de"), ("67", "fg"))):
        frame = pl.DataFrame({"task_id": list(names), "value": [str(minutes)] * 2})
        intake = Intake(store, terms, lambda minutes=minutes: NOON + timedelta(minutes=minutes))
        intake.take(formed(Rows(frame=frame, keys=list(keys), origin="t.csv"), terms))
        counts.append((intake.counts.applied, intake.counts.duplicate))
    with store.reading() as connection:
        values = dict(connection.execute(sa.select(task.c.task_id, task.c.value)).all())
        events = connection.execute(sa.select(event.c.event_id, event.c.key).order_by(event.c.event_id)).all()
        assert check_store(connection).differences == []
    assert values == {"1": 0, "2": 2, "3": 1, "5": 2, "6": 3, "7": 3}
    assert counts == [(2, 0), (1, 1), (2, 0), (2, 0)]
    assert [number for number, _ in events] == list(range(1, 9))
    assert sorted(key for _, key in events) == sorted("abcbdefg")


def test_later_operations_go_on_from_there(store, monkeypatch):
    monkeypatch.setattr(bulk, "LEAST", 1)
    monkeypatch.setattr("data.intake.intake.LEAST", 1)
    terms = Terms(source="s")
    told = json.dumps({"task_id": "T1", "version": 5, "value": 5}).encode()
    Intake(store, terms, lambda: NOON).take(formed(entry_rows(json_entries(told, "c", ""), "q"), terms))
    late = json.dumps({"task_id": "T1", "operation": "update", "version": 3, "value": 3, "segment": "gold"}).encode()
    intake = Intake(store, terms, lambda: at(1))
    intake.take(formed(entry_rows(json_entries(late, "u", ""), "q"), terms))
    with store.reading() as connection:
        assert check_store(connection).differences == []
        row = connection.execute(sa.select(task.c.value, task.c.segment)).one()
    assert (intake.counts.applied, row.segment) == (1, "gold")


@pytest.mark.parametrize("least", [1, 1000])
def test_hostile_names_and_characters_take_nothing_else_down(store, monkeypatch, least):
    monkeypatch.setattr(bulk, "LEAST", least)
    monkeypatch.setattr("data.intake.intake.LEAST", least)
    terms = Terms(source="s")
    told = [
        b'{"task_id": "T1", "event_id": "7", "source": "x", "state": "{}", "a\\"b": "c", "came": "\\u0000"}',
        b'{"task_id": "T2", "note": "\\ud800"}',
        b'{"task_id": "T3\\u0000"}',
        b'{"\\udfff": "T4"}',
        b"\0\0nothing",
        b'{"task_id": "T5", "event_id": "8", "a\\"b": "\\\\"}',
        b'{"task_id": "' + b"x" * 600 + b'"}',
    ]
    entries = [entry for number, body in enumerate(told) for entry in json_entries(body, f"k{number}", "")]
    intake = Intake(store, terms, lambda: NOON)
    intake.take(formed(entry_rows(entries, "q"), terms))
    with store.reading() as connection:
        assert check_store(connection).differences == []
        extra = dict(connection.execute(sa.select(task.c.task_id, task.c.extra)).all())
    assert (intake.counts.applied, intake.counts.refused) == (1, 6)
    assert json.loads(extra["T5"]) == {"event_id": "8", 'a"b': "\\"}
