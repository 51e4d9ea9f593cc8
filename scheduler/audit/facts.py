"""Everything an audit derives from the snapshot before it looks at a plan."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from data import Snapshot
from scheduler.audit.clocks import Clocks, build_clocks
from scheduler.audit.exact import Floats, Ints, ceilings
from scheduler.audit.pairs import Pairs, build_pairs
from scheduler.audit.payoffs import Payoffs
from scheduler.audit.policy import Numbers, read_numbers
from scheduler.audit.skills import Kinds, build_kinds
from scheduler.audit.span import Span, span_of
from scheduler.audit.tasks import Tasks, resolve_tasks

NO_LIMIT = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Agents:
    """The agents' ids, costs per hour and ``max_tasks`` (:data:`NO_LIMIT` without one)."""

    ids: pl.Series
    cost: Floats
    max_tasks: Ints


@dataclass(frozen=True)
class Pins:
    """The work in progress and what H7 makes of it.

    Per task: ``agent`` (-1: not pinned), ``length`` in grains, ``start`` on the agent's clock (-1: does not
    fit). Per agent: ``load`` in grains and ``count`` of what is planned.
    """

    agent: Ints
    length: Ints
    start: Ints
    load: Ints
    count: Ints


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A snapshot as the rules see it, every id an index into ``tasks.ids`` or ``agents.ids``."""

    span: Span
    numbers: Numbers
    tasks: Tasks
    agents: Agents
    clocks: Clocks
    kinds: Kinds
    pairs: Pairs
    payoffs: Payoffs
    pins: Pins

    def grains(self, task: Ints, agent: Ints, efficiency: Floats) -> Ints:
        """What each task takes of its agent's clock; the minutes of a pair replace the computed ones."""
        return _grains(self.tasks, self.pairs, self.span, task, agent, efficiency)


def derive(snapshot: Snapshot, run: dict[str, Any]) -> Facts:
    """The facts of a snapshot, at the moment, horizon and policy of the run.

    Raises:
        CheckError: ``run.json`` does not say which.
    """
    numbers = read_numbers(run.get("policy", {}))
    span = span_of(run, numbers.grain_s)
    table = snapshot.agents
    agents = Agents(
        ids=table["agent_id"],
        cost=table["cost_per_hour"].to_numpy(),
        max_tasks=table["max_tasks"].fill_null(NO_LIMIT).to_numpy(),
    )
    tasks = resolve_tasks(snapshot.tasks, snapshot.processes, agents.ids, span, numbers)
    clocks = build_clocks(snapshot.shifts, table, span)
    kinds = build_kinds(tasks.texts, snapshot.agent_skills, agents.ids)
    pairs = build_pairs(snapshot.pairs, tasks.ids, agents.ids)
    return Facts(
        span=span,
        numbers=numbers,
        tasks=tasks,
        agents=agents,
        clocks=clocks,
        kinds=kinds,
        pairs=pairs,
        payoffs=Payoffs(tasks, numbers),
        pins=_pins(tasks, clocks, kinds, pairs, span),
    )


def _grains(tasks: Tasks, pairs: Pairs, span: Span, task: Ints, agent: Ints, efficiency: Floats) -> Ints:
    given = pairs.minutes_of(task, agent)
    own = np.isnan(given)
    return ceilings(np.where(own, tasks.minutes[task], given), np.where(own, efficiency, 1.0), span.grain_s)


def _pins(tasks: Tasks, clocks: Clocks, kinds: Kinds, pairs: Pairs, span: Span) -> Pins:
    """H7: taken by (due_at, task_id), each that still fits its agent's clock goes behind the last."""
    task = np.flatnonzero(tasks.in_progress & (tasks.agent >= 0))
    order = pl.DataFrame({"task": task, "due": tasks.due_at[task], "id": tasks.ids.gather(task)}).sort("due", "id")
    task = order["task"].to_numpy()
    agent = tasks.agent[task]
    efficiency = np.ones(len(task))
    for kind in np.unique(tasks.kind[task]):
        of_kind = tasks.kind[task] == kind
        efficiency[of_kind] = kinds.lenient(int(kind))[agent[of_kind]]
    length = _grains(tasks, pairs, span, task, agent, efficiency)
    room = clocks.horizons()[1]
    load, count = np.zeros_like(room), np.zeros_like(room)
    start = np.full(len(task), -1)
    for at, (a, grains) in enumerate(zip(agent.tolist(), length.tolist(), strict=True)):
        if load[a] + grains <= room[a]:
            start[at] = load[a]
            load[a] += grains
            count[a] += 1
    return Pins(
        agent=_spread(task, agent, len(tasks.ids)),
        length=_spread(task, length, len(tasks.ids)),
        start=_spread(task, start, len(tasks.ids)),
        load=load,
        count=count,
    )


def _spread(task: Ints, values: Ints, tasks: int) -> Ints:
    """Values of some tasks as one per task, -1 elsewhere."""
    spread = np.full(tasks, -1)
    spread[task] = values
    return spread
