"""Input as people have it: scripts of all kinds, marks at the start, other signs for decimals, workbooks."""

import json

import openpyxl
import polars as pl
import pytest

from tests.data.small import csv_text, tables, write_folder
from tests.scheduler.cli.test_plan import read_run
from tests.scheduler.command import QUICK, allot

pytestmark = pytest.mark.slow

EIGHT, FOUR = "2026-01-05T08:00", "2026-01-05T16:00"
SCRIPTS = {"cyrillic": ("Задача №1", "Щербакова Ольга", "страхование"), "chinese": ("任务一", "王小明", "理赔")}


@pytest.mark.parametrize("script", SCRIPTS)
def test_ids_and_names_of_every_script_come_through(inside, tmp_path, script):
    task, name, skill = SCRIPTS[script]
    changed = {
        "processes": [["process", "minutes", "skills", "department"], [skill, "20", skill, name]],
        "agents": [["agent_id", "name", "team"], [name, name, skill]],
        "tasks": [["task_id", "process", "segment"], [task, skill, name]],
        "agent_skills": [["agent_id", "skill"], [name, skill]],
        "shifts": [["agent_id", "start", "end"], [name, EIGHT, FOUR]],
    }
    out = tmp_path / name
    done = inside("plan", write_folder(tmp_path / "снимок", **changed), "--out", out, "--effort", 1, "--csv", "--json")
    assert done.code == 0
    assert json.loads(done.out)["counts"]["planned"] == 1
    row = pl.read_parquet(out / "plan.parquet").row(0, named=True)
    assert (row["task_id"], row["agent_id"], row["process"], row["department"]) == (task, name, skill, name)
    assert f"{task},{name}," in (out / "plan.csv").read_text("utf-8-sig")
    book = openpyxl.load_workbook(out / "plan.xlsx")
    texts = {str(cell.value) for sheet in book for cells in sheet.iter_rows() for cell in cells}
    assert {task, name} <= texts
    page = (out / "report.html").read_text("utf-8")
    assert name in page
    assert inside("check", tmp_path / "снимок", out).code == 0


def test_other_scripts_in_a_process_of_its_own_with_another_encoding(tmp_path, monkeypatch):
    task, name, skill = SCRIPTS["chinese"]
    snapshot = write_folder(
        tmp_path / "snapshot",
        tasks=[["task_id", "process", "agent_id"], [task, "claim", name]],
        processes=[["process", "minutes"], ["claim", 10]],
    )
    # as when output is sent to a file on a machine that is not set to UTF-8
    monkeypatch.setattr("tests.scheduler.command.ENCODING", "ascii")
    done = allot("plan", snapshot, "--out", tmp_path / skill, *QUICK, "--json")
    assert done.code == 0
    assert json.loads(done.out) == read_run(tmp_path / skill)
    assert name in json.loads(done.out)["warnings"][0]


def test_a_mark_at_the_start_changes_nothing(inside, tmp_path):
    marked = {f"{name}.csv": b"\xef\xbb\xbf" + csv_text(rows).encode() for name, rows in tables().items()}
    runs = []
    for name, files in (("plain", {}), ("marked", marked)):
        snapshot = write_folder(tmp_path / name, files)
        runs.append(json.loads(inside("plan", snapshot, "--out", tmp_path / f"{name} run", *QUICK, "--json").out))
    assert runs[0]["objective"] == runs[1]["objective"]
    assert runs[0]["counts"] == runs[1]["counts"] == runs[0]["counts"] | {"planned": 3, "rejected": 0}


NUMBERS = [["task_id", "process", "minutes", "value"], ["T1", "claim", "30.5", "1.25"], ["T2", "query", "7.5", "0.1"]]


def decimal_commas(separator: str) -> str:
    return csv_text([[str(cell).replace(".", ",") for cell in row] for row in NUMBERS], separator)


def test_decimal_commas_of_a_semicolon_file_are_read_right(inside, tmp_path):
    plain = write_folder(tmp_path / "plain", tasks=NUMBERS)
    german = write_folder(tmp_path / "german", {"tasks.csv": decimal_commas(";")})
    for snapshot in (plain, german):
        assert inside("plan", snapshot, "--out", snapshot.with_suffix(".run"), *QUICK).code == 0
    first, second = (pl.read_parquet(tmp_path / f"{name}.run" / "plan.parquet") for name in ("plain", "german"))
    assert first.equals(second)
    assert dict(first.select("task_id", "minutes").rows()) == {"T1": 31.0, "T2": 8.0}
    assert dict(first.select("task_id", "payoff").rows()) == {"T1": 1.25, "T2": 0.1}


def test_decimal_commas_of_a_comma_file_are_set_aside_or_refused(inside, tmp_path):
    quoted = csv_text(
        [NUMBERS[0], *([row[0], row[1], f'"{str(row[2]).replace(".", ",")}"', row[3]] for row in NUMBERS[1:])]
    )
    folder = write_folder(tmp_path / "quoted", {"tasks.csv": quoted})
    done = inside("plan", folder, "--out", tmp_path / "run", "--allow-empty", *QUICK)
    assert done.code == 0
    rejects = pl.read_csv(tmp_path / "run" / "rejects.csv", infer_schema=False)
    assert rejects.select("id", "column", "rule", "value").rows() == [
        ("T1", "minutes", "type", "30,5"),
        ("T2", "minutes", "type", "7,5"),
    ]
    bare = write_folder(tmp_path / "bare", {"tasks.csv": decimal_commas(",")})
    refused = inside("plan", bare, "--out", tmp_path / "bare run", *QUICK)
    assert refused.code == 3
    assert "tasks.csv line 2: 6 cells where the header has 4" in refused.err


def test_the_template_can_be_planned_as_it_is(inside, tmp_path):
    book, out = tmp_path / "day.xlsx", tmp_path / "run"
    assert inside("template", book).code == 0
    assert inside("validate", book, "--strict").code == 0
    assert inside("plan", book, "--out", out, *QUICK, "--strict").code == 0
    run, plan = read_run(out), pl.read_parquet(out / "plan.parquet")
    assert run["inputs"].keys() == {"day.xlsx"}
    assert run["counts"] == run["counts"] | {"tasks": 2, "planned": 2, "rejected": 0}
    assert plan.select("task_id", "agent_id", "pinned").rows() == [("T001", "A001", True), ("T002", "A001", False)]
    assert inside("check", book, out).code == 0


def test_a_template_that_was_filled_in(inside, tmp_path):
    book, out = tmp_path / "day.xlsx", tmp_path / "run"
    inside("template", book)
    edited = openpyxl.load_workbook(book)
    edited["tasks"].append(["0007", "callback"])
    edited["tasks"].append(["=HYPERLINK", "nowhere"])
    edited["tasks"].cell(edited["tasks"].max_row, 1).data_type = "s"
    edited.save(book)
    assert inside("plan", book, "--out", out, *QUICK).code == 0
    assert "0007" in pl.read_parquet(out / "plan.parquet")["task_id"]
    assert pl.read_csv(out / "rejects.csv", infer_schema=False)["id"].to_list() == ["=HYPERLINK"]


def test_a_merged_title_above_the_header_is_pointed_out(inside, tmp_path):
    book = tmp_path / "day.xlsx"
    inside("template", book)
    edited = openpyxl.load_workbook(book)
    edited["tasks"].insert_rows(1)
    edited["tasks"]["A1"] = "Tasks of Monday"
    edited["tasks"].merge_cells("A1:D1")
    edited.save(book)
    done = inside("plan", book, "--out", tmp_path / "run", *QUICK)
    assert done.code == 3
    assert "day.xlsx, sheet 'tasks'" in done.err
    assert not (tmp_path / "run").exists()


def test_formulas_without_results_are_refused(inside, tmp_path):
    book = tmp_path / "day.xlsx"
    inside("template", book)
    edited = openpyxl.load_workbook(book)
    column = [cell.value for cell in edited["tasks"][1]].index("minutes") + 1
    edited["tasks"].cell(2, column).value = "=15*3"
    edited.save(book)
    done = inside("plan", book, "--out", tmp_path / "run", *QUICK)
    assert done.code == 3
    assert "has formulas whose result is not stored" in done.err


def test_text_that_looks_like_a_formula_stays_text(inside, tmp_path):
    texts = ["=1+1", "+49 151", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    tasks = [["task_id", "process", "remark"], *([f"T{i}", "query", f'"{text}"'] for i, text in enumerate(texts))]
    snapshot, out = write_folder(tmp_path / "snapshot", tasks=tasks), tmp_path / "run"
    assert inside("plan", snapshot, "--out", out, "--effort", 1, "--no-html").code == 0
    assert set(pl.read_parquet(out / "plan.parquet")["remark"]) == set(texts)
    book = openpyxl.load_workbook(out / "plan.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value in texts} == {"s"}
    assert {cell.value for cell in cells} >= set(texts)


def test_validate_says_what_a_plan_would_lack(inside, sample):
    done = inside("validate", sample)
    assert done.code == 0
    assert "but: 2 of 43 tasks were set aside and are not planned" in done.err


def test_what_a_snapshot_leaves_open_is_as_in_the_configuration(inside, tmp_path, monkeypatch):
    snapshot = write_folder(tmp_path / "snapshot", {"snapshot.toml": 'as_of = "2026-01-05T08:00"'})
    config, run = tmp_path / "allot.toml", tmp_path / "run"
    assert "the end of planning is missing" in inside("validate", snapshot).err
    config.write_text('timezone = "Asia/Tokyo"\nhorizon = "9h"\n', encoding="utf-8")
    assert inside("validate", snapshot, "--config", config).code == 0
    assert inside("plan", snapshot, "--out", run, "--config", config, *QUICK).code == 0
    assert read_run(run)["timezone"] == "Asia/Tokyo"
    assert read_run(run)["as_of"] == "2026-01-05T08:00:00+09:00"
    assert read_run(run)["horizon_end"] == "2026-01-05T17:00:00+09:00"
    for read in (("check", snapshot, run), ("explain", run, "T1")):  # what the run says counts
        assert inside(*read).code == 0
    config.write_text('timezone = "UTC"\nhorizon = "1h"\n', encoding="utf-8")
    monkeypatch.setenv("ALLOT_CONFIG", str(config))
    again = ("replan", snapshot, "--from", run, "--out", tmp_path / "again", "--effort", 1, "--no-xlsx", "--no-html")
    assert inside(*again).code == 0
    assert read_run(tmp_path / "again")["horizon_end"] == "2026-01-05T17:00:00+09:00"
    assert inside("check", snapshot, tmp_path / "again").code == 0


def test_snapshot_and_command_line_come_before_the_configuration(inside, tmp_path, monkeypatch):
    config, run = tmp_path / "allot.toml", tmp_path / "run"
    config.write_text('timezone = "Asia/Tokyo"\nhorizon = "1h"\n', encoding="utf-8")
    monkeypatch.setenv("ALLOT_CONFIG", str(config))
    snapshot = write_folder(tmp_path / "snapshot")
    assert inside("plan", snapshot, "--out", run, *QUICK).code == 0
    assert read_run(run)["horizon_end"] == "2026-01-05T18:00:00+01:00"
    assert inside("plan", snapshot, "--out", run, "--horizon", "2h", *QUICK).code == 0
    assert read_run(run)["horizon_end"] == "2026-01-05T10:00:00+01:00"
