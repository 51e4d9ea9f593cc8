"""CP-SAT set up: its limits, and that it stops, fails and answers in the thread of who asked."""

import time

import pytest
from ortools.sat.python import cp_model

from models import Limits
from models.engines.cp_sat import new_solver, run_solver


def test_an_effort_is_one_worker_and_counted_time_and_seconds_are_all_workers() -> None:
    counted = new_solver(Limits(effort=2, seed=7, workers=8)).parameters
    assert (counted.num_workers, counted.max_deterministic_time, counted.random_seed) == (1, 2, 7)
    timed = new_solver(Limits(workers=1, seed=2**31 + 5, deadline=time.monotonic() + 60)).parameters
    assert (timed.num_workers, timed.random_seed) == (2, 5)
    assert 59 < timed.max_time_in_seconds <= 60


def test_a_time_that_is_over_is_a_short_one() -> None:
    assert new_solver(Limits(deadline=time.monotonic() - 5)).parameters.max_time_in_seconds == 0.01


def test_a_model_is_solved_and_what_fails_in_it_fails_here() -> None:
    model = cp_model.CpModel()
    x = model.new_int_var(0, 5, "x")
    model.maximize(x)
    limits = Limits(effort=1)
    solver = new_solver(limits)
    assert run_solver(solver, model, None, limits) == cp_model.OPTIMAL
    assert solver.objective_value == 5

    with pytest.raises(AttributeError):
        run_solver(solver, None, None, limits)  # type: ignore[arg-type]  # no model at all


def test_who_asks_to_stop_is_heard() -> None:
    limits = Limits(effort=10**9)
    limits.cancelled.set()
    model = cp_model.CpModel()
    xs = [model.new_int_var(0, 10**6, f"x{k}") for k in range(60)]
    for k in range(40):
        model.add(sum((7919 * (k + 1) * (j + 3) % 1009) * x for j, x in enumerate(xs)) == 10**7 + k)
    began = time.monotonic()
    run_solver(new_solver(limits), model, None, limits)
    assert time.monotonic() - began < 60
