"""Absences, weekly shifts and a skills matrix, in a workbook and in a folder."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from data import Snapshot, read_snapshot
from models import Code, SnapshotError
from tests.data.small import Rows, csv_text, tables, write_folder, write_workbook

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = ["person", "weekday", "start", "end"]
AWAY = ["agent_id", "start", "end", "kind"]


def read(path: Path, settings: dict[str, str] | None = None, /, **sheets: Rows) -> Snapshot:
    rows = None if settings is None else [["key", "value"], *settings.items()]
    return read_snapshot(write_workbook(path / "s.xlsx", rows, **sheets))


def local(snapshot: Snapshot, agent: str, kind: str = "work") -> list[tuple[str, str]]:
    """The shifts of somebody on the clock of the snapshot."""
    rows = snapshot.shifts.filter(agent_id=agent, kind=kind)
    shown = rows.select(pl.col("start", "end").dt.convert_time_zone(snapshot.timezone).dt.strftime("%d %H:%M"))
    return list(shown.iter_rows())


def test_a_weekly_shift_is_one_on_each_of_its_days(tmp_path: Path) -> None:
    settings = {"as_of": "2026-01-05T08:00", "horizon": "7d", "timezone": "Europe/Berlin"}
    weekly = [WEEKLY, ["Bo", "Mon-Wed, Fr", "09:00", "17:00"]]
    snapshot = read(tmp_path, settings, weekly_shifts=weekly, shifts=tables()["shifts"][:2])
    days = ("05", "06", "07", "09")
    assert local(snapshot, "A2") == [(f"{day} 09:00", f"{day} 17:00") for day in days]
    assert snapshot.rejects.is_empty()


def test_the_shift_of_the_night_before_counts(tmp_path: Path) -> None:
    weekly = [WEEKLY, ["A1", "Sonntag", "22:00", "06:00"], ["A1", "周一", "22:00", "24:00"]]
    settings = {"as_of": "2026-01-05T02:00", "horizon": "1d", "timezone": "Europe/Berlin"}
    snapshot = read(tmp_path, settings, weekly_shifts=weekly, shifts=tables()["shifts"][:1])
    assert local(snapshot, "A1") == [("04 22:00", "05 06:00"), ("05 22:00", "06 00:00")]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9)])
def test_a_night_in_which_the_clock_is_changed(tmp_path: Path, day: str, hours: int) -> None:
    settings = {"as_of": f"{day}T12:00", "horizon": "1d", "timezone": "Europe/Berlin"}
    weekly = [WEEKLY, ["A1", "Sat", "22:00", "06:00"]]
    snapshot = read(tmp_path, settings, weekly_shifts=weekly, shifts=tables()["shifts"][:1])
    assert (snapshot.shifts["end"] - snapshot.shifts["start"]).to_list() == [timedelta(hours=hours)]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["A1", "Someday", "08:00", "16:00"], "cell B2: weekday 'Someday' is not a weekday"),
        (["A1", "Mon", "early", "16:00"], "cell C2: start 'early' is not a time of day"),
        (["A1", "Mon", "08:00", None], "cell D2: end is missing"),
        (["A9", "Mon-Fri", "08:00", "16:00"], "cell A2: agent_id 'A9' is not in agents"),
    ],
)
def test_a_weekly_shift_that_cannot_be_read_adds_no_time(tmp_path: Path, row: list[object], told: str) -> None:
    snapshot = read(tmp_path, weekly_shifts=[WEEKLY, row])
    assert snapshot.shifts.height == 2
    assert snapshot.rejects.select("table", "row").rows() == [("weekly_shifts", 2)]
    assert snapshot.rejects["message"][0].startswith(f"sheet 'weekly_shifts' {told}")


def test_an_absence_takes_the_time(tmp_path: Path) -> None:
    away: Rows = [
        AWAY,
        ["Ana", "2026-01-05 10:00", "2026-01-05 11:00", "dentist"],
        ["A2", "04.01.2026", "05.01.2026", None],
    ]
    snapshot = read(tmp_path, absences=away)
    assert local(snapshot, "A1", "reserved") == [("05 10:00", "05 11:00")]
    assert local(snapshot, "A2", "reserved") == [("04 00:00", "06 00:00")]


def test_an_absence_that_cannot_be_read_is_a_reserved_shift_that_cannot(tmp_path: Path) -> None:
    snapshot = read(tmp_path, absences=[AWAY, ["A1", "next week", "2026-01-09", None]])
    assert snapshot.rejects.select("table", "row", "column", "rule").rows() == [("absences", 2, "start", "type")]
    assert snapshot.rejects["message"][0].startswith("sheet 'absences' cell B2: start 'next week' is not a time")


def has_no_time(snapshot: Snapshot) -> list[str]:
    """The people whose time in the whole period is taken."""
    whole = (pl.col("start") <= snapshot.as_of) & (pl.col("end") >= snapshot.horizon_end)
    return snapshot.taken.filter(whole)["agent_id"].to_list()


def test_somebody_whose_absence_cannot_be_read_has_no_time(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", absences=[AWAY, ["Ana", "next week", None, None]])
    snapshot = read_snapshot(path, grain_s=60)
    assert has_no_time(snapshot) == ["A1"]
    blocked = {n.code: n for n in snapshot.notices}[Code.AGENTS_BLOCKED]
    assert (blocked.names, blocked.table, blocked.rows) == (("A1",), "absences", (2,))
    assert blocked.place == "s.xlsx, sheet 'absences'"


def test_a_weekly_break_that_cannot_be_read_takes_the_time_too(tmp_path: Path) -> None:
    weekly = [[*WEEKLY, "kind"], ["A1", "Mon", "noon", "12:30", "Pause"]]
    assert has_no_time(read(tmp_path, weekly_shifts=weekly)) == ["A1"]


def test_an_absence_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"sheet 'shifts': row 2 of absences may take time from somebody"):
        read(tmp_path, absences=[AWAY, [None, "2026-01-05", "2026-01-05", None]])


def test_names_do_where_they_are_unique(tmp_path: Path) -> None:
    twins = [["agent_id", "name"], ["A1", "Ana"], ["A2", "ana "]]
    with pytest.raises(SnapshotError, match=r"sheet 'absences' cell A2: 'Ana' is the name of A1 and A2; write the id"):
        read(tmp_path, agents=twins, absences=[AWAY, ["Ana", "2026-01-05", "2026-01-05", None]])


def test_a_skills_matrix_stands_for_the_list(tmp_path: Path) -> None:
    matrix: Rows = [["name", "team", "motor", "phone"], ["Ana", "one", 2, "x"], ["Bo", "two", None, "nein"]]
    snapshot = read(tmp_path, skills=matrix, agent_skills=[["agent_id", "skill", "level"], ["A1", "motor", 2]])
    assert snapshot.agent_skills.select("agent_id", "skill", "level").rows() == [("A1", "motor", 2), ("A1", "phone", 1)]


def test_a_level_that_the_list_has_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"sheet 'skills' cell B2: A1 has 'motor' at level 3 here and at"):
        read(tmp_path, skills=[["agent_id", "motor"], ["A1", 3]])


def test_a_cell_of_the_matrix_that_cannot_be_read_gives_no_skill(tmp_path: Path) -> None:
    snapshot = read(tmp_path, skills=[["agent_id", "phone"], ["A1", "a bit"]])
    assert snapshot.agent_skills.height == 1
    line = snapshot.rejects.row(0, named=True)
    assert (line["table"], line["row"], line["column"]) == ("skills", 2, "level")
    assert line["message"].startswith("sheet 'skills' cell B2: level 'a bit' is not a whole number")


def test_a_folder_may_have_them_too(tmp_path: Path) -> None:
    weekly = csv_text([WEEKLY, ["A2", "Mon", "06:00", "07:00"], ["A2", "Mon", "x", "07:00"]])
    matrix = csv_text([["person", "phone"], ["A2", "3"]])
    folder = write_folder(tmp_path / "s", {"weekly_shifts.csv": weekly, "skills.csv": matrix})
    (folder / "agent_skills.csv").unlink()
    (folder / "shifts.csv").unlink()
    snapshot = read_snapshot(folder, as_of="2026-01-05T00:00")
    assert local(snapshot, "A2") == [("05 06:00", "05 07:00")]
    assert snapshot.agent_skills["level"].to_list() == [3]
    assert snapshot.rejects["message"][0].startswith("weekly_shifts.csv row 3: start 'x' is not a time of day")


@pytest.mark.parametrize("column", ["agent_id", "name"])
def test_people_of_another_type_than_text_are_no_obstacle(tmp_path: Path, column: str) -> None:
    folder = write_folder(tmp_path / "s")
    agents = pl.read_csv(folder / "agents.csv")
    (folder / "agents.csv").unlink()
    agents.with_columns(pl.Series(column, [["A1"]] * agents.height)).write_parquet(folder / "agents.parquet")
    (folder / "absences.csv").write_text("agent_id,start,end\nA1,2026-01-05,2026-01-05\n")
    with pytest.raises(SnapshotError, match="set aside"):
        read_snapshot(folder)
