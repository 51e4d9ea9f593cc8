"""A finished run as the workbook, the page and the terminal text receive it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from models import HOUR_COLUMNS, PLAN_COLUMNS, UNPLANNED_COLUMNS
from reports.content.proof import without_false_proof
from reports.kpis import KPI_COLUMNS
from reports.words.messages import Messages

REJECT_COLUMNS = ("table", "row", "id", "column", "rule", "value", "message")
AGENT_COLUMNS = (
    "agent_id", "name", "team", "site", "organisation", "working_minutes", "capacity_minutes",
    "planned_minutes", "tasks", "late", "first_start", "last_end",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class RunView:
    """One run: ``run`` as in run.json (values in points) with ``bound_source`` (what proved the bound) and
    ``engine_reason`` (why the engine was chosen) added, and its frames.

    ``plan`` and ``unplanned`` are as in their Parquet files, further columns included; ``agents`` has one row
    per agent, minutes are per horizon. ``kpis`` are the key figures, a row a level, key and measure. ``hours`` says
    what one more hour is worth, ``None`` when the run has no prices. Times in the frames are in the run's time zone.
    ``edits`` says what a planner changed by hand and what was frozen, a text each, in a fixed form. ``messages`` are
    those of the texts in all of these.

    A bound below the objective is no bound: ``run`` and ``kpis`` then claim nothing that follows from it.

    Raises:
        ValueError: a frame lacks a column.
    """

    run: Mapping[str, Any]
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    agents: pl.DataFrame
    kpis: pl.DataFrame
    hours: pl.DataFrame | None = None
    changes: pl.DataFrame | None = None
    edits: tuple[str, ...] = ()
    messages: Messages = field(default_factory=Messages)

    def __post_init__(self) -> None:
        for name, wanted in (
            ("plan", PLAN_COLUMNS),
            ("unplanned", UNPLANNED_COLUMNS),
            ("rejects", REJECT_COLUMNS),
            ("agents", AGENT_COLUMNS),
            ("kpis", KPI_COLUMNS),
            ("hours", HOUR_COLUMNS),
        ):
            frame = getattr(self, name)
            missing = [] if frame is None else [column for column in wanted if column not in frame.columns]
            if missing:
                raise ValueError(f"the {name} frame of a report lacks {', '.join(missing)}")
        run, kpis = without_false_proof(self.run, self.kpis)
        object.__setattr__(self, "run", run)
        object.__setattr__(self, "kpis", kpis)

    def __repr__(self) -> str:
        return f"RunView({self.run['run_id']}: {self.plan.height} tasks planned, {self.unplanned.height} not)"

    @property
    def timezone(self) -> str:
        """The IANA name all times are shown in."""
        return str(self.run["timezone"])

    @property
    def as_of(self) -> datetime:
        """The moment of the snapshot, in the run's time zone."""
        return self._moment("as_of")

    @property
    def horizon_end(self) -> datetime:
        """The end of planning, exclusive, in the run's time zone."""
        return self._moment("horizon_end")

    def _moment(self, key: str) -> datetime:
        zone = ZoneInfo(self.timezone)
        moment = datetime.fromisoformat(self.run[key])
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def names_of(view: RunView, agents: pl.Series) -> pl.Series:
    """The names of agents, by their ids; null for who has none and for who is not in the run."""
    known = view.agents.select("agent_id", "name").filter(pl.col("name").is_not_null())
    return agents.replace_strict(known["agent_id"], known["name"], default=None, return_dtype=pl.String)
