"""Greedy: one task after the other, each to the agent whose time it pays best. The start of every other engine.

Every grain of an agent's time has a price. Without better knowledge it is the same for all, tasks come in the
order of value density, and each goes to the agent who needs least time for it. With the prices that prove a
bound, tasks come in the order of their margin over the prices, and each goes where its margin is largest; of
equal agents, the one with least time left takes it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, gain, pair_row
from models.compiled import compiled, inner
from models.engines.bounding import MOST_OPTIONS, Priced, prices_proving_bounds
from models.engines.dual import bucket_edges
from models.engines.incumbent import Incumbent
from models.engines.options import count_options
from models.engines.roster import Roster, empty_roster, full, longer, plan_of, position, try_step
from models.limits import UNLIMITED, Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem

_TASKS_AT_ONCE = 20_000
_AS_CHEAP = 4  # equally cheap agents compared for the tightest fit
_MOST_ENTRIES = 20_000_000
_BUCKETS = 20

Int64 = NDArray[np.int64]


def solve_greedy(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The greedy plan, with a bound by prices."""
    incumbent = Incumbent(problem, limits, observer)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(problem), "greedy")
    for _ in prices_proving_bounds(incumbent, arrays_of(problem)):
        if incumbent.finished():
            break
    return incumbent.outcome("greedy", complete=not limits.exhausted())


def greedy_plan(problem: Problem) -> Plan:
    """A legal plan in the order of value density; deterministic, and never cut short: it is the plan in any case."""
    A = arrays_of(problem)
    return plan_of(problem, greedy_roster(A, by_density(A)))


def priced_plan(problem: Problem, A: Arrays, priced: Priced, limits: Limits) -> Plan:
    """A legal plan that follows prices: in the order of margin, each task where its margin is largest."""
    lists, items = make_preferences(A, priced), by_density(A)
    if count_options(A) <= MOST_OPTIONS:
        margin = np.full(A.deadline.shape, -np.inf)
        _margins(A, lists, margin)
    else:
        margin = A.gain - A.work[:, None] * lists.cheapest[A.requirement[:, None], lists.bucket]
    order = items[np.argsort(-margin.reshape(-1)[items], kind="stable")]
    return plan_of(problem, greedy_roster(A, order, lists, limits))


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


class Preferences(NamedTuple):
    """The agents of every requirement in the order in which their time is cheapest, for each deadline bucket.

    Requirement r and bucket b have the positions ``first[r] * B + b * able .. + able`` of ``entry`` (into the
    eligible agents) and ``failed`` (the least grains that do not fit there by the bucket's ``last`` grain);
    ``head`` counts the positions at the front that are used up. ``cheapest`` is the least price per grain of work
    in each bucket, ``fastest`` the best efficiency.
    """

    price: Any
    bucket: Any
    last: Any
    entry: Any
    failed: Any
    head: Any
    cheapest: Any
    fastest: Any


def make_preferences(A: Arrays, priced: Priced | None) -> Preferences:
    """Preference lists by prices; without any all time has the same small price, which favours the quickest."""
    if priced is None:
        edges = bucket_edges(A, int(A.clock_end.max(initial=1)), _BUCKETS)
        priced = Priced(edges, np.full((len(A.base), len(edges)), 1e-6))
    # few enough buckets for the lists to stay small: of the merged ones the middle one's prices count
    step = -(-len(priced.edges) * len(A.elig_agent) // _MOST_ENTRIES) or 1
    kept = slice(step // 2, None, step)
    edges, price = priced.edges[::step], np.ascontiguousarray(priced.price[:, kept][:, : len(priced.edges[::step])])
    width = price.shape[1]
    bucket = np.clip(np.searchsorted(edges, A.deadline, side="right") - 1, 0, width - 1)
    size = len(A.elig_agent) * width
    lists = Preferences(
        price=price,
        bucket=bucket,
        last=np.append(edges[1:] - 1, int(A.clock_end.max(initial=1))),
        entry=np.zeros(size, np.int32),
        failed=np.full(size, np.iinfo(np.int32).max, np.int32),
        head=np.zeros((len(A.elig_first) - 1, width), np.int32),
        cheapest=np.full((len(A.elig_first) - 1, width), np.inf),
        fastest=np.ones(len(A.elig_first) - 1),
    )
    _sort(A, lists)
    return lists


@compiled
def _sort(A, lists):  # type: ignore[no-untyped-def]
    width = lists.price.shape[1]
    for r in range(len(A.elig_first) - 1):
        low, high = A.elig_first[r], A.elig_first[r + 1]
        if low == high:
            continue
        agents = A.elig_agent[low:high]
        for b in range(width):
            rate = (lists.price[:, b][agents] + A.cost[agents]) / A.elig_speed[low:high]
            order = np.argsort(rate, kind="mergesort")
            at = low * width + b * (high - low)
            for k in range(high - low):
                lists.entry[at + k] = low + order[k]
            lists.cheapest[r, b] = rate[order[0]]
        lists.fastest[r] = A.elig_speed[low:high].max()


def greedy_roster(A: Arrays, items: Int64, lists: Preferences | None = None, limits: Limits = UNLIMITED) -> Roster:
    """The roster that comes of placing items (task * N_STEPS + step) one after the other where they fit.

    When the limits are exhausted it is left as it is: legal, with the best work placed.
    """
    lists = lists if lists is not None else make_preferences(A, None)
    roster, all_pairs = empty_roster(A), count_options(A) <= MOST_OPTIONS
    done = 0
    while done < len(items) and not limits.exhausted():
        done += int(_place(A, roster, items[done : done + _TASKS_AT_ONCE], lists, all_pairs))
        if full(roster):
            roster = longer(roster)
    return roster


@compiled
def _place(A, X, items, lists, all_pairs):  # type: ignore[no-untyped-def]
    """Places items in their order; returns how many were looked at before an agent's row was full."""
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if X.agent_of[i] >= 0:
            continue
        special = all_pairs or A.pair_first[i + 1] > A.pair_first[i] or A.requested[i] >= 0
        a = _best_of_all(A, X, i, step, lists) if special else _cheapest(A, X, i, step, lists)
        if a >= 0 and try_step(A, X, i, step, a) and X.count[a] >= X.job.shape[1]:
            return n + 1
    return len(items)


@inner
def _cheapest(A, X, i, step, lists):  # type: ignore[no-untyped-def]
    """The agent with the cheapest time that fits task ``i``, of the next few as cheap the fullest; or -1."""
    r, b = A.requirement[i], lists.bucket[i, step]
    able = A.elig_first[r + 1] - A.elig_first[r]
    at = A.elig_first[r] * lists.price.shape[1] + b * able
    while lists.head[r, b] < able and lists.failed[at + lists.head[r, b]] == 0:
        lists.head[r, b] += 1
    best, best_room, best_rate, looked = -1, np.int64(0), 0.0, 0
    least = duration(A, i, lists.fastest[r], np.int64(-1))
    for k in range(at + lists.head[r, b], at + able):
        if lists.failed[k] <= least:
            continue
        entry = lists.entry[k]
        a = A.elig_agent[entry]
        rate = (lists.price[a, b] + A.cost[a]) / A.elig_speed[entry]
        if best >= 0 and (looked >= _AS_CHEAP or rate > best_rate * 1.001):
            break
        grains = duration(A, i, A.elig_speed[entry], np.int64(-1))
        if grains >= lists.failed[k]:
            continue
        room = A.room[a] - A.base[a] - X.load[a]
        if room <= 0 or X.count[a] >= A.spare[a]:
            lists.failed[k] = 0
            continue
        earliest = max(A.base[a], capacity(A, a, A.release[i]))
        if position(A, X, a, grains, earliest, capacity(A, a, A.deadline[i, step])) < 0:
            # time only gets scarcer: what does not fit by the end of the bucket is not tried here again
            if position(A, X, a, grains, A.base[a], capacity(A, a, lists.last[b])) < 0:
                lists.failed[k] = grains
            continue
        looked += 1
        if best < 0:
            best_rate = rate
        if best < 0 or room < best_room:
            best, best_room = a, room
    return best


@inner
def _best_of_all(A, X, i, step, lists):  # type: ignore[no-untyped-def]
    """The agent who can finish task ``i`` in ``step`` at the largest margin, then with least time left; or -1."""
    best, best_margin, best_room = -1, -np.inf, np.int64(0)
    r = A.requirement[i]
    has_pairs = A.pair_first[i + 1] > A.pair_first[i]
    for entry in range(A.elig_first[r], A.elig_first[r + 1]):
        a = A.elig_agent[entry]
        room = A.room[a] - A.base[a] - X.load[a]
        if room <= 0:
            continue
        pair = pair_row(A, i, a) if has_pairs else np.int64(-1)
        if pair >= 0 and not A.pair_allowed[pair]:
            continue
        grains = duration(A, i, A.elig_speed[entry], pair)
        if grains > room:
            continue
        worth = gain(A, i, step, a, grains, pair)
        margin = worth - grains * lists.price[a, lists.bucket[i, step]]
        if worth <= 0 or margin < best_margin or (margin == best_margin and room >= best_room):
            continue
        earliest = max(A.base[a], capacity(A, a, A.release[i]))
        if position(A, X, a, grains, earliest, capacity(A, a, A.deadline[i, step])) >= 0:
            best, best_margin, best_room = a, margin, room
    return best


@compiled
def _margins(A, lists, margin):  # type: ignore[no-untyped-def]
    """The largest margin of each task and step over all its agents; stays where nobody gains."""
    for i in np.flatnonzero(A.free):
        r = A.requirement[i]
        for entry in range(A.elig_first[r], A.elig_first[r + 1]):
            a = A.elig_agent[entry]
            pair = pair_row(A, i, a)
            if pair >= 0 and not A.pair_allowed[pair]:
                continue
            grains = duration(A, i, A.elig_speed[entry], pair)
            for step in range(N_STEPS):
                worth = gain(A, i, step, a, grains, pair)
                if A.deadline[i, step] >= 0 and worth > 0:
                    margin[i, step] = max(margin[i, step], worth - grains * lists.price[a, lists.bucket[i, step]])
