"""Prices of tasks made better: the bound only falls, stays a bound, and ends where it can."""

import time

import pytest
from hypothesis import given

from models import Limits, certified_by_task_prices, silent
from models.engines.pricing.prove import prices_proving_bounds
from models.engines.pricing.task_prices import _long_enough, _Pace, prove_by_programmes
from models.plans.incumbent import Incumbent
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples


def priced(case: Case, limits: Limits) -> Incumbent:
    """What is known when the agents' prices are found."""
    incumbent = Incumbent(case.build(), limits, silent)
    for _ in prices_proving_bounds(incumbent, arrays_of(incumbent.problem)):
        pass
    return incumbent


def prove(incumbent: Incumbent, passes: int | None = None) -> None:
    prove_by_programmes(incumbent, arrays_of(incumbent.problem), incumbent.limits, passes)


LONG = Case(
    horizon=10,
    agents=tuple(Agent(id=f"a{k}", windows=((0, 10),)) for k in range(3)),
    tasks=tuple(Task(id=f"t{k}", minutes="6", value=str(6 + k)) for k in range(7)),
)
"""Three people with time for one task and two thirds of another each."""


@given(case=contested_cases)
@examples(60)
def test_what_is_proved_is_never_below_the_optimum(case: Case) -> None:
    incumbent = priced(case, Limits(effort=1, gap=0.0))
    before = incumbent.bound
    prove(incumbent, 30)
    assert before >= incumbent.bound >= Oracle(case).optimum()
    if incumbent.bound_source == "programmes":
        assert certified_by_task_prices(incumbent.problem, incumbent.prices) == incumbent.bound


@pytest.mark.parametrize("limits", [Limits(effort=1, gap=0.0), Limits(gap=0.0)])
def test_whole_tasks_are_worth_less_than_tasks_by_the_grain(limits: Limits) -> None:
    incumbent = priced(LONG, limits)
    assert incumbent.bound >= 5000  # 30 grains of the densest work
    prove(incumbent)
    best = 100 * (12 + 11 + 10)
    assert best <= incumbent.bound <= best * 1.01
    assert incumbent.bound_source == "programmes"


def test_the_same_passes_prove_the_same() -> None:
    bounds = []
    for _ in range(2):
        incumbent = priced(LONG, Limits(effort=1, gap=0.0))
        prove(incumbent, 7)
        bounds.append((incumbent.bound, incumbent.prices.task.tolist()))
    assert bounds[0] == bounds[1]


def test_where_it_would_take_too_long_and_nobody_pays_a_fee_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.pricing.task_prices.MOST_MODES", 1)
    incumbent = priced(LONG, Limits(effort=1, gap=0.0))
    prove(incumbent)
    assert incumbent.bound_source == "certificate"


def test_where_few_of_many_jobs_are_listed_the_bound_falls_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.pricing.task_prices.MOST_JOBS", 0)
    incumbent = priced(LONG, Limits(effort=1, gap=0.0))
    prove(incumbent)
    best = 100 * (12 + 11 + 10)
    assert best <= incumbent.bound <= best * 1.05


@given(case=contested_cases)
@examples(60)
def test_few_of_many_jobs_prove_bounds_too(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.pricing.task_prices.MOST_JOBS", 0)
        incumbent = priced(case, Limits(effort=1, gap=0.0))
        prove(incumbent, 30)
        assert incumbent.bound >= Oracle(case).optimum()


def test_time_that_is_free_is_not_priced_again() -> None:
    idle = Case(horizon=10, agents=(Agent(id="a", windows=((0, 10),)),), tasks=(Task(id="t"),))
    incumbent = priced(idle, Limits(effort=1, gap=0.0))
    prove(incumbent)
    assert incumbent.bound == 100


def test_the_clock_ends_it() -> None:
    incumbent = priced(LONG, Limits(gap=0.0))
    over = Limits(deadline=0.0, gap=0.0)
    prove_by_programmes(incumbent, arrays_of(incumbent.problem), over)
    assert incumbent.bound_source == "certificate"


def test_the_pace_follows_the_clock_unless_work_is_bounded() -> None:
    over = time.monotonic() - 1.0
    assert _Pace(Limits(deadline=over), passes=10).progress() == 1.0
    assert _Pace(Limits(deadline=over, effort=1), passes=10, done=4).progress() == 0.4
    assert _Pace(Limits(), passes=10, done=4).progress() == 0.4


def test_passes_have_time_where_a_proof_takes_long_but_not_without_end() -> None:
    now = time.monotonic()
    soon = Limits(deadline=now + 1.0)
    assert _long_enough(soon, 0.01, now + 100.0) == soon
    assert now + 600.0 <= _long_enough(soon, 100.0, now + 1000.0).deadline < now + 700.0
    assert _long_enough(soon, 100.0, now + 3.0).deadline == now + 3.0
    assert _long_enough(soon, 100.0, None) == soon
    for unending in (Limits(), Limits(effort=1, deadline=now)):
        assert _long_enough(unending, 2.0, now + 100.0) == unending


def test_who_asks_to_stop_is_heard() -> None:
    incumbent = priced(LONG, Limits(gap=0.0))
    incumbent.limits.cancelled.set()
    prove(incumbent)
    assert incumbent.bound_source == "certificate"
