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
from typing import NamedTuple

import numpy as np

from models.compiled import Real, Whole, compiled, inner
from models.engines.pricing.programme import MOST_CELLS, programme
from models.engines.search.best_day import Day, enter, make_day, take
from models.engines.search.sequences import N_FIELDS, TASK, Sequences, clear, full, longer, try_step
from models.plans.limits import Limits
from models.problem.arrays import N_STEPS, Arrays, eligible_entry, links_of
from models.problem.problem import Float64, Int32, Int64

_MOST_JOBS, _FEWEST_JOBS = 4096, 256
"""Candidates besides the own work at most; fewer, down to the second, where the clock would have to be made coarser."""
_FILLS = 4
"""Times that the candidates would fill the agent's time, where there are so many; not tuned."""
_FEES_TRIED = 8
"""Halvings of the fee: the last is within a 256th of the largest gain; not tuned."""
_FEWEST_AT_ONCE, _MOST_AT_ONCE, _CELLS_AT_ONCE = 16, 512, 10_000_000
"""Agents between two looks at the clock: as many as have so many cells in their programmes, a few milliseconds."""
_LISTS = 20
"""Times in a sweep that unplanned work is listed anew: what agents give up is not seen before."""
_NOTHING = 1e-6
"""Hundredths by which sums of unrounded gains may differ when they are the same."""


class Waiting(NamedTuple):
    """Unplanned work: of requirement r ``task[first[r]:first[r + 1]]``, densest first.

    Agent a meets the requirements ``agent_requirement[agent_first[a]:agent_first[a + 1]]``.
    """

    first: Int64  # (r + 1)
    task: Int64  # (row) i
    agent_first: Int64  # (a + 1)
    agent_requirement: Int64  # (row) r


class Bench(NamedTuple):
    """Working memory of :func:`respond`; nothing in it counts from one agent to the next."""

    saved: Int32  # (k, field) the agent's jobs as they were, as in `Sequences.job`
    day: Day  # what the agent could do
    worth: Float64  # (job) hundredths: the gains of the day's jobs while a fee is taken from them


class BestResponse:
    """Sweeps over all agents of a problem; the same every time for a seed and the same plans.

    ``density`` is each task's best gain per grain, 0 for what is not worth doing.
    """

    def __init__(self, arrays: Arrays, density: np.ndarray, seed: int) -> None:
        self._arrays = arrays
        wanted = np.flatnonzero(density > 0)
        self._order = wanted[np.lexsort((-density[wanted], arrays.requirement[wanted]))]
        self._links = links_of(arrays)
        self._random = np.random.default_rng(seed)
        self._bench: Bench | None = None
        self._at_once = _agents_at_once(arrays, wanted)

    def again(self, seed: int) -> "BestResponse":
        """Sweeps of the same problem in another order, with working memory of their own."""
        other = copy(self)
        other._random, other._bench = np.random.default_rng(seed), None
        return other

    def sweep(self, sequences: Sequences, limits: Limits) -> tuple[Sequences, float]:
        """One sweep in random order, unless the limits are exhausted before its end; the hundredths won.

        The sequences are changed; other ones are returned when there had to be room for more jobs.
        """
        agents, won, done = self._random.permutation(len(self._arrays.base)), 0.0, 0
        listed, waiting = 0, self._waiting(sequences)
        while done < len(agents) and not limits.exhausted():
            if full(sequences):
                sequences = longer(sequences)
            if done - listed > len(agents) // _LISTS:
                listed, waiting = done, self._waiting(sequences)
            bench = self._bench_for(sequences)
            few = agents[done : done + self._at_once]
            count, gained = respond(self._arrays, sequences, waiting, bench, few)
            done, won = done + int(count), won + float(gained)
        return sequences, won

    def _waiting(self, sequences: Sequences) -> Waiting:
        task = self._order[sequences.agent_of[self._order] < 0]
        first = np.searchsorted(self._arrays.requirement[task], np.arange(len(self._arrays.elig_first))).astype(
            np.int64
        )
        return Waiting(first, task, self._links.first, self._links.requirement)

    def _bench_for(self, sequences: Sequences) -> Bench:
        length = sequences.job.shape[1]
        if self._bench is None or len(self._bench.saved) < length:
            self._bench = _make_bench(self._arrays, length)
        return self._bench


def _agents_at_once(arrays: Arrays, wanted: Int64) -> int:
    """By what an agent's programme costs on average: its time filled by tasks a few times over."""
    room = float((arrays.room - arrays.base).mean()) if len(arrays.base) else 0.0
    work = float(arrays.work[wanted].mean()) if len(wanted) else 1.0
    cells = (1 + _FILLS) * room * room / max(work, 1.0)
    return int(min(_MOST_AT_ONCE, max(_FEWEST_AT_ONCE, _CELLS_AT_ONCE / max(cells, 1.0))))


def _make_bench(arrays: Arrays, length: int) -> Bench:
    jobs = _MOST_JOBS + length
    return Bench(
        saved=np.zeros((length, N_FIELDS), np.int32),
        day=make_day(jobs, int((arrays.room - arrays.base).max(initial=0))),
        worth=np.zeros(jobs),
    )


@compiled
def respond(arrays: Arrays, sequences: Sequences, waiting: Waiting, bench: Bench, agents: Int64) -> tuple[Whole, Real]:
    """Gives each of the agents in turn its best day, where that gains anything.

    Returns how many had their turn and the hundredths won; stops early when an agent has no room for one more job.
    """
    won = 0.0
    for n in range(len(agents)):
        a = agents[n]
        jobs = _gather(arrays, sequences, waiting, bench, a)
        if jobs == 0:
            continue
        count, load, before = sequences.count[a], sequences.load[a], sequences.value[a]
        bench.saved[:count] = sequences.job[a, :count]
        clear(arrays, sequences, a)
        _give_best_day(arrays, sequences, bench, a, jobs)
        if sequences.value[a] > before + _NOTHING:
            won += sequences.value[a] - before
        else:
            clear(arrays, sequences, a)
            sequences.count[a], sequences.load[a], sequences.value[a] = count, load, before
            for k in range(count):
                sequences.job[a, k] = bench.saved[k]
                sequences.agent_of[sequences.job[a, k, TASK]] = a
        if sequences.count[a] >= sequences.job.shape[1]:
            return n + 1, won
    return len(agents), won


@inner
def _gather(arrays: Arrays, sequences: Sequences, waiting: Waiting, bench: Bench, a: Whole) -> Whole:
    """Writes agent ``a``'s own work and the unplanned work it could do to ``bench.day``.

    Returns how many jobs these are, 0 when there is nothing but its own work.
    """
    day, jobs = bench.day, 0
    room: Whole = arrays.room[a] - arrays.base[a]
    if arrays.spare[a] <= 0 or room <= 0:
        return 0
    for k in range(sequences.count[a]):
        i = sequences.job[a, k, TASK]
        jobs = enter(arrays, day, jobs, i, a, arrays.elig_speed[eligible_entry(arrays, i, a)])
    own = jobs
    most = own + min(_MOST_JOBS, max(_FEWEST_JOBS, MOST_CELLS // (room + 1)))
    first, last = waiting.agent_first[a], waiting.agent_first[a + 1]
    for n in range(last - first):
        r = waiting.agent_requirement[first + (a + n) % (last - first)]
        low, high = waiting.first[r], waiting.first[r + 1]
        if low == high:
            continue
        speed, fills = arrays.elig_speed[eligible_entry(arrays, waiting.task[low], a)], np.int64(0)
        for p in range(low, high):
            i = waiting.task[p]
            if jobs >= most or fills > _FILLS * room:
                break
            if sequences.agent_of[i] < 0:
                more = enter(arrays, day, jobs, i, a, speed)
                if more > jobs:
                    fills += day.grains[jobs]
                jobs = more
    return jobs if jobs > own else 0


@compiled
def _give_best_day(arrays: Arrays, sequences: Sequences, bench: Bench, a: Whole, jobs: Whole) -> None:
    """Fills the empty row of agent ``a`` with the best of the ``jobs`` of ``bench.day``, then with what still fits.

    What still fits comes densest first, also in a later step.
    """
    day, room = bench.day, arrays.room[a] - arrays.base[a]
    order = np.argsort(day.due[:jobs], kind="mergesort")
    chosen = day.order
    chosen[:jobs] = order
    count = programme(day.memory, day.grains, day.due, day.gain, chosen, jobs, room)
    if count > arrays.spare[a]:
        chosen = _few(bench, order, room, arrays.spare[a])
        count = len(chosen)
    take(arrays, sequences, day, a, chosen, count)
    least = day.grains[:jobs].min()
    if arrays.base[a] + sequences.load[a] + least > arrays.room[a] or sequences.count[a] >= arrays.spare[a]:
        return
    for k in np.argsort(-day.gain[:jobs] / day.grains[:jobs], kind="mergesort"):
        for step in range(day.step[k], N_STEPS):
            if (
                sequences.agent_of[day.task[k]] < 0
                and arrays.base[a] + sequences.load[a] + day.grains[k] <= arrays.room[a]
            ):
                try_step(arrays, sequences, day.task[k], step, a)


@compiled
def _few(bench: Bench, order: Int64, room: Whole, spare: Whole) -> Int64:
    """The best of the jobs of ``order``, by deadline, at the least fee found with which they are at most ``spare``.

    Takes the fees from ``bench.day.gain`` while it tries, and restores it.
    """
    day, jobs = bench.day, len(order)
    bench.worth[:jobs] = day.gain[:jobs]
    low, high, best = 0.0, bench.worth[:jobs].max(), order[:0].copy()
    for _ in range(_FEES_TRIED):
        fee = (low + high) / 2
        day.gain[:jobs] = bench.worth[:jobs] - fee
        dear = order[day.gain[order] > 0]
        count = programme(day.memory, day.grains, day.due, day.gain, dear, len(dear), room)
        if count > spare:
            low = fee
        else:
            high, best = fee, dear[:count].copy()
    day.gain[:jobs] = bench.worth[:jobs]
    return best
