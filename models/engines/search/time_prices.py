"""What agents ask for their time while it is given away, and in which order they are asked for a task."""

from typing import NamedTuple

import numpy as np

from models.compiled import Whole, compiled, inner
from models.engines.pricing.dual import bucket_edges
from models.engines.pricing.prove import Priced
from models.problem.arrays import N_STEPS, Arrays
from models.problem.problem import DURATION_SLACK, Float64, Int32, Int64

_BUCKETS = 40
"""Buckets of deadlines where no prices are known; not tuned."""


class TimePrices(NamedTuple):
    """What agents ask while their time is given away, and what they have left.

    ``left``, ``failed`` and ``place`` change while tasks are placed: :func:`construct` sets the first and the last anew
    from its sequences; ``failed`` stays true, since time only gets scarcer, as long as they are the same sequences.
    An agent that gives few places to short tasks has time on its hands in the end: hence ``place``.
    """

    price: Float64  # (bucket, a) hundredths a grain that the agent promises by the bucket
    fee: Float64  # (a) hundredths a task
    bucket: Int64  # (i, step) the bucket of the deadline
    last: Int64  # (bucket) its last grain
    left: Int64  # (a) grains that the agent still has, 0 when it may take no more tasks
    failed: Int32  # (bucket, a) the least grains known not to fit by the bucket's end
    pace: Float64  # (entry) grains of the agent for a grain of work, a little less for float error
    place: Float64  # (a) grains left for each task that the agent may still take


class Queues(NamedTuple):
    """Who is asked for a task of a requirement by a bucket's end, a row of each: whose grain of work is cheapest first.

    Only rows that some item needs have a queue.
    """

    first: Int64  # (row + 1) the row's places are first[row]:first[row + 1]
    agent: Int32  # (place) a
    speed: Float64  # (place) its efficiency for the requirement
    rate: Float64  # (place) the least that a grain of work costs with it, in hundredths, its fee left aside
    shortest: Float64  # (r) grains of work of the requirement's shortest task
    waiting: Int64  # (row) so many of its places still count: the others have no room for any task of the requirement


def make_time_prices(arrays: Arrays, priced: Priced | None) -> TimePrices:
    """What agents ask by prices; without any all time has the same small price, which favours the quickest."""
    horizon = int(arrays.clock_end.max(initial=1))
    if priced is None:
        edges = bucket_edges(arrays, horizon, _BUCKETS)
        priced = Priced(edges, np.full((len(arrays.base), len(edges)), 1e-6), np.zeros(len(arrays.base)))
    edges, width = priced.edges, len(priced.edges)
    return TimePrices(
        price=np.ascontiguousarray(priced.price.T),
        fee=priced.fee,
        bucket=np.clip(np.searchsorted(edges, arrays.deadline, side="right") - 1, 0, width - 1),
        last=np.append(edges[1:] - 1, horizon),
        left=np.where(arrays.spare > 0, arrays.room - arrays.base, 0),
        failed=np.full((width, len(arrays.base)), np.iinfo(np.int32).max, np.int32),
        pace=(1 - 2 * DURATION_SLACK) / arrays.elig_speed,
        place=np.zeros(len(arrays.base)),
    )


@compiled
def least_price(arrays: Arrays, price: Float64, fee: Float64) -> Float64:
    """The least price of a grain of work, by requirement and bucket, of agents without a fee; else of any."""
    least = np.zeros((len(arrays.elig_first) - 1, len(price)))
    for r in range(len(least)):
        entries = range(arrays.elig_first[r], arrays.elig_first[r + 1])
        for b in range(len(price)):
            free, any_one = np.inf, np.inf
            for entry in entries:
                a = arrays.elig_agent[entry]
                rate = (price[b, a] + arrays.cost[a]) / arrays.elig_speed[entry]
                any_one = min(any_one, rate)
                if fee[a] <= 0.0:
                    free = min(free, rate)
            least[r, b] = free if free < np.inf else any_one
    return least


@inner
def row_of(arrays: Arrays, time_prices: TimePrices, i: Whole, step: Whole) -> Whole:
    """The row of the queue for a step of task ``i``."""
    return arrays.requirement[i] * len(time_prices.price) + time_prices.bucket[i, step]


def make_queues(arrays: Arrays, time_prices: TimePrices, items: Int64) -> Queues:
    """The queues that items (task * N_STEPS + step) need, with everybody who is eligible."""
    buckets = len(time_prices.price)
    tasks, steps = items // N_STEPS, items % N_STEPS
    needed = np.zeros((len(arrays.elig_first) - 1, buckets), np.bool_)
    needed[arrays.requirement[tasks], time_prices.bucket[tasks, steps]] = True
    count = np.where(needed, np.diff(arrays.elig_first)[:, None], 0).reshape(-1).astype(np.int64)
    first = np.append(0, np.cumsum(count))
    places, shortest = first[-1], np.full(len(needed), np.inf)
    np.minimum.at(shortest, arrays.requirement[arrays.free], arrays.work[arrays.free])
    queues = Queues(first, np.zeros(places, np.int32), np.zeros(places), np.zeros(places), shortest, count)
    _line_up(arrays, time_prices, queues)
    return queues


@compiled
def _line_up(arrays: Arrays, time_prices: TimePrices, queues: Queues) -> None:
    """Writes the entries of all queues."""
    buckets = len(time_prices.price)
    for row in range(len(queues.waiting)):
        r, b, first = row // buckets, row % buckets, queues.first[row]
        entries = np.arange(arrays.elig_first[r], arrays.elig_first[r] + queues.waiting[row])
        agents = arrays.elig_agent[entries]
        asked = (time_prices.price[b][agents] + arrays.cost[agents]) * time_prices.pace[entries]
        for n, k in enumerate(np.argsort(asked, kind="mergesort")):
            queues.agent[first + n], queues.speed[first + n] = agents[k], arrays.elig_speed[entries[k]]
            queues.rate[first + n] = asked[k]


@compiled
def forget_the_full(time_prices: TimePrices, queues: Queues) -> None:
    """Leaves out of the queues who has no room for any task of the requirement, and will have none."""
    buckets = len(time_prices.price)
    for row in range(len(queues.waiting)):
        r, b, first, kept = row // buckets, row % buckets, queues.first[row], 0
        for k in range(first, first + queues.waiting[row]):
            a, speed, asked = queues.agent[k], queues.speed[k], queues.rate[k]
            least = max(1.0, np.ceil(queues.shortest[r] / speed * (1 - DURATION_SLACK)))
            if least <= time_prices.left[a] and least < time_prices.failed[b, a]:
                queues.agent[first + kept], queues.speed[first + kept], queues.rate[first + kept] = a, speed, asked
                kept += 1
        queues.waiting[row] = kept
