"""CP-SAT set up the same way wherever it is used: its limits, its workers, its seed, and how it is stopped."""

import threading
import time
from math import inf
from typing import Any

from ortools.sat.python import cp_model

from models.plans.limits import Limits

WHOLE = 1e-6
"""A bound this little below a whole number is that number."""
_GRACE_S = 5.0
"""CP-SAT keeps its time limit by itself; so long after it, as in a presolve that does not look, it is told to stop."""


def new_solver(limits: Limits) -> cp_model.CpSolver:
    """A solver that keeps the limits; with an effort it uses one worker and deterministic time."""
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = limits.seed % 2**31
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = max(2, limits.workers) if limits.effort is None else 1
    if limits.effort is not None:
        solver.parameters.max_deterministic_time = float(limits.effort)
    if limits.deadline is not None:
        solver.parameters.max_time_in_seconds = max(0.01, limits.remaining_s())
    return solver


def run_solver(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    progress: cp_model.CpSolverSolutionCallback | None,
    limits: Limits,
) -> Any:
    """Solves in a thread of its own, so that a request to stop is heard here."""
    result: list[Any] = []

    def work() -> None:
        try:
            result.append(solver.solve(model, progress))
        except BaseException as error:  # handed to the caller's thread below
            result.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    latest = inf if limits.deadline is None else limits.deadline + _GRACE_S
    while thread.is_alive():
        thread.join(0.05)
        if limits.cancelled.is_set() or time.monotonic() > latest:
            solver.stop_search()  # again and again: before the search begins it is not heard
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]
