"""What a run comes to."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from models import RunRecord

if TYPE_CHECKING:
    from reports import RunView


@dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """A plan with everything a run writes: ``record`` is what it says of itself, the frames are its tables.

    ``hours`` is ``None`` when the run has no prices; ``folder`` is where it was written, ``None`` when it was not;
    ``changes`` is the change list of a re-plan, ``edits`` says what in it makes another problem of the snapshot.
    ``messages`` are those of the texts in all of these, ``None`` for a run of an earlier version.
    ``rest`` counts the tasks that are in neither frame, of a run that is too long for them; else it is ``None``.
    ``kept_over`` is the objective of a plan that was stopped early and not written, as this earlier one is worth more.
    """

    record: RunRecord
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    agents: pl.DataFrame
    kpis: pl.DataFrame
    hours: pl.DataFrame | None
    folder: Path | None
    kept_over: float | None = None
    changes: pl.DataFrame | None = None
    edits: tuple[str, ...] = ()
    messages: pl.DataFrame | None = None
    rest: pl.DataFrame | None = None

    @cached_property
    def run(self) -> dict[str, Any]:
        """What run.json holds."""
        return self.record.as_json()

    def __repr__(self) -> str:
        run, where = self.record, "" if self.folder is None else f", folder='{self.folder}'"
        worth = f"{run.counted.planned} of {run.counted.tasks} tasks planned, objective {run.objective}"
        return f"Result({run.run_id}: {worth}, bound {run.bound}{where})"

    def view(self) -> "RunView":
        """The run as the reports receive it."""
        from reports import Messages, RunView, no_rest

        frames = (self.plan, self.unplanned, self.rejects, self.agents, self.kpis, self.hours)
        messages, rest = Messages(self.messages), no_rest() if self.rest is None else self.rest
        return RunView(self.record, *frames, changes=self.changes, edits=self.edits, messages=messages, rest=rest)
