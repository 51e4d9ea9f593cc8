"""What the contract fixes of policy and run files, written out once for all tests."""

from typing import Any

import polars as pl

DEFAULT_POLICY: dict[str, Any] = {
    "sla": "soft",
    "max_reject_share": 0.05,
    "max_age": "",
    "shrink": 0.5,
    "time": {"grain": "1m"},
    "payoff": {
        "default_value": 1,
        "late_share": 0.5,
        "ageing_per_day": 0.1,
        "ageing_cap": 3,
        "requested_agent_share": 0.1,
        "cost_weight": 0,
    },
    "weights": {"tenant": {}, "department": {}, "process": {}, "segment": {}, "channel": {}},
    "report": {"language": "en", "unit": "points", "target_utilization": [0.7, 0.9], "warning_margin": "30m"},
    "replan": {"freeze": "15m", "stability": "10%"},
    "calendar": {},
}

DESCRIPTIVE: dict[str, Any] = {
    **dict.fromkeys(("process", "tenant", "department", "segment", "channel"), pl.String),
    **dict.fromkeys(("value", "penalty"), pl.Float64),
}


def plan_schema(zone: str) -> dict[str, Any]:
    """The columns of plan.parquet, without those passed through."""
    moment = pl.Datetime("us", zone)
    return {
        "task_id": pl.String,
        "agent_id": pl.String,
        "sequence": pl.Int64,
        "start_at": moment,
        "end_at": moment,
        "minutes": pl.Float64,
        "due_at": moment,
        "outcome": pl.String,
        "payoff": pl.Float64,
        "pinned": pl.Boolean,
        **DESCRIPTIVE,
    }


def unplanned_schema(zone: str) -> dict[str, Any]:
    """The columns of unplanned.parquet, without those passed through."""
    return {
        "task_id": pl.String,
        "reason": pl.String,
        "detail": pl.String,
        "due_at": pl.Datetime("us", zone),
        "payoff": pl.Float64,
        **DESCRIPTIVE,
    }
