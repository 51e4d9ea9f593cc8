"""The views of the store as frames."""

import polars as pl
import pytest

from data import (
    apply_operations,
    export_views,
)
from data.store.listing import VIEWS, chosen_tasks, plain_row, task_frame, task_history
from tests.data.intake.operation_case import NOON, at, op


def test_every_view_is_exported(store, tmp_path):
    with store.writing() as connection:
        apply_operations(connection, [op("create", values={"due_at": NOON, "value": 2.0}), op("hold")])
    with store.reading() as connection:
        assert export_views(connection, tmp_path / "out") == {
            "task_list": 1,
            "operations": 2,
            "runs": 0,
            "assignments": 0,
            "kpis": 0,
            "actuals": 0,
            "targets": 0,
            "alerts": 0,
            "actions": 0,
        }
    tasks = pl.read_parquet(tmp_path / "out" / "task_list.parquet")
    assert tasks.schema == dict(VIEWS["task_list"])
    assert tasks.select("task_id", "status", "due_at", "value").row(0) == ("T1", "held", NOON, 2.0)


def listed(store, **values):
    """The task list of tasks with these values of the column `own`."""
    creates = [op("create", task_id=name, values={"own": value}) for name, value in values.items()]
    with store.writing() as connection:
        apply_operations(connection, creates)
        return task_frame(connection)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ([1, 2.5, None], [1.0, 2.5, None]),
        (["a", None, "ö"], ["a", None, "ö"]),
        ([1, "a", None], ["1", "a", None]),
        ([True, 1, "x"], ["true", "1", "x"]),
    ],
)
def test_further_columns_have_one_type(store, values, read):
    assert listed(store, A=values[0], B=values[1], C=values[2])["own"].to_list() == read


def test_an_empty_list_has_all_its_columns(store):
    with store.reading() as connection:
        frame = task_frame(connection)
    assert frame.height == 0
    assert frame.columns == [name for name in VIEWS["task_list"] if name != "extra"]


def test_tasks_of_some_statuses_are_left_out_and_the_rest_is_sorted(store):
    with store.writing() as connection:
        apply_operations(connection, [op("create", task_id=name) for name in ("b", "ä", "a", "Z")])
        apply_operations(connection, [op("hold", task_id="a"), op("complete", task_id="Z")])
        assert task_frame(connection, ("held", "completed"))["task_id"].to_list() == ["b", "ä"]


def test_conditions_see_the_clock_of_their_zone(store):
    with store.writing() as connection:
        apply_operations(connection, [op("create", values={"due_at": NOON})])
        tasks = task_frame(connection)
    assert chosen_tasks(tasks, "due_at = TIMESTAMP '2026-03-02 13:00'", "Europe/Berlin").height == 1
    assert chosen_tasks(tasks, "due_at = TIMESTAMP '2026-03-02 13:00'", "UTC").height == 0
    assert chosen_tasks(tasks, "value > 1", "UTC").height == 0


def test_a_misspelt_column_of_a_condition_is_told_with_the_right_one(store):
    with pytest.raises(ValueError, match=r"there is no column 'proces'; did you mean 'process'\?; columns: task_id, "):
        chosen_tasks(listed(store, A=1), "value = 1 AND proces = 'x'", "UTC")


@pytest.mark.parametrize("where", ["due_at > '8 o clock'", "nothing = 1", "status =", "value"])
def test_what_is_no_condition_is_quoted(store, where):
    with pytest.raises(ValueError, match="is not a condition on tasks") as told:
        chosen_tasks(listed(store, A=1), where, "UTC")
    assert str(told.value).startswith(repr(where))
    assert "\n" not in str(told.value)


def test_the_history_of_a_task_is_in_the_order_of_arrival(store):
    with store.writing() as connection:
        apply_operations(connection, [op("create"), op("hold", at=at(-5)), op("create", task_id="T2")])
        task, operations = task_history(connection, "T1")
        assert task_history(connection, "T9") == (None, [])
    assert [row["operation"] for row in operations] == ["create", "hold"]
    shown = plain_row(task or {}, "Europe/Berlin")
    assert (shown["changed_at"], shown["extra"], shown["set_by"]) == ("2026-03-02T13:00:00+01:00", {}, {})
