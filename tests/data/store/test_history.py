"""Key figures of runs and days, and targets, as the store keeps them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from data import (
    Store,
    add_run,
    forget_runs,
    known_runs,
    read_days,
    read_figures,
)
from tests.data.store.planned import EIGHT, run_record

KOELN = ("site", "Köln", "sla_share")


def kpis(value: float, **others: float) -> pl.DataFrame:
    """Figures of a run: the share of Köln, others of the enterprise."""
    rows = [
        ("site", "Köln", "sla_share", value),
        ("agent", "A17", "planned", 3.0),
        ("period", "2026", "tasks_due", 1.0),
    ]
    rows += [("enterprise", "", name, figure) for name, figure in others.items()]
    return pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")


def add(store: Store, name: str, when: datetime, value: float, **others: float) -> bool:
    with store.writing() as connection:
        return add_run(connection, run_record(name, as_of=when), Path("runs") / name, kpis(value, **others))


def content(store: Store) -> list[list[tuple[object, ...]]]:
    tables = ("run", "figure", "kpi", "day", "kpi_day")
    with store.reading() as connection:
        return [sorted(map(tuple, connection.execute(sa.text(f"SELECT * FROM {name}")))) for name in tables]


def test_a_run_twice_is_no_change(store: Store) -> None:
    assert add(store, "one", EIGHT, 0.9, planned=10)
    before = content(store)
    assert not add(store, "one", EIGHT, 0.9, planned=10)
    assert content(store) == before
    assert add(store, "one", EIGHT, 0.8, planned=10)
    with store.reading() as connection:
        assert read_figures(connection, *KOELN)["value"].to_list() == [0.8]


def test_figures_are_found_by_level_key_measure_and_moment_and_people_are_not_kept(store: Store) -> None:
    for hour in range(3):
        add(store, f"run {hour}", EIGHT + timedelta(hours=hour), 0.9 + hour / 100, planned=hour)
    with store.reading() as connection:
        assert read_figures(connection, *KOELN, since=EIGHT + timedelta(hours=1))["value"].to_list() == [0.91, 0.92]
        assert read_figures(connection, *KOELN, until=EIGHT + timedelta(hours=1))["value"].to_list() == [0.9]
        assert read_figures(connection, "enterprise").select("run_id", "measure", "value").rows() == [
            (f"run {hour}", "planned", hour) for hour in range(3)
        ]
        assert read_figures(connection, "agent").is_empty()
        rows = connection.execute(sa.text("SELECT run_id, level, key, measure, value FROM kpis WHERE level = 'site'"))
        assert ("run 1", "site", "Köln", "sla_share", 0.91) in [tuple(row) for row in rows]


def test_a_day_has_the_figures_of_its_last_run_in_whatever_order_runs_come(store: Store) -> None:
    add(store, "noon", EIGHT + timedelta(hours=4), 0.7)
    add(store, "morning", EIGHT, 0.9, planned=5)
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    add(store, "next", late, 0.5)
    with store.reading() as connection:
        found = read_days(connection).select("day", "run_id", "measure", "value").rows()
    assert found == [(date(2026, 3, 2), "noon", "sla_share", 0.7), (date(2026, 3, 3), "next", "sla_share", 0.5)]


def test_forgotten_runs_leave_their_days(store: Store) -> None:
    add(store, "one", EIGHT, 0.9)
    with store.writing() as connection:
        forget_runs(connection, ["one"])
        assert known_runs(connection).is_empty()
        assert read_figures(connection).is_empty()
        assert read_days(connection)["value"].to_list() == [0.9]
