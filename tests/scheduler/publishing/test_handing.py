"""`allot distribute`: what is new goes out once in effect, whatever fails, is killed, or runs at the same time."""

import signal
import sqlite3
import sys
from contextlib import closing
from threading import Thread

import pytest

from scheduler.config import read_config
from scheduler.publishing import distribute
from tests.scheduler.command import allot
from tests.scheduler.publishing.case import Desk

pytestmark = pytest.mark.slow

TABLE = '[outlet.desk]\nkind = "sql"\nurl = "sqlite:///desk.db"\ntable = "plan"\n'

KILLED = """
import os, signal, sys
from scheduler.cli.app import run
from scheduler.publishing.handing import _Arrived
_Arrived.__call__ = lambda self, rows: os.kill(os.getpid(), signal.SIGKILL)
run(sys.argv[1:])
"""


@pytest.fixture
def desk(tmp_path, monkeypatch, inside) -> Desk:
    """A desk whose outlet is a table."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, inside, TABLE)


def table(desk):
    with closing(sqlite3.connect(desk.folder / "desk.db")) as database:
        rows = database.execute("SELECT task_id, version, agent_id, state FROM plan ORDER BY task_id").fetchall()
    return [tuple(row) for row in rows]


def test_what_is_new_is_handed_out_once(desk):
    desk.plan({"T1": "A", "T2": "A", "T3": "B"})
    first = desk.distribute("--to", "desk")
    assert first["desk"] == {
        "outlet": "desk", "ok": True, "version": 1, "rows": 3, "withdrawn": 0, "left": 0, "message": "",
    }  # fmt: skip
    before = table(desk)
    again = desk.distribute()
    assert (again["code"], again["desk"]["rows"], table(desk)) == (0, 0, before)
    assert "desk: version 1: nothing is new" in again["err"]
    run = desk.plan({"T1": "A", "T2": "B", "T4": "C"})
    second = desk.distribute(run)
    assert (second["desk"]["rows"], second["desk"]["withdrawn"]) == (3, 1)
    assert table(desk) == [
        ("T1", 1, "A", "planned"),
        ("T2", 2, "B", "planned"),
        ("T3", 2, None, "withdrawn"),
        ("T4", 2, "C", "planned"),
    ]
    assert desk.distribute("--all")["desk"]["rows"] == 4


def test_what_cannot_be_handed_out_is_said(desk):
    assert "no plan is published yet" in desk.call("distribute").err
    run = desk.plan({"T1": "A"})
    other = desk.plan({"T1": "B"})
    done = desk.call("distribute", run)
    assert (done.code, "is not the current plan" in done.err) == (2, True)
    assert desk.call("distribute", other, "--to", "desk").code == 0
    done = desk.call("distribute", "--to", "dekc")
    assert (done.code, "did you mean 'desk'" in done.err) == (2, True)


def test_an_outlet_that_fails_keeps_its_rows_and_does_not_stop_others(desk):
    (desk.folder / "allot.toml").write_text(
        '[outlet.gone]\nkind = "sql"\nurl = "sqlite:///nowhere/x.db"\ntable = "plan"\n' + TABLE, encoding="utf-8"
    )
    desk.plan({"T1": "A", "T2": "B"})
    done = desk.distribute()
    assert done["code"] == 5
    assert (done["gone"]["ok"], done["gone"]["left"], done["desk"]["rows"]) == (False, 2, 2)
    assert "gone: FAILED, 2 tasks stay in the outbox: there is no folder" in done["err"]
    (desk.folder / "nowhere").mkdir()
    done = desk.distribute()
    assert (done["code"], done["gone"]["rows"], done["desk"]["rows"]) == (0, 2, 0)


def test_a_defect_of_one_outlet_is_told_as_such(desk, monkeypatch):
    desk.plan({"T1": "A"})

    def broken(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("scheduler.publishing.handing._hand", broken)
    done = desk.distribute()
    assert (done["code"], done["desk"]["message"]) == (5, "allot failed on it: ZeroDivisionError: oh")


def test_killed_between_sending_and_noting_it_hands_out_again_without_effect(desk):
    desk.plan({"T1": "A", "T2": "B"})
    done = allot("distribute", program=(sys.executable, "-c", KILLED))
    assert done.code == -signal.SIGKILL
    before = table(desk)
    assert len(before) == 2
    done = desk.distribute()
    assert (done["code"], done["desk"]["rows"], table(desk)) == (0, 2, before)
    assert desk.distribute()["desk"]["rows"] == 0


def test_two_at_once_hand_out_once(desk):
    desk.plan({f"T{number}": "ABC"[number % 3] for number in range(30)})
    handed = []
    config = read_config(desk.folder / "allot.toml")
    threads = [Thread(target=lambda: handed.extend(distribute(config))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.fault for one in handed] == [None] * 4
    assert sorted(one.rows for one in handed) == [0, 0, 0, 30]
    assert len(table(desk)) == 30
