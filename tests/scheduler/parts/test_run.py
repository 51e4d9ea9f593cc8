"""Snapshots planned in parts: legal, proved, the same whoever works, and not lost with the head."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from data import read_record, read_snapshot, write_sample
from models import OptionError, SnapshotError
from reports.content.headline import key_figures
from reports.page.data import page_data
from scheduler.audit import AuditReport, audit_folder, audit_run
from scheduler.cli.report import report
from scheduler.explaining.past_run import read_past_run
from scheduler.parts import course, jobs
from scheduler.parts.any_size import plan_any_size, read_any_size
from scheduler.replanning.request import ReplanRequest
from scheduler.replanning.run import replan
from scheduler.run.idle import idle_people
from scheduler.run.key_figures import hour_value_of
from scheduler.run.pipeline import run_plan
from scheduler.run.reports import Formats, rewrite_reports
from scheduler.run.request import Request
from scheduler.run.result import Result
from scheduler.run.tables import run_tables
from scheduler.run.written import read_listed, read_view
from tests.conftest import Shared
from tests.services.dask import local_cluster

pytestmark = pytest.mark.slow

TABLES = ("plan", "unplanned", "agents", "hours", "kpis", "certificate", "messages")


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    """Parts of some hundred tasks, so that a small snapshot has many, each searched for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.run.guards.MOST_AT_ONCE", 300)
        patch.setattr("scheduler.parts.course.TASKS_OF_A_GROUP", 300)
        patch.setattr("scheduler.parts.course.AGENTS_OF_A_GROUP", 12)
        patch.setattr("scheduler.parts.course.TASKS_OF_A_BATCH", 250)
        patch.setattr("scheduler.parts.course.SAMPLED", 400)
        patch.setattr("scheduler.parts.course.MOVES_PER_EFFORT", 400)
        patch.setattr("data.snapshot.in_parts.ROWS_OF_A_PIECE", 350)
        yield


@pytest.fixture(scope="session")
def telecom(shared: Shared) -> Path:
    def make(folder: Path) -> None:
        write_sample(folder, profile="telecom", tasks=1_000, agents=30, days=1)

    return shared("telecom", make)


@pytest.fixture(scope="module")
def run(telecom: Path, shared: Shared) -> Path:
    def make(folder: Path) -> None:
        plan(telecom, folder / "run")
        assert [path.name for path in folder.iterdir()] == ["run"]  # later others may hold it for a moment

    return shared("run in parts", make) / "run"


def plan(source: Path, out: Path | None, **options: Any) -> Result:
    chosen = {"effort": 1, "engine": "greedy", "xlsx": False, "html": False, "workers": 1, **options}
    return plan_any_size(Request(source=source, out=out, **chosen))


def content(run: Path) -> dict[str, bytes]:
    return {name: (run / f"{name}.parquet").read_bytes() for name in TABLES}


def whole(telecom: Path, run: Path) -> AuditReport:
    """The audit in one piece."""
    record = read_record(run)
    snapshot = read_snapshot(telecom, as_of=record.as_of, horizon=record.horizon_end)
    return audit_run(snapshot, run)


def test_a_plan_in_parts_holds_against_the_whole_snapshot(telecom: Path, run: Path) -> None:
    record, report = read_record(run), whole(telecom, run)
    assert report.violations == ()
    assert record.parts is not None
    assert (record.parts.groups, record.parts.rounds) == (4, 6)
    assert record.bound is not None
    assert report.certified_bound == round(record.bound * 100)
    assert report.objective == round(record.objective * 100)
    assert record.gain_gap is not None
    assert record.gain_gap < 0.05


def test_hours_and_idle_people_are_those_of_the_whole(
    telecom: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.run.guards.MOST_AT_ONCE", 1_000)
    past, record = read_past_run(run, telecom), read_record(run)
    tables = run_tables(past.snapshot, past.build, past.plan, past.evaluation, past.prices)
    assert_frame_equal(pl.read_parquet(run / "hours.parquet"), tables.hours)
    assert record.hour_value == hour_value_of(tables.hours)
    assert record.hour_value
    assert record.idle == idle_people(past.problem, past.evaluation, tables.unplanned)


def test_the_audit_in_pieces_finds_what_that_of_the_whole_finds(telecom: Path, run: Path) -> None:
    report, other = audit_folder(telecom, run), whole(telecom, run)
    assert report == other


def test_key_figures_are_those_of_the_tables(run: Path) -> None:
    record, kpis = read_record(run), pl.read_parquet(run / "kpis.parquet")
    planned, unplanned = (pl.read_parquet(run / f"{name}.parquet") for name in ("plan", "unplanned"))
    of_all = {row["measure"]: row["value"] for row in kpis.filter(level="enterprise").iter_rows(named=True)}
    assert of_all["tasks"] == planned.height + unplanned.height == 1_000
    assert of_all["planned"] == planned.height == record.counted.planned
    assert of_all["payoff"] == pytest.approx(record.objective)
    assert of_all["minutes_planned"] == pytest.approx(planned["minutes"].sum())
    by_region = kpis.filter(level="process", measure="tasks")
    assert by_region["value"].sum() == 1_000


@pytest.mark.parametrize("workers", [3, "processes:2"])
def test_the_same_bytes_whoever_works(telecom: Path, run: Path, tmp_path: Path, workers: Any) -> None:
    plan(telecom, tmp_path / "run", workers=workers)
    assert content(tmp_path / "run") == content(run)


@pytest.mark.services
def test_the_same_bytes_on_a_cluster(telecom: Path, run: Path, tmp_path: Path) -> None:
    with local_cluster(tmp_path, workers=2, nanny=True) as cluster:
        plan(telecom, tmp_path / "run", workers=cluster.as_workers())
    assert content(tmp_path / "run") == content(run)


def test_killed_between_rounds_it_goes_on(
    telecom: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    def die(*_: Any) -> None:
        raise KilledError

    def plan_first_round(job: jobs.Planning, limits: Any) -> int:
        if (job.turn, job.group) == (1, 1):
            raise KilledError
        return jobs.plan_group(job, limits)

    with monkeypatch.context() as patch:
        patch.setattr(course, "plan_group", plan_first_round)
        with pytest.raises(KilledError):
            plan(telecom, tmp_path / "run")
    assert len(list((tmp_path / ".run.parts" / "round-1").glob("*.parquet"))) == 3
    with monkeypatch.context() as patch:
        patch.setattr(course, "read_in_parts", die)  # what is done is not done again
        plan(telecom, tmp_path / "run")
    assert content(tmp_path / "run") == content(run)
    assert list(tmp_path.iterdir()) == [tmp_path / "run"]


def test_what_lies_there_from_another_plan_is_not_gone_on_with(
    telecom: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(course, "plan_group", None)
        with pytest.raises(TypeError):
            plan(telecom, tmp_path / "run", seed=7)
    plan(telecom, tmp_path / "run")
    assert content(tmp_path / "run") == content(run)


def test_a_stop_keeps_the_best_plan_so_far(telecom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(
        source=telecom, out=tmp_path / "run", engine="greedy", effort=1, xlsx=False, html=False, workers=1
    )

    def stop(job: jobs.Planning, limits: Any) -> int:
        if job.turn == 1:
            request.cancelled.set()
        return jobs.plan_group(job, limits)

    monkeypatch.setattr(course, "plan_group", stop)
    result = plan_any_size(request)
    assert result.record.stop == "interrupted"
    assert audit_folder(telecom, tmp_path / "run").ok


def test_what_is_only_there_for_plans_in_one_piece_is_refused(telecom: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="csv is only there for plans in one piece"):
        plan(telecom, tmp_path / "run", csv=True)
    assert list(tmp_path.iterdir()) == []


def test_page_and_workbook_say_what_they_leave_out(
    telecom: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.run.written.LISTED", 100)
    result = plan(telecom, tmp_path / "run", html=True, xlsx=True)
    assert (tmp_path / "run" / "plan.xlsx").exists()
    left = result.record.counted.planned + result.record.counted.unplanned - 100 - min(100, result.unplanned.height)
    assert any(f"{left} tasks are only in plan.parquet" in str(warning) for warning in result.record.warnings)
    figures, whole = key_figures(result.view()), key_figures(read_view(tmp_path / "run"))
    assert (figures.on_time.tasks, figures.late) == (whole.on_time.tasks, whole.late)
    assert figures.reasons.keys() == whole.reasons.keys()
    assert figures.late_fines == pytest.approx(whole.late_fines)
    assert figures.unplanned_fines == pytest.approx(whole.unplanned_fines)
    listed = page_data(result.view(), 50)
    assert len(listed["tasks"]["task_id"]) + sum(listed["rest"]["tasks"]) == 1_000
    assert result.plan.height == 100
    assert pl.read_parquet(tmp_path / "run" / "plan.parquet").height == result.record.counted.planned
    view = read_listed(tmp_path / "run")
    assert (view.plan.height, view.rest.equals(result.rest)) == (100, True)
    rewrite_reports(view, tmp_path / "again", Formats())
    assert (tmp_path / "again" / "report.html").read_bytes() == (tmp_path / "run" / "report.html").read_bytes()
    with pytest.raises(OptionError, match="made in parts and is too long for them"):
        report.main([str(tmp_path / "run"), "--csv"], standalone_mode=False)


def test_what_reads_a_snapshot_whole_refuses_one_in_parts(telecom: Path, run: Path) -> None:
    with pytest.raises(SnapshotError, match=r"1,000 tasks in parts, and at most 300 .*; plan it with `allot plan`"):
        replan(ReplanRequest(source=telecom, earlier=run, effort=1))
    with pytest.raises(SnapshotError, match="plan the region or site that it is about"):
        read_past_run(run)


def test_a_huge_snapshot_is_validated_in_pieces(telecom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.parts.any_size.read_snapshot", None)
    assert read_any_size(telecom).rows_read["tasks"] == 1_000


def test_mistakes_are_found_in_pieces(telecom: Path, run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    file = tmp_path / "run" / "plan.parquet"
    rows = pl.read_parquet(file)
    last = rows.filter(pl.col("agent_id") == rows["agent_id"][0], ~pl.col("pinned")).tail(1)["task_id"].item()
    wrong = pl.col("task_id") == last
    late = rows.with_columns(
        pl.when(wrong).then(pl.col("start_at").first()).otherwise("start_at").alias("start_at"),
    )
    late.write_parquet(file)
    assert {"timeline"} <= set(audit_folder(telecom, tmp_path / "run").totals)
    pl.concat([rows, rows.head(1)]).write_parquet(file)
    totals = audit_folder(telecom, tmp_path / "run").totals
    assert totals["H1"] == 1
    rows.slice(1).write_parquet(file)
    assert "tasks" in audit_folder(telecom, tmp_path / "run").totals
    rows.with_columns(task_id=pl.when(wrong).then(pl.lit("nobody's")).otherwise("task_id")).write_parquet(file)
    assert audit_folder(telecom, tmp_path / "run").totals["tasks"] == 2


def test_a_small_snapshot_in_parts_is_planned_in_one_piece(
    telecom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.run.guards.MOST_AT_ONCE", 1_000)
    plan(telecom, tmp_path / "run")
    assert read_record(tmp_path / "run").parts is None
    shutil.copytree(telecom, tmp_path / "one", ignore=shutil.ignore_patterns("tasks"))
    pl.read_parquet(telecom / "tasks").write_parquet(tmp_path / "one" / "tasks.parquet")
    run_plan(
        Request(source=tmp_path / "one", out=tmp_path / "other", engine="greedy", effort=1, xlsx=False, html=False)
    )
    for name in ("plan", "unplanned", "certificate"):
        files = [tmp_path / folder / f"{name}.parquet" for folder in ("run", "other")]
        assert files[0].read_bytes() == files[1].read_bytes()
