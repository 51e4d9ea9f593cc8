"""A table in many Parquet files: a folder of parts, read one after the other in the order of their names.

All parts are read in the types that all of them fit, so each says the same alone as in the whole table.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.sources.guard import reading
from data.tables.columns import RawTable, from_frame
from data.tables.headers import columns_of
from data.tables.invisible import AROUND
from data.tables.schemas import TABLES
from models import SnapshotError

PARTITIONED = "tasks"
"""The table that may come in parts."""
_NOT_OURS = ("_", ".")
"""So begin the names of files that programs leave beside the parts."""


@dataclass(frozen=True)
class Piece:
    """So many rows of a part from ``start`` on, which come behind ``before`` others in the whole table."""

    file: Path
    start: int
    rows: int
    before: int


@dataclass(frozen=True)
class Partitioned:
    """The parts of a table: their files, the rows in each, and the columns of all of them without rows."""

    files: tuple[Path, ...]
    rows: tuple[int, ...]
    columns: pl.DataFrame

    @property
    def origin(self) -> str:
        """What the table is called to people."""
        return f"{self.files[0].parent.name}/*.parquet"

    def raw(self) -> RawTable:
        """The whole table.

        Raises:
            SnapshotError: a part cannot be read, or the columns do not fit the table.
        """
        parts = [Piece(file, 0, rows, 0) for file, rows in zip(self.files, self.rows, strict=True)]
        return self._as_table(pl.concat([self._frame(part) for part in parts]))

    def without_rows(self) -> RawTable:
        """The table's columns."""
        return self._as_table(self.columns)

    def pieces(self, most: int) -> list[Piece]:
        """The table in pieces of at most so many rows."""
        found, before = list[Piece](), 0
        for file, rows in zip(self.files, self.rows, strict=True):
            for start in range(0, rows, most):
                found.append(Piece(file.absolute(), start, min(most, rows - start), before + start))
            before += rows
        return found

    def read(self, piece: Piece, only: str | None = None) -> RawTable:
        """A piece, its rows numbered as in the whole; with ``only``, all other columns are empty.

        Raises:
            as :meth:`raw`.
        """
        return self._as_table(self._frame(piece, only), piece.before)

    def _as_table(self, frame: pl.DataFrame, before: int = 0) -> RawTable:
        return from_frame(TABLES[PARTITIONED], frame, self.origin, before)

    def _named(self, column: str | None) -> list[str]:
        """What the parts call a column."""
        names = self.columns.columns
        meant = columns_of(TABLES[PARTITIONED], [name.strip(AROUND) for name in names])
        return [name for name, means in zip(names, meant, strict=True) if column is not None and means == column]

    def _frame(self, piece: Piece, only: str | None = None) -> pl.DataFrame:
        file = piece.file
        with reading(f"{_name(file)} cannot be read as Parquet"):
            lazy = pl.scan_parquet(file).slice(piece.start, piece.rows)
            there = lazy.collect_schema().names()
            frame = lazy.select([name for name in self._named(only) if name in there] or there).collect()
        try:
            return pl.concat([self.columns, frame], how="diagonal_relaxed")
        except pl.exceptions.PolarsError as error:
            raise SnapshotError(
                f"{_name(file)} has columns of types that do not fit the other parts': {error}"
            ) from error


def find_partitioned(folder: Path) -> Partitioned | None:
    """The parts of the tasks in a snapshot's folder, ``None`` where they do not come in parts.

    Raises:
        SnapshotError: there are none in their folder, or other files among them, or one cannot be read.
    """
    place = folder / PARTITIONED
    if not place.is_dir():
        return None
    files = sorted(file for file in place.iterdir() if not file.name.startswith(_NOT_OURS))
    other = next((file for file in files if file.suffix != ".parquet" or not file.is_file()), None)
    if other is not None:
        raise SnapshotError(f"{_name(other)} is no Parquet file; {PARTITIONED}/ may hold nothing else")
    if not files:
        raise SnapshotError(f"{place} has no Parquet files; put the parts of the tasks there, or remove the folder")
    rows, columns = [], []
    for file in files:
        with reading(f"{_name(file)} cannot be read as Parquet"):
            lazy = pl.scan_parquet(file)
            rows.append(int(lazy.select(pl.len()).collect().item()))
            columns.append(pl.DataFrame(schema=lazy.collect_schema()))
    try:
        common = pl.concat(columns, how="diagonal_relaxed")
    except pl.exceptions.PolarsError as error:
        raise SnapshotError(f"{PARTITIONED}/ has parts with columns of types that do not fit: {error}") from error
    return Partitioned(tuple(files), tuple(rows), common)


def digests_of(parts: Partitioned) -> dict[str, str]:
    """The SHA-256 of each part's file, by its name in the snapshot."""
    found = {}
    for file in parts.files:
        try:
            with file.open("rb") as content:
                found[_name(file)] = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            raise SnapshotError(f"{_name(file)} cannot be read: {error.strerror or error}") from error
    return found


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
