"""Bounds by prices of tasks: what each agent alone could earn above them."""

from typing import Any

import numpy as np
import pytest

from scheduler.audit import AuditReport, audit
from scheduler.audit.programme import _best_set_py
from scheduler.audit.sweep import SCALE
from tests.scheduler.audit.case import Reference, at, snapshot_of
from tests.scheduler.audit.proved import priced

TASK_PRICES = ("task_id", "price")


def tasks_bounded(rows: list[tuple[Any, ...]], columns: tuple[str, ...] = TASK_PRICES, bound: int = 0) -> AuditReport:
    """The audit of the same plan with such prices of tasks, and none for the agent's time."""
    tasks = [{"task_id": "t", "value": 10, "minutes": 40}, {"task_id": "u", "value": 5, "due_at": at(40)}]
    snapshot = snapshot_of(tasks, horizon="60m")
    reference = Reference(snapshot)
    run = reference.with_bound(reference.run({"ann": ["t"]}), bound).with_run(bound_source="programmes")
    prices = priced([("ann", 0, 0)])
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, prices, of_tasks=priced(rows, columns))


def test_prices_of_tasks_prove_a_bound_by_whole_tasks():
    # t and u fill 70 of 60 grains: the better one alone; when t asks too much for itself, u, on time and late
    report = tasks_bounded([], bound=1000)
    assert report.ok
    assert report.notes == ("the certificate proves the bound 10.00",)
    assert tasks_bounded([("t", 200 * SCALE)]).certified_bound == 200 + 800
    assert tasks_bounded([("t", 900 * SCALE)]).certified_bound == 900 + 500 + 250
    assert tasks_bounded([("t", 1)]).certified_bound == 1000


def test_what_is_found_soonest_is_enough_where_no_less_is_claimed():
    """All pairs together keep 17.50: whole tasks are looked at only where a lower bound is claimed."""
    assert tasks_bounded([], bound=1750).certified_bound == 1000 + 500 + 250
    assert tasks_bounded([], bound=1749).certified_bound == 1000


def test_the_run_claims_no_less_than_its_prices_of_tasks_prove():
    report = tasks_bounded([("t", 900 * SCALE)], bound=1649)
    assert report.totals == {"bound": 1}
    assert report.violations[0].message == "bound is 16.49, its certificate proves only 16.50"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("v", 1)], "v is not a task of the snapshot"),
        ([("t", -1)], "t has a negative price"),
        ([("t", None), ("u", 1)], "t has a missing number"),
        ([("t", 1), ("t", 1)], "t has two prices"),
        ([("t", 1 << 60)], "t has a price too large"),
    ],
)
def test_prices_of_tasks_that_prove_nothing_are_refused(rows, message):
    report = tasks_bounded(rows, bound=1000)
    assert report.totals == {"bound": 1}
    assert message in report.violations[0].message
    assert report.certified_bound is None


def test_prices_of_tasks_without_a_price_are_refused():
    report = tasks_bounded([("t",)], ("task_id",), bound=1000)
    assert report.violations[0].message == "certificate_tasks: price missing"


def best(*jobs: tuple[int, int, int]) -> int:
    """What the best set of jobs (grains, deadline, margin) earns, uncompiled."""
    rows = np.array(sorted(jobs, key=lambda job: job[1]), np.int64).reshape(-1, 3)
    return _best_set_py(*rows.T)


@pytest.mark.parametrize(
    ("jobs", "earned"),
    [
        ([], 0),
        ([(3, 2, 9)], 0),
        ([(2, 2, 9)], 9),
        ([(2, 2, 9), (2, 3, 8)], 9),
        ([(2, 2, 9), (2, 4, 8)], 17),
        ([(1, 1, 1), (3, 3, 5), (1, 4, 4)], 9),
        ([(2, 9, 3)] * 5, 12),
    ],
)
def test_the_best_set_keeps_every_deadline(jobs, earned):
    assert best(*jobs) == earned
