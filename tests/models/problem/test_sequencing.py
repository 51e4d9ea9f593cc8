from itertools import permutations
from random import Random

import numpy as np
from hypothesis import given

from models import ProblemBuilder, starts_in_time
from tests.models.strategies import examples, randoms


def some_day(random: Random):
    """A day of one agent with tasks that wait for their release and expire."""
    builder = ProblemBuilder(20).agent("a", windows=[(0, 8), (10, 20)])
    builder.task("s", minutes=random.randint(1, 3), started_by="a")
    for k in range(random.randint(1, 5)):
        release = random.choice([0, 0, random.randint(0, 15)])
        expires = random.randint(max(release + 1, 4), 20)
        builder.task(f"t{k}", minutes=random.randint(1, 5), not_before=release, expires=expires)
    return builder.build()


def by_trying_everything(problem, tasks) -> bool:
    """Whether some order does all tasks in time."""
    clock = problem.clocks
    for order in permutations(tasks.tolist()):
        end = int(problem.pinned_load[0])
        for i in order:
            end = max(end, int(clock.capacity(0, problem.release[i]))) + int(problem.durations([i], [0])[0])
            if end > int(clock.capacity(0, problem.expires[i])):
                break
        else:
            return True
    return False


@given(random=randoms)
@examples(150)
def test_there_is_a_sequence_exactly_when_trying_everything_finds_one(random: Random):
    problem = some_day(random)
    tasks = np.flatnonzero(problem.free)
    starts = starts_in_time(problem, 0, tasks)
    assert (starts is not None) == by_trying_everything(problem, tasks)
    if starts is not None:
        ends = np.array(starts) + problem.durations(tasks, np.zeros(len(tasks), np.int64))
        order = np.argsort(starts)
        assert (np.array(starts)[order][1:] >= ends[order][:-1]).all()
        assert (ends <= problem.clocks.capacity(0, problem.expires[tasks])).all()
        assert (np.array(starts) >= problem.clocks.capacity(0, problem.release[tasks])).all()


def test_nothing_to_do_is_always_in_time():
    problem = ProblemBuilder(10).agent("a").build()
    assert starts_in_time(problem, 0, np.zeros(0, np.int64)) == []
