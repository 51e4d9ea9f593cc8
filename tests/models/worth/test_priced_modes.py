"""Ways to do tasks, and what they leave over the prices."""

from random import Random

import numpy as np
from hypothesis import given

from models import UNIT_BITS, Prices, Problem, modes_of, priced_modes, task_surplus
from tests.models.bounds.test_certificate import random_prices
from tests.models.case import Agent, Case, Pair, Task, exact_terms, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples, randoms


def flat(problem: Problem, price: float) -> Prices:
    """The same price, in hundredths per grain, for everybody at any time."""
    m = problem.n_agents
    units = np.full((m, 1), round(price * 2**UNIT_BITS), np.int64)
    return Prices(edges=np.zeros(1, np.int64), price=units, fee=np.zeros(m, np.int64))


@given(case=cases)
@examples(100)
def test_ways_are_those_of_the_contract(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in np.flatnonzero(problem.free).tolist():
        modes = modes_of(problem, None, i)
        able = [a for a in range(len(case.agents)) if oracle.efficiency(i, a) is not None and not oracle.excluded(i, a)]
        assert set(modes.agent.tolist()) <= set(able)
        for k in range(len(modes)):
            a, end = int(modes.agent[k]), int(modes.earliest[k] + modes.grains[k])
            assert modes.grains[k] == oracle.duration(i, a)
            assert modes.earliest[k] == max(oracle.load(a), oracle.capacity(a, case.tasks[i].not_before))
            if modes.short[k] == 0 and oracle.on_time(i, a, end) == (modes.step[k] == 0):
                assert modes.gain[k] == oracle.payoff(i, a, end) - oracle.undone(i)


@given(case=cases, random=randoms)
@examples(100)
def test_the_best_margin_is_what_the_certificate_lets_the_task_keep(case: Case, random: Random) -> None:
    problem = case.build()
    prices = random_prices(random, case)
    kept = task_surplus(problem, prices) / 2.0**UNIT_BITS
    for i in np.flatnonzero(problem.free).tolist():
        best = max(0.0, modes_of(problem, prices, i).in_time().margin.max(initial=0.0))
        # the certificate rounds gains with an agent's terms up
        assert best - 1e-6 <= kept[i] <= best + 1 + 1e-6


def test_who_lacks_a_skill_counts_at_efficiency_one():
    case = Case(
        horizon=10,
        agents=(Agent(id="a", skills=skills("x"), windows=((0, 10),)), Agent(id="b", windows=((0, 10),))),
        tasks=(Task(id="t", needs=needs("x"), minutes="4"),),
    )
    problem = case.build()
    assert modes_of(problem, None, 0).agent.tolist() == [0]
    asked = priced_modes(problem, None, np.array([0]), np.array([1]))
    assert (asked.grains.tolist(), asked.gain.tolist()) == ([4], [100])


def test_late_work_that_gains_nothing_is_not_in_time():
    late = Task(id="t", minutes="4", due=-1, value="10")
    for share, in_time in (("0.5", 1), ("0", 0)):
        case = Case(
            horizon=10, agents=(Agent(id="a", windows=((0, 10),)),), tasks=(late,), terms=exact_terms(late_share=share)
        )
        assert modes_of(case.build(), None, 0).count_in_time() == in_time


def test_the_best_of_each_agent_comes_first():
    case = Case(
        horizon=10,
        agents=(Agent(id="a", windows=((0, 10),)), Agent(id="b", windows=((0, 10),))),
        tasks=(Task(id="t", minutes="4", due=5, value="10"),),
        pairs=(Pair(task="t", agent="b", minutes="2"),),
    )
    best = modes_of(case.build(), flat(case.build(), 100), 0).in_time().best_of_each_agent()
    assert best.agent.tolist() == [1, 0]
    assert best.margin.tolist() == [800, 600]
