"""Whatever rows come: many at once leave what one by one leaves."""

import shutil
from tempfile import TemporaryDirectory
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import Terms, open_store
from data.intake.rows import Rows
from tests.data.intake.test_bulk import COLUMNS, changed, double, taken
from tests.quick import tried

pytestmark = pytest.mark.slow

TEXTS = st.none() | st.sampled_from(['a "b" \\ c', "Zoë", "\t", "x\ny", "gold", "fails", "\x07", "{}", "null"])
CELLS = {
    "task_id": st.none() | st.sampled_from(["T1", "T2", "T3", 'T "4"', "T5", "T6"]),
    "process": TEXTS,
    "value": st.none() | st.sampled_from(["1.50", "0", "1e9", "x", "-1", "1e-7"]),
    "segment": TEXTS,
    "due_at": st.none() | st.sampled_from(["2026-03-02T08:00", "2026-03-29T02:30", "2026-03-02", "soon"]),
    "version": st.none() | st.sampled_from(["1", "2", "2026-03-02T08:00Z", "x"]),
    "at": st.none() | st.sampled_from(["2026-03-02T11:00Z", "2030-03-02T11:00Z", "1999-01-01"]),
    "status": st.none() | st.sampled_from(["new", "queued", "held", "completed", "asleep"]),
    "colour": TEXTS,
}
ROWS = st.lists(st.tuples(*(CELLS[name] for name in COLUMNS)), min_size=1, max_size=8)


def table_of(rows: list[tuple[str | None, ...]]) -> Rows:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return Rows(frame=frame, keys=[f"k{n}" for n in range(len(rows))], origin="t.csv")


@settings(max_examples=tried(40))
@given(rows=ROWS, ruled=st.booleans())
def test_many_at_once_leave_what_one_by_one_leaves(empty_store, rows, ruled):
    found = []
    for least in (1, 1000):
        with (
            TemporaryDirectory() as place,
            patch("data.intake.bulk.LEAST", least),
            patch("data.intake.intake.LEAST", least),
        ):
            store = open_store(f"sqlite:///{shutil.copy(empty_store, place)}")
            *left, first, again = taken(store, table_of(rows), double if ruled else None)
            store.close()
        counts = [{**c.record(), "reasons": sorted(c.reasons)} for c in (first, again)]
        found.append((left, counts))
    assert found[0] == found[1]


@settings(max_examples=tried(40))
@given(rows=ROWS, changes=ROWS)
def test_many_changes_at_once_leave_what_one_by_one_leaves(empty_store, rows, changes):
    found = []
    for least in (1, 1000):
        with (
            TemporaryDirectory() as place,
            patch("data.intake.bulk.LEAST", least),
            patch("data.intake.changes.LEAST", least),
            patch("data.intake.intake.LEAST", least),
        ):
            store = open_store(f"sqlite:///{shutil.copy(empty_store, place)}")
            found.append(changed(store, rows, changes, Terms(source="s")))
            store.close()
    assert found[0] == found[1]
