"""Reads a snapshot whose tasks come in parts, piece by piece: the same rules as for a whole one, in little memory.

Pieces are read by whoever works. Good tasks are written to a folder, a file for each piece. What crosses pieces is
settled by hashes: tasks of whose ids more than one looks the same are taken out of all pieces and checked together, so
that every piece can be checked alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from data.snapshot.pieces import (
    BesidePieces,
    CheckedPiece,
    Checking,
    Looking,
    check_piece,
    check_rows,
    ids_of,
    is_started,
    looks_in,
    met_twice,
)
from data.snapshot.presence import with_presence
from data.snapshot.read import Accepting, accepted, calendars_of, complete, period_of
from data.snapshot.refusals import no_rows
from data.snapshot.snapshot import Snapshot
from data.snapshot.validate import Checked, check_table, validate
from data.sources.partitioned import PARTITIONED, Partitioned, find_partitioned
from data.sources.sources import open_source
from data.sources.whole import keep_value
from data.tables.columns import RawTable
from data.tables.invisible import plain
from data.tables.schemas import ROW, TABLES
from models import Message, SnapshotError

ROWS_OF_A_PIECE = 250_000
"""Tasks that are in memory at once."""
_SHARED = "shared-by-pieces.pickle"

Each: TypeAlias = Callable[[Callable[[Any, Any], Any], Sequence[Any]], Iterable[Any]]
"""Does work on all pieces, by whoever there is, and gives the results in their order."""


def one_by_one(work: Callable[[Any, Any], Any], pieces: Sequence[Any]) -> list[Any]:
    """Does work on all pieces here, one after the other."""
    return [work(piece, None) for piece in pieces]


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
    each: Each = one_by_one,
) -> InParts:
    """Reads a snapshot whose tasks come in parts, and writes the good ones into a folder; the rest is as for a whole.

    The pieces are read by ``each``; whoever works must know the folder by the same path.

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
    tasks = _Tasks(found.partitioned, place, period.timezone, found.tables.get("pairs"), each)
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


@dataclass
class _Tasks:
    """The tasks of a snapshot on their way from its parts to files of good rows."""

    parts: Partitioned
    place: Path
    zone: str
    pairs: RawTable | None
    each: Each
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
        looks = self.each(looks_in, [Looking(self.parts, piece, self.zone) for piece in pieces])
        shared = BesidePieces(self.parts, self.zone, others, met_twice([*looks]), self._named(), len(pieces))
        keep_value(self.place / _SHARED, shared)
        jobs = [Checking(self.place / _SHARED, piece, self._file(number)) for number, piece in enumerate(pieces)]
        alone: list[CheckedPiece] = [*self.each(check_piece, jobs)]
        together = [piece.together for piece in alone if piece.together is not None]
        if together:
            raw = replace(together[0], frame=pl.concat([raw.frame for raw in together]).rechunk())
            alone.append(check_rows(raw, shared, self._file(len(pieces))))
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
        return plain(ids_of(self.pairs, self.zone)).drop_nulls().unique()


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
