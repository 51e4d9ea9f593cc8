"""The engine through PuLP: its solvers, its .lp file, what it refuses."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pulp
import pytest

from models import CapabilityError, Limits, Proof, Stop, check, silent
from models.engines.milp import _make_solver, solve_pulp
from tests.models.case import Agent, Case, Task
from tests.models.engines.test_exact import crowd
from tests.models.solving import solve, solver_alone


def test_names_the_solvers_there_are() -> None:
    with pytest.raises(CapabilityError, match=r"PuLP finds no solver 'CPLX' here; it finds .*HiGHS"):
        solve("pulp", crowd(3, 1), solver="CPLX")


def test_proves_a_small_plan_optimal() -> None:
    problem = crowd(8, 2)
    with solver_alone():
        outcome = solve("pulp", problem)
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
    assert (outcome.stop, outcome.proof) == (Stop.OPTIMAL, Proof.OPTIMAL)
    assert outcome.bound_source == "pulp"


def test_writes_the_model_for_study(tmp_path: Path) -> None:
    file = tmp_path / "model.lp"
    solve("pulp", crowd(8, 2), lp_file=file)
    text = file.read_text()
    assert "Maximize" in text
    assert "x_t7_a1_s0" in text


def test_writes_the_model_even_when_there_is_nothing_to_solve(tmp_path: Path) -> None:
    file = tmp_path / "model.lp"
    solve("pulp", Case(horizon=4).build(), lp_file=file)
    assert "Maximize" in file.read_text()


@pytest.mark.slow
def test_little_effort_leaves_a_plan_with_its_bound() -> None:
    problem = crowd(25, 3)
    outcome = solve("pulp", problem)
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
    assert outcome.stop in (Stop.EFFORT, Stop.OPTIMAL)
    assert outcome.bound is not None


def test_refuses_more_than_pulp_can_hand_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.milp.MOST_FOR_PULP", 100)
    with pytest.raises(CapabilityError, match=r"engine pulp: 320 ways .* use --engine scale"):
        solve("pulp", crowd())


def test_refuses_long_sequences_but_not_long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.milp.MOST_SEQUENCED", 10)
    people = (Agent(id="a", windows=((0, 60),)),)
    work = tuple(Task(id=f"t{k}", minutes="5", expires=40) for k in range(6))
    solve("pulp", Case(horizon=60, agents=people, tasks=work).build())
    released = (*work, Task(id="u", minutes="5", not_before=9))
    with pytest.raises(CapabilityError, match=r"1 agents could do work that may not start at once.* 21 variables"):
        solve("pulp", Case(horizon=60, agents=people, tasks=released).build())


def test_another_solver_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # the CBC that PuLP brings, by the name of one on the path: its own name, PULP_CBC_CMD, is deprecated in PuLP 3.3
    monkeypatch.setenv("PATH", str(Path(pulp.apis.coin_api.pulp_cbc_path).parent), prepend=os.pathsep)
    problem = crowd(8, 2)
    with solver_alone():
        other = solve_pulp(problem, Limits(effort=50, gap=0.0), silent, solver="COIN_CMD")
        assert other.objective == other.bound == solve("pulp", problem).objective


@pytest.mark.parametrize("asked", [True, False])
def test_a_solver_that_fails_when_asked_to_stop_costs_nothing(asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, limits = crowd(8, 2), Limits(gap=0.0)

    def fail(*_: object) -> None:
        if asked:
            limits.cancelled.set()
        raise pulp.PulpSolverError("killed")

    monkeypatch.setattr("pulp.listSolvers", lambda **_: ["COIN_CMD"])
    monkeypatch.setattr("pulp.COIN_CMD.actualSolve", fail)
    with solver_alone(greedily=True):
        if asked:
            outcome = solve_pulp(problem, limits, silent, solver="COIN_CMD")
            assert (outcome.stop, outcome.proof) == (Stop.INTERRUPTED, Proof.NONE)
            assert outcome.objective > 0
        else:
            with pytest.raises(pulp.PulpSolverError, match="killed"):
                solve_pulp(problem, limits, silent, solver="COIN_CMD")


def test_a_time_limit_is_no_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulp.listSolvers", lambda **_: ["HiGHS", "SCIP_PY"])
    with solver_alone(), pytest.raises(CapabilityError, match="--effort is not known for PuLP's SCIP_PY"):
        solve("pulp", crowd(8, 2), solver="SCIP_PY")


def test_highs_has_what_handing_the_model_over_left_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, float] = {}
    monkeypatch.setattr("pulp.HiGHS.callSolver", lambda _solver, _model: None)
    solver = _make_solver("HiGHS", Limits(deadline=time.monotonic() + 60), 0)
    solver.limits = Limits(deadline=time.monotonic() + 20)  # as if 40 s had passed
    solver.callSolver(SimpleNamespace(solverModel=SimpleNamespace(setOptionValue=told.__setitem__)))
    assert 10 < told["time_limit"] <= 20
