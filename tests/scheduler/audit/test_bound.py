"""Certificates: the bound that prices prove, and prices that prove nothing."""

from typing import Any

import polars as pl
import pytest

from scheduler.audit import AuditReport, audit
from scheduler.audit.sweep import SCALE
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

CENTS_PER_GRAIN = 10


def priced(rows: list[tuple[Any, ...]], columns: tuple[str, ...] = ("agent_id", "from_grain", "price")) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row")


def bounded(certificate: pl.DataFrame, hundredths: int = 0, source: str = "certificate", **world: Any) -> AuditReport:
    """The audit of the plan [t, u] of an agent with 60 minutes, where t is worth 10 and u, due at 40, 5."""
    tasks = [{"task_id": "t", "value": 10}, {"task_id": "u", "value": 5, "due_at": at(40)}]
    snapshot = snapshot_of(tasks, horizon="60m", **world)
    reference = Reference(snapshot)
    run = reference.with_bound(reference.run({"ann": ["u", "t"]}), hundredths).with_run(bound_source=source)
    run.certificate = certificate
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)


def test_prices_prove_a_bound():
    # each task takes 30 grains at 10 cents: margins 10 - 3 and 5 - 3, the hour costs 6
    certificate = priced([("ann", 0, CENTS_PER_GRAIN * SCALE)])
    report = bounded(certificate, 1500)
    assert report.ok
    assert report.certified_bound == 1500
    assert report.notes == ("the certificate proves the bound 15.00",)


def test_a_price_holds_from_its_grain():
    # t may end at 60 and pays 5 a grain, u by 40 pays 10 or late 5; clock up to 40: deadlines 1..40 at 10
    certificate = priced([("ann", 0, 10 * SCALE), ("ann", 41, 5 * SCALE)])
    assert bounded(certificate, 850 + 200 + 400 + 100).certified_bound == 1550


def test_costs_of_many_digits_are_added_up():
    # half an hour costs 6.17 hundredths with ann, 699.38 with bob
    agents = [
        {"agent_id": "ann", "cost_per_hour": 0.12345678901234568},
        {"agent_id": "bob", "cost_per_hour": 13.98765432109876},
    ]
    tasks = [{"task_id": "t", "value": 10}, {"task_id": "u", "value": 5, "due_at": at(40)}]
    snapshot = snapshot_of(tasks, agents, horizon="60m")
    reference = Reference(snapshot, {"payoff": {"cost_weight": 1}})
    run = reference.with_bound(reference.run({"ann": ["u", "t"]}), 994 + 494).with_run(bound_source="certificate")
    prices = priced([("ann", 0, 0), ("bob", 0, 0)])
    report = audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, prices)
    assert report.ok
    assert report.certified_bound == 994 + 494


def test_bounds_are_rounded_up():
    assert bounded(priced([("ann", 0, 1)])).certified_bound == 1500
    assert bounded(priced([("ann", 0, 17 * SCALE + 1)])).certified_bound == 490 + 60 * 17 + 1


def test_an_agent_without_prices_asks_nothing():
    assert bounded(priced([("ann", 0, 0)])[:0]).certified_bound == 1500


def test_a_price_per_task_needs_max_tasks():
    columns = ("agent_id", "from_grain", "price", "task_price")
    certificate = priced([("ann", 0, 0, 300 * SCALE)], columns)
    report = bounded(certificate, agents=[{"agent_id": "ann", "max_tasks": 2}])
    assert report.certified_bound == 700 + 200 + 600
    report = bounded(certificate)
    assert "has a task_price but no max_tasks" in str(report.violations[-1])


def test_the_run_claims_no_less_than_its_certificate_proves():
    certificate = priced([("ann", 0, 20 * SCALE)])
    assert bounded(certificate, 1600).ok
    assert bounded(certificate, 1601).ok
    report = bounded(certificate, 1599)
    assert report.totals == {"bound": 1}
    assert report.violations[0].message == "bound is 15.99, its certificate proves only 16.00"


def test_a_bound_of_the_solver_is_named_as_a_claim():
    certificate = priced([("ann", 0, 20 * SCALE)])
    report = bounded(certificate, 1500, source="exact")
    assert report.ok
    assert report.certified_bound == 400 + 0 + 1200
    assert report.notes == ("the certificate proves the bound 16.00; bound 15.0 is claimed by exact",)


def test_a_bound_without_a_certificate_is_named_as_a_claim():
    snapshot = snapshot_of([{"task_id": "t"}])
    reference = Reference(snapshot)
    run = reference.with_bound(reference.run({"ann": ["t"]}), 100, "optimal").with_run(bound_source="exact")
    assert _audited(snapshot, run).notes == ("bound 1.0 is claimed by exact without a certificate",)
    run = run.with_run(bound_source="certificate")
    assert _audited(snapshot, run).totals == {"bound": 1}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("eve", 0, 1)], "eve is not an agent of the snapshot"),
        ([("ann", 0, -1)], "ann has a negative price"),
        ([("ann", 1, 1)], "ann has no price from grain 0"),
        ([("ann", 0, 1), ("ann", 0, 1)], "ann has two prices from one grain"),
        ([("ann", 0, 1), ("ann", 9, 2)], "ann has a price that rises"),
        ([("ann", 0, None), ("ann", 9, 2)], "ann has a missing number"),
        ([("ann", 0, 1 << 60)], "too large or with too many digits"),
    ],
)
def test_prices_that_prove_nothing_are_refused(rows, message):
    report = bounded(priced(rows), 1500)
    assert report.totals == {"bound": 1}
    assert message in report.violations[0].message
    assert report.certified_bound is None


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


def test_a_bound_by_whole_tasks_needs_their_prices():
    report = bounded(priced([("ann", 0, CENTS_PER_GRAIN * SCALE)]), 1500, source="programmes")
    assert [v.message for v in report.violations] == [
        "bound_source is 'programmes', but the run has no prices of tasks"
    ]


def test_a_certificate_without_prices_is_refused():
    report = bounded(priced([("ann", 0)], ("agent_id", "from_grain")), 1500)
    assert report.violations[0].message == "certificate: price missing"


def _audited(snapshot: Any, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)
