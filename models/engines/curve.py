"""What calm costs: the best value for every number of changes, each with a bound.

For a price s of a change, whatever proves B for the problem in which staying is worth s proves more: a plan with at
most N changes keeps at least K - N of the K tasks that could stay, so it is worth no more than B - s (K - N).
"""

from dataclasses import dataclass

from models.arrays import arrays_of
from models.certificate import certified_bound
from models.engines.again import EXACT_OPTIONS, solve_again
from models.engines.options import count_options
from models.engines.recombine import recombined
from models.engines.repair import Earlier
from models.engines.replan import changed, what_can_stay
from models.fixing import CALM_STEP, obliging, preferring
from models.limits import Limits
from models.outcome import Observer, Prices
from models.plan import Plan, evaluate
from models.problem import Problem

_BUDGETS = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 5000, 10_000, 30_000, 100_000)
_PRICES = 4
_DEARER = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class CurvePoint:
    """A budget: the changes allowed and made, the plan's objective and the bound of all such plans, in hundredths."""

    allowed: int
    changes: int
    objective: int
    bound: int | None
    plan: Plan


def price_of_calm(
    problem: Problem,
    earlier: Earlier,
    limits: Limits,
    observer: Observer,
    prices: Prices | None,
    typical: int,
    known: Plan | None = None,
) -> list[CurvePoint]:
    """A point for every budget that makes a difference; ``typical`` hundredths are what a task pays on average.

    ``known`` is a plan found before, if there is one.
    """
    kept, stays = what_can_stay(problem, earlier)
    must, could = obliging(problem), int((stays >= 0).sum())
    small = count_options(arrays_of(must)) <= EXACT_OPTIONS
    found: list[Plan] = []
    bounds: list[tuple[int, int]] = []
    dear = [CALM_STEP * max(1, typical // (CALM_STEP * _DEARER**n)) for n in range(_PRICES)]
    for nth, price in enumerate([0] if small else [0, *dear]):
        part = limits.share(1 / 3 if small else 1 / (_PRICES + 1 - nth))
        outcome = solve_again(preferring(must, stays, price), part, observer, kept, prices)
        found.append(outcome.plan)
        proofs = [p for p in (outcome.prices, prices) if p is not None]
        # the engine's own bound is one for its problem too, and what staying adds there is known
        proved = [b for p in proofs if (b := certified_bound(preferring(must, stays, price), p)) is not None]
        proved += [] if outcome.bound is None else [outcome.bound]
        bounds += [(price, min(proved))] if proved else []
    found += [] if known is None else [known]
    most = max(int(changed(stays, plan).sum()) for plan in found)
    budgets = [b for b in _BUDGETS if b < most] + [most]
    points: list[CurvePoint] = []
    for nth, budget in enumerate(budgets):
        proved = [bound - price * max(0, could - budget) for price, bound in bounds]
        plans = [recombined(must, kept, plan, stays, budget) for plan in found]
        if small:
            from models.engines.budget import best_within

            part = limits.share(1 / (len(budgets) - nth))
            plan, bound = best_within(must, kept, stays, budget, 0, part)
            proved += [] if bound is None else [bound]
            plans.append(plan)
        plans.append(points[-1].plan if points else kept)
        best = max(plans, key=lambda plan: evaluate(problem, plan).objective)
        points.append(
            CurvePoint(
                allowed=budget,
                changes=int(changed(stays, best).sum()),
                objective=evaluate(problem, best).objective,
                bound=min(proved, default=None),
                plan=best,
            )
        )
    return points
