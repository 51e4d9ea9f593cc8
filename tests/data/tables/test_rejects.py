"""The list of rejected rows: a line per row, its first fault first."""

from datetime import date

import polars as pl

from data.tables.rejects import Fault, identity, own_faults, reject_lines, show
from data.tables.schemas import REJECTS, TABLES
from models import Code, Message

TASKS = TABLES["tasks"]


def message(column: str) -> Message:
    return Message(Code.NOT_WHOLE, column=column, value="x")


def raw(*ids: str | None) -> pl.DataFrame:
    columns = {name: pl.Series([None] * len(ids), dtype=pl.String) for name in TASKS.names}
    return pl.DataFrame({**columns, "task_id": ids, "row": range(2, len(ids) + 2)}).with_columns(
        pl.col("task_id").cast(pl.String)
    )


def test_the_first_column_that_is_wrong_names_the_line_and_the_others_follow() -> None:
    faults = [
        Fault("minutes", "type", pl.Series([True, None, True]), [message("minutes"), message("minutes")]),
        Fault("task_id", "required", pl.Series([False, False, True]), [message("task_id")]),
    ]
    lines, wrongs = reject_lines(TASKS, raw("T1", "T2", None), faults)
    assert lines.select("row", "id", "column", "rule").rows() == [
        (2, "T1", "minutes", "type"),
        (4, None, "task_id", "required"),
    ]
    assert lines["message"][1] == "task_id 'x' is not a whole number; also: minutes 'x' is not a whole number"
    assert [each.column for each in wrongs[lines["message"][1]]] == ["task_id", "minutes"]


def test_no_faults_are_an_empty_list_of_the_right_columns() -> None:
    lines, wrongs = reject_lines(TASKS, raw("T1"), [])
    assert (lines.height, dict(lines.schema), dict(wrongs)) == (0, dict(REJECTS), {})


def test_a_fault_may_be_about_another_column() -> None:
    fault = Fault("end", "end_after_start", pl.Series([True]), [message("end")], about="start")
    table = TABLES["shifts"]
    frame = pl.DataFrame({"agent_id": ["A1"], "start": [None], "end": ["9"], "kind": [None], "row": [2]})
    lines, wrongs = reject_lines(
        table, frame.with_columns(pl.lit(None).alias(n) for n in table.names if n not in frame.columns), [fault]
    )
    assert (lines["column"][0], lines["value"][0]) == ("end", "9")
    assert next(iter(wrongs.values()))[0].column == "start"


def test_a_row_is_named_by_the_parts_of_its_key() -> None:
    frame = pl.DataFrame({"task_id": ["T1", None], "agent_id": ["A1", "A2"]})
    assert frame.select(identity(TABLES["pairs"])).to_series().to_list() == ["T1|A1", "|A2"]


def test_rows_that_only_refer_to_others_are_told_apart() -> None:
    rejects = pl.DataFrame({"rule": ["type", "cascade"]})
    assert own_faults(rejects)["rule"].to_list() == ["type"]


def test_values_are_shown_on_one_line_that_is_not_long() -> None:
    assert show(pl.Series([date(2026, 3, 2), None])).to_list() == ["2026-03-02", None]
    (long,) = show(pl.Series([["a\nb"] * 60]))
    assert "\n" not in long
    assert len(long) == len("...") + 80
