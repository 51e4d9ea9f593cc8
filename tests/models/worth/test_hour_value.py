"""What one more hour is worth: never less than what the changed problem gains over the bound, and exact by hand."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from models import Prices, Problem, ProblemBuilder, certified_bound, hour_values
from models.bounds.certificate import UNIT_BITS, task_surplus
from tests.models.bounds.test_certificate import free_prices, prices_of, random_prices
from tests.models.case import Agent, Case, Pair, exact_terms
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples, randoms

POINT = 100 << UNIT_BITS
"""A point a grain, as a price."""


def two_claims(*agents: str) -> Problem:
    """Claims of an hour each, worth 120 and 60, and these people to do them in the only hour there is."""
    builder = ProblemBuilder(60)
    for name in agents:
        builder.agent(name, ["claims"])
    return builder.task("rich", "claims", minutes=60, value=120).task("poor", "claims", minutes=60, value=60).build()


def by_window(problem: Problem, prices: Prices) -> list[tuple[int, int, float]]:
    """Window and worth, of all requirements."""
    return hour_values(problem, prices).select("from_grain", "until_grain", "points_per_hour").rows()


def test_an_hour_moves_the_bound_by_what_the_table_says() -> None:
    problem, prices = two_claims("Ann"), prices_of([0], [[POINT]])
    (row,) = hour_values(problem, prices).rows(named=True)
    assert row == {
        "requirement": 0,
        "from_grain": 0,
        "until_grain": 60,
        "points_per_hour": 60.0,
        "agents": 1,
        "minutes_asked": 120.0,
    }
    before = certified_bound(problem, prices)
    after = certified_bound(two_claims("Ann", "Bob"), prices_of([0], [[POINT], [POINT]]))
    assert (before, after) == (120_00, 180_00)


@pytest.mark.parametrize(("price", "worth"), [(0, 0.0), (POINT // 2, 30.0), (POINT, 60.0), (2 * POINT, 120.0)])
def test_an_hour_is_worth_what_its_time_costs_now(price: int, worth: float) -> None:
    assert by_window(two_claims("Ann"), prices_of([0], [[price]])) == [(0, 60, worth)]


def test_a_price_nobody_pays_makes_no_hour_dearer() -> None:
    assert by_window(two_claims("Ann"), prices_of([0], [[9 * POINT]])) == [(0, 60, 120.0)]


def test_somebody_with_no_time_left_makes_no_hour_cheap() -> None:
    problem = (
        ProblemBuilder(60)
        .agent("Ann", ["claims"])
        .agent("Bob", ["claims"], windows=[(0, 5)])
        .task("rich", "claims", minutes=60, value=120)
        .task("poor", "claims", minutes=60, value=60)
        .build()
    )
    assert by_window(problem, prices_of([0], [[POINT], [0]])) == [(0, 60, 60.0)]


def test_what_nobody_can_do_pays_what_the_best_of_it_would_earn() -> None:
    builder = ProblemBuilder(60).agent("Ann", ["claims"])
    builder.task("brief", "welding", minutes=15, value=10).task("long", "welding", minutes=90, value=18)
    builder.task("longer than there is time", "welding", minutes=90, value=900)
    builder.task("due", "welding", minutes=90, value=18, due=90)
    problem = builder.build()
    rows = hour_values(problem, free_prices(problem)).rows(named=True)
    assert [(row["points_per_hour"], row["agents"], row["minutes_asked"]) for row in rows] == [(10.0, 0, 15.0)]


def test_a_few_minutes_of_demand_are_not_made_an_hour_of_it() -> None:
    problem = ProblemBuilder(600).task("t", minutes=2, value=5).build()
    assert hour_values(problem, free_prices(problem))["points_per_hour"].to_list() == [5.0]


def test_an_hour_after_the_deadline_is_worth_what_is_left() -> None:
    terms = exact_terms(late_share="0.25")
    problem = ProblemBuilder(180, terms).task("t", minutes=60, value=60, due=60).task("u", minutes=60, value=8).build()
    assert by_window(problem, free_prices(problem)) == [(0, 60, 60.0), (60, 180, 15.0)]


def test_an_hour_before_the_release_is_worth_nothing() -> None:
    problem = ProblemBuilder(300).task("t", minutes=60, value=60, not_before=120).build()
    assert by_window(problem, free_prices(problem)) == [(0, 60, 0.0), (60, 300, 60.0)]


def test_started_work_asks_for_nothing() -> None:
    builder = ProblemBuilder(60).agent("Ann", ["claims"]).task("t", "claims", minutes=60, started_by="Ann")
    problem = builder.build()
    found = hour_values(problem, free_prices(problem))
    assert found.is_empty()
    assert found.schema["points_per_hour"] == pl.Float64


def test_costs_of_people_are_part_of_what_their_time_costs() -> None:
    terms = exact_terms(cost_weight="1")
    problem = ProblemBuilder(60, terms).agent("Ann", cost_per_hour=25.0).task("t", minutes=60, value=60).build()
    assert by_window(problem, free_prices(problem)) == [(0, 60, 25.0)]


def test_neighbours_of_about_the_same_worth_are_one() -> None:
    builder = ProblemBuilder(240)
    for due, value in ((60, 102), (120, 101), (180, 100), (240, 50)):
        builder.task(str(due), minutes=60, value=value, due=due, expires=due)
    problem = builder.build()
    assert by_window(problem, free_prices(problem)) == [(0, 180, 102.0), (180, 240, 50.0)]


@pytest.mark.parametrize(
    ("hours", "lengths"), [(24, [60] * 24), (25, [120] * 12 + [60]), (1.5, [60, 30]), (24 * 60, [3600] * 24)]
)
def test_windows_are_few_and_of_whole_hours(hours: float, lengths: list[int]) -> None:
    horizon = round(60 * hours)
    ends = np.minimum(np.cumsum(lengths), horizon).tolist()
    builder = ProblemBuilder(horizon)
    for k, end in enumerate(ends):  # the later it is due, the less it is worth
        builder.task(str(k), minutes=10, value=1000 * 0.9**k, due=end, expires=end)
    problem = builder.build()
    found = hour_values(problem, free_prices(problem))
    assert found["until_grain"].to_list() == ends
    assert found["from_grain"].to_list() == [0, *ends[:-1]]


def keeps(problem: Problem, prices: Prices, i: int) -> float:
    """What a task keeps, pair by pair."""
    best = 0.0
    for a in range(problem.n_agents):
        pair = int(problem.pairs.row(np.array([i]), np.array([a]), problem.n_agents)[0])
        able = int(problem.eligibility.entry(problem.requirement[[i]].astype(np.int64), np.array([a]))[0]) >= 0
        if not able or (pair >= 0 and not problem.pairs.allowed[pair]):
            continue
        grains = int(problem.durations([i], [a])[0])
        begin = max(int(problem.pinned_load[a]), int(problem.clocks.capacity(a, problem.release[i])))
        for step in (0, 1):
            deadline = int(problem.deadline[i, step])
            if deadline >= 0 and begin + grains <= problem.clocks.capacity(a, deadline):
                price = prices.price[a, np.searchsorted(prices.edges, deadline, side="right") - 1] / 2**UNIT_BITS
                gain = int(problem.payoffs([i], [a], [step])[0]) - int(problem.undone[i])
                best = max(best, gain - grains * price - prices.fee[a] / 2**UNIT_BITS)
    return best


@given(case=cases, random=randoms)
@examples(150)
def test_tasks_keep_their_term_of_the_bound(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_prices(random, case)
    kept = task_surplus(problem, prices) / 2**UNIT_BITS
    for i in np.flatnonzero(problem.free):
        assert kept[i] == pytest.approx(keeps(problem, prices, int(i)), abs=0.51), i  # payoffs are rounded there
    assert not kept[~problem.free].any()


@given(case=cases, random=randoms)
@examples(150)
def test_no_plan_with_one_more_hour_is_worth_more_than_the_table_says(case: Case, random: Random) -> None:
    """For somebody new who does the work of one requirement, in grains so long that an hour is not everything."""
    longer = tuple(replace(t, minutes=str(20 * Decimal(t.minutes))) for t in case.tasks)
    pairs = tuple(replace(p, minutes=p.minutes and str(20 * Decimal(p.minutes))) for p in case.pairs)
    case = replace(case, tasks=longer, pairs=pairs, terms=replace(case.terms, grain_s=1200))
    problem, prices = case.build(), random_prices(random, case)
    bound = certified_bound(problem, prices)
    assert bound is not None
    for row in hour_values(problem, prices).rows(named=True):
        begin = random.randrange(row["from_grain"], row["until_grain"])
        after = Oracle(with_hour(case, problem, row["requirement"], begin)).optimum()
        assert after <= bound + 100 * row["points_per_hour"] + 1


def with_hour(case: Case, problem: Problem, requirement: int, begin: int) -> Case:
    """The case with somebody who does this work only, for three grains at most."""
    new = Agent(id="new", skills=dict.fromkeys("abc", (2, "1")), windows=((begin, min(begin + 3, case.horizon)),))
    others = [t.id for t, r in zip(case.tasks, problem.requirement, strict=True) if r != requirement]
    excluded = tuple(Pair(task=t, agent="new", allowed=False) for t in others)
    return replace(case, agents=(*case.agents, new), pairs=(*case.pairs, *excluded))
