"""Reads a snapshot whose tasks come in parts, piece by piece: the same rules as for a whole one, in little memory.

Pieces are read by whoever works. Good tasks are written to a folder, a file for each piece. What crosses pieces is
settled by hashes: tasks of whose ids more than one looks the same are taken out of all pieces and checked together, so
that every piece can be checked alone.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.runs.write import write_whole
from data.snapshot.build import PLANNABLE
from data.snapshot.presence import with_presence
from data.snapshot.read import Accepting, accepted, calendars_of, complete, period_of
from data.snapshot.refusals import no_rows
from data.snapshot.snapshot import Snapshot
from data.snapshot.unmet import requirements_of
from data.snapshot.validate import Checked, check_table, validate
from data.sources.partitioned import PARTITIONED, Partitioned, Piece, find_partitioned
from data.sources.sources import open_source
from data.tables.columns import RawTable
from data.tables.convert import Notation, read_column
from data.tables.invisible import plain
from data.tables.schemas import ROW, TABLES
from models import Limits, Message, SnapshotError, do_all

ROWS_OF_A_PIECE = 250_000
"""Tasks that are in memory at once."""
_LEAST_ROWS_READ = 5_000
"""Tasks of a file that are read at once: its row groups."""
_SHARED = "shared-by-pieces.pickle"
_TASKS = TABLES[PARTITIONED]
_ALONE = Limits(workers=1)


@dataclass(frozen=True)
class InParts:
    """A snapshot whose tasks lie in files.

    ``people`` is the snapshot with the work in progress as its only tasks; all else in it is of the whole. ``files``
    have all good tasks, those of each shuffled; ``tasks`` says how many there are, ``plannable`` how many of them may
    be planned.
    """

    people: Snapshot
    files: tuple[Path, ...]
    tasks: int
    plannable: int

    def view(self, tasks: pl.DataFrame) -> Snapshot:
        """The snapshot with these tasks of its own behind all work in progress, which may be among them."""
        rest = tasks.filter(~is_started())
        return replace(self.people, tasks=pl.concat([self.people.tasks, rest]))

    def batch(self, number: int, of: int, chosen: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """The ``chosen`` tasks of one of so many batches, in the order of their rows; batches are much alike."""
        some = []
        for file in self.files:
            lazy = pl.scan_parquet(file)
            rows = int(lazy.select(pl.len()).collect().item())
            first, behind = number * rows // of, (number + 1) * rows // of
            some.append(chosen(lazy.slice(first, behind - first)).collect())
        return pl.concat(some).sort(ROW)


def is_started() -> pl.Expr:
    """Whether a good task is in progress with somebody known: such work stands fast for all others."""
    return (pl.col("status") == "in_progress") & pl.col("agent_id").is_not_null()


def rows_in_parts(source: object) -> int | None:
    """The rows of a source's tasks if they come in parts, else ``None``.

    Raises:
        SnapshotError: a part cannot be read.
    """
    folder = Path(source) if isinstance(source, str | Path) else None
    parts = find_partitioned(folder) if folder is not None and folder.is_dir() else None
    return None if parts is None else sum(parts.rows)


def read_in_parts(
    source: str | Path,
    place: Path,
    *,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | datetime | None = None,
    strict: bool = False,
    max_reject_share: Fraction | float = Fraction(1, 20),
    allow_empty: bool = False,
    grain_s: int = 60,
    calendars: Mapping[str, object] | None = None,
    defaults: Mapping[str, object] | None = None,
    limits: Limits = _ALONE,
    tell: Callable[[int, int], None] = lambda done, count: None,
) -> InParts:
    """Reads a snapshot whose tasks come in parts, and writes the good ones into a folder; the rest is as for a whole.

    The executor of ``limits``, which must have no end, reads the pieces: it must know the folder by the same path.
    ``tell`` is told how much is done, and of how much.

    Raises:
        SnapshotError: as for :func:`read_snapshot`.
    """
    known = calendars_of(calendars or {})
    found = open_source(source, whole=False)
    if found.partitioned is None:
        raise SnapshotError(f"{source} has no tasks in parts")
    period = period_of(found, as_of, horizon, defaults)
    complete(found, period)
    if not allow_empty and (empty := no_rows(found.tables)):
        raise SnapshotError("\n".join(empty))
    tasks = _Tasks(found.partitioned, place, period.timezone, found.tables.get("pairs"), limits, tell)
    checked = found.tables | {PARTITIONED: tasks.header}
    found.tables = {name: checked[name] for name in TABLES if name in checked}
    settled = validate(found.tables, period.timezone, known.by_name, {PARTITIONED: tasks.check})
    if not allow_empty and not settled[PARTITIONED].rows_read:
        raise SnapshotError(f"{tasks.header.origin} has no rows")
    terms = Accepting(strict=strict, max_reject_share=max_reject_share, allow_empty=allow_empty)
    asked = pl.concat(tasks.asked)
    snapshot = accepted(found, period, known, settled, asked, terms)
    people = replace(snapshot, tasks=snapshot.tasks.filter(is_started()))
    people = with_presence(people, grain_s, allow_empty=allow_empty, plannable=tasks.plannable)
    return InParts(people, tuple(tasks.files), tasks.good, tasks.plannable)


@dataclass(frozen=True)
class _Looking:
    """Asks what the ids of a piece look like."""

    parts: Partitioned
    piece: Piece
    zone: str


@dataclass(frozen=True)
class _Checking:
    """Checks a piece; ``file`` is for its good rows."""

    shared: Path
    piece: Piece
    file: Path


@dataclass(frozen=True)
class _Shared:
    """What pieces are checked beside: the tables before, hashes of ids that are there twice, ids that pairs name."""

    parts: Partitioned
    zone: str
    others: Mapping[str, Checked]
    twice: NDArray[np.uint64]
    named: pl.Series
    pieces: int


@dataclass(frozen=True)
class _Piece:
    """What a piece comes to; the good rows are those that others must know. ``together`` must be checked elsewhere."""

    checked: Checked
    asked: pl.DataFrame
    good: int
    plannable: int
    together: RawTable | None = None


@dataclass
class _Tasks:
    """The tasks of a snapshot on their way from its parts to files of good rows."""

    parts: Partitioned
    place: Path
    zone: str
    pairs: RawTable | None
    limits: Limits
    tell: Callable[[int, int], None]
    files: list[Path] = field(default_factory=list)
    asked: list[pl.DataFrame] = field(default_factory=list)
    good: int = 0
    plannable: int = 0

    @property
    def header(self) -> RawTable:
        """The table without its rows."""
        return replace(self.parts.without_rows(), warnings=())

    def check(self, others: Mapping[str, Checked]) -> Checked:
        """Checks all pieces beside the tables before; the good rows here are only those that others must know."""
        self.place.mkdir(parents=True, exist_ok=True)
        pieces = self.parts.pieces(ROWS_OF_A_PIECE)
        count = 2 * len(pieces)
        asked = [_Looking(self.parts, piece, self.zone) for piece in pieces]
        looks = do_all(_looks_in, asked, self.limits, lambda done: self.tell(done, count))
        shared = _Shared(self.parts, self.zone, others, _met_twice(looks), self._named(), len(pieces))
        write_whole(self.place / _SHARED, lambda file: file.write_bytes(pickle.dumps(shared, protocol=5)))
        jobs = [_Checking(self.place / _SHARED, piece, self._file(number)) for number, piece in enumerate(pieces)]
        found = do_all(_check_piece, jobs, self.limits, lambda done: self.tell(len(pieces) + done, count))
        alone = [piece for piece in found if piece is not None]
        together = [piece.together for piece in alone if piece.together is not None]
        if together:
            raw = replace(together[0], frame=pl.concat([raw.frame for raw in together]).rechunk())
            alone.append(_checked(raw, shared, self._file(len(pieces))))
        for number, piece in enumerate(alone):
            self.good += piece.good
            self.plannable += piece.plannable
            self.asked.append(piece.asked)
            self.files += [self._file(number)] if piece.good else []
        return _merged([piece.checked for piece in alone]) if alone else check_table(self.header, self.zone, others)

    def _file(self, number: int) -> Path:
        return self.place / f"tasks-{number:05d}.parquet"

    def _named(self) -> pl.Series:
        """What the ids that pairs name look like."""
        if self.pairs is None:
            return pl.Series([], dtype=pl.String)
        return plain(_ids(self.pairs, self.zone)).drop_nulls().unique()


def _looks_in(job: _Looking, _: Limits) -> NDArray[np.uint64]:
    """Hashes of what the ids of a piece look like."""
    return _looks(job.parts.read(job.piece, "task_id"), job.zone)


def _check_piece(job: _Checking, _: Limits) -> _Piece:
    """Checks a piece alone, but for the rows whose ids are there twice, or missing."""
    shared = _shared(job.shared, job.shared.stat().st_mtime_ns)
    raw = shared.parts.read(job.piece)
    met = pl.Series(np.isin(_looks(raw, shared.zone), shared.twice)) | _ids(raw, shared.zone).is_null()
    if not met.any():
        return _checked(raw, shared, job.file)
    alone = _checked(replace(raw, frame=raw.frame.filter(~met)), shared, job.file)
    return replace(alone, together=replace(raw, frame=raw.frame.filter(met)))


def _checked(raw: RawTable, shared: _Shared, file: Path) -> _Piece:
    """Checks a table, writes its good rows, and keeps of them what other tables and pieces must know."""
    checked = check_table(raw, shared.zone, shared.others)
    good = checked.good
    if good.height:
        size = max(_LEAST_ROWS_READ, -(-good.height // shared.pieces))
        write_whole(file, partial(_shuffled(good, shared.pieces).write_parquet, row_group_size=size))
    looks = plain(good["task_id"])
    kept = good.filter(is_started() | looks.is_in(shared.named.implode()) | (pl.int_range(pl.len()) == 0))
    keys = checked.keys.filter(plain(checked.keys).is_in(shared.named.implode()))
    return _Piece(
        checked=replace(checked, good=kept, keys=keys, aside=checked.aside.clear()),
        asked=requirements_of(good, shared.others["processes"].good),
        good=good.height,
        plannable=int(good["status"].is_in(PLANNABLE).sum()),
    )


def _shuffled(tasks: pl.DataFrame, steps: int) -> pl.DataFrame:
    """Every so many-th task, then those behind them, and so on: any stretch has tasks from everywhere."""
    return tasks[np.argsort(np.arange(tasks.height) % steps, kind="stable")]


def _met_twice(hashes: Sequence[NDArray[np.uint64] | None]) -> NDArray[np.uint64]:
    """The hashes of what more than one id looks like."""
    found = np.sort(np.concatenate([*(each for each in hashes if each is not None), np.zeros(0, np.uint64)]))
    return np.unique(found[1:][found[1:] == found[:-1]])


def _looks(raw: RawTable, zone: str) -> NDArray[np.uint64]:
    """A hash of what each id looks like."""
    return plain(_ids(raw, zone)).hash().to_numpy()


def _ids(raw: RawTable, zone: str) -> pl.Series:
    return read_column(raw.frame["task_id"], _TASKS.column("task_id"), Notation(zone))


@lru_cache(maxsize=1)
def _shared(file: Path, _changed: int) -> _Shared:
    found: _Shared = pickle.loads(file.read_bytes())
    return found


def _merged(pieces: list[Checked]) -> Checked:
    """What pieces of a table say together."""
    rejects = pl.concat([piece.rejects for piece in pieces]).sort(ROW, maintain_order=True)
    wrongs = {text: wrong for piece in pieces for text, wrong in piece.wrongs.items()}
    return Checked(
        good=pl.concat([piece.good for piece in pieces]).sort(ROW),
        aside=pieces[0].aside.clear(),
        rejects=rejects,
        wrongs=wrongs,
        warnings=tuple(_told_once(message for piece in pieces for message in piece.warnings)),
        rows_read=sum(piece.rows_read for piece in pieces),
        keys=pl.concat([piece.keys for piece in pieces]),
    )


def _told_once(messages: Iterator[Message]) -> list[Message]:
    """Messages of pieces as of the whole: those of one kind add up, with the first of their examples."""
    told: dict[str, Message] = {}
    counts: Counter[str] = Counter()
    for message in messages:
        parts = {name: part for name, part in message.parts.items() if name not in ("n", "examples")}
        kind = f"{message.code.value} {parts!r}"
        number = message.parts.get("n")
        counts[kind] += number if isinstance(number, int) else 0
        if kind not in told:
            told[kind] = message
    return [
        Message(message.code, **{**message.parts, "n": counts[kind]}) if "n" in message.parts else message
        for kind, message in told.items()
    ]
