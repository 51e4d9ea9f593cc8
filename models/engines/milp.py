"""The assignment model as a mixed-integer programme through PuLP: any solver PuLP finds, and an .lp file.

The sets, variables and rows are those of :mod:`models.engines.exact`, with the same letters. Only work that may
not start at once (H4) differs: for agents who have any, each two options k, l get a variable y_kl that says
whether k comes before l, and S_k + p_k <= S_l unless y_kl = 0 or one of them is not chosen.

PuLP is for portability: it took 12 s to build a million binaries and 51 s to hand them to HiGHS (PuLP 3.3).
"""

import threading
import time
from dataclasses import dataclass
from itertools import combinations
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from models.engines.search.price_and_search import lay_foundation, search_seconds
from models.errors import CapabilityError
from models.plans.check import check
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Observer, Outcome
from models.plans.plan import Plan, in_sequence
from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import Modes, count_modes, list_modes, rows_by_agent
from models.problem.problem import Problem

MOST_FOR_PULP = 200_000
"""More options than this are refused: PuLP would take minutes to hand them over."""
MOST_SEQUENCED = 20_000
"""Pairs of options whose order needs a variable of its own."""
_SHARE_OF_SEARCH = 0.15
"""Of the clock or the effort, before the solver; not tuned."""
_NODES_PER_EFFORT = 200
"""Nodes of branch and bound for a unit of effort."""
_HANDING_OVER = 4
"""Handing a model over takes PuLP so many times as long as building it, and no clock stops it there."""
_WRITING = 2
"""And so many times to write it to a file."""
_WHOLE = 1e-4  # MIP solvers prove their bounds to a tolerance; a bound this little below a whole number is it

Int64 = NDArray[np.int64]


def solve_pulp(
    problem: Problem,
    limits: Limits,
    observer: Observer,
    start: Plan | None = None,
    *,
    solver: str = "HiGHS",
    lp_file: Path | None = None,
) -> Outcome:
    """The best plan the named PuLP solver finds, with its bound where the solver tells one.

    The model goes to ``lp_file``, if one is named, when the clock leaves time for it.

    Raises:
        CapabilityError: the solver is not installed, or the problem is too large for PuLP.
    """
    if solver not in (installed := pulp.listSolvers(onlyAvailable=True)):
        raise CapabilityError(f"PuLP finds no solver '{solver}' here; it finds {', '.join(installed)}")
    arrays = arrays_of(problem)
    modes = refuse_what_is_too_large(problem, arrays)
    incumbent = Incumbent(problem, limits, observer)
    lay_foundation(incumbent, arrays, start, share=_SHARE_OF_SEARCH, most_s=search_seconds(count_modes(arrays)))
    if incumbent.finished() and (lp_file is None or limits.exhausted()):
        return incumbent.outcome("pulp")
    began = time.monotonic()
    model = AssignmentProgramme.of(problem, modes)
    building_s = time.monotonic() - began
    if lp_file is not None and limits.remaining_s() > _WRITING * building_s:
        model.programme.writeLP(str(lp_file))
    in_time = not incumbent.finished() and limits.remaining_s() > _HANDING_OVER * building_s
    complete = in_time and _solve(model, incumbent, solver)
    return incumbent.outcome("pulp", complete=complete)


def refuse_what_is_too_large(problem: Problem, arrays: Arrays) -> Modes:
    """The options of a problem that PuLP can hand over.

    Raises:
        CapabilityError: there are too many, or too many of them would have to be put in order.
    """
    if (size := count_modes(arrays)) > MOST_FOR_PULP:
        raise CapabilityError(
            f"engine pulp: {size:,} ways to do the tasks are more than the {MOST_FOR_PULP:,} PuLP can hand over in "
            "reasonable time; use --engine scale (or auto)"
        )
    modes = list_modes(arrays)
    refuse_long_sequences(problem, modes)
    return modes


def refuse_long_sequences(problem: Problem, modes: Modes) -> None:
    """Refuses when too many options of agents with release times would have to be put in order."""
    count = np.bincount(modes.agent, minlength=problem.n_agents)
    released = np.unique(modes.agent[modes.earliest > problem.pinned_load[modes.agent]])
    ordered = int((count[released] * (count[released] - 1) // 2).sum())
    if ordered > MOST_SEQUENCED:
        raise CapabilityError(
            f"engine pulp: {len(released)} agents could do work that may not start at once, and the order of their "
            f"work needs {ordered:,} variables, more than {MOST_SEQUENCED:,}; use --engine exact or scale (or auto)"
        )


@dataclass
class AssignmentProgramme:
    """The PuLP model of a problem and the way back from its variables to a plan."""

    problem: Problem
    modes: Modes
    programme: Any
    chosen: list[Any]
    starts: dict[int, Any]

    @classmethod
    def of(cls, problem: Problem, modes: Modes) -> "AssignmentProgramme":
        """The model of the options."""
        tasks = modes.task
        gains = problem.payoffs(tasks, modes.agent, modes.step) - problem.undone[tasks]
        columns = zip(tasks.tolist(), modes.agent.tolist(), modes.step.tolist(), strict=True)
        programme = pulp.LpProblem("allot", pulp.LpMaximize)
        chosen = [programme.add_variable(f"x_t{i}_a{a}_s{s}", cat="Binary") for i, a, s in columns]
        programme += pulp.LpAffineExpression(list(zip(chosen, gains.tolist(), strict=True)))
        this = cls(problem=problem, modes=modes, programme=programme, chosen=chosen, starts={})
        this._one_agent_each()
        for rows in rows_by_agent(modes):
            this._nested_capacity(rows)
            this._releases(rows)
            this._most_tasks(rows)
        return this

    def _sum(self, rows: Any, factors: Any) -> Any:
        return pulp.LpAffineExpression([(self.chosen[k], int(f)) for k, f in zip(rows, factors, strict=True)])

    def _one_agent_each(self) -> None:
        """H1."""
        first = self.modes.first
        for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
            if high - low > 1:
                self.programme += self._sum(range(low, high), [1] * (high - low)) <= 1

    def _nested_capacity(self, rows: Int64) -> None:
        """H3, H5, H6."""
        a = int(self.modes.agent[rows[0]])
        base = int(self.problem.pinned_load[a])
        rows = rows[np.argsort(self.modes.due[rows], kind="stable")]
        due = self.modes.due[rows].astype(np.int64)
        ends = np.append(np.flatnonzero(np.diff(due)) + 1, len(rows)).tolist()
        carried, begin = 0, 0
        for end in ends:
            promised = self._sum(rows[begin:end], self.modes.grains[rows[begin:end]]) + carried
            free = int(due[end - 1]) - base
            carried, begin = self.programme.add_variable(f"L_a{a}_{free}", 0, free), end
            self.programme += promised == carried

    def _releases(self, rows: Int64) -> None:
        """H4."""
        modes = self.modes
        if not np.any(modes.earliest[rows] > self.problem.pinned_load[modes.agent[rows[0]]]):
            return
        big = int(modes.due[rows].max())
        for k in rows.tolist():
            latest = int(modes.due[k] - modes.grains[k])
            self.starts[k] = self.programme.add_variable(f"S_{k}", int(modes.earliest[k]), latest, cat="Integer")
        for k, j in combinations(rows.tolist(), 2):
            before = self.programme.add_variable(f"y_{k}_{j}", cat="Binary")
            absent = 2 - self.chosen[k] - self.chosen[j]
            s, grains = self.starts, modes.grains
            self.programme += s[k] + int(grains[k]) <= s[j] + big * (1 - before) + big * absent
            self.programme += s[j] + int(grains[j]) <= s[k] + big * before + big * absent

    def _most_tasks(self, rows: Int64) -> None:
        """H9."""
        a = self.modes.agent[rows[0]]
        spare = max(0, int(self.problem.max_tasks[a] - self.problem.pinned_count[a]))
        if spare < len(rows):
            self.programme += self._sum(rows, [1] * len(rows)) <= spare

    def plan(self) -> Plan | None:
        """The plan in the variables' values, ``None`` when they hold no legal one."""
        values = [x.varValue for x in self.chosen]
        if any(v is None for v in values):
            return None
        rows = np.flatnonzero(np.array(values, float) > 0.5)
        starts = {k: round(s.varValue) for k, s in self.starts.items() if s.varValue is not None}
        plan = in_sequence(self.problem, self.modes, rows, starts)
        return plan if check(self.problem, plan).ok else None


class _Highs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, which can be stopped and does not trip over HiGHS's node limit (PuLP 3.3)."""

    running: Any = None
    limits: Limits | None = None

    def callSolver(self, lp: Any) -> None:  # noqa: N802  (PuLP's name)
        """Solves in what is left of the clock after handing the model over, leaving a handle to stop by."""
        self.running = lp.solverModel
        if self.limits is not None and self.limits.deadline is not None:
            self.running.setOptionValue("time_limit", max(0.1, self.limits.remaining_s()))
        self.running.HandleUserInterrupt = True
        super().callSolver(lp)

    def findSolutionValues(self, lp: Any) -> tuple[int, int]:  # noqa: N802  (PuLP's name)
        """Reads the values; the status that PuLP does not know is the node limit's."""
        try:
            status: tuple[int, int] = super().findSolutionValues(lp)
        except KeyError:
            status = (pulp.LpStatusOptimal, pulp.LpSolutionIntegerFeasible)
        return status


def _make_solver(name: str, limits: Limits, tolerance: int) -> Any:
    """The named solver within the limits; ``tolerance`` in hundredths is how far from the best a plan may be.

    Only HiGHS is told of it: of the others PuLP knows no bound but the value of a plan that is truly optimal.

    Raises:
        CapabilityError: deterministic effort is asked of a solver that has no such limit.
    """
    common: dict[str, Any] = {"msg": False}
    if name == "HiGHS":
        if limits.effort is not None:
            common |= {"threads": 1, "mip_max_nodes": limits.effort * _NODES_PER_EFFORT}
        solver = _Highs(gapRel=0.0, gapAbs=tolerance or None, random_seed=limits.seed % 2**31, **common)
        solver.limits = limits
        return solver
    common["timeLimit"] = None if limits.deadline is None else max(0.1, limits.remaining_s())
    if limits.effort is None:
        try:  # a gap of the solver's own would make "optimal" less than that, and its value no bound
            return pulp.getSolver(name, gapRel=0.0, **common)
        except TypeError:  # a solver without such a gap
            return pulp.getSolver(name, **common)
    if name not in ("PULP_CBC_CMD", "COIN_CMD"):
        raise CapabilityError(f"--effort is not known for PuLP's {name}; use HiGHS or PULP_CBC_CMD, or --time-limit")
    return pulp.getSolver(name, threads=1, maxNodes=limits.effort * _NODES_PER_EFFORT, gapRel=0.0, **common)


def _solve(model: AssignmentProgramme, incumbent: Incumbent, name: str) -> bool:
    """Runs the solver; returns whether it came to its end, or as near to it as was asked."""
    solver, limits = _make_solver(name, incumbent.limits, incumbent.tolerance()), incumbent.limits
    failed: list[BaseException] = []

    def work() -> None:
        try:
            model.programme.solve(solver)
        except BaseException as error:  # handed to the caller's thread below
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        if limits.exhausted() and getattr(solver, "running", None) is not None:
            solver.running.cancelSolve()  # HiGHS does not look at its own clock everywhere
    # a request to stop may have reached a command-line solver as well, which then leaves no plan behind
    if failed and not (limits.cancelled.is_set() and isinstance(failed[0], pulp.PulpSolverError)):
        raise failed[0]
    if (plan := model.plan()) is not None:
        incumbent.offer(plan, "pulp")
    proved = model.programme.sol_status == pulp.LpSolutionOptimal
    bound = _bound(model, solver, proved)
    if bound is not None:
        incumbent.prove(bound + incumbent.objective_of_started, BoundSource.PULP)
    return bool(proved)


def _bound(model: AssignmentProgramme, solver: Any, proved: bool) -> int | None:
    """What the solver proved of the gain over started work, in hundredths; ``None`` when it does not say."""
    if isinstance(solver, _Highs):
        bound = -solver.running.getInfo().mip_dual_bound  # PuLP hands maximization over as minimization
        return floor(bound + _WHOLE) if np.isfinite(bound) else None
    value = pulp.value(model.programme.objective)
    return floor(value + 0.5) if proved and value is not None else None
