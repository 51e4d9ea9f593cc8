"""What people do instead: hand out work by a simple rule, or give the whole model to a solver as it is.

``python -m tests.benchmarks.baselines SNAPSHOT WAY SECONDS`` prints what came of it as one line of JSON. SECONDS
count from the start of the process, as `allot plan --time-limit` does.
"""

import time

_BEGAN = time.monotonic()

import json  # noqa: E402  (the clock starts before anything is loaded)
import os  # noqa: E402
import sys  # noqa: E402
from math import floor  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from models import CapabilityError, Plan, Problem, check, pinned_plan  # noqa: E402
from models.compiled import compiled  # noqa: E402
from models.engines.search.sequences import Sequences, empty_sequences, full, longer, plan_of, try_step  # noqa: E402
from models.problem.arrays import N_STEPS, Arrays, arrays_of  # noqa: E402
from models.problem.modes import count_modes, list_modes  # noqa: E402

_TASKS_AT_ONCE = 20_000
_LEAST_S = 0.1

Int64 = NDArray[np.int64]
Found = tuple[Plan | None, int | None]
"""A plan and a bound in hundredths, each ``None`` when there is none."""


def by_priority(problem: Problem) -> Int64:
    """The tasks in priority order: the most valuable first; of equal ones the first due."""
    return np.lexsort((problem.due, -problem.worth.weighted()))


def by_due_date(problem: Problem) -> Int64:
    """The tasks, the longest overdue first, then the first due; of equal ones the most valuable."""
    return np.lexsort((-problem.worth.weighted(), problem.due, -problem.worth.overdue_us))


def first_fit(problem: Problem, order: Int64) -> Plan:
    """Each task in turn goes to the first person who can finish it on time; if nobody can, to the first at all."""
    arrays = arrays_of(problem)
    sequences, done = empty_sequences(arrays), 0
    while done < len(order):
        done += int(_place(arrays, sequences, order[done : done + _TASKS_AT_ONCE]))
        if full(sequences):
            sequences = longer(sequences)
    return plan_of(problem, sequences)


@compiled
def _place(arrays: Arrays, sequences: Sequences, tasks: Int64) -> int:
    """Places tasks in their order; returns how many were looked at before an agent's row was full."""
    for n in range(len(tasks)):
        i = tasks[n]
        if not arrays.free[i]:
            continue
        r = arrays.requirement[i]
        for step in range(N_STEPS):
            for entry in range(arrays.elig_first[r], arrays.elig_first[r + 1]):
                a = arrays.elig_agent[entry]
                if arrays.base[a] + sequences.load[a] < arrays.room[a] and try_step(arrays, sequences, i, step, a):
                    if sequences.count[a] >= sequences.job.shape[1]:
                        return n + 1
                    break
            if sequences.agent_of[i] >= 0:
                break
    return len(tasks)


def whole_cp_sat(problem: Problem, deadline: float) -> Found:
    """The whole model in CP-SAT, without a plan to start from."""
    from ortools.sat.python import cp_model

    from models.engines.exact import MOST_FOR_CP_SAT, AssignmentModel

    arrays = arrays_of(problem)
    _refuse_large(arrays, MOST_FOR_CP_SAT)
    model, solver = AssignmentModel.of(problem, arrays), cp_model.CpSolver()
    solver.parameters.num_workers = os.cpu_count() or 1
    solver.parameters.max_time_in_seconds = max(_LEAST_S, deadline - time.monotonic())
    if solver.solve(model.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None  # a bound of 0 may then mean that it has none
    return model.plan(solver), _above_started(problem, solver.best_objective_bound)


def whole_highs(problem: Problem, deadline: float) -> Found:
    """The whole model in HiGHS, through PuLP."""
    import pulp

    from models.engines.milp import MOST_FOR_PULP, AssignmentProgramme, refuse_long_sequences

    arrays = arrays_of(problem)
    _refuse_large(arrays, MOST_FOR_PULP)
    modes = list_modes(arrays)
    refuse_long_sequences(problem, modes)
    model = AssignmentProgramme.of(problem, modes)
    solver = pulp.HiGHS(msg=False, gapRel=0.0, timeLimit=max(_LEAST_S, deadline - time.monotonic()))
    model.programme.solve(solver)
    # PuLP hands maximization over as minimization
    return model.plan(), _above_started(problem, -model.programme.solverModel.getInfo().mip_dual_bound)


def _refuse_large(arrays: Arrays, most: int) -> None:
    if (size := count_modes(arrays)) > most:
        raise CapabilityError(f"{size:,} ways to do the tasks")


def _above_started(problem: Problem, gain: float) -> int | None:
    """The bound that a solver's bound on the gain over started work stands for."""
    if not np.isfinite(gain):
        return None
    return floor(gain + 1e-4) + (check(problem, pinned_plan(problem)).objective or 0)


WAYS: dict[str, Any] = {
    "priority": lambda problem, deadline: (first_fit(problem, by_priority(problem)), None),
    "due-date": lambda problem, deadline: (first_fit(problem, by_due_date(problem)), None),
    "cp-sat": whole_cp_sat,
    "highs": whole_highs,
}


def run(snapshot: Path, way: str, seconds: float) -> dict[str, Any]:
    """What came of a way: objective and bound in points, whether the plan keeps the rules, and what to note."""
    from data import build_problem, read_snapshot
    from scheduler.run.policy import read_policy

    file = snapshot / "policy.toml"
    policy = read_policy(file if file.exists() else None)
    read = read_snapshot(snapshot, max_reject_share=policy.max_reject_share)
    problem = build_problem(read, policy.terms()).problem
    try:
        plan, bound = WAYS[way](problem, _BEGAN + seconds)
    except CapabilityError as error:
        size = str(error).removeprefix("engine pulp: ").split("; use ")[0]
        return {"note": f"does not fit: {size}"}
    points = None if bound is None else bound / 100
    if plan is None:
        return {"bound": points, "note": f"no plan: found none in {seconds:g} s"}
    checked = check(problem, plan, bound=bound)
    return {"objective": (checked.objective or 0) / 100, "bound": points, "check": checked.ok, "note": ""}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))  # noqa: T201  (read by the bench)
