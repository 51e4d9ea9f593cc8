"""Many rows at once are the same rows as one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from data import Store
from data.store.rows import among, frame_of, insert_rows, put_rows, read_frame, update_rows
from data.store.tables import Utc
from tests.data.store.planned import EIGHT

TABLE = sa.Table(
    "probe",
    sa.MetaData(),
    sa.Column("name", sa.Text),
    sa.Column("number", sa.BigInteger),
    sa.Column("share", sa.Double),
    sa.Column("is_new", sa.Boolean),
    sa.Column("at", Utc),
)
SCHEMA = dict(zip(TABLE.c.keys(), (pl.String, pl.Int64, pl.Float64, pl.Boolean, pl.Datetime("us", "UTC")), strict=True))


def rows(count: int) -> list[dict[str, Any]]:
    """Rows with gaps, quotes and colons in texts, and microseconds in moments."""
    return [
        {
            "name": None if number % 7 == 6 else f"Ö'; --:x {number}",
            "number": 2**53 + number,
            "share": number / 3,
            "is_new": number % 2 == 0,
            "at": EIGHT + timedelta(microseconds=number),
        }
        for number in range(count)
    ]


def kept(connection: sa.Connection) -> list[dict[str, Any]]:
    return read_frame(connection, sa.select(TABLE).order_by(TABLE.c.number), SCHEMA).to_dicts()


@pytest.mark.parametrize("count", [1, 19, 20, 499, 500, 501, 1003])
def test_every_row_arrives_as_it_was(store: Store, count: int) -> None:
    with store.writing() as connection:
        TABLE.create(connection)
        put_rows(connection, TABLE, rows(count))
        assert kept(connection) == rows(count)


def test_columns_without_a_value_stay_empty_and_same_ones_are_filled(store: Store) -> None:
    frame = frame_of(TABLE, [{"name": None, "number": number} for number in range(3)])
    with store.writing() as connection:
        TABLE.create(connection)
        insert_rows(connection, TABLE, frame, {"name": "it's 100% :x", "at": EIGHT, "is_new": True})
        insert_rows(connection, TABLE, frame.clear())
        found = kept(connection)
    assert [row["number"] for row in found] == [0, 1, 2]
    assert {(row["name"], row["at"], row["is_new"], row["share"]) for row in found} == {
        ("it's 100% :x", EIGHT, True, None)
    }


@pytest.mark.parametrize("count", [2, 501])
def test_columns_that_are_the_same_arrive_each(store: Store, count: int) -> None:
    probe = sa.Table("alike", sa.MetaData(), *(sa.Column(name, sa.Text) for name in "abcd"))
    texts = [f"x{number}" for number in range(count)]
    frame = pl.DataFrame({"a": texts, "b": texts, "c": [*texts[:-1], "y"], "d": texts})
    with store.writing() as connection:
        probe.create(connection)
        insert_rows(connection, probe, frame)
        found = read_frame(connection, sa.select(probe), dict.fromkeys("abcd", pl.String()))
    assert found.sort("a").equals(frame.sort("a"))


def test_rows_are_written_over_those_with_the_same_key(store: Store) -> None:
    with store.writing() as connection:
        TABLE.create(connection)
        put_rows(connection, TABLE, rows(3))
        later = EIGHT + timedelta(hours=1)
        new = frame_of(TABLE, [{"number": 2**53 + 1, "name": "b", "at": later}, {"number": 9, "name": "c", "at": None}])
        update_rows(connection, TABLE, "number", new)
        assert [(row["name"], row["at"]) for row in kept(connection)][1] == ("b", later)
        assert len(kept(connection)) == 3


@pytest.mark.parametrize("digits", ["", ".5", ".000001"])
def test_a_moment_may_have_any_number_of_digits(store: Store, digits: str) -> None:
    texts = [f"2026-03-02 08:00:00{digits}", None, "9999-12-31 23:59:59.999999"]
    with store.writing() as connection:
        TABLE.create(connection)
        for number, text in enumerate(texts):
            told = "NULL" if text is None else f"'{text}'"
            connection.execute(sa.text(f"INSERT INTO probe (number, at) VALUES ({number}, {told})".replace(":", r"\:")))
        found = [row["at"] for row in kept(connection)]
    last = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert found == [EIGHT + timedelta(seconds=float(digits or 0)), None, last]


@pytest.mark.parametrize("texts", [[], ["a"], ['"', "'", "ö", "a"], [str(number) for number in range(2000)] + ["a"]])
def test_one_of_many_texts(store: Store, texts: list[str]) -> None:
    with store.writing() as connection:
        TABLE.create(connection)
        put_rows(connection, TABLE, [{"name": name} for name in ("a", "'", "ö", None, "x")])
        chosen = sa.select(TABLE.c.name).where(among(connection, TABLE.c.name, texts)).order_by(TABLE.c.name)
        assert set(connection.execute(chosen).scalars()) == {"a", "'", "ö"} & set(texts)
