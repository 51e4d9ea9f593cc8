"""The worth of allowing an agent more of the tasks, by the prices that prove a bound.

Letters as in :mod:`models.bounds.certificate`. At the prices pi task i has the surplus u(i), its term of the bound's
first sum. Let agent a also be allowed the tasks of a set N. With a's price raised by x >= 0 at every deadline the proof
of the bound gives one that is higher by the rent C_a x for all of a's free capacity and by at most

    p(i,a) max(0, s(i) / p(i,a) - x),    s(i) = max over s in time of g(i,s,a) - p(i,a) pi_a(d(i,s)) - tau_a - u(i)

for each task of N; no other term rises. The least over x is what the tasks of most surplus s(i) per grain add that
fill C_a, the last in part. So no plan in which a may do these tasks is worth more than the bound and that.
"""

import numpy as np
from numpy.typing import NDArray

from models.plans.outcome import Prices
from models.problem.problem import Problem
from models.worth.knapsack import filled
from models.worth.priced_modes import priced_modes

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def worth_of_allowing(problem: Problem, prices: Prices, kept: Float64, agent: int, tasks: Int64) -> tuple[float, Int64]:
    """The most hundredths that allowing the agent these open tasks can add, and the tasks that contribute.

    ``kept`` is the surplus of each task of the problem at the prices, in hundredths. The agent's efficiency in them is
    taken to be 1. The tasks of most surplus per grain come first.
    """
    modes = priced_modes(problem, prices, tasks, np.full(len(tasks), agent)).in_time()
    surplus = modes.margin - kept[modes.task]
    order = np.argsort(-surplus / modes.grains, kind="stable")
    order = order[surplus[order] > 0]
    order = order[np.sort(np.unique(modes.task[order], return_index=True)[1])]
    used = filled(surplus[order], modes.grains[order], int(problem.clocks.total()[agent] - problem.pinned_load[agent]))
    return float((surplus[order] * used).sum()), modes.task[order[used > 0]]
