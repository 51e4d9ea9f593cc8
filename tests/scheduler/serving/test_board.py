"""What the board reads from a store: before anything has come, of a published plan, and of one that is gone."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data import Store, upgrade_store
from scheduler.config import read_config
from scheduler.serving.board import Board
from tests.scheduler.handout.desk import Desk

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock:
    """The moment it is said to be."""

    def __init__(self) -> None:
        self.now = EIGHT + timedelta(minutes=20)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Twenty past eight."""
    return Clock()


@pytest.fixture
def board(desk: Desk, clock: Clock) -> Iterator[Board]:
    """The board of the desk, which looks again each time."""
    store = desk.store()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.serving.board._AGE_S", 0.0)
        patch.setattr("scheduler.handout.kept._QUICK_S", float("inf"))
        yield Board(read_config(desk.folder / "allot.toml"), store, clock)
    store.close()


def agents(board: Board) -> dict[str, str | None]:
    """Who has each open task, or is planned to."""
    return dict(board._fresh().tasks.select("task_id", "agent").iter_rows())


def test_a_store_into_which_nothing_has_come_has_an_empty_board(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "allot.toml").write_text("", encoding="utf-8")
    store = Store(f"sqlite:///{tmp_path / 'allot.db'}")
    upgrade_store(store)
    board = Board(read_config(tmp_path / "allot.toml"), store, clock)
    shown = board._fresh()
    assert (shown.tasks.height, shown.people.height, shown.capacity.height, shown.sources, shown.run) == (
        0,
        0,
        0,
        [],
        None,
    )
    assert board.report() is None
    assert board.facts({})["totals"]["open"] == 0
    store.close()


def test_the_hours_that_people_work_begin_with_the_present_one(board: Board, clock: Clock) -> None:
    def minutes() -> dict[int, float]:
        found = board._fresh().capacity.group_by("hour").agg(pl.col("minutes").sum()).sort("hour")
        return {(hour - EIGHT) // timedelta(hours=1): worked for hour, worked in found.iter_rows()}

    assert minutes() == dict.fromkeys(range(8), 180.0)
    clock.now = EIGHT + timedelta(hours=6, minutes=59)
    assert minutes() == {**dict.fromkeys((6, 7), 180.0), **dict.fromkeys(range(8, 14), 0.0)}


def test_who_has_a_task_counts_before_who_is_planned_to(desk: Desk, board: Board) -> None:
    planned = agents(board)
    assert planned["H1"] == "C"
    assert set(planned) == {"H1", "M1", "M2", "M3", "X1"}
    other = "B" if planned["M1"] == "A" else "A"
    desk.done("tasks", "assign", "M1", "--agent", other)
    desk.done("tasks", "complete", "M2")
    assert agents(board) == {**{name: planned[name] for name in ("H1", "M3", "X1")}, "M1": other}


def test_tasks_that_no_plan_takes_are_there_with_what_they_bring(desk: Desk, board: Board) -> None:
    desk.send("task_id,process,value,status\nN1,nobody knows,7,\nN2,motor,,held\n")
    shown = board._fresh().tasks.filter(pl.col("task_id").is_in(["N1", "N2"])).sort("task_id")
    assert shown.select("task_id", "status", "value", "minutes", "agent").rows() == [
        ("N1", "queued", 7.0, None, None),
        ("N2", "held", 10.0, 30.0, None),
    ]


def test_the_page_of_a_plan_is_there_as_long_as_its_run_is(desk: Desk, board: Board) -> None:
    run = board._fresh().run
    assert run is not None
    assert (run["version"], run["age_minutes"], run["has_report"]) == (1, 20.0, False)
    assert board.report() is None
    (desk.folder / "first" / "report.html").write_bytes(b"page")
    assert board.report() == b"page"
    shutil.rmtree(desk.folder / "first")
    assert board.report() is None
    assert agents(board)["H1"] == "C"


def test_sources_say_how_old_their_news_is(board: Board, clock: Clock) -> None:
    clock.now = EIGHT + timedelta(minutes=90, seconds=6)
    assert {one["source"]: (one["age_minutes"], one["stale"]) for one in board._fresh().sources} == {
        "crm": (90.1, False),
        "people": (90.1, False),
    }


def test_what_was_read_is_shown_for_a_moment(desk: Desk, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.serving.board._AGE_S", float("inf"))
    before = board._fresh()
    desk.send("task_id,process\nN1,motor\n")
    assert board._fresh() is before
