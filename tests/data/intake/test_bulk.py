"""Many tasks created at once are the same, to the letter, as when they are created one by one."""

import json
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from data import Operation, Ruled, Store, apply_operations, check_store, create_in_bulk, upgrade_store
from data.store.tables import event, progress, task
from tests.data.intake.operation_case import NOON, at, op

TEXTS = ["claim", 'a"b', "a\\b\nc\td", "=1+1", "名前", "'; DROP TABLE task; --", "{}", None]
FORM = ("key", "task_id", "capture_id", "version", "at")


def rows(count: int = len(TEXTS)) -> pl.DataFrame:
    """Rows with all kinds of values."""
    return pl.DataFrame(
        {
            "key": [f"k{n}" for n in range(count)],
            "task_id": [f"T{n} \"'\\" for n in range(count)],
            "capture_id": [None if n % 3 else f"C{n}" for n in range(count)],
            "version": [None if n % 4 == 0 else n for n in range(count)],
            "at": [(None, at(-5), at(4), at(6))[n % 4] for n in range(count)],
            "process": [TEXTS[n % len(TEXTS)] for n in range(count)],
            "value": [None if n % 2 else n + 0.5 for n in range(count)],
            "due_at": [at(60 + n) for n in range(count)],
            "note": [TEXTS[(n + 1) % len(TEXTS)] for n in range(count)],
        },
        schema_overrides={"version": pl.Int64, "at": pl.Datetime("us", "UTC"), "due_at": pl.Datetime("us", "UTC")},
    )


def operations(frame: pl.DataFrame, **more: Any) -> list[Operation]:
    """The same rows as operations."""
    made = []
    for row in frame.iter_rows(named=True):
        form = {name: row.pop(name) for name in FORM}
        made.append(
            op("create", received_at=NOON, **{**form, "capture_id": form["capture_id"] or ""}, values=row, **more)
        )
    return made


def kept(store: Store) -> list[list[dict[str, Any]]]:
    """All rows of the store."""
    with store.reading() as connection:
        found = [[dict(row._mapping) for row in connection.execute(sa.select(t))] for t in (event, task, progress)]
    for name in ("content", "extra", "came", "state"):  # keys of JSON have no order
        for table in found:
            table[:] = [{**row, name: json.loads(row[name])} if name in row else row for row in table]
    return [sorted(table, key=lambda row: str(row.get("event_id") or row.get("task_id"))) for table in found]


def in_bulk(store: Store, frame: pl.DataFrame, **more: Any) -> list[bool]:
    with store.writing() as connection:
        taken = create_in_bulk(connection, frame, source='ho"st', received_at=NOON, **more)
        assert check_store(connection).differences == []
    return taken.to_list()


@pytest.fixture
def other(tmp_path):
    """A second store."""
    made = Store(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade_store(made)
    yield made
    made.close()


@pytest.mark.parametrize("shared", [False, True])
def test_in_bulk_and_one_by_one_make_the_same_rows(store, other, shared):
    frame = rows()
    assert in_bulk(store, frame, shared=shared) == [True] * frame.height
    with other.writing() as connection:
        apply_operations(connection, operations(frame, source='ho"st', shared=shared))
    cleared = [{k: v for k, v in row["content"].items() if v is not None} for row in kept(other)[0]]
    ours, theirs = kept(store), kept(other)
    theirs[0] = [{**row, "content": content} for row, content in zip(theirs[0], cleared, strict=True)]
    assert ours == theirs


def test_what_rules_made_is_kept_beside_what_came(store, other):
    frame = rows().with_columns(value=pl.lit(2.0))
    ruled = frame.with_columns(value=pl.lit(4.0))
    in_bulk(store, ruled, came=frame, set_by=pl.DataFrame({"value": ["double"] * frame.height}))

    def doubled(tasks: Any) -> list[Ruled]:
        return [Ruled({**row, "value": 4.0}, {"value": "double"}) for row in tasks]

    with other.writing() as connection:
        apply_operations(connection, operations(frame, source='ho"st'), ruling=doubled)
    assert kept(store)[1] == kept(other)[1]


def test_rows_that_are_more_than_new_tasks_are_left(store):
    frame = rows(6)
    with store.writing() as connection:
        apply_operations(connection, [op("hold", task_id=frame["task_id"][1]), op("create", key="k2", source='ho"st')])
    spoiled = frame.with_columns(
        task_id=pl.Series([*frame["task_id"][:3], "X", "X", "a\0b"]), value=pl.Series([1.0, 1, 1, 1, 1, 1])
    )
    assert in_bulk(store, spoiled) == [True, False, False, False, False, False]
    assert in_bulk(store, spoiled) == [False] * 6


def test_later_operations_go_on_from_there(store):
    in_bulk(store, rows(3).with_columns(version=pl.lit(5, pl.Int64)))
    name = rows(3)["task_id"][0]
    with store.writing() as connection:
        source = 'ho"st'
        late = op("update", task_id=name, source=source, version=3, values={"value": 9.0, "segment": "gold"})
        (outcome,) = apply_operations(connection, [late])
        assert (outcome.kind, check_store(connection).differences) == ("applied", [])


def test_no_rows_are_nothing(store):
    assert in_bulk(store, rows(0)) == []
