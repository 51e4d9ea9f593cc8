"""Re-adds the bound that prices prove, in whole numbers, without any engine's code.

Letters: tasks i with steps s (deadline d(i,s), gain g(i,s,a) over leaving i undone), agents a with the capacity
C_a(t) that started work leaves by grain t and the M_a tasks that it leaves of max_tasks, durations p(i,a); prices
pi_a(t) >= 0 that never rise with t, and fees tau_a >= 0 a task (0 where there is no max_tasks).

    bound = constant + sum_i max(0, max over possible (a, s) of g(i,s,a) - p(i,a) pi_a(d(i,s)) - tau_a)
                     + sum_a sum_t (C_a(t) - C_a(t-1)) pi_a(t) + sum_a M_a tau_a

is at least the value of every plan. Proof: take any legal plan. A task done by a in step s earns g(i,s,a), which
is at most its term of the first sum plus p(i,a) pi_a(d(i,s)) + tau_a. Let l_a(t) be the grains a promises by deadlines
up to t; H3 and H7 give l_a(t) <= C_a(t). What all tasks pay a is sum_t (l_a(t) - l_a(t-1)) pi_a(t), which,
summed by parts, is sum_t l_a(t) (pi_a(t) - pi_a(t+1)) with every bracket >= 0, hence at most the same with C_a
in place of l_a: the second sum. No more than M_a tasks pay a's fee: the third. A pair and step is possible when
p(i,a) fits between the agent's started work or the task's release and d(i,s); leaving impossible ones out only
lowers the bound. A task that must be done (E1) has no 0 in its term: no legal plan leaves it. `docs/formulation.md` has
this at length.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import Real, Whole, compiled, inner
from models.plans.outcome import Prices
from models.problem.problem import DURATION_SLACK, LONGEST, NO_LIMIT, Bool, Float64, Int32, Int64, Problem

UNIT_BITS = 20
"""A price of 1 is 2**-20 hundredths per grain."""
_LARGEST = 2**62
"""Sums stay below this, so that they fit in 64 bits."""
_ALIKE = 8
"""From so many tasks of one requirement for each bucket, finding the front of agents first saves time; not tuned."""
_NOTHING_FITS = -(2**60)
"""What a task keeps that must be done and cannot: no plan keeps the rules."""


def make_prices(
    problem: Problem, edges: Int64, price: NDArray[np.float64], fee: NDArray[np.float64] | None = None
) -> Prices:
    """Prices in whole units from prices in hundredths per grain, made non-negative and falling.

    ``edges`` (B,) are ascending grains from 0; ``price`` has shape (agents, B), ``fee`` (agents,), in hundredths a
    task, counts for agents with ``max_tasks`` only (default: none).
    """
    falling = np.maximum.accumulate(np.maximum(price, 0.0)[:, ::-1], axis=1)[:, ::-1]
    longest = max(1, int(problem.clocks.total().max(initial=1)))
    units = np.minimum(np.rint(falling * 2.0**UNIT_BITS), float(_LARGEST // longest // 2))
    asked = np.zeros(problem.n_agents) if fee is None else np.where(problem.max_tasks < NO_LIMIT, fee, 0.0)
    fees = np.clip(np.rint(asked * 2.0**UNIT_BITS), 0, float(_LARGEST // 4))
    return Prices(edges=edges.astype(np.int64), price=units.astype(np.int64), fee=fees.astype(np.int64))


def certified_bound(problem: Problem, prices: Prices) -> int | None:
    """The bound the prices prove, in hundredths, rounded up; ``None`` when values are too large for it.

    Raises:
        ValueError: the prices are negative or rise with the deadline, so they prove nothing.
    """
    refuse_what_proves_nothing(prices)
    return None if is_too_large(problem) else bound_of_surplus(problem, prices, task_surplus(problem, prices))


def is_too_large(problem: Problem) -> bool:
    """Whether its values are too large for a certificate."""
    raw = problem.worth_of_steps - problem.undone[:, None]
    return _largest(problem, raw) >= 2.0 ** (61 - UNIT_BITS)


def bound_of_surplus(problem: Problem, prices: Prices, kept: Int64) -> int:
    """The bound when tasks keep so much at the prices."""
    whole, rest = int((kept >> UNIT_BITS).sum()), int((kept & (2**UNIT_BITS - 1)).sum())
    total = (
        rent_in_all(problem, prices.edges, prices.price)
        + fees_in_all(problem, prices.fee_of_time)
        + (whole << UNIT_BITS)
        + rest
    )
    return constant(problem) + -(-total >> UNIT_BITS)


def bound_of_parts(people: Problem, prices: Prices, left: int, kept: int) -> int:
    """The bound of a problem of which only the agents and the pinned work are here.

    ``left`` is what leaving all other tasks undone is worth, in hundredths, ``kept`` what these keep at the prices.
    """
    total = rent_in_all(people, prices.edges, prices.price) + fees_in_all(people, prices.fee_of_time) + kept
    return constant(people) + left + -(-total >> UNIT_BITS)


def refuse_what_proves_nothing(prices: Prices) -> None:
    """Refuses prices of time and fees that no proof may use.

    Raises:
        ValueError: they are negative or rise with the deadline.
    """
    edges, price = prices.edges, prices.price
    if np.any(price < 0) or np.any(np.diff(price, axis=1) > 0) or edges[0] != 0 or np.any(np.diff(edges) <= 0):
        raise ValueError("prices must not be negative and must never rise with the deadline")
    if np.any(prices.fee < 0) or np.any(prices.fee_of_time < 0):
        raise ValueError("fees must not be negative")


def task_surplus(problem: Problem, prices: Prices) -> Int64:
    """What each task keeps at the prices, its term of the first sum, in their unit; 0 for pinned work."""
    gain = problem.payoff - problem.undone[:, None]
    raw = problem.worth_of_steps - problem.undone[:, None]
    bucket = np.searchsorted(prices.edges, problem.deadline, side="right") - 1
    kept = np.where(problem.free & (problem.fixed_agent >= 0), _NOTHING_FITS, 0)
    alike = np.bincount(problem.requirement[problem.free], minlength=problem.eligibility.n_requirements)
    common = alike >= _ALIKE * len(prices.edges)
    asked = _Asked(bucket, np.ascontiguousarray(prices.price), prices.fee_of_time)
    _keep(*_columns(problem, gain, raw), asked, common, kept)
    return kept


def _largest(problem: Problem, raw: Any) -> float:
    """No gain is larger than this, in hundredths, whatever an agent's terms add."""
    return float(np.abs(raw).max(initial=0) + largest_terms(problem))


def largest_terms(problem: Problem) -> float:
    """No agent's terms add more to a gain than this, in hundredths, or take more from it."""
    terms = problem.worth.terms
    requested = float(terms.requested_agent_share) * problem.worth.weighted().max(initial=0)
    hours = problem.horizon * problem.grain_s / 3600
    cost = float(terms.cost_weight) * problem.cost_per_hour.max(initial=0) * hours
    return float(100 * (np.abs(problem.pairs.bonus).max(initial=0) + requested + cost))


def constant(problem: Problem) -> int:
    """What started work pays, and what leaving everything else undone pays."""
    pinned = np.flatnonzero(problem.pinned_agent >= 0)
    agents = problem.pinned_agent[pinned].astype(np.int64)
    end = problem.pinned_start[pinned] + problem.pinned_grains[pinned]
    late = end > problem.clocks.capacity(agents, problem.due[pinned])
    paid = problem.payoffs(pinned, agents, late.astype(np.int64))
    return int(problem.undone.sum()) + int((paid - problem.undone[pinned]).sum())


def rent_in_all(problem: Problem, edges: Int64, price: Int64) -> int:
    """The second sum: each agent's free capacity at its prices."""
    return sum(rents(problem, edges, price))


def rents(problem: Problem, edges: Int64, price: Int64) -> list[int]:
    """What each agent's free capacity comes to at its prices."""
    last = np.append(edges[1:] - 1, problem.horizon)
    agents = np.arange(problem.n_agents)[:, None]
    free = np.maximum(problem.clocks.capacity(agents, last[None, :]) - problem.pinned_load[:, None], 0)
    slices = np.diff(free, axis=1, prepend=0)
    return [int(x) for x in (slices.astype(object) * price.astype(object)).sum(axis=1)] if len(price) else []


def fees_in_all(problem: Problem, fee: Int64) -> int:
    """The third sum: each agent's fee for the tasks that it may still take."""
    left = np.maximum(0, problem.max_tasks - problem.pinned_count)
    return sum(int(left[a]) * int(fee[a]) for a in np.flatnonzero(fee))


class _Tasks(NamedTuple):
    """What the first sum knows of tasks; ``free`` are those that it adds up."""

    free: Int64  # (row) i
    requirement: Int32  # (i) r
    work: Float64  # (i) grains at efficiency 1
    release: Int64  # (i) grain
    deadline: Int64  # (i, step) grain; -1: there is no such step
    gain: Int64  # (i, step) hundredths, before any agent's terms
    raw_gain: Float64  # (i, step) hundredths, before rounding
    slack: Float64  # (i, step) hundredths; more than the float error of raw_gain
    requested: Int32  # (i) the requested agent; -1: none, or it adds nothing
    requested_gain: Float64  # (i) hundredths that the requested agent adds


class _Able(NamedTuple):
    """Who has the skills for requirement r: entries ``first[r]:first[r + 1]``."""

    first: Int64  # (r + 1)
    agent: Int32  # (entry) a
    speed: Float64  # (entry) its efficiency


class _Pairs(NamedTuple):
    """Exceptions for task i and single agents, ascending: rows ``first[i]:first[i + 1]``."""

    first: Int64  # (i + 1)
    agent: Int32  # (pair) a
    allowed: Bool  # (pair) whether it may do the task (H8)
    grains: Int64  # (pair) the duration; 0: as computed
    bonus: Float64  # (pair) hundredths


class _Agents(NamedTuple):
    """What agents cost and have; windows of agent a's clock are ``first[a]:first[a + 1]``."""

    cost: Float64  # (a) hundredths a grain
    pinned: Int64  # (a) grains that started work takes on the clock
    first: Int64  # (a + 1)
    start: Int64  # (window) first grain
    end: Int64  # (window) the grain behind the last one
    before: Int64  # (window) working grains of the agent before this window
    num: Int64  # (a) the share of working time that may be planned is num / den
    den: Int64  # (a)


class _Asked(NamedTuple):
    """The prices, in units of 2**-20 hundredths, and the bucket b of every deadline."""

    bucket: Int64  # (i, step) b
    price: Int64  # (a, b) for a grain
    fee: Int64  # (a) for a task


def _columns(problem: Problem, gain: Int64, raw_gain: Float64) -> tuple[_Tasks, _Able, _Pairs, _Agents]:
    """What the compiled sum needs of the problem, as contiguous copies."""
    terms, clocks, pairs, able = problem.worth.terms, problem.clocks, problem.pairs, problem.eligibility
    share = 100 * float(terms.requested_agent_share)
    cost = 100 * float(terms.cost_weight) * problem.grain_s / 3600 * problem.cost_per_hour
    tasks = _Tasks(
        free=np.flatnonzero(problem.free),
        requirement=problem.requirement,
        work=problem.work,
        release=problem.release,
        deadline=problem.deadline,
        gain=gain,
        raw_gain=raw_gain,
        slack=1e-6 + 1e-14 * problem.worth.size(),
        requested=problem.requested if share > 0 else np.full(problem.n_tasks, -1, np.int32),
        requested_gain=share * problem.worth.weighted(),
    )
    agents = _Agents(
        cost=cost,
        pinned=problem.pinned_load,
        first=clocks.first,
        start=clocks.start,
        end=clocks.end,
        before=clocks.before,
        num=clocks.num,
        den=clocks.den,
    )
    exceptions = _Pairs(pairs.first, pairs.agent, pairs.allowed, pairs.grains, 100 * pairs.bonus)
    return (
        _Tasks(*_copies(tasks)),
        _Able(*_copies((able.first, able.agent, able.efficiency))),
        _Pairs(*_copies(exceptions)),
        _Agents(*_copies(agents)),
    )


def _copies(columns: tuple[Any, ...]) -> list[Any]:
    """One array type for numba whatever came in: contiguous and writable."""
    return [np.array(column, order="C") for column in columns]


@inner
def _capacity_at(agents: _Agents, a: Whole, t: Whole) -> Whole:
    """c_a(t), by a plain scan."""
    worked = np.int64(0)
    for k in range(agents.first[a], agents.first[a + 1]):
        if agents.start[k] >= t:
            break
        worked = agents.before[k] + min(t, agents.end[k]) - agents.start[k]
    return agents.num[a] * worked // agents.den[a]


@compiled
def _fronts(able: _Able, price: Int64, fee: Int64, common: Bool) -> tuple[Int64, Int32]:
    """For each common requirement and bucket the eligible agents of whom no other is as quick at as low a price.

    Agents who ask a fee are all among them, and keep nobody out.

    Returns ``first`` and ``entries``: those of requirement r and bucket b, of B, are the entries
    ``entries[first[r * B + b]:first[r * B + b + 1]``.
    """
    kinds, width = len(able.first) - 1, price.shape[1]
    first = np.zeros(kinds * width + 1, np.int64)
    entries = np.zeros(np.diff(able.first)[common].sum() * width, np.int32)
    n = 0
    for r in range(kinds):
        first[r * width + 1 : (r + 1) * width + 1] = n
        if not common[r]:
            continue
        low, high = able.first[r], able.first[r + 1]
        by_speed = low + np.argsort(-able.speed[low:high], kind="mergesort")
        for b in range(width):
            asked = price[:, b][able.agent[by_speed]]
            quickest = 0.0
            for k in np.argsort(asked, kind="mergesort"):
                entry = by_speed[k]
                if able.speed[entry] > quickest or fee[able.agent[entry]] > 0:
                    quickest = quickest if fee[able.agent[entry]] > 0 else able.speed[entry]
                    entries[n] = by_speed[k]
                    n += 1
            first[r * width + b + 1] = n
    return first, entries[:n]


@inner
def _possible(tasks: _Tasks, agents: _Agents, i: Whole, step: Whole, a: Whole, grains: Whole) -> bool:
    """Whether agent ``a`` could finish task ``i`` in ``step`` with started work alone."""
    begin = max(agents.pinned[a], _capacity_at(agents, a, tasks.release[i]))
    in_time: bool = begin + grains <= _capacity_at(agents, a, tasks.deadline[i, step])
    return in_time


@inner
def _grains(work: Real, speed: Real) -> Whole:
    """The grains of some work at an efficiency."""
    return np.int64(min(max(np.ceil(work / speed * (1 - DURATION_SLACK)), 1.0), float(LONGEST)))


@compiled
def _keep(tasks: _Tasks, able: _Able, pairs: _Pairs, agents: _Agents, asked: _Asked, common: Bool, kept: Int64) -> None:
    """Writes the terms of the first sum into ``kept`` (i), which holds the least they may be, in units of prices.

    A task of a ``common`` requirement (r) without terms between it and single agents is worth most to an agent on the
    front; when that agent could finish it, the others need no look.
    """
    front_first, front = _fronts(able, asked.price, asked.fee, common)
    costless = not np.any(agents.cost > 0)
    for i in tasks.free:
        alike = common[tasks.requirement[i]] and costless and tasks.requested[i] < 0
        settled = False
        if alike and pairs.first[i] == pairs.first[i + 1]:
            settled, most = _best_on_front(tasks, able, agents, asked, front_first, front, i, kept[i])
        if not settled:
            most = _best_of_all(tasks, able, pairs, agents, asked, i, kept[i])
        kept[i] = most


@inner
def _best_on_front(
    tasks: _Tasks,
    able: _Able,
    agents: _Agents,
    asked: _Asked,
    front_first: Int64,
    front: Int32,
    i: Whole,
    least: Whole,
) -> tuple[bool, Whole]:
    """Whether the best agents on the front could finish task ``i``, and the most that it keeps, at least ``least``.

    ``front_first`` and ``front`` are as :func:`_fronts` returns them.
    """
    most = least
    for step in range(tasks.deadline.shape[1]):
        if tasks.deadline[i, step] < 0:
            continue
        b = asked.bucket[i, step]
        at = tasks.requirement[i] * asked.price.shape[1] + b
        best, best_agent, best_grains = most, -1, np.int64(0)
        for k in range(front_first[at], front_first[at + 1]):
            a, grains = able.agent[front[k]], _grains(tasks.work[i], able.speed[front[k]])
            surplus = (tasks.gain[i, step] << UNIT_BITS) - grains * asked.price[a, b] - asked.fee[a]
            if surplus > best:
                best, best_agent, best_grains = surplus, a, grains
        if best_agent >= 0 and not _possible(tasks, agents, i, step, best_agent, best_grains):
            return False, least
        most = best
    return True, most


@inner
def _best_of_all(
    tasks: _Tasks, able: _Able, pairs: _Pairs, agents: _Agents, asked: _Asked, i: Whole, least: Whole
) -> Whole:
    """The most that task ``i`` keeps with anybody who could do it, at least ``least``."""
    most, r = least, tasks.requirement[i]
    pair, last_pair = pairs.first[i], pairs.first[i + 1]
    for entry in range(able.first[r], able.first[r + 1]):
        a = able.agent[entry]
        while pair < last_pair and pairs.agent[pair] < a:
            pair += 1
        special = pair < last_pair and pairs.agent[pair] == a
        if special and not pairs.allowed[pair]:
            continue
        grains = _grains(tasks.work[i], able.speed[entry])
        extra = -agents.cost[a] * grains
        if special:
            grains = pairs.grains[pair] if pairs.grains[pair] > 0 else grains
            extra = pairs.bonus[pair] - agents.cost[a] * grains
        if tasks.requested[i] == a:
            extra += tasks.requested_gain[i]
        for step in range(tasks.deadline.shape[1]):
            if tasks.deadline[i, step] < 0:
                continue
            worth = tasks.gain[i, step]
            if extra != 0.0:  # rounded up: half-even never gives more
                raised = tasks.raw_gain[i, step] + extra + 0.5 + tasks.slack[i, step] + 1e-14 * abs(extra)
                worth = np.int64(np.floor(raised))
            surplus = (worth << UNIT_BITS) - grains * asked.price[a, asked.bucket[i, step]] - asked.fee[a]
            if surplus > most and _possible(tasks, agents, i, step, a, grains):
                most = surplus
    return most
