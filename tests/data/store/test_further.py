"""Further columns of tasks, from the objects in which the store has them."""

import json

import polars as pl
import pytest

from data.store.further import columns_of, have_texts


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{}, {}],
        [{"a": "x"}, {}, {"a": "y"}],
        [{"a": 'x"}, {"b', "ö [.*]:": "\\"}, {"ö [.*]:": "\x07\n\t\U0001f600", "a": ""}],
        [{}, {"a": "x"}],
        [{"a": "x"}, {"b": "y"}],
        [{"a": None}, {"a": "x"}],
        [{"a": 1}, {"a": 2.5}],
    ],
)
def test_every_object_gives_its_values_to_the_columns(rows: list[dict[str, object]]) -> None:
    texts = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    found = columns_of(pl.Series("extra", texts, pl.String))
    assert [column.name for column in found] == list(dict.fromkeys(name for row in rows for name in row))
    for column in found:
        assert column.to_list() == [row.get(column.name) for row in rows]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("{}", True),
        ('{"a":"x","b.c":"y"}', True),
        ('{"b.c":"y"}', True),
        ('{"b-c":"y"}', False),
        ('{"a":1}', False),
        ('{"a":null}', False),
        ('{"a":{"b.c":"x"}}', False),
        ('{"a":"x"', False),
    ],
)
def test_objects_of_texts_are_told_from_others(text: str, fits: bool) -> None:
    assert have_texts(pl.Series([text]), ["a", "b.c"]).to_list() == [fits]
    assert have_texts(pl.Series([text]), []).to_list() == [text == "{}"]


@pytest.mark.parametrize("sign", ["a", ".", "ö", "\U0001f600"])
@pytest.mark.parametrize("count", [10, 90, 110, 400])
def test_names_may_be_as_many_and_as_long_as_they_are(sign: str, count: int) -> None:
    row = {sign * 490 + str(number): "x" for number in range(count)}
    texts = pl.Series([json.dumps(row, ensure_ascii=False, separators=(",", ":")), "{}"])
    assert [(column.name, column.to_list()) for column in columns_of(texts)] == [(name, ["x", None]) for name in row]
    assert have_texts(texts, row).n_unique() == 1
