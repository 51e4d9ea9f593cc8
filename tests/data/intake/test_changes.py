"""Many changes at once: what they are compared with. What they leave is tested in test_bulk_properties.py."""

import polars as pl
import pytest

from data.intake.changes import _compared

NAMES = ("a", "b", 'c.d (€) "e"')
ODD = '"c.d (€) \\"e\\""'


@pytest.mark.parametrize(
    ("ours", "theirs", "fits", "same"),
    [
        ("{}", "{}", True, True),
        ('{"a":"1"}', '{"a":"1"}', True, True),
        ('{"a":"2"}', '{"a":"1"}', True, False),
        ('{"a":"1"}', "{}", True, False),
        ("{}", '{"a":"1"}', True, False),
        ('{"a":"1","b":"x"}', '{"b":"x","a":"1"}', True, True),
        ('{"a":"1"}', '{"a":1}', True, False),
        ('{"a":"1"}', '{"a":"1","x":"1"}', False, False),
        ("{}", '{"":"1"}', False, False),
        ('{"a":"1"}', r'{"a":"1\",\"x\":\"\\","b":"}"}', True, False),
        ('{"a":"1"}', r'{"a":"1\\","x":"1"}', False, False),
        (f'{{{ODD}:"1"}}', f'{{"b":"x",{ODD}:"1"}}', True, False),
        (f'{{{ODD}:"1"}}', f'{{{ODD.replace(".", "x")}:"1"}}', False, False),
    ],
)
def test_columns_that_only_the_source_has_are_compared_as_json(ours, theirs, fits, same):
    for alike in (True, False):
        texts = (pl.Series([text], dtype=pl.String) for text in (ours, theirs))
        found = _compared(pl.Series([alike]), *texts, NAMES)
        assert [series.to_list() for series in found] == [[fits], [same and alike]]


def test_a_source_without_such_columns_fits_only_tasks_without_them():
    theirs = pl.Series(["{}", '{"a":"1"}', '{"":"1"}'])
    fits, same = _compared(pl.Series([True] * 3), pl.Series(["{}"] * 3), theirs, ())
    assert fits.to_list() == same.to_list() == [True, False, False]
