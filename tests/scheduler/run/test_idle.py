"""Who is idle while work waits that they could do."""

import polars as pl

from models import Problem, evaluate
from scheduler.run.idle import idle_people
from tests.models.case import Agent, Case, Task, make_plan, needs, skills

LEFT = pl.DataFrame({"task_id": ["u"], "reason": ["outbid"]})
NONE = LEFT.clear()


def world(ann: tuple[int, int], bob: tuple[int, int]) -> Problem:
    people = (
        Agent(id="ann", skills=skills("x"), windows=(ann,)),
        Agent(id="bob", skills=skills("x", "y"), windows=(bob,)),
    )
    tasks = (Task(id="s", minutes="60", due=-1), Task(id="t", minutes="60", due=-1), Task(id="u", needs=needs("y")))
    return Case(horizon=480, agents=people, tasks=tasks).build()


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
