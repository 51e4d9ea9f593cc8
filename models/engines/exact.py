"""The assignment model handed whole to CP-SAT: optimal, with proof, while the problem is small.

Sets      options k = (task i, agent a, step s) that are possible and gain something (models.problem.modes)
Data      g_k gain in hundredths, p_k grains, D_k deadline and R_k earliest start on the agent's clock
Variables x_k in {0, 1}; L_{a,t} the load agent a promises by deadline t
Objective max sum g_k x_k
Rows      sum over a task's options of x_k <= 1                                              (H1)
          L_{a,t} = L_{a,t'} + sum of p_k x_k with D_k = t, L_{a,t} <= t - started work      (H3, H5, H6)
          intervals [S_k, S_k + p_k) within R_k .. D_k do not overlap, for agents with releases  (H4)
          sum over an agent's options of x_k <= max_tasks                                    (H9)

Deadlines are never rounded, so what CP-SAT proves holds for the problem itself. Carrying the load from one
deadline to the next keeps the rows short: written out, a chain of nested rows is quadratic.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from models.engines.cp_sat import WHOLE, new_solver, run_solver
from models.engines.search.price_and_search import lay_foundation, search_seconds
from models.errors import CapabilityError, InternalError
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Observer, Outcome
from models.plans.plan import Plan, in_sequence
from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import Modes, count_modes, list_modes, rows_by_agent
from models.problem.problem import Problem

MOST_FOR_CP_SAT = 400_000
"""More options than this are refused: the model alone would take minutes."""
_SHARE_OF_SEARCH, _SHARE_OF_EFFORT = 0.4, 0.15
"""What comes before CP-SAT takes so much of the clock, or of the effort."""

Int64 = NDArray[np.int64]


def solve_exact(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The best plan CP-SAT finds, with its bound.

    Raises:
        CapabilityError: the problem has more options than the model can hold.
    """
    arrays = arrays_of(problem)
    size = count_modes(arrays)
    if size > MOST_FOR_CP_SAT:
        raise CapabilityError(
            f"engine exact: {size:,} ways to do the tasks are more than the {MOST_FOR_CP_SAT:,} a whole model can "
            "hold; use --engine scale (or auto)"
        )
    incumbent = Incumbent(problem, limits, observer)
    share = _SHARE_OF_SEARCH if limits.effort is None else _SHARE_OF_EFFORT
    lay_foundation(incumbent, arrays, start, share=share, most_s=search_seconds(size))
    if incumbent.finished():
        return incumbent.outcome("exact")
    return incumbent.outcome("exact", complete=finish_exactly(incumbent, arrays))


def finish_exactly(incumbent: Incumbent, arrays: Arrays) -> bool:
    """Hands the whole model to CP-SAT, from the plan held on; whether it came to its end, or as near as was asked."""
    model = AssignmentModel.of(incumbent.problem, arrays)
    model.hint(incumbent.plan)
    return _solve(model, incumbent)


@dataclass
class AssignmentModel:
    """The CP-SAT model of a problem and the way back from its variables to a plan."""

    problem: Problem
    modes: Modes
    model: cp_model.CpModel
    chosen: list[cp_model.IntVar]
    starts: dict[int, cp_model.IntVar]

    @classmethod
    def of(cls, problem: Problem, arrays: Arrays) -> "AssignmentModel":
        """The model of every option of the problem."""
        modes = list_modes(arrays)
        tasks = modes.task
        gains = problem.payoffs(tasks, modes.agent, modes.step) - problem.undone[tasks]
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in range(len(tasks))]
        this = cls(problem=problem, modes=modes, model=model, chosen=chosen, starts={})
        this._one_agent_each()
        for rows in rows_by_agent(modes):
            this._nested_capacity(rows)
            this._releases(rows)
            this._most_tasks(rows)
        model.maximize(cp_model.LinearExpr.weighted_sum(chosen, gains.tolist()))
        return this

    def _one_agent_each(self) -> None:
        """H1."""
        first = self.modes.first
        for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
            if high - low > 1:
                self.model.add_at_most_one(self.chosen[low:high])

    def _nested_capacity(self, rows: Int64) -> None:
        """H3, H5, H6: what an agent promises by each deadline fits before it; rows that cannot bind are merged."""
        base = int(self.problem.pinned_load[self.modes.agent[rows[0]]])
        rows = rows[np.argsort(self.modes.due[rows], kind="stable")]
        due, grains = self.modes.due[rows].astype(np.int64), self.modes.grains[rows].astype(np.int64)
        ends = np.append(np.flatnonzero(np.diff(due)) + 1, len(rows))
        load, begin, reachable = None, 0, 0
        for end in ends.tolist():
            free = int(due[end - 1]) - base
            possible = reachable + int(grains[begin:end].sum())
            if possible <= free:
                if end < len(rows):
                    continue
                return
            new = cp_model.LinearExpr.weighted_sum(
                [self.chosen[k] for k in rows[begin:end]], grains[begin:end].tolist()
            )
            carried = self.model.new_int_var(0, free, "")
            self.model.add(new + load == carried if load is not None else new == carried)
            load, begin, reachable = carried, end, min(possible, free)

    def _releases(self, rows: Int64) -> None:
        """H4: with work that may not start at once, jobs need places on the clock that do not overlap."""
        base = self.problem.pinned_load[self.modes.agent[rows[0]]]
        if not np.any(self.modes.earliest[rows] > base):
            return
        intervals = []
        for k in rows.tolist():
            grains = int(self.modes.grains[k])
            latest = int(self.modes.due[k]) - grains
            self.starts[k] = self.model.new_int_var(int(self.modes.earliest[k]), latest, "")
            intervals.append(
                self.model.new_optional_fixed_size_interval_var(self.starts[k], grains, self.chosen[k], "")
            )
        self.model.add_no_overlap(intervals)

    def _most_tasks(self, rows: Int64) -> None:
        """H9."""
        a = self.modes.agent[rows[0]]
        spare = max(0, int(self.problem.max_tasks[a] - self.problem.pinned_count[a]))
        if spare < len(rows):
            self.model.add(cp_model.LinearExpr.sum([self.chosen[k] for k in rows]) <= spare)

    def hint(self, plan: Plan) -> None:
        """Starts the search from a plan."""
        modes, tasks = self.modes, self.modes.task
        held = plan.agent[tasks] == modes.agent
        end = plan.start[tasks] + modes.grains
        # of the two steps of a task on its agent, the first whose deadline it meets
        fits = held & (end <= modes.due)
        fits[1:] &= ~(fits[:-1] & (tasks[1:] == tasks[:-1]) & (modes.agent[1:] == modes.agent[:-1]))
        for k, x in enumerate(self.chosen):
            self.model.add_hint(x, bool(fits[k]))
        for k, s in self.starts.items():
            self.model.add_hint(s, int(plan.start[tasks[k]]) if fits[k] else int(modes.earliest[k]))

    def plan(self, solver: "cp_model.CpSolver | cp_model.CpSolverSolutionCallback") -> Plan:
        """The plan in the solver's incumbent: earliest deadline first, or at the starts it chose."""
        rows = np.array([k for k, x in enumerate(self.chosen) if solver.boolean_value(x)], np.int64)
        starts = {k: int(solver.value(s)) for k, s in self.starts.items()}
        return in_sequence(self.problem, self.modes, rows, starts)


class _Progress(cp_model.CpSolverSolutionCallback):
    """Keeps CP-SAT's plans and bounds as they come, and stops it at the gap asked for."""

    def __init__(self, solver: cp_model.CpSolver, model: AssignmentModel, incumbent: Incumbent) -> None:
        super().__init__()
        self._solver, self._model, self._incumbent = solver, model, incumbent

    def on_solution_callback(self) -> None:
        """Takes note of a better plan."""
        self._incumbent.offer(self._model.plan(self), "exact")
        self._stop_if_near()

    def on_bound(self, bound: float) -> None:
        """Takes note of a better bound."""
        # what CP-SAT bounds is the gain over started work alone
        self._incumbent.prove(floor(bound + WHOLE) + self._incumbent.objective_of_started, BoundSource.EXACT)
        self._stop_if_near()

    def _stop_if_near(self) -> None:
        if self._incumbent.near_enough():
            self._solver.stop_search()


def _solve(model: AssignmentModel, incumbent: Incumbent) -> bool:
    """Runs CP-SAT; returns whether it came to its end, or as near to it as was asked."""
    limits = incumbent.limits
    solver = new_solver(limits)
    # absolute, as a relative gap would be of the gain over started work; CP-SAT calls a plan within it OPTIMAL, but
    # its bound is what it proved (OR-Tools 9.15)
    solver.parameters.absolute_gap_limit = max(WHOLE, incumbent.tolerance())
    progress = _Progress(solver, model, incumbent)
    if limits.effort is None:  # when bounds are heard of depends on the clock
        solver.best_bound_callback = progress.on_bound
    status = run_solver(solver, model.model, progress if limits.effort is None else None, limits)
    if status in (cp_model.MODEL_INVALID, cp_model.INFEASIBLE):
        raise InternalError(f"CP-SAT calls the assignment model {solver.status_name(status)}: {model.model.validate()}")
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        incumbent.offer(model.plan(solver), "exact")
        progress.on_bound(solver.best_objective_bound)
    return bool(status == cp_model.OPTIMAL)
