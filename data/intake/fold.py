"""The fold: derives a task from its operations in order; late operations are inserted at their place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from data.intake.operations import EARLY, Operation, OperationKind, Outcome, OutcomeKind, Value
from data.intake.order import Order, in_order, is_older
from data.intake.state import APPLIED, RuleCheck, TaskState, first_state, merged, owner_refuses, step

_EARLY = Outcome(OutcomeKind.EARLY, "no such task yet")
TOO_EARLY = Outcome(OutcomeKind.REFUSED, "no such task came within 24 h")


def no_rules(operation: object, values: object) -> None:
    """The check of rules if there are none: nothing fails."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A task (``None`` while it is unknown), and the outcomes of its operations by arrival."""

    task: TaskState | None
    outcomes: dict[int, Outcome]


def fold(operations: Iterable[Operation], rule: RuleCheck = no_rules, now: datetime | None = None) -> Folded:
    """Folds the operations on one task, in the order of arrival.

    ``now`` decides which operations on an unknown task have waited too long; with ``None`` they keep waiting.
    """
    history = History()
    for operation in sorted(operations, key=lambda o: o.arrival):
        history.add(operation, rule)
    outcomes = history.outcomes
    if history.task is None and now is not None:
        for operation in history.operations:
            if outcomes[operation.arrival] is _EARLY and now - operation.received_at > EARLY:
                outcomes[operation.arrival] = TOO_EARLY
    return Folded(history.task, outcomes)


@dataclass(slots=True)
class History:
    """The operations on one task, to which new arrivals are added.

    ``operations`` are only needed when a late operation arrives; otherwise `task` and `order` suffice.
    """

    task: TaskState | None = None
    order: Order = field(default_factory=Order)
    operations: list[Operation] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """By arrival: the outcomes of the operations added, and of earlier ones whose outcome has changed."""
    _whole: Folded | None = None
    """The fold of all operations, if it is up to date."""

    def add(self, operation: Operation, rule: RuleCheck) -> Outcome:
        """Adds an operation at its place; returns its outcome."""
        if operation.fault is not None:
            outcome = self.outcomes[operation.arrival] = Outcome(OutcomeKind.REFUSED, operation.fault)
            return outcome
        self.operations.append(operation)
        order = self.order.after(operation)
        if order is not None and (self.task is not None or len(self.operations) == 1):
            self.order, self._whole = order, None
            self.task, outcome = _next(self.task, operation, rule)
        else:
            outcome = self._put_in_place(operation, rule, late=order is None)
        self.outcomes[operation.arrival] = outcome
        return outcome

    def _put_in_place(self, operation: Operation, rule: RuleCheck, *, late: bool) -> Outcome:
        before = self._whole or folded_whole(self.operations[:-1], rule)
        after = self._whole = folded_whole(self.operations, rule)
        self.order = order_of(self.operations)
        for arrival, outcome in before.outcomes.items():
            if after.outcomes[arrival] != outcome:
                self.outcomes[arrival] = after.outcomes[arrival]
        outcome = after.outcomes[operation.arrival]
        taken = outcome.kind in (OutcomeKind.APPLIED, OutcomeKind.DUPLICATE)
        if late and taken and after.task == before.task:
            outcome = Outcome(OutcomeKind.STALE, "it came late and changes nothing")
        self.task = after.task
        return outcome


def _next(task: TaskState | None, operation: Operation, rule: RuleCheck) -> tuple[TaskState | None, Outcome]:
    """Applies an operation that comes after all others."""
    if task is not None:
        return step(task, operation, rule)
    return first_state(operation, operation, rule, {}) if operation.kind is OperationKind.CREATE else (None, _EARLY)


def order_of(operations: Sequence[Operation]) -> Order:
    """The :class:`Order` after all operations."""
    order = Order()
    for operation in in_order(operations):
        order = order.after(operation) or order
    return order


def folded_whole(operations: Sequence[Operation], rule: RuleCheck) -> Folded:
    """Folds all operations of a task in their order.

    The task belongs to the source whose create arrived first. Operations before the create, and not too early, are
    applied after it; but the values of an update that says itself that it is older give way to those of the create.
    """
    task: TaskState | None = None
    outcomes: dict[int, Outcome] = {}
    for operation, after, outcome in steps_of(operations, rule):
        task, outcomes[operation.arrival] = after, outcome
    return Folded(task, outcomes)


def steps_of(operations: Sequence[Operation], rule: RuleCheck) -> Iterator[tuple[Operation, TaskState | None, Outcome]]:
    """The operations on a task as they count one after another: each with the task after it, and its outcome."""
    creates = [operation for operation in operations if operation.kind is OperationKind.CREATE]
    if not creates:
        yield from ((operation, None, _EARLY) for operation in operations)
        return
    created = min(creates, key=lambda operation: operation.arrival)
    task: TaskState | None = None
    waiting: list[Operation] = []
    for operation in in_order(operations):
        refusal = owner_refuses(operation, created.source, created.shared) or _too_early(operation, created)
        if refusal is not None:
            yield operation, task, refusal
        elif task is not None:
            task, outcome = step(task, operation, rule)
            yield operation, task, outcome
        elif operation.kind is not OperationKind.CREATE:
            waiting.append(operation)
        else:
            older = [waited for waited in waiting if _gives_way(waited, operation)]
            under: Mapping[str, Value] = {}
            for waited in older:
                under = merged(under, waited.values)
            task, outcome = first_state(operation, created, rule, under)
            yield operation, task, outcome
            for waited in waiting:
                if waited in older:
                    yield waited, task, _outcome_under(waited, operation)
                    continue
                task, outcome = step(task, waited, rule)
                yield waited, task, outcome


def _gives_way(waited: Operation, create: Operation) -> bool:
    return waited.kind is OperationKind.UPDATE and is_older(waited, create)


def _outcome_under(update: Operation, create: Operation) -> Outcome:
    """The outcome of an update that is older than the create: it counts where the create says nothing."""
    counts = any(value is not None and name not in create.values for name, value in update.values.items())
    return APPLIED if counts else Outcome(OutcomeKind.STALE, "it is older than the create and changes nothing")


def _too_early(operation: Operation, created: Operation) -> Outcome | None:
    """The refusal of an operation that had already waited too long when the create arrived."""
    waited = operation.arrival < created.arrival and created.received_at - operation.received_at > EARLY
    return TOO_EARLY if waited else None
