"""Construction: one task after the other, each to the agent whose time it pays best. Every engine starts from it.

Every grain of an agent's time has a price. Without better knowledge it is the same for all, tasks come in the
order of value density, and each goes to the agent who needs least time for it. With the prices that prove a
bound, tasks come in the order of their margin over the prices, per grain of work, and each goes where its margin is
largest; of equal agents, the one with least time left takes it.
"""

import numpy as np
from numpy.typing import NDArray

from models.compiled import Real, Whole, compiled, inner
from models.engines.pricing.prove import Priced
from models.engines.search.sequences import Sequences, empty_sequences, full, longer, plan_of, position, try_step
from models.engines.search.time_prices import (
    Queues,
    TimePrices,
    forget_the_full,
    least_price,
    make_queues,
    make_time_prices,
    row_of,
)
from models.plans.limits import UNLIMITED, Limits
from models.plans.plan import Plan
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, eligible_entry, gain, pair_row
from models.problem.problem import DURATION_SLACK, Float64, Int64, Problem

_TASKS_AT_ONCE = 20_000
"""Items between two looks at the clock."""
_AT_ONCE = 8
"""So many agents are tried before the others are looked at again; not tuned."""
_LOOKS = 100
"""Times that others are looked at for an item before it is given up; not tuned."""
_SURE = 0.1
"""Work worth so much more than the price of its time is done in any good plan (`docs/formulation.md`, section 6, with
figures for this and the next). Half or twice as much makes no difference on days of 1,500 tasks."""
_FEW = 50
"""Where fewer tasks than this fill an agent's time, packing decides: the longest are placed first."""


def greedy_plan(problem: Problem) -> Plan:
    """A legal plan in the order of value density; deterministic, and never cut short: it is the plan in any case."""
    arrays = arrays_of(problem)
    return plan_of(problem, construct(arrays, by_density(arrays)))


def priced_plan(problem: Problem, arrays: Arrays, priced: Priced, limits: Limits) -> Plan:
    """A legal plan that follows prices: each task where its margin is largest, in :func:`priced_order`.

    People who ask a fee come first: they may do only a few tasks, and so the right ones.
    """
    time_prices = make_time_prices(arrays, priced)
    order = priced_order(arrays, time_prices)
    begun = _few_first(arrays, time_prices, order, limits) if np.any(time_prices.fee > 0) else None
    return plan_of(problem, construct(arrays, order, time_prices, limits, begun))


def priced_order(arrays: Arrays, time_prices: TimePrices) -> Int64:
    """The items of :func:`by_density` in the order in which prices give them a place.

    Work that is sure to be worth its time comes first, in the order of the buckets of its deadlines, so that time
    before a deadline goes to the work that needs it; then all work, the best margin per grain first.
    """
    items = by_density(arrays)
    tasks, steps = items // N_STEPS, items % N_STEPS
    bucket, work = time_prices.bucket[tasks, steps], np.maximum(arrays.work[tasks], 1e-9)
    least = least_price(arrays, time_prices.price, time_prices.fee)[arrays.requirement[tasks], bucket]
    margin = arrays.gain[tasks, steps] / work - least
    most = np.full(len(arrays.work), -np.inf)
    np.maximum.at(most, tasks, margin * work)
    sure = np.flatnonzero((margin > _SURE * least) & (margin * work >= most[tasks]))
    packing = work[sure].sum() * _FEW * len(arrays.base) > len(sure) * (arrays.room - arrays.base).sum()
    best_first = np.where(packing, -work[sure], -margin[sure])
    order = np.concatenate([sure[np.lexsort((best_first, bucket[sure]))], np.argsort(-margin, kind="stable")])
    in_order: Int64 = items[order]
    return in_order


def _few_first(arrays: Arrays, time_prices: TimePrices, items: Int64, limits: Limits) -> Sequences:
    """Work for people who ask a fee: what they earn more with than anybody else, most first."""
    theirs = time_prices.fee[arrays.elig_agent] > 0
    among = arrays._replace(
        elig_first=np.append(0, np.cumsum(theirs))[arrays.elig_first],
        elig_agent=arrays.elig_agent[theirs],
        elig_speed=arrays.elig_speed[theirs],
    )
    asked = time_prices._replace(pace=time_prices.pace[theirs])
    items = np.unique(items)
    tasks, steps = items // N_STEPS, items % N_STEPS
    margin = np.zeros(len(items))
    _best_margins(among, items, asked, make_queues(among, asked, items), margin)
    least = least_price(arrays, time_prices.price, time_prices.fee)[
        arrays.requirement[tasks], time_prices.bucket[tasks, steps]
    ]
    others = np.diff(np.append(0, np.cumsum(~theirs))[arrays.elig_first]) > 0
    elsewhere = np.where(others[arrays.requirement[tasks]], arrays.gain[tasks, steps] - arrays.work[tasks] * least, 0.0)
    more = margin - np.maximum(0.0, elsewhere)
    wanted = np.flatnonzero(more > 0)
    return construct(among, items[wanted[np.argsort(-more[wanted], kind="stable")]], asked, limits)


@compiled
def _best_margins(arrays: Arrays, items: Int64, time_prices: TimePrices, queues: Queues, margin: Float64) -> None:
    """The largest margin that anybody has with each item; 0 where nobody can do it."""
    found, margins = np.zeros(_AT_ONCE, np.int64), np.zeros(_AT_ONCE)
    costly = np.any(arrays.cost > 0)
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if _look(arrays, i, step, time_prices, queues, costly, np.inf, np.int64(-1), np.int64(-1), found, margins) > 0:
            margin[n] = margins[0]


def by_density(arrays: Arrays) -> Int64:
    """The (task, step) items worth doing, as task * N_STEPS + step, densest gain per grain of work first."""
    best = arrays.raw_gain + np.maximum(arrays.requested_gain, 0)[:, None] + _largest_bonus(arrays)[:, None]
    possible = (arrays.deadline >= 0) & arrays.free[:, None] & (best > 0)
    items = np.flatnonzero(possible.reshape(-1))
    density = (arrays.gain / np.maximum(arrays.work, 1e-9)[:, None]).reshape(-1)[items]
    return items[np.lexsort((items, -density))]


def _largest_bonus(arrays: Arrays) -> NDArray[np.float64]:
    bonus = np.zeros(len(arrays.work))
    np.maximum.at(bonus, np.repeat(np.arange(len(arrays.work)), np.diff(arrays.pair_first)), arrays.pair_bonus)
    return bonus


def construct(
    arrays: Arrays,
    items: Int64,
    time_prices: TimePrices | None = None,
    limits: Limits = UNLIMITED,
    sequences: Sequences | None = None,
) -> Sequences:
    """The sequences that come of placing items (task * N_STEPS + step) one after the other where they fit.

    Begins with ``sequences``, by default empty ones. When the limits are exhausted they are left as they are: legal,
    with the best work placed.
    """
    time_prices = time_prices if time_prices is not None else make_time_prices(arrays, None)
    sequences, done = empty_sequences(arrays) if sequences is None else sequences, 0
    time_prices.left[:] = np.where(sequences.count < arrays.spare, arrays.room - arrays.base - sequences.load, 0)
    time_prices.place[:] = time_prices.left / np.maximum(arrays.spare - sequences.count, 1)
    if full(sequences):
        sequences = longer(sequences)
    queues = make_queues(arrays, time_prices, items)
    while done < len(items) and not limits.exhausted():
        forget_the_full(time_prices, queues)
        done += int(_place(arrays, sequences, items[done : done + _TASKS_AT_ONCE], time_prices, queues))
        if full(sequences):
            sequences = longer(sequences)
    return sequences


@compiled
def _place(arrays: Arrays, sequences: Sequences, items: Int64, time_prices: TimePrices, queues: Queues) -> Whole:
    """Places items in their order; how many were looked at: all, or those until an agent had no room for more jobs."""
    found, margin = np.zeros(_AT_ONCE, np.int64), np.zeros(_AT_ONCE)
    costly = np.any(arrays.cost > 0)
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if sequences.agent_of[i] >= 0:
            continue
        below, least_left, after = np.inf, np.int64(-1), np.int64(-1)
        for _ in range(_LOOKS):
            count = _look(arrays, i, step, time_prices, queues, costly, below, least_left, after, found, margin)
            a = _first_that_fits(arrays, sequences, i, step, time_prices, found[:count])
            if a >= 0:
                time_prices.left[a] = (
                    arrays.room[a] - arrays.base[a] - sequences.load[a] if sequences.count[a] < arrays.spare[a] else 0
                )
                time_prices.place[a] = time_prices.left[a] / max(arrays.spare[a] - sequences.count[a], 1)
                if sequences.count[a] >= sequences.job.shape[1]:
                    return n + 1
            if a >= 0 or count < _AT_ONCE:
                break
            after = found[count - 1]
            below, least_left = margin[count - 1], time_prices.left[after]
    return len(items)


@inner
def _look(
    arrays: Arrays,
    i: Whole,
    step: Whole,
    time_prices: TimePrices,
    queues: Queues,
    costly: bool | np.bool_,
    below: Real,
    least_left: Whole,
    after: Whole,
    found: Int64,
    margin: Float64,
) -> Whole:
    """Finds the agents with the largest margins for task ``i``, of equals those with least time left; how many.

    Writes them into ``found`` and their margins, in hundredths, into ``margin``, best first, as many as there is room
    for. Only those count that come behind agent ``after`` with margin ``below`` and ``least_left`` grains left.
    ``costly`` says whether anybody's time costs anything.
    """
    # taken out of their tuples once: every look into one costs more than the sums below
    cost, fee, left = arrays.cost, time_prices.fee, time_prices.left
    row, b = row_of(arrays, time_prices, i, step), time_prices.bucket[i, step]
    agents, speeds, rates, begin = queues.agent, queues.speed, queues.rate, queues.first[row]
    price, failed, place = time_prices.price[b], time_prices.failed[b], time_prices.place
    first, last, wanted = arrays.pair_first[i], arrays.pair_first[i + 1], arrays.requested[i]
    work, count = arrays.work[i], 0
    exactly, roughly = arrays.gain[i, step], arrays.raw_gain[i, step]
    most = max(exactly, roughly) if costly else exactly
    worst = -np.inf  # the least margin found, once nobody else is wanted below it
    special = last - first + 1
    for k in range(begin - special, begin + queues.waiting[row]):
        if k < begin:  # agents with terms of their own, the requested one last
            pair = first + k - begin + special if k < begin - 1 else np.int64(-1)
            a = np.int64(arrays.pair_agent[pair]) if pair >= 0 else np.int64(wanted)
            if a < 0 or (pair >= 0 and not arrays.pair_allowed[pair]) or (pair < 0 and pair_row(arrays, i, a) >= 0):
                continue
            entry = eligible_entry(arrays, i, a)
            if entry < 0:
                continue
            exact = duration(arrays, i, arrays.elig_speed[entry], pair)
            worth = gain(arrays, i, step, a, exact, pair)
            grains = float(exact)
            if grains > left[a] or grains >= failed[a] or worth <= 0:
                continue
        else:
            at_most = most - work * rates[k]
            if at_most < worst:
                break  # nor has anybody behind more
            a, grains = np.int64(agents[k]), max(1.0, np.ceil(work / speeds[k] * (1 - DURATION_SLACK)))
            if grains > left[a] or grains >= failed[a] or at_most - fee[a] < worst:
                continue
            worth = roughly - cost[a] * grains if costly else exactly
            if worth <= 0 or a == wanted or (special > 1 and pair_row(arrays, i, a) >= 0):
                continue
        # a fee says what a place is worth; without one, a place costs no less than its share of the time left
        here = worth - (max(grains, place[a]) if fee[a] <= 0.0 else grains) * price[a] - fee[a]
        if here > below or (here == below and (left[a] < least_left or (left[a] == least_left and a <= after))):
            continue
        other = found[_AT_ONCE - 1]
        if count == _AT_ONCE and not _before(here, left[a], a, worst, left[other], other):
            continue
        count = min(count + 1, _AT_ONCE)
        at = count - 1
        while at > 0 and _before(here, left[a], a, margin[at - 1], left[found[at - 1]], found[at - 1]):
            found[at], margin[at] = found[at - 1], margin[at - 1]
            at -= 1
        found[at], margin[at] = a, here
        worst = margin[count - 1] if count == _AT_ONCE else -np.inf
    return count


@inner
def _before(margin: Real, left: Whole, a: Whole, other_margin: Real, other_left: Whole, other: Whole) -> bool:
    """Whether an agent comes before another: by the larger margin, less time left, the lower number."""
    if margin != other_margin:
        first: bool = margin > other_margin
        return first
    return bool(left < other_left or (left == other_left and a < other))


@inner
def _first_that_fits(
    arrays: Arrays, sequences: Sequences, i: Whole, step: Whole, time_prices: TimePrices, found: Int64
) -> Whole:
    """Gives task ``i`` to the first of the agents where it fits, who is returned, or -1.

    Notes in ``failed`` what does not fit by the end of the bucket.
    """
    b = time_prices.bucket[i, step]
    for a in found:
        if try_step(arrays, sequences, i, step, a):
            return a
        entry, pair = eligible_entry(arrays, i, a), pair_row(arrays, i, a)
        grains = duration(arrays, i, arrays.elig_speed[entry], pair)
        # time only gets scarcer: what does not fit by the end of the bucket is not tried here again
        if position(arrays, sequences, a, grains, arrays.base[a], capacity(arrays, a, time_prices.last[b])) < 0:
            time_prices.failed[b, a] = min(time_prices.failed[b, a], grains)
    return np.int64(-1)
