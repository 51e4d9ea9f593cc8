"""Snapshots that are old or have shrunk are refused when that is asked for, and only then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from models import OptionError, SnapshotError
from scheduler import plan, replan
from scheduler.run.clock import now
from scheduler.run.guards import in_words, parse_age
from tests.scheduler.command import QUICK
from tests.scheduler.edits.small import OPTIONS, frames


@pytest.fixture
def at(monkeypatch):
    """Sets the clock; the office's snapshot is of 08:00 UTC."""
    return lambda moment: monkeypatch.setenv("ALLOT_NOW", moment)


@pytest.fixture
def before(tmp_path) -> Path:
    """The folder of the office's run."""
    plan(frames(), out=tmp_path / "before", **OPTIONS)
    return tmp_path / "before"


def test_a_snapshot_older_than_allowed_is_refused_with_the_figures(at):
    at("2026-03-02T11:30:00+01:00")
    with pytest.raises(SnapshotError) as refused:
        plan(frames(), max_age="2h", **OPTIONS)
    told = "as_of is 2026-03-02T08:00+00:00, 2 h 30 min before now (2026-03-02T10:30+00:00), and max_age allows 2 h"
    assert told in str(refused.value)
    assert "--max-age" in str(refused.value)


@pytest.mark.parametrize("allowed", ["3h", timedelta(hours=3)])
def test_one_that_is_not_older_is_planned_and_the_set_clock_is_said(at, allowed):
    at("2026-03-02T10:30Z")
    result = plan(frames(), max_age=allowed, **OPTIONS)
    assert result.run["warnings"] == ["the clock is set to 2026-03-02T10:30Z by ALLOT_NOW"]


def test_any_age_will_do_unless_asked(at):
    at("2036-03-02T10:30Z")
    assert plan(frames(), **OPTIONS).run["warnings"] == []


def test_the_policy_may_ask_and_the_caller_decides(at):
    at("2026-03-02T10:30Z")
    with pytest.raises(SnapshotError, match="max_age allows 1 h"):
        plan(frames(), policy={"max_age": "1h"}, **OPTIONS)
    assert plan(frames(), policy={"max_age": "1h"}, max_age="5h", **OPTIONS).run["counts"]["planned"] > 0


def test_a_snapshot_ahead_of_the_clock_is_not_old_but_told(at):
    at("2026-03-02T06:00Z")
    (_, ahead) = plan(frames(), max_age="2h", **OPTIONS).run["warnings"]
    assert ahead == "as_of is 2026-03-02T08:00+00:00, 2 h after now (2026-03-02T06:00+00:00)"
    at("2026-03-02T07:58Z")
    assert len(plan(frames(), max_age="2h", **OPTIONS).run["warnings"]) == 1


@pytest.mark.parametrize(("moment", "told"), [("today", "not a moment"), ("2026-03-02T08:00", "no offset")])
def test_a_clock_that_cannot_be_read_is_wrong_use(moment, told):
    with pytest.raises(OptionError, match=f"ALLOT_NOW.*{told}"):
        now({"ALLOT_NOW": moment})


def test_the_clock_is_the_machines_unless_it_is_set():
    assert abs(now({}) - datetime.now(UTC)) < timedelta(minutes=1)


def test_lengths_are_said_in_two_units():
    lengths = (timedelta(days=3, hours=2, minutes=5), timedelta(hours=2), timedelta(minutes=1, seconds=2), timedelta(0))
    assert [in_words(length) for length in lengths] == ["3 d 2 h", "2 h", "1 min 2 s", "0 s"]


def test_an_age_is_a_length_of_time():
    assert parse_age("") is None
    assert parse_age("90m") == parse_age(timedelta(minutes=90)) == timedelta(minutes=90)
    for given in ("soon", "0h", timedelta(0)):
        with pytest.raises(ValueError, match=r"length of time|above zero"):
            parse_age(given)


def tasks(count: int) -> pl.DataFrame:
    return pl.DataFrame({"task_id": [f"T{k}" for k in range(count)], "process": ["claim"] * count})


def shifts(end: str) -> pl.DataFrame:
    people = ["Ann", "Bob", "Cem"]
    return pl.DataFrame({"agent_id": people, "start": ["2026-03-02T08:00"] * 3, "end": [end] * 3})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"tasks": tasks(2)}, "2 open tasks (6 then)"),
        ({"tasks": tasks(6).with_columns(status=pl.Series(["held"] * 4 + ["new"] * 2))}, "2 open tasks (6 then)"),
        ({"shifts": shifts("2026-03-02T09:30")}, "4.5 working hours (12 then)"),
        ({"agents": pl.DataFrame({"agent_id": ["Ann"]})}, "1 people (3 then), 4 working hours (12 then)"),
    ],
    ids=["tasks", "open tasks", "hours", "people"],
)
def test_what_has_shrunk_below_half_is_refused_with_the_figures(before, table, told):
    people = frames(**table)
    if "agents" in table:
        named = {name: people[name].filter(pl.col("agent_id") == "Ann") for name in ("agent_skills", "shifts")}
        people |= named
    with pytest.raises(SnapshotError) as refused:
        plan(people, expect_like=before, **OPTIONS)
    assert told in str(refused.value)
    assert f"less than 0.5 of that of {before}" in str(refused.value)
    assert plan(people, **OPTIONS).run["check"]["ok"]
    assert plan(people, expect_like=before, policy={"shrink": 0.1}, **OPTIONS).run["check"]["ok"]


def test_half_is_enough(before):
    assert plan(frames(tasks=tasks(3)), expect_like=str(before), **OPTIONS).run["check"]["ok"]


def test_edits_do_not_count_as_shrinking(before):
    edits = [("agent_out", "Ann"), ("agent_out", "Bob"), *(("hold", f"T{k}") for k in range(1, 5))]
    assert replan(frames(), before, edits=edits, expect_like=before, **OPTIONS).run["check"]["ok"]
    with pytest.raises(SnapshotError, match="2 open tasks"):
        replan(frames(tasks=tasks(2)), before, expect_like=before, **OPTIONS)


def test_a_re_plan_of_an_old_snapshot_is_refused_too(at, before):
    at("2026-03-03T10:30Z")
    with pytest.raises(SnapshotError, match="1 d 2 h before now"):
        replan(frames(), before, max_age="2h", **OPTIONS)


def test_expecting_what_is_no_run_is_wrong_use(inside, sample, earlier, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    done = inside("plan", sample, "--out", earlier, "--expect-like", tmp_path / "empty", *QUICK)
    assert (done.code, done.out) == (2, "")
    assert "there is no run.json in it" in done.err
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    assert inside("plan", sample, "--out", earlier, "--expect-like", broken, *QUICK).code == 2


def test_the_command_refuses_and_leaves_the_earlier_run(inside, sample, earlier, monkeypatch):
    monkeypatch.setenv("ALLOT_NOW", "2026-03-05T08:00+01:00")
    for command in (("plan",), ("replan", "--from", earlier)):
        done = inside(command[0], sample, *command[1:], "--out", earlier, "--max-age", "2h", "--no-xlsx", "--no-html")
        assert (done.code, done.out) == (3, "")
        assert "the snapshot is old" in done.err
    assert inside("plan", sample, "--out", earlier, "--max-age", "soon").code == 2
