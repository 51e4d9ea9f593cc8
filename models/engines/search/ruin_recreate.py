"""Improves a plan by ruin and recreate.

A move takes a few agents who can do the same work, removes all their jobs, and adds some unplanned work that they could
do. Then each agent in turn gets its best day from these candidates, by the one-agent programme
(:mod:`models.engines.pricing.programme`), with gains that are shifted a little at random. What is left goes wherever it
fits. The move is kept if it loses nothing.

All agents of a move but the last choose by what a task gains above its price: what it would earn with whoever is best
for it, beyond the price of the time that it takes. So they leave to the others what these do better. Agents with
``max_tasks`` also pay their fee for each task: so they choose few that are worth much.

Who takes part in a move, and which work it looks at, is chosen in :mod:`models.engines.search.neighbourhood`.

Source: G. Schrimpf et al., Record breaking optimization results using the ruin and recreate principle, J. Comput. Phys.
159 (2000) 139-171.
"""

from copy import copy

import numpy as np

from models.compiled import Real, Whole, compiled, inner
from models.engines.pricing.programme import programme
from models.engines.search.best_day import enter, take
from models.engines.search.best_response import BestResponse
from models.engines.search.neighbourhood import (
    MOST_CANDIDATES,
    UNKNOWN,
    Bench,
    Pool,
    best_density,
    choose_agents,
    collect,
    draw,
    first_density,
    make_bench,
    make_pool,
)
from models.engines.search.order import put_in_order
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
from models.engines.search.wishes import Asked, lacking, no_wishes, wishes_of
from models.plans.limits import Limits
from models.plans.plan import Plan
from models.problem.arrays import N_STEPS, Arrays, links_of
from models.problem.problem import Int64, Problem

_NOISE = 1 / 8_000
"""Gains are shifted by up to 0, 3, 15 or 63 times this share, the same for a whole move. With 0, 6 and 12 % a search of
some seconds from a plan near its bound won 0.051 % more on a desk, 0.020 % on 60,000 tasks and 0.058 % on an office of
20,000; so it wins 0.069, 0.034 and 0.063 %, and no less from plans that are far from it."""
_SIZES = ((2, 20), (3, 30), (6, 60))
"""Agents in a move at most, and unplanned tasks for each: small moves are the quickest way up, then they stall."""
_DRAWN = 256
"""Agents who lack something, drawn for so many moves; not tuned."""
_WORTHWHILE = 2e-4


@compiled
def improve(
    arrays: Arrays,
    sequences: Sequences,
    pool: Pool,
    bench: Bench,
    asked: Asked,
    rounds: Whole,
    most_agents: Whole,
    most_pool: Whole,
) -> tuple[Whole, Real]:
    """Tries ``rounds`` moves; keeps those that lose nothing.

    A move takes up to ``most_agents`` agents and ``most_pool`` unplanned tasks for each of them.

    Returns the moves tried and the hundredths won; stops early when an agent has no room for one more job.
    """
    won = 0.0
    for done in range(rounds):
        q = choose_agents(arrays, sequences, pool, bench, most_agents)
        if q == 0:
            return rounds, won
        before = 0.0
        for s in range(q):
            _save(sequences, bench, s)
            before += sequences.value[bench.agents[s]]
        n = collect(arrays, sequences, pool, bench, q, most_pool)
        for s in range(q):
            clear(arrays, sequences, bench.agents[s])
        noise = ((1 << 2 * draw(bench, 4)) - 1) * _NOISE
        for s in range(q):
            _best_work(arrays, sequences, pool, bench, s, n, noise, asked, 1.0 if s < q - 1 else 0.0)
        _fill_up(arrays, sequences, bench, q, n)
        after = 0.0
        crowded = False
        for s in range(q):
            after += sequences.value[bench.agents[s]]
            crowded = crowded or sequences.count[bench.agents[s]] >= sequences.job.shape[1]
        for k in range(n):
            bench.marked[bench.candidates[k]] = False
        if after >= before:
            won += after - before
        else:
            for s in range(q):
                clear(arrays, sequences, bench.agents[s])
            for s in range(q):
                _restore(sequences, bench, s)
        if crowded:
            return done + 1, won
    return rounds, won


@inner
def _save(sequences: Sequences, bench: Bench, s: Whole) -> None:
    """Saves the jobs of agent ``s`` of the move."""
    a = bench.agents[s]
    bench.saved_count[s], bench.saved_load[s], bench.saved_value[s] = (
        sequences.count[a],
        sequences.load[a],
        sequences.value[a],
    )
    for k in range(sequences.count[a]):
        for field in range(N_FIELDS):
            bench.saved[s, k, field] = sequences.job[a, k, field]


@inner
def _restore(sequences: Sequences, bench: Bench, s: Whole) -> None:
    """Gives agent ``s`` of the move, who has no jobs, its saved ones."""
    a = bench.agents[s]
    sequences.count[a], sequences.load[a], sequences.value[a] = (
        bench.saved_count[s],
        bench.saved_load[s],
        bench.saved_value[s],
    )
    for k in range(sequences.count[a]):
        for field in range(N_FIELDS):
            sequences.job[a, k, field] = bench.saved[s, k, field]
        sequences.agent_of[sequences.job[a, k, TASK]] = a


@inner
def _best_work(
    arrays: Arrays,
    sequences: Sequences,
    pool: Pool,
    bench: Bench,
    s: Whole,
    n: Whole,
    noise: Real,
    asked: Asked,
    share: Real,
) -> None:
    """Gives agent ``s`` of the move, who has no jobs, the best of the ``n`` candidates that nobody has.

    The one-agent programme tells which. Gains are shifted at random by up to the share ``noise`` before, and lowered by
    the agent's fee and a ``share`` of the price. What the agent could do is written to ``could_*``.
    """
    a, day, jobs = bench.agents[s], bench.day, 0
    for row in range(pool.agent_first[a], pool.agent_first[a + 1]):
        bench.speed[pool.agent_requirement[row]] = pool.agent_speed[row]
    for k in range(n):
        i = bench.candidates[k]
        if jobs >= MOST_CANDIDATES or sequences.agent_of[i] >= 0:
            bench.could_step[s, k] = UNKNOWN
            continue
        bench.could_step[s, k] = N_STEPS
        speed = bench.speed[arrays.requirement[i]]
        if speed == 0.0:
            continue
        more = enter(arrays, day, jobs, i, a, speed)
        if more > jobs:
            bench.could_step[s, k], bench.could_grains[s, k] = day.step[jobs], day.grains[jobs]
            shifted = day.gain[jobs] * (1 - noise + 2 * noise * draw(bench, 1024) / 1024)
            day.gain[jobs] = shifted - share * asked.task[i] - asked.fee[a]
            jobs = more if day.gain[jobs] > 0 else jobs
    for row in range(pool.agent_first[a], pool.agent_first[a + 1]):
        bench.speed[pool.agent_requirement[row]] = 0.0
    for k in range(jobs):
        day.order[k] = k
    put_in_order(day.order, jobs, day.due, falling=False)
    room = arrays.room[a] - arrays.base[a]
    count = programme(day.memory, day.grains, day.due, day.gain, day.order, jobs, room) if jobs else 0
    take(arrays, sequences, day, a, day.order, count)


@inner
def _fill_up(arrays: Arrays, sequences: Sequences, bench: Bench, q: Whole, n: Whole) -> None:
    """Inserts candidates still waiting, densest first, wherever they fit among the agents."""
    for k in range(n):
        i = bench.candidates[k]
        for step in range(N_STEPS):
            for s in range(q):
                if sequences.agent_of[i] < 0 and _may_fit(arrays, sequences, bench, s, k, step):
                    try_step(arrays, sequences, i, step, bench.agents[s])


@inner
def _may_fit(arrays: Arrays, sequences: Sequences, bench: Bench, s: Whole, k: Whole, step: Whole) -> bool:
    """Whether agent ``s`` of the move might have time for candidate ``k`` in a step, by what is known of both."""
    could: Whole = bench.could_step[s, k]
    if could == UNKNOWN:
        return True
    if step < could:
        return False
    a = bench.agents[s]
    return bool(arrays.base[a] + sequences.load[a] + bench.could_grains[s, k] <= arrays.room[a])


class Search:
    """A plan under improvement; deterministic for a seed and a number of rounds."""

    def __init__(self, problem: Problem, arrays: Arrays, plan: Plan, seed: int) -> None:
        self._problem, self._arrays = problem, arrays
        self._density, self._links = best_density(arrays), links_of(arrays)
        self._sequences = sequences_of(problem, arrays, plan)
        self._bench = make_bench(arrays, self._sequences, first_density(arrays), seed)
        self._size, self._sweep, self._swept = 0, 0, 0.0
        self._response = BestResponse(arrays, self._density, seed)
        self._asked = Asked(np.zeros(problem.n_tasks), np.zeros(problem.n_agents))
        self._wishes, self._random = no_wishes(problem.n_agents), np.random.default_rng(seed)

    @property
    def value(self) -> float:
        """What the work in the plan gains, in hundredths, unrounded where agents' terms enter."""
        return float(self._sequences.value.sum())

    @property
    def agents(self) -> int:
        """How many agents there are: what a sweep of best response costs in moves."""
        return len(self._arrays.base)

    @property
    def size(self) -> int:
        """How large moves are now: a large one takes a hundred times as long as a small one."""
        return self._size

    def follow(self, asked: Asked) -> None:
        """Has moves look at these prices and fees; all are 0 until then, and nobody wishes anything."""
        if asked is not self._asked:
            self._asked, self._wishes = asked, wishes_of(self._problem, self._arrays, asked)

    def elsewhere(self, plan: Plan, seed: int) -> "Search":
        """A search from another plan, with nothing that changes in common with this one."""
        other = copy(self)
        other._sequences = sequences_of(self._problem, self._arrays, plan)
        other._bench = make_bench(self._arrays, other._sequences, self._bench.density, seed)
        other._response, other._random = self._response.again(seed), np.random.default_rng(seed)
        return other

    def run(self, rounds: int) -> float:
        """Tries ``rounds`` moves (a few less when a row has to grow); returns the hundredths won."""
        if full(self._sequences):
            self._sequences = longer(self._sequences)
            self._make_room()
        pool = make_pool(
            self._arrays, self._sequences, self._density, self._links, self._wishes, self._draw_who_lacks()
        )
        done, won = improve(self._arrays, self._sequences, pool, self._bench, self._asked, rounds, *_SIZES[self._size])
        self._change_size(int(done), float(won))
        return float(won)

    def respond(self, limits: Limits) -> float:
        """One sweep of best response over all agents; returns the hundredths won."""
        length = self._sequences.job.shape[1]
        self._sequences, won = self._response.sweep(self._sequences, limits)
        if self._sequences.job.shape[1] != length:
            self._make_room()
        return won

    def _draw_who_lacks(self) -> Int64:
        """Some agents, each drawn with a chance that is its share of what all lack of what they wish."""
        lacks = np.cumsum(lacking(self._wishes, self._asked, self._sequences.agent_of, self._sequences.value))
        if not len(lacks) or lacks[-1] <= 0:
            return np.zeros(0, np.int64)
        drawn: Int64 = np.searchsorted(lacks, self._random.random(_DRAWN) * lacks[-1], side="right").astype(np.int64)
        return drawn

    def _change_size(self, rounds: int, won: float) -> None:
        """Goes on to larger moves, and from the largest back, once a sweep over the agents wins little."""
        self._sweep += rounds
        self._swept += won
        if self._sweep >= len(self._arrays.base):
            if self._swept < _WORTHWHILE * float(self._sequences.value.sum()):
                self._size = (self._size + 1) % len(_SIZES)
            self._sweep, self._swept = 0, 0.0

    def _make_room(self) -> None:
        before = self._bench
        self._bench = make_bench(self._arrays, self._sequences, before.density, 0)._replace(random=before.random)

    def plan(self) -> Plan:
        """The plan as it stands."""
        return plan_of(self._problem, self._sequences)
