"""The options that models are made of, against the oracle."""

import numpy as np
from hypothesis import given

from models import LATE, ON_TIME
from models.problem.arrays import arrays_of
from models.problem.modes import count_modes, list_modes, rows_by_agent
from tests.models.case import Case
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples


@given(case=cases)
@examples(200)
def test_options_are_what_is_possible_and_gains(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    A = arrays_of(problem)
    modes = list_modes(A)
    gains = problem.payoffs(modes.task, modes.agent, modes.step) - problem.undone[modes.task]
    found = {
        (int(i), int(a), int(s)): (int(p), int(r), int(d), int(g))
        for i, a, s, p, r, d, g in zip(
            *(modes.task, modes.agent, modes.step, modes.grains),
            *(modes.earliest, modes.due, gains),
            strict=True,
        )
    }
    assert len(found) == len(modes.agent) <= count_modes(A)
    expected = possible(case, oracle)
    # what gains less than half a hundredth may be listed or not
    assert {k: v for k, v in found.items() if v[3] > 0} == {k: v for k, v in expected.items() if v[3] > 0}
    assert set(found) <= set(expected)


def possible(case: Case, oracle: Oracle) -> dict[tuple[int, int, int], tuple[int, int, int, int]]:
    """(task, agent, step) -> (grains, earliest start, deadline, gain) of all that could be done, alone."""
    found = {}
    for i, task in enumerate(case.tasks):
        for a in range(len(case.agents)):
            if task.started_by or oracle.efficiency(i, a) is None or oracle.excluded(i, a):
                continue
            grains = oracle.duration(i, a)
            earliest = max(oracle.load(a), oracle.capacity(a, task.not_before))
            due = oracle.total(a) if task.due is None else oracle.capacity(a, task.due)
            last = oracle.expiry(i, a)
            steps = {} if oracle.overdue(i) else {ON_TIME: min(due, last)}
            expires = case.horizon if task.expires is None else min(task.expires, case.horizon)
            beyond = oracle.overdue(i) or (task.due is not None and task.due < expires)
            if beyond and (oracle.overdue(i) or not case.terms.sla_hard):
                steps[LATE] = last
            for step, deadline in steps.items():
                end = 0 if step == ON_TIME else 10**6
                gain = oracle.payoff(i, a, end) - oracle.undone(i)
                if earliest + grains <= deadline and gain >= 0:
                    found[i, a, step] = (grains, earliest, deadline, gain)
    return found


def test_no_options_without_people_or_work() -> None:
    for case in (Case(horizon=5), Case(horizon=5).with_tasks()):
        modes = list_modes(arrays_of(case.build()))
        assert len(modes.agent) == 0
        assert modes.first.tolist() == np.zeros(1).tolist()


@given(case=cases)
@examples(50)
def test_rows_by_agent_are_all_rows_in_order(case: Case) -> None:
    modes = list_modes(arrays_of(case.build()))
    groups = rows_by_agent(modes)
    assert sorted(k for rows in groups for k in rows.tolist()) == list(range(len(modes.agent)))
    assert all(np.all(np.diff(rows) > 0) for rows in groups)
    owners = [np.unique(modes.agent[rows]).tolist() for rows in groups]
    assert owners == [[a] for a in np.unique(modes.agent).tolist()]
