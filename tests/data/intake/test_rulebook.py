"""Rules applied to many tasks at once, and their answers looked up."""

from collections.abc import Mapping, Sequence

import pytest

from data.intake.operations import Ruled, Value
from data.intake.rulebook import Rulebook, usable
from tests.data.intake.operation_case import op


class Rules:
    """Rules that set one column, and count how often they are asked for how many tasks."""

    def __init__(self, **made: Value) -> None:
        self.made, self.asked = made, []

    def __call__(self, tasks: Sequence[Mapping[str, Value]]) -> list[Ruled]:
        self.asked.append(len(tasks))
        return [Ruled({**task, **self.made}, dict.fromkeys(self.made, "dear")) for task in tasks]


def failing(tasks: Sequence[Mapping[str, Value]]) -> list[Ruled]:
    """Rules that fail for tasks of no process."""
    return [Ruled(task, failed=None if task.get("process") else "no process") for task in tasks]


def test_all_values_noted_are_asked_at_once_and_only_once() -> None:
    rules = Rules(value=5.0)
    book = Rulebook(rules)
    for number, task in enumerate(("T1", "T2", "T1")):
        book.note(op("create", number, task_id=task), {"process": "p"})
    assert not book.ask()
    assert not book.ask()
    assert rules.asked == [2]
    assert book.answer("T1", {"process": "p"}) == Ruled({"process": "p", "value": 5.0}, {"value": "dear"})
    assert rules.asked == [2]
    assert book.tasks == {"T1", "T2"}


def test_an_answer_is_of_its_own_task_and_values() -> None:
    book = Rulebook(lambda tasks: [Ruled({**task, "segment": f"{task['task_id']} {len(task)}"}) for task in tasks])
    said = [book.answer(task, values).values["segment"] for task in ("T1", "T2") for values in ({}, {"value": 1.0})]
    assert said == ["T1 1", "T1 2", "T2 1", "T2 2"]


def test_without_rules_values_stay_as_they_came() -> None:
    book = Rulebook(None)
    book.note(op("create"), {"value": 1.0})
    assert not book.ask()
    assert book.answer("T1", {"value": 1.0}) == Ruled({"value": 1.0})


def test_what_fails_is_told_of_each_operation_and_leaves_the_values() -> None:
    book = Rulebook(failing)
    good, bad = op("create", 1, values={"process": "p"}), op("create", 2, task_id="T2")
    for operation in (good, bad):
        book.note(operation, operation.values)
    assert book.failed == {1: None, 2: None}
    assert book.ask()
    assert [book.check(operation, operation.values) for operation in (good, bad)] == [None, "no process"]
    assert book.failed == {1: None, 2: "no process"}
    assert book.answer("T2", {"value": 1.0}) == Ruled({"value": 1.0}, failed="no process")


@pytest.mark.parametrize(
    "value", [float("nan"), float("-inf"), "dear", True, 1e301], ids=["nan", "inf", "text", "bool", "huge"]
)
def test_a_value_that_no_task_can_have_is_a_fault_of_the_rule(value: Value) -> None:
    book = Rulebook(Rules(value=value))
    answer = book.answer("T1", {"process": "p"})
    assert answer.values == {"process": "p"}
    assert answer.failed is not None
    assert answer.failed.startswith("rule 'dear': value is")


def test_a_rule_may_empty_a_column_and_cannot_rename_a_task() -> None:
    assert usable(Ruled({"task_id": "T9", "value": None, "process": "p"}, {"value": "dear"})) == Ruled(
        {"process": "p"}, {"value": "dear"}
    )
