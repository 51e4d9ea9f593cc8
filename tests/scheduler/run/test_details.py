"""Why a task is not planned, told with its particulars: every reason has a text, whatever the row."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from models import Reason
from scheduler.run.details import with_details

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SCHEMA = {
    "reason": pl.String,
    "status": pl.String,
    "expires_at": pl.Datetime("us", "UTC"),
    "not_before": pl.Datetime("us", "UTC"),
    "skills": pl.String,
    "skilled": pl.Int64,
    "allowed": pl.Int64,
    "worth": pl.Float64,
    "value": pl.Float64,
    "overdue": pl.Boolean,
    "most": pl.Int64,
    "stuck": pl.Boolean,
    "agent_id": pl.String,
    "nearest": pl.String,
    "short": pl.Float64,
    "minutes": pl.Float64,
}
USUAL: dict[str, Any] = {
    "status": "queued",
    "expires_at": NOON,
    "not_before": NOON,
    "skilled": 2,
    "allowed": 1,
    "worth": 5.0,
    "value": 5.0,
    "overdue": False,
    "most": 500,
    "stuck": False,
    "nearest": "Ann",
    "short": 12.34,
    "minutes": 30.0,
}


def told(*rows: dict[str, Any], late_is_worthless: bool = False) -> tuple[list[str], pl.DataFrame]:
    """What is told of rows that are otherwise usual, and the table of messages."""
    filled = [{**USUAL, **row, "reason": row["reason"].value} for row in rows]
    frame = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in filled], schema=SCHEMA)
    found, messages = with_details(frame, "Europe/Berlin", late_is_worthless=late_is_worthless)
    assert found.drop("detail").equals(frame)
    return found["detail"].to_list(), messages


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"reason": Reason.HELD, "status": "errorheld"}, "its status is errorheld"),
        ({"reason": Reason.EXPIRED}, "it expired on 2026-07-01 14:00"),
        (
            {"reason": Reason.NO_SKILL, "skills": "a;b"},
            "all who have the skills (a;b) are excluded from this task (people: 2)",
        ),
        ({"reason": Reason.NO_SKILL, "skilled": 0, "skills": "a"}, "nobody has the skills it needs (a)"),
        ({"reason": Reason.NO_SKILL, "skilled": 0}, "it asks for no skill, but there is nobody"),
        (
            {"reason": Reason.NO_GAIN, "worth": 0.0, "value": 0.0},
            "it is worth nothing (value 0), so nothing is gained by doing it",
        ),
        ({"reason": Reason.NO_TIME}, "Ann comes nearest and would need 12.3 more minutes"),
        (
            {"reason": Reason.OUTBID, "minutes": 30.04},
            "its 30.0 minutes earn more elsewhere (people who could do it: 1)",
        ),
    ],
)
def test_each_reason_has_its_particulars(row: dict[str, Any], text: str) -> None:
    assert told(row)[0] == [text]


def test_of_several_causes_the_first_counts() -> None:
    gone = {"reason": Reason.NO_GAIN, "overdue": True, "most": 0}
    causes = [{**gone, "worth": 0.0}, gone, {**gone, "overdue": False}, {**gone, "overdue": False, "most": 1}]
    texts, _ = told(*causes, late_is_worthless=True)
    assert len(set(texts)) == 4
    assert told(gone)[0] == [texts[2]]
    assert (
        len(set(told({"reason": Reason.NO_TIME, "stuck": True, "agent_id": "Ann"}, {"reason": Reason.NO_TIME})[0])) == 2
    )


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_text_and_a_message(reason: Reason) -> None:
    texts, messages = told({"reason": reason})
    assert texts == messages["text"].to_list()
    assert texts[0]


def test_equal_texts_are_one_message_and_rows_keep_their_order() -> None:
    rows = [{"reason": reason} for reason in (Reason.OUTBID, Reason.NO_TIME, Reason.OUTBID, Reason.EXPIRED)]
    texts, messages = told(*rows)
    assert texts[0] == texts[2] != texts[1]
    assert sorted(messages["text"]) == sorted(set(texts))


def test_no_rows_give_no_messages() -> None:
    texts, messages = told()
    assert (texts, messages.height) == ([], 0)
