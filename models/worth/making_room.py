"""An upper limit on the loss if a certain agent must do a task, whatever the best plan is.

Let P be a best plan, and a an agent who could do task i in step s: from e on, p grains, by d on a's clock. Of the k
windows [e, e + p), [e + p, e + 2p) .. that end by d, take one: leave out what a does in it, and put i there. All else
stays where it is, so the plan is legal. A task of q grains lies in at most m = min(k, ceil(q / p) + 1) windows, so the
k losses add up to at most the sum of m v over what a does, v being the most a task can gain there; and no set of tasks
that a could do has a larger such sum than the fractional knapsack of a's free capacity. One window loses no more than
the average. The loss is also at most the worth of everything that a does. In addition, i may be worth more elsewhere
in P.
"""

import numpy as np

from models.problem.problem import NO_LIMIT, Problem
from models.worth.knapsack import filled
from models.worth.priced_modes import PricedModes, modes_of, priced_modes


def most_lost(problem: Problem, task: int, agent: int) -> int:
    """An upper limit, in hundredths, on the loss of the best plan in which the agent does the task.

    The agent must be allowed to do the task, able to finish it in time, and allowed at least one task besides started
    work, and must have no pinned task (E1).
    """
    modes = modes_of(problem, None, task).in_time()
    mine = modes.rows(modes.agent == agent)
    others = _best_ways(problem, task, agent)
    room = int(problem.clocks.total()[agent] - problem.pinned_load[agent])
    everything = float((others.gain * filled(others.gain, others.grains, room)).sum())
    losses = []
    for k in range(len(mine)):
        length = int(mine.grains[k])
        windows = int(mine.latest[k] - mine.earliest[k]) // length
        met = np.minimum(windows, -(-others.grains // length) + 1)
        counted = others.gain * met
        average = float((counted * filled(counted, others.grains, room)).sum()) / windows
        # with max_tasks, one more task may have to leave
        there = everything if problem.max_tasks[agent] < NO_LIMIT else min(everything, average)
        losses.append(int(there) + 1 - int(mine.gain[k]))
    return max(0, int(modes.gain.max(initial=0))) + min(losses)


def _best_ways(problem: Problem, task: int, agent: int) -> PricedModes:
    """The agent's best way to do each other open task that gains something there."""
    tasks = np.flatnonzero(problem.free & (np.arange(problem.n_tasks) != task))
    agents = np.full(len(tasks), agent)
    able = problem.allowed(tasks, agents)
    modes = priced_modes(problem, None, tasks[able], agents[able]).in_time()
    modes = modes.rows(modes.gain > 0)
    order = np.argsort(-modes.gain, kind="stable")
    return modes.rows(order[np.unique(modes.task[order], return_index=True)[1]])
