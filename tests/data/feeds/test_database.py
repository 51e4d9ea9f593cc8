"""Rows of databases as text, whatever their driver makes of them."""

import gc
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data.feeds.database import _texts, ahead, as_text, batches, database, first_row, require_select
from data.intake.intake import UnreadableSourceError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), "2026-03-02T08:00:00+00:00"),
        (date(2026, 3, 2), "2026-03-02"),
        (time(8, 30), "08:30:00"),
        (b"\x00\xff", "00ff"),
        (memoryview(b"a"), "61"),
        ({"größe": [1, date(2026, 3, 2)]}, '{"größe": [1, "2026-03-02"]}'),
        (2**70, str(2**70)),
    ],
)
def test_every_type_has_one_text(value, text):
    assert as_text(value) == text


def rows_of(query: str, *setup: str):
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in setup:
            connection.execute(sa.text(statement))
        return [batch.frame.rows() for batch in batches(connection, query)]


def test_a_column_of_several_types_is_text_and_nulls_stay():
    setup = ("CREATE TABLE t (a, b)", "INSERT INTO t VALUES (1, NULL), ('x', NULL), (2.5, NULL), (NULL, NULL)")
    assert rows_of("SELECT a, b FROM t", *setup) == [[("1", None), ("x", None), ("2.5", None), (None, None)]]


def test_numbers_too_large_for_64_bits_keep_their_digits():
    assert rows_of("SELECT 9223372036854775807 AS n UNION ALL SELECT 1") == [[("9223372036854775807",), ("1",)]]


def test_no_rows_are_no_batch_and_the_first_of_none_has_its_columns():
    assert rows_of("SELECT 1 AS a WHERE 1 = 0") == []
    with sa.create_engine("sqlite://").connect() as connection:
        batch = first_row(connection, "SELECT 1 AS a, 2 AS b WHERE 1 = 0")
    assert (list(batch.names), batch.frame.columns, batch.frame.height) == (["a", "b"], ["a", "b"], 0)


def test_a_column_is_found_as_written_first_and_else_in_any_case():
    with sa.create_engine("sqlite://").connect() as connection:
        batch = first_row(connection, "SELECT 1 AS Id, 2 AS id2, 3 AS name")
    assert [batch.column(name)[0] for name in ("Id", "id", "NAME")] == [1, 1, 3]
    with pytest.raises(KeyError, match="nmae"):
        batch.column("nmae")


def test_the_collector_works_after_a_read_as_before():
    assert gc.isenabled()
    rows_of("SELECT 1 AS a")
    assert gc.isenabled()


def test_items_come_in_order_and_a_failure_of_their_maker_arrives():
    def made():
        yield 1
        yield 2
        raise ValueError("gone")

    items = ahead(made())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="gone"):
        next(items)
    assert list(ahead(iter([1, 2, 3]))) == [1, 2, 3]
    assert list(ahead(iter([]))) == []


def test_a_select_loses_its_semicolon_and_nothing_else_is_one():
    assert require_select(" SELECT 1 ;\n") == "SELECT 1"
    with pytest.raises(UnreadableSourceError, match="'read' must be a SELECT"):
        require_select("DROP TABLE t")


def test_colons_of_a_statement_are_no_parameters():
    assert rows_of("SELECT '8:00' AS at") == [[("8:00",)]]


@pytest.mark.parametrize("rest", ["", "ORDER BY a"])
def test_columns_have_their_own_names_whatever_else_is_asked(rest):
    with sa.create_engine("sqlite://").connect() as connection:
        batch = first_row(connection, 'SELECT 1 AS a, 2 AS kind, 3 AS KIND, 4 AS "x:1"', rest)
        assert list(batch.names) == ["a", "kind", "KIND", "x:1"]
        with pytest.raises(UnreadableSourceError, match=r"'read' returns the column 'kind' twice; name one of them"):
            first_row(connection, "SELECT 1 AS a, 2 AS kind, 3 AS kind", rest)


def test_a_database_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UnreadableSourceError, match="there is no file"), database(f"sqlite:///{tmp_path / 'x.db'}"):
        pass


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((Decimal("NaN"), None), ["NaN", None]),
        ((Decimal(10) ** 40, Decimal("1.50")), ["1" + "0" * 40, "1.50"]),
        (("a", 2**200, {"b": 1}), ["a", str(2**200), '{"b": 1}']),
        (("a", Decimal("Infinity")), ["a", "Infinity"]),
        ((b"\x01", 1.5, True), ["01", "1.5", "true"]),
    ],
)
def test_values_of_any_kind_and_size_are_texts(values, texts):
    assert _texts(values, "x").to_list() == texts


@pytest.mark.parametrize("end", ["", ";", " ;\n", " -- all; of it", "; -- all\n", " /* all */ ;", "; -- a\n-- b"])
def test_a_query_may_end_with_semicolons_and_comments(end):
    assert require_select("SELECT ';--' AS x, 1 AS \"a--b\"" + end) == "SELECT ';--' AS x, 1 AS \"a--b\""
