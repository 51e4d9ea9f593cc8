"""How large a problem may be to be solved whole, in modes: ways to do its tasks."""

from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import count_modes
from models.problem.problem import Problem

MOST_WHOLE = 20_000
"""Up to so many modes a solver is handed the whole model; with more, it rarely proves anything in time."""


def fits_whole(arrays: Arrays) -> bool:
    """Whether a problem is handed whole to a solver, which can prove its plan the best."""
    return count_modes(arrays) <= MOST_WHOLE


def fits_whole_model(problem: Problem) -> bool:
    """The same of a problem that is not yet arrays."""
    return fits_whole(arrays_of(problem))
