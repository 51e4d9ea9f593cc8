"""The cost of stability: the best value for every number of changes, each with a bound."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import certified_bound
from models.engines.replanning.again import solve_again
from models.engines.replanning.lagrange import bounds_within, prices_of_change
from models.engines.replanning.recombine import recombined
from models.engines.replanning.repair import Earlier
from models.engines.replanning.replan import changed, stages_only, what_can_stay
from models.engines.sizes import fits_whole_model
from models.plans.limits import Limits
from models.plans.outcome import Observer, Prices
from models.plans.plan import Plan, evaluate
from models.problem.problem import Problem
from models.variants.fixing import obliging, preferring

Int32 = NDArray[np.int32]

_BUDGETS = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 5000, 10_000, 30_000, 100_000)
"""Numbers of changes on the curve, as far as the free plan makes more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CurvePoint:
    """A budget: the changes allowed and made, the plan's objective and the bound of all such plans, in hundredths."""

    allowed: int
    changes: int
    objective: int
    bound: int | None
    plan: Plan


def cost_of_stability(
    problem: Problem,
    earlier: Earlier,
    limits: Limits,
    observer: Observer,
    prices: Prices | None,
    known: Plan | None = None,
) -> list[CurvePoint]:
    """A point for every budget that makes a difference; ``known`` is a plan found before, if there is one."""
    kept, stays = what_can_stay(problem, earlier)
    must = obliging(problem)
    small = fits_whole_model(must)
    curve = _Curve(must, kept, stays, small, prices, [] if known is None else [known])
    curve.search(limits, stages_only(observer), [0] if small else [0, *prices_of_change(must, kept)])
    return curve.points(limits)


@dataclass
class _Curve:
    """Plans found at several prices of a change, and what is proved at each of them."""

    problem: Problem
    kept: Plan
    stays: Int32
    small: bool
    prices: Prices | None
    plans: list[Plan]
    bounds: list[tuple[int, int]] = field(default_factory=list)

    def search(self, limits: Limits, observer: Observer, prices: list[int]) -> None:
        """Plans at each price of a change; on small problems that takes a third of the time."""
        for nth, price in enumerate(prices):
            liking = preferring(self.problem, self.stays, price)
            part = limits.share(1 / 3 if self.small else 1 / (len(prices) - nth))
            outcome = solve_again(liking, part, observer, self.kept, self.prices)
            self.plans.append(outcome.plan)
            proofs = [p for p in (outcome.prices, self.prices) if p is not None]
            proved = [outcome.bound, *(certified_bound(liking, proof) for proof in proofs)]
            self.bounds += [(price, bound) for bound in proved if bound is not None]

    def points(self, limits: Limits) -> list[CurvePoint]:
        """A point for every budget up to the changes of the plan that has most."""
        most = max(int(changed(self.stays, plan).sum()) for plan in self.plans)
        budgets = [b for b in _BUDGETS if b < most] + [most]
        points: list[CurvePoint] = []
        for nth, budget in enumerate(budgets):
            least = points[-1].plan if points else self.kept
            points.append(self._point(budget, least, limits.share(1 / (len(budgets) - nth))))
        return points

    def _point(self, budget: int, least: Plan, limits: Limits) -> CurvePoint:
        """The best plan known with so few changes, which is worth no less than one with fewer."""
        proved = bounds_within(budget, self.stays, self.bounds)
        plans = [recombined(self.problem, self.kept, plan, self.stays, budget) for plan in self.plans]
        if self.small:
            from models.engines.replanning.budget import best_within

            plan, bound = best_within(self.problem, self.kept, self.stays, budget, 0, limits)
            proved += [] if bound is None else [bound]
            plans.append(plan)
        best = max((*plans, least), key=self._objective)
        return CurvePoint(
            allowed=budget,
            changes=int(changed(self.stays, best).sum()),
            objective=self._objective(best),
            bound=min(proved, default=None),
            plan=best,
        )

    def _objective(self, plan: Plan) -> int:
        return evaluate(self.problem, plan).objective
