"""The tables of a run: their columns are the contract's, and a frame that is none of them is found out."""

from datetime import UTC, datetime

import polars as pl
import pytest

from models import CURVE_TABLE, KPIS_TABLE, PLAN_TABLE, RUN_TABLES, UNPLANNED_TABLE
from models.runs.tables import CERTIFICATE_TABLE, ColumnType
from tests.contract import plan_schema, unplanned_schema


@pytest.mark.parametrize(("table", "schema"), [(PLAN_TABLE, plan_schema), (UNPLANNED_TABLE, unplanned_schema)])
def test_columns_and_types_are_the_contracts(table, schema):
    frame = pl.DataFrame(schema=schema("Europe/Berlin"))
    assert list(table.names) == frame.columns
    assert table.faults(frame) == []
    assert table.further


def test_each_table_is_found_by_its_name_and_has_each_column_once():
    assert all(RUN_TABLES[name].name == name for name in RUN_TABLES)
    assert [t.name for t in RUN_TABLES.values() if len(set(t.names)) < len(t.names)] == []


def test_what_is_wrong_is_named():
    frame = pl.DataFrame({"allowed": [1], "objective": ["much"], "bound": [None]})
    assert CURVE_TABLE.lacking(frame) == ["changes"]
    assert CURVE_TABLE.faults(frame) == ["it lacks changes", "objective is String, and not number"]


def test_a_column_that_came_later_may_be_missing():
    kpis = pl.DataFrame({"level": ["x"], "key": [""], "measure": ["tasks"], "value": [1.0]})
    assert KPIS_TABLE.faults(kpis) == []
    assert KPIS_TABLE.faults(kpis.with_columns(as_of=pl.lit(1, pl.Int64))) == ["as_of is Int64, and not time"]
    prices = pl.DataFrame({"agent_id": ["A"], "from_grain": [0], "price": [9], "task_price": [5]})
    assert CERTIFICATE_TABLE.faults(prices) == []


def test_types_are_seen():
    frame = pl.DataFrame(
        {"t": ["x"], "n": [1.5], "c": [1], "f": [True], "m": [datetime(2026, 3, 2, tzinfo=UTC)], "z": [None]}
    )
    types = (ColumnType.TEXT, ColumnType.NUMBER, ColumnType.COUNT, ColumnType.FLAG, ColumnType.TIME)
    for kind, own in zip(types, "tncfm", strict=True):
        assert [name for name in frame.columns if kind.is_of(frame.schema[name])] == [own, "z"]
