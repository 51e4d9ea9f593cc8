"""Applies the rules to many tasks at once, and stores the answers."""

from collections.abc import Mapping

from data.intake.operations import Operation, Ruled, Ruling, Value
from data.intake.sound import fault_of_values


class Rulebook:
    """The answers of the rules, by the values of a task.

    A first fold notes the values to which rules must be applied, `ask` applies the rules to all of them at once, and a
    second fold looks the answers up. ``failed`` has the failed rule, or ``None``, of each operation after which rules
    ran; ``tasks`` names the tasks.
    """

    def __init__(self, ruling: Ruling | None) -> None:
        self.failed: dict[int, str | None] = {}
        self.tasks: set[str] = set()
        self._ruling = ruling
        self._noted: dict[frozenset[tuple[str, Value]], dict[str, Value]] = {}
        self._answers: dict[frozenset[tuple[str, Value]], Ruled] = {}

    def note(self, operation: Operation, values: Mapping[str, Value]) -> None:
        """Notes values for `ask`; nothing fails yet."""
        self.failed[operation.arrival] = None
        self.tasks.add(operation.task_id)
        if self._ruling is not None:
            self._note(operation.task_id, values)

    def _note(self, task_id: str, values: Mapping[str, Value]) -> frozenset[tuple[str, Value]]:
        asked = {"task_id": task_id, **values}
        key = frozenset(asked.items())
        if key not in self._answers:
            self._noted[key] = asked
        return key

    def ask(self) -> bool:
        """Applies the rules to all values noted; whether any rule failed."""
        if self._ruling is None or not self._noted:
            return False
        answers = [usable(answer) for answer in self._ruling(list(self._noted.values()))]
        self._answers.update(zip(self._noted, answers, strict=True))
        self._noted.clear()
        return any(answer.failed is not None for answer in answers)

    def check(self, operation: Operation, values: Mapping[str, Value]) -> str | None:
        """The rule that fails for the values, and why."""
        failed = self.failed[operation.arrival] = self.answer(operation.task_id, values).failed
        return failed

    def answer(self, task_id: str, values: Mapping[str, Value]) -> Ruled:
        """The values of a task after the rules."""
        if self._ruling is None:
            return Ruled(values)
        key = self._note(task_id, values)
        self.ask()
        answer = self._answers[key]
        return answer if answer.failed is None else Ruled(values, failed=answer.failed)


def usable(answer: Ruled) -> Ruled:
    """The answer; if a rule set a value that a task cannot have, that counts as a failure of the rule."""
    if answer.failed is not None:
        return answer
    values = {name: value for name, value in answer.values.items() if name != "task_id" and value is not None}
    fault = fault_of_values(values)
    if fault is None:
        return Ruled(values, answer.set_by)
    rules = ", ".join(f"'{rule}'" for rule in dict.fromkeys(answer.set_by.values()))
    return Ruled(values, failed=f"rule {rules}: {fault}")
