"""Which agents take part in a move of :mod:`models.engines.search.ruin_recreate`, and which work it looks at.

Half of the moves begin with an agent who earns less above the prices of tasks than it could
(:mod:`models.engines.search.wishes`). Half of the others in a move have what the first wishes, the rest could do what
it does or could do. The work is their own and unplanned work that they wish or could do: of each kind the densest, in
some moves further apart than in others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import Whole, inner
from models.engines.search.best_day import Day, make_day
from models.engines.search.order import put_in_order
from models.engines.search.sequences import N_FIELDS, TASK, Sequences
from models.engines.search.wishes import Wishes
from models.problem.arrays import Arrays, Links
from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Bool, Float64, Int32, Int64

MOST_AGENTS = 6
"""In a move: as many as the largest moves of `ruin_recreate` take."""
MOST_CANDIDATES = 400
"""Jobs in a programme at most: the own work of six agents and 60 unplanned tasks for each of them; not tuned."""
_POOL_KINDS, _POOL_PER_KIND = 16, 8
"""Kinds that are looked at for each agent, and unplanned tasks of each at most; not tuned."""
_STRIDES = 4
"""Of a kind's unplanned work a move sees the densest, or one in 2, 4 or 8 on average: one stride for each move."""
UNKNOWN = -1
"""In place of a step: nobody has looked."""


class Pool(NamedTuple):
    """Unplanned work by requirement, densest first, the requirements each agent meets, and what agents wish."""

    first: Int64  # (r + 1) tasks of requirement r are task[first[r]:first[r + 1]]
    task: Int64  # (row) i
    agent_first: Int64  # (a + 1) agent a meets agent_requirement[agent_first[a]:agent_first[a + 1]]
    agent_requirement: Int64  # (row) r
    agent_speed: Float64  # (row) its efficiency
    wish_first: Int64  # (a + 1) agent a wishes wish[wish_first[a]:wish_first[a + 1]]
    wish: Int64  # (row) i
    who_lacks: Int64  # (row) a, drawn by how much it lacks of what it wishes


class Bench(NamedTuple):
    """Working memory of a search; from one move to the next only ``random`` counts, and ``marked`` is clear.

    A move has n candidates; its q agents stand in the first q places s of ``agents``, ``saved_*`` and ``could_*``.
    """

    agents: Int64  # (s) a, in the order in which their work is recreated
    saved: Int32  # (s, k, field) their jobs as they were, as in `Sequences.job`
    saved_count: Int32  # (s) how many those are
    saved_load: Int64  # (s) grains
    saved_value: Float64  # (s) hundredths
    candidates: Int64  # (n) i: the agents' own work and unplanned work; behind `collect` the densest first
    density: Float64  # (i) hundredths a grain of work, of every task
    marked: Bool  # (i) whether the task is a candidate
    speed: Float64  # (r) the efficiency of the agent whose work is chosen, and 0 otherwise
    could_step: NDArray[np.int8]  # (s, n) the first step in which the agent, idle, could do it; or N_STEPS, UNKNOWN
    could_grains: Int32  # (s, n) how long that would take
    day: Day  # what one agent could do of the candidates
    random: NDArray[np.uint64]  # (1) the state of `draw`


def make_pool(
    arrays: Arrays, sequences: Sequences, density: np.ndarray, links: Links, wishes: Wishes, who_lacks: Int64
) -> Pool:
    """What is unplanned now, beside who wishes what.

    ``density`` is each task's best gain per grain, 0 for what is not worth doing.
    """
    waiting = np.flatnonzero((sequences.agent_of < 0) & (density > 0))
    order = waiting[np.lexsort((-density[waiting], arrays.requirement[waiting]))]
    first = np.searchsorted(arrays.requirement[order], np.arange(len(arrays.elig_first))).astype(np.int64)
    unplanned = first, order.astype(np.int64)
    return Pool(*unplanned, links.first, links.requirement, links.speed, wishes.first, wishes.task, who_lacks)


def best_density(arrays: Arrays) -> np.ndarray:
    """Each task's best gain per grain of work over its steps; 0 for tasks that are not free."""
    gains = np.where(
        arrays.deadline >= 0, np.maximum(arrays.gain, arrays.raw_gain + arrays.requested_gain[:, None]), 0.0
    )
    return np.where(arrays.free, gains.max(axis=1, initial=0.0) / np.maximum(arrays.work, 1e-9), 0.0)


def first_density(arrays: Arrays) -> Float64:
    """What every task gains for a grain of work in the first step that it has."""
    first = np.where(arrays.deadline[:, ON_TIME] >= 0, arrays.gain[:, ON_TIME], arrays.gain[:, LATE])
    density: Float64 = first / np.maximum(arrays.work, 1e-9)
    return density


def make_bench(arrays: Arrays, sequences: Sequences, density: Float64, seed: int) -> Bench:
    """Working memory for these sequences; made again when they get room for more jobs.

    ``density`` is what :func:`first_density` gives.
    """
    length = sequences.job.shape[1]
    most = MOST_CANDIDATES + MOST_AGENTS * length
    return Bench(
        agents=np.zeros(MOST_AGENTS, np.int64),
        saved=np.zeros((MOST_AGENTS, length, N_FIELDS), np.int32),
        saved_count=np.zeros(MOST_AGENTS, np.int32),
        saved_load=np.zeros(MOST_AGENTS, np.int64),
        saved_value=np.zeros(MOST_AGENTS, np.float64),
        candidates=np.zeros(most, np.int64),
        density=density,
        marked=np.zeros(len(arrays.work), np.bool_),
        speed=np.zeros(len(arrays.elig_first), np.float64),
        could_step=np.zeros((MOST_AGENTS, most), np.int8),
        could_grains=np.zeros((MOST_AGENTS, most), np.int32),
        day=make_day(MOST_CANDIDATES, int((arrays.room - arrays.base).max(initial=0))),
        random=np.array([(seed * 2654435761 + 88172645463325252) % 2**63], np.uint64),
    )


@inner
def draw(bench: Bench, n: Whole) -> Whole:
    """A random whole number below ``n`` (xorshift64*, Vigna 2016), the same on every machine."""
    x = bench.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    bench.random[0] = x
    return np.int64((x * np.uint64(2685821657736338717) >> np.uint64(33)) % np.uint64(n))


@inner
def choose_agents(arrays: Arrays, sequences: Sequences, pool: Pool, bench: Bench, most: Whole) -> Whole:
    """Writes agents who can do the same work to ``bench.agents``: one, and some others; how many, at most ``most``."""
    m = len(arrays.base)
    if len(pool.who_lacks) > 0 and draw(bench, 2) == 0:
        return _related(arrays, sequences, pool, bench, pool.who_lacks[draw(bench, len(pool.who_lacks))], most)
    if len(pool.task) > 0 and draw(bench, 2) == 0:
        r = arrays.requirement[pool.task[draw(bench, len(pool.task))]]
        able = arrays.elig_first[r + 1] - arrays.elig_first[r]
        if able == 0:
            return 0 if m == 0 else _related(arrays, sequences, pool, bench, draw(bench, m), most)
        return _related(
            arrays, sequences, pool, bench, arrays.elig_agent[arrays.elig_first[r] + draw(bench, able)], most
        )
    return 0 if m == 0 else _related(arrays, sequences, pool, bench, draw(bench, m), most)


@inner
def _related(arrays: Arrays, sequences: Sequences, pool: Pool, bench: Bench, a: Whole, most: Whole) -> Whole:
    """Writes agent ``a`` and some others to ``bench.agents``, in any order.

    The others have what it wishes, or could do what it does or could do.
    """
    bench.agents[0] = a
    q, wanted = 1, 1 + draw(bench, most)
    met = pool.agent_first[a + 1] - pool.agent_first[a]
    wishes = pool.wish_first[a + 1] - pool.wish_first[a]
    for _ in range(3 * wanted):
        if q >= wanted or met == 0:
            break
        if wishes > 0 and draw(bench, 2) == 0:
            q = _join(bench, q, sequences.agent_of[pool.wish[pool.wish_first[a] + draw(bench, wishes)]])
            continue
        if sequences.count[a] > 0 and draw(bench, 2) == 0:
            r = arrays.requirement[sequences.job[a, draw(bench, sequences.count[a]), TASK]]
        else:
            r = pool.agent_requirement[pool.agent_first[a] + draw(bench, met)]
        other = arrays.elig_agent[arrays.elig_first[r] + draw(bench, arrays.elig_first[r + 1] - arrays.elig_first[r])]
        q = _join(bench, q, other)
    for s in range(q - 1, 0, -1):
        k = draw(bench, s + 1)
        bench.agents[s], bench.agents[k] = bench.agents[k], bench.agents[s]
    return q


@inner
def _join(bench: Bench, q: Whole, other: Whole) -> Whole:
    """Writes agent ``other`` behind the ``q`` of the move, unless it is one of them or -1; how many they are then."""
    known: bool = other < 0
    for s in range(q):
        known = known or bench.agents[s] == other
    if known:
        return q
    bench.agents[q] = other
    return q + 1


@inner
def collect(arrays: Arrays, sequences: Sequences, pool: Pool, bench: Bench, q: Whole, most_pool: Whole) -> Whole:
    """Writes the own work of ``q`` agents and unplanned work that they wish or could do to ``candidates``; how much.

    The densest comes first. Marks every candidate: the caller takes the marks away.
    """
    n = 0
    for s in range(q):
        a = bench.agents[s]
        for k in range(sequences.count[a]):
            n = _add(arrays, bench, n, sequences.job[a, k, TASK])
    own, stride = n, 1 << draw(bench, _STRIDES)
    for s in range(q):
        a = bench.agents[s]
        for k in range(pool.wish_first[a], pool.wish_first[a + 1]):
            i = pool.wish[k]
            if sequences.agent_of[i] < 0 and not bench.marked[i] and n - own < most_pool * (s + 1):
                n = _add(arrays, bench, n, i)
    for s in range(q):
        a = bench.agents[s]
        met = pool.agent_first[a + 1] - pool.agent_first[a]
        begin = draw(bench, met) if met > 0 else 0
        for d in range(min(met, _POOL_KINDS)):
            r = pool.agent_requirement[pool.agent_first[a] + (begin + d) % met]
            seen, p = 0, pool.first[r] + draw(bench, stride + 1)
            while p < pool.first[r + 1] and seen < _POOL_PER_KIND and n - own < most_pool * (s + 1):
                i = pool.task[p]
                p += 1 + draw(bench, 2 * stride) // 2
                if sequences.agent_of[i] < 0:
                    seen += 1
                    if not bench.marked[i]:
                        n = _add(arrays, bench, n, i)
    put_in_order(bench.candidates, n, bench.density, falling=True)
    return n


@inner
def _add(arrays: Arrays, bench: Bench, n: Whole, i: Whole) -> Whole:
    """Adds task ``i`` to the ``n`` candidates; how many there are then."""
    bench.candidates[n] = i
    bench.marked[i] = True
    return n + 1
