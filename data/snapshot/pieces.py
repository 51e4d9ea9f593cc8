"""What whoever works does with a piece of a snapshot's tasks: each job knows files, and writes a file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.snapshot.build import PLANNABLE
from data.snapshot.unmet import requirements_of
from data.snapshot.validate import Checked, check_table
from data.sources.partitioned import PARTITIONED, Partitioned, Piece
from data.sources.whole import kept_value, write_whole
from data.tables.columns import RawTable
from data.tables.convert import Notation, read_column
from data.tables.invisible import plain
from data.tables.schemas import TABLES

_LEAST_ROWS_READ = 5_000
"""Tasks of a file that are read at once: its row groups."""
_TASKS = TABLES[PARTITIONED]


def is_started() -> pl.Expr:
    """Whether a good task is in progress with somebody known: such work stands fast for all others."""
    return (pl.col("status") == "in_progress") & pl.col("agent_id").is_not_null()


@dataclass(frozen=True)
class Looking:
    """Asks what the ids of a piece look like."""

    parts: Partitioned
    piece: Piece
    zone: str


@dataclass(frozen=True)
class Checking:
    """Checks a piece; ``file`` is for its good rows."""

    shared: Path
    piece: Piece
    file: Path


@dataclass(frozen=True)
class BesidePieces:
    """What pieces are checked beside: the tables before, hashes of ids that are there twice, ids that pairs name."""

    parts: Partitioned
    zone: str
    others: Mapping[str, Checked]
    twice: NDArray[np.uint64]
    named: pl.Series
    pieces: int


@dataclass(frozen=True)
class CheckedPiece:
    """What a piece comes to; the good rows are those that others must know. ``together`` must be checked elsewhere."""

    checked: Checked
    asked: pl.DataFrame
    good: int
    plannable: int
    together: RawTable | None = None


def looks_in(job: Looking, _: object = None) -> NDArray[np.uint64]:
    """Hashes of what the ids of a piece look like."""
    return _looks(job.parts.read(job.piece, "task_id"), job.zone)


def check_piece(job: Checking, _: object = None) -> CheckedPiece:
    """Checks a piece alone, but for the rows whose ids are there twice, or missing."""
    shared: BesidePieces = kept_value(job.shared)
    raw = shared.parts.read(job.piece)
    met = pl.Series(np.isin(_looks(raw, shared.zone), shared.twice)) | ids_of(raw, shared.zone).is_null()
    if not met.any():
        return check_rows(raw, shared, job.file)
    alone = check_rows(replace(raw, frame=raw.frame.filter(~met)), shared, job.file)
    return replace(alone, together=replace(raw, frame=raw.frame.filter(met)))


def check_rows(raw: RawTable, shared: BesidePieces, file: Path) -> CheckedPiece:
    """Checks a table, writes its good rows, and keeps of them what other tables and pieces must know."""
    checked = check_table(raw, shared.zone, shared.others)
    good = checked.good
    if good.height:
        size = max(_LEAST_ROWS_READ, -(-good.height // shared.pieces))
        write_whole(file, partial(_shuffled(good, shared.pieces).write_parquet, row_group_size=size))
    looks = plain(good["task_id"])
    kept = good.filter(is_started() | looks.is_in(shared.named.implode()) | (pl.int_range(pl.len()) == 0))
    keys = checked.keys.filter(plain(checked.keys).is_in(shared.named.implode()))
    return CheckedPiece(
        checked=replace(checked, good=kept, keys=keys, aside=checked.aside.clear()),
        asked=requirements_of(good, shared.others["processes"].good),
        good=good.height,
        plannable=int(good["status"].is_in(PLANNABLE).sum()),
    )


def _shuffled(tasks: pl.DataFrame, steps: int) -> pl.DataFrame:
    """Every so many-th task, then those behind them, and so on: any stretch has tasks from everywhere."""
    return tasks[np.argsort(np.arange(tasks.height) % steps, kind="stable")]


def met_twice(hashes: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """The hashes of what more than one id looks like."""
    found = np.sort(np.concatenate([*hashes, np.zeros(0, np.uint64)]))
    return np.unique(found[1:][found[1:] == found[:-1]])


def _looks(raw: RawTable, zone: str) -> NDArray[np.uint64]:
    """A hash of what each id looks like."""
    return plain(ids_of(raw, zone)).hash().to_numpy()


def ids_of(raw: RawTable, zone: str) -> pl.Series:
    """The ids of the tasks that a table names, null where one cannot be read."""
    return read_column(raw.frame["task_id"], _TASKS.column("task_id"), Notation(zone))
