"""The best plan and bound so far."""

import threading
import time

import numpy as np
import pytest

from models import Limits, Problem, Stop, make_prices, silent
from models.plans.incumbent import Incumbent
from tests.models.case import Agent, Case, Task, make_plan


def two_tasks() -> Problem:
    agent = Agent(id="a", windows=((0, 10),))
    return Case(horizon=10, agents=(agent,), tasks=(Task(id="s", value="3"), Task(id="t", value="4"))).build()


def begin(limits: Limits | None = None) -> Incumbent:
    return Incumbent(two_tasks(), limits or Limits(effort=1, gap=0.0), silent)


def test_begins_with_started_work_and_no_bound() -> None:
    outcome = begin().outcome("test")
    assert (outcome.objective, outcome.bound, outcome.bound_source) == (0, None, "none")
    assert outcome.plan.agent.tolist() == [-1, -1]


def test_keeps_the_better_plan() -> None:
    incumbent = begin()
    better = make_plan([-1, 0], [-1, 0])
    assert incumbent.offer(better, "b")
    assert not incumbent.offer(make_plan([0, -1], [0, -1]), "worse")
    assert not incumbent.offer(make_plan([-1, 0], [-1, 5]), "as good")
    assert incumbent.plan is better
    assert incumbent.objective == 400


def test_keeps_the_lower_bound_and_the_prices_that_prove_it() -> None:
    incumbent = begin()
    prices = make_prices(incumbent.problem, np.zeros(1, np.int64), np.zeros((1, 1)))
    assert not incumbent.prove(None, "nothing")
    assert incumbent.prove(900, "certificate", prices)
    assert not incumbent.prove(901, "worse")
    assert (incumbent.bound, incumbent.bound_source, incumbent.prices) == (900, "certificate", prices)
    assert incumbent.prove(800, "exact")
    assert incumbent.outcome("test").bound == 800


@pytest.mark.parametrize(
    ("bound", "gap", "complete", "stop"),
    [
        (700, 0.0, False, Stop.OPTIMAL),
        (710, 0.02, False, Stop.GAP),
        (710, 0.0, True, Stop.FINISHED),
        (710, 0.0, False, Stop.EFFORT),
        (None, 0.5, False, Stop.EFFORT),
    ],
)
def test_says_why_it_stopped(bound: int | None, gap: float, complete: bool, stop: Stop) -> None:
    incumbent = begin(Limits(effort=1, gap=gap))
    incumbent.offer(make_plan([0, 0], [0, 1]), "all")
    incumbent.prove(bound, "test")
    assert incumbent.outcome("test", complete=complete).stop is stop


def test_says_that_the_clock_or_somebody_stopped_it() -> None:
    cancelled = threading.Event()
    assert begin(Limits(deadline=0.0, gap=0.0)).outcome("test").stop is Stop.TIME
    cancelled.set()
    incumbent = begin(Limits(gap=0.0, cancelled=cancelled))
    assert incumbent.finished()
    assert incumbent.outcome("test").stop is Stop.INTERRUPTED


def test_tells_the_observer_of_every_improvement() -> None:
    heard: list[tuple[str, int | None, int | None]] = []
    incumbent = Incumbent(two_tasks(), Limits(), lambda *told: heard.append(told))
    incumbent.offer(make_plan([0, -1], [0, -1]), "first")
    incumbent.prove(900, "prices")
    incumbent.offer(make_plan([0, 0], [0, 1]), "second")
    incumbent.prove(900, "no better")
    assert heard == [("first", 300, None), ("prices", 300, 900), ("second", 700, 900)]


@pytest.mark.parametrize(
    ("objective", "bound", "tolerance"),
    [(700, None, 70), (700, 900, 70), (0, None, 0), (0, 900, 0), (-300, None, 0), (-300, 50, 0), (-300, -205, 20)],
)
def test_tolerance_keeps_the_gap_whatever_is_proved_later(objective: int, bound: int | None, tolerance: int) -> None:
    incumbent = begin(Limits(gap=0.1))
    incumbent.objective, incumbent.bound = objective, bound
    assert incumbent.tolerance() == tolerance


@pytest.mark.parametrize("pause_s", [0.0, 0.001, 0.01, 0.05])
def test_an_outcome_taken_while_others_offer_is_of_one_piece_and_the_last(pause_s: float) -> None:
    heard: list[tuple[str, int | None, int | None]] = []
    incumbent = Incumbent(two_tasks(), Limits(effort=1, gap=0.0), lambda *told: heard.append(told))
    plans = {300: make_plan([0, -1], [0, -1]), 400: make_plan([-1, 0], [-1, 0]), 700: make_plan([0, 0], [0, 1])}
    value = {id(plan): objective for objective, plan in plans.items()}
    ready = threading.Barrier(5)

    def offer() -> None:
        ready.wait()
        for bound in range(1000, 700, -1):
            incumbent.prove(bound, str(bound))
            incumbent.offer(plans[300 if bound > 900 else 400 if bound > 800 else 700], "thread")

    threads = [threading.Thread(target=offer) for _ in range(4)]
    for thread in threads:
        thread.start()
    ready.wait()
    time.sleep(pause_s)
    outcome = incumbent.outcome("test")
    for thread in threads:
        thread.join()
    assert outcome.objective == value.get(id(outcome.plan), 0)
    assert outcome.bound_source == ("none" if outcome.bound is None else str(outcome.bound))
    assert (incumbent.objective, incumbent.bound) == (outcome.objective, outcome.bound)
    assert not heard or heard[-1][1:] == (outcome.objective, outcome.bound)


def test_nothing_is_kept_once_the_outcome_is_taken() -> None:
    incumbent = begin()
    incumbent.outcome("test")
    assert not incumbent.offer(make_plan([0, 0], [0, 1]), "late")
    assert not incumbent.prove(700, "late")
    assert (incumbent.objective, incumbent.bound) == (0, None)
