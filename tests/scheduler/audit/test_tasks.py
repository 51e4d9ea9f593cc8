"""Tasks with what their process and the policy say of them."""

import polars as pl

from scheduler.audit.tasks import index_in
from tests.scheduler.audit.audited import audited
from tests.scheduler.audit.case import Reference, at, snapshot_of


def test_defaults_come_from_the_process_then_the_policy():
    snapshot = snapshot_of(
        [
            {"task_id": "a", "created_at": at(-60)},
            {"task_id": "b", "value": 7, "process": "q"},
            {"task_id": "c", "process": "q"},
        ],
        processes=[
            {"process": "p", "minutes": 10, "sla_minutes": 75.5, "value": 5, "penalty": 1, "tenant": "acme"},
            {"process": "q", "minutes": 20},
        ],
    )
    run = Reference(snapshot, {"payoff": {"default_value": 2.5}}).run({"ann": ["b", "c", "a"]})
    assert run.plan["payoff"].to_list() == [7.0, 2.5, 1.5]
    assert run.plan["outcome"].to_list() == ["on_time", "on_time", "late"]
    assert audited(snapshot, run).ok


def test_places_of_values_among_known_ones():
    known = pl.Series(["b", "ä", "a"])
    assert index_in(pl.Series(["a", None, "A", "ä", "a"]), known).tolist() == [2, -1, -1, 1, 2]
    assert index_in(pl.Series([], dtype=pl.String), known).tolist() == []
