"""Re-planning: a plan for a changed problem that disturbs the earlier plan only where that earns something.

What an engine is given is worth more by ``stability`` hundredths for every task that stays with its agent, so a change
has to earn that. Objective and bound are those of the problem without it: prices that prove a bound for one prove a
bound for the other (`models.bounds.certificate`).

A *change* is a task that could have stayed with its agent, as :func:`models.engines.replanning.repair.repaired` shows,
and is with somebody else or with nobody now. What could not stay is no change by choice and never counts against a
budget.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import certified_bound
from models.engines.replanning.again import solve_again
from models.engines.replanning.lagrange import bounds_within, prices_of_change
from models.engines.replanning.recombine import recombined, worthwhile
from models.engines.replanning.repair import Earlier, repaired
from models.engines.replanning.tidy import tidied
from models.engines.sizes import fits_whole_model
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Observer, Outcome, Prices, Stop, silent
from models.plans.plan import Plan, evaluate
from models.problem.problem import Problem
from models.variants.fixing import STABILITY_STEP, obliging, preferring

Int32 = NDArray[np.int32]

_SHARE_OF_SEARCH = 0.7
"""The rest is for dealing out anew what people exchange."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Replanned:
    """A re-plan: its outcome, the plan that only keeps what could stay, and ``stays``, who could keep each task.

    ``budget_bound`` is the most any plan is worth that makes no more changes than were allowed, ``None`` when unknown.
    """

    outcome: Outcome
    kept: Plan
    stays: Int32
    budget_bound: int | None = None

    @property
    def proved(self) -> int | None:
        """The most any plan is worth that was asked for: with no more changes than were allowed."""
        return self.outcome.bound if self.budget_bound is None else self.budget_bound

    @property
    def changed(self) -> NDArray[np.bool_]:
        """The tasks that could have stayed and did not."""
        return changed(self.stays, self.outcome.plan)


def changed(stays: Int32, plan: Plan) -> NDArray[np.bool_]:
    """The tasks that are not with the agent with whom they could stay."""
    result: NDArray[np.bool_] = (stays >= 0) & (plan.agent != stays)
    return result


def what_can_stay(problem: Problem, earlier: Earlier) -> tuple[Plan, Int32]:
    """The plan that only keeps what could stay, and with whom each task could (-1: nobody)."""
    kept = repaired(problem, earlier)
    return kept, np.where((kept.agent == earlier.agent) & problem.free, kept.agent, -1).astype(np.int32)


def replan(
    problem: Problem,
    earlier: Earlier,
    limits: Limits,
    observer: Observer,
    *,
    prices: Prices | None = None,
    stability: int = 0,
    most_changes: int | None = None,
) -> Replanned:
    """A plan of a changed problem, near an earlier one.

    ``stability`` are the hundredths a change must earn, a multiple of :data:`models.variants.fixing.STABILITY_STEP`;
    ``most_changes`` is how many there may be.

    Raises:
        UnkeepableError: what must be done (E1) cannot be.
    """
    kept, stays = what_can_stay(problem, earlier)
    must = obliging(problem)
    truth = Incumbent(must, limits, observer)
    if prices is not None:
        truth.prove(certified_bound(must, prices), BoundSource.CERTIFICATE, prices)
    small = fits_whole_model(must)
    course = _Course(truth, kept, stays, prices, stability, small)
    if most_changes is None:
        plan = course.stable(stability, limits.share(1 / 2 if small else 1.0), course.known_bound(stability))
    elif small:
        from models.engines.replanning.budget import best_within

        plan, bound = best_within(must, kept, stays, most_changes, stability, limits.share(1 / 2))
        course.bounds += [] if bound is None else [bound]
    else:
        plan = course.few(most_changes)
    if small:
        course.prove(plan)
    truth.offer(plan, "re-plan")
    # of two plans worth the same the incumbent holds the first
    outcome = replace(truth.outcome("replan", complete=not course.cut_short), plan=plan)
    bounds = [bound for bound in (*course.bounds, truth.bound) if bound is not None]
    budget_bound = None if most_changes is None else min(bounds, default=None)
    return Replanned(outcome=outcome, kept=kept, stays=stays, budget_bound=budget_bound)


def stages_only(observer: Observer) -> Observer:
    """An observer that hears of stages alone: values with preferences in them are nobody's business."""

    def tell(stage: str, objective: int | None = None, bound: int | None = None) -> None:
        observer(stage)

    return tell


@dataclass
class _Course:
    """A re-plan on its way; ``truth`` collects what is proved about the problem without any preference.

    ``proved`` are prices of a change, each with a bound of the problem in which staying is worth that; ``bounds`` are
    of all plans with no more changes than allowed.
    """

    truth: Incumbent
    kept: Plan
    stays: Int32
    prices: Prices | None
    stability: int
    small: bool
    cut_short: bool = False
    proved: list[tuple[int, int]] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)

    def known_bound(self, price: int) -> int | None:
        """A bound of the problem in which staying is worth a price, from that without: as if all stayed.

        What prices prove is a little less, but takes long in large problems: each task that may stay is a special pair.
        """
        if self.small or self.truth.bound is None:
            return None
        return self.truth.bound + price * int((self.stays >= 0).sum())

    def stable(self, price: int, limits: Limits, bound: int | None = None) -> Plan:
        """The plan in which what changes together earns a price for each change; ``bound`` is of all such plans."""
        liking = preferring(self.truth.problem, self.stays, price)
        # what is near enough for the value may hide many changes: it is to be within the price of one
        size = max(1, abs(evaluate(liking, self.kept).objective))
        near = replace(limits, gap=min(limits.gap, price / size) if price else limits.gap)
        outcome = solve_again(
            liking, near.share(_SHARE_OF_SEARCH), stages_only(self.truth.observer), self.kept, self.prices, bound
        )
        self.cut_short |= outcome.stop is Stop.TIME
        if outcome.bound is not None:
            self.proved.append((price, outcome.bound))
        if outcome.prices is not None and outcome.prices is not self.prices:  # what those prove is known
            self.truth.prove(
                certified_bound(self.truth.problem, outcome.prices), BoundSource.CERTIFICATE, outcome.prices
            )
        plan = outcome.plan
        if price and not self.small:
            plan = tidied(liking, self.kept, plan, self.stays, limits)
        return worthwhile(self.truth.problem, self.kept, plan, self.stays, price)

    def few(self, most: int) -> Plan:
        """A plan with so few changes: of what is changed at several prices of a change the best that the number allows.

        Changes get cheaper until there are more than that.
        """
        cheapest = max(self.stability, STABILITY_STEP)
        dearer = [price for price in prices_of_change(self.truth.problem, self.kept) if price > cheapest]
        prices, plans = [*dearer, cheapest], [self.kept]
        for nth, price in enumerate(prices):
            plan = self.stable(price, self.truth.limits.share(1 / (len(prices) - nth)))
            plans.append(recombined(self.truth.problem, self.kept, plan, self.stays, most))
            if int(changed(self.stays, plan).sum()) > most or self.truth.limits.exhausted():
                break
        self.bounds += bounds_within(most, self.stays, self.proved)
        return max(plans, key=lambda plan: evaluate(self.truth.problem, plan).objective)

    def prove(self, plan: Plan) -> None:
        """Looks for the best bound of the problem without any preference."""
        outcome = solve_again(
            self.truth.problem, self.truth.limits, stages_only(self.truth.observer), plan, self.truth.prices
        )
        source = outcome.bound_source
        self.truth.prove(outcome.bound, source, outcome.prices if source is BoundSource.CERTIFICATE else None)


def kept_as_it_is(
    problem: Problem, plan: Plan, limits: Limits, prices: Prices | None, bound: int | None, source: BoundSource
) -> Replanned:
    """A legal plan left as it is, with a bound that was proved before and that the prices prove."""
    truth = Incumbent(obliging(problem), limits, silent)
    truth.offer(plan, "earlier plan")
    if prices is not None:
        truth.prove(certified_bound(truth.problem, prices), BoundSource.CERTIFICATE, prices)
    truth.prove(bound, source)
    outcome = replace(truth.outcome("replan", complete=True), plan=plan)
    return Replanned(outcome=outcome, kept=plan, stays=np.where(problem.free, plan.agent, -1).astype(np.int32))
