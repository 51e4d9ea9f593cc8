"""Construction: one task after the other, each to the agent whose time it pays best. Every engine starts from it.

Every grain of an agent's time has a price. Without better knowledge it is the same for all, tasks come in the
order of value density, and each goes to the agent who needs least time for it. With the prices that prove a
bound, tasks come in the order of their margin over the prices, per grain of work, and each goes where its margin is
largest; of equal agents, the one with least time left takes it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled, inner
from models.engines.pricing.dual import bucket_edges
from models.engines.pricing.prove import Priced
from models.engines.search.sequences import Sequences, empty_sequences, full, longer, plan_of, position, try_step
from models.plans.limits import UNLIMITED, Limits
from models.plans.plan import Plan
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, eligible_entry, gain, pair_row
from models.problem.problem import DURATION_SLACK, Problem

_TASKS_AT_ONCE = 20_000
_AT_ONCE = 8
"""So many agents are tried before the others are looked at again."""
_LOOKS = 100
_BUCKETS = 40
_SURE = 0.1
"""Work worth so much more than the price of its time is done in any good plan."""
_FEW = 50
"""Where fewer tasks than this fill an agent's time, packing decides: the longest are placed first."""

Int64 = NDArray[np.int64]


def greedy_plan(problem: Problem) -> Plan:
    """A legal plan in the order of value density; deterministic, and never cut short: it is the plan in any case."""
    A = arrays_of(problem)
    return plan_of(problem, construct(A, by_density(A)))


def priced_plan(problem: Problem, A: Arrays, priced: Priced, limits: Limits) -> Plan:
    """A legal plan that follows prices: each task where its margin is largest, in :func:`priced_order`.

    People who ask a fee come first: they may do only a few tasks, and so the right ones.
    """
    time_prices = make_time_prices(A, priced)
    order = priced_order(A, time_prices)
    begun = _few_first(A, time_prices, order, limits) if np.any(time_prices.fee > 0) else None
    return plan_of(problem, construct(A, order, time_prices, limits, begun))


def priced_order(A: Arrays, time_prices: "TimePrices") -> Int64:
    """The items of :func:`by_density` in the order in which prices give them a place.

    Work that is sure to be worth its time comes first, in the order of the buckets of its deadlines, so that time
    before a deadline goes to the work that needs it; then all work, the best margin per grain first.
    """
    items = by_density(A)
    tasks, steps = items // N_STEPS, items % N_STEPS
    bucket, work = time_prices.bucket[tasks, steps], np.maximum(A.work[tasks], 1e-9)
    least = _least_price(A, time_prices.price, time_prices.fee)[A.requirement[tasks], bucket]
    margin = A.gain[tasks, steps] / work - least
    most = np.full(len(A.work), -np.inf)
    np.maximum.at(most, tasks, margin * work)
    sure = np.flatnonzero((margin > _SURE * least) & (margin * work >= most[tasks]))
    packing = work[sure].sum() * _FEW * len(A.base) > len(sure) * (A.room - A.base).sum()
    best_first = np.where(packing, -work[sure], -margin[sure])
    order = np.concatenate([sure[np.lexsort((best_first, bucket[sure]))], np.argsort(-margin, kind="stable")])
    in_order: Int64 = items[order]
    return in_order


def _few_first(A: Arrays, time_prices: "TimePrices", items: Int64, limits: Limits) -> Sequences:
    """Work for people who ask a fee: what they earn more with than anybody else, most first."""
    theirs = time_prices.fee[A.elig_agent] > 0
    among = A._replace(
        elig_first=np.append(0, np.cumsum(theirs))[A.elig_first],
        elig_agent=A.elig_agent[theirs],
        elig_speed=A.elig_speed[theirs],
    )
    asked = time_prices._replace(pace=time_prices.pace[theirs])
    items = np.unique(items)
    tasks, steps = items // N_STEPS, items % N_STEPS
    margin = np.zeros(len(items))
    _best_margins(among, items, asked, margin)
    least = _least_price(A, time_prices.price, time_prices.fee)[A.requirement[tasks], time_prices.bucket[tasks, steps]]
    others = np.diff(np.append(0, np.cumsum(~theirs))[A.elig_first]) > 0
    elsewhere = np.where(others[A.requirement[tasks]], A.gain[tasks, steps] - A.work[tasks] * least, 0.0)
    more = margin - np.maximum(0.0, elsewhere)
    wanted = np.flatnonzero(more > 0)
    return construct(among, items[wanted[np.argsort(-more[wanted], kind="stable")]], asked, limits)


@compiled
def _best_margins(A, items, time_prices, margin):  # type: ignore[no-untyped-def]
    """The largest margin that anybody has with each item; 0 where nobody can do it."""
    found, margins = np.zeros(_AT_ONCE, np.int64), np.zeros(_AT_ONCE)
    costly = np.any(A.cost > 0)
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if _look(A, i, step, time_prices, costly, np.inf, np.int64(-1), np.int64(-1), found, margins) > 0:
            margin[n] = margins[0]


def by_density(A: Arrays) -> Int64:
    """The (task, step) items worth doing, as task * N_STEPS + step, densest gain per grain of work first."""
    best = A.raw_gain + np.maximum(A.requested_gain, 0)[:, None] + _largest_bonus(A)[:, None]
    possible = (A.deadline >= 0) & A.free[:, None] & (best > 0)
    items = np.flatnonzero(possible.reshape(-1))
    density = (A.gain / np.maximum(A.work, 1e-9)[:, None]).reshape(-1)[items]
    return items[np.lexsort((items, -density))]


def _largest_bonus(A: Arrays) -> NDArray[np.float64]:
    bonus = np.zeros(len(A.work))
    np.maximum.at(bonus, np.repeat(np.arange(len(A.work)), np.diff(A.pair_first)), A.pair_bonus)
    return bonus


class TimePrices(NamedTuple):
    """What agents ask while their time is given away, and what they have left.

    ``price[b, a]`` is what a grain costs that agent a promises by bucket b, ``fee[a]`` what each task costs besides;
    ``bucket[i, s]`` is that of task i's step s, ``last[b]`` a bucket's last grain. ``left[a]`` are the grains agent a
    still has, ``failed[b, a]`` the least that are known not to fit by the bucket's end. ``pace`` are the grains that
    each eligible entry needs for a grain of work, a little less for float error. ``place[a]`` is what agent a has left
    for each task it may still do: who gives so few places to short tasks has time on its hands in the end.
    """

    price: Any
    fee: Any
    bucket: Any
    last: Any
    left: Any
    failed: Any
    pace: Any
    place: Any


def make_time_prices(A: Arrays, priced: Priced | None) -> TimePrices:
    """What agents ask by prices; without any all time has the same small price, which favours the quickest."""
    horizon = int(A.clock_end.max(initial=1))
    if priced is None:
        edges = bucket_edges(A, horizon, _BUCKETS)
        priced = Priced(edges, np.full((len(A.base), len(edges)), 1e-6), np.zeros(len(A.base)))
    edges, width = priced.edges, len(priced.edges)
    return TimePrices(
        price=np.ascontiguousarray(priced.price.T),
        fee=priced.fee,
        bucket=np.clip(np.searchsorted(edges, A.deadline, side="right") - 1, 0, width - 1),
        last=np.append(edges[1:] - 1, horizon),
        left=np.where(A.spare > 0, A.room - A.base, 0),
        failed=np.full((width, len(A.base)), np.iinfo(np.int32).max, np.int32),
        pace=(1 - 2 * DURATION_SLACK) / A.elig_speed,
        place=np.zeros(len(A.base)),
    )


@compiled
def _least_price(A, price, fee):  # type: ignore[no-untyped-def]
    """The least price of a grain of work, by requirement and bucket, of agents without a fee; else of any."""
    least = np.zeros((len(A.elig_first) - 1, len(price)))
    for r in range(len(least)):
        entries = range(A.elig_first[r], A.elig_first[r + 1])
        for b in range(len(price)):
            free, any_one = np.inf, np.inf
            for entry in entries:
                a = A.elig_agent[entry]
                rate = (price[b, a] + A.cost[a]) / A.elig_speed[entry]
                any_one = min(any_one, rate)
                if fee[a] <= 0.0:
                    free = min(free, rate)
            least[r, b] = free if free < np.inf else any_one
    return least


def construct(
    A: Arrays,
    items: Int64,
    time_prices: TimePrices | None = None,
    limits: Limits = UNLIMITED,
    sequences: Sequences | None = None,
) -> Sequences:
    """The roster that comes of placing items (task * N_STEPS + step) one after the other where they fit.

    Begins with ``roster``, by default an empty one. When the limits are exhausted it is left as it is: legal, with the
    best work placed.
    """
    time_prices = time_prices if time_prices is not None else make_time_prices(A, None)
    sequences, done = empty_sequences(A) if sequences is None else sequences, 0
    time_prices.left[:] = np.where(sequences.count < A.spare, A.room - A.base - sequences.load, 0)
    time_prices.place[:] = time_prices.left / np.maximum(A.spare - sequences.count, 1)
    if full(sequences):
        sequences = longer(sequences)
    while done < len(items) and not limits.exhausted():
        done += int(_place(A, sequences, items[done : done + _TASKS_AT_ONCE], time_prices))
        if full(sequences):
            sequences = longer(sequences)
    return sequences


@compiled
def _place(A, X, items, time_prices):  # type: ignore[no-untyped-def]
    """Places items in their order; returns how many were looked at before an agent's row was full."""
    found, margin = np.zeros(_AT_ONCE, np.int64), np.zeros(_AT_ONCE)
    costly = np.any(A.cost > 0)
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if X.agent_of[i] >= 0:
            continue
        below, least_left, after = np.inf, np.int64(-1), np.int64(-1)
        for _ in range(_LOOKS):
            count = _look(A, i, step, time_prices, costly, below, least_left, after, found, margin)
            a = _first_that_fits(A, X, i, step, time_prices, found[:count])
            if a >= 0:
                time_prices.left[a] = A.room[a] - A.base[a] - X.load[a] if X.count[a] < A.spare[a] else 0
                time_prices.place[a] = time_prices.left[a] / max(A.spare[a] - X.count[a], 1)
                if X.count[a] >= X.job.shape[1]:
                    return n + 1
            if a >= 0 or count < _AT_ONCE:
                break
            after = found[count - 1]
            below, least_left = margin[count - 1], time_prices.left[after]
    return len(items)


@inner
def _look(A, i, step, time_prices, costly, below, least_left, after, found, margin):  # type: ignore[no-untyped-def]
    """Finds the agents whose time task ``i`` pays best, then those with least time left; returns how many.

    Only those count that come behind agent ``after`` with margin ``below`` and ``least_left`` grains left.
    """
    # taken out of their tuples once: every look into one costs more than the sums below
    agents, speed, pace, cost, fee, left = (
        A.elig_agent,
        A.elig_speed,
        time_prices.pace,
        A.cost,
        time_prices.fee,
        time_prices.left,
    )
    pair_agent, pair_allowed = A.pair_agent, A.pair_allowed
    r, b = A.requirement[i], time_prices.bucket[i, step]
    price, failed, place = time_prices.price[b], time_prices.failed[b], time_prices.place
    row, last_row, wanted = A.pair_first[i], A.pair_first[i + 1], A.requested[i]
    work, count = A.work[i], 0
    exactly, roughly = A.gain[i, step], A.raw_gain[i, step]
    most = max(exactly, roughly) if costly else exactly
    worst = -np.inf  # the least margin found, once nobody else is wanted below it
    for entry in range(A.elig_first[r], A.elig_first[r + 1]):
        a = agents[entry]
        if most - work * pace[entry] * price[a] - fee[a] < worst and row == last_row and a != wanted:
            continue
        while row < last_row and pair_agent[row] < a:
            row += 1
        if a == wanted or (row < last_row and pair_agent[row] == a):
            pair = row if row < last_row and pair_agent[row] == a else np.int64(-1)
            if pair >= 0 and not pair_allowed[pair]:
                continue
            exact = duration(A, i, speed[entry], pair)
            worth = gain(A, i, step, a, exact, pair)
            grains = float(exact)
        else:
            grains = max(1.0, np.ceil(work / speed[entry] * (1 - DURATION_SLACK)))
            worth = roughly - cost[a] * grains if costly else exactly
        if grains > left[a] or grains >= failed[a] or worth <= 0:
            continue
        # a fee says what a place is worth; without one, a place costs no less than its share of the time left
        here = worth - (max(grains, place[a]) if fee[a] <= 0.0 else grains) * price[a] - fee[a]
        if here > below or (here == below and (left[a] < least_left or (left[a] == least_left and a <= after))):
            continue
        if count == _AT_ONCE and not _before(here, left[a], margin[count - 1], left[found[count - 1]]):
            continue
        count = min(count + 1, _AT_ONCE)
        at = count - 1
        while at > 0 and _before(here, left[a], margin[at - 1], left[found[at - 1]]):
            found[at], margin[at] = found[at - 1], margin[at - 1]
            at -= 1
        found[at], margin[at] = a, here
        worst = margin[count - 1] if count == _AT_ONCE else -np.inf
    return count


@inner
def _before(margin, left, other_margin, other_left):  # type: ignore[no-untyped-def]
    return margin > other_margin or (margin == other_margin and left < other_left)


@inner
def _first_that_fits(A, X, i, step, time_prices, found):  # type: ignore[no-untyped-def]
    """Gives task ``i`` to the first of the agents where it fits, who is returned, or -1."""
    b = time_prices.bucket[i, step]
    for a in found:
        if try_step(A, X, i, step, a):
            return a
        entry, pair = eligible_entry(A, i, a), pair_row(A, i, a)
        grains = duration(A, i, A.elig_speed[entry], pair)
        # time only gets scarcer: what does not fit by the end of the bucket is not tried here again
        if position(A, X, a, grains, A.base[a], capacity(A, a, time_prices.last[b])) < 0:
            time_prices.failed[b, a] = min(time_prices.failed[b, a], grains)
    return np.int64(-1)
