"""A restriction that cannot be read holds all the same: each clause of the contract, section 2, kept and violated."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from data import Snapshot, read_snapshot
from models import Code, SnapshotError
from tests.data.small import SETTINGS, frames

PAIR = ["task_id", "agent_id", "allowed", "minutes", "bonus"]
SHIFT = ["agent_id", "start", "end", "kind"]
NINE, TEN = "2026-01-05T09:00", "2026-01-05T10:00"
PERIOD = (datetime(2026, 1, 5, 7, tzinfo=UTC), datetime(2026, 1, 5, 17, tzinfo=UTC))
AN_HOUR = (datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2026, 1, 5, 9, tzinfo=UTC))


def with_pairs(*rows: list[Any]) -> Snapshot:
    """The small snapshot with these pairs, and enough good ones that they do not refuse it."""
    good = [["T1", "A1", None, None, "1"]]
    tables = frames(pairs=[PAIR, *good, *rows])
    return read_snapshot({**tables, "snapshot": SETTINGS}, max_reject_share=1)


def with_shifts(*rows: list[Any], allow_empty: bool = False) -> Snapshot:
    """The small snapshot with these shifts behind a good one of each agent."""
    good = [[agent, "2026-01-05T08:00", "2026-01-05T16:00", None] for agent in ("A1", "A2")]
    tables = frames(shifts=[SHIFT, *good, *rows])
    return read_snapshot({**tables, "snapshot": SETTINGS}, max_reject_share=1, allow_empty=allow_empty)


def excluded(snapshot: Snapshot) -> list[tuple[str, str]]:
    return snapshot.excluded.select("task_id", "agent_id").rows()


def taken(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    return snapshot.taken.select("agent_id", "start", "end").rows()


def said(snapshot: Snapshot) -> dict[Code, tuple[int, tuple[str, ...], tuple[int, ...]]]:
    return {notice.code: (notice.count, notice.names, notice.rows) for notice in snapshot.notices}


TRUE = (
    "true",
    "t",
    "yes",
    "y",
    "ja",
    "j",
    "wahr",
    "oui",
    "vrai",
    "si",
    "sí",
    "是",
    "1",
    "1.0",
    " JA ",
    "SÍ",
    "si\u0301",
)
FALSE = ("false", "f", "no", "n", "nein", "falsch", "non", "faux", "否", "0", "0.0", "0,0", " F ", "Nein", "FAUX")


@pytest.mark.parametrize(("text", "allowed"), [*((t, True) for t in TRUE), *((t, False) for t in FALSE)])
def test_what_is_true_and_what_is_false(text: str, allowed: bool) -> None:
    snapshot = with_pairs(["T2", "A1", text, None, None], ["T2", "A2", text.upper(), None, None])
    assert snapshot.pairs["allowed"].to_list() == [True, allowed, allowed]
    assert snapshot.rejects.is_empty()


@pytest.mark.parametrize(
    "values",
    [[True, False], [1, 0], [1.0, 0.0], pl.Series([1, 0], dtype=pl.UInt8), pl.Series([1, 0]).cast(pl.Decimal(5, 2))],
)
@pytest.mark.parametrize("kind", [None, pl.Categorical])
def test_flags_of_every_type_of_frame(values: Any, kind: Any) -> None:
    allowed = pl.Series(values)
    allowed = allowed.cast(pl.String).cast(kind) if kind else allowed
    pairs = pl.DataFrame({"task_id": ["T1", "T2"], "agent_id": ["A1", "A1"], "allowed": allowed})
    snapshot = read_snapshot({**frames(), "pairs": pairs, "snapshot": SETTINGS})
    assert snapshot.pairs["allowed"].to_list() == [True, False]


@pytest.mark.parametrize(
    "row",
    [
        ["T2", "A1", "maybe", None, None],
        ["T2", "A1", "#N/A", None, None],
        ["T2", "A1", "false", "0", None],
        ["T2", "A1", "nein", None, "much"],
        ["T2", "A1", "perhaps", "x", "y"],
    ],
)
def test_a_pair_set_aside_excludes_whatever_its_faults(row: list[Any]) -> None:
    snapshot = with_pairs(row)
    assert excluded(snapshot) == [("T2", "A1")]
    assert said(snapshot)[Code.PAIRS_EXCLUDED] == (1, ("T2|A1",), (3,))


@pytest.mark.parametrize("allowed", [None, "", "true", "Ja", "1"])
def test_a_pair_set_aside_that_allows_excludes_nobody(allowed: str | None) -> None:
    snapshot = with_pairs(["T2", "A1", allowed, "0", None])
    assert snapshot.rejects.height == 1
    assert excluded(snapshot) == []
    assert Code.PAIRS_EXCLUDED not in said(snapshot)


def test_one_of_the_pairs_that_share_a_key_is_enough() -> None:
    snapshot = with_pairs(["T2", "A1", "true", None, None], ["T2", "A1", "no", None, None])
    assert snapshot.rejects["rule"].to_list() == ["unique", "unique"]
    assert excluded(snapshot) == [("T2", "A1")]


@pytest.mark.parametrize(("task", "agent"), [(None, "A1"), ("T2", None), ("#REF!", "A1"), ("T2", "\x01"), (None, None)])
@pytest.mark.parametrize("allowed", ["no", "maybe"])
def test_a_pair_that_excludes_nobody_knows_whom_is_refused(task: str | None, agent: str | None, allowed: str) -> None:
    with pytest.raises(SnapshotError, match=r"pairs: row 3 may exclude somebody, but who or from what cannot be read"):
        with_pairs([task, agent, allowed, None, None])


@pytest.mark.parametrize("allowed", [None, "yes"])
def test_a_pair_without_an_id_that_allows_is_no_more_than_set_aside(allowed: str | None) -> None:
    snapshot = with_pairs([None, "A1", allowed, None, "5"])
    assert (snapshot.rejects.height, excluded(snapshot)) == (1, [])


def test_ids_that_name_nobody_restrict_nothing_and_that_is_said() -> None:
    snapshot = with_pairs(
        ["T2", "A9", "no", None, None], ["T9", "A1", "no", None, None], ["T9", "A9", "yes", None, None]
    )
    assert said(snapshot)[Code.NOBODY_RESTRICTED] == (2, ("T2|A9", "T9|A1"), (3, 4))
    assert Code.PAIRS_EXCLUDED not in said(snapshot)
    snapshot = with_shifts(["A9", NINE, TEN, "break"], ["A9", "soon", TEN, "work"])
    assert said(snapshot)[Code.NOBODY_RESTRICTED] == (1, ("A9",), (4,))


@pytest.mark.parametrize("kind", ["Pause", "Lunch", "#N/A"])
def test_a_shift_of_an_unknown_kind_takes_its_time(kind: str) -> None:
    snapshot = with_shifts(["A1", NINE, TEN, kind])
    assert taken(snapshot) == [("A1", *AN_HOUR)]
    assert said(snapshot)[Code.TIME_TAKEN] == (1, ("A1",), (4,))


@pytest.mark.parametrize(
    ("start", "end"), [("soon", TEN), (NINE, None), (TEN, NINE), (NINE, NINE), (None, None), ("9:00", "10:00")]
)
def test_a_shift_set_aside_without_times_takes_the_whole_period_unless_it_is_work(start: Any, end: Any) -> None:
    for kind in ("break", "Reserved", "Lunch"):
        snapshot = with_shifts(["A1", start, end, kind])
        assert taken(snapshot) == [("A1", *PERIOD)]
        assert said(snapshot)[Code.AGENTS_WITHOUT_TIME] == (1, ("A1",), (2,))
        assert said(snapshot)[Code.AGENTS_BLOCKED] == (1, ("A1",), (4,))
    for kind in ("work", "WORK", None):
        snapshot = with_shifts(["A1", start, end, kind])
        assert (snapshot.rejects.height, taken(snapshot)) == (1, [])


def test_a_break_at_a_time_of_day_in_a_workbook_takes_the_whole_period() -> None:
    # Excel keeps 12:00 as a moment of 1899
    snapshot = with_shifts(["A1", "1899-12-31 12:00:00", "1899-12-31 12:30:00", "break"])
    assert taken(snapshot) == [("A1", *PERIOD)]


@pytest.mark.parametrize("kind", ["work", "break", None, "Lunch"])
@pytest.mark.parametrize("agent", [None, "", "#N/A"])
def test_a_shift_of_nobody_knows_whom_is_refused(agent: str | None, kind: str | None) -> None:
    with pytest.raises(SnapshotError, match=r"shifts: row 4 may take time from somebody, but from whom cannot be read"):
        with_shifts([agent, NINE, TEN, kind])


def test_all_rows_that_restrict_nobody_knows_whom_are_named_at_once() -> None:
    with pytest.raises(SnapshotError, match=r"shifts: rows 4, 5, 6, 7, 8 and 1 more may take time"):
        with_shifts(*([None, NINE, TEN, "break"] for _ in range(6)))
