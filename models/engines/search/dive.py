"""A plan out of prices of tasks: a dive.

In rounds: all agents who have no day yet bid for what is left (:mod:`models.engines.pricing.bidding`) in one pass,
with ever smaller steps, then some of them, drawn by lot, keep what they choose, and their tasks leave the market. What
nobody picks has the time to become cheap, and whoever comes late finds prices that know what is left. Few agents go in
the first rounds and more in later ones: after a share x of the work a share 1 - (1 - x)^1.5 has its day.

Days drawn by lot were as good as those that clash least with others', and better than the most valuable ones first.
"""

import time
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np

from models.bounds.certificate import UNIT_BITS
from models.bounds.task_prices import Alone, bound_of
from models.compiled import Whole, compiled
from models.engines.pricing.bidding import Bidders, Table, choose_of
from models.engines.pricing.elementary import geometric
from models.engines.pricing.task_prices import MOST_JOBS, opening, pays_whole, prices_of_tasks, typical_shortfall
from models.engines.search.sequences import Sequences, empty_sequences, full, longer, try_step
from models.plans.limits import Limits
from models.plans.outcome import Prices
from models.plans.plan import Plan, evaluate
from models.problem.arrays import Arrays
from models.problem.modes import count_modes
from models.problem.problem import Bool, Float64, Int64, Problem

_FEWEST_PASSES = 50
"""A plan that comes of fewer is worse than what the search finds in the same time: agents then look at fewer jobs."""
_EARLY = 3
"""Passes after which is known how long they take: the first may be slow."""
_FIRST_STEP, _LAST_STEP = 2.0, 0.15  # of a typical shortfall
MANY_MODES = 2_000_000
"""With more ways to do the tasks a problem is large for a dive: one on all cores, and none where tasks are short. On
smaller days dives win whatever the tasks: without, work due in days was left 0.23 % short of its bound, not 0.07 %."""
_MANY = 30
"""Planned tasks for each agent."""
_MOST_EVERY = 32
"""With more jobs than can be listed, each agent sees every n-th task of a kind, up to this n."""


@dataclass
class Spending:
    """How much of a dive is done: agents who have bid, of so many in all; or seconds, where a clock counts."""

    bids: int
    seconds: float | None
    done: int = 0

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def progress(self) -> float:
        """From 0 to 1."""
        share = self.done / max(1, self.bids)
        if self.seconds is not None:
            share = max(share, (time.monotonic() - self._began) / max(self.seconds, 1e-9))
        return min(1.0, share)


@dataclass
class Market:
    """Who bids for what: prices of tasks and a typical shortfall, in hundredths."""

    bidders: Bidders
    price: Float64
    shortfall: float
    short: bool
    """Whether tasks are many for each agent, and whole ones earn nearly all that time by the grain does."""
    alone: Alone
    every: int
    """Agents see every n-th task of a kind."""

    @classmethod
    def of(cls, problem: Problem, arrays: Arrays, prices: Prices, plan: Plan, limits: Limits) -> "Market | None":
        """At prices of tasks, or what tasks keep at agents' prices; ``plan`` is a good one.

        ``None`` where agents have too many jobs to list a fair part of them, where whole tasks earn all that time by
        the grain does, in large problems nearly all (no plan out of a dive is then as good as the search's), or when
        the limits are exhausted.
        """
        every = max(1, -(-count_modes(arrays) // MOST_JOBS))
        if every > _MOST_EVERY:
            return None
        alone = Alone(problem)
        if alone.too_large:
            return None
        begin, _ = opening(problem, prices)
        price = prices_of_tasks(problem, begin if prices.task is None else prices)
        found = alone.earned(begin, limits.exhausted, limits.workers)
        if found is None or not found[1].any():
            return None
        earned, short = found
        whole = pays_whole(short, bound_of(problem, begin, earned) - evaluate(problem, plan).objective)
        if not whole and count_modes(arrays) > MANY_MODES:
            return None
        jobs = alone.all_jobs(every, limits.workers)
        planned = int((plan.agent >= 0).sum())
        bidders = Bidders(jobs, prices.fee / 2.0**UNIT_BITS, arrays.spare, problem.n_tasks, limits)
        many = not whole and planned > _MANY * len(arrays.base)
        return cls(bidders, price, typical_shortfall(short, planned), many, alone, every)

    def sparser(self, times: int, limits: Limits) -> "Market | None":
        """The same with so many times fewer jobs, each agent others than its neighbours; ``None`` for too few."""
        every = self.every * times
        if every > _MOST_EVERY:
            return None
        jobs, before = self.alone.all_jobs(every, limits.workers), self.bidders
        bidders = Bidders(jobs, before.table.fee, before.table.spare, len(self.price), limits)
        bidders.open_tasks = before.open_tasks
        return replace(self, bidders=bidders, every=every)


def dive(arrays: Arrays, market: Market, spending: Spending, limits: Limits, seed: int) -> Sequences:
    """Everybody's sequences, from a market that is used up by it; legal also when the limits end it early.

    Where there is no time for as many passes as a good plan takes agents see fewer jobs; when there is none even so, it
    ends at once, with nothing.
    """
    bidders, price = market.bidders, market.price
    agents = np.random.default_rng(seed).permutation(len(arrays.base))
    sequences, settled, passes, before = empty_sequences(arrays), 0, 0, spending.progress()
    while settled < len(agents) and not limits.exhausted():
        waiting = agents[settled:]
        here = market.shortfall * geometric(_FIRST_STEP, _LAST_STEP, spending.progress())
        bidders.bid(waiting, price, here, limits)
        spending.done += len(waiting)
        passes += 1
        used, left = spending.progress() - before, 1 - before
        if spending.seconds is not None and passes <= _EARLY and used * _FEWEST_PASSES >= _EARLY * left:
            fewer = market.sparser(ceil(used * _FEWEST_PASSES / passes / left), limits) if left > 0 else None
            if fewer is None:
                return sequences
            market, bidders, passes, before = fewer, fewer.bidders, 0, spending.progress()
            continue
        to_come = 1 - spending.progress()
        share = 1 - to_come * sqrt(to_come)
        upto = max(settled, round(share * len(agents)))
        sequences = settle(arrays, bidders, price, agents[settled:upto], sequences)
        settled = upto
    return sequences


def settle(arrays: Arrays, bidders: Bidders, price: Float64, agents: Int64, sequences: Sequences) -> Sequences:
    """Gives each of the agents in turn what it chooses of what is left."""
    done = 0
    while done < len(agents):
        if full(sequences):
            sequences = longer(sequences)
        done += int(_settle(arrays, bidders.table, price, bidders.open_tasks, agents[done:], sequences))
    return sequences


@compiled
def _settle(
    arrays: Arrays, table: Table, price: Float64, open_tasks: Bool, agents: Int64, sequences: Sequences
) -> Whole:
    """Gives the agents in turn what they choose at the prices of tasks, and closes those tasks.

    Returns how many agents have their day: all, or those until a sequence had no room for one more job.
    """
    chosen = np.zeros(len(table.order), np.int64)
    for n in range(len(agents)):
        a = agents[n]
        count = choose_of(table, a, price, open_tasks, chosen)
        rows = chosen[:count]
        if count > arrays.spare[a]:
            rows = rows[np.argsort(-table.gain[rows], kind="mergesort")]
        for k in rows:
            i = table.task[k]
            if open_tasks[i] and try_step(arrays, sequences, i, np.int64(table.step[k]), a):
                open_tasks[i] = False
        if sequences.count[a] >= sequences.job.shape[1]:
            return n + 1
    return len(agents)
