"""Operations in a store: each counts once, the task list follows, and a source goes on where it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from data import (
    Operation,
    OperationKind,
    Ruled,
    Store,
    act_on_tasks,
    apply_operations,
    check_store,
    cursor_of,
    known_keys,
    note_read,
    refuse_early,
    task_frame,
    task_history,
)
from tests.data.intake.operation_case import NOON, at, op


def put(store: Store, *operations: Operation, **more: Any) -> list[str]:
    """Puts operations into the store in one transaction; what became of each."""
    with store.writing() as connection:
        return [outcome.kind.value for outcome in apply_operations(connection, operations, **more)]


def rows(store: Store, question: str) -> list[tuple[Any, ...]]:
    """The answer of the database, sorted."""
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(sa.text(question)))


def holds(store: Store) -> bool:
    """Whether the task list is what its operations say."""
    with store.reading() as connection:
        return check_store(connection).differences == []


def test_a_task_has_its_values_in_columns_and_the_others_beside(store):
    values = {"process": "claim", "value": 2.5, "due_at": at(90), "note": "=1+1", "urgent": True, "skills": "a>=2;b"}
    assert put(store, op("create", values=values, capture_id="C1")) == ["applied"]
    with store.reading() as connection:
        (task,) = task_frame(connection).to_dicts()
    kept = {name: task[name] for name in ("process", "value", "due_at", "note", "urgent", "skills", "capture_id")}
    assert kept == {**values, "capture_id": "C1"}
    assert (task["status"], task["source"], task["set_by"]) == ("queued", "host", "{}")
    assert holds(store)


def test_a_second_arrival_is_recorded_and_changes_nothing(store):
    create, hold, resume = op("create", key="1"), op("hold", key="2"), op("resume", key="3")
    assert put(store, create, hold, hold) == ["applied", "applied", "duplicate"]
    assert put(store, resume, hold) == ["applied", "duplicate"]
    assert rows(store, "SELECT status FROM task_list") == [("queued",)]
    assert rows(store, "SELECT key, outcome FROM operations") == [
        ("1", "applied"),
        ("2", "applied"),
        ("2", "duplicate"),
        ("2", "duplicate"),
        ("3", "applied"),
    ]
    assert holds(store)


def test_a_key_is_unique_within_its_source_alone(store):
    assert put(store, op("create", key="1"), op("create", key="1", source="files", task_id="T2")) == ["applied"] * 2
    with store.reading() as connection:
        assert known_keys(connection, "files", ["1", "2"]) == {"1": 2}


def test_nothing_is_kept_of_a_transaction_that_fails(store):
    def break_off() -> None:
        with store.writing() as connection:
            apply_operations(connection, [op("create")], cursors={"host": 7})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert rows(store, "SELECT * FROM operations") == rows(store, "SELECT * FROM task_list") == []
    with store.reading() as connection:
        assert cursor_of(connection, "host") is None


def test_a_cursor_is_kept_with_the_operations(store):
    put(store, op("create"), cursors={"host": {"changed_at": "2026-03-02T12:00:00Z"}})
    with store.writing() as connection:
        note_read(connection, "host", NOON)
        note_read(connection, "files", NOON, "no such folder")
        assert cursor_of(connection, "host") == {"changed_at": "2026-03-02T12:00:00Z"}
    assert rows(store, "SELECT source, error FROM progress WHERE error IS NOT NULL") == [("files", "no such folder")]


def test_a_late_operation_is_put_in_its_place_across_transactions(store):
    put(store, op("create", version=1, values={"value": 1.0}))
    put(store, op("update", version=5, values={"value": 5.0}))
    assert put(store, op("update", version=3, values={"value": 3.0, "segment": "gold"})) == ["applied"]
    assert put(store, op("update", version=4, values={"value": 4.0})) == ["stale"]
    assert rows(store, "SELECT value, segment FROM task_list") == [(5.0, "gold")]
    assert holds(store)


def test_what_has_become_of_earlier_operations_is_told(store):
    put(store, op("create", version=1, key="a"), op("hold", version=3, key="b"))
    put(store, op("cancel", version=2, key="c"))
    assert rows(store, "SELECT key, outcome, reason FROM operations WHERE outcome <> 'applied'") == [
        ("b", "refused", "the task is canceled")
    ]
    assert holds(store)


def test_what_comes_before_its_task_waits_for_it(store):
    assert put(store, op("hold", key="h"), op("hold", key="x", task_id="T2")) == ["early", "early"]
    assert put(store, op("create", key="c")) == ["applied"]
    assert rows(store, "SELECT task_id, status FROM task_list") == [("T1", "held")]
    with store.writing() as connection:
        assert refuse_early(connection, NOON + timedelta(hours=24)) == 0
        assert refuse_early(connection, NOON + timedelta(hours=25)) == 1
        assert refuse_early(connection, NOON + timedelta(hours=25)) == 0
    assert rows(store, "SELECT key, outcome FROM operations") == [("c", "applied"), ("h", "applied"), ("x", "refused")]
    assert holds(store)


def test_what_waits_too_long_is_refused_when_anything_comes_in(store):
    put(store, op("hold", key="h"))
    put(store, op("create", key="c", task_id="T2", received_at=NOON + timedelta(hours=25)))
    assert rows(store, "SELECT key, outcome FROM operations") == [("c", "applied"), ("h", "refused")]


def test_what_cannot_be_read_is_kept_with_its_reason(store):
    assert put(store, op("create", task_id="", fault="row 3: task_id is missing"), op("create")) == [
        "refused",
        "applied",
    ]
    assert rows(store, "SELECT reason FROM operations WHERE task_id = ''") == [("row 3: task_id is missing",)]
    assert holds(store)


def doubled(tasks: Any) -> list[Ruled]:
    """A rule that doubles values and fails on those that are no numbers."""
    ruled = []
    for values in tasks:
        came = {name: value for name, value in values.items() if name != "task_id"}
        if came.get("segment") == "odd":
            ruled.append(Ruled(came, failed="rule 'double': segment is odd"))
        else:
            ruled.append(Ruled({**came, "value": 2 * came["value"]}, {"value": "double"}))
    return ruled


def test_rules_run_on_the_values_that_came_and_what_set_a_value_is_kept(store):
    put(store, op("create", values={"value": 2.0}), ruling=doubled)
    put(store, op("update", values={"segment": "gold"}), ruling=doubled)
    assert rows(store, "SELECT value, segment, set_by FROM task_list") == [(4.0, "gold", '{"value":"double"}')]
    put(store, op("hold"), ruling=doubled)
    assert rows(store, "SELECT value, status FROM task_list") == [(4.0, "held")]
    assert holds(store)


def test_rules_are_asked_once_for_all_tasks_of_a_transaction(store):
    asked = []

    def counted(tasks: Any) -> list[Ruled]:
        asked.append(len(tasks))
        return doubled(tasks)

    put(store, *(op("create", task_id=f"T{n}", values={"value": float(n)}) for n in range(9)), ruling=counted)
    assert asked == [9]


def test_a_task_whose_rule_fails_is_held_for_an_error_until_it_is_restarted(store):
    put(store, op("create", values={"segment": "odd", "value": 1.0}), op("create", task_id="T2", values={"value": 1.0}))
    assert rows(store, "SELECT task_id, status FROM task_list") == [("T1", "queued"), ("T2", "queued")]
    put(store, op("restart"), ruling=doubled)
    assert rows(store, "SELECT task_id, status FROM task_list") == [("T1", "errorheld"), ("T2", "queued")]
    assert rows(store, "SELECT rule FROM failure") == [("rule 'double': segment is odd",)]
    put(store, op("update", values={"segment": None, "value": 3.0}), op("restart"), ruling=doubled)
    assert rows(store, "SELECT task_id, status, value FROM task_list") == [("T1", "queued", 6.0), ("T2", "queued", 1.0)]
    assert holds(store)


def test_a_rule_that_gives_a_value_of_another_type_fails(store):
    def wordy(tasks: Any) -> list[Ruled]:
        return [Ruled({"value": "many"}, {"value": "wordy"}) for _ in tasks]

    put(store, op("create", values={"value": 1.0}), ruling=wordy)
    assert rows(store, "SELECT status, value FROM task_list") == [("errorheld", 1.0)]
    assert rows(store, "SELECT rule FROM failure") == [("rule 'wordy': value is 'many', not a number",)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"task_id": ""}, "task_id is missing"),
        ({"task_id": "x" * 501}, "task_id is longer than 500 characters"),
        ({"task_id": "T\x00"}, "task_id has invalid characters"),
        ({"agent_id": "\ud800"}, "agent_id has invalid characters"),
        ({"values": {"value": "many"}}, "value is 'many', not a number"),
        ({"values": {"value": True}}, "value is 'True', not a number"),
        ({"values": {"value": float("nan")}}, "value is nan, which is no number"),
        ({"values": {"due_at": "2026-03-02"}}, "due_at is '2026-03-02', not a moment"),
        ({"values": {"due_at": datetime.min.replace(tzinfo=UTC)}}, "due_at is not in the calendar"),
        ({"values": {"process": 7}}, "process is '7', not text"),
        ({"values": {"note": "a\x00b"}}, "note has invalid characters, or more than 100,000"),
    ],
)
def test_what_a_store_cannot_hold_is_refused_and_takes_nothing_else_down(store, wrong, reason):
    assert put(store, op("create", **wrong), op("create", task_id="T2")) == ["refused", "applied"]
    assert (reason,) in rows(store, "SELECT reason FROM operations")
    assert holds(store)


def test_a_key_of_any_length_is_a_key(store):
    long = op("create", key="k" * 5000)
    assert put(store, long) + put(store, long) == ["applied", "duplicate"]


def test_people_need_not_own_a_task_and_their_history_is_told(store):
    put(store, op("create", values={"process": "claim"}))
    with store.writing() as connection:
        given = {"by": "ann", "now": at(5)}
        (held,) = act_on_tasks(connection, OperationKind.HOLD, ["T1"], **given)
        (again,) = act_on_tasks(connection, OperationKind.HOLD, ["T1"], **given)
        done = act_on_tasks(connection, OperationKind.COMPLETE, ["T1"], **given)
        refused = act_on_tasks(connection, OperationKind.RESTART, ["T1"], **given)
        reopened = act_on_tasks(connection, OperationKind.RESTART, ["T1"], **given, reopening=["host"])
    assert [o.kind.value for o in (held, again, *done, *refused, *reopened)] == [
        "applied",
        "duplicate",
        "applied",
        "refused",
        "applied",
    ]
    with store.reading() as connection:
        task, operations = task_history(connection, "T1")
    assert task is not None
    assert (task["status"], task["process"]) == ("queued", "claim")
    assert [o["operation"] for o in operations] == ["create", "hold", "hold", "complete", "restart", "restart"]
    assert operations[1]["key"].startswith("ann ")
    assert operations[4]["reason"].startswith("the task is completed; set reopen = true")


HOSTILE = (
    "'; DROP TABLE task; --",
    '"x"',
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "<script>",
    "$(rm -rf /)",
    "名前",
    "a\nb",
)


def test_names_and_values_that_try_something_are_text(store):
    values = {"process": HOSTILE[0], "segment": HOSTILE[3], HOSTILE[1]: HOSTILE[4]}
    operations = [op("create", task_id=name, key=name, capture_id=name, values=values) for name in HOSTILE]
    assert put(store, *operations) == ["applied"] * len(HOSTILE)
    with store.reading() as connection:
        frame = task_frame(connection)
    assert sorted(frame["task_id"]) == sorted(HOSTILE)
    assert frame[HOSTILE[1]].unique().to_list() == [HOSTILE[4]]
    assert holds(store)


def test_what_arrived_is_never_changed(store):
    put(store, op("create"))
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), store.writing() as connection:
        connection.execute(sa.text("UPDATE event SET outcome = 'refused'"))
