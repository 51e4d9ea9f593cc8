"""Every rule of a row, violated and kept, and what the account of the rejects says about it."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import Snapshot, read_snapshot
from models import SnapshotError
from tests.data.small import TABLES, Rows, frames, write_folder


def read(folder: Path, **changed: Rows) -> Snapshot:
    return read_snapshot(write_folder(folder / "snapshot", **changed), allow_empty=True)


def rejects(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    return snapshot.rejects.select("table", "row", "id", "column", "rule", "value").rows()


def messages(snapshot: Snapshot) -> list[str]:
    return snapshot.rejects["message"].to_list()


def with_row(table: str, *rows: list[object], head: list[object] | None = None) -> dict[str, Rows]:
    return {table: [head or TABLES[table][0], *([] if head else TABLES[table][1:]), *rows]}


def task(**cells: object) -> dict[str, Rows]:
    """The clean tasks and one more with these cells."""
    given = {"task_id": "X", "process": "claim"} | cells
    head = list(dict.fromkeys([*map(str, TABLES["tasks"][0]), *given]))
    rows = [[*row, *[None] * (len(head) - len(row))] for row in TABLES["tasks"][1:]]
    return {"tasks": [[*head], *rows, [given.get(name) for name in head]]}


def test_a_clean_snapshot_has_no_rejects(tmp_path: Path) -> None:
    snapshot = read(tmp_path)
    assert snapshot.rejects.is_empty()
    assert snapshot.rejects.columns == ["table", "row", "id", "column", "rule", "value", "message"]
    assert snapshot.warnings == ()


def test_required(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(task_id=None))
    assert rejects(snapshot) == [("tasks", 5, None, "task_id", "required", None)]
    assert messages(snapshot) == ["task_id is missing"]
    assert snapshot.tasks.height == 3


def test_required_part_of_a_key(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **with_row("agent_skills", ["A1", None, None]))
    assert rejects(snapshot) == [("agent_skills", 3, "A1|", "skill", "required", None)]


def test_unique_sets_aside_all_rows_that_share_a_key(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(task_id="T1"))
    assert rejects(snapshot) == [
        ("tasks", 2, "T1", "task_id", "unique", "T1"),
        ("tasks", 5, "T1", "task_id", "unique", "T1"),
    ]
    assert messages(snapshot)[0] == "task_id 'T1' is on rows 2, 5; keep one of them"
    assert snapshot.tasks["task_id"].to_list() == ["T2", "T3"]


def test_ids_that_differ_in_case_or_zeros_are_different(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **with_row("tasks", ["t1", "claim", None, None], ["0T1", "claim", None, None]))
    assert snapshot.tasks["task_id"].to_list() == ["T1", "T2", "T3", "t1", "0T1"]


def test_unique_of_a_two_part_key(tmp_path: Path) -> None:
    skills = with_row("agent_skills", ["A1", "motor", "3"], ["A2", "motor", "3"])
    snapshot = read_snapshot(write_folder(tmp_path / "snapshot", **skills), max_reject_share=1)
    assert rejects(snapshot) == [
        ("agent_skills", 2, "A1|motor", "skill", "unique", "motor"),
        ("agent_skills", 3, "A1|motor", "skill", "unique", "motor"),
    ]
    assert messages(snapshot)[0] == "agent_id and skill 'A1|motor' is on rows 2, 3; keep one of them"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("minutes", "ten", "minutes 'ten' is not a number (the decimal sign is '.')"),
        ("minutes", "12,5", "minutes '12,5' is not a number (the decimal sign is '.')"),
        ("value", "inf", "value 'inf' is not a number (the decimal sign is '.')"),
        ("value", "NaN", "value 'NaN' is not a number (the decimal sign is '.')"),
        ("value", "1e999", "value '1e999' is not a number (the decimal sign is '.')"),
        (
            "penalty",
            "1 000",
            "penalty '1 000' is not a number (the decimal sign is '.'); write 1000, without thousands separators",
        ),
        (
            "penalty",
            "1'000",
            "penalty '1'000' is not a number (the decimal sign is '.'); write 1000, without thousands separators",
        ),
        ("penalty", "1,500", "penalty '1,500' may be 1500 or 1.5; write 1500, or 1.5 with a point"),
        ("minutes", "1:30", "minutes '1:30' has a time or date format; write minutes as a number (90)"),
        (
            "tenant",
            "1,23457E+17",
            "tenant '1,23457E+17' is a number that lost digits; format the column as text before ids go in",
        ),
        ("due_at", "soon", "due_at 'soon' is not a time; write it like 2026-01-05T08:00 (ISO 8601)"),
        (
            "due_at",
            "2026-03-29T02:30",
            "due_at '2026-03-29T02:30' does not exist: the clock of Europe/Berlin skips it",
        ),
        (
            "tenant",
            "#N/A",
            "tenant '#N/A' is not text: a spreadsheet's error, a control character, or a number that lost digits",
        ),
    ],
)
def test_type(tmp_path: Path, column: str, value: str, message: str) -> None:
    text = f'"{value}"' if "," in value else value
    snapshot = read(tmp_path, **task(**{column: text}))
    assert rejects(snapshot) == [("tasks", 5, "X", column, "type", value)]
    assert messages(snapshot) == [message]


@pytest.mark.parametrize(
    ("value", "number"),
    [("12.5", 12.5), (".5", 0.5), ("5.", 5.0), ("+5", 5.0), ("1e3", 1000.0), ("0.1", 0.1), (" 7 ", 7.0)],
)
def test_numbers_of_every_notation(tmp_path: Path, value: str, number: float) -> None:
    assert read(tmp_path, **task(value=value)).tasks["value"][-1] == number


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("minutes", "0", "minutes '0' must be above 0 and at most 10000000"),
        ("minutes", "10000001", "minutes '10000001' must be above 0 and at most 10000000"),
        ("value", "-0.01", "value '-0.01' must be at least 0 and at most 10000000000"),
        ("value", "1e11", "value '1e11' must be at least 0 and at most 10000000000"),
        ("penalty", "-1", "penalty '-1' must be at least 0 and at most 10000000000"),
        (
            "due_at",
            "1899-12-31T08:00",
            "due_at '1899-12-31T08:00' lies outside the years 1900 to 9999 (in UTC)",
        ),
    ],
)
def test_range(tmp_path: Path, column: str, value: str, message: str) -> None:
    snapshot = read(tmp_path, **task(**{column: value}))
    assert rejects(snapshot) == [("tasks", 5, "X", column, "range", value)]
    assert messages(snapshot) == [message]


@pytest.mark.parametrize(
    ("column", "value"),
    [("minutes", "0.1"), ("minutes", "1e7"), ("value", "0"), ("value", "1e10"), ("due_at", "9999-12-31")],
)
def test_range_kept_at_its_ends(tmp_path: Path, column: str, value: str) -> None:
    assert read(tmp_path, **task(**{column: value})).rejects.is_empty()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_last_second_of_9999_means_never_on_every_clock(zone: str) -> None:
    tasks = frames(**task(expires_at="9999-12-31T23:59:59", due_at="9999-12-31T23:59:59Z"))["tasks"]
    settings = {"as_of": "2026-01-05", "horizon": "1d", "timezone": zone}
    snapshot = read_snapshot({**frames(), "tasks": tasks, "snapshot": settings})
    assert snapshot.rejects.is_empty()
    local = snapshot.tasks.select(pl.col("due_at", "expires_at").dt.convert_time_zone(zone))
    assert all(moment.year == 9999 for moment in local.row(-1))


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("cost_per_hour", "-1", "range"),
        ("max_utilization", "0", "range"),
        ("max_utilization", "1.01", "range"),
        ("max_utilization", "90", "range"),
        ("max_utilization", "%", "type"),
        ("max_tasks", "-1", "range"),
        ("max_tasks", "1.5", "type"),
        ("max_tasks", "none", "type"),
    ],
)
def test_agents(tmp_path: Path, column: str, value: str, rule: str) -> None:
    snapshot = read(tmp_path, agents=[["agent_id", column], ["A1", "1"], ["A2", None], ["A3", value]])
    assert rejects(snapshot) == [("agents", 4, "A3", column, rule, value)]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("level", "0", "range"),
        ("level", "2.5", "type"),
        ("level", "99999999999999999999", "type"),
        ("efficiency", "0", "range"),
        ("efficiency", "-1", "range"),
        ("efficiency", "fast", "type"),
    ],
)
def test_agent_skills(tmp_path: Path, column: str, value: str, rule: str) -> None:
    snapshot = read(tmp_path, agent_skills=[["agent_id", "skill", column], ["A1", "motor", "2"], ["A2", "x", value]])
    assert rejects(snapshot) == [("agent_skills", 3, "A2|x", column, rule, value)]


def test_sla_minutes(tmp_path: Path) -> None:
    processes: Rows = [["process", "minutes", "sla_minutes"], ["claim", "1", "0"], ["query", "1", "-1"]]
    snapshot = read(tmp_path, processes=processes, tasks=[["task_id", "process"], ["T1", "claim"]])
    assert rejects(snapshot) == [("processes", 3, "query", "sla_minutes", "range", "-1")]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [("true", True), ("FALSE", False), ("1", True), ("0", False), ("Yes", True), ("no", False)],
)
def test_allowed(tmp_path: Path, text: str, allowed: bool) -> None:
    snapshot = read(tmp_path, pairs=[["task_id", "agent_id", "allowed"], ["T1", "A1", text], ["T1", "A2", None]])
    assert snapshot.pairs["allowed"].to_list() == [allowed, True]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("allowed", "maybe", "type"),
        ("minutes", "0", "range"),
        ("bonus", "-1e11", "range"),
        ("bonus", "1e11", "range"),
        ("bonus", "much", "type"),
    ],
)
def test_pairs(tmp_path: Path, column: str, value: str, rule: str) -> None:
    snapshot = read(tmp_path, pairs=[["task_id", "agent_id", column], ["T1", "A1", None], ["T1", "A2", value]])
    assert rejects(snapshot) == [("pairs", 3, "T1|A2", column, rule, value)]


def test_a_bonus_may_be_negative(tmp_path: Path) -> None:
    snapshot = read(tmp_path, pairs=[["task_id", "agent_id", "bonus"], ["T1", "A1", "-2.5"]])
    assert snapshot.pairs["bonus"].to_list() == [-2.5]


def test_unknown_reference_names_the_nearest(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(process="Claims"))
    assert rejects(snapshot) == [("tasks", 5, "X", "process", "unknown_reference", "Claims")]
    assert messages(snapshot) == ["process 'Claims' is not in processes; did you mean 'claim'?"]


@pytest.mark.parametrize(
    ("table", "head", "row", "column"),
    [
        ("agent_skills", ["agent_id", "skill"], ["Z", "motor"], "agent_id"),
        ("shifts", ["agent_id", "start", "end"], ["Z", "2026-01-05T08:00", "2026-01-05T09:00"], "agent_id"),
        ("pairs", ["task_id", "agent_id"], ["T1", "Z"], "agent_id"),
        ("pairs", ["agent_id", "task_id"], ["A1", "Z"], "task_id"),
    ],
)
def test_unknown_reference(tmp_path: Path, table: str, head: list[object], row: list[object], column: str) -> None:
    snapshot = read(tmp_path, **{table: [head, row]})
    assert [line[3:] for line in rejects(snapshot)] == [(column, "unknown_reference", "Z")]


def test_a_task_whose_process_was_rejected(tmp_path: Path) -> None:
    processes: Rows = [["process", "minutes"], ["claim", "-1"], ["query", "5"]]
    snapshot = read(tmp_path, processes=processes)
    assert rejects(snapshot) == [
        ("processes", 2, "claim", "minutes", "range", "-1"),
        ("tasks", 2, "T1", "process", "cascade", "claim"),
        ("tasks", 4, "T3", "process", "cascade", "claim"),
    ]
    assert messages(snapshot)[1] == "process 'claim' has a row in processes that was rejected itself"


def test_rows_whose_agent_or_task_was_rejected(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path,
        agents=[
            ["agent_id", "name"],
            ["A1", "Ana"],
            ["A1", "Ann"],
            ["A2", "Bo"],
            *([f"A{i}", None] for i in range(3, 50)),
        ],
        tasks=[["task_id", "process", "minutes"], ["T1", "claim", "0"], ["T2", "claim", "1"]],
        pairs=[["task_id", "agent_id"], ["T1", "A2"], ["T2", "A2"], ["T2", "A1"]],
    )
    cascades = snapshot.rejects.filter(pl.col("rule") == "cascade")
    assert cascades.select("table", "id", "column").rows() == [
        ("agent_skills", "A1|motor", "agent_id"),
        ("shifts", "A1", "agent_id"),
        ("pairs", "T1|A2", "task_id"),
        ("pairs", "T2|A1", "agent_id"),
    ]
    assert snapshot.pairs.select("task_id", "agent_id").rows() == [("T2", "A2")]


def test_end_after_start(tmp_path: Path) -> None:
    shift: list[object] = ["A1", "2026-01-05T22:00", "2026-01-05T06:00"]
    snapshot = read(tmp_path, **with_row("shifts", shift))
    assert rejects(snapshot) == [("shifts", 4, "A1", "end", "end_after_start", "2026-01-05T06:00")]
    assert messages(snapshot) == [
        "end 2026-01-05T06:00 is not after start 2026-01-05T22:00; if the shift ends the next day, "
        "write the next day's date"
    ]
    assert snapshot.shifts.height == 2


def test_end_after_start_is_judged_in_true_time(tmp_path: Path) -> None:
    backwards: list[object] = ["A1", "2026-10-25T02:30+01:00", "2026-10-25T02:45"]  # the clock was put back
    forwards: list[object] = ["A1", "2026-10-25T02:45+02:00", "2026-10-25T02:30+01:00"]
    snapshot = read(tmp_path, **with_row("shifts", backwards, forwards))
    assert [line[1] for line in rejects(snapshot)] == [4]


def test_kind_of_shift(tmp_path: Path) -> None:
    head: list[object] = ["agent_id", "start", "end", "kind"]
    times: list[object] = ["2026-01-05T08:00", "2026-01-05T09:00"]
    rows: Rows = [["A1", *times, kind] for kind in ("work", "Break", "RESERVED", None, "Lunch")]
    snapshot = read(tmp_path, shifts=[head, *rows])
    assert rejects(snapshot) == [("shifts", 6, "A1", "kind", "type", "Lunch")]
    assert snapshot.shifts["kind"].to_list() == ["work", "break", "reserved", "work"]


def test_unknown_status(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(status="In_Progres"))
    assert rejects(snapshot) == [("tasks", 5, "X", "status", "unknown_status", "In_Progres")]
    assert messages(snapshot)[0].startswith(
        "status 'In_Progres' is unknown; did you mean 'in_progress'?; known are new, captured, queued"
    )


@pytest.mark.parametrize("status", ["In Progress", "IN-PROGRESS", "in_ progress", "InProgress"])
def test_a_status_with_spaces_hyphens_or_underscores(tmp_path: Path, status: str) -> None:
    assert read(tmp_path, **task(status=status)).tasks["status"][-1] == "in_progress"


def test_the_hint_to_a_status_minds_no_spaces(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(status="In Progres"))
    assert messages(snapshot)[0].startswith("status 'In Progres' is unknown; did you mean 'in_progress'?")


@pytest.mark.parametrize("status", ["new", "captured", "ErrorHeld", "REJECTED", None])
def test_known_status(tmp_path: Path, status: str | None) -> None:
    assert read(tmp_path, **task(status=status)).tasks["status"][-1] == (status or "queued").lower()


def test_unreadable_skills(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(skills="a>=x;b"))
    assert rejects(snapshot) == [("tasks", 5, "X", "skills", "unreadable_skills", "a>=x;b")]
    assert messages(snapshot) == [
        "skills: 'a>=x' in 'a>=x;b' has no readable level; write a whole number of at least 1, such as a>=2"
    ]


def test_readable_skills_keep_their_text(tmp_path: Path) -> None:
    assert read(tmp_path, **task(skills="b; a>=2|c")).tasks["skills"][-1] == "b; a>=2|c"


def test_no_duration(tmp_path: Path) -> None:
    processes: Rows = [["process", "minutes"], ["claim", None], ["query", "5"]]
    snapshot = read(tmp_path, processes=processes)
    assert rejects(snapshot) == [("tasks", 4, "T3", "minutes", "no_duration", None)]
    assert messages(snapshot) == ["neither the task nor its process 'claim' has minutes"]


def test_no_duration_without_any_column_of_minutes(tmp_path: Path) -> None:
    snapshot = read(tmp_path, processes=[["process"], ["claim"]], tasks=[["task_id", "process"], ["T1", "claim"]])
    assert rejects(snapshot) == [("tasks", 2, "T1", "minutes", "no_duration", None)]


def test_one_line_a_row_names_the_first_rule_and_then_the_others(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(minutes="0", value="x", process="claims"))
    assert rejects(snapshot) == [("tasks", 5, "X", "process", "unknown_reference", "claims")]
    assert messages(snapshot) == [
        "process 'claims' is not in processes; did you mean 'claim'?"
        "; also: value 'x' is not a number (the decimal sign is '.')"
        "; also: minutes '0' must be above 0 and at most 10000000"
    ]


def test_agents_that_are_not_there_count_as_missing(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **task(agent_id="gone", requested_agent="A1"))
    assert snapshot.rejects.is_empty()
    assert snapshot.tasks.select("agent_id", "requested_agent").row(-1) == (None, "A1")
    assert snapshot.warnings == (
        "tasks: rows whose agent_id is not in agents, taken as missing: 1, such as 'gone' (row 5)",
    )


def test_agents_that_were_rejected_count_as_missing(tmp_path: Path) -> None:
    tasks: Rows = [
        ["task_id", "process", "requested_agent"],
        *([f"T{i}", "claim", f"B{i}"] for i in range(5)),
    ]
    agents: Rows = [
        ["agent_id", "max_tasks"],
        ["A1", None],
        ["A2", None],
        *([f"B{i}", "x"] for i in range(5)),
        *([f"C{i}", None] for i in range(100)),
    ]
    snapshot = read(tmp_path, tasks=tasks, agents=agents)
    assert snapshot.tasks["requested_agent"].null_count() == 5
    assert snapshot.warnings == (
        "tasks: rows whose requested_agent is not in agents, taken as missing: 5, such as "
        "'B0' (row 2), 'B1' (row 3), 'B2' (row 4)",
    )


def test_defaults_of_the_contract(tmp_path: Path) -> None:
    snapshot = read(tmp_path, pairs=[["task_id", "agent_id"], ["T1", "A1"]])
    assert snapshot.agents.select("cost_per_hour", "max_utilization", "max_tasks").row(0) == (0.0, 1.0, None)
    assert snapshot.agent_skills.select("level", "efficiency").row(0) == (2, 1.0)
    assert snapshot.shifts["kind"].unique().to_list() == ["work"]
    assert snapshot.pairs.select("allowed", "minutes", "bonus").row(0) == (True, None, None)
    assert snapshot.tasks.select("status", "value", "penalty", "skills").row(0) == (
        "queued",
        None,
        None,
        None,
    )


def spoilt(count: int, good: int) -> dict[str, Rows]:
    bad: Rows = [[f"B{i}", "claim", None, "0"] for i in range(count)]
    fine: Rows = [[f"G{i}", "claim", None, "1"] for i in range(good)]
    return {"tasks": [TABLES["tasks"][0], *bad, *fine]}


def test_too_many_rejects_refuse_the_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError) as refusal:
        read(tmp_path, **spoilt(21, 10))
    lines = str(refusal.value).splitlines()
    assert lines[0] == (
        "tasks.csv: 21 of 31 rows break a rule, more than the 0.05 that max_reject_share allows (range 21):"
    )
    assert lines[1] == "  tasks.csv row 2 (B0): minutes '0' must be above 0 and at most 10000000"
    assert lines[-1] == "  and 16 more"
    assert isinstance(refusal.value.rejects, pl.DataFrame)
    assert refusal.value.rejects.height == 21


def test_twenty_rejects_never_refuse(tmp_path: Path) -> None:
    assert read(tmp_path, **spoilt(20, 1)).rejects.height == 20


def test_a_small_share_of_rejects_does_not_refuse(tmp_path: Path) -> None:
    assert read(tmp_path, **spoilt(21, 399)).rejects.height == 21
    with pytest.raises(SnapshotError, match="21 of 419 rows"):
        read(tmp_path, **spoilt(21, 398))


def test_max_reject_share_is_the_callers(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "snapshot", **spoilt(30, 10))
    assert read_snapshot(folder, max_reject_share=0.75).rejects.height == 30
    with pytest.raises(SnapshotError, match="30 of 40 rows"):
        read_snapshot(folder, max_reject_share=0.74)


def test_cascades_do_not_refuse(tmp_path: Path) -> None:
    snapshot = read(tmp_path, **spoilt(0, 30), processes=[["process", "minutes"], ["claim", "x"], ["query", "1"]])
    assert snapshot.rejects["rule"].value_counts(sort=True).rows() == [("cascade", 30), ("type", 1)]


def test_strict_refuses_any_reject(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "snapshot", **task(minutes="0"))
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(folder, strict=True)
    assert str(refusal.value) == (
        "rows that break a rule, of which a strict reading takes none: 1\n"
        "  tasks.csv row 5 (X): minutes '0' must be above 0 and at most 10000000"
    )
    assert isinstance(refusal.value.rejects, pl.DataFrame)


def test_strict_takes_a_clean_snapshot(tmp_path: Path) -> None:
    assert read_snapshot(write_folder(tmp_path / "snapshot"), strict=True).rejects.is_empty()


def test_rules_hold_for_frames_as_for_files() -> None:
    tables = frames()
    tables["tasks"] = pl.DataFrame(
        {
            "task_id": [1, 2, 3, 4],
            "process": ["claim"] * 4,
            "minutes": [5.0, float("nan"), float("inf"), 0.0],
        }
    )
    snapshot = read_snapshot({**tables, "snapshot": {"as_of": "2026-01-05", "horizon": "1d"}})
    assert rejects(snapshot) == [
        ("tasks", 3, "2", "minutes", "type", "NaN"),
        ("tasks", 4, "3", "minutes", "type", "inf"),
        ("tasks", 5, "4", "minutes", "range", "0.0"),
    ]
    assert snapshot.tasks["task_id"].to_list() == ["1"]
