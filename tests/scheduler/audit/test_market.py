"""What tasks keep at the prices of agents' time."""

from scheduler.audit import audit
from scheduler.audit.sweep import SCALE
from tests.scheduler.audit.case import Reference, at, snapshot_of
from tests.scheduler.audit.proved import CENTS_PER_GRAIN, bounded, priced


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


def test_an_agent_without_prices_asks_nothing():
    assert bounded(priced([("ann", 0, 0)])[:0]).certified_bound == 1500


def test_a_price_per_task_needs_max_tasks():
    columns = ("agent_id", "from_grain", "price", "task_price")
    certificate = priced([("ann", 0, 0, 300 * SCALE)], columns)
    report = bounded(certificate, agents=[{"agent_id": "ann", "max_tasks": 2}])
    assert report.certified_bound == 700 + 200 + 600
    report = bounded(certificate)
    assert "has a task_price but no max_tasks" in str(report.violations[-1])
