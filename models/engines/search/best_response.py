"""Best response: one agent after the other gets the best day there is for it, everybody else's being fixed.

An agent's candidates are its own work and *all* unplanned work of the kinds it may do. Its day is solved by the
one-agent programme of :mod:`models.engines.search.best_day` and kept when it is worth more. So a sweep over all agents
never loses value, and ends where nobody could do better alone. It takes about the time of one small move of ruin and
recreate for each agent.

Where unplanned work abounds an agent looks, of each kind, at the densest that would fill its time a few times over;
there may be more of it than a programme has room for, and what is thinner is hardly ever chosen.

With ``max_tasks`` the programme is solved with a fee for each task, the least of a few tried with which it chooses no
more tasks than there may be (the Lagrangean of that rule); what is left of the number goes to what fits.
"""

from copy import copy
from typing import Any, NamedTuple

import numpy as np

from models.compiled import compiled, inner
from models.engines.pricing.programme import MOST_CELLS, programme, rows_of_memory
from models.engines.search.best_day import enter, take
from models.engines.search.sequences import N_FIELDS, TASK, Sequences, clear, full, longer, try_step
from models.plans.limits import Limits
from models.problem.arrays import N_STEPS, Arrays, eligible_entry, links_of

_MOST_JOBS, _FEWEST_JOBS = 4096, 256
_FILLS = 4
_FEES_TRIED = 8
_AT_ONCE = 16
"""Agents between two looks at the clock."""
_LISTS = 20
"""Times in a sweep that unplanned work is listed anew: what agents give up is not seen before."""
_NOTHING = 1e-6
"""Hundredths by which sums of unrounded gains may differ when they are the same."""


class Waiting(NamedTuple):
    """Unplanned work: of requirement r ``task[first[r]:first[r + 1]]``, densest first.

    Agent a meets the requirements ``agent_requirement[agent_first[a]:agent_first[a + 1]]``.
    """

    first: Any
    task: Any
    agent_first: Any
    agent_requirement: Any


class Bench(NamedTuple):
    """Working memory: an agent's day as it was, its jobs, and what the programme needs."""

    saved: Any
    job_task: Any
    job_step: Any
    job_grains: Any
    job_due: Any
    job_gain: Any
    worth: Any
    best: Any
    taken: Any


class BestResponse:
    """Sweeps over all agents of a problem; the same every time for a seed and the same plans.

    ``density`` is each task's best gain per grain, 0 for what is not worth doing.
    """

    def __init__(self, A: Arrays, density: np.ndarray, seed: int) -> None:
        self._A = A
        wanted = np.flatnonzero(density > 0)
        self._order = wanted[np.lexsort((-density[wanted], A.requirement[wanted]))]
        self._links = links_of(A)
        self._random = np.random.default_rng(seed)
        self._bench: Bench | None = None

    def again(self, seed: int) -> "BestResponse":
        """Sweeps of the same problem in another order, with working memory of their own."""
        other = copy(self)
        other._random, other._bench = np.random.default_rng(seed), None
        return other

    def sweep(self, sequences: Sequences, limits: Limits) -> tuple[Sequences, float]:
        """One sweep in random order, unless the limits are exhausted before its end; the hundredths won.

        The roster is changed; another one is returned when its rows had to grow.
        """
        agents, won, done = self._random.permutation(len(self._A.base)), 0.0, 0
        listed, waiting = 0, self._waiting(sequences)
        while done < len(agents) and not limits.exhausted():
            if full(sequences):
                sequences = longer(sequences)
            if done - listed > len(agents) // _LISTS:
                listed, waiting = done, self._waiting(sequences)
            bench = self._bench_for(sequences)
            few = agents[done : done + _AT_ONCE]
            count, gained = respond(self._A, sequences, waiting, bench, few)
            done, won = done + int(count), won + float(gained)
        return sequences, won

    def _waiting(self, sequences: Sequences) -> Waiting:
        task = self._order[sequences.agent_of[self._order] < 0]
        first = np.searchsorted(self._A.requirement[task], np.arange(len(self._A.elig_first))).astype(np.int64)
        return Waiting(first, task, self._links[0], self._links[1])

    def _bench_for(self, sequences: Sequences) -> Bench:
        length = sequences.job.shape[1]
        if self._bench is None or len(self._bench.saved) < length:
            self._bench = _make_bench(self._A, length)
        return self._bench


def _make_bench(A: Arrays, length: int) -> Bench:
    jobs = _MOST_JOBS + length
    best, taken = rows_of_memory(int((A.room - A.base).max(initial=0)), jobs)
    return Bench(
        saved=np.zeros((length, N_FIELDS), np.int32),
        job_task=np.zeros(jobs, np.int64),
        job_step=np.zeros(jobs, np.int64),
        job_grains=np.zeros(jobs, np.int64),
        job_due=np.zeros(jobs, np.int64),
        job_gain=np.zeros(jobs, np.float64),
        worth=np.zeros(jobs, np.float64),
        best=best,
        taken=taken,
    )


@compiled
def respond(A, X, waiting, B, agents):  # type: ignore[no-untyped-def]
    """Gives each of the agents in turn its best day; returns how many had theirs and the hundredths won.

    Stops early when an agent's row is full.
    """
    won = 0.0
    for n in range(len(agents)):
        a = agents[n]
        jobs = _gather(A, X, waiting, B, a)
        if jobs == 0:
            continue
        count, load, before = X.count[a], X.load[a], X.value[a]
        B.saved[:count] = X.job[a, :count]
        clear(A, X, a)
        _give_best_day(A, X, B, a, jobs)
        if X.value[a] > before + _NOTHING:
            won += X.value[a] - before
        else:
            clear(A, X, a)
            X.count[a], X.load[a], X.value[a] = count, load, before
            for k in range(count):
                X.job[a, k] = B.saved[k]
                X.agent_of[X.job[a, k, TASK]] = a
        if X.count[a] >= X.job.shape[1]:
            return n + 1, won
    return len(agents), won


@inner
def _gather(A, X, waiting, B, a):  # type: ignore[no-untyped-def]
    """Writes agent ``a``'s own work and what it could do besides as jobs; how many, 0 when there is nothing besides."""
    jobs, room = 0, A.room[a] - A.base[a]
    if A.spare[a] <= 0 or room <= 0:
        return 0
    for k in range(X.count[a]):
        i = X.job[a, k, TASK]
        jobs = enter(A, B, jobs, i, a, A.elig_speed[eligible_entry(A, i, a)])
    own = jobs
    most = own + min(_MOST_JOBS, max(_FEWEST_JOBS, MOST_CELLS // (room + 1)))
    first, last = waiting.agent_first[a], waiting.agent_first[a + 1]
    for n in range(last - first):
        r = waiting.agent_requirement[first + (a + n) % (last - first)]
        low, high = waiting.first[r], waiting.first[r + 1]
        if low == high:
            continue
        speed, fills = A.elig_speed[eligible_entry(A, waiting.task[low], a)], np.int64(0)
        for p in range(low, high):
            i = waiting.task[p]
            if jobs >= most or fills > _FILLS * room:
                break
            if X.agent_of[i] < 0:
                more = enter(A, B, jobs, i, a, speed)
                if more > jobs:
                    fills += B.job_grains[jobs]
                jobs = more
    return jobs if jobs > own else 0


@compiled
def _give_best_day(A, X, B, a, jobs):  # type: ignore[no-untyped-def]
    """Fills the empty row of agent ``a`` with the best of its jobs, then with what still fits, densest first."""
    room = A.room[a] - A.base[a]
    order = np.argsort(B.job_due[:jobs], kind="mergesort")
    chosen = programme(B, order, room)
    if chosen.sum() > A.spare[a]:
        chosen = _few(B, order, room, chosen, A.spare[a])
    take(A, X, B, a, order, chosen)
    least = B.job_grains[:jobs].min()
    if A.base[a] + X.load[a] + least > A.room[a] or X.count[a] >= A.spare[a]:
        return
    for k in np.argsort(-B.job_gain[:jobs] / B.job_grains[:jobs], kind="mergesort"):
        for step in range(B.job_step[k], N_STEPS):
            if X.agent_of[B.job_task[k]] < 0 and A.base[a] + X.load[a] + B.job_grains[k] <= A.room[a]:
                try_step(A, X, B.job_task[k], step, a)


@compiled
def _few(B, order, room, chosen, spare):  # type: ignore[no-untyped-def]
    """The best jobs at the least fee found for each with which there are no more than ``spare``."""
    jobs = len(order)
    B.worth[:jobs] = B.job_gain[:jobs]
    low, high, best = 0.0, B.worth[:jobs].max(), np.zeros(jobs, np.bool_)
    for _ in range(_FEES_TRIED):
        fee = (low + high) / 2
        B.job_gain[:jobs] = B.worth[:jobs] - fee
        dear = order[B.job_gain[order] > 0]
        some = programme(B, dear, room)
        if some.sum() > spare:
            low = fee
        else:
            high = fee
            best[:] = False
            best[np.flatnonzero(B.job_gain[order] > 0)[some]] = True
    B.job_gain[:jobs] = B.worth[:jobs]
    return best
