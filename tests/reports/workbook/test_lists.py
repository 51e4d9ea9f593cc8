"""Lists to hand out: a file for each team, a page for each person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from reports import RunView, write_lists
from tests.reports.runs import agent, planned, view_of
from tests.reports.workbook.levels import SPECIAL


def test_each_team_gets_its_people_and_their_tasks(mixed: RunView, tmp_path: Path) -> None:
    files = write_lists(mixed, tmp_path, "team")
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "teams/(no team).xlsx",
        "teams/T1.xlsx",
        "teams/T2.xlsx",
    ]
    nobody, _first, second = (load_workbook(file) for file in files)
    assert second.sheetnames == ["Tasks", "People"]
    assert second["Tasks"]["A1"].value == "T2: Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00"
    lines = list(second["Tasks"].iter_rows(min_row=3, values_only=True))
    assert [(*line[:3], line[6], line[-1]) for line in lines] == [
        ("A1", "Name of A1", 1, "t-first", "☐"),
        ("A1", "Name of A1", 2, "t-late", "☐"),
    ]
    assert [line[0] for line in second["People"].iter_rows(min_row=3, values_only=True)] == ["A1"]
    assert nobody["Tasks"].max_row == 2
    assert second.properties.title == "Plan 2026-03-02 08:00: T2"


def test_lists_have_the_columns_that_the_planner_brought(mixed: RunView, tmp_path: Path) -> None:
    plan = mixed.plan.with_columns(street=pl.lit("Main Street"), waiting=pl.lit(timedelta(hours=1)))
    file = write_lists(replace(mixed, plan=plan), tmp_path, "team")[-1]
    head, line = (row for row in load_workbook(file)["Tasks"].iter_rows(min_row=2, max_row=3, values_only=True))
    assert head[-3:] == ("street", "waiting", "Done")
    assert line[-3:] == ("Main Street", "1:00:00", "☐")


def test_every_person_begins_a_printed_page(tmp_path: Path) -> None:
    rows = [planned(f"t{i}", f"A{i // 3}", sequence=i % 3 + 1) for i in range(9)]
    (file,) = write_lists(view_of(plan=rows, agents=[agent(f"A{i}") for i in range(3)]), tmp_path, "team")
    sheet = load_workbook(file)["Tasks"]
    assert [mark.id for mark in sheet.row_breaks.brk] == [5, 8]
    assert sheet.print_title_rows == "$1:$2"
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage  # Excel minds no breaks where it fits
    assert 10 <= sheet.page_setup.scale <= 100


def test_lists_by_person_and_of_nothing(mixed: RunView, nothing: RunView, nobody: RunView, tmp_path: Path) -> None:
    files = write_lists(mixed, tmp_path, "agent")
    assert [file.name for file in files] == ["A1.xlsx", "A2.xlsx", "A3.xlsx"]
    for view in (nothing, nobody):
        assert write_lists(view, tmp_path, "site") == []
    with pytest.raises(ValueError, match="lists cannot be split by 'colour'; by team, site, organisation, agent"):
        write_lists(mixed, tmp_path, "colour")


def test_people_who_are_away_get_no_list(tmp_path: Path) -> None:
    away = agent("A2", team="away", working_minutes=0.0, capacity_minutes=0.0)
    files = write_lists(view_of(plan=[planned("t")], agents=[agent("A1"), away]), tmp_path, "team")
    assert [file.name for file in files] == ["T1.xlsx"]


def test_lists_are_the_same_twice(mixed: RunView, tmp_path: Path) -> None:
    first, again = (write_lists(mixed, tmp_path / name, "team") for name in ("a", "b"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


@pytest.mark.parametrize("name", SPECIAL)
def test_any_name_of_a_team_makes_a_file(name: str, tmp_path: Path) -> None:
    view = view_of(plan=[planned("t")], agents=[agent("A1", team=name)])
    (file,) = write_lists(view, tmp_path, "team")
    assert file.parent == tmp_path / "teams"
    assert str(load_workbook(file)["Tasks"]["A1"].value).startswith(name)
