"""One agent alone with one step per task: the textbook programme for 1 || sum w U agrees with the exact engine.

Source: E. L. Lawler, J. M. Moore, Management Science 16 (1969) 77-84.
"""

from random import Random

from hypothesis import given

from models import Terms
from tests.models.case import Agent, Case, Task
from tests.models.oracle import Oracle
from tests.models.solving import solve, solver_alone
from tests.models.strategies import decimal, examples, randoms


def lawler_moore(jobs: list[tuple[int, int, int]]) -> int:
    """The most that jobs (duration, deadline, weight) can be worth on one machine.

    f[t] is the most the jobs looked at so far, in order of deadline, are worth when those done take exactly t.
    """
    f = {0: 0}
    for duration, deadline, weight in sorted(jobs, key=lambda job: job[1]):
        for t, worth in sorted(f.items(), reverse=True):
            if t + duration <= deadline:
                f[t + duration] = max(f.get(t + duration, worth + weight), worth + weight)
    return max(f.values())


def one_agent_case(random: Random) -> Case:
    """A day of one agent under hard SLA, with up to a dozen tasks due at any time or never."""
    horizon = random.randint(10, 30)
    agent = Agent(
        id="a",
        skills={"x": (1, random.choice(["1", "0.7", "1.3"]))},
        windows=((0, horizon // 3), (horizon // 2, horizon)),
        max_utilization=random.choice(["1", "0.9"]),
    )
    tasks = tuple(
        Task(
            id=f"t{k}",
            needs=((("x", 1),),),
            minutes=decimal(random, 1, 8, 1),
            value=decimal(random, 1, 30, 2),
            penalty=decimal(random, 0, 3, 2),
            due=random.choice([None, random.randint(1, horizon + 5), random.randint(1, horizon)]),
        )
        for k in range(random.randint(6, 12))
    )
    return Case(horizon=horizon, agents=(agent,), tasks=tasks, terms=Terms(sla_hard=True))


@given(case=randoms.map(one_agent_case))
@examples(40)
def test_one_agent_alone(case: Case) -> None:
    oracle = Oracle(case)
    undone = [oracle.undone(i) for i in range(len(case.tasks))]
    jobs = [
        (
            oracle.duration(i, 0),
            oracle.total(0) if task.due is None else oracle.capacity(0, task.due),
            oracle.payoff(i, 0, 0) - undone[i],
        )
        for i, task in enumerate(case.tasks)
    ]
    best = sum(undone) + lawler_moore(jobs)
    with solver_alone():
        assert solve("exact", case.build()).objective == best
    assert solve("scale", case.build()).objective <= best


def test_the_programme_on_a_textbook_case() -> None:
    assert lawler_moore([]) == 0
    assert lawler_moore([(5, 4, 9)]) == 0
    assert lawler_moore([(3, 3, 5), (3, 4, 6), (2, 6, 4)]) == 10
    assert lawler_moore([(4, 10, 1), (4, 10, 1), (4, 10, 1)]) == 2
