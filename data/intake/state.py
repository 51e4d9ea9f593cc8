"""The state of a task, and the effect of one operation on it (docs/intake.md, table of operations)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from data.intake.operations import Operation, OperationKind, Outcome, OutcomeKind, Value

RuleCheck = Callable[[Operation, Mapping[str, Value]], str | None]
"""Which rule fails for the values of a task after an operation, and why; ``None`` if none fails."""

FINAL = frozenset({"completed", "canceled", "rejected"})
TAKEN = frozenset({"assigned", "in_progress"})
WAITING = frozenset({"new", "captured", "queued"})

APPLIED = Outcome(OutcomeKind.APPLIED)
SAME_CONTENT = Outcome(OutcomeKind.DUPLICATE, "the same content")


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskState:
    """A task as its operations leave it.

    ``stage`` is its status apart from holds: queued, assigned, in_progress or final. ``error`` is why it is held for an
    error. ``values`` are those received, before any rule. ``stated`` is the last status that a source stated, and
    ``stated_agent`` who has the task by it. ``shared`` allows operations of sources other than the one that created it.
    """

    task_id: str
    source: str
    capture_id: str
    values: Mapping[str, Value]
    stage: str = "queued"
    held: bool = False
    error: str | None = None
    agent_id: str | None = None
    stated: str = "queued"
    stated_agent: str | None = None
    shared: bool = False

    @property
    def status(self) -> str:
        """The status in the contract's terms."""
        if self.stage in FINAL:
            return self.stage
        if self.held:
            return "held"
        return self.stage if self.error is None else "errorheld"

    @property
    def final(self) -> bool:
        """Whether the task is closed."""
        return self.stage in FINAL

    @property
    def holder(self) -> str | None:
        """The agent who has it now."""
        return self.agent_id if self.stage in TAKEN else None


def owner_refuses(operation: Operation, source: str, shared: bool) -> Outcome | None:
    """The refusal of an operation by a source that does not own the task; ``None`` if it is allowed."""
    if operation.person or operation.source == source or shared or operation.shared:
        return None
    return _refused(f"the task belongs to source {source}; set shared = true if sources share their tasks")


def first_state(
    operation: Operation, created: Operation, rule: RuleCheck, under: Mapping[str, Value]
) -> tuple[TaskState, Outcome]:
    """The task that a create makes; it belongs to the source whose create arrived first.

    ``under`` are older values: those of columns that the create does not name stay.
    """
    values = merged(under, operation.values)
    state = TaskState(
        task_id=operation.task_id,
        source=created.source,
        capture_id=operation.capture_id or operation.task_id,
        values=values,
        error=rule(operation, values),
        shared=created.shared,
    )
    return _led(state, operation, rule)


def step(state: TaskState, operation: Operation, rule: RuleCheck) -> tuple[TaskState, Outcome]:
    """The task after one more operation, and the outcome of the operation."""
    refusal = owner_refuses(operation, state.source, state.shared)
    if refusal is not None:
        return state, refusal
    match operation.kind:
        case OperationKind.CREATE | OperationKind.UPDATE:
            return _take(state, operation, rule)
        case OperationKind.RESTART:
            after, outcome = _restart(state, operation, rule)
        case _:
            after, outcome = _ACTS[operation.kind](state, operation)
    if outcome.kind is OutcomeKind.APPLIED and not operation.person:
        after = replace(after, stated=after.status, stated_agent=after.holder)
    return after, outcome


def _take(state: TaskState, operation: Operation, rule: RuleCheck) -> tuple[TaskState, Outcome]:
    """The task with the values of a row, then with the status that the row states."""
    values = merged(state.values, operation.values)
    same, still = values == state.values, _states_nothing_new(state, operation)
    if same and still and (operation.kind is OperationKind.CREATE or state.final):
        return state, SAME_CONTENT
    if state.final:
        if still or operation.status not in WAITING:
            return state, _refused(f"the task is {state.status}")
        after, outcome = _restart(replace(state, values=values), operation, rule)
        return (state, outcome) if outcome.kind is OutcomeKind.REFUSED else (_stated(after, operation), outcome)
    failed = rule(operation, values)
    state = replace(state, values=values, error=failed if failed is not None else state.error)
    return _led(state, operation, rule)


def merged(before: Mapping[str, Value], brought: Mapping[str, Value]) -> dict[str, Value]:
    """The values after an operation brought some; ``None`` clears its column."""
    return {name: value for name, value in {**before, **brought}.items() if value is not None}


def _states_nothing_new(state: TaskState, operation: Operation) -> bool:
    """Whether a row leaves the status unchanged: it has none, repeats its source's last, or states the present one.

    Work that is said to be with somebody else is news.
    """
    stated, agent = _plain(operation.status), operation.agent_id
    if stated is None:
        return True
    if stated not in TAKEN or agent is None:
        return stated in (state.stated, state.status)
    return (stated, agent) in ((state.stated, state.stated_agent), (state.status, state.agent_id))


def _plain(status: str | None) -> str | None:
    return "queued" if status in WAITING else status


def _led(state: TaskState, operation: Operation, rule: RuleCheck) -> tuple[TaskState, Outcome]:
    """The task in the status that a row states; if that is not allowed, the reason."""
    if operation.status is None or _states_nothing_new(state, operation):
        return _stated(state, operation), APPLIED
    after, outcome = _lead(state, operation, _plain(operation.status) or "", rule)
    if outcome.kind is OutcomeKind.REFUSED:
        outcome = Outcome(OutcomeKind.APPLIED, f"but not the status '{operation.status}': {outcome.reason}")
    return _stated(after, operation), outcome


def _stated(state: TaskState, operation: Operation) -> TaskState:
    stated = None if operation.person else _plain(operation.status)
    agent = operation.agent_id if stated in TAKEN else None
    if stated is None or (stated, agent) == (state.stated, state.stated_agent):
        return state
    return replace(state, stated=stated, stated_agent=agent)


def _lead(state: TaskState, operation: Operation, status: str, rule: RuleCheck) -> tuple[TaskState, Outcome]:
    match status:
        case "queued" if state.held:
            return _resume(state, operation)
        case "queued":
            return _restart(state, operation, rule)
        case "held":
            return _hold(state, operation)
        case "errorheld":
            return replace(state, error=f"source {operation.source} says so"), APPLIED
        case "assigned":
            return _assign(state, operation)
        case "in_progress":
            return _start(state, operation, replaces=_is_owner(state, operation))
        case "completed" | "canceled" | "rejected":
            return _end(state, status)
        case _:
            return state, _refused("there is no such status")


def _hold(state: TaskState, operation: Operation) -> tuple[TaskState, Outcome]:
    if state.final:
        return state, _refused(f"the task is {state.status}")
    if state.held:
        return state, Outcome(OutcomeKind.DUPLICATE, "it is held already")
    return replace(state, held=True), APPLIED


def _resume(state: TaskState, operation: Operation) -> tuple[TaskState, Outcome]:
    if state.final or (not state.held and state.error is None):
        return state, _refused(f"the task is {state.status}, not held")
    return (replace(state, held=False) if state.held else replace(state, error=None)), APPLIED


def _restart(state: TaskState, operation: Operation, rule: RuleCheck) -> tuple[TaskState, Outcome]:
    if state.final and not operation.reopen:
        reason = f"the task is {state.status}; set reopen = true for the source where final tasks may be restarted"
        return state, _refused(reason)
    return replace(state, stage="queued", held=False, error=rule(operation, state.values), agent_id=None), APPLIED


def _cancel(state: TaskState, operation: Operation) -> tuple[TaskState, Outcome]:
    return _end(state, "canceled")


def _complete(state: TaskState, operation: Operation) -> tuple[TaskState, Outcome]:
    return _end(state, "completed")


def _end(state: TaskState, status: str) -> tuple[TaskState, Outcome]:
    if state.stage == status:
        return state, Outcome(OutcomeKind.DUPLICATE, f"it is {status} already")
    if state.final:
        return state, _refused(f"the task is {state.status}")
    return replace(state, stage=status, held=False, error=None), APPLIED


def _assign(state: TaskState, operation: Operation) -> tuple[TaskState, Outcome]:
    return _give(state, operation, "assigned", replaces=_is_owner(state, operation))


def _start(state: TaskState, operation: Operation, *, replaces: bool = False) -> tuple[TaskState, Outcome]:
    return _give(state, operation, "in_progress", replaces=replaces, meant=state.holder)


def _is_owner(state: TaskState, operation: Operation) -> bool:
    return operation.source == state.source and not operation.person


def _give(
    state: TaskState, operation: Operation, stage: str, *, replaces: bool, meant: str | None = None
) -> tuple[TaskState, Outcome]:
    """The task, given to the agent of the operation, else to the one who is ``meant``, unless somebody else has it."""
    agent = operation.agent_id or meant
    if state.status not in ("queued", *TAKEN):
        return state, _refused(f"the task is {state.status}")
    if agent is None:
        return state, _refused("agent_id is missing: who is to have it?")
    if state.holder not in (None, agent) and not replaces:
        return state, _refused(f"{state.holder} has it")
    if (state.stage, state.holder) == (stage, agent):
        return state, Outcome(OutcomeKind.DUPLICATE, f"it is {stage.replace('_', ' ')} by {agent} already")
    return replace(state, stage=stage, agent_id=agent), APPLIED


def _refused(reason: str) -> Outcome:
    return Outcome(OutcomeKind.REFUSED, reason)


_ACTS: Mapping[OperationKind, Callable[[TaskState, Operation], tuple[TaskState, Outcome]]] = {
    OperationKind.HOLD: _hold,
    OperationKind.RESUME: _resume,
    OperationKind.CANCEL: _cancel,
    OperationKind.COMPLETE: _complete,
    OperationKind.ASSIGN: _assign,
    OperationKind.START: _start,
}
