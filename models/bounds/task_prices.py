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
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, constant, fees_in_all, largest_terms, refuse_what_proves_nothing, rents
from models.compiled import Whole, compiled, inner
from models.executor import at_once
from models.plans.outcome import Prices
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, links_of, pair_row
from models.problem.problem import DURATION_SLACK, Bool, Float64, Int32, Int64, Problem

_LARGEST = 2.0**61
"""Sums stay below this, so that they fit in 64 bits."""
_NEAR, _MORE = 9, 1.5
"""The first jobs looked at keep no less than minus this share of the agent's rent: one in 2**9, or so many times what
agents before it earned less than U_a, if that is more; what is found in the end is the same. Not tuned."""
_LOOKS = 3
"""Times that an agent's jobs are listed: what is not exact by then is only too high; not tuned."""
MOST_CELLS_EACH = 1 << 27
"""An agent with a larger table is taken to earn U_a."""
_MOST_JOBS_EACH = 1 << 18
"""And one with more jobs; both bound time and memory, and were not tuned."""
_PAIRS_OF_A_THREAD = 1_000_000
"""Of tasks and agents who may do them: some milliseconds to look at."""
AGENTS_AT_ONCE = 16
"""Agents between two questions whether to stop. What one of these earned says which jobs the next ones look at first,
so parts of a problem that are to give the same as the whole keep them together."""
_EVERYTHING = -(2**62)
"""A limit below all that a job can keep."""


class Jobs(NamedTuple):
    """Possible ways to do a task that gain something; agent a's rows are ``first[a]:first[a + 1]``, by ``due``.

    ``due`` is the deadline on the agent's clock behind its started work; ``gain`` is in hundredths, and where an
    agent's terms enter it may be a hundredth too high.
    """

    first: Int64  # (a + 1)
    task: Int32  # (row) i
    step: NDArray[np.int8]  # (row) the step that the job ends in
    grains: Int32  # (row) its duration
    due: Int32  # (row) grains
    gain: Int64  # (row) hundredths


class _Work(NamedTuple):
    """Open tasks by requirement, and the requirements that each agent meets. Clocks are looked at in moments m only."""

    first: Int64  # (r + 1) requirement r has the rows first[r]:first[r + 1]
    task: Int64  # (row) i
    work: Float64  # (row) grains at efficiency 1
    plain: Bool  # (row) no terms between the task and single agents
    release: Int64  # (row) m
    deadline: Int64  # (row, step) m; -1: there is no such step
    gain: Int64  # (row, step) hundredths, before any agent's terms
    slack: Float64  # (row, step) hundredths; more than the float error of an unrounded gain
    moment: Int64  # (m) grain, ascending
    agent_first: Int64  # (a + 1) agent a meets requirement[agent_first[a]:agent_first[a + 1]]
    requirement: Int64  # (link) r
    speed: Float64  # (link) the agent's efficiency for it


class _Asked(NamedTuple):
    """The prices, in units of 2**-20 hundredths."""

    bucket: Int64  # (m) the bucket b of the moment
    price: Int64  # (a, b) for a grain
    task_price: Int64  # (row of _Work) for the task
    fee: Int64  # (a) for any task


class _View(NamedTuple):
    """What :func:`_look_ahead` writes for one agent."""

    clock: Int64  # (m) grains that the agent has behind its started work by the moment; may be negative
    price: Int64  # (m) what it asks for a grain promised by then


class _Wanted(NamedTuple):
    """Which jobs are listed; in the unit of prices."""

    floor: Whole  # more than this is kept at the prices of tasks and fees
    least: Whole  # more than this is kept at all prices; at most 0
    every: Whole  # one task in so many of a kind


class _Room(NamedTuple):
    """Working memory of :func:`most_earned`, and the size of its tables."""

    jobs: Jobs
    margin: Int64  # (row of jobs) what is kept at the prices of tasks and fees
    most_cells: int  # an agent with a larger table is taken to earn U_a


class Alone:
    """What each agent of a problem could do alone."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._arrays = problem, arrays_of(problem)
        self._work = _work_of(problem, self._arrays)
        self._rooms = [self._room()]
        self.too_large = self._largest_sum() * 2.0**UNIT_BITS >= _LARGEST

    def earned(
        self, prices: Prices, stop: Callable[[], bool], workers: int = 1, agents: Int64 | None = None
    ) -> tuple[Int64, Int64] | None:
        """V_a of every agent above the prices, or of some and 0 else, and U_a - V_a; ``None`` when asked to stop.

        The agents are shared among up to ``workers`` threads.
        """
        earned, short = np.zeros((2, self._problem.n_agents), np.int64)
        asked, rent = self._asked(prices), np.array(rents(self._problem, prices.edges, prices.price), np.int64)
        batches, threads = self._batches(agents), self._threads(workers)
        self._rooms += [self._room() for _ in range(threads - len(self._rooms))]

        def work(thread: int) -> bool:
            for some in batches[thread::threads]:
                if stop():
                    return False
                most_earned(self._arrays, self._work, some, asked, rent, self._rooms[thread], earned, short)
            return True

        return (earned, short) if all(at_once([partial(work, k) for k in range(threads)], threads)) else None

    def all_jobs(self, every: int = 1, workers: int = 1) -> Jobs:
        """All jobs of all agents who may take any; or those with every n-th task of a kind, others for each agent."""
        agents = self._problem.n_agents
        nothing = Prices(
            edges=np.zeros(1, np.int64), price=np.zeros((agents, 1), np.int64), fee=np.zeros(agents, np.int64)
        )
        everything = np.full(agents, -_EVERYTHING)
        return self._listed(nothing, everything, every, workers, self._counted(nothing, everything, every, workers))

    def jobs(
        self, prices: Prices, reach: Int64, most: int | None = None, workers: int = 1, every: int = 1
    ) -> Jobs | None:
        """The jobs that keep more than minus the agent's ``reach`` at all prices; ``None`` for more than ``most``.

        Or those with every n-th task of a kind, others for each agent.
        """
        found = self._counted(prices, reach, every, workers)
        return None if most is not None and found[-1] > most else self._listed(prices, reach, every, workers, found)

    def _counted(self, prices: Prices, reach: Int64, every: int, workers: int) -> Int64:
        """Where each agent's jobs begin in a list, shape (a + 1)."""
        first = np.zeros(self._problem.n_agents + 1, np.int64)
        self._look(prices, reach, every, workers, first, self._rooms[0].jobs, False)
        return np.cumsum(first)

    def _listed(self, prices: Prices, reach: Int64, every: int, workers: int, first: Int64) -> Jobs:
        jobs = _room_for(int(first[-1]))._replace(first=first)
        self._look(prices, reach, every, workers, first, jobs, True)
        return jobs

    def _look(
        self, prices: Prices, reach: Int64, every: int, workers: int, first: Int64, jobs: Jobs, write: bool
    ) -> None:
        """Counts or lists jobs, with the agents shared among threads."""
        threads = self._threads(workers)
        agents = np.array_split(np.arange(self._problem.n_agents), threads)
        task = partial(_list_all, self._arrays, self._work, self._asked(prices), -reach, every, first, jobs, write)
        at_once([partial(task, some) for some in agents], threads)

    def _room(self) -> _Room:
        jobs = _room_for(min(_MOST_JOBS_EACH, self._most_jobs()))
        return _Room(jobs, np.zeros(len(jobs.task), np.int64), MOST_CELLS_EACH)

    def _threads(self, workers: int) -> int:
        """As many as have enough to do for it to pay to start them."""
        pairs = int(self._of_agents(np.diff(self._work.first)).sum())
        return max(1, min(workers, pairs // _PAIRS_OF_A_THREAD))

    def _batches(self, agents: Int64 | None) -> list[Int64]:
        agents = np.arange(self._problem.n_agents) if agents is None else agents
        return [agents[k : k + AGENTS_AT_ONCE] for k in range(0, len(agents), AGENTS_AT_ONCE)]

    def _asked(self, prices: Prices) -> _Asked:
        bucket = np.searchsorted(prices.edges, self._work.moment, side="right") - 1
        task = np.zeros(self._problem.n_tasks, np.int64) if prices.task is None else prices.task
        return _Asked(bucket, prices.price, task[self._work.task], prices.fee)

    def _most_jobs(self) -> int:
        """No agent has more jobs."""
        return int(self._of_agents(np.diff(self._work.first) * N_STEPS).max(initial=0))

    def _largest_sum(self) -> float:
        """No agent's jobs gain more in all, in hundredths."""
        arrays, work = self._arrays, self._work
        gain = (np.maximum(arrays.gain, 0.0) + largest_terms(self._problem)).sum(axis=1)[work.task]
        total = np.append(0.0, np.cumsum(gain))[work.first]
        return float(self._of_agents(np.diff(total)).max(initial=0.0))

    def _of_agents(self, of_requirement: NDArray[Any]) -> NDArray[Any]:
        """Sums over what each agent meets."""
        total = np.append(0, np.cumsum(of_requirement[self._work.requirement]))
        return np.diff(total[self._work.agent_first])


def _work_of(problem: Problem, arrays: Arrays) -> _Work:
    free = np.flatnonzero(problem.free)
    task = free[np.argsort(problem.requirement[free], kind="stable")]
    kinds = problem.eligibility.n_requirements
    first = np.searchsorted(problem.requirement[task], np.arange(kinds + 1)).astype(np.int64)
    moment = np.unique(np.concatenate([[0], problem.release[free], np.maximum(problem.deadline[free], 0).reshape(-1)]))
    deadline = np.where(problem.deadline >= 0, np.searchsorted(moment, problem.deadline), -1)
    plain = (np.diff(arrays.pair_first) == 0) & (arrays.requested < 0)
    columns = (
        task,
        problem.work[task],
        plain[task],
        np.searchsorted(moment, problem.release[task]),
        deadline[task],
        (problem.payoff - problem.undone[:, None])[task],
        1e-6 + 1e-14 * problem.worth.size()[task],
    )
    return _Work(first, *columns, moment, *links_of(arrays))


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
def _look_ahead(arrays: Arrays, work: _Work, asked: _Asked, a: Whole, view: _View) -> None:
    """Writes the ``view`` of agent ``a``."""
    for m in range(len(work.moment)):
        view.clock[m] = capacity(arrays, a, work.moment[m]) - arrays.base[a]
        view.price[m] = asked.price[a, asked.bucket[m]]


@inner
def _list(
    arrays: Arrays, work: _Work, asked: _Asked, a: Whole, view: _View, wanted: _Wanted, listed: Jobs, margins: Int64,
    at: Whole, write: bool,
) -> tuple[Whole, Whole]:  # fmt: skip
    """Counts the jobs of agent ``a`` that are wanted, and where told to ``write`` lists them from row ``at`` on.

    ``view`` is what :func:`_look_ahead` has written for the agent. Margins over the prices of tasks and the fee go into
    ``margins``, as many as it has room for.

    Returns how many jobs there are, -1 when ``listed`` has no room for them, and what all jobs that keep anything keep.
    """
    n, kept, costless = 0, np.int64(0), arrays.cost[a] == 0.0
    floor, least, every = wanted.floor, wanted.least, wanted.every
    clock, price = view.clock, view.price
    for e in range(work.agent_first[a], work.agent_first[a + 1]):
        r, pace = work.requirement[e], (1 - 2 * DURATION_SLACK) / work.speed[e]
        for t in range(work.first[r] + (a + e) % every, work.first[r + 1], every):
            i, plain, pair = work.task[t], costless and work.plain[t], np.int64(-1)
            if not plain:
                pair = pair_row(arrays, i, a)
                if pair >= 0 and not arrays.pair_allowed[pair]:
                    continue
            asks, grains, about = asked.task_price[t] + asked.fee[a], np.int64(0), np.int64(work.work[t] * pace)
            for step in range(N_STEPS):
                due = work.deadline[t, step]
                if due < 0:
                    continue
                if plain:  # most are out of question, and told so without a division
                    margin = (work.gain[t, step] << UNIT_BITS) - asks
                    if margin <= floor or margin - about * price[due] <= least:
                        continue
                if grains == 0:
                    grains = duration(arrays, i, work.speed[e], pair)
                if max(np.int64(0), clock[work.release[t]]) + grains > clock[due]:
                    continue
                worth = work.gain[t, step] if plain else _worth(arrays, work, i, t, step, a, grains, pair)
                margin = (worth << UNIT_BITS) - asks
                if worth <= 0 or margin <= floor:
                    continue
                over = margin - grains * price[due]
                kept += max(over, np.int64(0))
                if over > least:
                    if write:
                        if at + n >= len(listed.task):
                            return np.int64(-1), kept
                        listed.task[at + n], listed.step[at + n], listed.grains[at + n] = i, step, grains
                        listed.due[at + n], listed.gain[at + n] = clock[due], worth
                        if at + n < len(margins):
                            margins[at + n] = margin
                    n += 1
    return np.int64(n), kept


@inner
def _worth(arrays: Arrays, work: _Work, i: Whole, t: Whole, step: Whole, a: Whole, grains: Whole, pair: Whole) -> Whole:
    """The gain of task ``i``, row ``t``, with an agent's terms in hundredths, halves rounded up: half-even never gives
    more."""
    extra = -arrays.cost[a] * grains
    if arrays.requested[i] == a:
        extra += arrays.requested_gain[i]
    if pair >= 0:
        extra += arrays.pair_bonus[pair]
    if extra == 0.0:
        return work.gain[t, step]
    return np.int64(np.floor(arrays.raw_gain[i, step] + extra + 0.5 + work.slack[t, step] + 1e-14 * abs(extra)))


@compiled
def most_earned(
    arrays: Arrays, work: _Work, agents: Int64, asked: _Asked, rent: Int64, room: _Room, earned: Int64, short: Int64
) -> None:
    """Writes V_a of the ``agents`` into ``earned`` (a), and how much less it is than U_a into ``short`` (a).

    Both in the unit of prices; ``rent`` (a) is what the agent's time comes to at the prices. Those who may take no more
    tasks earn what they earned before: callers hand in zeros.
    """
    view = _View(np.empty(len(work.moment), np.int64), np.empty(len(work.moment), np.int64))
    jobs, margin = room.jobs, room.margin
    rents, shorts = 0.0, 0.0
    for a in agents:
        if arrays.spare[a] <= 0:
            continue
        _look_ahead(arrays, work, asked, a, view)
        near = rent[a] >> _NEAR
        if rents > 0.0:
            near = max(near, np.int64(min(rent[a] * (_MORE * shorts / rents), _LARGEST)))
        for _ in range(_LOOKS):
            n, kept = _list(arrays, work, asked, a, view, _Wanted(0, -near, 1), jobs, margin, 0, True)
            most = rent[a] + kept
            if n < 0 or n * (arrays.room[a] - arrays.base[a] + 1) > room.most_cells:
                earned[a], short[a] = most, 0
                break
            earned[a] = best_of(jobs.grains[:n], jobs.due[:n], margin[:n])
            short[a] = most - earned[a]
            if short[a] <= near:
                break
            near = short[a]
        rents, shorts = rents + rent[a], shorts + short[a]


@compiled
def best_of(grains: Int32, due: Int32, margin: Int64) -> Whole:
    """The most that jobs of one agent can earn together, in the unit of ``margin``."""
    width, reach = 1, np.int64(0)
    for k in range(len(due)):
        width = max(width, due[k] + 1)
    old, new = np.zeros(width, np.int64), np.zeros(width, np.int64)  # f_{j-1}, known up to `reach`, and f_j
    for k in _by_due(due, width):
        if margin[k] <= 0 or grains[k] > due[k]:
            continue
        worth, first, last = margin[k], np.int64(grains[k]), np.int64(due[k])
        for w in range(reach + 1, last + 1):
            old[w] = old[reach]
        for w in range(first):
            new[w] = old[w]
        # slices of one length: this loop then takes several cells at a time, eight times as fast as with w - grains
        without, behind, here = old[first : last + 1], old[: last + 1 - first], new[first : last + 1]
        for w in range(len(here)):
            here[w] = max(without[w], behind[w] + worth)
        old, new, reach = new, old, last
    return old[reach]


@compiled
def _by_due(due: Int32, width: Whole) -> Int64:
    """The jobs in the order of their deadlines, all below ``width``."""
    place, order = np.zeros(width + 1, np.int64), np.empty(len(due), np.int64)
    for k in range(len(due)):
        place[due[k] + 1] += 1
    for w in range(width):
        place[w + 1] += place[w]
    for k in range(len(due)):
        order[place[due[k]]] = k
        place[due[k]] += 1
    return order


@compiled
def _list_all(
    arrays: Arrays, work: _Work, asked: _Asked, least: Int64, every: Whole, first: Int64, listed: Jobs, write: bool,
    agents: Int64,
) -> None:  # fmt: skip
    """Counts the jobs of each of the agents into ``first[a + 1]``, or lists them from row ``first[a]`` on, by deadline.

    Listed are those that keep more than ``least`` (a), of every n-th task of a kind.
    """
    view = _View(np.empty(len(work.moment), np.int64), np.empty(len(work.moment), np.int64))
    margin = np.empty(0, np.int64)
    for a in agents:
        if arrays.spare[a] <= 0:
            continue
        _look_ahead(arrays, work, asked, a, view)
        low = first[a] if write else 0
        wanted = _Wanted(_EVERYTHING, least[a], every)
        n, _ = _list(arrays, work, asked, a, view, wanted, listed, margin, low, write)
        if not write:
            first[a + 1] = n
            continue
        order = low + np.argsort(listed.due[low : low + n], kind="mergesort")
        for column in (listed.task, listed.grains, listed.due):
            column[low : low + n] = column[order]
        listed.step[low : low + n] = listed.step[order]
        listed.gain[low : low + n] = listed.gain[order]
