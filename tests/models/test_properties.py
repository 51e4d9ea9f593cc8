"""What must hold of plans and optima when a problem changes in a known way."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given

from models import Terms, check
from tests.models.case import Case, lists
from tests.models.oracle import Oracle
from tests.models.solving import ENGINES, PROVING, solve
from tests.models.strategies import contested_cases, examples, randoms, renamed

pytestmark = pytest.mark.slow


def longer_hours(case: Case, random: Random) -> Case:
    """The same with some agents working throughout or without a break."""

    def more(windows: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        within = (windows[0][0], windows[-1][1]) if windows else (0, case.horizon)
        return random.choice([windows, (within,), ((0, case.horizon),)])

    return replace(case, agents=tuple(replace(a, windows=more(a.windows)) for a in case.agents))


@given(case=contested_cases, random=randoms)
@examples(25)
def test_more_availability_never_lowers_the_optimum(case: Case, random: Random) -> None:
    # a release and a share of the time together can lose a grain to rounding: 0.5 of [1, 2) is one, of [0, 2) too
    case = case.with_agents(max_utilization="1")
    assume(not Oracle(case).stuck)  # started work that fits at last may be in the way of better
    wider = longer_hours(case, random)
    assert solve("exact", wider.build()).objective >= solve("exact", case.build()).objective


@pytest.mark.parametrize("name", ENGINES)
@given(case=contested_cases)
@examples(10)
def test_renaming_ids_changes_nothing(name: str, case: Case) -> None:
    first, second = solve(name, case.build()), solve(name, renamed(case, "é-").build())
    assert lists(first.plan) == lists(second.plan)
    assert (first.objective, first.bound, first.stop) == (second.objective, second.bound, second.stop)


def in_whole_points(case: Case, factor: int) -> Case:
    """The same with values, fines, bonuses and costs in whole points, times a factor; nothing is left to round."""

    def whole(text: str) -> str:
        return str(round(2 * Fraction(text)) * factor)

    tasks = tuple(replace(t, value=whole(t.value), penalty=whole(t.penalty)) for t in case.tasks)
    pairs = tuple(replace(p, bonus=whole(p.bonus)) for p in case.pairs)
    terms = Terms(
        grain_s=case.terms.grain_s,
        sla_hard=case.terms.sla_hard,
        late_share=Fraction(1, 2),
        ageing_per_day=Fraction(0),
        requested_agent_share=Fraction(1, 4),
        cost_weight=0 * case.terms.cost_weight,
    )
    return replace(case, tasks=tasks, pairs=pairs, terms=terms)


@pytest.mark.parametrize("name", PROVING)
@given(case=contested_cases, random=randoms)
@examples(15)
def test_scaling_values_and_fines_scales_the_objective(name: str, case: Case, random: Random) -> None:
    factor = random.choice([2, 3, 1000])
    once, often = in_whole_points(case, 1), in_whole_points(case, factor)
    assert solve(name, often.build()).objective == factor * solve(name, once.build()).objective


@pytest.mark.parametrize("name", ENGINES)
@given(case=contested_cases)
@examples(10)
def test_planning_twice_with_effort_gives_the_same(name: str, case: Case) -> None:
    first, second = solve(name, case.build(), seed=3), solve(name, case.build(), seed=3)
    assert first.plan.agent.tobytes() == second.plan.agent.tobytes()
    assert first.plan.start.tobytes() == second.plan.start.tobytes()
    assert (first.objective, first.bound, first.stop) == (second.objective, second.bound, second.stop)


@pytest.mark.parametrize("name", ENGINES)
@given(case=contested_cases, random=randoms)
@examples(8)
def test_seeds_change_plans_but_neither_their_legality_nor_the_optimum(name: str, case: Case, random: Random) -> None:
    problem = case.build()
    outcome = solve(name, problem, seed=random.randint(1, 2**62))
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
    if name in PROVING:
        assert outcome.objective == Oracle(case).optimum()


@pytest.mark.parametrize("name", ENGINES)
@given(case=contested_cases)
@examples(8)
def test_no_engine_falls_below_the_plan_it_starts_from(name: str, case: Case) -> None:
    problem = case.build()
    best = solve("exact", problem)
    assert solve(name, problem, start=best.plan).objective == best.objective


@given(case=contested_cases)
@examples(60)
def test_problems_are_built_alike_every_time(case: Case) -> None:
    first, second = case.build(), case.build()
    for name in ("work", "deadline", "payoff", "undone", "release", "due", "expires", "pinned_start", "stuck"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
