"""Sorting within a loop: against Python's own."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.engines.search.order import put_in_order
from tests.models.strategies import examples


@given(keys=st.lists(st.integers(-5, 50), max_size=900), falling=st.booleans(), more=st.integers(0, 3))
@examples(60)
def test_few_are_put_in_order_and_what_stands_behind_stays(keys: list[int], falling: bool, more: int) -> None:
    uncompiled: Any = put_in_order
    order = np.arange(len(keys) + more)[::-1].copy()
    count = len(keys)
    key = np.array(keys + [0] * more, np.int64)
    behind = order[count:].tolist()
    before = sorted(order[:count].tolist())
    uncompiled.py_func(order, count, key, falling=falling)
    assert sorted(order[:count].tolist()) == before
    assert key[order[:count]].tolist() == sorted((key[before].tolist()), reverse=falling)
    assert order[count:].tolist() == behind
