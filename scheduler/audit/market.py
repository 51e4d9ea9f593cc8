"""Offers every free task to every agent that may do it: its best gain, and whether it can be done with a gain.

A *step* of a task is an outcome with its deadline: on time by the earliest of ``due_at``, ``expires_at``
and the horizon; late by the earliest of the last two. A step is possible with an agent when

    max(pinned load, c(not_before)) + duration <= c(deadline)

on the agent's capacity clock. The margin of a possible step is its gain over leaving the task, less the
agent's price for the time it takes and for the task itself. The compiled loop runs agent by agent over the
tasks of each kind; pairs with terms of their own (``pairs``, the requested agent) are left to array code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import CheckError
from scheduler.audit.exact import Bools, Floats, Ints, ceilings, decimal
from scheduler.audit.facts import Facts
from scheduler.audit.payoffs import plainly_done
from scheduler.audit.span import NEVER
from scheduler.audit.sweep import IMPOSSIBLE, SCALE, Entries, Offers, Sellers, sweep
from scheduler.audit.worth import payoffs_of

NO_STEP = -1

_LIMIT = 1 << 60
_TRIES = 3
_CELLS = 1 << 25  # of a table of durations: 128 MiB
_PAIRS = 1 << 20  # of tasks and agents at once


@dataclass(frozen=True)
class Prices:
    """Per agent a price per grain that does not rise with the deadline, and one per task.

    Agent a has ``price[j]`` for deadlines from grain ``since[j]`` on, j in ``first[a]:first[a + 1]``;
    every agent has a price from grain 0. All in units of 1 / :data:`SCALE` hundredths.
    """

    first: Ints
    since: Ints
    price: Ints
    per_task: Ints

    def at(self, agent: Ints, t: Ints, grains: int) -> Ints:
        """Each agent's price per grain for a deadline t."""
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        width = grains + 1
        return self.price[np.searchsorted(owner * width + self.since, agent * width + t, side="right") - 1]


@dataclass(frozen=True)
class Steps:
    """Deadlines, in grains, of a task's two outcomes; :data:`NO_STEP` where there is no such step."""

    on_time: Ints
    late: Ints


@dataclass(frozen=True)
class Costs:
    """What a grain of each agent's time adds to a payoff, in quanta, and the quanta in a hundredth.

    That is even, or 0 when nobody costs. Agents of ``fine`` cost something with too many digits to be counted so.
    """

    quanta: Ints
    quantum: int
    fine: Bools


def steps_of(facts: Facts, task: Ints) -> Steps:
    """The steps of tasks: an overdue task cannot be on time; under a hard SLA no other task can be late (H6)."""
    tasks, last = facts.tasks, facts.tasks.expires[task]
    overdue = tasks.overdue[task]
    may_be_late = overdue if facts.numbers.hard else tasks.due_at[task] != NEVER
    return Steps(
        on_time=np.where(overdue, NO_STEP, np.minimum(tasks.due[task], last)),
        late=np.where(may_be_late, last, NO_STEP),
    )


def best_margins(facts: Facts, task: Ints, prices: Prices) -> Ints:
    """The best margin of each of the tasks, :data:`IMPOSSIBLE` where no agent can do it in time.

    Raises:
        CheckError: a number has too many digits for 64-bit integers.
    """
    everybody = np.ones(len(facts.agents.ids), bool)
    return _best(facts, np.asarray(task, np.int64), prices, everybody)


def gainful(facts: Facts, task: Ints, among: Bools) -> Bools:
    """Whether one of these agents gains by doing the task, in time and with nothing but its pinned work before it.

    Raises:
        CheckError: a number has too many digits for 64-bit integers.
    """
    task = np.asarray(task, np.int64)
    found = np.zeros(len(task), bool)
    for agent, efficiency in _roomiest(facts, among):
        # nearly every task is one that one of these can do
        left = np.flatnonzero(~found & (agent[facts.tasks.kind[task]] >= 0))
        kind = facts.tasks.kind[task[left]]
        found[left] = gains_in_time(facts, task[left], agent[kind], efficiency[kind])
    left = np.flatnonzero(~found)
    found[left] = _best(facts, task[left], _without_prices(len(facts.agents.ids)), among) > 0
    return found


def _roomiest(facts: Facts, among: Bools) -> Iterator[tuple[Ints, Floats]]:
    """Of every kind the agent with most free capacity and its efficiency, then the next; -1 where none is left."""
    kinds, room = facts.kinds, facts.clocks.horizons()[1] - facts.pins.load
    rows = np.flatnonzero(among[kinds.agent])
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))[rows]
    first = np.searchsorted(kind, np.arange(len(kinds.texts) + 1))
    order = np.append(rows[np.lexsort((-room[kinds.agent[rows]], kind))], -1)
    for nth in range(_TRIES):
        at = first[:-1] + nth
        entry = order[np.where(at < first[1:], at, -1)]
        yield (
            np.where(entry < 0, -1, np.append(kinds.agent, -1)[entry]),
            np.append(kinds.efficiency, np.nan)[entry],
        )


def gains_in_time(facts: Facts, task: Ints, agent: Ints, efficiency: Floats) -> Bools:
    """Whether H8 allows the pairs, and the agent can finish the task in a step that pays more than leaving it."""
    grains = facts.grains(task, agent, efficiency)
    begin = np.maximum(facts.pins.load[agent], facts.clocks.capacity(agent, facts.tasks.since[task]))
    steps, found = steps_of(facts, task), np.zeros(len(task), bool)
    for deadline, late in ((steps.on_time, False), (steps.late, True)):
        last = facts.clocks.capacity(agent, np.maximum(deadline, 0))
        in_time = (deadline != NO_STEP) & (begin + grains <= last)
        found |= in_time & (gains(facts, task, agent, late, grains) > 0)
    return found & facts.pairs.allows(task, agent)


def gains(facts: Facts, task: Ints, agent: Ints, late: bool, grains: Ints) -> Ints:
    """What a step pays each agent more than leaving the task, in hundredths."""
    left = facts.payoffs.unplanned()[task]
    return payoffs_of(facts, task, agent, np.full(len(task), late), grains) - left


def _without_prices(agents: int) -> Prices:
    zeros = np.zeros(agents, np.int64)
    return Prices(np.arange(agents + 1), zeros, zeros, zeros)


def _best(facts: Facts, task: Ints, prices: Prices, among: Bools) -> Ints:
    """Best margins with one of these agents."""
    best = np.full(len(task), IMPOSSIBLE)
    if not len(facts.agents.ids):
        return best
    order = np.argsort(facts.tasks.kind[task], kind="stable")
    place, agent = special_pairs(facts, task[order])
    costs = costs_of(facts, task)
    sorted_best = _sweep_plain(facts, task[order], prices, place, agent, among & ~costs.fine, costs)
    mine = among[agent]
    _offer_special(sorted_best, facts, task[order], prices, place[mine], agent[mine])
    for place, agent in pairs_of(facts, task[order], among & costs.fine):
        _offer_special(sorted_best, facts, task[order], prices, place, agent)
    best[order] = sorted_best
    return best


def pairs_of(facts: Facts, task: Ints, agents: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Place in ``task``, which is in the order of kinds, and agent of all pairs with the skills, some at a time."""
    kinds = facts.kinds
    first = np.searchsorted(facts.tasks.kind[task], np.arange(len(kinds.texts) + 1))
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))
    entries = np.flatnonzero(agents[kinds.agent])
    sizes = np.diff(first)[kind[entries]]
    block = (np.cumsum(sizes) - sizes) // _PAIRS
    for here in np.split(entries, np.flatnonzero(np.diff(block)) + 1):
        many = np.diff(first)[kind[here]]
        offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        yield np.repeat(first[kind[here]], many) + offset, np.repeat(kinds.agent[here], many)


def special_pairs(facts: Facts, task: Ints) -> tuple[Ints, Ints]:
    """Place in ``task`` and agent of every pair that ``pairs`` or a request names, each once."""
    place = np.full(len(facts.tasks.ids), -1)
    place[task] = np.arange(len(task))
    in_pairs, requested = place[facts.pairs.task], facts.tasks.requested[task]
    agents = len(facts.agents.ids)
    named = (in_pairs * agents + facts.pairs.agent)[in_pairs >= 0]
    asked = (np.arange(len(task)) * agents + requested)[requested >= 0]
    keys = np.unique(np.concatenate([named, asked]))
    return keys // agents, keys % agents


def _offer_special(best: Ints, facts: Facts, task: Ints, prices: Prices, place: Ints, agent: Ints) -> None:
    """Raise the best margins by the special pairs, with their own minutes, bonus and exclusions."""
    efficiency = facts.kinds.efficiencies(facts.tasks.kind[task[place]], agent)
    able = ~np.isnan(efficiency) & facts.pairs.allows(task[place], agent)
    place, agent, efficiency = place[able], agent[able], efficiency[able]
    tasks = task[place]
    grains = np.minimum(facts.grains(tasks, agent, efficiency), facts.span.grains + 1)
    finish = grains + np.maximum(facts.pins.load[agent], facts.clocks.capacity(agent, facts.tasks.since[tasks]))
    steps = steps_of(facts, tasks)
    for deadline, late in ((steps.on_time, False), (steps.late, True)):
        by = np.maximum(deadline, 0)
        possible = (deadline != NO_STEP) & (finish <= facts.clocks.capacity(agent, by))
        gain = gains(facts, tasks, agent, late, grains)
        if most_of(gain) * SCALE >= _LIMIT:
            raise too_fine("pairs.bonus")
        price = grains * prices.at(agent, by, facts.span.grains) + prices.per_task[agent]
        margin = gain * SCALE - price
        np.maximum.at(best, place[possible], margin[possible])


@dataclass(frozen=True)
class Stalls:
    """Tasks and agents as compiled loops want them: ``minutes`` are the distinct lengths of tasks."""

    moments: Ints
    minutes: Floats
    offers: Offers
    sellers: Sellers
    quantum: int


def stalls_of(facts: Facts, task: Ints, prices: Prices, place: Ints, agent: Ints, costs: Costs) -> Stalls:
    """For tasks in the order of kinds and the special pairs among them, by place and agent."""
    minutes, column = np.unique(facts.tasks.minutes[task], return_inverse=True)
    steps, since = steps_of(facts, task), facts.tasks.since[task]
    moments = np.unique(np.concatenate([[0, facts.span.grains], since, steps.on_time, steps.late]))
    moments = moments[moments >= 0]
    sellers = _sellers(facts, prices, costs.quanta)
    ranked = np.lexsort((sellers.rank[agent], place))
    offers = Offers(
        first=np.searchsorted(facts.tasks.kind[task], np.arange(len(facts.kinds.texts) + 1)),
        minutes=column.astype(np.uint32),
        since=np.searchsorted(moments, since).astype(np.uint32),
        on_time=np.searchsorted(moments, steps.on_time).astype(np.uint32),
        late=np.searchsorted(moments, steps.late).astype(np.uint32),
        special_first=np.searchsorted(place, np.arange(len(task) + 1)),
        special=sellers.rank[agent[ranked]],
        **_worth(facts, task, steps, costs.quantum),
    )
    _guard(sellers, facts.span.grains)
    return Stalls(moments, minutes, offers, sellers, max(costs.quantum, 1))


def _sweep_plain(
    facts: Facts, task: Ints, prices: Prices, place: Ints, agent: Ints, among: Bools, costs: Costs
) -> Ints:
    """The best margins over all pairs but the special ones; ``task`` is in the order of kinds."""
    stalls = stalls_of(facts, task, prices, place, agent, costs)
    best = np.full(len(task), IMPOSSIBLE)
    for entries, lengths in _blocks(facts, stalls.offers, stalls.sellers, stalls.minutes, among):
        sweep(best, stalls.moments, entries, lengths, stalls.offers, stalls.sellers, stalls.quantum)
    return best


def _worth(facts: Facts, task: Ints, steps: Steps, quantum: int) -> dict[str, NDArray[Any]]:
    """The columns of :class:`Offers` that say what outcomes are worth; without a quantum nobody costs anything."""
    nothing, nobody = np.zeros(len(task), np.int64), np.zeros(len(task), bool)
    left = facts.payoffs.unplanned()[task]
    columns: dict[str, NDArray[Any]] = {"left": left}
    for deadline, late, name in ((steps.on_time, False, "on_time"), (steps.late, True, "late")):
        done = plainly_done(task, late)
        gain = facts.payoffs.planned(done) - left
        if most_of(gain) * SCALE >= _LIMIT:
            raise too_fine("payoffs")
        columns[f"most_{name}"] = np.where(deadline == NO_STEP, IMPOSSIBLE, gain * SCALE)
        columns |= {f"base_{name}": nothing, f"rest_{name}": nobody}
        if quantum:
            numerators, denominator = facts.payoffs.exact(done)
            quanta = numerators * quantum
            whole = quanta // denominator
            columns[f"base_{name}"] = whole.astype(np.int64)
            columns[f"rest_{name}"] = (whole * denominator != quanta).astype(bool)
    return columns


def costs_of(facts: Facts, task: Ints) -> Costs:
    """What agents cost by the grain; those whose costs have too many digits for 64-bit integers cost nothing here.

    Every cost is a whole number of quanta, so a payoff is the quanta of its task plus those of its cost.
    """
    hourly = 100 * facts.numbers.cost_weight * Fraction(facts.span.grain_s, 3600)
    costs = [-hourly * decimal(cost) for cost in facts.agents.cost.tolist()]
    nothing, nobody = np.zeros(len(costs), np.int64), np.zeros(len(costs), bool)
    if not any(costs):
        return Costs(nothing, 0, nobody)
    quantum = 2 * lcm(*{cost.denominator for cost in costs})
    quanta = [int(cost * quantum) for cost in costs]
    most = 1 + most_of(*(facts.payoffs.planned(plainly_done(task, late)) for late in (False, True)))
    if most * quantum + (facts.span.grains + 1) * max(map(abs, quanta)) >= _LIMIT:
        return Costs(nothing, 0, np.array([cost != 0 for cost in costs]))
    return Costs(np.array(quanta, np.int64), quantum, nobody)


def _sellers(facts: Facts, prices: Prices, cost: Ints) -> Sellers:
    clocks = facts.clocks
    return Sellers(
        clock_first=clocks.first,
        clock_start=clocks.start,
        clock_end=clocks.end,
        clock_before=clocks.before,
        share_n=clocks.share_n,
        share_d=clocks.share_d,
        load=facts.pins.load,
        price_first=prices.first,
        price_since=prices.since,
        price=prices.price,
        per_task=prices.per_task,
        cost=cost,
        rank=np.argsort(np.argsort(prices.price[prices.first[1:] - 1], kind="stable")),
    )


def _blocks(
    facts: Facts, offers: Offers, sellers: Sellers, minutes: Floats, among: Bools
) -> Iterator[tuple[Entries, NDArray[np.int32]]]:
    """Kinds with those of their agents who are asked, and durations of the distinct minutes by efficiency.

    A tableful of them at a time.
    """
    kinds = facts.kinds
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))
    wanted = (np.diff(offers.first)[kind] > 0) & among[kinds.agent]
    kind, agent = kind[wanted], kinds.agent[wanted]
    distinct, which = np.unique(kinds.efficiency[wanted], return_inverse=True)
    at_once = max(1, _CELLS // max(1, len(minutes)))
    for low in range(0, len(distinct), at_once):
        rows = distinct[low : low + at_once]
        lengths = lengths_of(facts, minutes, rows)
        here = np.flatnonzero((which >= low) & (which < low + at_once))
        here = here[np.lexsort((kind[here], sellers.rank[agent[here]]))]
        yield Entries(agent[here], kind[here], which[here] - low), lengths


def lengths_of(facts: Facts, minutes: Floats, efficiencies: Floats) -> NDArray[np.int32]:
    """The grains that tasks of these minutes take, one row for each efficiency; one too many for anybody at most."""
    lengths = np.empty((len(efficiencies), len(minutes)), np.int32)
    for row, efficiency in enumerate(efficiencies):
        grains = ceilings(minutes, np.full(len(minutes), efficiency), facts.span.grain_s)
        lengths[row] = np.minimum(grains, facts.span.grains + 1)
    return lengths


def _guard(sellers: Sellers, grains: int) -> None:
    """Refuse numbers the compiled loop could not count with."""
    if (grains + 1) * most_of(sellers.price) + most_of(sellers.per_task) >= _LIMIT:
        raise too_fine("prices of the certificate")


def most_of(*arrays: Ints) -> int:
    """The largest size of a number, 0 of none."""
    return max((int(np.abs(values).max()) for values in arrays if values.size), default=0)


def too_fine(what: str) -> CheckError:
    """What to raise when numbers cannot be added up."""
    return CheckError(f"{what}: too large or with too many digits to be added up in 64-bit integers")
