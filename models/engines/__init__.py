"""How plans are found: every engine takes a problem, limits, an observer and perhaps a plan to start from.

`greedy` places tasks by value density; `scale` prices people's time, proves a bound and searches; `exact` hands
the whole model to CP-SAT; `pulp` hands it to any PuLP solver. `auto` chooses and says why.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from models.engines.auto import solve_auto
from models.engines.replanning import (
    CurvePoint,
    Earlier,
    Replanned,
    UnkeepableError,
    cost_of_stability,
    earlier_of,
    go_on,
    kept_as_it_is,
    repaired,
    replan,
    solve_again,
)
from models.engines.search.arrange import arranged
from models.engines.search.polish import polish
from models.engines.sizes import fits_whole_model
from models.plans.outcome import ENGINES, Engine


def make_engine(name: str, *, solver: str = "HiGHS", lp_file: Path | None = None) -> Engine:
    """The engine of that name; ``solver`` and ``lp_file`` are for `pulp` alone."""
    makers: dict[str, Callable[[], Engine]] = {
        "auto": lambda: solve_auto,
        "exact": _exact,
        "pulp": lambda: _pulp(solver, lp_file),
        "scale": _scale,
        "greedy": _greedy,
    }
    return makers[name]()


def _exact() -> Engine:
    from models.engines.exact import solve_exact

    return solve_exact


def _pulp(solver: str, lp_file: Path | None) -> Engine:
    from models.engines.milp import solve_pulp

    return partial(solve_pulp, solver=solver, lp_file=lp_file)


def _scale() -> Engine:
    from models.engines.scale import solve_scale

    return solve_scale


def _greedy() -> Engine:
    from models.engines.greedy import solve_greedy

    return solve_greedy


__all__ = [
    "ENGINES",
    "CurvePoint",
    "Earlier",
    "Replanned",
    "UnkeepableError",
    "arranged",
    "cost_of_stability",
    "earlier_of",
    "fits_whole_model",
    "go_on",
    "kept_as_it_is",
    "make_engine",
    "polish",
    "repaired",
    "replan",
    "solve_again",
]
