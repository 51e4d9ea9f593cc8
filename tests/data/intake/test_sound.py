"""What a store cannot hold is refused with a reason, and what is noted of it fits."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from data.intake.sound import LONGEST_ID, LONGEST_TEXT, fault_of_values, sound
from tests.data.intake.operation_case import NOON, op

FAULTS = {
    "task_id is missing": {"task_id": ""},
    "task_id is longer than 500 characters": {"task_id": "x" * (LONGEST_ID + 1)},
    "capture_id has invalid characters": {"capture_id": "a\0b"},
    "agent_id has invalid characters": {"agent_id": "\ud800"},
    "status is longer than 500 characters": {"status": "x" * (LONGEST_ID + 1)},
    "at is not in the calendar": {"at": datetime(999, 12, 31, tzinfo=UTC)},
    "value is nan, which is no number": {"values": {"value": float("nan")}},
    "cannot be read": {"fault": "cannot be read", "task_id": ""},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_held_is_told_and_what_is_left_fits(fault: str) -> None:
    checked = sound(op("create", **FAULTS[fault]))
    assert checked.fault == fault
    assert (checked.values, checked.at) == ({}, None)
    assert sound(checked) == checked
    for text in (checked.task_id, checked.capture_id, checked.agent_id or "", checked.status or ""):
        assert len(text.encode("utf-8")) <= 4 * LONGEST_ID
        assert "\0" not in text


def test_what_can_be_held_stays_as_it_is() -> None:
    good = op("create", task_id="x" * LONGEST_ID, status="", values={"note": "y" * LONGEST_TEXT, "value": 10**20})
    assert sound(good) is good


@pytest.mark.parametrize("key", ["k" * (LONGEST_ID + 1), "a\0", "\ud800"])
def test_a_key_that_cannot_be_held_stays_a_key_of_its_own(key: str) -> None:
    first, again, other = (sound(op("create", 1, key=one)) for one in (key, key, key + "!"))
    assert first.fault is None
    assert len(first.key) == 64
    assert first.key == again.key != other.key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("value", "5"),
        ("value", True),
        ("value", 10**301),
        ("minutes", float("inf")),
        ("process", 5),
        ("process", "\udfff"),
        ("due_at", "2026-03-02"),
        ("due_at", NOON.replace(tzinfo=None)),
        ("due_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("due_at", datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12)))),
        ("note", "y" * (LONGEST_TEXT + 1)),
        ("note", float("-inf")),
        ("a\0b", 1),
        ("x" * (LONGEST_ID + 1), 1),
    ],
    ids=lambda given: repr(given)[:12],
)
def test_a_value_that_no_task_can_have_is_told(name: str, value: Any) -> None:
    fault = fault_of_values({"segment": "s", name: value})
    assert fault is not None
    assert len(fault) < 200


def test_any_column_may_be_empty() -> None:
    assert fault_of_values({"value": None, "due_at": None, "process": None, "note": None, "other": False}) is None
