"""The engine that chooses, and the table of engines."""

import time

import pytest

from models import Limits, Stop, check, silent
from models.engines import ENGINES, make_engine
from tests.models.case import Agent, Case, Task
from tests.models.engines.test_exact import crowd
from tests.models.solving import solve, solver_alone


def test_small_problems_go_to_the_exact_engine() -> None:
    outcome = solve("auto", crowd(8, 2))
    assert outcome.engine == "exact"
    assert outcome.engine_reason.startswith("exact, as 32 ways to do the tasks fit a whole model; ")


def test_says_who_proved_the_plan_optimal_if_anybody_did() -> None:
    with solver_alone():
        assert solve("auto", crowd(8, 2)).engine_reason.endswith("whole model; CP-SAT proved the plan optimal")
    easy = Case(horizon=4, agents=(Agent(id="a", windows=((0, 4),)),), tasks=(Task(id="t"),)).build()
    assert solve("auto", easy).engine_reason.endswith("whole model; prices proved the plan optimal")
    outcome = make_engine("auto")(crowd(), Limits(effort=1, gap=0.9), silent)
    assert outcome.stop is Stop.GAP
    assert outcome.engine_reason.endswith("fit a whole model")


def test_large_problems_go_to_the_scale_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.sizes.MOST_WHOLE", 10)
    outcome = solve("auto", crowd(8, 2))
    assert outcome.engine == "scale"
    assert outcome.engine_reason == "scale, as 32 ways to do the tasks are too many for a whole model"


def test_what_cp_sat_does_not_prove_goes_to_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = crowd(12, 3)
    monkeypatch.setattr("models.engines.auto._SHARE_OF_CP_SAT", 1e-9)
    with solver_alone():
        outcome = make_engine("auto")(problem, Limits(deadline=time.monotonic() + 60, gap=0.0), silent)
    assert outcome.engine == "exact"
    assert outcome.engine_reason.endswith("first for CP-SAT, then for HiGHS; HiGHS proved the plan optimal")
    assert outcome.objective == outcome.bound == solve("exact", problem).objective
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok


@pytest.mark.parametrize("name", [e for e in ENGINES if e != "auto"])
def test_engines_say_who_they_are(name: str) -> None:
    assert solve(name, crowd(4, 2)).engine == name


def test_every_engine_can_be_made() -> None:
    assert ENGINES == ("auto", "exact", "pulp", "scale", "greedy")
    assert all(callable(make_engine(name)) for name in ENGINES)
