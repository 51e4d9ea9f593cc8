"""The least change of one property of a task with which it would pay for its time at the prices.

Letters as in :mod:`models.bounds.certificate`. A mode pays for itself if its margin
g(i,s,a) - p(i,a) pi_a(d(i,s)) - tau_a is not negative and it could be in time. The prices are those of the present
plan's certificate: if a change is large, or tasks are long, the actual plan may differ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.plans.outcome import Prices
from models.problem.payoff import ON_TIME
from models.problem.problem import Problem
from models.worth.priced_modes import PricedModes

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The value that a property of a task would need, and the agent for whom it suffices."""

    amount: float
    agent: int


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The smallest change of each property that suffices by itself; ``None`` if none does.

    ``value`` is the least value in points, ``minutes`` the longest handling time, ``due`` the earliest due time in
    grains since ``as_of``.
    """

    value: Threshold | None
    minutes: Threshold | None
    due: Threshold | None


def thresholds(problem: Problem, prices: Prices, modes: PricedModes) -> Thresholds:
    """The changes with which one of the ``ways``, the modes of a single task, would pay for itself.

    There is no due time if a mode that is on time already does.
    """
    in_time = modes.in_time()
    pays = ((in_time.step == ON_TIME) & (in_time.gain > 0) & (in_time.margin >= 0)).any()
    return Thresholds(
        value=_least_value(problem, in_time),
        minutes=_longest(problem, modes),
        due=None if pays else _earliest_due(problem, prices, modes),
    )


def _first(amount: Float64, modes: PricedModes, best: str = "least") -> Threshold | None:
    """The least (or largest) finite amount, with its agent."""
    if not np.isfinite(amount).any():
        return None
    row = int(np.nanargmin(amount) if best == "least" else np.nanargmax(amount))
    return Threshold(amount=float(amount[row]), agent=int(modes.agent[row]))


def _least_value(problem: Problem, modes: PricedModes) -> Threshold | None:
    """The value from which on the margin is not negative and at least a hundredth is gained."""
    earned = 100 * earned_per_point(problem, modes.task, modes.agent, modes.step)
    with np.errstate(divide="ignore", invalid="ignore"):
        lacking = np.maximum(np.maximum(0.0, -modes.margin), 1.0 - modes.gain)
        value = np.where(earned > 0, problem.worth.value[modes.task] + lacking / earned, np.nan)
    return _first(value, modes)


def earned_per_point(problem: Problem, tasks: Int64, agents: Int64, steps: Int64) -> Float64:
    """The points that each point of a task's value pays if the agent finishes it in the step."""
    worth = problem.worth
    requested = float(worth.terms.requested_agent_share) * (problem.requested[tasks] == agents)
    weight = np.array([float(w) for w in worth.weights])[worth.weight[tasks]]
    earned: Float64 = weight * (worth.shares()[tasks, steps] + requested)
    return earned


def _longest(problem: Problem, modes: PricedModes) -> Threshold | None:
    """The longest handling time that is in time and that the gain pays for, with at least a hundredth left."""
    terms = problem.worth.terms
    wage = 100 * float(terms.cost_weight) * problem.cost_per_hour[modes.agent] * problem.grain_s / 3600
    purse = modes.gain + wage * modes.grains - modes.fee
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where(modes.price + wage > 0, purse / (modes.price + wage), np.where(purse > 0, np.inf, 0.0))
        gaining = np.where(wage > 0, modes.grains + (modes.gain - 1.0) / wage, np.where(modes.gain > 0, np.inf, 0.0))
    grains = np.minimum(np.floor(np.minimum(paid, gaining) + 1e-9), modes.latest - modes.earliest)
    entry = problem.eligibility.entry(problem.requirement[modes.task].astype(np.int64), modes.agent)
    special = problem.pairs.row(modes.task, modes.agent, problem.n_agents)
    replaced = np.zeros(len(modes), np.bool_)
    replaced[special >= 0] = problem.pairs.grains[special[special >= 0]] > 0
    speed = np.where((entry >= 0) & ~replaced, problem.eligibility.efficiency[np.maximum(entry, 0)], 1.0)
    return _first(np.where(grains >= 1, grains * speed * problem.grain_s / 60, np.nan), modes, "largest")


def _earliest_due(problem: Problem, prices: Prices, modes: PricedModes) -> Threshold | None:
    """The earliest due time at which the agent's time is cheap enough and sufficient."""
    if not len(modes) or problem.due[modes.task[0]] >= problem.horizon:
        return None
    modes = modes.rows(np.unique(modes.agent, return_index=True)[1])  # only one of an agent's steps counts here
    gain = _gain_in_time(problem, modes)
    end = modes.earliest + modes.grains
    fits = end <= problem.clocks.total()[modes.agent]
    done = np.full(len(end), problem.horizon + 1)
    done[fits] = problem.clocks.end_grain(modes.agent[fits], end[fits])
    asked = modes.grains[:, None] * (prices.price[modes.agent] / 2.0**20) + modes.fee[:, None]
    cheap = (asked <= gain[:, None]) & (gain[:, None] > 0)
    from_edge = np.where(cheap.any(axis=1), prices.edges[cheap.argmax(axis=1)], problem.horizon + 1)
    due = np.maximum(done, np.maximum(from_edge, problem.due[modes.task] + 1)).astype(np.float64)
    due[due > problem.expires[modes.task]] = np.nan
    return _first(due, modes)


def _gain_in_time(problem: Problem, modes: PricedModes) -> Int64:
    """The gain of a task done by a due time within the horizon, which then also saves the fine."""
    in_time = problem.payoffs(modes.task, modes.agent, np.full(len(modes), ON_TIME))
    return in_time + np.rint(100 * problem.worth.penalty[modes.task]).astype(np.int64)
