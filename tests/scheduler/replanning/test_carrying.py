"""Edits over several re-plans of one office, every plan checked against its files by `allot check`'s own code."""

from pathlib import Path

import polars as pl
import pytest

from scheduler import plan
from scheduler.audit import audit_run
from scheduler.edits import EditError
from scheduler.replanning import ReplanRequest, replan
from tests.scheduler.edits.small import OPTIONS, frames, office, tasks

pytestmark = pytest.mark.slow

BEGUN = tasks(status=["in_progress", *["queued"] * 5], agent_id=["Ann", *[None] * 5])


class Series:
    """A plan of the office and re-plans, each from the one before."""

    def __init__(self, folder: Path, **tables) -> None:
        self.folder, self.tables, self.runs = folder, tables, 0
        plan(frames(**tables), out=folder / "0", **OPTIONS)

    def again(self, *edits, tables=None, **options):
        """The next re-plan."""
        tables = self.tables if tables is None else tables
        out, earlier = (self.folder / str(self.runs + k) for k in (1, 0))
        request = {"source": frames(**tables), "earlier": earlier, "out": out, "edits": edits, "freeze": "0"}
        result = replan(ReplanRequest(**{**OPTIONS, **request, **options}))
        report = audit_run(office(**tables), out)
        assert report.ok, report.violations
        self.runs += 1
        return result


def edits_of(result):
    return [edit["edit"] for edit in result.run["replan"]["edits"]]


def lapsed(result):
    return [warning for warning in result.run["warnings"] if "no longer applies" in warning]


def test_begun_work_is_in_progress_again_when_a_hold_is_taken_back(tmp_path):
    series = Series(tmp_path, tasks=BEGUN)
    series.again(("hold", "T1"))
    result = series.again(("resume", "T1"))
    row = next(row for row in result.plan.iter_rows(named=True) if row["task_id"] == "T1")
    assert (row["agent_id"], row["pinned"]) == ("Ann", True)


def test_a_cancelled_task_is_planned_when_that_is_taken_back(tmp_path):
    series = Series(tmp_path)
    assert "T1" not in series.again(("cancel", "T1")).plan["task_id"]
    assert "T1" in series.again(("resume", "T1")).plan["task_id"]


def test_another_policy_is_no_other_snapshot(tmp_path):
    series = Series(tmp_path, tasks=BEGUN)
    series.again(("hold", "T1"))
    result = series.again(policy={"replan": {"stability": 5}})
    assert edits_of(result) == ["hold T1"]
    assert lapsed(result) == []


def test_once_a_pin_is_taken_back_nothing_has_changed(tmp_path):
    series = Series(tmp_path)
    series.again(("pin", "T1=Bob"))
    series.again(("unpin", "T1"))
    result = series.again(freeze="4h")
    assert result.run["replan"]["frozen"] == 0
    assert (tmp_path / "3" / "plan.parquet").read_bytes() == (tmp_path / "2" / "plan.parquet").read_bytes()


def test_an_added_task_whose_process_is_gone_lapses(tmp_path):
    file = tmp_path / "urgent.csv"
    file.write_text("task_id,process,minutes\nU1,rare,30\n", encoding="utf-8")
    claim = frames()["processes"]
    both = pl.concat([claim, claim.with_columns(process=pl.lit("rare"))])
    series = Series(tmp_path, processes=both)
    series.again(("add_task", str(file)))
    result = series.again(tables={"processes": claim})
    assert edits_of(result) == []
    assert "task U1 no longer fits the snapshot: process 'rare' is not in processes" in lapsed(result)[0]


def test_a_carried_pin_without_time_lapses(tmp_path):
    series = Series(tmp_path)
    series.again(("pin", "T1=Ann"), ("pin", "T2=Ann"))
    leaves = pl.when(agent_id="Ann").then(pl.lit("2026-03-02T09:00")).otherwise("end")
    result = series.again(tables={"shifts": frames()["shifts"].with_columns(end=leaves)})
    assert edits_of(result) == ["pin T1=Ann"]
    assert "'pin T2=Ann' no longer applies" in lapsed(result)[0]


def test_any_edit_can_be_taken_back(tmp_path):
    series = Series(tmp_path)
    series.again(("agent_out", "Ann@10:00"), ("forbid", "T1=Bob"), ("cancel", "T2"))
    result = series.again(take_back=("agent_out Ann@10:00", "cancel T2"))
    assert edits_of(result) == ["forbid T1=Bob"]
    assert result.run["counts"]["planned"] == 6
    assert edits_of(series.again(take_back=("--forbid T1=Bob",))) == []


def test_what_is_no_edit_of_the_earlier_run_cannot_be_taken_back(tmp_path):
    series = Series(tmp_path)
    series.again(("cancel", "T2"))
    with pytest.raises(EditError, match="'cancel T3' is no edit of the earlier run; did you mean 'cancel T2'"):
        series.again(take_back=("cancel T3",))
