"""What `allot alerts judge` says of a figure: with all weeks, with none, and where there was no run."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data import Action, AlertRow
from scheduler.alerts import Judgement, Seen
from scheduler.cli.judged import judged_record, say_judged

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROW = AlertRow(name="late", level="site", key="K", measure="late", state="firing", severity="red", since=AT, alert_id=7)
ACTION = Action(action_id=3, alert_id=7, at=AT, by="Ann", kind="call", text="called\x1b[2J two people")


def course(before: float | None, hour: float | None, day: float | None) -> dict[str, Seen | None]:
    """A figure before, an hour after and a day after."""
    return {
        name: None if value is None else Seen(AT, value)
        for name, value in zip(("before", "hour", "day"), (before, hour, day), strict=True)
    }


def test_a_change_is_told_beside_what_is_usual_in_these_hours() -> None:
    weeks = [course(10, 8, None), course(10, 12, 10), course(None, 1, 1)]
    record = judged_record(Judgement(ROW, ACTION, AT, course(20, 15, 12), weeks), "Europe/Berlin")
    assert record["change"]["hour"] == {"value": -5, "usual": 0, "least": -2, "most": 2, "beyond_usual": -5}
    assert record["change"]["day"] == {"value": -8, "usual": 0, "least": 0, "most": 0, "beyond_usual": -8}
    assert record["before"] == {"at": "2026-03-02T13:00:00+01:00", "value": 20}
    assert [week["before"] for week in record["weeks"]][2] is None
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_without_runs_there_is_no_change_and_without_weeks_nothing_usual() -> None:
    alone = judged_record(Judgement(ROW, None, AT, course(20, 15, None)), "UTC")
    assert (alone["action"], alone["weeks"]) == (None, [])
    assert alone["change"] == {"hour": {"value": -5}, "day": None}
    nothing = judged_record(Judgement(ROW, None, AT, course(None, None, None), [course(None, None, None)]), "UTC")
    assert nothing["change"] == {"hour": None, "day": None}


def said(judgement: Judgement, capsys: pytest.CaptureFixture[str]) -> list[str]:
    say_judged(judgement, "Europe/Berlin")
    return capsys.readouterr().err.splitlines()


def test_it_is_said_as_a_table_with_a_column_for_each_week(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(Judgement(ROW, ACTION, AT, course(20, 15, 12), [course(10, 8, None)] * 2), capsys)
    assert lines[0].startswith("alert 7: late, ")
    assert lines[1].startswith("action 3 by Ann (call), 2026-03-02T13:00:00+01:00: called")
    assert "\x1b" not in "".join(lines)
    assert lines[2].split() == ["this", "time", "1", "w", "before", "2", "w", "before"]
    assert [line.split()[-3:] for line in lines[3:6]] == [["20", "10", "10"], ["15", "8", "8"], ["12", "-", "-"]]
    assert len({len(line) for line in lines[2:6]}) == 1
    assert lines[6] == (
        "Within one hour it changed by -5; at the same hours of the weeks before by -2 on average (-2 to -2): "
        "-3 beyond the usual."
    )
    assert lines[7] == "Within one day it changed by -8."
    assert lines[8] == "What this cannot say:"


def test_where_nothing_is_known_no_change_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    empty = Judgement(replace(ROW, name="late\nagain"), None, AT, course(None, None, None))
    lines = said(empty, capsys)
    assert not any(line.startswith("Within") for line in lines)
    assert [line.split()[-1] for line in lines[2:5]] == ["-", "-", "-"]
