"""Tasks bid for groups of people: each goes where it keeps most at common prices and there is still room for it.

Tasks come in batches. Every group names the best margin that one of its people has for a task, as far as there is room
on that person's clock before the task's deadline and all later ones; the group with the best margin takes the task, and
has so much less room. Room is known at many more moments than there are buckets of prices: what a group takes and then
has no room for is lost. When the room that was looked at is gone, the next best bid counts. Where nobody has room at a
margin above 0, the task goes to the group of somebody drawn among those who could do it: it waits there for a place.

What has been taken is not a plan: it only says which group has which tasks. Releases are left out.
"""

from typing import NamedTuple

import numpy as np

from models.compiled import Whole, compiled, inner
from models.engines.pricing.prove import Priced
from models.engines.search.construct import TimePrices, make_time_prices, priced_order
from models.engines.search.parts import somebody_able
from models.problem.arrays import N_STEPS, Arrays, arrays_of, duration, gain, pair_row
from models.problem.problem import Int64, Problem

_MOMENTS = 400
"""At which the room that is left is known, all equally far apart. On a backlog of 80,000 tasks in four groups (three
drawings) these lost 0.20 % of what could be gained with 34 moments, 0.11 % with 200 and no less with 1,000; after two
rounds of best response with other groups 0.12 %, 0.03 % and 0.03 %."""


class Room(NamedTuple):
    """What people still have room for; it shrinks as tasks are taken."""

    left: Int64  # (moment, a) grains that the agent has left by then
    least: Int64  # (moment, a) the least of these then and at all later moments
    places: Int64  # (a) tasks that the agent may still take


class Bidding:
    """Batches of tasks bid for groups of people, one batch after the other."""

    def __init__(self, people: Problem, priced: Priced, group: Int64, seed: int) -> None:
        """``people`` is the problem with all agents and pinned work, ``group`` (a) the group of every agent."""
        self._priced, self._group, self._random = priced, group, np.random.default_rng(seed)
        self._moments = np.unique(np.linspace(0, people.horizon, _MOMENTS + 1).astype(np.int64)[1:])
        capacity = people.clocks.capacity(np.arange(people.n_agents)[None, :], self._moments[:, None])
        left = np.ascontiguousarray(capacity - people.pinned_load[None, :])
        places = np.maximum(0, people.max_tasks - people.pinned_count)
        self._room = Room(left, np.ascontiguousarray(np.minimum.accumulate(left[::-1])[::-1]), places)

    def groups_for(self, problem: Problem) -> Int64:
        """The group of each task of a batch, which the problem has with all agents; -1 where nobody could do it."""
        arrays = arrays_of(problem)
        asked = make_time_prices(arrays, self._priced)
        taken = np.full(problem.n_tasks, -1, np.int64)
        moment = np.minimum(np.searchsorted(self._moments, arrays.deadline), len(self._moments) - 1)
        _take(arrays, priced_order(arrays, asked), asked, moment, self._room, taken)
        owner = np.where(problem.pinned_agent >= 0, problem.pinned_agent, taken)
        owner = np.where(owner < 0, somebody_able(arrays, self._random), owner)
        return np.where(owner < 0, -1, np.append(self._group, -1)[owner])


def somebody_for(problem: Problem, random: np.random.Generator) -> Int64:
    """For every task an agent who meets its requirement, drawn among them; -1 where nobody does."""
    return somebody_able(arrays_of(problem), random)


@compiled
def _take(arrays: Arrays, items: Int64, asked: TimePrices, moment: Int64, room: Room, taken: Int64) -> None:
    """Writes who takes each task into ``taken``, of the items (task * N_STEPS + step) in their order.

    ``moment`` (i, step) is the first moment behind the deadline.
    """
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if taken[i] >= 0:
            continue
        a, grains = _best_bid(arrays, i, step, asked, room.least[moment[i, step]], room.places)
        if a >= 0:
            taken[i] = a
            _fill(room, a, moment[i, step], grains)


@inner
def _best_bid(
    arrays: Arrays, i: Whole, step: Whole, asked: TimePrices, least: Int64, places: Int64
) -> tuple[Whole, Whole]:
    """Who has the best margin above 0 for a task and room for it, of equals the one with most room; and its grains."""
    r, b = arrays.requirement[i], asked.bucket[i, step]
    price, special = asked.price[b], arrays.pair_first[i] < arrays.pair_first[i + 1]
    best, who, longest, most = 0.0, np.int64(-1), np.int64(0), np.int64(-1)
    for entry in range(arrays.elig_first[r], arrays.elig_first[r + 1]):
        a = arrays.elig_agent[entry]
        here = least[a]
        if places[a] <= 0 or arrays.work[i] * asked.pace[entry] > here:
            continue
        pair = pair_row(arrays, i, a) if special else np.int64(-1)
        if pair >= 0 and not arrays.pair_allowed[pair]:
            continue
        grains = duration(arrays, i, arrays.elig_speed[entry], pair)
        margin = gain(arrays, i, step, a, grains, pair) - grains * price[a] - asked.fee[a]
        if grains <= here and (margin > best or (margin == best and who >= 0 and here > most)):
            best, who, longest, most = margin, np.int64(a), grains, here
    return who, longest


@inner
def _fill(room: Room, a: Whole, moment: Whole, grains: Whole) -> None:
    """Takes so many grains of an agent by a moment, and one of its places."""
    room.places[a] -= 1
    for later in range(moment, len(room.left)):
        room.left[later, a] -= grains
        room.least[later, a] -= grains
    for before in range(moment - 1, -1, -1):
        least = min(room.left[before, a], room.least[before + 1, a])
        if room.least[before, a] == least:
            break
        room.least[before, a] = least
