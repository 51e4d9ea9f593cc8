"""What it is worth that an agent may do more: never less than what it brings."""

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given

from models import UNIT_BITS, certified_bound, task_surplus, worth_of_allowing
from tests.models.bounds.test_certificate import random_prices
from tests.models.case import Case
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples, randoms

SKILL = "a"


@given(case=contested_cases, random=randoms)
@examples(100)
def test_no_plan_of_the_trained_is_worth_more_than_the_bound_and_that(case: Case, random: Random) -> None:
    number = random.randrange(len(case.agents))
    agent = case.agents[number]
    if SKILL in agent.skills:
        return
    trained = replace(agent, skills={**agent.skills, SKILL: (9, "1")})
    after = replace(case, agents=(*case.agents[:number], trained, *case.agents[number + 1 :]))
    # others of the agent's skills could slow it down; then it is worth less
    problem, prices = case.build(), random_prices(random, case)
    new = after.build()
    able = [i for i in np.flatnonzero(problem.free) if _may(new, i, number) and not _may(problem, i, number)]
    kept = task_surplus(problem, prices) / 2.0**UNIT_BITS
    if all(float(e) <= 1 for _, e in agent.skills.values()):
        worth, chosen = worth_of_allowing(problem, prices, kept, number, np.array(able, np.int64))
        assert set(chosen.tolist()) <= set(able)
        # the certificate rounds gains up by less than a hundredth a task, and so may these
        assert Oracle(after).optimum() <= certified_bound(problem, prices) + worth + 1e-6


def _may(problem, i: int, a: int) -> bool:
    kind = np.array([problem.requirement[i]], np.int64)
    return bool(problem.eligibility.entry(kind, np.array([a]))[0] >= 0)
