"""The exact engine: limits, proof, and what it does when it must stop."""

import threading
import time

import pytest

from models import CapabilityError, Limits, Outcome, Problem, Proof, Stop, check, silent
from models.engines import make_engine
from models.engines.exact import run_solver, solve_exact
from tests.models.case import Agent, Case, Task
from tests.models.solving import PROVING, solve, solver_alone


def crowd(tasks: int = 40, agents: int = 4) -> Problem:
    """More work than fits, with deadlines and durations that make it hard to choose."""
    people = tuple(Agent(id=f"a{k}", windows=((0, 60),)) for k in range(agents))
    work = tuple(
        Task(id=f"t{k}", minutes=str(7 + 5 * k % 13), value=str(11 + 7 * k % 17), due=10 + 9 * k % 50)
        for k in range(tasks)
    )
    return Case(horizon=60, agents=people, tasks=work).build()


def legal(problem: Problem, outcome: Outcome) -> bool:
    return check(problem, outcome.plan, outcome.objective, outcome.bound).ok


def test_proves_a_small_plan_optimal() -> None:
    problem = crowd(8, 2)
    with solver_alone():
        outcome = solve("exact", problem)
    assert legal(problem, outcome)
    assert (outcome.stop, outcome.proof, outcome.gap) == (Stop.OPTIMAL, Proof.OPTIMAL, 0.0)
    assert outcome.bound_source == "exact"


def test_stops_at_the_gap_asked_for() -> None:
    problem = crowd()
    outcome = solve_exact(problem, Limits(deadline=time.monotonic() + 20, gap=0.5), silent)
    assert legal(problem, outcome)
    assert outcome.stop in (Stop.GAP, Stop.OPTIMAL)
    assert outcome.gap <= 0.5


@pytest.mark.parametrize("name", PROVING)
def test_the_solver_itself_is_told_of_the_gap(name: str) -> None:
    problem = crowd(40, 3)
    with solver_alone(greedily=True):
        outcome = make_engine(name)(problem, Limits(effort=50, gap=0.2), silent)
    assert legal(problem, outcome)
    assert (outcome.stop, outcome.proof, outcome.bound_source) == (Stop.GAP, Proof.GAP, name)
    assert 0 < outcome.gap <= 0.2


class Dawdler:
    """A solver that does not look at the clock."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def solve(self, *_: object) -> str:
        return "stopped" if self.stopped.wait(0.3) else "done"

    def stop_search(self) -> None:
        self.stopped.set()


@pytest.mark.parametrize(("late_s", "result"), [(4.0, "done"), (6.0, "stopped")])
def test_a_solver_that_overruns_the_clock_is_stopped_after_a_grace(late_s: float, result: str) -> None:
    limits = Limits(deadline=time.monotonic() - late_s)
    assert run_solver(Dawdler(), None, None, limits) == result  # type: ignore[arg-type]


@pytest.mark.slow
def test_keeps_to_the_clock_and_says_so() -> None:
    problem = crowd(300, 8)
    outcome = solve_exact(problem, Limits(deadline=time.monotonic() + 1.5, gap=0.0), silent)
    assert legal(problem, outcome)
    assert outcome.stop in (Stop.TIME, Stop.OPTIMAL)
    assert outcome.bound is not None


@pytest.mark.slow
def test_little_effort_leaves_a_plan_with_its_bound() -> None:
    problem = crowd(24, 3)
    outcome = solve("exact", problem)
    assert legal(problem, outcome)
    assert outcome.stop in (Stop.EFFORT, Stop.OPTIMAL)
    assert outcome.bound is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["greedy", "scale", "exact", "pulp"])
def test_a_request_to_stop_keeps_the_best_plan(name: str) -> None:
    problem, cancelled = crowd(150, 6), threading.Event()
    limits = Limits(deadline=time.monotonic() + 60, gap=0.0, cancelled=cancelled)
    timer = threading.Timer(0.5, cancelled.set)
    timer.start()
    began = time.monotonic()
    outcome = make_engine(name)(problem, limits, silent)
    timer.cancel()
    assert time.monotonic() - began < 20
    assert legal(problem, outcome)
    assert outcome.bound is not None
    assert outcome.stop in (Stop.INTERRUPTED, Stop.OPTIMAL, Stop.FINISHED)


@pytest.mark.parametrize("name", ["greedy", "scale", "exact", "pulp"])
def test_a_request_that_comes_before_the_start(name: str) -> None:
    problem, cancelled = crowd(), threading.Event()
    cancelled.set()
    outcome = make_engine(name)(problem, Limits(cancelled=cancelled, gap=0.0), silent)
    assert legal(problem, outcome)
    assert outcome.bound is not None


def test_refuses_what_the_model_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.exact.MOST_FOR_CP_SAT", 100)
    with pytest.raises(CapabilityError, match=r"engine exact: 320 ways .* use --engine scale"):
        solve("exact", crowd())


def test_tells_the_observer_how_it_goes() -> None:
    heard: list[tuple[str, int | None, int | None]] = []

    def listen(stage: str, objective: int | None = None, bound: int | None = None) -> None:
        heard.append((stage, objective, bound))

    outcome = solve_exact(crowd(8, 2), Limits(effort=1, gap=0.0), listen)
    assert heard
    assert all(o is None or b is None or o <= b for _, o, b in heard)
    assert heard[-1][1:] == (outcome.objective, outcome.bound)
