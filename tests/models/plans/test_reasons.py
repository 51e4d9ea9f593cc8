"""Why tasks are not in the plan."""

import numpy as np
from hypothesis import given

from models import Reason, on_time_possible, pinned_plan, reasons, shortage
from models.engines.search.construct import greedy_plan
from tests.models.case import Agent, Case, Pair, Task, exact_terms, lists, make_plan, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples

ANN = Agent(id="ann", skills=skills("x"), windows=((0, 10),))
BOB = Agent(id="bob", skills=skills("y"), windows=((0, 4),))


def why(*tasks: Task, pairs: tuple[Pair, ...] = (), hard: bool = False) -> list[Reason]:
    """The reasons of all that is not planned when only started work is."""
    terms = exact_terms(sla_hard=hard)
    problem = Case(horizon=10, agents=(ANN, BOB), tasks=tasks, pairs=pairs, terms=terms).build()
    return reasons(problem, shortage(problem, pinned_plan(problem)))


def test_the_order_of_reasons_is_the_contracts() -> None:
    assert [r.value for r in Reason] == [
        "held",
        "final",
        "expired",
        "not_yet",
        "no_skill",
        "no_gain",
        "no_time",
        "no_places",
        "outbid",
    ]


def test_nobody_has_the_skill() -> None:
    assert why(Task(id="t", needs=needs("z"))) == [Reason.NO_SKILL]
    assert why(Task(id="t", needs=needs("x", "y"))) == [Reason.NO_SKILL]
    assert why(Task(id="t", needs=needs("x"))) == [Reason.OUTBID]


def test_everybody_who_has_the_skill_is_excluded() -> None:
    task = Task(id="t", needs=needs("x"))
    assert why(task, pairs=(Pair(task="t", agent="ann", allowed=False),)) == [Reason.NO_SKILL]
    assert why(task, pairs=(Pair(task="t", agent="bob", allowed=False),)) == [Reason.OUTBID]
    assert why(task, pairs=(Pair(task="t", agent="ann", bonus="1"),)) == [Reason.OUTBID]


def test_nobody_could_finish_it_within_the_horizon() -> None:
    assert why(Task(id="t", needs=needs("y"), minutes="4")) == [Reason.OUTBID]
    assert why(Task(id="t", needs=needs("y"), minutes="4.1")) == [Reason.NO_TIME]
    assert why(Task(id="t", minutes="4.1")) == [Reason.OUTBID]  # ann could


def test_nobody_could_finish_it_before_it_expires_or_after_it_may_start() -> None:
    assert why(Task(id="t", needs=needs("x"), minutes="5", expires=5)) == [Reason.OUTBID]
    assert why(Task(id="t", needs=needs("x"), minutes="5", expires=4)) == [Reason.NO_TIME]
    assert why(Task(id="t", needs=needs("x"), minutes="5", not_before=5)) == [Reason.OUTBID]
    assert why(Task(id="t", needs=needs("x"), minutes="5", not_before=6)) == [Reason.NO_TIME]
    assert why(Task(id="t", expires=0)) == [Reason.NO_TIME]


def test_nobody_could_finish_it_by_its_due_time_under_hard_sla() -> None:
    task = Task(id="t", needs=needs("x"), minutes="5", due=4)
    assert why(task) == [Reason.OUTBID]
    assert why(task, hard=True) == [Reason.NO_TIME]


def test_started_work_takes_the_time() -> None:
    task = Task(id="t", needs=needs("x"), minutes="5")
    assert why(task, Task(id="s", minutes="5", started_by="ann")) == [Reason.OUTBID]
    assert why(task, Task(id="s", minutes="6", started_by="ann")) == [Reason.NO_TIME]


def test_started_work_that_does_not_fit_has_no_time() -> None:
    assert why(Task(id="t", minutes="11", started_by="ann")) == [Reason.NO_TIME]
    assert why(Task(id="t", needs=needs("z"), minutes="11", started_by="ann")) == [Reason.NO_TIME]


def test_by_how_much_and_whom_it_fails() -> None:
    tasks = (
        Task(id="r", needs=needs("z")),
        Task(id="s", minutes="13"),
        Task(id="t", needs=needs("y"), minutes="6"),
        Task(id="u"),
    )
    case = Case(horizon=10, agents=(ANN, BOB), tasks=tasks)
    found = shortage(case.build(), make_plan([-1] * 4, [-1] * 4))
    assert found.tasks.tolist() == [0, 1, 2, 3]
    assert found.skilled.tolist() == [0, 2, 1, 2]
    assert found.allowed.tolist() == [0, 2, 1, 2]
    assert found.nearest.tolist() == [-1, 0, 1, 0]
    assert found.short.tolist() == [0, 3, 2, 0]


def test_who_is_excluded_is_skilled_but_not_allowed() -> None:
    tasks = (Task(id="s"), Task(id="t", needs=needs("x")), Task(id="u"))
    pairs = (
        Pair(task="s", agent="ann", allowed=False),
        Pair(task="t", agent="bob", allowed=False),  # who lacks the skill anyway
        Pair(task="u", agent="bob", bonus="1"),
    )
    problem = Case(horizon=10, agents=(ANN, BOB), tasks=tasks, pairs=pairs).build()
    found = shortage(problem, make_plan([-1] * 3, [-1] * 3))
    assert found.skilled.tolist() == [2, 1, 2]
    assert found.allowed.tolist() == [1, 1, 2]


def test_planned_tasks_have_no_reason() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="s"), Task(id="t"))).build()
    assert shortage(problem, make_plan([-1, 0], [-1, 0])).tasks.tolist() == [0]


@given(case=cases)
@examples(150)
def test_reasons_are_the_oracles(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    plan = greedy_plan(problem)
    found = shortage(problem, plan)
    for i, reason in zip(found.tasks.tolist(), reasons(problem, found), strict=True):
        assert reason is expected(case, oracle, i, lists(plan)[0]), i
    assert found.tasks.tolist() == [i for i, a in enumerate(lists(plan)[0]) if a < 0]


def expected(case: Case, oracle: Oracle, i: int, planned: list[int]) -> Reason:
    """The reason by the words of the contract, one agent and step after the other."""
    if i in oracle.stuck:
        return Reason.NO_TIME
    everybody = range(len(case.agents))
    allowed = [a for a in everybody if oracle.efficiency(i, a) is not None and not oracle.excluded(i, a)]
    if not allowed:
        return Reason.NO_SKILL
    early = not oracle.overdue(i)  # the earliest step, possible or not, pays most
    if not any(oracle._payoff(i, a, early) > oracle.undone(i) for a in allowed):
        return Reason.NO_GAIN
    able = [a for a in allowed if could(case, oracle, i, a)]
    if not able:
        return Reason.NO_TIME
    limits = {a: case.agents[a].max_tasks for a in able}
    if all(limit is not None and planned.count(a) >= limit for a, limit in limits.items()):
        return Reason.NO_PLACES
    return Reason.OUTBID


def could(case: Case, oracle: Oracle, i: int, a: int) -> bool:
    """Whether the agent could finish the task in a step that pays more than leaving it, after started work alone."""
    due, last = case.tasks[i].due, oracle.expiry(i, a)
    end = max(oracle.load(a), oracle.capacity(a, case.tasks[i].not_before)) + oracle.duration(i, a)
    if end > last:
        return False
    if oracle.on_time(i, a, end) and oracle._payoff(i, a, True) > oracle.undone(i):
        return True
    may_be_late = due is not None and (oracle.overdue(i) or not case.terms.sla_hard)
    return may_be_late and oracle._payoff(i, a, False) > oracle.undone(i)


def test_worthless_work_gains_nothing() -> None:
    assert why(Task(id="t", value="0")) == [Reason.NO_GAIN]
    assert why(Task(id="t", value="0", minutes="99")) == [Reason.NO_GAIN]  # possible or not
    assert why(Task(id="t", value="0.004")) == [Reason.NO_GAIN]  # rounded to nothing
    assert why(Task(id="t", value="0.005")) == [Reason.NO_GAIN]  # half to even
    assert why(Task(id="t", value="0.015")) == [Reason.OUTBID]
    assert why(Task(id="t", value="0", penalty="3", due=5)) == [Reason.OUTBID]  # leaving it is fined


def test_a_bonus_decides_whether_anything_is_gained() -> None:
    task = Task(id="t", needs=needs("x"), value="2")
    assert why(task, pairs=(Pair(task="t", agent="ann", bonus="-2"),)) == [Reason.NO_GAIN]
    assert why(task, pairs=(Pair(task="t", agent="ann", bonus="-1.99"),)) == [Reason.OUTBID]
    assert why(Task(id="t", value="2"), pairs=(Pair(task="t", agent="ann", bonus="-2"),)) == [Reason.OUTBID]  # bob
    assert why(Task(id="t", value="0"), pairs=(Pair(task="t", agent="ann", bonus="1"),)) == [Reason.OUTBID]


def test_a_cost_above_the_value_gains_nothing() -> None:
    def of(cost: str, minutes: str) -> list[Reason]:
        dear = Agent(id="ann", windows=((0, 60),), cost_per_hour=cost)
        terms = exact_terms(cost_weight="1")
        problem = Case(horizon=60, agents=(dear,), tasks=(Task(id="t", minutes=minutes),), terms=terms).build()
        return reasons(problem, shortage(problem, pinned_plan(problem)))

    assert of("60", "1") == [Reason.NO_GAIN]
    assert of("59", "1") == [Reason.OUTBID]
    assert of("2", "31") == [Reason.NO_GAIN]
    assert of("1", "61") == [Reason.NO_GAIN]
    assert of("0.5", "61") == [Reason.NO_TIME]


def test_late_work_that_pays_nothing_has_no_time() -> None:
    def of(task: Task, share: str) -> list[Reason]:
        problem = Case(horizon=10, agents=(ANN,), tasks=(task,), terms=exact_terms(late_share=share)).build()
        return reasons(problem, shortage(problem, pinned_plan(problem)))

    late = Task(id="t", minutes="5", due=4)
    assert of(late, "0") == [Reason.NO_TIME]
    assert of(late, "0.5") == [Reason.OUTBID]
    assert of(Task(id="t", minutes="5", due=4, penalty="9"), "0.5") == [Reason.OUTBID]  # late or left, it is fined
    assert of(Task(id="t", due=-5), "0") == [Reason.NO_GAIN]
    assert of(Task(id="t", due=-5), "0.5") == [Reason.OUTBID]


def test_everybody_who_could_has_as_many_tasks_as_they_may() -> None:
    one = Agent(id="ann", windows=((0, 10),), max_tasks=1)
    nobody = Agent(id="bob", windows=((0, 10),), max_tasks=0)
    busy = Agent(id="eve", windows=((0, 3),))
    tasks = (Task(id="s"), Task(id="t", minutes="4"))
    problem = Case(horizon=10, agents=(one, nobody, busy), tasks=tasks).build()
    found = shortage(problem, make_plan([0, -1], [0, -1]))
    assert reasons(problem, found) == [Reason.NO_PLACES]
    assert found.nearest.tolist() == [0]
    assert reasons(problem, shortage(problem, make_plan([-1, -1], [-1, -1]))) == [Reason.OUTBID] * 2
    with_room = Case(horizon=10, agents=(one, nobody, Agent(id="eve", windows=((0, 4),))), tasks=tasks).build()
    assert reasons(with_room, shortage(with_room, make_plan([0, -1], [0, -1]))) == [Reason.OUTBID]


def possible(*tasks: Task, pairs: tuple[Pair, ...] = ()) -> list[bool]:
    """Which of the tasks anybody could have on time."""
    problem = Case(horizon=10, agents=(ANN, BOB), tasks=tasks, pairs=pairs).build()
    return on_time_possible(problem, np.arange(len(tasks))).tolist()


def test_on_time_is_possible_when_anybody_could() -> None:
    assert possible(Task(id="t", minutes="4", due=4)) == [True]
    assert possible(Task(id="t", minutes="4.1", due=4)) == [False]
    assert possible(Task(id="t", minutes="10")) == [True]
    assert possible(Task(id="t", due=0)) == [False]
    assert possible(Task(id="t", minutes="5", due=8, not_before=4)) == [False]
    assert possible(Task(id="t", minutes="4", due=4, expires=3)) == [False]
    assert possible(Task(id="t", needs=needs("z"), due=4)) == [False]
    assert possible(Task(id="t", needs=needs("y"), due=4), pairs=(Pair(task="t", agent="bob", allowed=False),)) == [
        False
    ]


def test_started_work_is_on_time_or_not_whatever_the_plan() -> None:
    started = Task(id="s", minutes="6", due=6, started_by="ann")
    assert possible(started, Task(id="t", needs=needs("x"), due=6)) == [True, False]
    assert possible(started, Task(id="u", minutes="1", due=9, started_by="ann")) == [True, True]
    assert possible(started, Task(id="u", minutes="1", due=5, started_by="ann")) == [False, True]
    assert possible(Task(id="s", minutes="11", due=9, started_by="ann")) == [False]


@given(case=cases)
@examples(150)
def test_on_time_is_possible_when_the_oracle_says_so(case: Case) -> None:
    oracle = Oracle(case)
    everything = range(len(case.tasks))
    found = on_time_possible(case.build(), np.arange(len(case.tasks))).tolist()
    assert found == [somebody_could(case, oracle, i) for i in everything]


def somebody_could(case: Case, oracle: Oracle, i: int) -> bool:
    if oracle.overdue(i) or i in oracle.stuck:
        return False
    if i in oracle.started:
        a, start = oracle.started[i]
        end = start + oracle.duration(i, a)
        return oracle.on_time(i, a, end) and end <= oracle.expiry(i, a)
    allowed = [a for a in range(len(case.agents)) if oracle.efficiency(i, a) is not None and not oracle.excluded(i, a)]
    ends = [
        (a, max(oracle.load(a), oracle.capacity(a, case.tasks[i].not_before)) + oracle.duration(i, a)) for a in allowed
    ]
    return any(oracle.on_time(i, a, end) and end <= oracle.expiry(i, a) for a, end in ends)
