"""What a run says is read in Chinese wherever it is shown, and is English in its files."""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import polars as pl
import pytest

from data import read_snapshot, write_sample
from models import Code, Message
from reports import (
    RunView,
    change_lines,
    compare_runs,
    comparison_lines,
    speaking,
    summary_lines,
    task_lines,
    write_comparison_page,
    write_comparison_workbook,
    write_page,
    write_workbook,
)
from reports.words.messages import rendered
from scheduler import plan
from scheduler.edit_kinds import KINDS
from scheduler.edits import Edit, carry_over
from scheduler.explaining import explain_task, read_past_run
from scheduler.replanning import ReplanRequest, replan
from scheduler.run.result import Result
from scheduler.run.written import read_view
from tests.data.small import write_workbook as write_snapshot
from tests.reports.english import english_in, sentences_in
from tests.reports.page.seen import Page

PARTS = {name for code in Code for _words, name, *_rest in Formatter().parse(code.one) if name is not None}
KEPT = {"true", "false", "tasks", "minutes", "scale", "exact", "allot", "up", "warm", "UTC"}
"""Names that stay in every language: of columns, tables, values, engines and commands."""
QUIET: dict[str, Any] = {"effort": 1, "xlsx": False, "html": False}


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A plan of a snapshot with every kind of bad row."""
    folder = tmp_path_factory.mktemp("messy")
    write_sample(folder / "snapshot", profile="messy")
    tasks = folder / "snapshot" / "tasks.csv"
    tasks.write_text(tasks.read_text("utf-8-sig").replace("segment", "segmant", 1), "utf-8")
    return plan(folder / "snapshot", out=folder / "run", engine="auto", gap=1.0, **QUIET)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A small plan."""
    folder = tmp_path_factory.mktemp("day")
    write_sample(folder / "snapshot", tasks=48, agents=5, seed=4)
    return plan(folder / "snapshot", out=folder / "run", **QUIET)


@pytest.fixture(scope="module")
def replanned(day: Result) -> Result:
    """The day planned again with edits that move work for several reasons."""
    assert day.folder is not None
    rows = day.plan.filter(~pl.col("pinned")).sort("start_at")
    others = rows.filter(pl.col("agent_id") != rows["agent_id"][0])
    tasks, agents = others["task_id"], others["agent_id"]
    moved = (("agent_out", rows["agent_id"][0]), ("forbid", f"{tasks[-1]}={agents[-1]}"))
    edits = (*moved, ("hold", tasks[-2]), ("cancel", tasks[-3]))
    source, out = day.folder.parent / "snapshot", day.folder.parent / "again"
    return replan(ReplanRequest(source=source, earlier=day.folder, out=out, edits=edits, **QUIET))


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A plan of a workbook with faults in several sheets, hidden rows, a far cell and sheets beside the tables."""
    folder = tmp_path_factory.mktemp("book")
    file = write_snapshot(
        folder / "book.xlsx",
        [["key", "value"], ["as_of", "2026-01-05T08:00"], ["horizon", "10h"], ["horizan", "1"]],
        tasks=[
            ["task_id", "process", "due_at", "minutes", "skills", "status", "valu", None],
            ["T1", "claim", "2026-01-05T12:00", "30", None, None, "1", "odd"],
            ["T2", "query", None, None, None, None, None, None],
            ["T3", "claim", "2026-01-05", "1,250", "a>=x", "open", None, None],
            ["T4", "clam", "12:30", "5", "motor|", None, None, None],
            ["T5", "query", "46027", "5", "sailing", None, None, None],
            ["T5", "query", None, "5", None, None, None, None],
            ["Total"],
            ["please call back"],
        ],
        absences=[["agent_id", "start", "end"], ["A1", "soon", "2026-01-06"], ["Nobody", "2026-01-05", "2026-01-05"]],
        weekly_shifts=[["person", "weekday", "start", "end"], ["Ana", "Someday", "08:00", "17:00"]],
        pairs=[["task_id", "agent_id", "allowed"], ["T1", "A9", "0"], ["T2", "A1", "perhaps"], ["T2", "A2", "1"]],
    )
    book = openpyxl.load_workbook(file)
    book["tasks"].row_dimensions[3].hidden = True
    book["agents"]["ZZ400"] = "x"
    book.save(file)
    return plan(file, out=folder / "run", policy={"max_reject_share": 1}, **QUIET)


@pytest.fixture(params=("messy", "day", "replanned", "by_hand"))
def result(request: pytest.FixtureRequest) -> Result:
    """Each of the runs."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Result)
    return found


def texts_of(result: Result) -> set[str]:
    """Every text of a run that is to be read and that is not the reports' own."""
    run, changes = result.run, [] if result.changes is None else result.changes["detail"]
    places = [notice["place"] for notice in run["notices"] if " " in notice["place"]]
    found = {*run["warnings"], run["engine_reason"], *places, *result.rejects["message"], *changes}
    return (found | set(result.unplanned["detail"])) - {""}


def in_workbook(file: Path) -> Iterator[object]:
    """All cells of a workbook, and the names of its sheets."""
    book = openpyxl.load_workbook(file)
    yield from book.sheetnames
    yield from (value for sheet in book.worksheets for row in sheet.values for value in row)


def in_page(file: Path) -> Iterator[object]:
    """All texts of a page, those of its lists included."""
    page = Page(file.read_text("utf-8"))
    yield from page.texts
    yield from strings(page.data)


def strings(data: object) -> Iterator[str]:
    """All texts in a structure."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from strings(each)


def in_reports(view: RunView, folder: Path) -> Iterator[object]:
    """All that a run's reports say in Chinese."""
    write_workbook(view, folder / "plan.xlsx", language="zh")
    write_page(view, folder / "report.html", language="zh")
    yield from in_workbook(folder / "plan.xlsx")
    yield from in_page(folder / "report.html")
    yield from summary_lines(view, language="zh")
    yield from change_lines(view, "zh")


def in_data(result: Result) -> set[str]:
    """The texts that a run passes on from its data and its machine."""
    frames = [result.plan, result.unplanned, result.agents, result.rejects.drop("message")]
    columns = [column for frame in frames for column in frame.select(pl.col(pl.String)) if column.name != "detail"]
    return {text for column in columns for text in column if text}


def left_of(texts: Iterable[object], result: Result) -> set[str]:
    """The English sentences among texts that are not of the data."""
    data = in_data(result)
    return {found for found in sentences_in(texts) if not any(found in text for text in data)}


@pytest.mark.slow
def test_every_text_of_a_run_has_its_message(result):
    assert result.messages is not None
    assert texts_of(result) - set(result.messages["text"]) == set()


@pytest.mark.slow
def test_no_english_sentence_is_left_in_any_report(result, tmp_path):
    assert result.folder is not None
    for name, view in (("now", result.view()), ("read", read_view(result.folder))):
        (tmp_path / name).mkdir()
        assert left_of(in_reports(view, tmp_path / name), result) == set()


@pytest.mark.parametrize("code", Code)
def test_every_message_is_wholly_in_chinese(code):
    with speaking("zh"):
        told = [rendered(Message(code, **{**dict.fromkeys(PARTS, "1"), "n": n})) for n in (1, 2)]
    assert english_in(told, KEPT) == set()


@pytest.mark.slow
def test_what_a_run_keeps_is_english_whatever_people_read(messy, tmp_path):
    assert messy.folder is not None
    again = tmp_path / "run"
    shutil.copytree(messy.folder, again)
    list(in_reports(read_view(again), tmp_path))
    kept = json.loads((again / "run.json").read_text("utf-8"))
    assert kept["warnings"] == messy.run["warnings"]
    assert "is not read" in " ".join(kept["warnings"]) or "only passed through" in " ".join(kept["warnings"])
    assert pl.read_parquet(again / "unplanned.parquet").equals(messy.unplanned)


def test_a_run_without_messages_is_read_as_it_stands(messy, tmp_path):
    assert messy.folder is not None
    again = tmp_path / "run"
    shutil.copytree(messy.folder, again)
    (again / "messages.parquet").unlink()
    view = read_view(again)
    with speaking("zh"):
        assert {view.messages.said(text) for text in texts_of(messy)} == texts_of(messy)


def test_a_re_plan_gives_its_reasons_in_chinese(replanned):
    assert replanned.changes is not None
    assert set(replanned.changes["why"]) >= {"agent_gone", "not_allowed", "task_gone"}
    assert english_in(change_lines(replanned.view(), "zh"), {*KINDS, "held", "canceled"}) == set()


def test_a_comparison_is_in_chinese(day, replanned, tmp_path):
    compared = compare_runs(day.view(), replanned.view())
    write_comparison_workbook(compared, tmp_path / "compare.xlsx", "zh")
    write_comparison_page(compared, tmp_path / "compare.html", "zh")
    texts = [*in_workbook(tmp_path / "compare.xlsx"), *in_page(tmp_path / "compare.html")]
    assert left_of([*texts, *comparison_lines(compared, language="zh")], day) == set()


def test_explanations_of_a_written_run_are_in_chinese(messy):
    assert messy.folder is not None
    past = read_past_run(messy.folder)
    reasons = messy.unplanned.unique("reason")["task_id"]
    rejected = messy.rejects.filter(pl.col("table") == "tasks").unique("rule")["id"].drop_nulls()
    for task in [*reasons, *rejected]:
        assert left_of(task_lines(explain_task(past, task, None), "zh"), messy) == set()


def test_why_an_earlier_edit_lapses_is_told_in_chinese(tmp_path):
    write_sample(tmp_path / "snapshot", tasks=20, agents=3)
    snapshot = read_snapshot(tmp_path / "snapshot")
    task, agent = snapshot.tasks["task_id"][0], snapshot.agents["agent_id"][0]
    edits = [
        Edit(kind="pin", text=f"GONE={agent}", task="GONE", agent=agent),
        Edit(kind="agent_late", text="GONE=09:00", agent="GONE"),
        Edit(kind="agent_late", text=f"{agent}=07:00", agent=agent, at=snapshot.as_of),
        Edit(kind="resume", text=task, task=task),
        Edit(kind="add_task", text="U.1", rows=({"task_id": task}, {"task_id": "U1", "process": "gone"})),
    ]
    _, notes = carry_over(edits, [], snapshot, same=False)
    assert len(notes) == len(edits) + 1
    with speaking("zh"):
        told = list(map(rendered, notes))
    assert english_in(told, {*KINDS, snapshot.tasks["status"][0], "process", "processes", "gone"}) == set()
