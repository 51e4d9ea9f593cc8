"""The tasks with the defaults of their process and the policy filled in (contract sections 1 and 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scheduler.audit.calendars import deadlines
from scheduler.audit.exact import Bools, Floats, Ints, decimal
from scheduler.audit.policy import WEIGHTED, Numbers
from scheduler.audit.span import NEVER, Span

HELD = ("held", "errorheld")
FINAL = ("completed", "canceled", "rejected")

DESCRIBED = ("due_at", "process", "tenant", "department", "segment", "channel", "value", "penalty")
"""What plan and unplanned repeat of a task."""


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """One entry per good task row. Times are microseconds (:data:`NEVER`: none) or grains, ids are indices.

    ``due``, ``expires`` and ``since`` are grains on the capacity clock, ``since`` from ``not_before``.
    ``agent`` and ``requested`` are -1 for nobody. ``weight`` indexes ``weights``, ``kind`` the distinct
    requirement ``texts``. ``late_by`` is how long a task has been overdue at ``as_of`` in microseconds.
    """

    ids: pl.Series
    described: pl.DataFrame
    held: Bools
    final: Bools
    in_progress: Bools
    agent: Ints
    requested: Ints
    due_at: Ints
    overdue: Bools
    late_by: Ints
    fined_unplanned: Bools
    expired: Bools
    not_yet: Bools
    due: Ints
    expires: Ints
    since: Ints
    minutes: Floats
    value: Floats
    penalty: Floats
    weight: Ints
    weights: list[Fraction]
    kind: Ints
    texts: list[str]

    @property
    def plannable(self) -> Bools:
        """Tasks that count: H10 excludes the others."""
        return ~(self.held | self.final)


def resolve_tasks(
    tasks: pl.DataFrame,
    processes: pl.DataFrame,
    agent_ids: pl.Series,
    span: Span,
    numbers: Numbers,
    calendars: Mapping[str, Any],
) -> Tasks:
    """The tasks of a snapshot, with every default filled in; ``calendars`` are the policy's."""
    full = _with_deadlines(_with_defaults(tasks, processes, numbers), calendars, span.timezone)
    due_at, expires_at = _micros(full, "due_at", NEVER), _micros(full, "expires_at", NEVER)
    not_before = _micros(full, "not_before", span.as_of)
    overdue = due_at <= span.as_of
    weight, weights = _weights(full, numbers)
    texts = full["skills"].unique(maintain_order=True)
    status = full["status"]
    return Tasks(
        ids=full["task_id"],
        described=full,
        held=status.is_in(HELD).to_numpy(),
        final=status.is_in(FINAL).to_numpy(),
        in_progress=(status == "in_progress").to_numpy(),
        agent=index_in(full["agent_id"], agent_ids),
        requested=index_in(full["requested_agent"], agent_ids),
        due_at=due_at,
        overdue=overdue,
        late_by=np.where(overdue, span.as_of - due_at, 0),
        fined_unplanned=(span.as_of < due_at) & (due_at <= span.horizon_end),
        expired=expires_at <= span.as_of,
        not_yet=not_before >= span.horizon_end,
        due=span.down(due_at),
        expires=span.down(expires_at),
        since=span.up(not_before),
        minutes=full["minutes"].to_numpy(),
        value=full["value"].to_numpy(),
        penalty=full["penalty"].to_numpy(),
        weight=weight,
        weights=weights,
        kind=index_in(full["skills"], texts),
        texts=texts.to_list(),
    )


def index_in(values: pl.Series, known: pl.Series) -> Ints:
    """The position of each value among the known ones, -1 where it is not one of them."""
    places = pl.DataFrame({"key": known}).with_row_index("at")
    found = pl.DataFrame({"key": values}).join(places, on="key", how="left", maintain_order="left")
    at: Ints = found["at"].cast(pl.Int64).fill_null(-1).to_numpy()
    return at


def _with_defaults(tasks: pl.DataFrame, processes: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
    inherited = ("department", "tenant", "channel", "minutes", "value", "penalty", "skills")
    sla = [None if m is None else round(60_000_000 * decimal(m)) for m in processes["sla_minutes"]]
    of_process = processes.select("process", pl.col(*inherited, "calendar").name.prefix("process_")).with_columns(
        pl.Series("process_sla", sla, pl.Int64)
    )
    full = tasks.join(of_process, on="process", how="left", maintain_order="left")
    full = full.with_columns(pl.coalesce(name, f"process_{name}") for name in inherited)
    return full.drop(f"process_{name}" for name in inherited).with_columns(
        pl.col("value").fill_null(float(numbers.default_value)),
        pl.col("penalty").fill_null(0.0),
        pl.col("skills").fill_null(""),
    )


def _with_deadlines(tasks: pl.DataFrame, calendars: Mapping[str, Any], timezone: str) -> pl.DataFrame:
    """The tasks with a deadline by the SLA of their process where they have none of their own."""
    asked = tasks.select(
        "created_at",
        "tenant",
        calendar="process_calendar",
        sla=pl.when(pl.col("due_at").is_null()).then("process_sla"),
    )
    by_sla = deadlines(asked, calendars, timezone)
    return tasks.with_columns(due_at=tasks["due_at"].fill_null(by_sla)).drop("process_sla", "process_calendar")


def _micros(tasks: pl.DataFrame, column: str, missing: int) -> Ints:
    micros: Ints = tasks[column].to_physical().fill_null(missing).to_numpy()
    return micros


def _weights(tasks: pl.DataFrame, numbers: Numbers) -> tuple[Ints, list[Fraction]]:
    """Which of the distinct weights each task has, and these weights."""
    fields = [field for field in WEIGHTED if numbers.weights.get(field)]
    if not fields:
        return np.zeros(tasks.height, np.int64), [Fraction(1)]
    named = tasks.select(fields)
    distinct = named.unique(maintain_order=True)
    weights = []
    for row in distinct.iter_rows():
        weight = Fraction(1)
        for field, name in zip(fields, row, strict=True):
            weight *= numbers.weights[field].get(name, 1)
        weights.append(weight)
    at = named.join(distinct.with_row_index("weight"), on=fields, how="left", nulls_equal=True, maintain_order="left")
    index: NDArray[np.int64] = at["weight"].cast(pl.Int64).to_numpy()
    return index, weights
