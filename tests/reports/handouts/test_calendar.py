"""A person's tasks as a calendar that any program reads."""

from pathlib import Path

import pytest

from reports.handouts.calendar import calendar_text, write_calendars
from tests.reports.runs import agent, at, planned, view_of


def lines(*tasks, person: str = "Ann") -> list[str]:
    """The lines of a calendar, unfolded."""
    view = view_of(plan=list(tasks), agents=[agent("A1")])
    text = calendar_text(view, person, view.plan)
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def test_a_task_is_an_event_in_utc_with_its_deadline():
    found = lines(planned("T1", start_at=at(0), end_at=at(30), due_at=at(60)))
    assert {"DTSTART:20260302T070000Z", "DTEND:20260302T073000Z", "SUMMARY:1. claims: T1"} <= set(found)
    assert [line for line in found if line.startswith("DESCRIPTION")] == ["DESCRIPTION:Due Mon 2 Mar 2026 09:00"]


def test_without_a_deadline_or_a_task_nothing_is_said_of_it():
    assert not [line for line in lines(planned("T1", due_at=None)) if line.startswith("DESCRIPTION")]
    assert "BEGIN:VEVENT" not in lines()


@pytest.mark.parametrize(
    "name", ["a;b,c\\d", "two\nlines", "END:VCALENDAR\r\nX", "名前" * 40, "🧾" * 30, "tab\there\x00"]
)
def test_any_name_stays_one_value(name):
    found = lines(planned(name, process=name), person=name)
    assert [line.partition(":")[0] for line in found if not line.startswith(("UID", "END", "BEGIN"))].count(
        "SUMMARY"
    ) == 1
    assert found.count("END:VCALENDAR") == 1
    assert found.count("END:VEVENT") == 1
    (summary,) = (line for line in found if line.startswith("SUMMARY:"))
    plain = summary.replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\")
    kept = name.replace("\r\n", "\n").replace("\t", " ").replace("\x00", " ")
    assert plain == f"SUMMARY:1. {kept}: {kept}"


def test_the_same_task_is_the_same_event_and_a_later_plan_changes_it():
    first, later = (
        calendar_text(view, "Ann", view.plan).split("\r\n")
        for view in (view_of(plan=[planned("T1")]), view_of(plan=[planned("T1")], as_of=at(15).isoformat()))
    )
    uid = [line for line in first if line.startswith("UID")]
    assert uid == [line for line in later if line.startswith("UID")]
    numbers = [int(line.partition(":")[2]) for text in (first, later) for line in text if line.startswith("SEQUENCE")]
    assert numbers[1] - numbers[0] == 15


def test_those_who_are_away_get_none_and_only_some_are_written_for(tmp_path: Path):
    people = [agent("a/b"), agent("A:B", name=None), agent("away", working_minutes=0.0), agent("idle")]
    view = view_of(plan=[planned("T1", "a/b")], agents=people)
    files = write_calendars(view, tmp_path)
    assert {name: file.name for name, file in files.items()} == {
        "A:B": "A_B.ics",
        "a/b": "a_b (2).ics",
        "idle": "idle.ics",
    }
    only = write_calendars(view, tmp_path / "some", only=frozenset({"a/b"}))
    assert [file.name for file in only.values()] == ["a_b (2).ics"]  # the same name as among all
