"""What was done, on logs whose truth is known."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from data import Store, apply_operations, refresh_actuals
from data.intake import actuals
from data.intake.operations import Operation, OperationKind
from tests.data.store.planned import EIGHT

Row = tuple[str, str | None, int | None, int | None, float | None, str]


def op(
    kind: str,
    minute: int,
    agent: str | None = None,
    *,
    task: str = "T1",
    status: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Operation:
    """An operation that happened so many minutes after eight."""
    at = EIGHT + timedelta(minutes=minute)
    return Operation(
        source="crm",
        key=f"{task} {kind} {minute}",
        kind=OperationKind(kind),
        task_id=task,
        received_at=EIGHT + timedelta(hours=9),
        at=at,
        agent_id=agent,
        status=status,
        values=values or {},
    )


def minute(moment: datetime | None) -> int | None:
    return None if moment is None else round((moment - EIGHT).total_seconds() / 60)


def done(store: Store) -> list[Row]:
    with store.writing() as connection:
        refresh_actuals(connection)
        rows = connection.execute(
            sa.select(
                *(sa.column(name) for name in ("task_id", "agent_id", "minutes", "result")),
            ).select_from(sa.table("actuals"))
        )
        plain = {(row.task_id, row.minutes, row.result): row.agent_id for row in rows}
        from data.store.tables import actual

        found = connection.execute(sa.select(actual).order_by(actual.c.task_id, actual.c.number)).all()
    assert len(plain) == len(found)
    return [(r.task_id, r.agent_id, minute(r.started_at), minute(r.ended_at), r.minutes, r.result) for r in found]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (
            [op("create", 0), op("start", 5, "A"), op("complete", 35)],
            [("T1", "A", 5, 35, 30.0, "completed")],
        ),
        (
            [op("create", 0), op("start", 5, "A"), op("hold", 10), op("resume", 20), op("complete", 35)],
            [("T1", "A", 5, 35, 20.0, "completed")],
        ),
        ([op("create", 0), op("assign", 1, "A"), op("complete", 35)], [("T1", "A", None, 35, None, "completed")]),
        (
            [op("create", 0), op("start", 5, "A"), op("restart", 10), op("start", 20, "B"), op("complete", 30)],
            [("T1", "A", 5, 10, 5.0, "returned"), ("T1", "B", 20, 30, 10.0, "completed")],
        ),
        (
            [op("create", 0), op("start", 5, "A"), op("assign", 9, "B"), op("start", 20, "B"), op("complete", 30)],
            [("T1", "A", 5, 9, 4.0, "handed_on"), ("T1", "B", 20, 30, 10.0, "completed")],
        ),
        (
            [op("create", 0), op("start", 5, "A"), op("assign", 9, "A"), op("cancel", 10)],
            [("T1", "A", 5, 9, 4.0, "returned")],
        ),
        (
            [op("create", 0), op("start", 5, "A"), op("update", 9, "B", status="in_progress"), op("cancel", 10)],
            [("T1", "A", 5, 9, 4.0, "handed_on"), ("T1", "B", 9, 10, 1.0, "canceled")],
        ),
        ([op("create", 0), op("cancel", 10)], []),
        ([op("create", 0), op("start", 5, "A")], [("T1", "A", 5, None, None, "in_progress")]),
        # the start comes last, and is put in its place
        ([op("create", 0), op("complete", 35), op("start", 5, "A")], [("T1", "A", 5, 35, 30.0, "completed")]),
    ],
    ids=[
        "plain",
        "on hold",
        "unsaid",
        "returned",
        "given to another",
        "put aside",
        "handed on",
        "not done",
        "lasting",
        "late",
    ],
)
def test_stretches_of_work(store: Store, operations: list[Operation], expected: list[Row]) -> None:
    with store.writing() as connection:
        apply_operations(connection, operations)
    assert done(store) == expected
    with store.writing() as connection:
        assert refresh_actuals(connection) == 0
        assert refresh_actuals(connection, whole=True) == len({row[0] for row in expected})
    assert done(store) == expected


def test_work_that_began_before_its_task_was_known_is_found_when_it_is(store: Store) -> None:
    """The create brings the news; the start has been there since before, and counted for nothing."""
    with store.writing() as connection:
        apply_operations(connection, [op("start", 5, "A")])
    assert done(store) == []
    with store.writing() as connection:
        apply_operations(connection, [op("create", 0)])
    assert done(store) == [("T1", "A", 5, None, None, "in_progress")]


def test_tasks_that_nobody_has_begun_are_not_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first intake brings hundreds of thousands of them."""
    read: list[str] = []
    whole = actuals.operations_on
    monkeypatch.setattr(actuals, "operations_on", lambda connection, ids: read.extend(ids) or whole(connection, ids))
    with store.writing() as connection:
        apply_operations(connection, [op("create", 0, task=f"T{k}") for k in range(30)])
        apply_operations(connection, [op("hold", 1, task="T1"), op("start", 5, "A", task="T7")])
        assert refresh_actuals(connection) == 1
    assert read == ["T7"]
