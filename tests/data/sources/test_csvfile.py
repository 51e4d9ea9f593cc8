"""CSV files of every making, and those that cannot be read rightly."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import TABLES, read_snapshot
from data.sources.csvfile import read_csv_grid
from models import SnapshotError
from tests.data.small import csv_text, tables, write_folder

TASKS = csv_text(tables()["tasks"])


def tasks(folder: Path, content: str | bytes) -> list[tuple[object, ...]]:
    snapshot = read_snapshot(write_folder(folder / "s", {"tasks.csv": content}))
    assert snapshot.rejects.is_empty()
    return snapshot.tasks.select("task_id", "process", "minutes").rows()


def refused(folder: Path, content: str | bytes) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(write_folder(folder / "s", {"tasks.csv": content}))
    return str(refusal.value)


@pytest.mark.parametrize(
    "content",
    [
        TASKS,
        TASKS.rstrip("\n"),
        TASKS.replace("\n", "\r\n"),
        TASKS.replace("\n", "\r"),
        "\ufeff" + TASKS,
        TASKS.replace(",", ";"),
        TASKS.replace(",", "\t"),
        TASKS.replace(",", "|"),
        "sep=;\n" + TASKS.replace(",", ";"),
        "\ufeffsep=,\r\n" + TASKS,
        TASKS.replace("claim", '"claim"').replace("task_id", '"task_id"'),
    ],
    ids=[
        "plain",
        "no last newline",
        "crlf",
        "cr",
        "bom",
        "semicolon",
        "tab",
        "bar",
        "sep",
        "bom and sep",
        "quoted",
    ],
)
def test_reads_every_dialect(tmp_path: Path, content: str) -> None:
    assert tasks(tmp_path, content) == [("T1", "claim", 30.0), ("T2", "query", None), ("T3", "claim", None)]


def test_a_comma_is_the_decimal_sign_of_a_semicolon_file(tmp_path: Path) -> None:
    content = "task_id;process;minutes;note\nT1;claim;12,5;a, b\nT2;claim;7;\n"
    assert tasks(tmp_path, content) == [("T1", "claim", 12.5), ("T2", "claim", 7.0)]


def test_a_dot_is_the_decimal_sign_of_a_semicolon_file_without_decimal_commas(tmp_path: Path) -> None:
    assert tasks(tmp_path, "task_id;process;minutes\nT1;claim;12.5\n") == [("T1", "claim", 12.5)]


def test_a_dot_beside_decimal_commas_may_mean_thousands_and_is_not_guessed_at(tmp_path: Path) -> None:
    content = "task_id;process;minutes;value\nT1;claim;1.234;5\nT2;claim;12;1,5\nT3;claim;12;1.234,5\n"
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": content}))
    assert snapshot.rejects.select("row", "column", "rule", "message").rows() == [
        (2, "minutes", "type", "minutes '1.234' is not a number (the decimal sign is ',')"),
        (4, "value", "type", "value '1.234,5' is not a number (the decimal sign is ',')"),
    ]


def test_points_that_may_stand_between_thousands_are_not_guessed_at(tmp_path: Path) -> None:
    content = "task_id;process;minutes;value\nT1;claim;5;1.500\nT2;claim;5;900\nT3;claim;5;12.000\n"
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": content}))
    assert snapshot.tasks["value"].to_list() == [900.0]
    assert snapshot.rejects["message"].to_list() == [
        "value '1.500' may be 1500 or 1.5; write 1500, or 1.5 with a point",
        "value '12.000' may be 12000 or 12.0; write 12000, or 12.0 with a point",
    ]


@pytest.mark.parametrize("proof", ["0.250", "12.5", "7.25", "1234.500"])
def test_a_point_that_cannot_stand_between_thousands_settles_the_file(tmp_path: Path, proof: str) -> None:
    content = f"task_id;process;minutes;value\nT1;claim;{proof};\nT2;claim;5;1.500\n"
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": content}))
    assert snapshot.tasks.select("minutes", "value").rows() == [(float(proof), None), (5.0, 1.5)]


def test_a_comma_is_no_decimal_sign_of_a_comma_file(tmp_path: Path) -> None:
    content = 'task_id,process,minutes\nT1,claim,"12,5"\nT2,claim,1\n'
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": content}))
    assert snapshot.rejects.select("rule", "value").rows() == [("type", "12,5")]


def test_quotes_hide_separators_newlines_and_quotes(tmp_path: Path) -> None:
    content = 'task_id,process,tenant\n"T,1",claim,"say ""hi"""\n"T\r\n2",claim,""\n'
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": content}))
    assert snapshot.tasks.select("task_id", "tenant").rows() == [("T,1", 'say "hi"'), ("T\r\n2", None)]


@pytest.mark.parametrize(
    ("row", "cells"),
    [("T2,claim,5,", 4), ("T2,claim", 2), ("T2", 1), ('"T,2",claim', 2), ("T2,claim,5;5,x", 4)],
)
def test_a_line_with_another_number_of_cells_is_refused(tmp_path: Path, row: str, cells: int) -> None:
    content = f'task_id,process,minutes\n"T\n1",claim,5\n\n{row}\nT3,claim,5\n'
    assert refused(tmp_path, content) == (
        f"tasks.csv line 5: {cells} cells where the header has 3; a cell that contains ',' is written in quotes"
    )


@pytest.mark.parametrize("footer", ["Copyright (c) 2026 Example Inc.", '\n"Report, by Ana"\nConfidential\n\n'])
def test_a_footer_is_refused_as_what_it_is(tmp_path: Path, footer: str) -> None:
    message = refused(tmp_path, f"task_id,process,minutes\nT1,claim,5\n{footer}")
    assert "1 cell, '" in message
    assert "where the header has 3: looks like a footer of the export; delete it" in message


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a\r\n", "\n\x1a\x1a"])
def test_ctrl_z_is_the_end_of_the_file(tmp_path: Path, end: str) -> None:
    assert len(tasks(tmp_path, TASKS.rstrip("\n") + end)) == 3


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_first_column_without_a_header_is_told_and_not_read(tmp_path: Path, separator: str) -> None:
    rows = [[None, "task_id", "process"], ["0", "T1", "claim"], ["1", "T2", "query"]]
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": "\n\n" + csv_text(rows, separator)}))
    assert snapshot.tasks["task_id"].to_list() == ["T1", "T2"]
    assert snapshot.warnings == ("tasks.csv: column 1 has no header; its values (2) are not read",)


@pytest.mark.parametrize(
    "row", ['T2,"claim,5', 'T2,cl"aim,5', 'T2,"cl"aim,5', 'T2,"claim" ,5', 'T2, "claim",5', 'T2,5" pipe,5']
)
def test_a_stray_quote_is_refused(tmp_path: Path, row: str) -> None:
    content = f'task_id,process,minutes\n"T1",claim,5\n{row}\nT3,claim,5\n'
    assert refused(tmp_path, content) == (
        'tasks.csv line 3: a quote (") that does not fit; a cell that contains one is written "so ""quoted"" as this"'
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(tmp_path: Path, encoding: str) -> None:
    assert refused(tmp_path, TASKS.encode(encoding)) == (
        "tasks.csv is written in UTF-16, not UTF-8; save it again as 'CSV UTF-8'"
    )


@pytest.mark.parametrize(("name", "encoding"), [("Müller", "cp1252"), ("Ольга", "cp1251"), ("王小明", "gb18030")])
def test_older_encodings_are_refused(tmp_path: Path, name: str, encoding: str) -> None:
    content = f"task_id,process,tenant\nT1,claim,\nT2,claim,{name}\n".encode(encoding)
    assert refused(tmp_path, content) == (
        "tasks.csv line 3: not UTF-8 (an encoding such as Windows-1252?); save it again as 'CSV UTF-8'"
    )


def test_a_table_of_one_column(tmp_path: Path) -> None:
    files = {"processes.csv": "process\nclaim\n\n  \nquery\n"}
    snapshot = read_snapshot(write_folder(tmp_path / "s", files))
    assert snapshot.processes.select("process", "row").rows() == [("claim", 2), ("query", 5)]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04...", "an Excel workbook or a zip archive"),
        (b"\x1f\x8b...", "compressed; such a file is named .csv.gz"),
        (b"PAR1...", "a Parquet file; such a file is named .parquet"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, content: bytes, kind: str) -> None:
    assert refused(tmp_path, content) == f"tasks.csv is not CSV but {kind}"


@pytest.mark.parametrize("content", [b"x" * 200_000, b"task_id\rprocess\nT1\n"])
def test_a_first_line_that_is_no_header_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "the required column 'task_id' is missing" in refused(tmp_path, content)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    separator=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
def test_reads_back_whatever_is_written(rows: list[list[str]], separator: str, line_end: str, quote_all: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=separator,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows([["task_id", "process", "note"], *rows])
    grid = read_csv_grid(text.getvalue().encode(), TABLES["tasks"].names, "tasks.csv")
    assert grid.separator == separator
    assert grid.cells.fill_null("").rows() == [("task_id", "process", "note"), *map(tuple, rows)]
