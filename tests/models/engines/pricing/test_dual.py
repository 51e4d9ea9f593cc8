"""The agents' own dual: its slopes against differences, its value against the dual without smoothing."""

from random import Random

import numpy as np
import pytest
from hypothesis import given

from models.engines.pricing.dual import _smoothed, bucket_edges, slices
from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import Modes, list_modes
from models.problem.problem import Problem
from tests.models.case import Agent, Case, Task
from tests.models.strategies import contested_cases, examples, randoms

COLD = 1e-3


def crowded(deadlines: tuple[int | None, ...] = (20, 40, None)) -> Problem:
    agents = tuple(Agent(id=f"a{k}", windows=((0, 60),)) for k in range(2))
    tasks = tuple(
        Task(id=f"t{k}", minutes=str(5 + k % 4), value=str(k + 1), penalty="3", due=deadlines[k % len(deadlines)])
        for k in range(20)
    )
    return Case(horizon=60, agents=agents, tasks=tasks).build()


class Dual:
    """The first sum of the dual of a problem, at any prices."""

    def __init__(self, problem: Problem) -> None:
        self.arrays: Arrays = arrays_of(problem)
        self.modes: Modes = list_modes(self.arrays)
        self.edges = bucket_edges(self.arrays, problem.horizon, 4)
        deadline = self.arrays.deadline[self.modes.task, self.modes.step]
        bucket = np.searchsorted(self.edges, deadline, side="right") - 1
        self.slot = self.modes.agent.astype(np.int64) * len(self.edges) + bucket
        self.cells, self.agents = len(self.arrays.base) * len(self.edges), len(self.arrays.base)

    def smoothed(self, price: np.ndarray, fee: np.ndarray, tau: float) -> tuple[float, np.ndarray, np.ndarray]:
        slope, fee_slope = np.zeros(self.cells), np.zeros(self.agents)
        scale = np.ones(len(self.arrays.work))
        value = _smoothed(self.modes, self.slot, price, fee, scale, tau, slope, fee_slope)
        return value, slope, fee_slope

    def kinked(self, price: np.ndarray, fee: np.ndarray) -> float:
        margin = self.modes.gain - self.modes.grains * price[self.slot] - fee[self.modes.agent]
        best = np.zeros(len(self.arrays.work))
        np.maximum.at(best, self.modes.task, margin)
        return float(best.sum())


@given(random=randoms)
@examples(30)
def test_it_is_the_dual_when_it_is_cold(random: Random) -> None:
    dual = Dual(crowded())
    price = np.array([random.uniform(0, 60) for _ in range(dual.cells)])
    fee = np.array([random.uniform(0, 200) for _ in range(dual.agents)])
    smooth, sharp = dual.smoothed(price, fee, COLD)[0], dual.kinked(price, fee)
    most = COLD * sum(np.log(1 + np.diff(dual.modes.first)))
    assert sharp - 1e-6 <= smooth <= sharp + most + 1e-6


@given(random=randoms)
@examples(30)
def test_its_slopes_are_those_of_its_value(random: Random) -> None:
    dual = Dual(crowded())
    price = np.array([random.uniform(0, 60) for _ in range(dual.cells)])
    fee = np.array([random.uniform(0, 200) for _ in range(dual.agents)])
    _, slope, fee_slope = dual.smoothed(price, fee, 20.0)
    for k in range(dual.cells):
        step = np.eye(dual.cells)[k] * 1e-4
        difference = dual.smoothed(price + step, fee, 20.0)[0] - dual.smoothed(price - step, fee, 20.0)[0]
        assert difference / 2e-4 == pytest.approx(slope[k], rel=1e-4, abs=1e-3)
    for k in range(dual.agents):
        step = np.eye(dual.agents)[k] * 1e-3
        difference = dual.smoothed(price, fee + step, 20.0)[0] - dual.smoothed(price, fee - step, 20.0)[0]
        assert difference / 2e-3 == pytest.approx(fee_slope[k], rel=1e-4, abs=1e-3)


@given(case=contested_cases)
@examples(40)
def test_buckets_begin_at_zero_end_at_the_horizon_and_hold_everybodys_time(case: Case) -> None:
    problem = case.build()
    arrays = arrays_of(problem)
    edges = bucket_edges(arrays, problem.horizon, 5)
    assert (edges[0], edges[-1]) == (0, problem.horizon)
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= 5 + 2
    supply = slices(arrays, edges, problem.clocks.capacity, problem.horizon)
    assert (supply >= 0).all()
    whole = problem.clocks.capacity(np.arange(len(arrays.base)), np.full(len(arrays.base), problem.horizon))
    assert (supply.sum(axis=1) == np.maximum(whole - arrays.base, 0)).all()


def test_a_problem_without_deadlines_has_one_bucket() -> None:
    assert bucket_edges(arrays_of(crowded((None,))), 60, 24).tolist() == [0, 60]
