"""Plans and their evaluation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Problem

if TYPE_CHECKING:
    from models.problem.modes import Modes

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """A plan: the agent and start of each task; columns of shape (tasks,).

    ``agent`` is each task's agent (-1: not planned), ``start`` where the task begins on the agent's capacity
    clock, in grains (-1: not planned).
    """

    agent: Int32
    start: Int64


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """The evaluation of a plan: one row per planned task in ``tasks``, one payoff per task of the problem.

    ``end`` is where a task ends on its agent's clock, ``step`` is ON_TIME or LATE, ``payoff`` and ``objective``
    are exact hundredths.
    """

    tasks: Int64
    agents: Int64
    start: Int64
    grains: Int64
    end: Int64
    step: Int64
    payoff: Int64
    objective: int


def evaluate(problem: Problem, plan: Plan) -> Evaluation:
    """The timeline, outcomes and payoffs of a plan in which every agent may do its tasks."""
    tasks = np.flatnonzero(plan.agent >= 0)
    agents = plan.agent[tasks].astype(np.int64)
    grains = problem.durations(tasks, agents)
    end = plan.start[tasks] + grains
    in_time = end <= problem.clocks.capacity(agents, problem.due[tasks])
    step = np.where(in_time, ON_TIME, LATE).astype(np.int64)
    payoff = problem.undone.copy()
    payoff[tasks] = problem.payoffs(tasks, agents, step)
    return Evaluation(
        tasks=tasks,
        agents=agents,
        start=plan.start[tasks],
        grains=grains,
        end=end,
        step=step,
        payoff=payoff,
        objective=int(payoff.sum()),
    )


def pinned_plan(problem: Problem) -> Plan:
    """The plan of started work alone (H7), which every plan contains."""
    return Plan(agent=problem.pinned_agent.copy(), start=problem.pinned_start.copy())


def empty_objective(problem: Problem) -> int:
    """The value of the empty plan, in hundredths."""
    return int(problem.undone.sum())


def in_sequence(problem: Problem, modes: "Modes", rows: np.ndarray, starts: dict[int, int]) -> Plan:
    """The plan of the chosen modes, at the given starts, or else one after another, earliest deadline first."""
    agent, start = problem.pinned_agent.copy(), problem.pinned_start.copy()
    tasks = modes.task
    for a in np.unique(modes.agent[rows]):
        mine = rows[modes.agent[rows] == a]
        clock = int(problem.pinned_load[a])
        for k in mine[np.argsort(modes.due[mine], kind="stable")].tolist():
            agent[tasks[k]] = a
            start[tasks[k]] = starts.get(k, max(clock, int(modes.earliest[k])))
            clock = int(start[tasks[k]] + modes.grains[k])
    return Plan(agent=agent, start=start)
