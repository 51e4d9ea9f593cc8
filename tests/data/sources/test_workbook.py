"""Snapshots in one Excel workbook, and workbooks whose cells cannot be known."""

import random
import re
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from data import TABLES, Snapshot, read_snapshot
from models import Code, SnapshotError
from tests.data.small import SETTINGS, Rows, tables, write_folder, write_workbook

HEAD: list[object] = ["task_id", "process", "minutes", "due_at"]


def read(path: Path, *tasks: Sequence[object]) -> Snapshot:
    return read_snapshot(write_workbook(path / "s.xlsx", tasks=[HEAD, *tasks]), allow_empty=True)


def edited(path: Path, change: Any) -> Path:
    """The clean workbook after a change to its sheet of tasks."""
    write_workbook(path / "s.xlsx")
    book = openpyxl.load_workbook(path / "s.xlsx")
    change(book["tasks"])
    book.save(path / "s.xlsx")
    return path / "s.xlsx"


def with_result(path: Path, result: str, cell_type: str = "n") -> Path:
    """The workbook with a stored result for the one formula of its tasks, as Excel would have written it."""
    part = "xl/worksheets/sheet3.xml"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part], found = re.subn(
        rb"<c r=\"(\w+)\"[^>]*>(<f>[^<]*</f>)<v\s*/?>(</v>)?",
        rf'<c r="\1" t="{cell_type}">\2<v>{result}</v>'.encode(),
        parts[part],
    )
    assert found == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(path)
    return str(refusal.value)


def test_a_workbook_says_the_same_as_the_folder(tmp_path: Path) -> None:
    folder = read_snapshot(write_folder(tmp_path / "s"))
    book = read_snapshot(write_workbook(tmp_path / "s.xlsx"))
    assert all(getattr(folder, name).equals(getattr(book, name)) for name in TABLES)
    assert (folder.as_of, folder.horizon_end, folder.timezone) == (
        book.as_of,
        book.horizon_end,
        book.timezone,
    )
    assert list(book.inputs) == ["s.xlsx"]
    assert book.warnings == ()


def test_cells_of_every_type(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path,
        [4711, "claim", 12.5, datetime(2026, 1, 5, 12)],  # noqa: DTZ001  Excel's times have no zone
        ["0042", "claim", "12.5", "2026-01-05T12:00"],
        [101000295638, " claim ", 5, date(2026, 1, 6)],
        [True, "claim", 1, "2026-01-05T11:00Z"],
    )
    assert snapshot.rejects.is_empty()
    assert snapshot.tasks["task_id"].to_list() == ["4711", "0042", "101000295638", "true"]
    assert snapshot.tasks["minutes"].to_list() == [12.5, 12.5, 5.0, 1.0]
    local = snapshot.tasks["due_at"].dt.convert_time_zone("Europe/Berlin").dt.strftime("%dT%H")
    assert local.to_list() == ["05T12", "05T12", "06T00", "05T12"]


def test_every_minute_of_a_day_is_read_exactly(tmp_path: Path) -> None:
    times = [datetime(2026, 1, 5, minute // 60, minute % 60) for minute in range(1440)]  # noqa: DTZ001
    snapshot = read(tmp_path, *([i, "claim", 1, moment] for i, moment in enumerate(times)))
    assert snapshot.tasks["due_at"].dt.convert_time_zone("Europe/Berlin").dt.replace_time_zone(None).to_list() == times


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    numbers = [1 / 3, 0.1, 2.675, 123456.789012345, 1e-5]
    snapshot = read(tmp_path, *([i, "claim", n, None] for i, n in enumerate(numbers)))
    assert snapshot.tasks["minutes"].to_list() == pytest.approx(numbers, rel=1e-15)


def test_text_that_looks_like_a_rounded_number_stays_as_it_is(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["01.123456789", "claim", 1, None], ["1.123456789", "claim", 1 / 3, None])
    assert snapshot.tasks["task_id"].to_list() == ["01.123456789", "1.123456789"]


def test_dates_of_a_workbook_from_an_old_mac(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book["tasks"]["C2"] = datetime(2026, 1, 5, 12)  # noqa: DTZ001
    book.save(path)
    assert read_snapshot(path).tasks["due_at"][0].isoformat() == "2026-01-05T11:00:00+00:00"


def test_a_bare_number_or_a_time_of_day_is_no_moment(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["T1", "claim", 1, 46027.5], ["T2", "claim", 1, time(8, 30)])
    assert snapshot.rejects.select("rule", "message").rows() == [
        ("type", "sheet 'tasks' cell D2: due_at '46027.5' is a bare number, not a time; give the cell a date format"),
        (
            "type",
            "sheet 'tasks' cell D3: due_at '8:30' is a time without a day; write it like 2026-01-05T08:00 (ISO 8601)",
        ),
    ]


def test_blank_rows_are_skipped_but_counted_from_the_header(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(3)
        sheet.insert_rows(1, amount=2)

    assert read_snapshot(edited(tmp_path, change)).tasks["row"].to_list() == [2, 4, 5]


def test_sheet_names_are_matched_loosely(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    book["agent_skills"].title = "Agent Skills"
    book["shifts"].title = "aside"
    book["aside"].title = "SHIFTS"
    book.create_sheet("Pair")
    book.create_sheet("Notes")
    book.save(path)
    assert read_snapshot(path).warnings == ("'Pair' is not read; did you mean 'pairs'?",)


def test_a_missing_sheet_names_the_nearest(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    book["tasks"].title = "task list"
    book.save(path)
    assert refused(path) == "s.xlsx: the sheet 'tasks' is missing; did you mean 'task list'?"


def test_two_sheets_of_one_table_are_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", **{"agent skills": tables()["agent_skills"]})
    assert refused(path) == "s.xlsx has the sheets 'agent_skills' and 'agent skills'; keep one of them"


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", tasks=[])
    assert refused(path) == "s.xlsx, sheet 'tasks' is empty; a line with the column names is needed"


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", tasks=[["task", "process"], ["T1", "claim"]])
    assert refused(path).startswith(
        "s.xlsx, sheet 'tasks': the required column 'task_id' is missing; did you mean 'task'?"
    )


def test_a_title_above_the_header_is_pointed_out(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx", tasks=[["Open work"], [], *tables()["tasks"]])
    assert "; row 3 looks like the header: delete the rows above it" in refused(path)


def test_merged_headers_are_refused(tmp_path: Path) -> None:
    assert refused(edited(tmp_path, lambda sheet: sheet.merge_cells("C1:D1"))) == (
        "s.xlsx, sheet 'tasks' has merged cells (C1:D1); unmerge them, give every column its own header "
        "in one row and fill every cell"
    )


def test_formulas_count_with_their_stored_result(tmp_path: Path) -> None:
    path = with_result(edited(tmp_path, lambda sheet: sheet.__setitem__("D2", "=15*3")), "45")
    assert read_snapshot(path).tasks["minutes"][0] == 45.0


def test_a_formula_may_result_in_no_text(tmp_path: Path) -> None:
    path = with_result(edited(tmp_path, lambda sheet: sheet.__setitem__("D2", '=""')), "", "str")
    assert read_snapshot(path).tasks["minutes"][0] is None


def test_formulas_without_a_stored_result_are_refused(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(2, 5):
            sheet[f"D{row}"] = "=1+1"
            sheet[f"C{row}"] = "=NOW()"

    assert refused(edited(tmp_path, change)) == (
        "s.xlsx, sheet 'tasks' has formulas whose result is not stored (C2, D2, C3 and 3 more); "
        "open the workbook in Excel and save it, or paste the values"
    )


def test_errors_of_a_formula_set_the_row_aside(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["D2"] = "=1/0"
        sheet["A3"] = "#N/A"

    snapshot = read_snapshot(with_result(edited(tmp_path, change), "#DIV/0!", "e"))
    assert snapshot.rejects.select("row", "column", "rule", "value").rows() == [
        (2, "minutes", "type", "#DIV/0!"),
        (3, "task_id", "type", "#N/A"),
    ]
    assert snapshot.tasks["task_id"].to_list() == ["T3"]


def test_settings_may_be_typed_cells(tmp_path: Path) -> None:
    settings: Rows = [
        ["Key", "Value", "help"],
        ["As Of", datetime(2026, 1, 5, 8), None],  # noqa: DTZ001
        ["horizon", "10h", "or horizon_end"],
        ["timezone", "Europe/Berlin", None],
        [None, None, None],
        ["horizon_end", None, None],
    ]
    snapshot = read_snapshot(write_workbook(tmp_path / "s.xlsx", settings))
    assert snapshot.as_of.isoformat() == "2026-01-05T07:00:00+00:00"
    assert (snapshot.horizon_end - snapshot.as_of).total_seconds() == 36000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            [["as_of", "2026-01-05"]],
            "s.xlsx, sheet 'snapshot' needs the columns 'key' and 'value' in its first row",
        ),
        (
            [["key", "value"], ["as_of", "2026-01-05"], ["as_of", "2026-01-06"]],
            "s.xlsx, sheet 'snapshot': the key 'as_of' is there twice",
        ),
        (
            [["key", "value"], ["horizon", "5d"]],
            "the moment of the snapshot is missing: give as_of in s.xlsx, sheet 'snapshot', or --as-of",
        ),
    ],
)
def test_settings_that_are_refused(tmp_path: Path, settings: Rows, message: str) -> None:
    assert refused(write_workbook(tmp_path / "s.xlsx", settings)) == message


def test_a_workbook_without_settings_leaves_them_to_the_caller(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    book.remove(book["snapshot"])
    book.save(path)
    assert read_snapshot(path, as_of=SETTINGS["as_of"], horizon="10h").timezone == "UTC"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "s.xlsx cannot be read as an Excel workbook (.xlsx): "),
        (b"task_id,process\n", "s.xlsx cannot be read as an Excel workbook (.xlsx): "),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "s.xlsx is an old .xls file or protected by a password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "s.xlsx").write_bytes(content)
    assert refused(tmp_path / "s.xlsx").startswith(message)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "s.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(tmp_path / "s.xlsx").startswith("s.xlsx cannot be read as an Excel workbook (.xlsx): ")


def test_a_cut_off_workbook_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(path).startswith("s.xlsx cannot be read as an Excel workbook (.xlsx): ")


def test_everything_that_is_wrong_is_told_at_once_by_its_cell(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "s.xlsx",
        [["key", "value"], ["horizon", "1d"]],
        agents=[["name", "cost_per_hour"], ["Ana", 40]],
        shifts=[["agent_id", "start", "end"], ["A1", "2026-01-05 22:00", "2026-01-05 06:00"]],
        tasks=[["task_id", "process", "due_at"], ["T1", "claim", "soon"], ["T2", "=1+1", None]],
    )
    book = openpyxl.load_workbook(path)
    book["processes"].merge_cells("A3:B3")
    book.save(path)
    told = refused(path).splitlines()
    assert told[0] == "things to mend: 6"
    for fault in (
        "sheet 'agents': the required column 'agent_id' is missing",
        "sheet 'processes' has merged cells (A3:B3)",
        "sheet 'tasks' has formulas whose result is not stored (B3)",
        "the moment of the snapshot is missing",
        "sheet 'tasks' cell C2: due_at 'soon' is not a time",
        "sheet 'shifts' cell C2: end 2026-01-05 06:00 is not after start 2026-01-05 22:00",
    ):
        assert sum(fault in line for line in told) == 1, fault


def test_cells_are_named_where_they_stand(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["D3"] = "soon"
        sheet.insert_rows(1, amount=2)
        sheet.insert_cols(1)

    message = read_snapshot(edited(tmp_path, change)).rejects["message"][0]
    assert message.startswith("sheet 'tasks' cell E5: minutes 'soon' is not a number")


def test_rows_of_totals_and_notes_are_told_as_such(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path, ["T1", "claim", 1, None], ["Summe", None, 900, None], [], ["gez. Meier", None, None, None]
    )
    totals, note = snapshot.rejects["message"]
    assert "process is missing; this looks like a row of totals" in totals
    assert "process is missing; this looks like a note below the table" in note


def test_what_people_write_into_cells_is_read(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path,
        ["T1", "claim", "45,5", "05.01.2026 12:00"],
        ["T2\N{NO-BREAK SPACE}", "claim ", "40 min", "2026/1/5 12:00"],
        ["T3", "claim", "1,5 Std.", "2026年1月5日 12:00"],
    )
    assert snapshot.tasks["task_id"].to_list() == ["T1", "T2", "T3"]
    assert snapshot.tasks["minutes"].to_list() == [45.5, 40.0, 90.0]
    assert snapshot.tasks["due_at"].n_unique() == 1


def test_what_may_mean_two_things_is_not_guessed_at(tmp_path: Path) -> None:
    snapshot = read(tmp_path, ["T1", "claim", "1,250", None], ["T2", "claim", 1, "3/2/2026"], ["T3", "claim", 1, None])
    assert snapshot.rejects["value"].to_list() == ["1,250", "3/2/2026"]


def test_sheets_columns_and_values_in_other_languages(tmp_path: Path) -> None:
    clean = tables()
    renamed: dict[str, Rows] = {
        "Vorgänge": [["Vorgang", "Minuten", "Faehigkeiten"], *clean["processes"][1:]],
        "人员": [["人员编号", "姓名"], *clean["agents"][1:]],
        "Aufgaben": [
            ["Aufgabe", "Vorgang", "Fällig am", "Bearbeitungszeit", "Status"],
            ["T1", "claim", None, 5, "offen"],
        ],
        "人员技能": [["人员", "技能", "等级"], *clean["agent_skills"][1:]],
        "Schichten": [
            ["Mitarbeiter", "Von", "Bis", "Art"],
            [*clean["shifts"][1], "Arbeit"],
            [*clean["shifts"][2], "Pause"],
        ],
        "Einstellungen": [["Einstellung", "Wert"], ["Stand", "05.01.2026 08:00"], ["Planungsdauer", "10h"]],
    }
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in renamed.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(tmp_path / "s.xlsx")
    snapshot = read_snapshot(tmp_path / "s.xlsx", strict=True)
    assert snapshot.warnings == ()
    assert snapshot.tasks["status"].to_list() == ["queued"]
    assert snapshot.shifts["kind"].to_list() == ["work", "break"]
    assert snapshot.processes["skills"].to_list() == ["motor", None]


def _with_cell(path: Path, cell: str, value: object) -> Path:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return edited(path, change)


@pytest.mark.parametrize("cell", ["XFD1", "XFD1048576", "AZ1048576"])
def test_a_stray_cell_costs_no_memory_and_is_told(tmp_path: Path, cell: str) -> None:
    snapshot = read_snapshot(_with_cell(tmp_path, cell, "x"))
    assert snapshot.tasks["task_id"].to_list() == ["T1", "T2", "T3"]
    assert any(f"cells far from the others: {cell};" in warning for warning in snapshot.warnings)
    assert ("x" in snapshot.tasks.columns) == cell.endswith("D1")


def test_a_stray_row_keeps_its_number(tmp_path: Path) -> None:
    snapshot = read_snapshot(_with_cell(tmp_path, "A1000000", "T9"))
    assert snapshot.rejects.select("row", "id", "rule").rows() == [(1_000_000, "T9", "required")]
    assert snapshot.tasks["row"].to_list() == [2, 3, 4]


def test_cells_scattered_all_over_a_sheet_refuse_it(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for number in range(1, 100):
            sheet.cell(10_000 * number, 160 * number, "x")

    assert "has 112 cells with content scattered as far as WKF990000; delete" in refused(edited(tmp_path, change))


def test_a_sheet_that_is_not_read_may_be_as_it_likes(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    for number in range(1, 100):
        book.create_sheet("notes").cell(10_000 * number, 160 * number, "x")
    book.save(path)
    assert read_snapshot(path).tasks.height == 3


def test_numbers_of_more_than_15_digits_are_never_another_id(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path,
        [123456789012345678, "claim", 1, None],
        [1234567890123456, "claim", 1, None],
        ["123456789012345678", "claim", 1, None],
        [999999999999999, "claim", 1, None],
    )
    assert snapshot.tasks["task_id"].to_list() == ["123456789012345678", "999999999999999"]
    assert snapshot.rejects.select("row", "value").rows() == [(2, "1.23456789012346E+17"), (3, "1.23456789012346E+15")]


def test_lengths_of_time_are_no_numbers(tmp_path: Path) -> None:
    snapshot = read(
        tmp_path,
        ["T1", "claim", timedelta(minutes=90), None],
        ["T2", "claim", timedelta(hours=30), None],
        ["T3", "claim", datetime(2026, 1, 5), timedelta(days=1)],  # noqa: DTZ001
    )
    assert snapshot.rejects["message"].to_list() == [
        "sheet 'tasks' cell C2: minutes '1:30' has a time or date format; write minutes as a number (90)",
        "sheet 'tasks' cell C3: minutes '30:00' has a time or date format; write minutes as a number (1800)",
        "sheet 'tasks' cell D4: due_at '24:00' is a time without a day; write it like 2026-01-05T08:00 (ISO 8601); "
        "also: sheet 'tasks' cell C4: minutes '2026-01-05 00:00:00' has a time or date format; "
        "write minutes as a number",
    ]


@pytest.mark.parametrize("by_filter", [True, False])
def test_hidden_rows_are_told(tmp_path: Path, by_filter: bool) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:D4" if by_filter else None
        for row in (3, 4, 9):  # nothing is in the last one
            sheet.row_dimensions[row].hidden = True

    snapshot = read_snapshot(edited(tmp_path, change))
    how = "hidden by a filter" if by_filter else "hidden"
    assert snapshot.warnings == (f"s.xlsx, sheet 'tasks': rows that are {how} and count all the same: 2, such as 3, 4",)
    notices = [(each.code, each.count, each.of, each.names, each.rows) for each in snapshot.notices]
    assert notices == ([(Code.ROWS_HIDDEN, 2, 3, ("T2", "T3"), (3, 4))] if by_filter else [])


def test_an_archive_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "s.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b" " * (70 * 2**20))
    assert "s.xlsx unpacks to 70 MB" in refused(path)


def test_damaged_bytes_end_in_a_refusal(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "s.xlsx").read_bytes()
    changes = random.Random(1)
    for _ in range(40):
        broken = bytearray(whole)
        for _ in range(changes.randint(1, 20)):
            broken[changes.randrange(len(broken))] = changes.randrange(256)
        (tmp_path / "s.xlsx").write_bytes(broken)
        with suppress(SnapshotError):
            read_snapshot(tmp_path / "s.xlsx")
