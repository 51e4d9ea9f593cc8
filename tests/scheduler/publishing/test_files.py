"""The outlet of kind folder: files that are whole, lists that are gone when their team is, names that harm nobody."""

import csv

import openpyxl
import pytest

from tests.scheduler.publishing.case import Desk, state_of

pytestmark = pytest.mark.slow

FOLDER = '[outlet.share]\nkind = "folder"\npath = "out"\n'


@pytest.fixture
def desk(tmp_path, monkeypatch, inside) -> Desk:
    """A desk whose outlet is a folder."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, inside, FOLDER)


def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def events(file):
    """The events of a calendar, each with its lines as a mapping."""
    text = file.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = text.replace("\r\n ", "").split("\r\n")
    found, inside = [], {}
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN" and value == "VEVENT":
            inside = {}
        elif name == "END" and value == "VEVENT":
            found.append(inside)
        else:
            inside[name] = value
    return found


def test_changes_lists_and_calendars(desk):
    desk.plan({"T1": "A", "T2": "A", "T3": "C"})
    assert desk.distribute()["share"]["rows"] == 3
    out = desk.folder / "out"
    assert sorted(str(f.relative_to(out)) for f in out.rglob("*") if f.is_file() and not f.name.startswith(".")) == [
        "calendars/A.ics",
        "calendars/B.ics",
        "calendars/C.ics",
        "changes-000001.csv",
        "teams/=Team 1.xlsx",
        "teams/Team 2.xlsx",
    ]
    first = rows(out / "changes-000001.csv")[0]
    assert first == {
        "task_id": "T1",
        "version": "1",
        "agent_id": "A",
        "sequence": "1",
        "start_at": "2026-03-02T09:00:00+01:00",
        "end_at": "2026-03-02T09:10:00+01:00",
        "state": "planned",
    }
    book = openpyxl.load_workbook(out / "teams" / "Team 2.xlsx")
    assert "T3" in {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    (event,) = events(out / "calendars" / "C.ics")
    assert (event["DTSTART"], event["DTEND"]) == ("20260302T080000Z", "20260302T081000Z")
    assert event["SUMMARY"] == "1. work: T3"
    before = state_of(out)
    desk.distribute()
    assert state_of(out) == before


def test_a_newer_plan_leaves_no_list_behind(desk):
    desk.plan({"T1": "A"})
    desk.distribute()
    out = desk.folder / "out"
    (out / "teams" / "notes.xlsx").write_bytes(b"of somebody else")
    snapshot = desk.folder / "snapshot-2"
    shifts = "agent_id,start,end\nA,2026-03-02T08:00Z,2026-03-02T12:00Z\n"
    write = type(snapshot).write_text

    def only_a(path, text, **options):
        return write(path, shifts if path.name == "shifts.csv" else text, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(snapshot), "write_text", only_a)
        desk.plan({"T2": "A"})
    desk.distribute()
    assert sorted(file.name for file in (out / "teams").glob("*.xlsx")) == ["=Team 1.xlsx", "notes.xlsx"]
    assert [file.name for file in (out / "calendars").glob("*.ics")] == ["A.ics"]
    assert [event["SUMMARY"] for event in events(out / "calendars" / "A.ics")] == ["1. work: T2"]
    assert [(row["task_id"], row["state"]) for row in rows(out / "changes-000002.csv")] == [
        ("T1", "withdrawn"),
        ("T2", "planned"),
    ]
    assert not list(out.rglob("*.part"))


def test_names_that_mean_something_to_a_program_are_harmless(desk):
    names = ["=1+1", "@SUM(A1)", "-2+3", "a;b,c\\d", "<b>&", "é" * 60]
    desk.plan(dict.fromkeys(names, "A"))
    desk.distribute()
    out = desk.folder / "out"
    told = {row["task_id"] for row in rows(out / "changes-000001.csv")}
    assert told == {"'=1+1", "'@SUM(A1)", "'-2+3", "a;b,c\\d", "<b>&", "é" * 60}
    summaries = [event["SUMMARY"].partition(": ")[2] for event in events(out / "calendars" / "A.ics")]
    assert set(summaries) == {"=1+1", "@SUM(A1)", "-2+3", "a\\;b\\,c\\\\d", "<b>&", "é" * 60}
    sheet = openpyxl.load_workbook(out / "teams" / "=Team 1.xlsx").worksheets[0]
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value in names}
    assert cells == dict.fromkeys(names, "s")


def test_a_folder_that_cannot_be_written_keeps_the_rows(desk):
    desk.plan({"T1": "A"})
    (desk.folder / "out").write_text("a file", encoding="utf-8")
    done = desk.distribute()
    assert (done["code"], done["share"]["left"]) == (5, 1)
    (desk.folder / "out").unlink()
    assert desk.distribute()["share"]["rows"] == 1


def test_a_run_that_is_gone_is_told(desk):
    run = desk.plan({"T1": "A"})
    run.rename(desk.folder / "elsewhere")
    done = desk.distribute()
    assert (done["code"], "is not the folder of a run" in done["share"]["message"]) == (5, True)
    assert desk.call("publish", "elsewhere").code == 0
    assert desk.distribute()["share"]["rows"] == 1
