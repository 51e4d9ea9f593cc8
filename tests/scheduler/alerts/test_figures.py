"""Key figures as alerts look at them: of each run its own, of people from its folder, with the targets of its day."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from data import Store, known_runs, read_targets, set_target, write_record
from models import RUN_TABLES
from scheduler.alerts.figures import figures_of, moments, places_in, targets_on
from tests.data.store.planned import EIGHT, run_record
from tests.scheduler.alerts.case import keep_run

SITE = ("site", "Köln", "late")
HOUR = timedelta(hours=1)


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    """A store with two runs an hour apart; of the second, Ann's own figure stands in its folder."""
    keep_run(store, tmp_path, EIGHT, {SITE: 1.0, ("site", "Köln", "planned"): 9.0})
    keep_run(store, tmp_path, EIGHT + HOUR, {SITE: 2.0}, {"Ann": "Blue"})
    rows = [("agent", "Ann", "late", 1.0), ("agent", "Bob", "late", None), ("site", "Köln", "late", 7.0)]
    names = RUN_TABLES["kpis"].names
    kpis = pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")
    kpis = kpis.with_columns(pl.lit(None).alias(name) for name in names if name not in kpis.columns)
    kpis.select(names).write_parquet(tmp_path / f"R{EIGHT + HOUR:%Y%m%dT%H%M}" / "kpis.parquet")
    return store


def seen(store: Store, *measures: str, people: bool = True) -> list[dict[tuple[str, str, str], float]]:
    """The figures of each run, in the order of time."""
    with store.reading() as connection:
        return [
            {
                (level, key, measure): value
                for measure, nodes in moment.figures.items()
                for (level, key), value in nodes.items()
            }
            for moment in moments(connection, known_runs(connection), measures, people=people)
        ]


def test_each_run_has_its_own_figures_and_only_those_asked_for(filled: Store) -> None:
    ann = {("agent", "Ann", "late"): 1.0}
    assert seen(filled, "late", "late") == [{SITE: 1.0}, {SITE: 2.0, **ann}]
    assert seen(filled, "late", people=False) == [{SITE: 1.0}, {SITE: 2.0}]
    assert seen(filled, "planned") == [{("site", "Köln", "planned"): 9.0}, {}]
    assert seen(filled) == [{}, {}]


def test_without_runs_there_is_nothing_to_see(store: Store) -> None:
    assert seen(store, "late") == []


def test_figures_without_a_value_are_none() -> None:
    rows = [("site", "K", "late", 1.0), ("site", "B", "late", None), ("team", "T", "planned", None)]
    kpis = pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")
    assert figures_of(kpis) == {"late": {("site", "K"): 1.0}}
    assert figures_of(kpis.clear()) == {}


def test_people_belong_where_the_folder_of_the_same_run_says(filled: Store, tmp_path: Path) -> None:
    name = f"R{EIGHT + HOUR:%Y%m%dT%H%M}"
    assert places_in(name, tmp_path / name)["team", "Blue"] == (("site", "Köln"), ("enterprise", ""))
    assert places_in("another", tmp_path / name) == {}
    assert places_in(name, tmp_path / "gone") == {}
    write_record(tmp_path / name, run_record("another"))
    assert places_in(name, tmp_path / name) == {}


def test_targets_are_those_of_the_day_where_the_desk_is(store: Store) -> None:
    with store.writing() as connection:
        set_target(connection, *SITE, 0.5, date(2026, 3, 1), date(2026, 3, 2))
        set_target(connection, *SITE, 0.6, date(2026, 3, 3), None)
        targets = read_targets(connection)
    late = EIGHT.replace(hour=23, minute=30)
    assert [targets_on(targets, late, zone)(SITE[:2], "late") for zone in ("UTC", "Europe/Berlin")] == [0.5, 0.6]
    assert targets_on(targets, EIGHT - timedelta(days=2), "UTC")(SITE[:2], "late") is None
    assert targets_on(targets, late, "UTC")(("site", "Bonn"), "late") is None
