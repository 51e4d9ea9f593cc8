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

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.plans.outcome import Prices
from models.problem.problem import DURATION_SLACK, LONGEST, NO_LIMIT, Problem

UNIT_BITS = 20
"""A price of 1 is 2**-20 hundredths per grain."""
_LARGEST = 2**62
_ALIKE = 8
"""From so many tasks of one requirement for each price, finding those who are best for all of them saves time."""
_NOTHING_FITS = -(2**60)
"""What a task keeps that must be done and cannot: no plan keeps the rules."""

Int64 = NDArray[np.int64]


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
    raw = problem.worth_of_steps - problem.undone[:, None]
    if _largest(problem, raw) >= 2.0 ** (61 - UNIT_BITS):
        return None
    kept = task_surplus(problem, prices)
    whole, rest = int((kept >> UNIT_BITS).sum()), int((kept & (2**UNIT_BITS - 1)).sum())
    total = (
        rent_in_all(problem, prices.edges, prices.price)
        + fees_in_all(problem, prices.fee)
        + (whole << UNIT_BITS)
        + rest
    )
    return constant(problem) + -(-total >> UNIT_BITS)


def refuse_what_proves_nothing(prices: Prices) -> None:
    """Refuses prices of time and fees that no proof may use.

    Raises:
        ValueError: they are negative or rise with the deadline.
    """
    edges, price = prices.edges, prices.price
    if np.any(price < 0) or np.any(np.diff(price, axis=1) > 0) or edges[0] != 0 or np.any(np.diff(edges) <= 0):
        raise ValueError("prices must not be negative and must never rise with the deadline")
    if np.any(prices.fee < 0):
        raise ValueError("fees must not be negative")


def task_surplus(problem: Problem, prices: Prices) -> Int64:
    """What each task keeps at the prices, its term of the first sum, in their unit; 0 for pinned work."""
    gain = problem.payoff - problem.undone[:, None]
    raw = problem.worth_of_steps - problem.undone[:, None]
    bucket = np.searchsorted(prices.edges, problem.deadline, side="right") - 1
    kept = np.where(problem.free & (problem.fixed_agent >= 0), _NOTHING_FITS, 0)
    alike = np.bincount(problem.requirement[problem.free], minlength=problem.eligibility.n_requirements)
    common = alike >= _ALIKE * len(prices.edges)
    _keep(*_columns(problem, gain, raw), bucket, prices.price, prices.fee, common, kept)
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


def _columns(problem: Problem, gain: Int64, raw: Any) -> tuple[Any, ...]:
    """What the compiled sum needs, plain arrays."""
    terms, clocks, pairs, eligibility = (
        problem.worth.terms,
        problem.clocks,
        problem.pairs,
        problem.eligibility,
    )
    share = 100 * float(terms.requested_agent_share)
    cost = 100 * float(terms.cost_weight) * problem.grain_s / 3600 * problem.cost_per_hour
    columns = (
        *(np.flatnonzero(problem.free), problem.requirement, problem.work, problem.release, problem.deadline),
        *(
            gain,
            raw,
            1e-6 + 1e-14 * problem.worth.size(),
            problem.requested if share > 0 else np.full(problem.n_tasks, -1),
        ),
        *(share * problem.worth.weighted(), eligibility.first, eligibility.agent, eligibility.efficiency),
        *(
            pairs.first,
            pairs.agent,
            pairs.allowed,
            pairs.grains,
            100 * pairs.bonus,
            cost,
            problem.pinned_load,
        ),
        *(clocks.first, clocks.start, clocks.end, clocks.before, clocks.num, clocks.den),
    )
    return tuple(np.array(column, order="C") for column in columns)


@compiled
def _capacity_at(first, start, end, before, num, den, a, t):  # type: ignore[no-untyped-def]
    """c_a(t), by a plain scan."""
    w = np.int64(0)
    for k in range(first[a], first[a + 1]):
        if start[k] >= t:
            break
        w = before[k] + min(t, end[k]) - start[k]
    return num[a] * w // den[a]


@compiled
def _fronts(elig_first, elig_agent, elig_speed, price, fee, common):  # type: ignore[no-untyped-def]
    """For each common requirement and bucket the eligible agents of whom no other is as quick at as low a price.

    Agents who ask a fee are all among them, and keep nobody out.

    Those of requirement r and bucket b are ``first[r * B + b]:first[r * B + b + 1]`` of the second array.
    """
    kinds, width = len(elig_first) - 1, price.shape[1]
    first = np.zeros(kinds * width + 1, np.int64)
    entries = np.zeros(np.diff(elig_first)[common].sum() * width, np.int32)
    n = 0
    for r in range(kinds):
        first[r * width + 1 : (r + 1) * width + 1] = n
        if not common[r]:
            continue
        low, high = elig_first[r], elig_first[r + 1]
        by_speed = low + np.argsort(-elig_speed[low:high], kind="mergesort")
        for b in range(width):
            asked = price[:, b][elig_agent[by_speed]]
            quickest = 0.0
            for k in np.argsort(asked, kind="mergesort"):
                entry = by_speed[k]
                if elig_speed[entry] > quickest or fee[elig_agent[entry]] > 0:
                    quickest = quickest if fee[elig_agent[entry]] > 0 else elig_speed[entry]
                    entries[n] = by_speed[k]
                    n += 1
            first[r * width + b + 1] = n
    return first, entries[:n]


@compiled
def _possible(clock, pinned, release, deadline, i, s, a, grains):  # type: ignore[no-untyped-def]
    """Whether agent a could finish task i in step s with started work alone."""
    begin = max(pinned[a], _capacity_at(*clock, a, release[i]))
    in_time: bool = begin + grains <= _capacity_at(*clock, a, deadline[i, s])
    return in_time


@compiled
def _grains(work, speed):  # type: ignore[no-untyped-def]
    return np.int64(min(max(np.ceil(work / speed * (1 - DURATION_SLACK)), 1.0), float(LONGEST)))


@compiled
def _keep(  # type: ignore[no-untyped-def]
    tasks, requirement, work, release, deadline, gain, raw, slack, requested, requested_gain, elig_first, elig_agent,
    elig_speed, pair_first, pair_agent, pair_allowed, pair_grains, pair_bonus, cost, pinned, clock_first,
    clock_start, clock_end, clock_before, clock_num, clock_den, bucket, price, fee, common, kept,
):  # fmt: skip
    """Writes the terms of the first sum into ``kept``, which holds the least they may be.

    A task of a common requirement without terms between it and single agents is worth most to an agent on the front;
    when that agent could finish it, the others need no look.
    """
    clock = (clock_first, clock_start, clock_end, clock_before, clock_num, clock_den)
    front_first, front = _fronts(elig_first, elig_agent, elig_speed, price, fee, common)
    costless = not np.any(cost > 0)
    for i in tasks:
        best, r = kept[i], requirement[i]
        settled = common[r] and costless and requested[i] < 0 and pair_first[i] == pair_first[i + 1]
        if settled:
            for s in range(deadline.shape[1]):
                if deadline[i, s] < 0:
                    continue
                at = r * price.shape[1] + bucket[i, s]
                most, agent, longest = best, -1, np.int64(0)
                for k in range(front_first[at], front_first[at + 1]):
                    grains = _grains(work[i], elig_speed[front[k]])
                    a = elig_agent[front[k]]
                    surplus = (gain[i, s] << UNIT_BITS) - grains * price[a, bucket[i, s]] - fee[a]
                    if surplus > most:
                        most, agent, longest = surplus, a, grains
                if agent >= 0 and not _possible(clock, pinned, release, deadline, i, s, agent, longest):
                    settled = False
                    break
                best = most
        if not settled:
            best = kept[i]
            row, last_row = pair_first[i], pair_first[i + 1]
            for entry in range(elig_first[r], elig_first[r + 1]):
                a = elig_agent[entry]
                while row < last_row and pair_agent[row] < a:
                    row += 1
                special = row < last_row and pair_agent[row] == a
                if special and not pair_allowed[row]:
                    continue
                grains = _grains(work[i], elig_speed[entry])
                extra = -cost[a] * grains
                if special:
                    grains = pair_grains[row] if pair_grains[row] > 0 else grains
                    extra = pair_bonus[row] - cost[a] * grains
                if requested[i] == a:
                    extra += requested_gain[i]
                for s in range(deadline.shape[1]):
                    if deadline[i, s] < 0:
                        continue
                    worth = gain[i, s]
                    if extra != 0.0:  # rounded up: half-even never gives more
                        worth = np.int64(np.floor(raw[i, s] + extra + 0.5 + slack[i, s] + 1e-14 * abs(extra)))
                    surplus = (worth << UNIT_BITS) - grains * price[a, bucket[i, s]] - fee[a]
                    if surplus > best and _possible(clock, pinned, release, deadline, i, s, a, grains):
                        best = surplus
        kept[i] = best
