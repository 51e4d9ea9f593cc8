"""Runs in a store without planning: what alerts read of a run is its key figures, and who its people are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from data import Store, add_run, write_record
from models import RUN_TABLES
from tests.data.store.planned import run_record

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)

Figures = Mapping[tuple[str, str, str], float]
"""Level, key, measure and value."""


def keep_run(store: Store, folder: Path, at: datetime, figures: Figures, teams: Mapping[str, str] = {}) -> None:
    """A run of a moment with these figures, its people in these teams, all on the site Köln."""
    record = run_record(f"R{at:%Y%m%dT%H%M}", as_of=at)
    rows = [(*name, value) for name, value in figures.items()]
    kpis = pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")
    place = folder / record.run_id
    if teams:
        place.mkdir()
        write_record(place, record)
        agents = pl.DataFrame([{"agent_id": agent, "team": team, "site": "Köln"} for agent, team in teams.items()])
        columns = [c for c in RUN_TABLES["agents"].names if c not in agents.columns]
        agents.with_columns(pl.lit(None).alias(name) for name in columns).write_parquet(place / "agents.parquet")
    with store.writing() as connection:
        add_run(connection, record, place, kpis)
