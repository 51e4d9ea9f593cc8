"""JSON objects made column by column are those that are made row by row."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data.intake.codec import values_text
from data.intake.objects import json_objects, json_texts, special_columns

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
WHOLE = {
    "name": ["a", 'a "quoted" \\ word', "two\nlines"],
    "plain": ["x", "ö", "{}"],
    "at": [FIRST, FIRST + timedelta(microseconds=1), FIRST + timedelta(days=9)],
    "value": [1.5, -2.0, 1e-7],
    "strange 'name\"": ["1", "2", "3"],
}
GAPS = {name: [values[0], None, values[2]] for name, values in WHOLE.items()}


@pytest.mark.parametrize("columns", [WHOLE, GAPS, WHOLE | {"gone": [None, None, None]}, {}])
@pytest.mark.parametrize("nulls", [True, False])
def test_objects_are_those_of_each_row(columns: dict[str, list[object]], nulls: bool) -> None:
    types = {"at": pl.Datetime("us", "UTC"), "gone": pl.String()}
    frame = pl.DataFrame([pl.Series(name, values, dtype=types.get(name)) for name, values in columns.items()])
    names = list(columns)
    texts = json_texts(frame, names, special_columns(frame, names) if names else set())
    made = json_objects(texts, 3, nulls=nulls).to_list()
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)] or [{}, {}, {}]
    asked = [{name: value for name, value in row.items() if nulls or value is not None} for row in rows]
    assert [json.loads(text) for text in made] == [json.loads(values_text(row)) for row in asked]
