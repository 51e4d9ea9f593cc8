"""Headers are found whatever their spelling, and what does not fit is said of its column."""

import polars as pl
import pytest

from data.tables.cells import Corner
from data.tables.columns import RawTable, from_frame, from_grid
from data.tables.examples import EXAMPLES
from data.tables.faults import SourceError
from data.tables.schemas import TABLES
from models import Code, SnapshotError

TASKS, SHIFTS = TABLES["tasks"], TABLES["shifts"]


def grid(*rows: list[str | None], table: str = "tasks", corner: Corner | None = None) -> RawTable:
    """The table in a grid of these rows."""
    width = len(rows[0])
    schema = {f"c{n}": pl.String for n in range(width)}
    return from_grid(TABLES[table], pl.DataFrame(rows, schema=schema, orient="row"), "t.csv", corner=corner)


def test_headers_are_found_in_any_spelling_and_others_pass_through() -> None:
    raw = grid(["\ufeffTask-ID ", "PROCESS", "my note"], ["T1", " claim\u00a0", "  "], ["T2", "", "x"])
    found = raw.frame.select("task_id", "process", "my note", "row").rows()
    assert found == [("T1", "claim", None, 2), ("T2", None, "x", 3)]
    assert raw.unknown == ("my note",)
    assert raw.frame["value"].null_count() == 2


def test_rows_are_numbered_from_the_header_and_blank_ones_left_out() -> None:
    raw = grid([None, " "], ["task_id", "process"], [None, None], ["T1", "claim"], [" ", "\u200b"])
    assert raw.frame.select("task_id", "row").rows() == [("T1", 3)]


def test_a_grid_without_any_text_is_refused() -> None:
    with pytest.raises(SnapshotError, match=r"^t\.csv is empty; a line with the column names is needed"):
        grid([None, " "], ["", "\ufeff"])


def test_values_under_no_header_are_told_and_not_read() -> None:
    raw = grid(["task_id", "process", None], ["T1", "claim", "x"], ["T2", "claim", None])
    assert [message.code for message in raw.warnings] == [Code.NO_HEADER]
    assert raw.warnings[0].parts == {"place": "t.csv", "column": "3", "n": 1}


def test_two_headers_of_one_column_are_refused_with_both() -> None:
    with pytest.raises(SnapshotError, match="'Task ID' and 'task_id' are both the column 'task_id'; keep one of them"):
        grid(["Task ID", "process", "task_id"], ["T1", "claim", "T2"])


def test_columns_of_ones_own_get_names_of_their_own() -> None:
    raw = grid(["task_id", "process", "row", "x", "x"], ["T1", "claim", "a", "b", "c"])
    assert raw.frame.row(0, named=True) | {"row": 2, "x_row": "a", "x": "b", "x_x": "c"} == raw.frame.row(0, named=True)
    assert raw.unknown == ("x_row", "x", "x_x")


def test_a_missing_column_is_told_with_the_nearest_name() -> None:
    with pytest.raises(
        SnapshotError, match=r"'process' is missing; did you mean 'proces'\? \(columns found: 'task_id'"
    ):
        grid(["task_id", "proces"], ["T1", "claim"])


def test_a_header_further_down_is_pointed_out() -> None:
    with pytest.raises(SnapshotError, match="row 3 looks like the header: delete the rows above it"):
        grid(["Work of today", None], ["", ""], ["task_id", "process"], ["T1", "claim"])


def test_a_workbook_tells_of_all_missing_columns_at_once() -> None:
    with pytest.raises(SourceError) as one:
        grid(["kind"], ["work"], table="shifts")
    with pytest.raises(SourceError) as every:
        grid(["kind"], ["work"], table="shifts", corner=Corner("shifts", 1, 1))
    assert (len(one.value.faults), len(every.value.faults)) == (1, 3)


def test_a_likely_typo_is_warned_of_unless_the_column_is_there() -> None:
    (warning,) = grid(["task_id", "process", "urgency", "minuts"], ["T1", "claim", "1", "2"]).warnings
    assert (warning.code, warning.parts["name"]) == (Code.UNKNOWN_COLUMN, "minuts")
    assert warning.endswith("did you mean 'minutes'?")
    assert grid(["task_id", "process", "minutes", "minuts"], ["T1", "claim", "1", "2"]).warnings == ()


def test_cells_of_a_workbook_are_found_again() -> None:
    raw = grid([None] * 3, [None, "task_id", "process"], [None, "T1", "claim"], corner=Corner("work", 3, 2))
    assert raw.cells is not None
    assert raw.cells.cell(2, "process") == "sheet 'work' cell D5"
    assert raw.cells.cell(2, "value") == "sheet 'work' row 5"


def test_what_people_write_is_read_in_cells_only() -> None:
    rows = ["task_id", "process", "minutes"], ["T1", "claim", "40 min"]
    assert grid(*rows).frame["minutes"].to_list() == ["40 min"]
    assert grid(*rows, corner=Corner("tasks", 1, 1)).frame["minutes"].to_list() == ["40"]


def test_examples_of_the_template_that_were_left_in_are_told() -> None:
    header, *values = zip(*EXAMPLES["agent_skills"][0].items(), strict=True)
    rows = [list(header), *([str(value) for value in row] for row in values), ["A9", "motor", "1", None]]
    (notice,) = grid(*rows, table="agent_skills").notices
    assert (notice.code, notice.count, notice.of, notice.rows) == (Code.EXAMPLE_ROWS, 1, 2, (2,))


def test_frames_without_names_and_with_sets_of_words() -> None:
    frame = pl.DataFrame(
        {
            " ": [1, None],
            "Task ID": pl.Series(["T1 ", "T2"], dtype=pl.Categorical),
            "process": ["claim", " "],
            "own": pl.Series([" a", "b"], dtype=pl.Categorical),
        }
    )
    raw = from_frame(TASKS, frame, "tasks")
    assert raw.frame.select("task_id", "process").rows() == [("T1", "claim"), ("T2", None)]
    assert raw.frame["own"].to_list() == [" a", "b"]
    assert [message.parts["n"] for message in raw.warnings] == [1]


def test_moments_beyond_what_can_be_printed_are_kept_within() -> None:
    far = pl.Series([2**62], dtype=pl.Int64).cast(pl.Datetime("ms"))
    raw = from_frame(SHIFTS, pl.DataFrame({"agent_id": ["A1"], "start": far, "end": far}), "shifts")
    assert raw.frame["start"].dt.year().item() > 200_000
    assert str(raw.frame["start"])  # it would panic
