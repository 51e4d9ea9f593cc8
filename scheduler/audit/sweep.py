"""The compiled loop of ``market``: every task of a kind against every agent that may do the kind.

Letters: i a task, a an agent, k a kind, m an index into the moments (grains) that matter, p a duration in
grains.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from scheduler.audit.exact import Bools, Ints

SCALE = 1 << 20
"""Prices and margins count in units of 1 / SCALE hundredths of a point."""

NO_STEP = -1


class Offers(NamedTuple):
    """Tasks in the order of their kinds; kind k has the tasks ``first[k]:first[k + 1]``.

    ``minutes`` is a column of the table of durations; ``on_time``, ``late`` and ``since`` are indices of
    moments (:data:`NO_STEP`: no such step). Gains are hundredths over leaving the task, before the agent's
    cost; ``base`` and ``rest`` are the payoff before cost as floor and remainder (any or none) in quanta,
    ``left`` the payoff of leaving it. ``special[special_first[i]:special_first[i + 1]]`` are the agents to
    pass over.
    """

    first: Ints
    minutes: Ints
    since: Ints
    on_time: Ints
    gain_on_time: Ints
    base_on_time: Ints
    rest_on_time: Bools
    late: Ints
    gain_late: Ints
    base_late: Ints
    rest_late: Bools
    left: Ints
    special_first: Ints
    special: Ints


class Sellers(NamedTuple):
    """Agents: their clocks, what pinned work takes of them, their prices and what they cost.

    ``cost`` is what a grain adds to a payoff, in quanta: negative, or zero.
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


class Entries(NamedTuple):
    """Which kinds meet which agents, ascending by agent; ``row`` is a row of the table of durations."""

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


def _gain_py(plain: int, base: int, rest: bool, left: int, cost: int, p: int, quantum: int) -> int:
    """Gain of a step in hundredths; with a cost the exact payoff is rounded half-even here."""
    if cost == 0:
        return plain
    quanta = base + p * cost
    whole = quanta // quantum
    part = quanta - whole * quantum
    half = quantum // 2
    if part > half or (part == half and (rest or whole & 1 == 1)):
        whole += 1
    return whole - left


_fill_clock = numba.njit(cache=True)(_fill_clock_py)
_fill_price = numba.njit(cache=True)(_fill_price_py)
_gain = numba.njit(cache=True)(_gain_py)


def _sweep_py(
    best: Ints,
    moments: Ints,
    entries: Entries,
    lengths: NDArray[Any],
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
            _fill_clock(clock, moments, sellers, a)
            _fill_price(price, moments, sellers, a)
        p_of = lengths[entries.row[e]]
        cost, per_task, load = sellers.cost[a], sellers.per_task[a], sellers.load[a]
        for i in range(offers.first[k], offers.first[k + 1]):
            p = p_of[offers.minutes[i]]
            finish = max(load, clock[offers.since[i]]) + p
            late, on_time = offers.late[i], offers.on_time[i]
            by_late = late != NO_STEP and finish <= clock[late]
            by_due = on_time != NO_STEP and finish <= clock[on_time]
            if not (by_late or by_due):
                continue
            end = offers.special_first[i + 1]
            while passed[i] < end and offers.special[passed[i]] < a:
                passed[i] += 1
            if passed[i] < end and offers.special[passed[i]] == a:
                continue
            margin = best[i]
            if by_due:
                gain = _gain(
                    offers.gain_on_time[i],
                    offers.base_on_time[i],
                    offers.rest_on_time[i],
                    offers.left[i],
                    cost,
                    p,
                    quantum,
                )
                margin = max(margin, gain * SCALE - p * price[on_time] - per_task)
            if by_late:
                gain = _gain(
                    offers.gain_late[i],
                    offers.base_late[i],
                    offers.rest_late[i],
                    offers.left[i],
                    cost,
                    p,
                    quantum,
                )
                margin = max(margin, gain * SCALE - p * price[late] - per_task)
            best[i] = margin


sweep = numba.njit(cache=True)(_sweep_py)
"""Raise ``best`` of every task to its best margin over the possible steps with the agents of the entries."""
