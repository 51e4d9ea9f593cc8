"""Conflicts among edits, found before any solving and reported as minimal sets.

Two edits contradict each other if they say different things about the same subject. All other conflicts are about pins:
whether an agent can do all pinned tasks, under the rules and the other edits. This is decided exactly for one agent and
the tasks concerned, which is fast. A deletion filter then removes edits one by one from an infeasible set and keeps
those without which it is feasible (Chinneck, Feasibility and Infeasibility in Optimization, 2008, section 6.1).
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from data import Build, Snapshot, build_problem
from models import Code, Message, Terms, starts_in_time
from scheduler.edits.apply import apply_edits
from scheduler.edits.carry import lapses
from scheduler.edits.edit import Edit, EditError


def refuse_conflicts(snapshot: Snapshot, terms: Terms, edits: Iterable[Edit]) -> None:
    """Raises when edits contradict each other or pins cannot be kept.

    Raises:
        EditError: names the edits of every conflict, as a minimal set, and the reason.
    """
    edits = list(edits)
    found = [*_contradictions(edits)]
    if not found:
        found = [_together(core, why) for core, why in _impossible_pins(snapshot, terms, edits)]
    if found:
        raise EditError("\n".join(found))


def _contradictions(edits: list[Edit]) -> Iterable[str]:
    """Two edits that say different things of the same; a task both pinned and put out of the plan."""
    said: dict[tuple[str, ...], Edit] = {}
    for edit in edits:
        first = said.setdefault(edit.subject(), edit)
        if first.says() != edit.says():
            yield _together([first, edit], Message(Code.CONTRADICTION))
    for pin in (edit for edit in edits if edit.kind == "pin"):
        stop = said.get(("status", pin.task))
        if stop is not None and stop.kind in ("hold", "cancel"):
            yield _together([pin, stop], Message(Code.PINNED_AND_STOPPED))


def _together(edits: list[Edit], why: Message) -> str:
    listed = " and ".join(f"'{edit}'" + (" (from the earlier run)" if edit.carried else "") for edit in edits)
    if len(edits) == 1:
        return f"{listed} cannot hold: {why}"
    number = {2: "these two", 3: "these three"}.get(len(edits), f"these {len(edits)}")
    return f"{number} cannot hold together: {listed}; {why}"


def without_unfit(snapshot: Snapshot, terms: Terms, edits: Iterable[Edit]) -> tuple[list[Edit], list[Message]]:
    """The edits without carried pins that no longer fit, and a note for each; of some that do not, the last goes.

    If several pins conflict, the last is dropped. Only pins in conflict with other carried edits are dropped: a
    conflict with a new edit is refused.
    """
    left, notes = list(edits), []
    while unfit := _unfit(snapshot, terms, left):
        pin, why = unfit
        left.remove(pin)
        notes.append(lapses(pin, why))
    return left, notes


def _unfit(snapshot: Snapshot, terms: Terms, edits: list[Edit]) -> tuple[Edit, Message] | None:
    new_first = sorted(edits, key=lambda edit: edit.carried)  # so that a minimal set has none that it can do without
    for core, why in _impossible_pins(snapshot, terms, new_first):
        if all(edit.carried for edit in core):
            return [edit for edit in core if edit.kind == "pin"][-1], why
    return None


def _impossible_pins(snapshot: Snapshot, terms: Terms, edits: list[Edit]) -> Iterable[tuple[list[Edit], Message]]:
    """The minimal sets of edits because of which agents cannot do what is pinned to them, and why."""
    for agent in dict.fromkeys(edit.agent for edit in edits if edit.kind == "pin"):
        tasks = {edit.task for edit in edits if edit.kind == "pin" and edit.agent == agent}
        concerned = [e for e in edits if e.task in tasks or e.agent == agent or _adds(e, tasks) or _frees(e)]
        oracle = _Oracle(snapshot, terms, agent)
        why = oracle.fault(concerned)
        while why:
            core = _minimal(oracle, concerned)
            yield core, oracle.fault(core) or why
            pins = [edit for edit in core if edit.kind == "pin"]
            concerned = [edit for edit in concerned if edit not in pins]
            why = oracle.fault(concerned)


def _adds(edit: Edit, tasks: set[str]) -> bool:
    return any(row["task_id"] in tasks for row in edit.rows)


def _frees(edit: Edit) -> bool:
    """Whether it may take begun work away from somebody."""
    return edit.kind in ("hold", "cancel", "agent_out")


def _minimal(oracle: "_Oracle", edits: list[Edit]) -> list[Edit]:
    """A set of edits that cannot hold, every one of which is needed for that."""
    core = list(edits)
    for edit in edits:
        without = [other for other in core if other is not edit]
        # an edit that pins or adds a task which others need is never a reason of its own
        if oracle.fault(without):
            core = without
    return core


class _Oracle:
    """Whether one agent can do what edits pin to it; looks at nobody else."""

    def __init__(self, snapshot: Snapshot, terms: Terms, agent: str) -> None:
        self._snapshot, self._terms, self._agent = snapshot, terms, agent

    def fault(self, edits: list[Edit]) -> Message | None:
        """Why the agent cannot; ``None`` when it can."""
        pinned = [edit.task for edit in edits if edit.kind == "pin"]
        if not pinned:
            return None
        edited = apply_edits(_only(self._snapshot, self._agent, {e.task for e in edits}), self._terms, edits)
        there = set(edited.snapshot.tasks["task_id"])
        if any(task not in there for task in pinned):  # the edit that adds it has been left out: no reason
            return None
        build = build_problem(_only(edited.snapshot, self._agent, set(pinned)), edited.terms)
        return self._fault_of_each(build, pinned) or self._fault_of_all(build, pinned)

    def _fault_of_each(self, build: Build, pinned: list[str]) -> Message | None:
        problem = build.problem
        for task in pinned:
            row = build.tasks.row(by_predicate=pl.col("task_id") == task, named=True)
            i = row["index"]
            if i is None:
                return Message(Code.TASK_STATUS, task=task, status=row["status"])
            if row["status"] == "in_progress" and row["agent_id"] != self._agent and row["agent_id"] is not None:
                return Message(Code.BEGUN_BY, task=task, agent=row["agent_id"])
            if problem.pinned_agent[i] >= 0 or problem.stuck[i]:
                continue
            if not problem.skilled([i], [0])[0]:
                return Message(Code.LACKS_SKILL, agent=self._agent, skills=row["skills"])
            if problem.excluded([i], [0])[0]:
                return Message(Code.EXCLUDED_FROM, agent=self._agent, task=task)
            if starts_in_time(problem, 0, np.array([i])) is None:
                return Message(Code.NO_TIME_FOR, agent=self._agent, task=task)
        return None

    def _fault_of_all(self, build: Build, pinned: list[str]) -> Message | None:
        index = dict(build.tasks.select("task_id", "index").iter_rows())
        problem = build.problem
        free = np.array([index[task] for task in pinned if problem.free[index[task]]], np.int64)
        if problem.pinned_count[0] + len(free) > max(problem.max_tasks[0], problem.pinned_count[0]):
            limit, begun = int(problem.max_tasks[0]), int(problem.pinned_count[0])
            return Message(Code.TOO_MANY, agent=self._agent, n=limit, begun=begun)
        if starts_in_time(problem, 0, free) is None:
            return Message(Code.NO_TIME_FOR_ALL, agent=self._agent)
        return None


def _only(snapshot: Snapshot, agent: str, tasks: set[str]) -> Snapshot:
    """The snapshot of one agent, with some tasks and what the agent has begun."""
    own = pl.col("agent_id") == agent
    begun = own & (pl.col("status") == "in_progress")
    return replace(
        snapshot,
        tasks=snapshot.tasks.filter(pl.col("task_id").is_in(tasks) | begun),
        agents=snapshot.agents.filter(own),
        agent_skills=snapshot.agent_skills.filter(own),
        shifts=snapshot.shifts.filter(own),
        pairs=snapshot.pairs.filter(own & pl.col("task_id").is_in(tasks)),
    )
