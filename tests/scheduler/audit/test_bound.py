"""Certificates: the bound that prices prove, and prices that prove nothing."""

import pytest

from scheduler.audit.sweep import SCALE
from tests.scheduler.audit.case import Reference, snapshot_of
from tests.scheduler.audit.proved import CENTS_PER_GRAIN, _audited, bounded, priced


def test_bounds_are_rounded_up():
    assert bounded(priced([("ann", 0, 1)])).certified_bound == 1500
    assert bounded(priced([("ann", 0, 17 * SCALE + 1)])).certified_bound == 490 + 60 * 17 + 1


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
    assert report.notes == ("the certificate proves the bound 16.00; bound 15.0 is claimed by exact, and not re-added",)


def test_a_bound_by_whom_nobody_knows_is_none():
    report = bounded(priced([("ann", 0, 20 * SCALE)]), 1600, source="magic")
    assert report.totals == {"bound": 1}
    assert "bound_source is 'magic', which proves nothing" in report.violations[0].message


def test_a_bound_without_a_certificate_is_named_as_a_claim():
    snapshot = snapshot_of([{"task_id": "t"}])
    reference = Reference(snapshot)
    run = reference.with_bound(reference.run({"ann": ["t"]}), 100, "optimal").with_run(bound_source="exact")
    assert _audited(snapshot, run).notes == (
        "bound 1.0 is claimed by exact, and not re-added: there is no certificate",
    )
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


def test_a_bound_by_whole_tasks_needs_their_prices():
    report = bounded(priced([("ann", 0, CENTS_PER_GRAIN * SCALE)]), 1500, source="programmes")
    assert [v.message for v in report.violations] == [
        "bound_source is 'programmes', but the run has no prices of tasks"
    ]


def test_a_certificate_without_prices_is_refused():
    report = bounded(priced([("ann", 0)], ("agent_id", "from_grain")), 1500)
    assert report.violations[0].message == "certificate: price missing"
