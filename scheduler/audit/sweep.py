"""The compiled loop of ``market``: every task of a kind against every agent that may do the kind.

Letters: i a task, a an agent, k a kind, m an index into the moments (grains) that matter, p a duration in
grains.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.audit.exact import Bools, Ints
from scheduler.audit.loops import compiled

SCALE = 1 << 20
"""Prices and margins count in units of 1 / SCALE hundredths of a point."""

IMPOSSIBLE = -(1 << 61)
"""Below every margin and gain."""

Indices = NDArray[np.uint32]


class Offers(NamedTuple):
    """Tasks in the order of their kinds; kind k has the tasks ``first[k]:first[k + 1]``.

    ``minutes`` is a column of the table of durations; ``since``, ``on_time`` and ``late`` are indices of
    moments. ``most_on_time`` and ``most_late`` are the steps' gains over leaving the task, scaled, before the
    agent's cost (:data:`IMPOSSIBLE`: no such step). ``base`` and ``rest`` are a payoff before cost as floor and
    remainder (any or none) in quanta, ``left`` the payoff of leaving the task, in hundredths.
    ``special[special_first[i]:special_first[i + 1]]`` are the ranks of the agents to pass over, ascending.
    """

    first: Ints
    minutes: Indices
    since: Indices
    on_time: Indices
    late: Indices
    most_on_time: Ints
    most_late: Ints
    base_on_time: Ints
    base_late: Ints
    rest_on_time: Bools
    rest_late: Bools
    left: Ints
    special_first: Ints
    special: Ints


class Sellers(NamedTuple):
    """Agents: their clocks, what pinned work takes of them, their prices and what they cost.

    ``price`` j of an agent counts from grain ``price_since[j]`` on. ``cost`` is what a grain adds to a payoff,
    in quanta: negative, or zero. Agents are taken in the order of ``rank``.
    """

    clock_first: Ints
    clock_start: Ints
    clock_end: Ints
    clock_before: Ints
    share_n: Ints
    share_d: Ints
    load: Ints
    price_first: Ints
    price_since: Ints
    price: Ints
    per_task: Ints
    cost: Ints
    rank: Ints


class Entries(NamedTuple):
    """Which agents meet which kinds, by the agents' rank; ``row`` is a row of the table of durations."""

    agent: Ints
    kind: Ints
    row: Ints


def _fill_clock_py(clock: Ints, moments: Ints, sellers: Sellers, a: int) -> None:
    """c(t) of one agent at every moment."""
    j, last = sellers.clock_first[a], sellers.clock_first[a + 1]
    worked = 0
    for m in range(moments.size):
        t = moments[m]
        while j < last and sellers.clock_end[j] <= t:
            worked = sellers.clock_before[j] + sellers.clock_end[j] - sellers.clock_start[j]
            j += 1
        now = worked
        if j < last and sellers.clock_start[j] < t:
            now += t - sellers.clock_start[j]
        clock[m] = now * sellers.share_n[a] // sellers.share_d[a]


def _fill_price_py(price: Ints, moments: Ints, sellers: Sellers, a: int) -> None:
    """The price per grain of one agent for a deadline at every moment."""
    j, last = sellers.price_first[a], sellers.price_first[a + 1]
    for m in range(moments.size):
        while j + 1 < last and sellers.price_since[j + 1] <= moments[m]:
            j += 1
        price[m] = sellers.price[j]


def _scaled_gain_py(most: int, base: int, rest: bool, left: int, cost: int, p: int, quantum: int) -> int:
    """Gain of a step, scaled; with a cost the exact payoff is rounded half-even here."""
    if cost == 0:
        return most
    quanta = base + p * cost
    whole = quanta // quantum
    part = quanta - whole * quantum
    half = quantum // 2
    if part > half or (part == half and (rest or whole & 1 == 1)):
        whole += 1
    return (whole - left) * SCALE


fill_clock = compiled(_fill_clock_py)
fill_price = compiled(_fill_price_py)
scaled_gain: Any = compiled(_scaled_gain_py)


def _sweep_py(
    best: Ints,
    moments: Ints,
    entries: Entries,
    lengths: NDArray[np.int32],
    offers: Offers,
    sellers: Sellers,
    quantum: int,
) -> None:
    clock, price = np.empty(moments.size, np.int64), np.empty(moments.size, np.int64)
    passed = offers.special_first[:-1].copy()
    agent = -1
    for e in range(entries.agent.size):
        a, k = entries.agent[e], entries.kind[e]
        if a != agent:
            agent = a
            fill_clock(clock, moments, sellers, a)
            fill_price(price, moments, sellers, a)
        p_of = lengths[entries.row[e]]
        cost, per_task, load, rank = sellers.cost[a], sellers.per_task[a], sellers.load[a], sellers.rank[a]
        for i in range(offers.first[k], offers.first[k + 1]):
            p = np.int64(p_of[offers.minutes[i]])
            on_time, late, known = offers.on_time[i], offers.late[i], best[i] + per_task
            # most tasks have met a better agent before: agents come in the order of their lowest price
            if max(offers.most_on_time[i] - p * price[on_time], offers.most_late[i] - p * price[late]) <= known:
                continue
            finish = max(load, clock[offers.since[i]]) + p
            margin = known
            if offers.most_on_time[i] > IMPOSSIBLE and finish <= clock[on_time]:
                base, rest = offers.base_on_time[i], offers.rest_on_time[i]
                gain = scaled_gain(offers.most_on_time[i], base, rest, offers.left[i], cost, p, quantum)
                margin = max(margin, gain - p * price[on_time])
            if offers.most_late[i] > IMPOSSIBLE and finish <= clock[late]:
                base, rest = offers.base_late[i], offers.rest_late[i]
                gain = scaled_gain(offers.most_late[i], base, rest, offers.left[i], cost, p, quantum)
                margin = max(margin, gain - p * price[late])
            if margin > known:
                end = offers.special_first[i + 1]
                while passed[i] < end and offers.special[passed[i]] < rank:
                    passed[i] += 1
                if passed[i] == end or offers.special[passed[i]] != rank:
                    best[i] = margin - per_task


sweep = compiled(_sweep_py)
"""Raise ``best`` of every task to its best margin over the possible steps with the agents of the entries."""
