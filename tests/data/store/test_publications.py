"""Published plans: versions, what the views say of them, what a newer one changes."""

import polars as pl
import sqlalchemy as sa

from data import current_publication, export_views, planned_work
from tests.data.store.planned import EIGHT, plan_of, published


def assignments(store, run_id):
    with store.reading() as connection:
        rows = connection.execute(
            sa.text("SELECT task_id, agent_id, state FROM assignments WHERE run_id = :run ORDER BY task_id"),
            {"run": run_id},
        )
        return [tuple(row) for row in rows]


def test_a_newer_plan_takes_the_place_of_the_earlier_which_can_still_be_seen(store):
    first = published(store, "one", T1="A", T2="A", T3="B")
    assert (first.publication.version, first.planned, first.changed, first.withdrawn) == (1, 3, 3, 0)
    second = published(store, "two", T1="A", T3="B", T4="B")
    assert (second.publication.version, second.changed, second.withdrawn) == (2, 1, 1)
    with store.reading() as connection:
        current = current_publication(connection)
        work = planned_work(connection)
        mine = planned_work(connection, "B")
    assert current is not None
    assert (current.run_id, current.as_of, current.timezone) == ("two", EIGHT, "Europe/Berlin")
    assert work.select("task_id", "sequence").rows() == [("T1", 1), ("T3", 1), ("T4", 2)]
    assert mine["task_id"].to_list() == ["T3", "T4"]
    assert assignments(store, "one") == [("T1", "A", "planned"), ("T2", "A", "planned"), ("T3", "B", "planned")]
    assert assignments(store, "two") == [
        ("T1", "A", "planned"),
        ("T2", None, "withdrawn"),
        ("T3", "B", "planned"),
        ("T4", "B", "planned"),
    ]


def test_the_current_run_again_is_no_change_and_an_earlier_one_becomes_current_again(store):
    published(store, "one", T1="A")
    assert not published(store, "one", T1="A").is_new
    published(store, "two", T1="B")
    again = published(store, "one", T1="A")
    assert (again.is_new, again.publication.version, again.changed) == (True, 3, 1)
    with store.reading() as connection:
        found = connection.execute(sa.text("SELECT run_id, version FROM runs ORDER BY version")).all()
    assert [tuple(row) for row in found] == [("two", 2), ("one", 3)]


def test_a_run_of_the_same_name_with_another_plan_is_a_new_version(store):
    published(store, "one", T1="A")
    assert published(store, "one", T1="B").publication.version == 2
    assert assignments(store, "one") == [("T1", "B", "planned")]


def test_another_run_with_the_same_plan_is_a_new_version_without_differences(store):
    published(store, "one", T1="A")
    second = published(store, "two", T1="A")
    assert (second.publication.version, second.changed, second.withdrawn) == (2, 0, 0)
    assert assignments(store, "two") == [("T1", "A", "planned")]


def test_an_empty_plan_withdraws_all_and_a_task_may_come_back(store):
    published(store, "one", T1="A", T2="A")
    assert published(store, "two").withdrawn == 2
    assert published(store, "three").withdrawn == 0
    assert published(store, "four", T2="B").changed == 1
    assert assignments(store, "three") == []
    assert assignments(store, "four") == [("T2", "B", "planned")]


def test_the_views_can_be_taken_out(store, tmp_path):
    published(store, "one", T1="A")
    with store.reading() as connection:
        counts = export_views(connection, tmp_path / "out")
    assert (counts["runs"], counts["assignments"]) == (1, 1)
    row = pl.read_parquet(tmp_path / "out" / "assignments.parquet").row(0, named=True)
    assert (row["start_at"], row["end_at"]) == plan_of(T1="A").select("start_at", "end_at").row(0)
