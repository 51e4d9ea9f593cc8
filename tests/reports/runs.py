"""Runs to report on, made from a few words; run.json and frames agree."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from models import RunRecord
from reports import KpiInputs, RunView, measure
from tests.contract import DEFAULT_POLICY, plan_schema, unplanned_schema

ZONE = "Europe/Berlin"
AS_OF = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo(ZONE))
HORIZON_END = AS_OF + timedelta(hours=10)
DESCRIPTION = {
    "process": "claims",
    "tenant": "acme",
    "department": None,
    "segment": None,
    "channel": "mail",
    "value": 10.0,
    "penalty": 4.0,
}

_TIME = pl.Datetime("us", ZONE)
PLAN_SCHEMA, UNPLANNED_SCHEMA = plan_schema(ZONE), unplanned_schema(ZONE)
REJECT_SCHEMA: dict[str, Any] = {
    "table": pl.String,
    "row": pl.Int64,
    "id": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "value": pl.String,
    "message": pl.String,
}
AGENT_SCHEMA: dict[str, Any] = {
    "agent_id": pl.String,
    "name": pl.String,
    "team": pl.String,
    "site": pl.String,
    "organisation": pl.String,
    "working_minutes": pl.Float64,
    "capacity_minutes": pl.Float64,
    "planned_minutes": pl.Float64,
    "tasks": pl.Int64,
    "late": pl.Int64,
    "first_start": _TIME,
    "last_end": _TIME,
}


_SPENT = ("working", "capacity", "planned")
HOUR_SCHEMA: dict[str, Any] = {
    "requirement": pl.String,
    "from_time": _TIME,
    "until_time": _TIME,
    "points_per_hour": pl.Float64,
    "agents": pl.Int64,
    "minutes_asked": pl.Float64,
}


def at(minutes: float) -> datetime:
    """A moment so many minutes after the snapshot."""
    return AS_OF + timedelta(minutes=minutes)


def planned(task_id: str, agent_id: str = "A1", **columns: Any) -> dict[str, Any]:
    """A planned task of ten minutes, on time unless said otherwise."""
    row = {
        "task_id": task_id,
        "agent_id": agent_id,
        "sequence": 1,
        "start_at": at(0),
        "end_at": at(10),
        "minutes": 10.0,
        "due_at": at(60),
        "outcome": "on_time",
        "payoff": 10.0,
        "pinned": False,
        **DESCRIPTION,
    }
    return row | columns


def left(task_id: str, reason: str = "outbid", **columns: Any) -> dict[str, Any]:
    """A task that is not planned."""
    row = {
        "task_id": task_id,
        "reason": reason,
        "detail": "why",
        "due_at": None,
        "payoff": 0.0,
        **DESCRIPTION,
    }
    return row | columns


def agent(agent_id: str, **columns: Any) -> dict[str, Any]:
    """A person with 100 working minutes of which 90 may be planned."""
    row = {
        "agent_id": agent_id,
        "name": f"Name of {agent_id}",
        "team": "T1",
        "site": "North",
        "organisation": "city",
        "working_minutes": 100.0,
        "capacity_minutes": 90.0,
    }
    return row | columns


def hour(requirement: str, points_per_hour: float, **columns: Any) -> dict[str, Any]:
    """What one more hour of a requirement is worth until noon."""
    row = {
        "requirement": requirement,
        "from_time": at(0),
        "until_time": at(240),
        "points_per_hour": points_per_hour,
        "agents": 2,
        "minutes_asked": 90.0,
    }
    return row | columns


def reject(row: int, **columns: Any) -> dict[str, Any]:
    """A rejected row of the tasks table."""
    found = {
        "table": "tasks",
        "row": row,
        "id": f"R{row}",
        "column": "minutes",
        "rule": "range",
        "value": "-1",
        "message": "minutes is -1: a number greater than 0 is needed",
    }
    return found | columns


def view_of(
    plan: list[dict[str, Any]] | None = None,
    unplanned: list[dict[str, Any]] | None = None,
    agents: list[dict[str, Any]] | None = None,
    rejects: list[dict[str, Any]] | None = None,
    hours: list[dict[str, Any]] | None = None,
    **run: Any,
) -> RunView:
    """A run with these rows; figures of run.json follow from them unless given in ``run``."""
    frames = [
        pl.DataFrame(rows or [], schema_overrides=schema) if rows else pl.DataFrame(schema=schema)
        for rows, schema in (
            (plan, PLAN_SCHEMA),
            (unplanned, UNPLANNED_SCHEMA),
            (rejects, REJECT_SCHEMA),
        )
    ]
    people = pl.DataFrame([_with_load(person, plan or []) for person in agents or []], schema=AGENT_SCHEMA)
    values = None if hours is None else pl.DataFrame(hours, schema=HOUR_SCHEMA)
    account = RunRecord.from_json({**_run_json(*frames, people), **run})
    return RunView(account, *frames, people, measure(account, facts_of(*frames[:2], people)), values)


def counted_in(view: RunView, unit: str) -> RunView:
    """The run under a policy that calls the unit of value so."""
    policy = view.run.policy.settings
    return replace(view, run=run_with(view.run, policy={**policy, "report": {**policy["report"], "unit": unit}}))


def run_with(run: RunRecord, **keys: Any) -> RunRecord:
    """The record with other values of these keys of run.json."""
    return RunRecord.from_json({**run.as_json(), **keys})


def facts_of(plan: pl.DataFrame, unplanned: pl.DataFrame, agents: pl.DataFrame) -> KpiInputs:
    """The facts behind these frames: tasks of 10 standard minutes without skills, created a day before."""
    made = plan.select(*DESCRIPTION, "agent_id", "due_at", "start_at", "end_at", "payoff", state="outcome")
    left_out = unplanned.select(*DESCRIPTION, "due_at", "payoff", state="reason")
    tasks = pl.concat([made.with_columns(charged_minutes=plan["minutes"]), left_out], how="diagonal")
    own = {"standard_minutes": 10.0, "created_at": at(-1440), "requirement": None, "could_be_on_time": True}
    tasks = tasks.with_columns(
        ~pl.col("state").is_in(["held", "final"]).alias("plannable"),
        *(pl.lit(value, dtype=pl.String if value is None else None).alias(name) for name, value in own.items()),
    )
    periods = pl.DataFrame(
        {
            "start_at": [AS_OF],
            "end_at": [HORIZON_END],
            **{f"{kind}_minutes": [agents[f"{kind}_minutes"].sum()] for kind in _SPENT},
        },
        schema_overrides={"start_at": _TIME, "end_at": _TIME},
    )
    asked, supply = (pl.DataFrame(schema={key: pl.String, "skill": pl.String}) for key in ("requirement", "agent_id"))
    return KpiInputs(tasks=tasks, agents=agents, asked=asked, supply=supply, periods=periods)


def _with_load(person: dict[str, Any], plan: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [row for row in plan if row["agent_id"] == person["agent_id"]]
    return {
        "planned_minutes": sum(row["minutes"] for row in mine),
        "tasks": len(mine),
        "late": sum(row["outcome"] == "late" for row in mine),
        "first_start": min((row["start_at"] for row in mine), default=None),
        "last_end": max((row["end_at"] for row in mine), default=None),
    } | person


def _run_json(plan: pl.DataFrame, unplanned: pl.DataFrame, rejects: pl.DataFrame, people: pl.DataFrame) -> Any:
    rejected = rejects.filter(pl.col("table") == "tasks").height
    objective = float(plan["payoff"].sum() + unplanned["payoff"].sum())
    working, planned_minutes = (float(people[f"{which}_minutes"].sum()) for which in ("working", "planned"))
    closed = unplanned.filter(pl.col("reason").is_in(["held", "final"])).height
    return {
        "schema_version": 1,
        "run_id": "run-1",
        "as_of": AS_OF.isoformat(),
        "horizon_end": HORIZON_END.isoformat(),
        "timezone": ZONE,
        "engine": "exact",
        "engine_reason": "small enough to be solved exactly",
        "stop": "gap",
        "proof": "gap",
        "objective": objective,
        "bound": objective + 1.0,
        "bound_source": "the solver",
        "gap": 1.0 / (objective + 1.0),
        "gain_gap": 0.021,
        "empty_objective": min(objective, 0.0) - 50.0,
        "counts": {
            "tasks": rejected + plan.height + unplanned.height,
            "rejected": rejected,
            "plannable": plan.height + unplanned.height - closed,
            "planned": plan.height,
            "on_time": plan.filter(pl.col("outcome") == "on_time").height,
            "late": plan.filter(pl.col("outcome") == "late").height,
            "unplanned": unplanned.height,
        },
        "agents": {
            "working_minutes": working,
            "capacity_minutes": float(people["capacity_minutes"].sum()),
            "planned_minutes": planned_minutes,
            "utilization": planned_minutes / working if working else None,
        },
        "timings_s": {"read": 0.1},
        "check": {"ok": True, "violations": []},
        "warnings": [],
        "seed": 0,
        "policy": DEFAULT_POLICY,
        "inputs": {"tasks.csv": "ab" * 32},
        "versions": {"allot": "0.1.0"},
    }
