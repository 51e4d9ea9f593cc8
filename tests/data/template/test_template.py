"""The template is a snapshot as it stands, explains itself, and is never written over a file."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from data.snapshot.read import read_snapshot
from data.tables.headers import TEMPLATE_LANGUAGES
from data.tables.schemas import TABLES
from data.template.template import write_template
from models import AllotError, Code


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "work.xlsx"
    write_template(path)
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(template)


def column_of(sheet: Worksheet, name: str) -> str:
    return next(cell.column_letter for cell in sheet[1] if cell.value == name)


def drop_down(sheet: Worksheet, name: str) -> str:
    """What a cell of that column, far below the examples, offers."""
    place = f"{column_of(sheet, name)}5000"
    found = [rule.formula1 for rule in sheet.data_validations.dataValidation if place in rule.sqref]
    assert len(found) == 1
    return found[0]


def test_the_template_itself_is_a_snapshot_with_two_rows_a_table(template: Path) -> None:
    snapshot = read_snapshot(template, strict=True)
    assert snapshot.rows_read == dict.fromkeys(TABLES, 2)
    assert snapshot.warnings == ()
    assert snapshot.timezone == "Europe/Berlin"


@pytest.mark.slow
@pytest.mark.parametrize("language", TEMPLATE_LANGUAGES)
def test_the_template_says_the_same_in_every_language(language: str, template: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "work.xlsx", language)
    english, other = read_snapshot(template), read_snapshot(tmp_path / "work.xlsx", strict=True)
    assert other.warnings == ()
    same = {"tasks": ("task_id", "due_at", "status"), "shifts": ("start", "kind"), "pairs": ("allowed", "bonus")}
    for table, columns in same.items():
        assert getattr(other, table).select(columns).equals(getattr(english, table).select(columns))
    words = {row[0] for row in openpyxl.load_workbook(tmp_path / "work.xlsx").worksheets[0].iter_rows(values_only=True)}
    assert ("A snapshot for allot" in words) == (language == "en")


@pytest.mark.parametrize("language", TEMPLATE_LANGUAGES)
def test_examples_that_are_left_in_are_noticed(language: str, tmp_path: Path) -> None:
    write_template(tmp_path / "work.xlsx", language)
    book = openpyxl.load_workbook(tmp_path / "work.xlsx")
    tasks = book.worksheets[2]
    tasks["K3"] = 12  # a value of the second example
    tasks.append(["T7", tasks["B2"].value])
    book.save(tmp_path / "work.xlsx")
    notices = {notice.table: notice for notice in read_snapshot(tmp_path / "work.xlsx").notices}
    assert set(notices) == set(TABLES)
    found = notices["tasks"]
    assert (found.code, found.count, found.of, found.names, found.rows) == (
        Code.EXAMPLE_ROWS, 1, 3, ("T001",), (2,),
    )  # fmt: skip


def test_there_is_no_template_in_other_languages(tmp_path: Path) -> None:
    with pytest.raises(AllotError, match="there is no template in 'fr'; there are en, de, zh"):
        write_template(tmp_path / "work.xlsx", "fr")


def test_the_template_filled_in_by_a_user_is_a_snapshot(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["agents"]["A4"] = "0007"
    book["shifts"].append(["0007", book["shifts"]["B2"].value, book["shifts"]["C2"].value, "work"])
    book["tasks"].append(["0012", "callback"])
    book.save(tmp_path / "filled.xlsx")
    snapshot = read_snapshot(tmp_path / "filled.xlsx", strict=True)
    assert snapshot.agents["agent_id"].to_list() == ["A001", "A002", "0007"]
    assert snapshot.tasks["task_id"].to_list() == ["T001", "T002", "0012"]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_its_header_with_help(book: openpyxl.Workbook, name: str) -> None:
    header = book[name][1]
    assert [cell.value for cell in header] == list(TABLES[name].names)
    for cell, column in zip(header, TABLES[name].columns, strict=True):
        assert column.meaning in cell.comment.text
        assert ("(required)" in cell.comment.text) == column.required
        assert cell.font.b
    assert book[name].freeze_panes == "A2"


def test_required_headers_are_darker(book: openpyxl.Workbook) -> None:
    header = {cell.value: cell.fill.start_color.rgb for cell in book["tasks"][1]}
    assert header["task_id"] == header["process"] != header["tenant"]


@pytest.mark.parametrize("name", TABLES)
def test_empty_cells_have_the_format_of_their_column(book: openpyxl.Workbook, name: str) -> None:
    formats = {"text": "@", "requirement": "@", "flag": "@", "time": "yyyy-mm-dd hh:mm"}
    for column in TABLES[name].columns:
        letter = column_of(book[name], column.name)
        expected = formats.get(column.kind)
        if expected:
            assert book[name].column_dimensions[letter].number_format == expected
            assert book[name][f"{letter}2"].number_format == expected


def test_fixed_choices_drop_down(book: openpyxl.Workbook) -> None:
    assert "in_progress" in drop_down(book["tasks"], "status")
    assert drop_down(book["shifts"], "kind") == '"work,break,reserved"'
    assert drop_down(book["pairs"], "allowed") == '"true,false"'


@pytest.mark.parametrize(
    ("sheet", "column", "source"),
    [
        ("tasks", "process", "processes!$A$2"),
        ("tasks", "agent_id", "agents!$A$2"),
        ("tasks", "requested_agent", "agents!$A$2"),
        ("tasks", "skills", "agent_skills!$B$2"),
        ("processes", "skills", "agent_skills!$B$2"),
        ("agent_skills", "agent_id", "agents!$A$2"),
        ("shifts", "agent_id", "agents!$A$2"),
        ("pairs", "task_id", "tasks!$A$2"),
        ("pairs", "agent_id", "agents!$A$2"),
    ],
)
def test_references_drop_down_from_their_sheet(book: openpyxl.Workbook, sheet: str, column: str, source: str) -> None:
    assert source in drop_down(book[sheet], column)


def test_the_help_sheet_lists_every_column(book: openpyxl.Workbook) -> None:
    rows = {(row[0], row[1]): row for row in book["help"].iter_rows(values_only=True)}
    for table in TABLES.values():
        for column in table.columns:
            assert rows[table.name, column.name][5] == column.meaning
    assert rows["agents", "max_utilization"][6:8] == ("1", "above 0 and at most 1")
    assert rows["tasks", "value"][7] == "at least 0"
    assert ("snapshot", "timezone") in rows


def test_the_bytes_are_always_the_same(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 4e9)
    write_template(tmp_path / "later.xlsx")
    assert (tmp_path / "later.xlsx").read_bytes() == template.read_bytes()


def test_an_existing_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_bytes(b"mine")
    with pytest.raises(AllotError, match=r"mine\.xlsx exists and is not overwritten"):
        write_template(file)
    assert file.read_bytes() == b"mine"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllotError, match=r"let it end in \.xlsx"):
        write_template(tmp_path / "work.csv")
    assert list(tmp_path.iterdir()) == []


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_template(tmp_path / "new" / "work.xlsx")
    assert (tmp_path / "new" / "work.xlsx").exists()
