"""Improves a plan: ruin a few related agents and recreate their work with the one-agent programme.

The programme is that of :mod:`models.engines.pricing.programme`.

Source: G. Schrimpf et al., Record breaking
optimization results using the ruin and recreate principle, J. Comput. Phys. 159 (2000) 139-171.
"""

from copy import copy
from typing import Any, NamedTuple

import numpy as np

from models.compiled import compiled, inner
from models.engines.pricing.programme import programme, rows_of_memory
from models.engines.search.best_day import enter, take
from models.engines.search.best_response import BestResponse
from models.engines.search.sequences import (
    N_FIELDS,
    TASK,
    Sequences,
    clear,
    full,
    longer,
    plan_of,
    sequences_of,
    try_step,
)
from models.plans.limits import Limits
from models.plans.plan import Plan
from models.problem.arrays import N_STEPS, Arrays, eligible_entry, links_of
from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Problem

MOST_AGENTS = 6
MOST_CANDIDATES = 400
_POOL_KINDS = 16
_POOL_PER_KIND = 8
_STRIDES = 4
"""Of a kind's unplanned work a move sees the densest, or one in 2, 4 or 8 on average: one stride for each move."""
_SIZES = ((2, 20), (3, 30), (6, 60))
"""Agents in a move at most, and unplanned tasks for each: small moves are the quickest way up, then they stall."""
_WORTHWHILE = 2e-4


class Pool(NamedTuple):
    """Unplanned work by requirement, densest first, and the requirements each agent meets."""

    first: Any
    task: Any
    agent_first: Any
    agent_requirement: Any


class Bench(NamedTuple):
    """Working memory of the search, made once."""

    agents: Any
    saved: Any
    saved_count: Any
    saved_load: Any
    saved_value: Any
    candidates: Any
    density: Any
    marked: Any
    job_task: Any
    job_step: Any
    job_grains: Any
    job_due: Any
    job_gain: Any
    best: Any
    taken: Any
    random: Any


def make_pool(A: Arrays, sequences: Sequences, density: np.ndarray, links: tuple[Any, Any, Any]) -> Pool:
    """What is unplanned now; ``density`` is each task's best gain per grain, 0 for what is not worth doing."""
    waiting = np.flatnonzero((sequences.agent_of < 0) & (density > 0))
    order = waiting[np.lexsort((-density[waiting], A.requirement[waiting]))]
    first = np.searchsorted(A.requirement[order], np.arange(len(A.elig_first))).astype(np.int64)
    return Pool(first=first, task=order.astype(np.int64), agent_first=links[0], agent_requirement=links[1])


def best_density(A: Arrays) -> np.ndarray:
    """Each task's best gain per grain of work over its steps; 0 for tasks that are not free."""
    gains = np.where(A.deadline >= 0, np.maximum(A.gain, A.raw_gain + A.requested_gain[:, None]), 0.0)
    return np.where(A.free, gains.max(axis=1, initial=0.0) / np.maximum(A.work, 1e-9), 0.0)


def make_bench(A: Arrays, sequences: Sequences, seed: int) -> Bench:
    """Working memory for a roster; made again when the roster grows longer."""
    room = int((A.room - A.base).max(initial=0))
    length = sequences.job.shape[1]
    best, taken = rows_of_memory(room, MOST_CANDIDATES)
    return Bench(
        agents=np.zeros(MOST_AGENTS, np.int64),
        saved=np.zeros((MOST_AGENTS, length, N_FIELDS), np.int32),
        saved_count=np.zeros(MOST_AGENTS, np.int32),
        saved_load=np.zeros(MOST_AGENTS, np.int64),
        saved_value=np.zeros(MOST_AGENTS, np.float64),
        candidates=np.zeros(MOST_CANDIDATES + MOST_AGENTS * length, np.int64),
        density=np.zeros(MOST_CANDIDATES + MOST_AGENTS * length, np.float64),
        marked=np.zeros(len(A.work), np.bool_),
        job_task=np.zeros(MOST_CANDIDATES, np.int64),
        job_step=np.zeros(MOST_CANDIDATES, np.int64),
        job_grains=np.zeros(MOST_CANDIDATES, np.int64),
        job_due=np.zeros(MOST_CANDIDATES, np.int64),
        job_gain=np.zeros(MOST_CANDIDATES, np.float64),
        best=best,
        taken=taken,
        random=np.array([(seed * 2654435761 + 88172645463325252) % 2**63], np.uint64),
    )


@inner
def draw(B, n):  # type: ignore[no-untyped-def]
    """A random whole number below ``n`` (xorshift64*, Vigna 2016), the same on every machine."""
    x = B.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    B.random[0] = x
    return np.int64((x * np.uint64(2685821657736338717) >> np.uint64(33)) % np.uint64(n))


@compiled
def improve(A, X, pool, B, rounds, most_agents, most_pool):  # type: ignore[no-untyped-def]
    """Runs ``rounds`` ruin-and-recreate moves; keeps those that lose nothing.

    A move takes up to ``most_agents`` agents and ``most_pool`` unplanned tasks for each of them.

    Returns (rounds done, the hundredths won); stops early when an agent's row is full.
    """
    won = 0.0
    for done in range(rounds):
        q = _choose_agents(A, X, pool, B, most_agents)
        if q == 0:
            return rounds, won
        before = 0.0
        for s in range(q):
            _save(X, B, s)
            before += X.value[B.agents[s]]
        n = _collect(A, X, pool, B, q, most_pool)
        for s in range(q):
            clear(A, X, B.agents[s])
        noise = draw(B, 3) * 0.06
        for s in range(q):
            _best_work(A, X, B, B.agents[s], n, noise)
        _fill_up(A, X, B, q, n)
        after = 0.0
        crowded = False
        for s in range(q):
            after += X.value[B.agents[s]]
            crowded = crowded or X.count[B.agents[s]] >= X.job.shape[1]
        for k in range(n):
            B.marked[B.candidates[k]] = False
        if after >= before:
            won += after - before
        else:
            for s in range(q):
                clear(A, X, B.agents[s])
            for s in range(q):
                _restore(X, B, s)
        if crowded:
            return done + 1, won
    return rounds, won


@inner
def _choose_agents(A, X, pool, B, most):  # type: ignore[no-untyped-def]
    """Picks agents that share work: one, and some others eligible for what it does or could do."""
    m = len(A.base)
    if len(pool.task) > 0 and draw(B, 2) == 0:
        r = A.requirement[pool.task[draw(B, len(pool.task))]]
        able = A.elig_first[r + 1] - A.elig_first[r]
        if able == 0:
            return 0 if m == 0 else _related(A, X, pool, B, draw(B, m), most)
        return _related(A, X, pool, B, A.elig_agent[A.elig_first[r] + draw(B, able)], most)
    return 0 if m == 0 else _related(A, X, pool, B, draw(B, m), most)


@inner
def _related(A, X, pool, B, a, most):  # type: ignore[no-untyped-def]
    B.agents[0] = a
    q, wanted = 1, 1 + draw(B, most)
    met = pool.agent_first[a + 1] - pool.agent_first[a]
    for _ in range(3 * wanted):
        if q >= wanted or met == 0:
            break
        if X.count[a] > 0 and draw(B, 2) == 0:
            r = A.requirement[X.job[a, draw(B, X.count[a]), TASK]]
        else:
            r = pool.agent_requirement[pool.agent_first[a] + draw(B, met)]
        other = A.elig_agent[A.elig_first[r] + draw(B, A.elig_first[r + 1] - A.elig_first[r])]
        known = False
        for s in range(q):
            known = known or B.agents[s] == other
        if not known:
            B.agents[q] = other
            q += 1
    for s in range(q - 1, 0, -1):
        k = draw(B, s + 1)
        B.agents[s], B.agents[k] = B.agents[k], B.agents[s]
    return q


@inner
def _save(X, B, s):  # type: ignore[no-untyped-def]
    a = B.agents[s]
    B.saved_count[s], B.saved_load[s], B.saved_value[s] = X.count[a], X.load[a], X.value[a]
    for k in range(X.count[a]):
        for field in range(N_FIELDS):
            B.saved[s, k, field] = X.job[a, k, field]


@inner
def _restore(X, B, s):  # type: ignore[no-untyped-def]
    a = B.agents[s]
    X.count[a], X.load[a], X.value[a] = B.saved_count[s], B.saved_load[s], B.saved_value[s]
    for k in range(X.count[a]):
        for field in range(N_FIELDS):
            X.job[a, k, field] = B.saved[s, k, field]
        X.agent_of[X.job[a, k, TASK]] = a


@compiled
def _collect(A, X, pool, B, q, most_pool):  # type: ignore[no-untyped-def]
    """Gathers the agents' own work and some unplanned work they could do; returns how much."""
    n = 0
    for s in range(q):
        a = B.agents[s]
        for k in range(X.count[a]):
            n = _add(A, B, n, X.job[a, k, TASK])
    own, stride = n, 1 << draw(B, _STRIDES)
    for s in range(q):
        a = B.agents[s]
        met = pool.agent_first[a + 1] - pool.agent_first[a]
        begin = draw(B, met) if met > 0 else 0
        for d in range(min(met, _POOL_KINDS)):
            r = pool.agent_requirement[pool.agent_first[a] + (begin + d) % met]
            seen, p = 0, pool.first[r] + draw(B, stride + 1)
            while p < pool.first[r + 1] and seen < _POOL_PER_KIND and n - own < most_pool * (s + 1):
                i = pool.task[p]
                p += 1 + draw(B, 2 * stride) // 2
                if X.agent_of[i] < 0:
                    seen += 1
                    if not B.marked[i]:
                        n = _add(A, B, n, i)
    order = np.argsort(-B.density[:n])
    sorted_candidates = B.candidates[:n][order]
    B.candidates[:n] = sorted_candidates
    return n


@inner
def _add(A, B, n, i):  # type: ignore[no-untyped-def]
    B.candidates[n] = i
    B.marked[i] = True
    step = ON_TIME if A.deadline[i, ON_TIME] >= 0 else LATE
    B.density[n] = A.gain[i, step] / A.work[i]
    return n + 1


@compiled
def _best_work(A, X, B, a, n, noise):  # type: ignore[no-untyped-def]
    """Gives agent ``a``, who has no jobs, the best of the first ``n`` candidates by the one-agent programme."""
    jobs = 0
    for k in range(n):
        i = B.candidates[k]
        if jobs >= MOST_CANDIDATES or X.agent_of[i] >= 0:
            continue
        entry = eligible_entry(A, i, a)
        if entry < 0:
            continue
        more = enter(A, B, jobs, i, a, A.elig_speed[entry])
        if more > jobs:
            B.job_gain[jobs] *= 1 - noise + 2 * noise * draw(B, 1024) / 1024
        jobs = more
    if jobs > 0:
        order = np.argsort(B.job_due[:jobs])
        chosen = programme(B, order, A.room[a] - A.base[a])
        take(A, X, B, a, order, chosen)


@inner
def _fill_up(A, X, B, q, n):  # type: ignore[no-untyped-def]
    """Inserts candidates still waiting, densest first, wherever they fit among the agents."""
    for k in range(n):
        i = B.candidates[k]
        for step in range(N_STEPS):
            for s in range(q):
                if X.agent_of[i] < 0:
                    try_step(A, X, i, step, B.agents[s])


class Search:
    """A plan under improvement; deterministic for a seed and a number of rounds."""

    def __init__(self, problem: Problem, A: Arrays, plan: Plan, seed: int) -> None:
        self._problem, self._A = problem, A
        self._density, self._links = best_density(A), links_of(A)
        self._roster = sequences_of(problem, A, plan)
        self._bench = make_bench(A, self._roster, seed)
        self._size, self._sweep, self._swept = 0, 0, 0.0
        self._response = BestResponse(A, self._density, seed)

    @property
    def value(self) -> float:
        """What the work in the plan gains, in hundredths, unrounded where agents' terms enter."""
        return float(self._roster.value.sum())

    @property
    def agents(self) -> int:
        """How many agents there are: what a sweep of best response costs in moves."""
        return len(self._A.base)

    @property
    def size(self) -> int:
        """How large moves are now: a large one takes a hundred times as long as a small one."""
        return self._size

    def elsewhere(self, plan: Plan, seed: int) -> "Search":
        """A search from another plan, with nothing that changes in common with this one."""
        other = copy(self)
        other._roster = sequences_of(self._problem, self._A, plan)
        other._bench = make_bench(self._A, other._roster, seed)
        other._response = self._response.again(seed)
        return other

    def run(self, rounds: int) -> float:
        """Tries ``rounds`` moves (a few less when a row has to grow); returns the hundredths won."""
        if full(self._roster):
            self._roster = longer(self._roster)
            self._make_room()
        pool = make_pool(self._A, self._roster, self._density, self._links)
        done, won = improve(self._A, self._roster, pool, self._bench, rounds, *_SIZES[self._size])
        self._change_size(int(done), float(won))
        return float(won)

    def respond(self, limits: Limits) -> float:
        """One sweep of best response over all agents; returns the hundredths won."""
        length = self._roster.job.shape[1]
        self._roster, won = self._response.sweep(self._roster, limits)
        if self._roster.job.shape[1] != length:
            self._make_room()
        return won

    def _change_size(self, rounds: int, won: float) -> None:
        """Goes on to larger moves, and from the largest back, once a sweep over the agents wins little."""
        self._sweep += rounds
        self._swept += won
        if self._sweep >= len(self._A.base):
            if self._swept < _WORTHWHILE * float(self._roster.value.sum()):
                self._size = (self._size + 1) % len(_SIZES)
            self._sweep, self._swept = 0, 0.0

    def _make_room(self) -> None:
        self._bench = make_bench(self._A, self._roster, 0)._replace(random=self._bench.random)

    def plan(self) -> Plan:
        """The plan as it stands."""
        return plan_of(self._problem, self._roster)
