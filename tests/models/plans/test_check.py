"""The checker: each rule once kept and once violated, and random plans judged as the oracle judges them."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import CheckResult, Plan, Rule, check
from models.engines.search.construct import greedy_plan
from tests.models.case import Agent, Case, Pair, Task, exact_terms, lists, make_plan, needs, skills
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import cases, contested_cases, examples, random_plan, randoms

DAY = ((0, 10),)
ANN, BOB = Agent(id="ann", windows=DAY), Agent(id="bob", windows=DAY)


def verdict(case: Case, agent: list[int], start: list[int]) -> CheckResult:
    return check(case.build(), make_plan(agent, start))


def rules(result: CheckResult) -> set[str]:
    return {v.rule.name for v in result.violations}


def only(result: CheckResult, rule: str) -> str:
    """The message of the only violation, which is of that rule."""
    assert [v.rule.name for v in result.violations] == [rule]
    assert result.total == 1
    assert not result.ok
    return str(result.violations[0])


def two(**of_second: object) -> Case:
    """Ann and Bob with two tasks of three grains, the second as told."""
    return Case(
        horizon=10,
        agents=(ANN, BOB),
        tasks=(Task(id="s", minutes="3"), replace(Task(id="t", minutes="3"), **of_second)),
    )


def test_nothing_planned_is_legal() -> None:
    assert verdict(two(), [-1, -1], [-1, -1]).ok
    assert check(Case(horizon=5).build(), make_plan([], []), objective=0, bound=0).ok


def test_h1_one_agent_for_each_task() -> None:
    assert verdict(two(), [0, 1], [0, 0]).ok
    assert "2 tasks" in only(verdict(two(), [0], [0]), "H1")
    assert only(verdict(two(), [0, 2], [0, 0]), "H1") == "H1 task t: agent number 2 does not exist"
    assert only(verdict(two(), [0, -2], [0, -1]), "H1") == "H1 task t: agent number -2 does not exist"


def test_h1_an_agent_goes_with_a_start() -> None:
    assert "without a start" in only(verdict(two(), [0, 1], [0, -1]), "H3")
    assert "without an agent" in only(verdict(two(), [0, -1], [0, 4]), "H3")


def test_h2_skills() -> None:
    case = two(needs=(needs("x", "y"))).with_agents(skills=skills("x"))
    case = replace(case, agents=(case.agents[0], replace(BOB, skills=skills("x", "y"))))
    assert verdict(case, [0, 1], [0, 0]).ok
    assert only(verdict(case, [1, 0], [0, 0]), "H2") == "H2 task t: agent ann lacks a skill it needs"


def test_h2_level() -> None:
    case = two(needs=((("x", 2),),))
    case = replace(case, agents=(replace(ANN, skills={"x": (1, "1")}), replace(BOB, skills={"x": (2, "1")})))
    assert verdict(case, [-1, 1], [-1, 0]).ok
    assert only(verdict(case, [-1, 0], [-1, 0]), "H2")


def test_h3_one_task_at_a_time() -> None:
    assert verdict(two(), [0, 0], [0, 3]).ok
    assert only(verdict(two(), [0, 0], [0, 2]), "H3") == "H3 task t: overlaps task s by 1 grains"
    assert only(verdict(two(), [0, 0], [2, 0]), "H3") == "H3 task s: overlaps task t by 1 grains"


def test_h3_a_task_inside_another_overlaps_all_of_it() -> None:
    case = two(minutes="1")
    case = replace(case, tasks=(*case.tasks, Task(id="u", minutes="1")))
    assert rules(verdict(case, [0, 0, 0], [0, 1, 2])) == {"H3"}
    assert verdict(case, [0, 0, 0], [0, 3, 4]).ok


def test_h3_capacity_ends_with_the_horizon() -> None:
    assert verdict(two(), [0, 0], [0, 7]).ok
    result = verdict(two(), [0, 0], [0, 8])
    assert rules(result) == {"H3", "H5"}
    assert "task t: ends 1 grains after the capacity of agent ann" in str(result.violations[0])


def test_h3_capacity_is_a_share_of_working_time() -> None:
    case = two().with_agents(windows=((0, 4), (6, 10)), max_utilization="0.8")  # c(10) = floor(0.8 x 8) = 6
    assert verdict(case, [0, 0], [0, 3]).ok
    assert rules(verdict(case, [0, 0], [0, 4])) == {"H3", "H5"}


def test_h4_not_before() -> None:
    case = two(not_before=4)
    assert verdict(case, [0, 0], [0, 4]).ok
    assert only(verdict(case, [0, 0], [0, 3]), "H4") == "H4 task t: starts 1 grains before its not_before"


def test_h4_counts_on_the_capacity_clock() -> None:
    case = two(not_before=6).with_agents(windows=((0, 3), (5, 10)))  # c(6) = 4
    assert verdict(case, [-1, 0], [-1, 4]).ok
    assert only(verdict(case, [-1, 0], [-1, 3]), "H4")


def test_h5_expiry() -> None:
    case = two(expires=6)
    assert verdict(case, [0, 0], [0, 3]).ok
    assert only(verdict(case, [0, 0], [0, 4]), "H5") == "H5 task t: ends 1 grains after it expires"


def test_h6_hard_sla() -> None:
    case = replace(two(due=6), terms=exact_terms(sla_hard=True))
    assert verdict(case, [0, 0], [0, 3]).ok
    message = only(verdict(case, [0, 0], [0, 4]), "H6")
    assert message == "H6 task t: ends 1 grains after its due time, with hard SLA"
    assert verdict(two(due=6), [0, 0], [0, 4]).ok  # soft


def test_h6_spares_overdue_work() -> None:
    case = replace(two(due=0), terms=exact_terms(sla_hard=True))
    assert verdict(case, [0, 0], [0, 4]).ok


def test_h7_started_work_stays_first_where_it_is() -> None:
    case = two(started_by="bob")
    assert verdict(case, [1, 1], [3, 0]).ok
    for agent, start in ([0, -1], [0, -1]), ([0, 0], [0, 3]), ([0, 1], [0, 1]):
        assert "task t: is started by agent bob" in only(verdict(case, agent, start), "H7")


def test_h7_other_work_comes_behind_started_work() -> None:
    case = two(started_by="bob")
    result = verdict(case, [1, 1], [2, 0])
    assert rules(result) == {"H3", "H7"}
    assert "H7 task s: starts 1 grains before pinned work is done" in [str(v) for v in result.violations]


def test_h7_started_work_that_does_not_fit_is_not_planned() -> None:
    case = two(started_by="bob", minutes="11")
    assert verdict(case, [1, -1], [0, -1]).ok
    result = verdict(case, [1, 1], [0, 3])
    assert rules(result) == {"H3", "H5", "H7"}
    assert "H7 task t: is started work that does not fit and must not be planned" in map(str, result.violations)


def test_h7_started_work_is_free_of_the_rules_for_other_work() -> None:
    freed = {"needs": needs("x"), "not_before": 5, "expires": 1, "due": 1, "started_by": "bob"}
    case = replace(
        two(**freed),
        pairs=(Pair(task="t", agent="bob", allowed=False),),
        terms=exact_terms(sla_hard=True),
        agents=(ANN, replace(BOB, max_tasks=0)),
    )
    assert verdict(case, [0, 1], [0, 0]).ok
    assert only(verdict(case, [1, 1], [3, 0]), "H9")  # but it counts


def test_h8_excluded_pairs() -> None:
    case = replace(two(), pairs=(Pair(task="t", agent="ann", allowed=False),))
    assert verdict(case, [0, 1], [0, 0]).ok
    assert only(verdict(case, [1, 0], [0, 0]), "H8") == "H8 task t: agent ann is excluded from it"


def test_h9_most_tasks() -> None:
    case = replace(two(), agents=(replace(ANN, max_tasks=1), BOB))
    assert verdict(case, [0, 1], [0, 0]).ok
    assert only(verdict(case, [0, 0], [0, 3]), "H9") == "H9 agent ann: exceeds its max_tasks by 1"


def test_payoff_objective_and_bound() -> None:
    problem, plan = two().build(), make_plan([0, 1], [0, 0])
    assert check(problem, plan, objective=200, bound=200).ok
    assert check(problem, plan).objective == 200
    assert only(check(problem, plan, objective=201), "PAYOFF") == "PAYOFF plan: the objective is 2.00, not 2.01"
    message = only(check(problem, plan, objective=200, bound=199), "PAYOFF")
    assert message == "PAYOFF plan: the bound 1.99 is below the objective 2.00"
    assert check(problem, plan, objective=199, bound=199).total == 2


@pytest.mark.parametrize(("agent", "rule"), [(0, "H2"), (1, "H1")])
def test_all_violations_are_counted_and_a_hundred_listed(agent: int, rule: str) -> None:
    tasks = tuple(Task(id=f"t{k:03}", needs=needs("x")) for k in range(150))
    problem = Case(horizon=200, agents=(Agent(id="a", windows=((0, 200),)),), tasks=tasks).build()
    result = check(problem, Plan(agent=np.full(150, agent, np.int32), start=np.arange(150)))
    assert {v.rule.name for v in result.violations} == {rule}
    assert len(result.violations) == 100
    assert result.total == 150


def test_every_rule_has_its_sentence() -> None:
    assert [r.name for r in Rule] == [*(f"H{k}" for k in range(1, 11)), "E1", "E2", "PAYOFF"]
    assert len({r.value for r in Rule}) == len(Rule)


# -- against the oracle -----------------------------------------------------------------------------


@given(case=cases, random=randoms)
@examples(300)
def test_random_plans_break_the_rules_the_oracle_says(case: Case, random: Random) -> None:
    agent, start = random_plan(random, case)
    oracle, result = Oracle(case), verdict(case, agent, start)
    assert rules(result) == oracle.broken(agent, start)
    if result.ok:
        assert result.objective == oracle.value(agent, start)


Mutated = tuple[str, list[int], list[int]]


def mutations(oracle: Oracle, agent: list[int], start: list[int]) -> Iterator[Mutated]:
    """Every way to spoil a legal plan by one task, with a rule that must be named."""
    everybody = range(len(oracle.case.agents))
    for i in range(len(agent)):
        for rule, a, s in _spoilt(oracle, agent, start, i, everybody):
            yield rule, [*agent[:i], a, *agent[i + 1 :]], [*start[:i], s, *start[i + 1 :]]


def _spoilt(
    oracle: Oracle, agent: list[int], start: list[int], i: int, everybody: range
) -> Iterator[tuple[str, int, int]]:
    """The rule and the task's new agent and start."""
    task, a, s = oracle.case.tasks[i], agent[i], start[i]
    if i in oracle.started:
        yield "H7", -1, -1
        yield "H7", a, s + 1
        yield from (("H7", b, s) for b in everybody if b != a)
        return
    if i in oracle.stuck:
        yield from (("H7", b, 0) for b in everybody)
        return
    for b in everybody:
        grains, total = oracle.duration(i, b), oracle.total(b)
        behind = max([0, *(start[j] + oracle.duration(j, b) for j in range(len(agent)) if agent[j] == b and j != i)])
        others = sum(agent[j] == b for j in range(len(agent)) if j != i)
        limit = oracle.case.agents[b].max_tasks
        yield "H3", b, total - grains + 1 if total >= grains else total
        if oracle.efficiency(i, b) is None:
            yield "H2", b, behind
        if oracle.excluded(i, b):
            yield "H8", b, behind
        if oracle.capacity(b, task.not_before) > 0:
            yield "H4", b, oracle.capacity(b, task.not_before) - 1
        if task.expires is not None:
            yield "H5", b, max(0, oracle.expiry(i, b) - grains + 1)
        if oracle.case.terms.sla_hard and task.due is not None and task.due > 0:
            yield "H6", b, max(0, oracle.capacity(b, task.due) - grains + 1)
        if oracle.load(b) > 0:
            yield "H7", b, oracle.load(b) - 1
        if limit is not None and others >= max(1, limit):
            yield "H9", b, behind
        yield from (("H3", b, start[j]) for j in range(len(agent)) if agent[j] == b and j != i)
        if start[i] < 0 or b != a:
            yield "H3", b, -1


@given(case=cases)
@examples(80)
def test_every_mutated_plan_is_rejected_by_the_right_rule(case: Case) -> None:
    spoil_and_check(case, greedy_plan(case.build()))


@given(case=contested_cases)
@examples(25)
def test_every_mutated_optimal_plan_is_rejected_by_the_right_rule(case: Case) -> None:
    spoil_and_check(case, solve("exact", case.build()).plan)


def spoil_and_check(case: Case, plan: Plan) -> None:
    problem, oracle = case.build(), Oracle(case)
    agent, start = lists(plan)
    assert check(problem, plan).ok
    for rule, spoilt_agent, spoilt_start in mutations(oracle, agent, start):
        found = rules(check(problem, make_plan(spoilt_agent, spoilt_start)))
        assert rule in found, (rule, spoilt_agent, spoilt_start)
        if all((a >= 0) == (s >= 0) for a, s in zip(spoilt_agent, spoilt_start, strict=True)):
            assert found == oracle.broken(spoilt_agent, spoilt_start)


@given(case=contested_cases, random=randoms)
@examples(60)
def test_swapped_agents_are_judged_as_the_oracle_says(case: Case, random: Random) -> None:
    problem, oracle = case.build(), Oracle(case)
    agent, start = lists(greedy_plan(problem))
    i, j = random.sample(range(len(agent)), 2)
    agent[i], agent[j], start[i], start[j] = agent[j], agent[i], start[j], start[i]
    result = check(problem, make_plan(agent, start))
    assert rules(result) == oracle.broken(agent, start)
    assert result.ok == (not oracle.broken(agent, start))
