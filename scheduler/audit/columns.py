"""The columns of the result files (contract section 6) and the task columns that they repeat."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from data import Snapshot
from scheduler.audit.facts import Facts
from scheduler.audit.report import Ledger
from scheduler.audit.tasks import DESCRIBED, index_in

_TIME = pl.Datetime("us", "UTC")

Columns = Mapping[str, pl.DataType | type[pl.DataType]]

_DESCRIPTIVE: Columns = {
    "process": pl.String,
    "tenant": pl.String,
    "department": pl.String,
    "segment": pl.String,
    "channel": pl.String,
    "value": pl.Float64,
    "penalty": pl.Float64,
}

PLAN: Columns = {
    "task_id": pl.String,
    "agent_id": pl.String,
    "sequence": pl.Int64,
    "start_at": _TIME,
    "end_at": _TIME,
    "minutes": pl.Float64,
    "due_at": _TIME,
    "outcome": pl.String,
    "payoff": pl.Float64,
    "pinned": pl.Boolean,
    **_DESCRIPTIVE,
}

UNPLANNED: Columns = {
    "task_id": pl.String,
    "reason": pl.String,
    "detail": pl.String,
    "due_at": _TIME,
    "payoff": pl.Float64,
    **_DESCRIPTIVE,
}

REJECTS = ("table", "row", "id", "column", "rule", "value", "message")

_OTHER = (
    "created_at",
    "not_before",
    "expires_at",
    "minutes",
    "skills",
    "status",
    "agent_id",
    "requested_agent",
)

_KNOWN = {"task_id", "row", *DESCRIBED, *_OTHER}
"""Columns of a snapshot's tasks that are not passed through as unknown ones."""


def conform(frame: pl.DataFrame, columns: Columns, name: str, zone: str, ledger: Ledger) -> pl.DataFrame:
    """The frame with the contract's columns in their types; missing or unreadable values are null, and noted."""
    if frame.columns[: len(columns)] != list(columns):
        wrong = [c for c in columns if c not in frame.columns]
        fault = f"{', '.join(wrong)} missing" if wrong else f"its first columns must be {', '.join(columns)}"
        ledger.add("columns", f"{name}: {fault}")
    kept = {}
    for column, dtype in columns.items():
        values = frame[column] if column in frame.columns else pl.Series([None] * frame.height, dtype=dtype)
        if dtype == _TIME:
            values = _zoned(values, zone, f"{name}: {column}", ledger)
        typed = values.cast(dtype, strict=False)
        if typed.null_count() > values.null_count():
            ledger.add("columns", f"{name}: {column} has values that are no {dtype}")
        kept[column] = typed
    return frame.with_columns(**kept)


def _zoned(values: pl.Series, zone: str, where: str, ledger: Ledger) -> pl.Series:
    dtype = values.dtype
    if not isinstance(dtype, pl.Datetime):
        ledger.add("columns", f"{where} holds no times but {dtype}")
        return pl.Series([None] * len(values), dtype=_TIME)
    if dtype.time_zone is None:
        ledger.add("columns", f"{where} has no time zone, {zone} is needed")
        return values.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if dtype.time_zone != zone:
        ledger.add("columns", f"{where} is in {dtype.time_zone}, not in {zone}")
    return values


def check_descriptions(
    frame: pl.DataFrame, columns: Columns, name: str, facts: Facts, snapshot: Snapshot, ledger: Ledger
) -> None:
    """Checks that every repeated or passed-through column of a result file equals that of the snapshot."""
    task = index_in(frame["task_id"], facts.tasks.ids)
    rows = np.flatnonzero(task >= 0)
    given, truth = frame[rows], facts.tasks.described[task[rows]]
    passed = [c for c in snapshot.tasks.columns if c not in _KNOWN]
    for column in (*DESCRIBED, *passed):
        clash = column in passed and (column in columns or column not in frame.columns)
        shown = f"x_{column}" if clash else column
        if shown not in frame.columns:
            ledger.add("columns", f"{name}: {column} of the snapshot's tasks is missing")
            continue
        _compare(given[shown], truth[column], facts.tasks.ids.gather(task[rows]), f"{name}: {shown}", ledger)


def _alike(given: pl.Series, truth: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Both columns in a type in which they can be compared.

    A passed-through column of a type that Parquet does not know is text in the file: what there is and what is missing
    must agree then.
    """
    if isinstance(truth.dtype, pl.Datetime) and isinstance(given.dtype, pl.Datetime):
        return given.to_physical(), truth.to_physical()
    if given.dtype == truth.dtype:
        return given, truth
    try:
        return given.cast(pl.String), truth.cast(pl.String)
    except pl.exceptions.PolarsError:
        return given.is_null(), truth.is_null()


def _compare(given: pl.Series, truth: pl.Series, ids: pl.Series, where: str, ledger: Ledger) -> None:
    given, truth = _alike(given, truth)
    wrong = given.ne_missing(truth).to_numpy()
    ledger.each(
        "columns",
        np.flatnonzero(wrong),
        lambda row: ((ids[row],), f"{where} is {given[row]!r}, the snapshot says {truth[row]!r}"),
    )
