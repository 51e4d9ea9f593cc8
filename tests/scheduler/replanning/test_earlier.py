"""An earlier run in the numbers of a later problem: who and what is gone, prices as time passes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models import Problem, task_surplus
from scheduler.replanning.earlier import EarlierRun, numbers_of, plan_of, prices_of, with_new_tasks
from tests.data.store.planned import EIGHT, run_record
from tests.data.store.planned import plan_of as rows_of
from tests.models.case import Agent, Case, Task

MINUTE = timedelta(minutes=1)


def problem(*agents: str, horizon: int = 60, most: int | None = None) -> Problem:
    """T1 and T2 for these agents, a minute a grain."""
    people = tuple(Agent(id=name, windows=((0, horizon),), max_tasks=most) for name in agents)
    return Case(horizon=horizon, agents=people, tasks=(Task(id="T1"), Task(id="T2"))).build()


def earlier(certificate: list[tuple[str, int, int]] | None = None, payoff: float = 10.0, **tasks: str) -> EarlierRun:
    """A run at eight with these tasks for these agents, and prices from grains."""
    schema = ["agent_id", "from_grain", "price"]
    prices = None if certificate is None else pl.DataFrame(certificate, schema=schema, orient="row")
    given: dict[str, Any] = {
        "folder": Path("run"),
        "run": run_record("R1"),
        "plan": rows_of(**tasks).with_columns(outcome=pl.lit("on_time"), payoff=pl.lit(payoff)),
        "unplanned": pl.DataFrame(schema={"task_id": pl.String}),
        "certificate": None if prices is None else prices.with_columns(task_price=pl.lit(5)),
        "of_tasks": None,
        "messages": None,
        "edits": (),
        "frozen": (),
    }
    return EarlierRun(**given)


def test_ids_that_are_gone_have_no_number():
    found = numbers_of(problem("A", "B"), pl.Series(["T2", "T9", "T1"]), pl.Series(["B", "A", "Z"]))
    assert found.rows() == [(1, 1), (None, 0), (0, None)]


def test_a_plan_of_which_something_is_gone_is_none():
    assert plan_of(earlier(T1="A", T2="B"), problem("A"), EIGHT) is None
    whole = plan_of(earlier(T2="A"), problem("A"), EIGHT)
    assert whole is not None
    assert (whole.agent.tolist(), whole.start.tolist()) == ([-1, 0], [-1, 0])


def test_new_tasks_ask_what_they_keep_at_the_prices_of_time():
    run = replace(earlier([("A", 0, 9)], T1="A"), of_tasks=pl.DataFrame({"task_id": ["T1"], "price": [4]}))
    prices = prices_of(run, problem("A"), EIGHT)
    assert prices is not None
    found = with_new_tasks(prices, run, problem("A"))
    assert found.task is not None
    assert found.task[0] == 4
    assert found.task[1] == task_surplus(problem("A"), found)[1] > 0
    without = replace(run, unplanned=pl.DataFrame({"task_id": ["T2"]}))
    known = with_new_tasks(prices, without, problem("A"))
    assert known.task is not None
    assert known.task.tolist() == [4, 0]  # it was there, and asked nothing


def test_prices_move_with_the_time_that_has_passed_and_never_rise():
    found = prices_of(earlier([("A", 0, 9), ("A", 10, 7), ("A", 30, 3)]), problem("A"), EIGHT + 10 * MINUTE)
    assert found is not None
    assert (found.edges.tolist(), found.price.tolist(), found.fee.tolist()) == ([0, 20], [[7, 3]], [0])


def test_new_people_ask_what_others_ask_on_average_and_a_price_per_task_needs_a_limit():
    found = prices_of(earlier([("A", 0, 8), ("B", 0, 4), ("Z", 0, 90)]), problem("A", "B", "new", most=3), EIGHT)
    assert found is not None
    assert (found.price.tolist(), found.fee.tolist()) == ([[8], [4], [6]], [5, 5, 0])


def test_prices_of_time_go_on_with_the_fees_that_belong_to_them():
    before = earlier([("A", 0, 8)])
    assert before.certificate is not None
    other = replace(before, certificate=before.certificate.with_columns(task_price_of_time=pl.lit(7)))
    for run, of_time in ((before, 5), (other, 7)):  # runs of earlier versions have one of both
        found = prices_of(run, problem("A", most=3), EIGHT)
        assert found is not None
        assert (found.fee.tolist(), found.fee_of_time.tolist()) == ([5], [of_time])


@pytest.mark.parametrize("certificate", [None, [], [("Z", 0, 9)], [("A", 90, 9)]])
def test_without_prices_for_anybody_in_the_horizon_there_are_none(certificate):
    assert prices_of(earlier(certificate), problem("A"), EIGHT) is None
