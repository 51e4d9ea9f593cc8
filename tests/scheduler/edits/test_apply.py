"""What an edit does is looked at in plans, and every plan is checked against its files by `allot check`'s own code."""

from pathlib import Path

import polars as pl
import pytest

from tests.scheduler.edits.small import again, planned_office, tasks


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    """A plan of the office: four claims each for Ann and Bob would fit, there are six."""
    return planned_office(tmp_path_factory.mktemp("runs") / "earlier")


def doers(result):
    return dict(result.plan.select("task_id", "agent_id").iter_rows())


def left(result):
    return dict(result.unplanned.select("task_id", "reason").iter_rows())


def test_nobody_works_who_is_out(earlier):
    found = again(earlier, ("agent_out", "Ann"))
    assert set(doers(found).values()) == {"Bob"}
    assert found.run["counts"]["planned"] == 4


def test_somebody_who_leaves_works_until_then(earlier):
    found = again(earlier, ("agent_out", "Ann@10:00"))
    ends = found.plan.filter(pl.col("agent_id") == "Ann")["end_at"]
    assert len(ends) == 2
    assert ends.max().hour == 10


def test_somebody_who_is_late_begins_then(earlier):
    found = again(earlier, ("agent_late", "Bob=09:30"))
    assert found.plan.filter(pl.col("agent_id") == "Bob")["start_at"].min().strftime("%H:%M") == "09:30"


def test_what_somebody_who_is_out_has_begun_goes_back_into_the_queue(earlier):
    begun = tasks(status=["in_progress", *["queued"] * 5], agent_id=["Ann", *[None] * 5])
    found = again(earlier, ("agent_out", "Ann"), tasks=begun)
    assert doers(found).get("T1", "Bob") == "Bob"
    assert left(found).get("T1", "outbid") == "outbid"


def test_more_tasks(earlier, tmp_path):
    file = tmp_path / "urgent.csv"
    file.write_text("task_id,process,value,due_at\nU1,claim,99,2026-03-02T09:00\n", encoding="utf-8")
    found = again(earlier, ("add_task", str(file)))
    row = found.plan.row(by_predicate=pl.col("task_id") == "U1", named=True)
    assert (row["outcome"], row["payoff"]) == ("on_time", 99.0)
    assert found.run["counts"]["tasks"] == 7


@pytest.mark.parametrize("agent", ["Ann", "Bob"])
def test_a_pin_is_kept_and_marked(earlier, agent):
    found = again(earlier, ("pin", f"T1={agent}"))
    assert doers(found)["T1"] == agent
    assert found.plan.filter(pl.col("pinned"))["task_id"].to_list() == ["T1"]


def test_who_is_forbidden_does_not_do_it(earlier):
    found = again(earlier, ("forbid", "T1=Ann"), ("forbid", "T1=Bob"))
    assert left(found) == {"T1": "no_skill"}


def test_a_forbidden_pair_loses_nothing_else_of_the_table(earlier):
    special = pl.DataFrame({"task_id": ["T2", "T3"], "agent_id": ["Ann", "Ann"], "bonus": [5.0, 5.0]})
    found = again(earlier, ("forbid", "T2=Ann"), pairs=special)
    assert doers(found)["T2"] == "Bob"
    assert found.plan.filter(pl.col("task_id") == "T3")["payoff"].item() == 15.0


def test_held_and_cancelled_work_is_not_planned(earlier):
    assert left(again(earlier, ("hold", "T1"), ("cancel", "T2"))) == {"T1": "held", "T2": "final"}


def test_resumed_work_is_planned(earlier):
    assert "T1" in doers(again(earlier, ("resume", "T1"), tasks=tasks(status=["held", *["queued"] * 5])))


def test_another_deadline(earlier):
    found = again(earlier, ("due", "T1=08:30"))
    assert found.plan.filter(pl.col("task_id") == "T1")["outcome"].to_list() in ([], ["late"])


def test_what_counts_more_pays_more(earlier):
    found = again(earlier, ("boost", "process:claim=2.5"))
    assert found.run["objective"] == 6 * 25.0


def test_objective_and_bound_are_those_of_the_problem_with_its_edits(earlier):
    found = again(earlier, ("agent_out", "Ann"))
    assert (found.run["objective"], found.run["bound"]) == (40.0, 40.0)


def test_every_pin_hold_and_forbid_says_what_it_costs(earlier):
    found = again(earlier, ("hold", "T1"), ("forbid", "T2=Ann"))
    costs = {edit["edit"]: edit["cost"] for edit in found.run["replan"]["edits"]}
    assert list(costs) == ["hold T1", "forbid T2=Ann"]
    assert costs["hold T1"] == {"points": 10.0, "at_least": 10.0, "at_most": 10.0}
    assert costs["forbid T2=Ann"] == {"points": 0.0, "at_least": 0.0, "at_most": 0.0}
