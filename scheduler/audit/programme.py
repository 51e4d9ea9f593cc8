"""Recomputes the bound of task prices: what each agent alone could earn above them, by dynamic programming.

Let task i have the price u_i >= 0 for being done, and let V_a be the most that agent a alone can earn with gains of
g(i,s,a) - u_i - tau_a, tau_a being its price per task. Then no plan is worth more than

    constant + sum_i u_i + sum_a V_a + sum_a tau_a M_a.

Proof. In a legal plan agent a does some tasks, each in one possible step; by every deadline t those promised by t fill
at most C_a(t), as they lie one behind the other after the pinned work. So what they gain above u and tau is at most
V_a, if V_a is the most over all sets of pairs (i, s) that keep that. No task is done twice, so together they pay at
most the sum of all u_i; at most M_a tasks pay tau_a. The sets of V_a may hold a task in both of its steps, and nothing
is asked of releases: V_a is only larger for it.

V_a: with the pairs in the order of their deadlines, f(w) is the most that a set of those so far can earn which is done
by w on the clock behind pinned work. A further pair, p grains long and due by d, makes max(f(w), f(w - p) + margin) of
f(w) for w <= d (Lawler and Moore 1969).
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from models import CheckError
from scheduler.audit.exact import Floats, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.loops import compiled
from scheduler.audit.market import NO_STEP, most_of, steps_of, too_fine
from scheduler.audit.sweep import SCALE
from scheduler.audit.tasks import index_in
from scheduler.audit.worth import payoffs_of

_LIMIT = 1 << 60
_ROWS = 1 << 21  # of pairs at once
_COLUMNS = ("task_id", "price")


def read_task_prices(table: pl.DataFrame, facts: Facts) -> Ints:
    """The price of each task; a task without a row has price 0.

    Raises:
        CheckError: a column is missing, or prices are of an unknown task, twice, missing or negative.
    """
    missing = [c for c in _COLUMNS if c not in table.columns]
    if missing:
        raise CheckError(f"certificate_tasks: {', '.join(missing)} missing")
    ids, price = table["task_id"].cast(pl.String), table["price"].cast(pl.Int64)
    task = index_in(ids, facts.tasks.ids)
    for wrong, message in (
        (task < 0, "is not a task of the snapshot"),
        (ids.is_duplicated().to_numpy(), "has two prices"),
        (price.is_null().to_numpy(), "has a missing number"),
        ((price < 0).fill_null(value=False).to_numpy(), "has a negative price"),
        ((price >= _LIMIT).fill_null(value=False).to_numpy(), "has a price too large to be added up"),
    ):
        rows = np.flatnonzero(wrong)
        if rows.size:
            raise CheckError(f"certificate_tasks: {ids[int(rows[0])]} {message}")
    asked = np.zeros(len(facts.tasks.ids), np.int64)
    asked[task] = price.to_numpy()
    return asked


def earned_alone(facts: Facts, free: Ints, asked: Ints, per_task: Ints) -> int:
    """The sum of V_a over all agents, in units of 1 / :data:`SCALE` hundredths.

    Raises:
        CheckError: a number has too many digits for 64-bit integers.
    """
    if most_of(per_task) >= _LIMIT:
        raise too_fine("prices of the certificate")
    total = 0
    for task, agent, efficiency in _pairs(facts, free):
        rows = [_earning(facts, task, agent, efficiency, asked, per_task, late) for late in (False, True)]
        agent, grains, due, margin = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        if np.bincount(agent, weights=margin, minlength=1).max() >= _LIMIT:
            raise too_fine("payoffs")
        order = np.lexsort((due, agent))
        total += sum(_best_sets(agent[order], grains[order], due[order], margin[order]).tolist())
    return total


def _pairs(facts: Facts, free: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """The tasks that agents have the skills for, with their efficiency; all of an agent at once."""
    kinds, task = facts.kinds, free[np.argsort(facts.tasks.kind[free], kind="stable")]
    first = np.searchsorted(facts.tasks.kind[task], np.arange(len(kinds.texts) + 1))
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))
    entry = np.argsort(kinds.agent, kind="stable")
    entry = entry[(facts.agents.max_tasks > facts.pins.count)[kinds.agent[entry]]]
    count = np.diff(first)[kind[entry]]
    begun = np.cumsum(count) - count
    block = begun[np.searchsorted(kinds.agent[entry], kinds.agent[entry])] // _ROWS
    for low, high in _runs(block):
        here, many = entry[low:high], count[low:high]
        offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        which = np.repeat(first[kind[here]], many) + offset
        yield task[which], np.repeat(kinds.agent[here], many), np.repeat(kinds.efficiency[here], many)


def _runs(values: Ints) -> Iterator[tuple[int, int]]:
    cuts = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return ((low, high) for low, high in pairwise(cuts) if high > low)


def _earning(
    facts: Facts, task: Ints, agent: Ints, efficiency: Floats, asked: Ints, per_task: Ints, late: bool
) -> tuple[Ints, Ints, Ints, Ints]:
    """Agent, grains, deadline behind pinned work and margin of the possible pairs of a step that earn anything."""
    steps = steps_of(facts, task)
    deadline = steps.late if late else steps.on_time
    grains = np.minimum(facts.grains(task, agent, efficiency), facts.span.grains + 1)
    load = facts.pins.load[agent]
    finish = grains + np.maximum(load, facts.clocks.capacity(agent, facts.tasks.since[task]))
    due = facts.clocks.capacity(agent, np.maximum(deadline, 0))
    rows = np.flatnonzero((deadline != NO_STEP) & (finish <= due) & facts.pairs.allows(task, agent))
    task, agent, grains, due = task[rows], agent[rows], grains[rows], (due - load)[rows]
    gain = payoffs_of(facts, task, agent, np.full(len(task), late), grains) - facts.payoffs.unplanned()[task]
    if most_of(gain) * SCALE >= _LIMIT:
        raise too_fine("payoffs")
    margin = gain * SCALE - asked[task] - per_task[agent]
    earns = margin > 0
    return agent[earns], grains[earns], due[earns], margin[earns]


def _best_sets_py(agent: Ints, grains: Ints, due: Ints, margin: Ints) -> Ints:
    most = np.zeros(due.max() + 1 if due.size else 1, np.int64)
    earned = np.zeros(agent.max() + 1 if agent.size else 1, np.int64)
    known = 0
    for k in range(agent.size):
        if k == 0 or agent[k] != agent[k - 1]:
            most[0] = 0
            known = 0
        for w in range(known + 1, due[k] + 1):
            most[w] = most[known]
        known = due[k]
        for w in range(due[k], grains[k] - 1, -1):
            most[w] = max(most[w], most[w - grains[k]] + margin[k])
        earned[agent[k]] = most[known]
    return earned


_best_sets: Any = compiled(_best_sets_py)
"""V_a of every agent up to the last who earns anything; rows are by agent and deadline."""
