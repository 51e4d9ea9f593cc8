"""Exceptions for a task and an agent."""

import numpy as np
import polars as pl

from scheduler.audit import audit
from scheduler.audit.pairs import Pairs, build_pairs, reserved_for
from tests.scheduler.audit.case import Reference, snapshot_of


def test_minutes_of_a_pair_replace_the_computed_ones():
    snapshot = snapshot_of(
        [{"task_id": "t", "skills": "a"}],
        agent_skills=[{"agent_id": "ann", "skill": "a", "efficiency": 2}],
        pairs=[{"task_id": "t", "agent_id": "ann", "minutes": 44.5}],
    )
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["minutes"].to_list() == [45.0]
    assert audit(snapshot, run.run, run.plan, run.unplanned, run.rejects).ok


def exceptions() -> Pairs:
    """Two pairs of a known task, in no order, and one of a task that is not there."""
    table = pl.DataFrame(
        {
            "task_id": ["u", "t", "gone"],
            "agent_id": ["ann", "bob", "ann"],
            "allowed": [True, False, True],
            "minutes": [None, 5.0, None],
            "bonus": [1.5, None, None],
        }
    )
    return build_pairs(table, pl.Series(["t", "u"]), pl.Series(["ann", "bob"]))


def test_only_pairs_of_known_tasks_and_agents_count():
    task, agent = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert exceptions().allows(task, agent).tolist() == [True, False, True, True]


def test_a_task_reserved_for_somebody_is_nobody_elses():
    task, agent = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert reserved_for(exceptions(), np.array([-1, 0])).allows(task, agent).tolist() == [True, False, True, False]
