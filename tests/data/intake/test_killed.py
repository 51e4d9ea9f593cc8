"""A process that is killed at any moment: the next one goes on, nothing is lost and nothing counts twice."""

import random
import subprocess
import sys
from collections import defaultdict

import pytest
import sqlalchemy as sa

from data import Operation, check_store, fold
from tests.data.intake.reading import read_on, script

pytestmark = pytest.mark.slow

COUNT, KILLS = 800, 8


def test_a_source_whose_reader_is_killed_is_read_once(store, store_url):
    dice = random.Random(11)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.data.intake.reading", store_url, str(COUNT)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            reader.stdout.readline()  # it is at work
            try:
                reader.wait(timeout=dice.uniform(0, 0.02))
            except subprocess.TimeoutExpired:
                reader.kill()
    read_on(store_url, COUNT)

    sent = script(COUNT)
    with store.reading() as connection:
        outcomes = connection.execute(sa.text("SELECT key, outcome FROM operations ORDER BY event_id")).all()
        tasks = connection.execute(sa.text("SELECT task_id, status, value FROM task_list")).all()
        assert check_store(connection).differences == []
    assert [key for key, _ in outcomes] == [operation.key for operation in sent]
    assert {name: (status, value) for name, status, value in tasks} == followed(sent)


def followed(sent: list[Operation]) -> dict[str, tuple[str, object]]:
    """The task list that follows when each key arrives once, in the order of the versions."""
    on: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in sorted(sent, key=lambda o: o.version or 0):
        on[operation.task_id][operation.key] = operation
    tasks = [fold(some.values()).task for some in on.values()]
    return {task.task_id: (task.status, task.values.get("value")) for task in tasks if task is not None}
