"""A finished run, as the input of workbook, page and terminal text."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from models import AGENTS_TABLE, HOURS_TABLE, KPIS_TABLE, PLAN_TABLE, REJECTS_TABLE, UNPLANNED_TABLE, RunRecord
from reports.content.proof import without_false_proof
from reports.content.rest import no_rest
from reports.words.messages import Messages

_TABLES = (PLAN_TABLE, UNPLANNED_TABLE, REJECTS_TABLE, AGENTS_TABLE, KPIS_TABLE, HOURS_TABLE)


@dataclass(frozen=True, repr=False)
class RunView:
    """One run: what it says of itself, and its frames.

    ``plan`` and ``unplanned`` are as in their Parquet files, further columns included; ``agents`` has one row
    per agent, minutes are per horizon. ``kpis`` are the key figures, a row a level, key and measure. ``hours`` says
    what one more hour is worth, ``None`` when the run has no prices. Times in the frames are in the run's time zone.
    ``rest`` counts tasks that are in neither frame, as there are too many (:func:`reports.content.rest.counted_rest`).
    ``edits`` says what a planner changed by hand and what was frozen, a text each, in a fixed form.

    A bound below the objective is no bound: ``run`` and ``kpis`` then claim nothing that follows from it.

    Raises:
        ValueError: a frame lacks a column.
    """

    run: RunRecord
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    agents: pl.DataFrame
    kpis: pl.DataFrame
    hours: pl.DataFrame | None = None
    changes: pl.DataFrame | None = None
    edits: tuple[str, ...] = ()
    messages: Messages = field(default_factory=Messages)
    rest: pl.DataFrame = field(default_factory=no_rest)

    def __post_init__(self) -> None:
        for table in _TABLES:
            frame = getattr(self, table.name)
            missing = [] if frame is None else table.lacking(frame)
            if missing:
                raise ValueError(f"the {table.name} frame of a report lacks {', '.join(missing)}")
        run, kpis = without_false_proof(self.run, self.kpis)
        object.__setattr__(self, "run", run)
        object.__setattr__(self, "kpis", kpis)

    def __repr__(self) -> str:
        return f"RunView({self.run.run_id}: {self.plan.height} tasks planned, {self.unplanned.height} not)"

    @property
    def timezone(self) -> str:
        """The IANA name all times are shown in."""
        return self.run.timezone

    @property
    def as_of(self) -> datetime:
        """The moment of the snapshot, in the run's time zone."""
        return self._moment(self.run.as_of)

    @property
    def horizon_end(self) -> datetime:
        """The end of planning, exclusive, in the run's time zone."""
        return self._moment(self.run.horizon_end)

    def _moment(self, moment: datetime) -> datetime:
        zone = ZoneInfo(self.timezone)
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def names_of(view: RunView, agents: pl.Series) -> pl.Series:
    """The names of agents by their ids; null for agents without a name or not in the run."""
    known = view.agents.select("agent_id", "name").filter(pl.col("name").is_not_null())
    return agents.replace_strict(known["agent_id"], known["name"], default=None, return_dtype=pl.String)
