"""What cannot be read never makes a plan do what somebody tried to forbid; the audit sees a plan that does."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import read_snapshot
from models import SnapshotError
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.edits import EditError
from scheduler.explaining import explain_agent, read_past_run
from scheduler.run.result import Result
from tests.data.small import write_folder
from tests.quick import tried
from tests.scheduler.audit.case import Reference, at, snapshot_of
from tests.scheduler.audit.test_rules import audited
from tests.scheduler.edits.small import again, frames, planned_office

Table = list[list[Any]]

DAY = "2026-03-02T"
TABLES: dict[str, Table] = {
    "tasks": [["task_id", "process"], *([f"T{n}", "p"] for n in range(1, 7))],
    "agents": [["agent_id", "max_utilization"], ["Ann", "1"], ["Bob", "0.9"]],
    "shifts": [
        ["agent_id", "start", "end", "kind"],
        ["Ann", f"{DAY}08:00", f"{DAY}12:00", "work"],
        ["Bob", f"{DAY}08:00", f"{DAY}12:00", ""],
        ["Ann", f"{DAY}09:00", f"{DAY}09:30", "break"],
        ["Bob", f"{DAY}10:00", f"{DAY}11:00", "reserved"],
    ],
    "pairs": [
        ["task_id", "agent_id", "allowed", "minutes", "bonus"],
        ["T1", "Ann", "no", "", ""],
        ["T2", "Bob", "f", "30", ""],
        ["T3", "Ann", "nein", "", "5"],
        ["T3", "Bob", "0", "", ""],
        ["T4", "Bob", "yes", "", "1"],
    ],
}
FORBIDDEN = {("T1", "Ann"), ("T2", "Bob"), ("T3", "Ann"), ("T3", "Bob")}
AWAY = {"Ann": (f"{DAY}09:00", f"{DAY}09:30"), "Bob": (f"{DAY}10:00", f"{DAY}11:00")}
NAMELESS = ("", "#N/A", "\x01")
UNREADABLE = {
    ("pairs", "task_id"): NAMELESS,
    ("pairs", "agent_id"): NAMELESS,
    ("pairs", "allowed"): ("maybe", "nien", "#REF!", "\x02", "2", "0.5"),
    ("pairs", "minutes"): ("long", "0", "-1"),
    ("pairs", "bonus"): ("much", "1e99"),
    ("shifts", "agent_id"): NAMELESS,
    ("shifts", "start"): ("", "soon", "9:00", "25:00", "1899-12-31 09:00:00", f"{DAY}23:00"),
    ("shifts", "end"): ("", "later", "#VALUE!", "09:30", f"{DAY}00:00"),
    ("shifts", "kind"): ("Pause", "#N/A", "brk", "\x03", "3"),
    ("agents", "max_utilization"): ("much", "90", "0"),
}
RESTRICTING = {"pairs": (1, 2, 3, 4), "shifts": (3, 4), "agents": (1, 2)}


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[str, int, str, str]]:
    """Cells of restrictions, each with what stands there instead: nothing that anybody can read."""
    cells = []
    for _ in range(draw(st.integers(1, 3))):
        table, column = draw(st.sampled_from(sorted(UNREADABLE)))
        cells.append(
            (table, draw(st.sampled_from(RESTRICTING[table])), column, draw(st.sampled_from(UNREADABLE[table, column])))
        )
    return cells


def damaged(cells: list[tuple[str, int, str, str]], *, twice: bool) -> dict[str, pl.DataFrame]:
    """The tables with other cells; ``twice``: the pairs stand there a second time, allowed."""
    tables = {name: [list(row) for row in rows] for name, rows in TABLES.items()}
    for table, row, column, text in cells:
        tables[table][row][tables[table][0].index(column)] = text
    if twice:
        tables["pairs"] += [[*row[:2], "yes", "", ""] for row in TABLES["pairs"][1:]]
    return {name: pl.DataFrame(rows[1:], schema=rows[0], orient="row") for name, rows in tables.items()}


def office_of(tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    more = {
        "processes": pl.DataFrame({"process": ["p"], "minutes": ["40"], "value": ["10"]}),
        "agent_skills": pl.DataFrame(schema={"agent_id": pl.String, "skill": pl.String}),
        "snapshot": {"as_of": f"{DAY}08:00", "horizon": "4h"},
    }
    return more | tables


def assert_nothing_forbidden(result: Result) -> None:
    """Nobody does what the readable pairs exclude, or works where the readable shifts take time."""
    assert not FORBIDDEN & set(result.plan.select("task_id", "agent_id").rows())
    for row in result.plan.iter_rows(named=True):
        start, end = (row[name].replace(tzinfo=None) for name in ("start_at", "end_at"))
        since, until = (datetime.fromisoformat(moment) for moment in AWAY[row["agent_id"]])
        missed = max(timedelta(0), min(end, until) - max(start, since))
        assert end - start - missed >= timedelta(minutes=row["minutes"]), row


@pytest.mark.slow
@settings(max_examples=tried(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damage(), st.booleans())
def test_no_damage_to_a_restriction_lets_a_plan_do_what_it_forbids(cells: Any, twice: bool) -> None:
    source = office_of(damaged(cells, twice=twice))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        options: dict[str, Any] = {"engine": "greedy", "effort": 1, "xlsx": False, "html": False}
        try:
            result = plan(source, out=out, policy={"max_reject_share": 1.0}, allow_empty=True, **options)
        except SnapshotError:
            return
        assert_nothing_forbidden(result)
        report = audit_run(read_snapshot(source, max_reject_share=1, allow_empty=True), out)
        assert report.violations == ()


def test_the_readable_office_is_planned_and_its_restrictions_matter() -> None:
    options: dict[str, Any] = {"engine": "greedy", "effort": 1}
    assert_nothing_forbidden(plan(office_of(damaged([], twice=False)), **options))
    free = {**damaged([], twice=False), "pairs": damaged([], twice=False)["pairs"].clear()}
    assert FORBIDDEN & set(plan(office_of(free), **options).plan.select("task_id", "agent_id").rows())


def test_the_audit_rejects_a_plan_that_works_in_taken_time() -> None:
    shifts = [
        {"agent_id": "ann", "start": at(0), "end": at(240)},
        {"agent_id": "ann", "start": at(30), "end": at(60), "kind": "Pause"},
    ]
    tasks = [{"task_id": "t"}, {"task_id": "u"}]
    unaware = snapshot_of(tasks, shifts=shifts[:1])
    taken = snapshot_of(tasks, shifts=shifts)
    assert taken.rejects.height == 1
    run = Reference(unaware).run({"ann": ["t", "u"]})  # from 0 to 60
    assert audited(unaware, run).ok
    assert {"timeline", "agents"} <= audited(taken, run).totals.keys()


def test_the_audit_rejects_a_plan_of_a_pair_that_was_excluded_for_safety() -> None:
    pairs = [{"task_id": "t", "agent_id": "ann", "allowed": "nope"}, {"task_id": "u", "agent_id": "ann", "bonus": 1}]
    tasks = [{"task_id": "t"}, {"task_id": "u"}]
    unaware, excluded = snapshot_of(tasks, pairs=pairs[1:]), snapshot_of(tasks, pairs=pairs)
    run = Reference(unaware).run({"ann": ["t"]})
    assert audited(unaware, run).ok
    assert "H8" in audited(excluded, run).totals


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A run of the office that edits are tried on."""
    return planned_office(tmp_path / "run")


def pairs_with(task: str, agent: str, allowed: str) -> pl.DataFrame:
    """A good pair and one that is set aside."""
    return pl.DataFrame({"task_id": ["T2", task], "agent_id": ["Ann", agent], "allowed": ["yes", allowed]})


LUNCH = {"agent_id": ["Ann"], "start": ["2026-03-02T09:00"], "end": ["2026-03-02T10:00"], "kind": ["Lunch"]}


def office_shifts() -> pl.DataFrame:
    return pl.concat([frames()["shifts"].with_columns(kind=pl.lit("work")), pl.DataFrame(LUNCH)])


def test_restrictions_hold_in_a_re_plan_and_for_added_tasks(earlier: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("task_id,process,value\nT7,claim,100\n")
    pairs, shifts = pairs_with("T7", "Bob", "no"), office_shifts()
    result = again(earlier, ("add_task", str(tmp_path / "more.csv")), pairs=pairs, shifts=shifts)
    done = dict(result.plan.select("task_id", "agent_id").iter_rows())
    assert done["T7"] == "Ann"  # a task that the snapshot lacks, and that a pair of the snapshot keeps from Bob
    worked = result.agents.filter(pl.col("agent_id") == "Ann")["working_minutes"].item()
    assert worked == 180


def test_who_is_pinned_to_what_a_row_set_aside_forbids_is_told_so(earlier: Path) -> None:
    with pytest.raises(EditError, match="agent Ann is excluded from task T1"):
        again(earlier, ("pin", "T1=Ann"), pairs=pairs_with("T1", "Ann", "nope"))


def test_nobody_left_by_edits_is_no_refusal(earlier: Path) -> None:
    result = again(earlier, *(("agent_out", name) for name in ("Ann", "Bob", "Cem")))
    assert result.plan.is_empty()


def test_taken_time_is_part_of_an_explained_day(tmp_path: Path) -> None:
    head = ["agent_id", "start", "end", "kind"]
    rows = [
        ["A1", f"2026-01-05T{a}:00", f"2026-01-05T{b}:00", kind]
        for a, b, kind in (("08", "16", "work"), ("09", "10", "Lunch"))
    ]
    folder = write_folder(tmp_path / "snapshot", shifts=[head, *rows])
    plan(folder, out=tmp_path / "run", engine="greedy", effort=1, xlsx=False, html=False)
    told = explain_agent(read_past_run(tmp_path / "run"), "A1")
    assert "2026-01-05T09:00:00+01:00" in str(told)
