"""The edits of a re-plan as the audit understands and applies them, each where it changes something and where not."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from data import Snapshot
from models import CheckError
from scheduler.audit.edits import boosted, edited, understand
from scheduler.audit.policy import read_numbers
from tests.scheduler.audit.case import at, snapshot_of

TASKS = (
    {"task_id": "q"},
    {"task_id": "h", "status": "held"},
    {"task_id": "e", "status": "errorheld"},
    {"task_id": "i", "status": "in_progress", "agent_id": "ann"},
)


def world() -> Snapshot:
    """Ann works two hours with a break in between; one task is forbidden to her, one is hers already."""
    return snapshot_of(
        TASKS,
        ({"agent_id": "ann"}, {"agent_id": "bob"}),
        shifts=[
            {"agent_id": "ann", "start": at(0), "end": at(120), "kind": "work"},
            {"agent_id": "ann", "start": at(30), "end": at(60), "kind": "break"},
            {"agent_id": "bob", "start": at(0), "end": at(120), "kind": "work"},
        ],
        pairs=[{"task_id": "q", "agent_id": "ann", "allowed": "true", "minutes": 10}],
    )


def after(*edits: dict[str, Any]) -> Snapshot:
    return edited(world(), understand({"edits": edits, "frozen": []}))


def statuses(snapshot: Snapshot) -> dict[str, str]:
    return dict(snapshot.tasks.select("task_id", "status").iter_rows())


def hours(snapshot: Snapshot, agent: str) -> list[tuple[str, float, float]]:
    """Kind, start and end in minutes of what an agent has."""
    rows = snapshot.shifts.filter(pl.col("agent_id") == agent).select("kind", "start", "end").iter_rows()
    minute = timedelta(minutes=1)
    return [(kind, (start - snapshot.as_of) / minute, (end - snapshot.as_of) / minute) for kind, start, end in rows]


def test_tasks_are_held_resumed_and_canceled_in_the_order_of_the_edits() -> None:
    held = {"edit": "hold", "task": "q"}
    assert statuses(after(held))["q"] == "held"
    assert statuses(after(held, {"edit": "resume", "task": "q"}))["q"] == "queued"
    assert statuses(after({"edit": "resume", "task": "e"}, {"edit": "cancel", "task": "h"})) == {
        "q": "queued",
        "h": "canceled",
        "e": "queued",
        "i": "in_progress",
    }


def test_only_what_waits_is_resumed_and_unknown_tasks_change_nothing() -> None:
    before = statuses(world())
    for kind in ("resume", "hold", "cancel"):
        assert statuses(after({"edit": kind, "task": "gone"})) == before
    assert statuses(after({"edit": "resume", "task": "i"})) == before


def test_who_is_out_now_leaves_started_work_and_who_goes_later_keeps_it() -> None:
    out = after({"edit": "agent_out", "agent": "ann", "at": at(0)})
    assert statuses(out)["i"] == "queued"
    assert out.tasks.filter(task_id="i")["agent_id"].to_list() == [None]
    assert hours(out, "ann") == [("break", 30, 60)]
    later = after({"edit": "agent_out", "agent": "ann", "at": at(45)})
    assert statuses(later)["i"] == "in_progress"
    assert hours(later, "ann") == [("work", 0, 45), ("break", 30, 60)]
    assert hours(later, "bob") == [("work", 0, 120)]


def test_who_is_late_begins_late_and_not_at_all_after_the_end() -> None:
    late = {"edit": "agent_late", "agent": "ann"}
    assert hours(after({**late, "at": at(90)}), "ann") == [("work", 90, 120), ("break", 30, 60)]
    assert hours(after({**late, "at": at(-90)}), "ann") == [("work", 0, 120), ("break", 30, 60)]
    assert hours(after({**late, "at": at(120)}), "ann") == [("break", 30, 60)]


def test_a_forbidden_pair_keeps_what_else_is_said_of_it() -> None:
    closed = after({"edit": "forbid", "task": "q", "agent": "ann"}, {"edit": "forbid", "task": "h", "agent": "bob"})
    rows = closed.pairs.select("task_id", "agent_id", "allowed", "minutes").rows()
    assert rows == [("q", "ann", False, 10.0), ("h", "bob", False, None)]


def test_added_tasks_come_last_with_the_types_of_the_table() -> None:
    row = {"task_id": "n", "process": "p", "status": "queued", "value": 3, "due_at": "2026-03-02T10:00:00+01:00"}
    added = after({"edit": "add_task", "rows": [row]}, {"edit": "due", "task": "q", "at": at(30)})
    assert added.tasks.schema == world().tasks.schema
    assert added.rows_read["tasks"] == len(TASKS) + 1
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert added.tasks.filter(task_id="n").select("value", "due_at").rows() == [(3.0, nine)]
    assert added.tasks.filter(task_id="q")["due_at"].to_list() == [nine - timedelta(minutes=30)]


def test_boosts_of_one_key_multiply_and_others_stay() -> None:
    numbers = read_numbers({"weights": {"tenant": {"acme": 2, "other": 3}}})
    edits = [{"edit": "boost", "level": "tenant", "key": "acme", "factor": 1.5} for _ in range(2)]
    edits.append({"edit": "boost", "level": "process", "key": "p"})
    found = boosted(numbers, understand({"edits": edits, "frozen": []})).weights
    assert found["tenant"] == {"acme": Fraction(9, 2), "other": 3}
    assert found["process"] == {"p": 1}
    assert numbers.weights["tenant"]["acme"] == 2


def test_pins_and_frozen_work_are_read() -> None:
    pins = [{"edit": "pin", "task": "q", "agent": agent} for agent in ("ann", "bob")]
    edits = understand({"edits": pins, "frozen": [{"task": "i", "agent": "ann"}]})
    assert (edits.pins, edits.frozen) == ({"q": "bob"}, (("i", "ann"),))


@pytest.mark.parametrize(
    "edit",
    [
        {"edit": "fire", "task": "q"},
        {"task": "q"},
        {"edit": "hold"},
        {"edit": "hold", "task": ""},
        {"edit": "hold", "task": 7},
        {"edit": "due", "task": "q", "at": "2026-03-02T10:00:00"},
        {"edit": "due", "task": "q", "at": "soon"},
        {"edit": "agent_out", "agent": "ann", "at": None},
        {"edit": "boost", "level": "tenant", "key": "acme", "factor": "much"},
        {"edit": "add_task", "rows": [{"process": "p"}]},
        {"edit": "add_task", "rows": 5},
        "hold",
    ],
    ids=str,
)
def test_what_is_no_edit_is_refused(edit: Any) -> None:
    with pytest.raises(CheckError, match=r"^edits\.json"):
        understand({"edits": [edit], "frozen": []})
