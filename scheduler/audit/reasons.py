"""Why a task is not in the plan: the first reason that holds (contract section 6)."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from models import CheckError
from scheduler.audit.exact import Bools, Floats, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.market import gainful, gains, gains_in_time
from scheduler.audit.planned import Planned
from scheduler.audit.report import Ledger
from scheduler.audit.tasks import index_in

_AT_ONCE = 1 << 20


def check_reasons(
    unplanned: pl.DataFrame, rows: Planned, facts: Facts, ledger: Ledger, count: Ints | None = None
) -> None:
    """Checks that every unplanned task has the reason that follows from snapshot and plan.

    ``count`` is how many tasks each agent has, where the rows are not the whole plan.
    """
    task = index_in(unplanned["task_id"], facts.tasks.ids)
    known = np.flatnonzero(task >= 0)
    count = np.bincount(rows.agent, minlength=len(facts.agents.ids)) if count is None else count
    right = reasons_of(facts, task[known], count >= facts.agents.max_tasks)
    said, ids = unplanned["reason"].gather(known).fill_null(""), unplanned["task_id"].gather(known)
    ledger.each(
        "reason",
        np.flatnonzero((said != right).to_numpy()),
        lambda row: ((ids[row],), f"reason is {said[row]!r}, must be {right[row]!r}"),
    )


def reasons_of(facts: Facts, task: Ints, full: Bools) -> pl.Series:
    """The reason of each task, were it not planned; ``full`` agents have max_tasks tasks or more."""
    tasks, pinned = facts.tasks, facts.pins.agent[task] >= 0
    holds = [
        tasks.held[task],
        tasks.final[task],
        # H7: of the work in progress only what does not fit is left, whatever else may hold
        pinned,
        tasks.expired[task],
        tasks.not_yet[task],
        _nobody(facts, task),
    ]
    reasons = np.array(["held", "final", "no_time", "expired", "not_yet", "no_skill", "no_places"])
    chosen = reasons[np.select(holds, range(len(holds)), len(holds))]
    open_ = np.flatnonzero(chosen == "no_places")
    # whoever is not full is asked first: nearly every task is one that they could do
    free = _could(facts, task[open_], ~full)
    chosen[open_[free]] = "outbid"
    open_ = open_[~free]
    open_ = open_[~_could(facts, task[open_], full)]
    chosen[open_] = np.where(_would_gain(facts, task[open_]), "no_time", "no_gain")
    return pl.Series(chosen, dtype=pl.String)


def _nobody(facts: Facts, task: Ints) -> Bools:
    """Whether no agent is allowed under H2 and H8."""
    pairs, kinds = facts.pairs, facts.kinds
    able = np.diff(kinds.first)[facts.tasks.kind]
    excluded = ~pairs.allowed & ~np.isnan(kinds.efficiencies(facts.tasks.kind[pairs.task], pairs.agent))
    able -= np.bincount(pairs.task[excluded], minlength=len(able))
    none: Bools = able[task] <= 0
    return none


def _could(facts: Facts, task: Ints, among: Bools) -> Bools:
    """Whether one of these agents could finish each task in a step that pays more than leaving it."""
    try:
        return gainful(facts, task, among)
    except CheckError:  # numbers too fine to be swept: every pair by itself
        found = np.zeros(len(task), bool)
        for place, agent, efficiency in _meetings(facts, task, np.flatnonzero(among[facts.kinds.agent])):
            found[place[gains_in_time(facts, task[place], agent, efficiency)]] = True
        return found


def _would_gain(facts: Facts, task: Ints) -> Bools:
    """Whether somebody allowed would gain by one of each task's steps, possible or not.

    Of a task not overdue the step on time pays best, the overdue have none but the late one. Where nothing is special
    between task and agent, an agent who costs no more and is no slower than another stands for both.
    """
    paired = np.zeros(len(facts.tasks.ids), bool)
    paired[facts.pairs.task] = True
    found = np.zeros(len(task), bool)
    plain, special = np.flatnonzero(~paired[task]), np.flatnonzero(paired[task])
    everybody = np.arange(len(facts.kinds.agent))
    for some, entries in ((plain, _cheapest(facts)), (special, everybody)):
        for place, agent, efficiency in _meetings(facts, task[some], entries):
            found[some[place[_gains(facts, task[some][place], agent, efficiency)]]] = True
    # whom pairs do not name may be asked for by the task
    asked = plain[facts.tasks.requested[task[plain]] >= 0]
    agent = facts.tasks.requested[task[asked]]
    efficiency = facts.kinds.efficiencies(facts.tasks.kind[task[asked]], agent)
    able = ~np.isnan(efficiency)
    found[asked[able]] |= _gains(facts, task[asked[able]], agent[able], efficiency[able])
    return found


def _gains(facts: Facts, task: Ints, agent: Ints, efficiency: Floats) -> Bools:
    """Whether H8 allows the pairs and the task's best step pays more than leaving it, in time or not."""
    grains, overdue = facts.grains(task, agent, efficiency), facts.tasks.overdue[task]
    gain = np.where(overdue, gains(facts, task, agent, True, grains), gains(facts, task, agent, False, grains))
    best: Bools = (gain > 0) & facts.pairs.allows(task, agent)
    return best


def _cheapest(facts: Facts) -> Ints:
    """Of every kind the entries of agents for whom nobody stands who costs no more and is no slower."""
    kinds = facts.kinds
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))
    order = np.lexsort((facts.agents.cost[kinds.agent], -kinds.efficiency, kind))
    kept, last, least = [], -1, np.inf
    for entry in order.tolist():
        cost = float(facts.agents.cost[kinds.agent[entry]])
        if kind[entry] != last or cost < least:
            kept.append(entry)
            last, least = int(kind[entry]), cost
    return np.array(kept, np.int64)


def _meetings(facts: Facts, task: Ints, entries: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Place in ``task``, agent and efficiency of every meeting of a task with one of the ``entries`` of its kind."""
    kinds = facts.kinds
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))[entries]
    entries = entries[np.argsort(kind, kind="stable")]
    first = np.searchsorted(np.sort(kind), np.arange(len(kinds.texts) + 1))
    many = np.diff(first)[facts.tasks.kind[task]]
    block = np.cumsum(many) // _AT_ONCE
    for nth in np.unique(block):
        place = np.flatnonzero(block == nth)
        place = np.repeat(place, many[place])
        begin = np.flatnonzero(np.diff(place, prepend=-1))
        nth_of_task = np.arange(len(place)) - np.repeat(begin, np.diff(np.append(begin, len(place))))
        entry = entries[first[facts.tasks.kind[task[place]]] + nth_of_task]
        yield place, kinds.agent[entry], kinds.efficiency[entry]
