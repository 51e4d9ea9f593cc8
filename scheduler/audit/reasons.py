"""Why a task is not in the plan: the first reason that holds (contract section 6)."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from scheduler.audit.exact import Bools, Floats, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.market import doable
from scheduler.audit.payoffs import plainly_done
from scheduler.audit.report import Ledger
from scheduler.audit.skills import Kinds
from scheduler.audit.tasks import index_in
from scheduler.audit.worth import payoffs_of

_PAIRS_AT_ONCE = 1 << 22
_REASONS = ("held", "final", "no_time", "expired", "not_yet", "no_skill", "no_gain", "no_time", "no_places", "outbid")


def check_reasons(unplanned: pl.DataFrame, planned: Ints, facts: Facts, ledger: Ledger) -> None:
    """Every unplanned task gives the reason that the snapshot does; ``planned`` are the agents of the plan's rows."""
    task = index_in(unplanned["task_id"], facts.tasks.ids)
    known = np.flatnonzero(task >= 0)
    right = reasons_of(facts, task[known], planned)
    said, ids = unplanned["reason"].gather(known).fill_null(""), unplanned["task_id"].gather(known)
    ledger.each(
        "reason",
        np.flatnonzero((said != right).to_numpy()),
        lambda row: ((ids[row],), f"reason is {said[row]!r}, must be {right[row]!r}"),
    )


def reasons_of(facts: Facts, task: Ints, planned: Ints) -> pl.Series:
    """The reason of each task, were it not planned, beside a plan whose rows have the agents ``planned``."""
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
    open_ = np.flatnonzero(~np.any(holds, axis=0))
    count = np.bincount(planned, minlength=len(facts.agents.ids))
    for judged in _of_open(facts, task[open_], count >= facts.agents.max_tasks):
        spread = np.zeros(len(task), bool)
        spread[open_] = judged
        holds.append(spread)
    return pl.Series(np.array(_REASONS)[np.select(holds, range(len(holds)), len(holds))], dtype=pl.String)


def _of_open(facts: Facts, task: Ints, full: Bools) -> tuple[Bools, Bools, Bools]:
    """Whether nothing is gained by each task; nobody could do it while that pays; all who could are full."""
    possible = doable(facts, task)
    gains, places = possible.copy(), possible.copy()
    left = np.flatnonzero(~possible)
    gains[left] = _pays_somebody(facts, task[left])
    if full.any():
        left = np.flatnonzero(possible)
        places[left] = doable(replace(facts, kinds=_without(facts.kinds, full)), task[left])
    return ~gains, ~possible, ~places


def _without(kinds: Kinds, gone: Bools) -> Kinds:
    """The kinds as if some agents could do none of them."""
    kept = ~gone[kinds.agent]
    first = np.append(0, np.cumsum(kept))[kinds.first]
    return replace(kinds, first=first, agent=kinds.agent[kept], efficiency=kinds.efficiency[kept])


def _pays_somebody(facts: Facts, task: Ints) -> Bools:
    """Whether doing each task as early as may be, on time unless it is overdue, pays an allowed agent.

    That step pays the most of an agent's, whether it is possible or not.
    """
    late, nothing = facts.tasks.overdue[task], facts.payoffs.unplanned()[task]
    plain = facts.payoffs.planned(replace(plainly_done(task, False), late=late)) > nothing
    special = np.isin(task, facts.pairs.task) | (facts.tasks.requested[task] >= 0)
    pays = plain & ~special & _somebody_costs_nothing(facts)[facts.tasks.kind[task]]
    left = np.flatnonzero(special | (plain & ~pays))  # a cost never adds to what pays nothing
    for place, agent, efficiency in _allowed(facts, task[left]):
        of = left[place]
        grains = facts.grains(task[of], agent, efficiency)
        more = payoffs_of(facts, task[of], agent, late[of], grains) > nothing[of]
        pays[of[more]] = True
    return pays


def _somebody_costs_nothing(facts: Facts) -> Bools:
    """For each kind whether somebody who may do it costs nothing."""
    free = (facts.agents.cost == 0) | (facts.numbers.cost_weight == 0)
    kinds = facts.kinds
    found: Bools = np.diff(np.append(0, np.cumsum(free[kinds.agent]))[kinds.first]) > 0
    return found


def _allowed(facts: Facts, task: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Every pair of a task and an agent who may do it (H2, H8), some at once: place in ``task``, agent, efficiency."""
    kinds = facts.kinds
    many = np.diff(kinds.first)[facts.tasks.kind[task]]
    ends = np.cumsum(many)
    low = 0
    while low < len(task):
        high = max(low + 1, int(np.searchsorted(ends, (ends[low - 1] if low else 0) + _PAIRS_AT_ONCE)))
        place = np.repeat(np.arange(low, high), many[low:high])
        within = np.arange(len(place)) - np.repeat(np.cumsum(many[low:high]) - many[low:high], many[low:high])
        entry = kinds.first[facts.tasks.kind[task[place]]] + within
        may = facts.pairs.allows(task[place], kinds.agent[entry])
        yield place[may], kinds.agent[entry[may]], kinds.efficiency[entry[may]]
        low = high


def _nobody(facts: Facts, task: Ints) -> Bools:
    """Whether no agent is allowed under H2 and H8."""
    pairs, kinds = facts.pairs, facts.kinds
    able = np.diff(kinds.first)[facts.tasks.kind]
    excluded = ~pairs.allowed & ~np.isnan(kinds.efficiencies(facts.tasks.kind[pairs.task], pairs.agent))
    able -= np.bincount(pairs.task[excluded], minlength=len(able))
    none: Bools = able[task] <= 0
    return none
