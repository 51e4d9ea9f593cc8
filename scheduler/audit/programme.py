"""Recomputes the bound of task prices: what each agent alone could earn above them, by dynamic programming.

Let task i have the price u_i >= 0 for being done, and let V_a be the most that agent a alone can earn with gains of
g(i,s,a) - u_i - tau_a, tau_a being its price per task. Then no plan is worth more than

    constant + sum_i u_i + sum_a V_a + sum_a tau_a M_a.

Proof. In a legal plan agent a does some tasks, each in one possible step; by every deadline t those promised by t fill
at most C_a(t), as they lie one behind the other after the pinned work. So what they gain above u and tau is at most
V_a, if V_a is the most over all sets of pairs (i, s) that keep that. No task is done twice, so together they pay at
most the sum of all u_i; at most M_a tasks pay tau_a. The sets of V_a may hold a task in both of its steps, and nothing
is asked of releases: V_a is only larger for it.

Few of an agent's pairs can be in its best set. With its prices of time a pair keeps r = margin - p pi_a(d), and as time
sells for no more than at these prices, no set earns more than

    U_a = sum_t pi_a(t) (C_a(t) - C_a(t - 1)) + sum of max(0, r) over all pairs,

and one with a pair that keeps -x or less, x >= 0, no more than U_a - x. So what is earned by the pairs that keep more
than -x is V_a, if it is U_a - x or more: with x = U_a - (what any set earns) that is so.

V_a: with the pairs in the order of their deadlines, f(w) is the most that a set of those so far can earn which is done
by w on the clock behind pinned work. A further pair, p grains long and due by d, makes max(f(w), f(w - p) + margin) of
f(w) for w <= d (Lawler and Moore 1969).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import CheckError
from scheduler.audit.exact import Floats, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.loops import compiled
from scheduler.audit.market import (
    NO_STEP,
    Prices,
    Stalls,
    costs_of,
    lengths_of,
    most_of,
    pairs_of,
    special_pairs,
    stalls_of,
    steps_of,
    too_fine,
)
from scheduler.audit.sweep import SCALE, Entries, Offers, Sellers, fill_clock, fill_price, scaled_gain
from scheduler.audit.tasks import index_in
from scheduler.audit.worth import payoffs_of

_LIMIT = 1 << 60
_TABLE = 1 << 24  # cells of a table of durations
_NEAR = 9
_LOOKS = 3
_CELLS = 1 << 28
"""An agent whose programme is larger counts with U_a."""
_COLUMNS = ("task_id", "price")


def read_task_prices(table: pl.DataFrame, facts: Facts) -> Ints:
    """The price of each task; a task without a row has price 0.

    Raises:
        CheckError: a column is missing, or prices are of an unknown task, twice, missing or negative.
    """
    missing = [c for c in _COLUMNS if c not in table.columns]
    if missing:
        raise CheckError(f"certificate_tasks: {', '.join(missing)} missing")
    ids, price = table["task_id"].cast(pl.String), table["price"].cast(pl.Int64)
    task = index_in(ids, facts.tasks.ids)
    for wrong, message in (
        (task < 0, "is not a task of the snapshot"),
        (ids.is_duplicated().to_numpy(), "has two prices"),
        (price.is_null().to_numpy(), "has a missing number"),
        ((price < 0).fill_null(value=False).to_numpy(), "has a negative price"),
        ((price >= _LIMIT).fill_null(value=False).to_numpy(), "has a price too large to be added up"),
    ):
        rows = np.flatnonzero(wrong)
        if rows.size:
            raise CheckError(f"certificate_tasks: {ids[int(rows[0])]} {message}")
    asked = np.zeros(len(facts.tasks.ids), np.int64)
    asked[task] = price.to_numpy()
    return asked


def earned_alone(
    facts: Facts, free: Ints, asked: Ints, prices: Prices, rents: list[int], enough: int | None = None
) -> int:
    """The sum of V_a over all agents, in units of 1 / :data:`SCALE` hundredths.

    ``rents`` is what each agent's free time comes to at the prices. With ``enough``, agents without a price per task
    count with U_a if the sum is no more than that then: V_a takes minutes where there are very many pairs.

    Raises:
        CheckError: a number has too many digits for 64-bit integers.
    """
    task = free[np.argsort(facts.tasks.kind[free], kind="stable")]
    place, agent = special_pairs(facts, task)
    costs = costs_of(facts, task)
    stalls = stalls_of(facts, task, prices, place, agent, costs)
    _guard(facts, stalls, asked)
    may_take = facts.agents.max_tasks > facts.pins.count
    pairs = [(place[~costs.fine[agent]], agent[~costs.fine[agent]]), *pairs_of(facts, task, may_take & costs.fine)]
    special = [_special_jobs(facts, task[place], agent, asked, prices) for place, agent in pairs]
    alone = _Alone(facts, stalls, asked[task], _Jobs.of_all(special))

    def summed(agents: NDArray[np.bool_], of: Callable[[int, _Plain, int], int]) -> int:
        total = sum(of(a, _NO_ENTRIES, rents[a]) for a in np.flatnonzero(agents & costs.fine).tolist())
        for group, entries, lengths in _groups(facts, stalls, np.flatnonzero(agents & ~costs.fine)):
            total += sum(of(a, (entries, lengths, low, high), rents[a]) for a, low, high in group)
        return total

    pays = prices.per_task > 0
    exact = summed(may_take & pays, alone.most)
    others = may_take & ~pays
    if enough is not None and (total := exact + summed(others, alone.at_most)) <= enough:
        return total
    return exact + summed(others, alone.most)


def _guard(facts: Facts, stalls: Stalls, asked: Ints) -> None:
    """Refuses numbers whose sums would not fit."""
    offers, kinds = stalls.offers, facts.kinds
    gain = np.maximum(offers.most_on_time, 0).astype(float) + np.maximum(offers.most_late, 0)
    of_kind = np.diff(np.append(0.0, np.cumsum(gain))[offers.first])
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))
    if np.bincount(kinds.agent, weights=of_kind[kind], minlength=1).max() >= _LIMIT or most_of(asked) >= _LIMIT:
        raise too_fine("payoffs")


@dataclass(frozen=True)
class _Jobs:
    """Possible pairs and steps that earn anything: grains, deadline behind pinned work, margin, and what it keeps."""

    agent: Ints
    grains: Ints
    due: Ints
    margin: Ints
    over: Ints

    @classmethod
    def of_all(cls, parts: list["_Jobs"]) -> "_Jobs":
        """All of these, by agent."""
        columns = [np.concatenate(column) for column in zip(*(vars(part).values() for part in parts), strict=True)]
        order = np.argsort(columns[0], kind="stable")
        return cls(*(column[order] for column in columns))

    def of(self, a: int) -> "_Jobs":
        """Those of one agent; rows are by agent."""
        low, high = np.searchsorted(self.agent, [a, a + 1])
        return _Jobs(*(column[low:high] for column in vars(self).values()))

    def beyond(self, least: int) -> "_Jobs":
        """Those that keep more than this."""
        return _Jobs(*(column[self.over > least] for column in vars(self).values()))


_Plain = tuple[Entries, NDArray[np.int32], int, int]
"""Entries with the durations they take, and the range of one agent's."""
_NO_ENTRIES: _Plain = (Entries(*np.zeros((3, 0), np.int64)), np.zeros((1, 1), np.int32), 0, 0)


class _Alone:
    """What agents could earn alone, one at a time."""

    def __init__(self, facts: Facts, stalls: Stalls, asked: Ints, special: _Jobs) -> None:
        self._facts, self._stalls, self._asked, self._special = facts, stalls, asked, special
        self._room = facts.clocks.horizons()[1] - facts.pins.load
        self._clock, self._price = (np.empty(len(stalls.moments), np.int64) for _ in range(2))
        self._rows = np.empty((3, 1 << 10), np.int64)

    def at_most(self, a: int, plain: "_Plain", rent: int) -> int:
        """U_a of the agent who has these entries."""
        self._look_ahead(a)
        return rent + self._collect(a, plain, 0)[1] + int(np.maximum(self._special.of(a).over, 0).sum())

    def most(self, a: int, plain: "_Plain", rent: int) -> int:
        """V_a of the agent who has these entries.

        First of the jobs that are nearly worth their time, then of all that could be in a better set: at most
        ``most`` less what is known to be earned may be lost by one that is in it.
        """
        self._look_ahead(a)
        special, near, earned = self._special.of(a), rent >> _NEAR, 0
        for _ in range(_LOOKS):
            count, kept = self._collect(a, plain, -near)
            most = rent + kept + int(np.maximum(special.over, 0).sum())
            if (count + len(special.due)) * (int(self._room[a]) + 1) > _CELLS:
                return most
            some = special.beyond(-near)
            grains, due, margin = (
                np.append(self._rows[k, :count], c) for k, c in enumerate((some.grains, some.due, some.margin))
            )
            order = np.argsort(due, kind="stable")
            earned = int(best_set(grains[order], due[order], margin[order]))
            if most - earned <= near:
                break
            near = most - earned
        return earned

    def _look_ahead(self, a: int) -> None:
        """Fills the tables of an agent's clock and prices."""
        sellers, moments = self._stalls.sellers, self._stalls.moments
        fill_clock(self._clock, moments, sellers, a)
        fill_price(self._price, moments, sellers, a)

    def _collect(self, a: int, plain: "_Plain", least: int) -> tuple[int, int]:
        """Writes the plain jobs that keep more than this into the rows; how many, and what all keep."""
        stalls, (entries, lengths, low, high) = self._stalls, plain
        while True:
            tables = (self._clock, self._price, entries, lengths, stalls.offers, stalls.sellers, stalls.quantum)
            count, kept = collect(a, low, high, *tables, self._asked, least, self._rows)
            if count <= self._rows.shape[1]:
                return int(count), int(kept)
            self._rows = np.empty((3, 2 * int(count)), np.int64)


def _groups(
    facts: Facts, stalls: Stalls, agents: Ints
) -> Iterator[tuple[list[tuple[int, int, int]], Entries, NDArray[np.int32]]]:
    """Agents with the range of their entries, and the table of durations for these, a tableful of agents at a time."""
    kinds, by_agent = facts.kinds, np.argsort(facts.kinds.agent, kind="stable")
    kind = np.repeat(np.arange(len(kinds.texts)), np.diff(kinds.first))[by_agent]
    first = np.searchsorted(kinds.agent[by_agent], np.arange(len(facts.agents.ids) + 1))
    distinct, row = np.unique(kinds.efficiency[by_agent], return_inverse=True)
    at_once = max(1, _TABLE // max(1, len(stalls.minutes)))
    group: list[tuple[int, int, int]] = []
    rows: set[int] = set()
    for a in [*agents.tolist(), None]:
        wanted = set() if a is None else set(row[first[a] : first[a + 1]].tolist())
        if group and (a is None or len(rows | wanted) > at_once):
            known = np.array(sorted(rows), np.int64)
            entries = Entries(kinds.agent[by_agent], kind, np.searchsorted(known, row))
            yield group, entries, lengths_of(facts, stalls.minutes, distinct[known])
            group, rows = [], set()
        if a is not None and wanted:
            group.append((a, int(first[a]), int(first[a + 1])))
            rows |= wanted


def _special_jobs(facts: Facts, task: Ints, agent: Ints, asked: Ints, prices: Prices) -> _Jobs:
    """The jobs of these pairs, each for itself."""
    efficiency = facts.kinds.efficiencies(facts.tasks.kind[task], agent)
    able = ~np.isnan(efficiency) & facts.pairs.allows(task, agent)
    able &= (facts.agents.max_tasks > facts.pins.count)[agent]
    pairs = (task[able], agent[able], efficiency[able])
    steps = [_earning(facts, *pairs, asked, prices, late) for late in (False, True)]
    return _Jobs(*(np.concatenate(parts) for parts in zip(*steps, strict=True)))


def _earning(
    facts: Facts, task: Ints, agent: Ints, efficiency: Floats, asked: Ints, prices: Prices, late: bool
) -> tuple[Ints, ...]:
    """The columns of :class:`_Jobs`, of the possible ones in a step."""
    steps = steps_of(facts, task)
    deadline = steps.late if late else steps.on_time
    grains = np.minimum(facts.grains(task, agent, efficiency), facts.span.grains + 1)
    load, by = facts.pins.load[agent], np.maximum(deadline, 0)
    finish = grains + np.maximum(load, facts.clocks.capacity(agent, facts.tasks.since[task]))
    due = facts.clocks.capacity(agent, by)
    gain = payoffs_of(facts, task, agent, np.full(len(task), late), grains) - facts.payoffs.unplanned()[task]
    if most_of(gain) * SCALE >= _LIMIT:
        raise too_fine("pairs.bonus")
    margin = gain * SCALE - asked[task] - prices.per_task[agent]
    over = margin - grains * prices.at(agent, by, facts.span.grains)
    earns = (deadline != NO_STEP) & (finish <= due) & (margin > 0)
    return agent[earns], grains[earns], (due - load)[earns], margin[earns], over[earns]


def _collect_py(
    a: int,
    low: int,
    high: int,
    clock: Ints,
    price: Ints,
    entries: Entries,
    lengths: NDArray[np.int32],
    offers: Offers,
    sellers: Sellers,
    quantum: int,
    asked: Ints,
    least: int,
    rows: Ints,
) -> tuple[int, int]:
    cost, per_task, load, rank = sellers.cost[a], sellers.per_task[a], sellers.load[a], sellers.rank[a]
    count, kept = 0, 0
    for e in range(low, high):
        k, p_of = entries.kind[e], lengths[entries.row[e]]
        for i in range(offers.first[k], offers.first[k + 1]):
            above = asked[i] + per_task
            if max(offers.most_on_time[i], offers.most_late[i]) <= above:
                continue  # a cost only takes from it
            specials = offers.special[offers.special_first[i] : offers.special_first[i + 1]]
            if specials.size > 0 and np.any(specials == rank):
                continue
            p = np.int64(p_of[offers.minutes[i]])
            finish = max(load, clock[offers.since[i]]) + p
            for late in range(2):
                by = offers.late[i] if late else offers.on_time[i]
                most = offers.most_late[i] if late else offers.most_on_time[i]
                if most <= above or finish > clock[by]:
                    continue
                base = offers.base_late[i] if late else offers.base_on_time[i]
                rest = offers.rest_late[i] if late else offers.rest_on_time[i]
                margin = scaled_gain(most, base, rest, offers.left[i], cost, p, quantum) - above
                if margin <= 0:
                    continue
                over = margin - p * price[by]
                kept += max(over, 0)
                if over > least:
                    if count < rows.shape[1]:
                        rows[0, count], rows[1, count], rows[2, count] = p, clock[by] - load, margin
                    count += 1
    return count, kept


collect: Any = compiled(_collect_py)
"""Writes grains, deadline and margin of an agent's jobs that keep more than ``least``; how many there are, written or
not, and what all jobs that keep anything keep."""


def _best_set_py(grains: Ints, due: Ints, margin: Ints) -> int:
    most = np.zeros(due[-1] + 1 if due.size else 1, np.int64)
    known = 0
    for k in range(due.size):
        for w in range(known + 1, due[k] + 1):
            most[w] = most[known]
        known = due[k]
        for w in range(due[k], grains[k] - 1, -1):
            most[w] = max(most[w], most[w - grains[k]] + margin[k])
    return int(most[known])


best_set: Any = compiled(_best_set_py)
"""What the best set of one agent's jobs earns; they are by deadline."""
