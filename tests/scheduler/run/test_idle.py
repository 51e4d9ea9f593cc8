"""Who is idle while work waits that they could do."""

import polars as pl

from models import Problem, evaluate
from scheduler.run.idle import idle_people, idle_record, spare_time, waiting_work
from tests.models.case import Agent, Case, Task, make_plan, needs, skills

LEFT = pl.DataFrame({"task_id": ["u"], "reason": ["outbid"]})
NONE = LEFT.clear()
ALL = slice(None)


def world(ann: tuple[int, int], bob: tuple[int, int], chosen: slice = ALL) -> Problem:
    people = (
        Agent(id="ann", skills=skills("x"), windows=(ann,)),
        Agent(id="bob", skills=skills("x", "y"), windows=(bob,)),
    )
    tasks = (Task(id="s", minutes="60", due=-1), Task(id="t", minutes="60", due=-1), Task(id="u", needs=needs("y")))
    return Case(horizon=480, agents=people, tasks=tasks[chosen]).build()


def test_overdue_work_waits_while_somebody_is_free():
    problem = world((0, 480), (0, 480))
    found = idle_people(problem, evaluate(problem, make_plan([0, 0, 1], [0, 60, 0])), NONE)
    assert found is not None
    assert (found.people, found.tasks, found.examples) == (1, 1, ("t",))
    assert found.agents == ("bob",)


def test_who_is_free_only_later_is_not_idle():
    problem = world((0, 480), (240, 480))
    assert idle_people(problem, evaluate(problem, make_plan([0, 0, 1], [0, 60, 0])), NONE) is None
    short = world((0, 120), (0, 60))
    assert idle_people(short, evaluate(short, make_plan([0, 0, -1], [0, 60, -1])), NONE) is not None


def test_work_left_out_waits_for_whoever_has_the_skill():
    problem = world((0, 480), (0, 480))
    found = idle_people(problem, evaluate(problem, make_plan([0, 1, -1], [0, 0, -1])), LEFT)
    assert found is not None
    assert (found.agents, found.tasks, found.hours) == (("bob",), 1, 7.0)
    nobody = world((0, 480), (0, 60))
    assert idle_people(nobody, evaluate(nobody, make_plan([0, 1, -1], [0, 0, -1])), LEFT) is None


def test_work_in_parts_waits_for_the_same_people() -> None:
    ends = (0, 480), (0, 480)
    whole, first, second = world(*ends), world(*ends, slice(2)), world(*ends, slice(2, None))
    result = evaluate(whole, make_plan([0, 0, -1], [0, 60, -1]))
    spare = spare_time(whole, result.agents, result.start, result.grains)
    overdue = waiting_work(first, spare, evaluate(first, make_plan([0, 0], [0, 60])), NONE)
    left = waiting_work(second, spare, evaluate(second, make_plan([-1], [-1])), LEFT)
    assert (overdue.people.tolist(), left.people.tolist()) == ([False, True], [False, True])
    found = idle_record(whole, spare, overdue.people | left.people, len(overdue.tasks) + len(left.tasks), ["t", "u"])
    assert found == idle_people(whole, result, LEFT)
