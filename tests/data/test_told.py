"""What a snapshot is warned of although its rows are good: invisible differences, days, skills that nobody has."""

from collections.abc import Sequence

import polars as pl
import pytest

from data import Snapshot, read_snapshot
from data.tables.choices import choice_hint
from data.tables.schemas import SHIFT_KINDS, STATUSES
from tests.data.small import SETTINGS, frames

COMPOSED, APART = "M\u00fcller", "Mu\u0308ller"
SHIFT = ["2026-01-05T08:00", "2026-01-05T16:00"]


def read(**changed: Sequence[Sequence[object]]) -> Snapshot:
    return read_snapshot({**frames(**changed), "snapshot": SETTINGS})


def people(*ids: str) -> list[list[object]]:
    return [["agent_id"], *([each] for each in ids)]


@pytest.mark.parametrize("other", [APART, f"\ufeff{COMPOSED}", f"{COMPOSED}\u200b", "M\u00fcl\u00adler"])
def test_a_reference_that_looks_the_same_is_the_same(other: str) -> None:
    snapshot = read(
        agents=people(COMPOSED, "A1"),
        shifts=[["agent_id", "start", "end"], [other, *SHIFT], ["A1", *SHIFT]],
    )
    assert snapshot.rejects.is_empty()
    assert snapshot.shifts["agent_id"].to_list() == [COMPOSED, "A1"]


def test_an_id_keeps_the_spelling_of_its_own_table_and_the_rest_is_told() -> None:
    snapshot = read(
        agents=people(APART, "A1"),
        shifts=[["agent_id", "start", "end"], [COMPOSED, *SHIFT]],
    )
    assert snapshot.agents["agent_id"][0] == APART
    assert snapshot.shifts["agent_id"].to_list() == [APART]
    assert snapshot.warnings == (
        "shifts: rows whose agent_id differs from agents in invisible characters only, taken as the same: 1, such as "
        f"'{COMPOSED}' (row 2)",
    )


def test_ids_that_look_the_same_stay_different_and_are_told() -> None:
    snapshot = read(agents=people(APART, COMPOSED, "A1"), shifts=[["agent_id", "start", "end"], [APART, *SHIFT]])
    assert snapshot.agents.height == 3
    assert snapshot.shifts["agent_id"].to_list() == [APART]
    assert snapshot.warnings == (
        "agents: rows whose agent_id differs from another row's in invisible characters only, taken as different: 2, "
        f"such as '{APART}' (row 2), '{COMPOSED}' (row 3)",
    )


def test_a_reference_to_one_of_two_that_look_the_same_is_not_guessed_at() -> None:
    snapshot = read(
        agents=people(APART, COMPOSED, "A1"),
        shifts=[["agent_id", "start", "end"], [f"M\u200b{COMPOSED[1:]}", *SHIFT], ["A1", *SHIFT]],
    )
    assert snapshot.rejects["rule"].to_list() == ["unknown_reference"]
    assert "Only invisible characters differ" in snapshot.rejects["message"][0]


def test_skills_and_names_have_one_form() -> None:
    snapshot = read(
        processes=[["process", "minutes", "skills", "tenant"], ["claim", "20", f"{APART}>=1", "A\u00a0B"]],
        tasks=[["task_id", "process", "tenant"], ["T1", "claim", "A B"], ["T2", "claim", "A\u202fB"]],
        agent_skills=[["agent_id", "skill"], ["A1", COMPOSED]],
    )
    assert snapshot.warnings == ()
    assert snapshot.processes["skills"][0] == f"{COMPOSED}>=1"
    assert {*snapshot.tasks["tenant"], *snapshot.processes["tenant"]} == {"A B"}


def test_headers_and_choices_are_matched_without_what_nobody_sees() -> None:
    snapshot = read(tasks=[["\ufefftask_id", "pro\u00adcess", "st\u200batus"], ["T1", "claim", "he\u200bld\u00a0"]])
    assert snapshot.tasks.select("task_id", "status").row(0) == ("T1", "held")


def test_a_day_is_told_to_mean_its_first_moment() -> None:
    times = ["2026-01-06", "2026-01-06T12:00", "2026-01-07 00:00:00"]
    rows = [[f"T{n}", "claim", time] for n, time in enumerate(times)]
    snapshot = read(tasks=[["task_id", "process", "due_at"], *rows])
    told = "tasks: rows whose due_at is a day without a time, which means its first moment (00:00): 2, such as "
    assert snapshot.warnings == (f"{told}'2026-01-06' (row 2), '2026-01-07 00:00:00' (row 4)",)


def test_a_day_that_is_not_in_the_calendar_is_only_set_aside() -> None:
    rows = [["T1", "claim", "2026-13-01"], ["T2", "claim", None]]
    snapshot = read(tasks=[["task_id", "process", "due_at"], *rows])
    assert (snapshot.warnings, snapshot.rejects["value"].to_list()) == ((), ["2026-13-01"])


def test_a_column_of_days_is_told() -> None:
    days = pl.DataFrame({"task_id": ["T1"], "process": ["claim"], "expires_at": ["2026-01-06"]})
    days = days.with_columns(pl.col("expires_at").str.to_date())
    (warning,) = read_snapshot({**frames(), "tasks": days, "snapshot": SETTINGS}).warnings
    assert "rows whose expires_at is a day without a time" in warning


def test_skills_that_nobody_has_are_told_with_the_nearest() -> None:
    asked = ["motor, german", "moter", "motor|ship", None]
    tasks = [[f"T{n}", "query", skills, "queued"] for n, skills in enumerate(asked)]
    snapshot = read(
        tasks=[["task_id", "process", "skills", "status"], *tasks, ["T9", "query", "gone", "completed"]],
        agent_skills=[["agent_id", "skill"], ["A1", "motor"], ["A1", "german"]],
    )
    assert set(snapshot.warnings) == {
        "tasks: nobody has the skill 'motor, german' (1 task); skills are separated by ;, did you mean 'motor;german'?",
        "tasks: nobody has the skill 'moter' (1 task); did you mean 'motor'?",
        "tasks: nobody has the skill 'ship' (1 task)",
    }


def test_a_skill_of_the_process_counts_for_its_tasks_and_many_are_summed_up() -> None:
    names = ["x", *"abcdef"]
    snapshot = read(
        processes=[["process", "minutes", "skills"], *([name, "5", name] for name in names)],
        tasks=[["task_id", "process"], *([f"T{n}", name] for n, name in enumerate(["x", *names]))],
    )
    assert snapshot.warnings[0] == "tasks: nobody has the skill 'x' (2 tasks)"
    assert snapshot.warnings[-1] == "tasks: further skills that nobody has: 2"
    assert len(snapshot.warnings) == 6


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Resolved", "completed"),
        ("Closed", "completed"),
        ("Done", "completed"),
        ("Cancelled", "canceled"),
        ("On Hold", "held"),
        ("In-Progress", "in_progress"),
        ("asigned", "assigned"),
        ("Unassigned", "queued"),
        ("Reopened", None),
        ("Escalated", None),
        ("incomplete", None),
        ("Unresolved", None),
        ("x", None),
    ],
)
def test_no_status_is_suggested_rather_than_a_wrong_one(text: str, hint: str | None) -> None:
    assert choice_hint(text, STATUSES) == (f"did you mean '{hint}'?" if hint else None)


def test_no_status_is_suggested_for_a_kind_of_shift() -> None:
    assert choice_hint("Lunch", SHIFT_KINDS) == "did you mean 'break'?"
    assert choice_hint("done", SHIFT_KINDS) is None
