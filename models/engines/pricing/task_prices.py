"""Lowers the bound of prices where tasks are long: every agent picks its best whole tasks at prices of tasks.

With the price u_i of task i and V_a(u) the most that agent a alone can earn above the prices,

    sum_i u_i + sum_a V_a(u)

is convex. At u_i = what the task keeps at the agents' prices it is no higher than the bound of those; from there it is
minimized by an incremental subgradient method, in batches of agents (:mod:`models.engines.pricing.bidding`). Steps
shrink; what is proved is an average of the last prices. The bound is never taken from here: it is added up by
:mod:`models.bounds.task_prices`.

Where agents have too many jobs to list, only those are that could be in a best set, and some more; they are listed anew
whenever a bound is proved. Where even those are too many, as among people who can do everything equally well, every
n-th job is listed, others for each agent. Where there are too many ways to do the tasks for any of this, the fees of
single agents move alone (:mod:`models.engines.pricing.fees`).

Source: A. Nedic, D. P. Bertsekas, Incremental subgradient methods for nondifferentiable optimization, SIAM J. Optim.
12 (2001) 109-138.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, rents, task_surplus
from models.bounds.task_prices import Alone, Jobs, bound_of
from models.engines.pricing.bidding import Bidders
from models.engines.pricing.elementary import geometric
from models.engines.pricing.fees import with_best_fees
from models.engines.pricing.in_parts import earned_in_parts
from models.engines.pricing.prove import lowered
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Move, Prices
from models.problem.arrays import Arrays
from models.problem.modes import count_modes
from models.problem.problem import Problem

MOST_MODES = 100_000_000
"""With more ways to do the tasks only fees move: to look at all of them once takes seconds, and tasks are short."""
MOST_JOBS = 4_000_000
"""With more jobs in all, those are listed that are near a best set."""
_MOST_OF_EVERY = 10_000_000
"""Where those are too many as well, at most so many of all are listed. On a day of 20,000 tasks with 33 million jobs,
13 million of them near a best set, 24 s of a thread left the bound above a plan by 2.7 % of what can be gained with
3.6 million, 1.4 % with 7 to 11 million, 3.7 % with those that are near."""
_REACH = 2
"""So many times as far from it as what could be in one (`docs/formulation.md`, section 9)."""
_MOST_PASSES = 240
"""More lower the bound by less than a hundredth of a per cent of what can be gained."""
_SHARE_OF_CLOCK = 0.95
"""So that the last prices are proved in time."""
_PROOFS_KEPT_BACK = 1.5
"""Times what the first proof took, kept back for the last one: the machine may be busier then."""
_LEAST_PROOFS = 6
"""Times what the first proof took, passes have at least, with the last proof: where it took 7 of 18 seconds there were
no passes, and no dive, and a day of people who know most kinds was left with a gap of 4.1 %, not 1.5 %."""
_CHECKS, _CHECKS_OF_LARGE = 12, 4
"""Proofs on the way, the second where jobs are listed anew with each; half or twice the first changed nothing that is
proved in the end."""
_SHARE_OF_PROOFS = 0.3
"""Of the time there is, proofs on the way may take."""
_FIRST_STEP, _LAST_STEP = 12.0, 0.05
"""Of a typical shortfall. In 25 passes over a day of 1,500 short tasks and one of 400 long ones, half the first step
proves bounds 0.2 to 0.3 % higher and twice that 0.25 % lower; half or twice the last step moves them by up to
0.06 %."""
_WORTH_PASSES = 0.02
"""Of the distance between bound and plan, what agents earn less with whole tasks than by the grain; where it is a
smaller share, tasks are short, and passes lower the bound by less than a search wins in their time."""
_MEMORY = 0.1
"""The prices that are proved are the average of about the last tenth of the passes. Half or twice that moved bounds
by up to 0.03 % on the same days."""

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def opening(problem: Problem, prices: Prices) -> tuple[Prices, Float64]:
    """With prices of tasks to begin with, what they keep at agents' prices; and these in hundredths."""
    kept = np.maximum(task_surplus(problem, prices), 0)
    return replace(prices, task=kept), kept / 2.0**UNIT_BITS


def prices_of_tasks(problem: Problem, prices: Prices) -> Float64:
    """Prices of tasks in hundredths: those there are, or else what tasks keep at agents' prices."""
    return opening(problem, prices)[1] if prices.task is None else prices.task / 2.0**UNIT_BITS


def typical_shortfall(short: Int64, planned: int) -> float:
    """How much less agents earn with whole tasks than by the grain, for each planned task or agent, in hundredths.

    It says how far prices of tasks have to move: much where tasks are long against a day or hard to fill it with.
    """
    return float(short.sum()) / 2.0**UNIT_BITS / max(planned, len(short))


def pays_whole(short: Int64, missing: float) -> bool:
    """Whether to look at whole tasks pays: ``missing`` is the distance between bound and plan, in hundredths."""
    return float(short.sum()) / 2.0**UNIT_BITS > _WORTH_PASSES * missing


def prove_by_programmes(
    incumbent: Incumbent, arrays: Arrays, limits: Limits, passes: int | None = None, *, latest: float | None = None
) -> None:
    """Lowers the incumbent's bound by ever better prices of tasks, in at most so many passes over all agents.

    With a clock the steps shrink so that they are at their smallest when it runs out. Where proofs take long, passes
    may go on beyond the limits, up to the ``latest`` moment of :func:`time.monotonic`.
    """
    problem, asked = incumbent.problem, incumbent.prices
    if asked is None or limits.exhausted():
        return
    if np.any(problem.free & (problem.fixed_agent >= 0)):
        return  # what must be done (E1) could have a price below 0, which no certificate writes down
    modes = count_modes(arrays)
    if modes > MOST_MODES:
        _prove_by_fees(incumbent, arrays, asked, limits)
        return
    alone = Alone(problem)
    if alone.too_large:
        return
    auction = _Auction(problem, arrays, alone, asked, modes, limits)
    began, bound = time.monotonic(), incumbent.bound
    short = auction.certify(incumbent)
    proof = time.monotonic() - began
    incumbent.spent(Move.TASK_PRICES, proof, lowered(bound, incumbent.bound))
    if short is not None and pays_whole(short, _gap(incumbent)):
        step = typical_shortfall(short, int(((incumbent.plan.agent >= 0) & problem.free).sum()))
        limits = _long_enough(limits, proof, latest)
        auction.run(incumbent, step, _Pace(limits, max(1, min(_MOST_PASSES, passes or _MOST_PASSES)), proof))


def _prove_by_fees(incumbent: Incumbent, arrays: Arrays, asked: Prices, limits: Limits) -> None:
    """Lowers the bound by agents who pay fees alone: others earn no more than their time comes to (Lemma 3)."""
    problem, began, bound = incumbent.problem, time.monotonic(), incumbent.bound
    if not (asked.fee > 0).any():
        return
    alone = Alone(problem)
    if alone.too_large:
        return
    most = np.array(rents(problem, asked.edges, asked.price), np.int64)
    prices, earned = with_best_fees(alone, opening(problem, asked)[0], most, arrays.spare, limits)
    incumbent.prove(bound_of(problem, prices, earned), BoundSource.TASK_PRICES, prices)
    incumbent.spent(Move.TASK_PRICES, time.monotonic() - began, lowered(bound, incumbent.bound))


def _long_enough(limits: Limits, proof: float, latest: float | None) -> Limits:
    """The limits with time for passes behind a proof that took so many seconds, if there is a ``latest`` moment."""
    if limits.deadline is None or limits.effort is not None or latest is None:
        return limits
    return replace(limits, deadline=max(limits.deadline, min(time.monotonic() + _LEAST_PROOFS * proof, latest)))


def _gap(incumbent: Incumbent) -> float:
    return 0.0 if incumbent.bound is None else float(incumbent.bound - incumbent.objective)


@dataclass
class _Pace:
    """How far the passes have come: by the clock, where there is one that counts, or by their number.

    ``proof`` are the seconds that a proof takes.
    """

    limits: Limits
    passes: int
    proof: float = 0.0
    done: int = 0

    def __post_init__(self) -> None:
        self._began, self._seconds = time.monotonic(), float("inf")
        if self.limits.deadline is not None and self.limits.effort is None:
            kept_back = _PROOFS_KEPT_BACK * self.proof
            self._seconds = max(1e-9, _SHARE_OF_CLOCK * (self.limits.deadline - self._began) - kept_back)

    def progress(self) -> float:
        """From 0 to 1, when there is nothing left to do."""
        return min(1.0, max(self.done / self.passes, (time.monotonic() - self._began) / self._seconds))

    def checks(self, most: int) -> int:
        """How many proofs there is time for: at least one, at the end."""
        return int(min(most, max(1.0, _SHARE_OF_PROOFS * self._seconds / max(self.proof, 1e-9))))


class _Auction:
    """Prices of tasks and fees on their way to a better bound, in hundredths.

    They start at the prices of tasks there are, or else at what tasks keep.
    """

    def __init__(
        self, problem: Problem, arrays: Arrays, alone: Alone, asked: Prices, modes: int, limits: Limits
    ) -> None:
        self._problem, self._arrays, self._alone, self._asked = problem, arrays, alone, asked
        self._modes, self._large, self._near, self._limits = modes, modes > MOST_JOBS, False, limits
        self._price = prices_of_tasks(problem, asked)
        self._mean_price, self._mean_fee = self._price.copy(), asked.fee / 2.0**UNIT_BITS
        self._bidders: Bidders | None = None

    def run(self, incumbent: Incumbent, step: float, pace: _Pace) -> None:
        """Passes with falling steps, and a proof now and then."""
        checks = pace.checks(_CHECKS_OF_LARGE if self._large else _CHECKS)
        agents = np.arange(self._problem.n_agents)
        for check in range(1, checks + 1):
            before, bound, began = pace.done, incumbent.bound, time.monotonic()
            while self._bidders is not None and pace.progress() < check / checks:
                here = step * geometric(_FIRST_STEP, _LAST_STEP, pace.progress())
                if not self._bidders.bid(agents, self._price, here, pace.limits):
                    break
                pace.done += 1
                weight = min(1.0, pace.progress() / (_MEMORY * pace.done))
                self._mean_price += weight * (self._price - self._mean_price)
                self._mean_fee += weight * (self._bidders.table.fee - self._mean_fee)
            if pace.done > before:
                found = self.certify(incumbent)
                incumbent.spent(Move.TASK_PRICES, time.monotonic() - began, lowered(bound, incumbent.bound))
                if found is None:
                    return
            if pace.limits.exhausted() or pace.progress() >= 1.0:
                return

    def certify(self, incumbent: Incumbent) -> Int64 | None:
        """Hands the averages of prices and fees to the certificate, and lists jobs anew.

        Returns how much less each agent earns with whole tasks than by the grain, ``None`` when there was no time.
        """
        asked, time_fee = self._asked, self._asked.fee_of_time
        prices = replace(asked, task=in_units(self._mean_price), fee=in_units(self._mean_fee), time_fee=time_fee)
        found = earned_in_parts(self._problem, self._alone, prices, incumbent.limits)
        if found is None:
            return None
        incumbent.prove(bound_of(self._problem, prices, found[0]), BoundSource.TASK_PRICES, prices)
        if self._bidders is None or self._near:
            fee = self._mean_fee if self._bidders is None else self._bidders.table.fee
            jobs = self._jobs(prices, found[1])
            self._bidders = Bidders(jobs, fee, self._arrays.spare, self._problem.n_tasks, self._limits)
        return found[1]

    def _jobs(self, prices: Prices, short: Int64) -> Jobs:
        """What agents choose from: all jobs, or those near a best set, or every n-th."""
        workers = self._limits.workers
        near = self._alone.jobs(prices, _REACH * short, MOST_JOBS, workers) if self._large else None
        self._near = near is not None
        every = -(-self._modes // _MOST_OF_EVERY) if self._large else 1
        return self._alone.all_jobs(every, workers) if near is None else near


def in_units(hundredths: Float64) -> Int64:
    """Prices of tasks or fees in the unit of a certificate, 2**-20 hundredths."""
    return np.rint(hundredths * 2.0**UNIT_BITS).astype(np.int64)
