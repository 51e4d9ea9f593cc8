"""Everything an audit derives from the snapshot before it looks at a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from data import Snapshot
from models import CheckError
from scheduler.audit.aside import with_exclusions, with_taken_time
from scheduler.audit.calendars import calendar_tables
from scheduler.audit.clocks import Clocks, build_clocks
from scheduler.audit.edits import Edits, boosted
from scheduler.audit.exact import Bools, Floats, Ints, ceilings
from scheduler.audit.pairs import Pairs, build_pairs, reserved_for
from scheduler.audit.payoffs import Payoffs
from scheduler.audit.policy import Numbers, read_numbers
from scheduler.audit.skills import Kinds, build_kinds
from scheduler.audit.span import Span, span_of
from scheduler.audit.tasks import Tasks, index_in, resolve_tasks

NO_LIMIT = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Agents:
    """The agents' ids, costs per hour and ``max_tasks`` (:data:`NO_LIMIT` without one)."""

    ids: pl.Series
    cost: Floats
    max_tasks: Ints


@dataclass(frozen=True)
class Pins:
    """The work in progress and what H7 makes of it, and the frozen work behind it (E2).

    Per task: ``agent`` (-1: not pinned), ``length`` in grains, ``start`` on the agent's clock (-1: does not
    fit), whether it is ``frozen``. Per agent: ``load``, where all this ends on the clock, and ``count`` of it.
    """

    agent: Ints
    length: Ints
    start: Ints
    frozen: Bools
    load: Ints
    count: Ints


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A snapshot as the rules need it; every id is an index into ``tasks.ids`` or ``agents.ids``.

    ``fixed`` is the agent each task is pinned to by an edit (E1), -1 without one; work in progress is not.
    """

    span: Span
    numbers: Numbers
    tasks: Tasks
    agents: Agents
    clocks: Clocks
    kinds: Kinds
    pairs: Pairs
    payoffs: Payoffs
    pins: Pins
    fixed: Ints

    def grains(self, task: Ints, agent: Ints, efficiency: Floats) -> Ints:
        """The grains of its agent's clock that each task takes; the minutes of a pair replace the computed ones."""
        return _grains(self.tasks, self.pairs, self.span, task, agent, efficiency)


def reading_of(run: Mapping[str, Any]) -> dict[str, Any]:
    """How the snapshot of a run is read to check it: what was planned, however much of it was set aside.

    Raises:
        CheckError: the calendars in ``run.json`` are no tables.
    """
    return {
        "as_of": run.get("as_of"),
        "horizon": run.get("horizon_end"),
        "max_reject_share": 1,
        "allow_empty": True,
        "calendars": calendar_tables(run),
        "defaults": {"timezone": run.get("timezone", "UTC")},
    }


def derive(snapshot: Snapshot, run: dict[str, Any], edits: Edits | None = None) -> Facts:
    """The facts of an edited snapshot, for the moment, horizon and policy of the run.

    Raises:
        CheckError: ``run.json`` does not say which.
    """
    edits = edits or Edits()
    numbers = boosted(read_numbers(run.get("policy", {})), edits)
    span = span_of(run, numbers.grain_s)
    table = snapshot.agents
    agents = Agents(
        ids=table["agent_id"],
        cost=table["cost_per_hour"].to_numpy(),
        max_tasks=table["max_tasks"].fill_null(NO_LIMIT).to_numpy(),
    )
    tasks = resolve_tasks(snapshot.tasks, snapshot.processes, agents.ids, span, numbers, calendar_tables(run))
    clocks = build_clocks(with_taken_time(snapshot.shifts, snapshot.set_aside["shifts"], agents.ids, span), table, span)
    kinds = build_kinds(tasks.texts, snapshot.agent_skills, agents.ids)
    pairs = build_pairs(with_exclusions(snapshot.pairs, snapshot.set_aside["pairs"]), tasks.ids, agents.ids)
    pins = _pins(tasks, clocks, kinds, pairs, span)
    fixed = np.where(pins.agent < 0, _fixed(tasks, agents, edits), -1)
    pairs = reserved_for(pairs, fixed)
    return Facts(
        span=span,
        numbers=numbers,
        tasks=tasks,
        agents=agents,
        clocks=clocks,
        kinds=kinds,
        pairs=pairs,
        payoffs=Payoffs(tasks, numbers),
        pins=_freeze(pins, edits.frozen, tasks, agents, clocks, kinds, pairs, span),
        fixed=fixed,
    )


def _fixed(tasks: Tasks, agents: Agents, edits: Edits) -> Ints:
    """The agent each plannable task is pinned to."""
    named = pl.Series([edits.pins.get(name) for name in tasks.ids], dtype=pl.String)
    return np.where(tasks.plannable, index_in(named, agents.ids), -1)


def _freeze(
    pins: Pins,
    frozen: Sequence[tuple[str, str]],
    tasks: Tasks,
    agents: Agents,
    clocks: Clocks,
    kinds: Kinds,
    pairs: Pairs,
    span: Span,
) -> Pins:
    """E2: frozen work goes behind what is in progress, in the order named, no part of it before its ``not_before``."""
    task, agent = (
        index_in(pl.Series([pair[n] for pair in frozen], dtype=pl.String), ids)
        for n, ids in enumerate((tasks.ids, agents.ids))
    )
    if (task < 0).any() or (agent < 0).any() or (pins.agent[task] >= 0).any() or not tasks.plannable[task].all():
        raise CheckError("edits.json: frozen work that is unknown, in progress or not to be planned")
    efficiency = kinds.efficiencies(tasks.kind[task], agent)
    lengths = _grains(tasks, pairs, span, task, agent, np.where(np.isnan(efficiency), 1.0, efficiency))
    released = clocks.capacity(agent, tasks.since[task])
    owner, length, start = pins.agent.copy(), pins.length.copy(), pins.start.copy()
    load, count, mask = pins.load.copy(), pins.count.copy(), pins.frozen.copy()
    for i, a, grains, earliest in zip(task, agent, lengths, released, strict=True):
        owner[i], length[i], mask[i], start[i] = a, grains, True, max(load[a], earliest)
        load[a] = start[i] + grains
        count[a] += 1
    return Pins(agent=owner, length=length, start=start, frozen=mask, load=load, count=count)


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
        frozen=np.zeros(len(tasks.ids), bool),
        load=load,
        count=count,
    )


def _spread(task: Ints, values: Ints, tasks: int) -> Ints:
    """Values of some tasks as one per task, -1 elsewhere."""
    spread = np.full(tasks, -1)
    spread[task] = values
    return spread
