"""What one agent alone could do, and the bound that prices of tasks prove by it, in whole numbers.

Letters as in :mod:`models.bounds.certificate`, and u_i >= 0 the price of task i: what it wants to keep of its gain.
With V_a the most that agent a alone can earn above these prices,

    bound = constant + sum_i u_i + sum_a V_a + sum_a M_a tau_a

is at least the value of every plan. Proof: a legal plan gives agent a tasks whose gains are at most their prices, the
fees and what is left, which is at most V_a, since a legal plan keeps every condition that V_a's work has to keep; and
no task's price is counted twice (H1). V_a is found by the dynamic programme of Lawler and Moore (Management Science 16,
1969): with jobs in the order of their deadlines D_j, f_j(w) the most that jobs 1..j can earn when finished by w,

    f_j(w) = max(f_{j-1}(w), f_{j-1}(min(w, D_j) - p_j) + margin_j).

Releases and ``max_tasks`` are left out of it, and a task's two steps are two jobs, so V_a can only be too high.

An agent may have a hundred thousand jobs, of which few can be in a best set. With the agent's prices pi_a(D) of its
time, a job keeps r = margin - p pi_a(D), and no set earns more than

    U_a = sum over t of pi_a(t) times the capacity between t - 1 and t + sum over all jobs of max(0, r);

a set with a job that keeps -d or less (d >= 0) no more than U_a - d. So when V is what the jobs that keep more than -d
earn at best, V_a <= max(V, U_a - d), and with d = U_a - V that is V_a itself. `docs/formulation.md` has this at length.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, constant, fees_in_all, largest_terms, refuse_what_proves_nothing, rents
from models.compiled import compiled, inner
from models.plans.outcome import Prices
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, links_of, pair_row
from models.problem.problem import DURATION_SLACK, Problem

_LARGEST = 2.0**61
_NEAR = 9
"""The first jobs looked at keep no less than minus this share of the agent's rent: one in 2**9."""
_LOOKS = 3
MOST_CELLS_EACH = 1 << 27
"""An agent with a larger table is taken to earn U_a."""
_MOST_JOBS_EACH = 1 << 18
_AT_ONCE = 16
"""Agents between two questions whether to stop."""
_EVERYTHING = -(2**62)

Int64 = NDArray[np.int64]


class Jobs(NamedTuple):
    """Possible ways to do a task that gain something; agent a's rows are ``first[a]:first[a + 1]``, by ``due``.

    ``due`` is the deadline on the agent's clock behind its started work; ``gain`` is in hundredths, and where an
    agent's terms enter it may be a hundredth too high.
    """

    first: Any
    task: Any
    step: Any
    grains: Any
    due: Any
    gain: Any

    @property
    def agent(self) -> Int64:
        """The agent of every row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


class _Work(NamedTuple):
    """Open tasks by requirement (rows ``first[r]:first[r + 1]``), and the requirements that each agent meets.

    Clocks are looked at in ``moment``; ``release`` and ``deadline`` are places there, -1 where there is no such step.
    ``plain`` are tasks without terms between them and single agents; ``slack`` is what the float error of an unrounded
    gain is less than.
    """

    first: Any
    task: Any
    work: Any
    plain: Any
    release: Any
    deadline: Any
    gain: Any
    slack: Any
    moment: Any
    agent_first: Any
    requirement: Any
    speed: Any


class Alone:
    """What each agent of a problem could do alone."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._A = problem, arrays_of(problem)
        self._work = _work_of(problem, self._A)
        self._scratch = _room_for(min(_MOST_JOBS_EACH, self._most_jobs()))
        self._margins = np.zeros(len(self._scratch.task), np.int64)
        self.too_large = self._largest_sum() * 2.0**UNIT_BITS >= _LARGEST

    def earned(self, prices: Prices, stop: Callable[[], bool]) -> tuple[Int64, Int64] | None:
        """V_a of every agent above the prices, and U_a - V_a; ``None`` when asked to stop."""
        earned, short = np.zeros((2, self._problem.n_agents), np.int64)
        asked, room = self._asked(prices), (self._scratch, self._margins, MOST_CELLS_EACH)
        for agents in self._batches():
            if stop():
                return None
            most_earned(self._A, self._work, agents, *asked, *room, earned, short)
        return earned, short

    def all_jobs(self, every: int = 1) -> Jobs:
        """All jobs of all agents who may take any; or those with every n-th task of a kind, others for each agent."""
        agents = self._problem.n_agents
        nothing = Prices(
            edges=np.zeros(1, np.int64), price=np.zeros((agents, 1), np.int64), fee=np.zeros(agents, np.int64)
        )
        return self.jobs(nothing, np.full(agents, -_EVERYTHING), every)

    def jobs(self, prices: Prices, reach: Int64, every: int = 1) -> Jobs:
        """The jobs that keep more than minus the agent's ``reach`` at all prices."""
        least = -reach
        first = np.zeros(self._problem.n_agents + 1, np.int64)
        asked = self._asked(prices)[:-1]
        _list_all(self._A, self._work, *asked, least, every, first, self._scratch, False)
        first = np.cumsum(first)
        jobs = _room_for(int(first[-1]))._replace(first=first)
        _list_all(self._A, self._work, *asked, least, every, first, jobs, True)
        return jobs

    def _batches(self) -> list[Int64]:
        agents = np.arange(self._problem.n_agents)
        return np.array_split(agents, -(-len(agents) // _AT_ONCE)) if len(agents) else []

    def _asked(self, prices: Prices) -> tuple[Any, ...]:
        """Of each moment its bucket, prices of time, of tasks by requirement, fees, and what the time comes to."""
        bucket = np.searchsorted(prices.edges, self._work.moment, side="right") - 1
        rent = np.array(rents(self._problem, prices.edges, prices.price), np.int64)
        task = np.zeros(self._problem.n_tasks, np.int64) if prices.task is None else prices.task
        return bucket, prices.price, task[self._work.task], prices.fee, rent

    def _most_jobs(self) -> int:
        """No agent has more jobs."""
        return int(self._of_agents(np.diff(self._work.first) * N_STEPS).max(initial=0))

    def _largest_sum(self) -> float:
        """No agent's jobs gain more in all, in hundredths."""
        A, work = self._A, self._work
        gain = (np.maximum(A.gain, 0.0) + largest_terms(self._problem)).sum(axis=1)[work.task]
        total = np.append(0.0, np.cumsum(gain))[work.first]
        return float(self._of_agents(np.diff(total)).max(initial=0.0))

    def _of_agents(self, of_requirement: NDArray[Any]) -> NDArray[Any]:
        """Sums over what each agent meets."""
        total = np.append(0, np.cumsum(of_requirement[self._work.requirement]))
        return np.diff(total[self._work.agent_first])


def _work_of(problem: Problem, A: Arrays) -> _Work:
    free = np.flatnonzero(problem.free)
    task = free[np.argsort(problem.requirement[free], kind="stable")]
    kinds = problem.eligibility.n_requirements
    first = np.searchsorted(problem.requirement[task], np.arange(kinds + 1)).astype(np.int64)
    moment = np.unique(np.concatenate([[0], problem.release[free], np.maximum(problem.deadline[free], 0).reshape(-1)]))
    deadline = np.where(problem.deadline >= 0, np.searchsorted(moment, problem.deadline), -1)
    plain = (np.diff(A.pair_first) == 0) & (A.requested < 0)
    columns = (
        task,
        problem.work[task],
        plain[task],
        np.searchsorted(moment, problem.release[task]),
        deadline[task],
        (problem.payoff - problem.undone[:, None])[task],
        1e-6 + 1e-14 * problem.worth.size()[task],
    )
    return _Work(first, *columns, moment, *links_of(A))


def _room_for(jobs: int) -> Jobs:
    task, grains, due = (np.zeros(jobs, np.int32) for _ in range(3))
    return Jobs(np.zeros(1, np.int64), task, np.zeros(jobs, np.int8), grains, due, np.zeros(jobs, np.int64))


def jobs_of(problem: Problem) -> Jobs:
    """All jobs of all agents who may take any."""
    return Alone(problem).all_jobs()


def certified_by_task_prices(
    problem: Problem,
    prices: Prices,
    alone: Alone | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> int | None:
    """The bound that the prices of tasks prove, in hundredths, rounded up.

    ``None`` when values are too large for it, or when ``stop`` says so in between. ``alone`` is the problem's, when it
    is there already.

    Raises:
        ValueError: there are no prices of tasks, or negative or rising ones, so they prove nothing.
    """
    if prices.task is None or np.any(prices.task < 0):
        raise ValueError("prices of tasks must not be negative")
    refuse_what_proves_nothing(prices)
    alone = Alone(problem) if alone is None else alone
    if alone.too_large or max(2.0 * prices.task.max(initial=0), 2.0 * prices.fee.max(initial=0)) >= _LARGEST:
        return None
    found = alone.earned(prices, stop)
    return None if found is None else bound_of(problem, prices, found[0])


def bound_of(problem: Problem, prices: Prices, earned: Int64) -> int:
    """The bound when agents earn so much alone."""
    asked = [] if prices.task is None else prices.task[problem.free].tolist()
    total = sum(asked) + sum(earned.tolist()) + fees_in_all(problem, prices.fee)
    bound: int = constant(problem) + -(-total >> UNIT_BITS)
    return bound


@inner
def _look_ahead(A, W, a, bucket, price, clock, asked):  # type: ignore[no-untyped-def]
    """What agent ``a`` has behind its started work by every moment, and asks for a grain promised by then."""
    for m in range(len(W.moment)):
        clock[m] = capacity(A, a, W.moment[m]) - A.base[a]
        asked[m] = price[a, bucket[m]]


@inner
def _list(A, W, a, clock, asked, task_price, fee, floor, least, every, J, margins, at, write):  # type: ignore[no-untyped-def]
    """Writes agent ``a``'s jobs that keep more than ``least`` at all prices, and ``floor`` at those of tasks.

    They come into J from row ``at``. Returns how many, -1 when it has no room for them, and what all jobs that keep
    anything keep; ``least`` is at most 0.
    """
    n, kept, costless = 0, np.int64(0), A.cost[a] == 0.0
    for e in range(W.agent_first[a], W.agent_first[a + 1]):
        r, pace = W.requirement[e], (1 - 2 * DURATION_SLACK) / W.speed[e]
        for t in range(W.first[r] + (a + e) % every, W.first[r + 1], every):
            i, plain, pair = W.task[t], costless and W.plain[t], np.int64(-1)
            if not plain:
                pair = pair_row(A, i, a)
                if pair >= 0 and not A.pair_allowed[pair]:
                    continue
            asks, grains, about = task_price[t] + fee, np.int64(0), np.int64(W.work[t] * pace)
            for s in range(N_STEPS):
                d = W.deadline[t, s]
                if d < 0:
                    continue
                if plain:  # most are out of question, and told so without a division
                    margin = (W.gain[t, s] << UNIT_BITS) - asks
                    if margin <= floor or margin - about * asked[d] <= least:
                        continue
                if grains == 0:
                    grains = duration(A, i, W.speed[e], pair)
                if max(np.int64(0), clock[W.release[t]]) + grains > clock[d]:
                    continue
                worth = W.gain[t, s] if plain else _worth(A, W, i, t, s, a, grains, pair)
                margin = (worth << UNIT_BITS) - asks
                if worth <= 0 or margin <= floor:
                    continue
                over = margin - grains * asked[d]
                kept += max(over, np.int64(0))
                if over > least:
                    if write:
                        if at + n >= len(J.task):
                            return np.int64(-1), kept
                        J.task[at + n], J.step[at + n], J.grains[at + n] = i, s, grains
                        J.due[at + n], J.gain[at + n] = clock[d], worth
                        if at + n < len(margins):
                            margins[at + n] = margin
                    n += 1
    return np.int64(n), kept


@inner
def _worth(A, W, i, t, s, a, grains, pair):  # type: ignore[no-untyped-def]
    """The gain with an agent's terms in hundredths, halves rounded up: half-even never gives more."""
    extra = -A.cost[a] * grains
    if A.requested[i] == a:
        extra += A.requested_gain[i]
    if pair >= 0:
        extra += A.pair_bonus[pair]
    if extra == 0.0:
        return W.gain[t, s]
    return np.int64(np.floor(A.raw_gain[i, s] + extra + 0.5 + W.slack[t, s] + 1e-14 * abs(extra)))


@compiled
def most_earned(A, W, agents, bucket, price, task_price, fee, rent, J, margin, most_cells, earned, short):  # type: ignore[no-untyped-def]
    """Writes V_a of the agents, and how much less it is than U_a, in the unit of prices."""
    clock, asked = np.empty(len(W.moment), np.int64), np.empty(len(W.moment), np.int64)
    for a in agents:
        if A.spare[a] <= 0:
            continue
        _look_ahead(A, W, a, bucket, price, clock, asked)
        near = rent[a] >> _NEAR
        for _ in range(_LOOKS):
            n, kept = _list(A, W, a, clock, asked, task_price, fee[a], 0, -near, 1, J, margin, 0, True)
            most = rent[a] + kept
            if n < 0 or n * (A.room[a] - A.base[a] + 1) > most_cells:
                earned[a], short[a] = most, 0
                break
            order = np.argsort(J.due[:n], kind="mergesort")
            earned[a] = best_of(J.grains[:n][order], J.due[:n][order], margin[:n][order])
            short[a] = most - earned[a]
            if short[a] <= near:
                break
            near = short[a]


@compiled
def best_of(grains, due, margin):  # type: ignore[no-untyped-def]
    """The most that jobs of one agent, by their deadlines, can earn together."""
    width = due[-1] + 1 if len(due) else 1
    old, new, reach = np.zeros(width, margin.dtype), np.zeros(width, margin.dtype), 0
    for k in range(len(due)):
        if margin[k] > 0:
            reach = _add_job(old, new, reach, grains[k], due[k], margin[k])
            old, new = new, old
    return old[reach]


@compiled
def _add_job(old, new, reach, grains, due, margin):  # type: ignore[no-untyped-def]
    """Writes f_j into ``new`` from f_{j-1} in ``old``, known up to ``reach``; returns how far f_j is known."""
    for w in range(reach + 1, due + 1):
        old[w] = old[reach]
    new[:grains] = old[:grains]
    # slices of one length: this loop then takes several cells at a time, eight times as fast as with w - grains
    without, behind, best = old[grains : due + 1], old[: due + 1 - grains], new[grains : due + 1]
    for w in range(len(best)):
        best[w] = max(without[w], behind[w] + margin)
    return due


@compiled
def _list_all(A, W, bucket, price, task_price, fee, least, every, first, J, write):  # type: ignore[no-untyped-def]
    """Counts each agent's jobs into ``first[a + 1]``, or writes them from ``first[a]`` on, by their deadlines."""
    clock, asked = np.empty(len(W.moment), np.int64), np.empty(len(W.moment), np.int64)
    margin = np.empty(0, np.int64)
    for a in range(len(A.base)):
        if A.spare[a] <= 0:
            continue
        _look_ahead(A, W, a, bucket, price, clock, asked)
        low = first[a] if write else 0
        n, _ = _list(A, W, a, clock, asked, task_price, fee[a], _EVERYTHING, least[a], every, J, margin, low, write)
        if not write:
            first[a + 1] = n
            continue
        order = low + np.argsort(J.due[low : low + n], kind="mergesort")
        for column in (J.task, J.grains, J.due):
            column[low : low + n] = column[order]
        J.step[low : low + n] = J.step[order]
        J.gain[low : low + n] = J.gain[order]
