"""Rows of any source as operations, whatever their columns are called."""

import json
from typing import Any

import polars as pl
import pytest

from data.intake.bulk import prepared
from data.intake.form import formed
from data.intake.operations import Operation
from data.intake.rows import Terms, entry_rows, grid_rows, json_entries
from tests.data.intake.operation_case import NOON
from tests.strange import STRANGE

TERMS = Terms(source="crm")


def from_json(*objects: dict[str, Any]) -> list[Operation]:
    rows = entry_rows(json_entries(json.dumps(objects).encode(), "k", "body"), "crm")
    return prepared(formed(rows, TERMS)).operations(NOON)


@pytest.mark.parametrize("name", STRANGE)
def test_any_name_of_a_value_is_only_a_name(name: str) -> None:
    [both, other] = from_json({"task_id": "1", "task": "a", name: "v"}, {"task_id": "2", "task": "b"})
    assert [both.task_id, other.task_id] == ["1", "2"]
    assert [both.fault, other.fault] == [None, None]
    [own] = set(both.values) - {"task"}
    assert own.endswith(name)
    assert both.values == {"task": "a", own: "v"}
    assert other.values == {"task": "b"}


@pytest.mark.parametrize("name", STRANGE)
def test_any_header_of_a_table_is_only_a_name(name: str) -> None:
    grid = pl.DataFrame([["task_id", name, "task"], ["1", "v", "a"], ["2", None, "b"]], orient="row")
    made = prepared(formed(grid_rows(grid, "hash", "work.csv"), TERMS)).operations(NOON)
    assert [(one.task_id, one.values["task"], one.fault) for one in made] == [("1", "a", None), ("2", "b", None)]
    [own] = set(made[0].values) - {"task"}
    assert [one.values[own] for one in made] == ["v", None]


@pytest.mark.parametrize("name", ["", " ", "\ufeff"])
@pytest.mark.parametrize("value", [None, "v", 1])
def test_a_value_without_a_name_is_left_out(name: str, value: Any) -> None:
    [made] = from_json({"task_id": "1", name: value})
    assert (made.values, made.fault) == ({}, None)
    [nothing] = from_json({name: value})
    assert (nothing.values, nothing.fault) == ({}, "task_id is missing")


@pytest.mark.parametrize("around", [" ", "\t", "\u00a0", "\u200b", "\ufeff", "\u3000"])
def test_what_stands_around_one_value_of_many_is_taken_away(around: str) -> None:
    texts = ["a", f"{around}b", f"c{around}", around, "d e"]
    grid = pl.DataFrame({"x": ["task_id", *"12345"], "y": ["note", *texts]})
    made = formed(grid_rows(grid, "hash", "work.csv"), TERMS).operations(NOON)
    assert [one.values["note"] for one in made] == ["a", "b", "c", None, "d e"]


@pytest.mark.parametrize("name", ["task_id", "Task ID", "capture_id", "agent_id", "key", "Process", "due_at"])
@pytest.mark.parametrize("value", [["1"], [], {"id": "1"}])
def test_a_column_of_ours_is_no_list(name: str, value: Any) -> None:
    """It became the id '["1"]', or a process of this name."""
    [made] = from_json({"operation": "hold", "task_id": "1", "process": "call"} | {name: value})
    assert (made.fault or "").endswith("is a list or an object; write it as text")


def test_what_is_refused_for_a_list_keeps_its_ids() -> None:
    made = from_json(*({"Task ID": name, "process": value} for name, value in (("1", ["a"]), ("2", "a"), (["3"], "a"))))
    assert [(one.task_id, one.fault is None) for one in made] == [("1", False), ("2", True), ("", False)]


def test_skills_are_no_list() -> None:
    [listed, text] = from_json({"task_id": "1", "skills": ["a", "b"]}, {"task_id": "2", "tags": ["a"], "skills": "a"})
    assert listed.fault == 'skills: \'["a", "b"]\' is a list; write a;b'
    assert (text.fault, text.values["tags"]) == (None, '["a"]')


def test_numbers_inside_a_value_of_others_stay_numbers() -> None:
    """They became texts."""
    text = b'{"task_id": "1", "place": {"zip": 50667, "at": [50.94, 6.960, 1e3, "7"]}}'
    [made] = formed(entry_rows(json_entries(text, "k", "body"), "crm"), TERMS).operations(NOON)
    assert made.values["place"] == '{"zip": 50667, "at": [50.94, 6.96, 1000.0, "7"]}'
    beyond = b'{"task_id": "1", "n": [1e400, ' + b"9" * 5000 + b"]}"
    [entry] = json_entries(beyond, "k", "body")
    assert entry.values is not None
    assert entry.values["n"] == ["1e400", "9" * 5000]
    [deep] = json_entries(b'{"task_id": "1", "n": ' + b"[" * 900 + b"]" * 900 + b"}", "k", "body")
    assert (deep.values is None) == (deep.fault is not None)


def test_a_name_that_is_there_twice_is_refused() -> None:
    """The last value was taken, and the first one lost without a word."""
    [entry] = json_entries(b'{"task_id": "1", "task_id": "2"}', "k", "body")
    assert entry.fault == "it is no JSON: 'task_id' is there twice; keep one of them"


@pytest.mark.parametrize("version", [0, -1, 1772434800123456789, 2**63 - 1, 1 - 2**63])
def test_a_version_is_any_whole_number_of_64_bits(version: int) -> None:
    [number, text] = from_json({"task_id": "1", "version": version}, {"task_id": "2", "version": f"{version}.0"})
    assert [(one.version, one.fault) for one in (number, text)] == [(version, None)] * 2


@pytest.mark.parametrize("version", [2**63, -(2**63), 10**19, "1.5", "soon"])
def test_any_other_version_is_refused(version: object) -> None:
    [made] = from_json({"task_id": "1", "version": version})
    assert made.fault is not None
    assert f"version '{version}' is neither a whole number" in made.fault
