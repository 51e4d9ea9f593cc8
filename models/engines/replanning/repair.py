"""An earlier plan made legal again: what can stay where it was stays, and nothing else is planned yet.

Agent by agent. When all that the agent did before can still be done in the same order, each task as timely as then,
it stays so. Otherwise what must be done (E1) is placed first, then the earlier tasks, in their order, as far as they
still fit between each other's promises.
"""

from dataclasses import dataclass

import numpy as np

from models.compiled import Whole, compiled
from models.engines.search.sequences import Sequences, full, longer, plan_of, put, sequences_of, try_step
from models.plans.plan import Plan, pinned_plan
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, eligible_entry, gain, pair_row
from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Bool, Int32, Int64, Problem
from models.problem.sequencing import starts_in_time
from models.variants.fixing import obliging


class UnkeepableError(ValueError):
    """What must be done (E1) cannot be: an agent has no time for all of it, or may not have so many tasks."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Earlier:
    """What an earlier plan said about the tasks of a problem: ``agent`` (-1: nobody), its ``order`` and ``timely``.

    ``order`` sorts an agent's tasks as they were to be done; ``timely`` tells which were to end in time.
    """

    agent: Int32
    order: Int64
    timely: Bool


def earlier_of(problem: Problem, plan: Plan) -> Earlier:
    """A plan of the same problem as an earlier one."""
    tasks = np.flatnonzero(plan.agent >= 0)
    agents = plan.agent[tasks].astype(np.int64)
    end = plan.start[tasks] + problem.durations(tasks, agents)
    timely = np.ones(problem.n_tasks, np.bool_)
    timely[tasks] = end <= problem.clocks.capacity(agents, problem.due[tasks])
    return Earlier(agent=plan.agent, order=plan.start, timely=timely)


def repaired(problem: Problem, earlier: Earlier) -> Plan:
    """The legal plan that keeps of an earlier one what can be kept, and does what must be done (E1).

    Raises:
        UnkeepableError: what must be done cannot be.
    """
    arrays = arrays_of(obliging(problem))
    kept = np.flatnonzero((earlier.agent >= 0) & problem.free)
    fixed = problem.fixed_agent[kept]
    kept = kept[(fixed < 0) | (fixed == earlier.agent[kept])]
    order = np.lexsort((kept, earlier.order[kept], earlier.agent[kept]))
    tasks, agents = kept[order], earlier.agent[kept[order]].astype(np.int64)
    steps = np.where(earlier.timely[tasks] & (problem.deadline[tasks, ON_TIME] >= 0), ON_TIME, LATE)
    steps = np.where(problem.deadline[tasks, LATE] < 0, ON_TIME, steps)
    as_before = np.zeros(problem.n_agents, np.bool_)
    _find_untouched(arrays, tasks, agents, steps, as_before)
    must = np.flatnonzero(problem.free & (problem.fixed_agent >= 0))
    as_before[problem.fixed_agent[must[~np.isin(must, tasks)]]] = False
    sequences = sequences_of(problem, arrays, _with_musts(problem, must[~as_before[problem.fixed_agent[must]]]))
    done = 0
    while done < len(tasks):
        done += int(_keep(arrays, sequences, tasks[done:], agents[done:], steps[done:], as_before))
        if full(sequences):
            sequences = longer(sequences)
    return plan_of(problem, sequences)


def _with_musts(problem: Problem, must: Int64) -> Plan:
    """Pinned work, and what must be done behind it."""
    plan = pinned_plan(problem)
    for a in np.unique(problem.fixed_agent[must]).tolist():
        own = must[problem.fixed_agent[must] == a]
        fits = problem.pinned_count[a] + len(own) <= problem.max_tasks[a]
        starts = starts_in_time(problem, a, own) if fits else None
        if starts is None:
            names = ", ".join(problem.task_ids.gather(own).to_list())
            raise UnkeepableError(f"agent {problem.agent_ids[a]} cannot do all of {names} in time, within max_tasks")
        plan.agent[own], plan.start[own] = a, starts
    return plan


@compiled
def _find_untouched(arrays: Arrays, tasks: Int64, agents: Int64, steps: Int64, as_before: Bool) -> None:
    """Marks the agents who can do all of their tasks, which stand together, in the order given and step promised."""
    k = 0
    while k < len(tasks):
        a, clock, fits, count = agents[k], arrays.base[agents[k]], True, 0
        while k < len(tasks) and agents[k] == a:
            i, entry = tasks[k], eligible_entry(arrays, tasks[k], a)
            pair = pair_row(arrays, i, a)
            k += 1
            if entry < 0 or (pair >= 0 and not arrays.pair_allowed[pair]) or arrays.deadline[i, steps[k - 1]] < 0:
                fits = False
                continue
            grains = duration(arrays, i, arrays.elig_speed[entry], pair)
            clock = max(clock, capacity(arrays, a, arrays.release[i])) + grains
            count += 1
            if (
                clock > capacity(arrays, a, arrays.deadline[i, steps[k - 1]])
                or gain(arrays, i, steps[k - 1], a, grains, pair) <= 0
            ):
                fits = False
        as_before[a] = fits and count <= arrays.spare[a]


@compiled
def _keep(arrays: Arrays, sequences: Sequences, tasks: Int64, agents: Int64, steps: Int64, as_before: Bool) -> Whole:
    """Gives tasks back to their agents; returns how many were looked at before an agent's row was full."""
    for k in range(len(tasks)):
        i, a = tasks[k], agents[k]
        if sequences.agent_of[i] >= 0:
            continue
        if sequences.count[a] >= sequences.job.shape[1]:
            return k
        if as_before[a]:
            put(arrays, sequences, a, sequences.count[a], i, steps[k])
            continue
        for step in range(steps[k], N_STEPS):
            if sequences.agent_of[i] < 0:
                try_step(arrays, sequences, i, step, a)
    return len(tasks)
