"""A part of a problem is the problem of these agents and tasks."""

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given

from models import check, evaluate, excerpt
from tests.models.case import Case
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import cases, examples, randoms


def drawn_part(case: Case, plan_agents: np.ndarray, random: Random) -> tuple[np.ndarray, np.ndarray]:
    """Some agents, all they do, and some of what nobody does."""
    problem = case.build()
    agents = np.array([a for a in range(len(case.agents)) if random.random() < 0.6], np.int64)
    theirs = np.isin(plan_agents, agents)
    nobodys = (plan_agents < 0) & np.array([random.random() < 0.7 for _ in case.tasks], np.bool_)
    started = problem.pinned_agent >= 0
    return np.flatnonzero(theirs | (nobodys & ~started)), agents


def smaller(case: Case, tasks: np.ndarray, agents: np.ndarray) -> Case:
    """The case with these alone; what others have started is not started here."""
    people = tuple(case.agents[a] for a in agents)
    names = {a.id for a in people}
    work = tuple(case.tasks[i] for i in tasks)
    kept = {t.id for t in work}
    return replace(
        case,
        agents=people,
        tasks=tuple(replace(t, requested=t.requested if t.requested in names else None) for t in work),
        pairs=tuple(p for p in case.pairs if p.task in kept and p.agent in names),
    )


@given(case=cases, random=randoms)
@examples(40)
def test_an_excerpt_is_worth_what_the_smaller_problem_is(case: Case, random: Random) -> None:
    problem = case.build()
    plan = solve("greedy", problem).plan
    tasks, agents = drawn_part(case, plan.agent, random)
    if not len(agents) or np.any(problem.stuck[tasks]):
        return
    part = excerpt(problem, tasks, agents)
    small = smaller(case, tasks, agents)
    found = solve("exact", part.problem)
    assert found.objective == Oracle(small).optimum()
    rest = int(np.delete(evaluate(problem, plan).payoff, tasks).sum())
    whole = part.put_back(plan, found.plan)
    assert check(problem, whole).ok
    assert evaluate(problem, whole).objective == rest + found.objective


@given(case=cases, random=randoms)
@examples(50)
def test_what_is_put_back_unchanged_is_the_plan(case: Case, random: Random) -> None:
    problem = case.build()
    plan = solve("greedy", problem).plan
    tasks, agents = drawn_part(case, plan.agent, random)
    if not len(agents):
        return
    part = excerpt(problem, tasks, agents)
    own = part.part_of(plan)
    assert check(part.problem, own).ok
    again = part.put_back(plan, own)
    assert (again.agent.tolist(), again.start.tolist()) == (plan.agent.tolist(), plan.start.tolist())
