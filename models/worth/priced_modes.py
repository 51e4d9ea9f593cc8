"""Modes of tasks, with their gains and the worth of their time at the prices.

Letters as in :mod:`models.bounds.certificate`: agent a doing task i in step s gains g(i,s,a) over leaving it undone
and pays p(i,a) pi_a(d(i,s)) + tau_a; the difference is its margin. The largest margin of the modes that could be in
time, if positive, is the surplus of the task: its term in the bound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS
from models.plans.outcome import Prices
from models.problem.payoff import ON_TIME
from models.problem.problem import Problem

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class PricedModes:
    """Parallel columns, one row a task, agent and step.

    ``grains`` is the duration; ``earliest`` where the task could begin on the agent's clock with started work alone,
    ``latest`` where it has to end; ``gain`` and ``fee`` are hundredths, ``price`` hundredths per grain. Modes that
    cannot be in time are included.
    """

    task: Int64
    agent: Int64
    step: Int64
    grains: Int64
    earliest: Int64
    latest: Int64
    gain: Int64
    price: Float64
    fee: Float64

    def __len__(self) -> int:
        return len(self.task)

    @property
    def cost(self) -> Float64:
        """The cost at the prices: time and fee, in hundredths."""
        return self.grains * self.price + self.fee

    @property
    def margin(self) -> Float64:
        """The gain less the cost, in hundredths."""
        return self.gain - self.cost

    @property
    def short(self) -> Int64:
        """The grains that the agent lacks to be in time with started work alone; 0 if it lacks none."""
        lacking: Int64 = np.maximum(0, self.earliest + self.grains - self.latest)
        return lacking

    def rows(self, which: NDArray[np.bool_] | Int64) -> "PricedModes":
        """The chosen rows."""
        return PricedModes(**{name: column[which] for name, column in vars(self).items()})

    def count_in_time(self) -> int:
        """The number of agents who could be in time; late modes without a gain do not count."""
        some = (self.short == 0) & ((self.step == ON_TIME) | (self.gain > 0))
        return len(np.unique(self.agent[some]))

    def in_time(self) -> "PricedModes":
        """The modes that could be in time."""
        return self.rows(self.short == 0)

    def best_of_each_agent(self) -> "PricedModes":
        """Every agent's mode with the largest margin, largest first; among equal ones the first."""
        order = np.argsort(-self.margin, kind="stable")
        _, first = np.unique(self.agent[order], return_index=True)
        return self.rows(order[np.sort(first)])


def priced_modes(problem: Problem, prices: Prices | None, tasks: Int64, agents: Int64) -> PricedModes:
    """The modes of each open task with the agent at the same index; without prices, time costs nothing.

    Agents need not be allowed; one who lacks a skill has efficiency 1 here.
    """
    rows, step = np.nonzero(problem.deadline[tasks] >= 0)
    task, agent = tasks[rows], agents[rows]
    deadline, clocks = problem.deadline[task, step], problem.clocks
    return PricedModes(
        task=task,
        agent=agent,
        step=step.astype(np.int64),
        grains=problem.durations(task, agent),
        earliest=np.maximum(problem.pinned_load[agent], clocks.capacity(agent, problem.release[task])),
        latest=clocks.capacity(agent, deadline),
        gain=problem.payoffs(task, agent, step) - problem.undone[task],
        price=price_at(prices, agent, deadline),
        fee=np.zeros(len(agent)) if prices is None else prices.fee_of_time[agent] / 2.0**UNIT_BITS,
    )


def modes_of(problem: Problem, prices: Prices | None, task: int) -> PricedModes:
    """Every mode of an open task."""
    agents = problem.allowed_agents(task)
    return priced_modes(problem, prices, np.full(len(agents), task), agents)


def price_at(prices: Prices | None, agents: Int64, deadlines: Int64) -> Float64:
    """Each agent's price of a grain by a deadline, in hundredths."""
    if prices is None:
        return np.zeros(len(agents))
    bucket = np.searchsorted(prices.edges, deadlines, side="right") - 1
    found: Float64 = prices.price[agents, bucket] / 2.0**UNIT_BITS
    return found
