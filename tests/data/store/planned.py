"""Runs made shortly, and published."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from data import Published, Store, publish_plan
from models import CheckRecord, PolicyRecord, RunRecord

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def run_record(name: str, **others: Any) -> RunRecord:
    """What a run of this name says of itself."""
    said: dict[str, Any] = {
        "as_of": EIGHT,
        "horizon_end": EIGHT + timedelta(hours=8),
        "timezone": "Europe/Berlin",
        "engine": "greedy",
        "stop": "done",
        "proof": "none",
        "objective": 10.0,
        "bound": 12.0,
        "gap": None,
        "gain_gap": 0.1,
        "empty_objective": 0.0,
        "counts": None,
        "agents": None,
        "check": CheckRecord(ok=True),
        "warnings": (),
        "seed": 0,
        "policy": PolicyRecord({}),
        "inputs": {},
        "versions": {},
    }
    return RunRecord(run_id=name, **said | others)


def plan_of(**agents: str) -> pl.DataFrame:
    """A plan: who does each task, half an hour each, in the order given."""
    last: dict[str, int] = {}
    rows = []
    for task, agent in agents.items():
        number = last[agent] = last.get(agent, 0) + 1
        start = EIGHT + timedelta(minutes=30 * (number - 1))
        rows.append((task, agent, number, start, start + timedelta(minutes=30)))
    schema = {
        "task_id": pl.String,
        "agent_id": pl.String,
        "sequence": pl.Int64,
        "start_at": pl.Datetime("us", "UTC"),
        "end_at": pl.Datetime("us", "UTC"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def published(store: Store, name: str, **agents: str) -> Published:
    """A plan, published as the run of this name."""
    with store.writing() as connection:
        return publish_plan(connection, run_record(name), Path("runs") / name, plan_of(**agents), EIGHT)
