"""Takes in single files given by hand, and tables of people from folders and databases."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from data.feeds.database import batches, database, first_row, require_select
from data.feeds.folder import operations_in, take_files, take_rows
from data.feeds.people import Mode, file_of_people, frame_of_people, keep_people, tables_in
from data.intake.intake import Counts, Intake, UnreadableSourceError
from data.tables.columns import RawTable
from data.tables.schemas import TABLES
from models import SnapshotError


def take_people_folder(intake: Intake, folder: Path, tables: Sequence[str], mode: Mode) -> None:
    """Takes in all tables of people that wait in a folder.

    Raises:
        UnreadableSourceError: the folder is missing or cannot be used.
    """
    take_files(intake, folder, lambda file: file_of_people(intake, file, tables, mode))


def take_people_sql(intake: Intake, url: str, reads: Mapping[str, str], mode: Mode) -> None:
    """Takes in the tables of people that queries return, all in one transaction.

    Raises:
        UnreadableSourceError: the database does not answer, or a table lacks a required column or has no rows.
    """
    found = {}
    with database(url) as engine, engine.connect() as connection:
        for table, read in reads.items():
            with _told_of(table):
                found[table] = _table([batch.frame for batch in batches(connection, require_select(read))], table)
    try:
        keep_people(intake, found, mode)
    except SnapshotError as error:
        raise UnreadableSourceError(f"read.{error}") from error


def try_people_sql(url: str, reads: Mapping[str, str]) -> None:
    """Runs each query up to its first row; changes nothing.

    Raises:
        UnreadableSourceError: the database does not answer, a query fails, or a table lacks a required column.
    """
    with database(url) as engine, engine.connect() as connection:
        for table, read in reads.items():
            with _told_of(table):
                _table([first_row(connection, require_select(read)).frame], table)


@contextmanager
def _told_of(table: str) -> Iterator[None]:
    """Says which of the queries cannot be used.

    Raises:
        UnreadableSourceError: one cannot.
    """
    try:
        yield
    except (SnapshotError, UnreadableSourceError) as error:
        raise UnreadableSourceError(f"read.{table}: {error}") from error


def _table(frames: list[pl.DataFrame], table: str) -> RawTable:
    if not frames:
        return RawTable(TABLES[table], table, TABLES[table].empty(), ())
    return frame_of_people(pl.concat(frames), table, table)


def send_operations(intake: Intake, file: Path) -> None:
    """Takes in a file of operations.

    Raises:
        SnapshotError: the file as a whole cannot be read; none of its rows is applied.
    """
    content = _content(file)
    whole = operations_in(intake, content, file.name, hashlib.sha256(content).hexdigest())
    take_rows(intake, whole, 0, Counts(), None)


def send_people(intake: Intake, file: Path, tables: Sequence[str], mode: Mode) -> None:
    """Takes in a file of people.

    Raises:
        SnapshotError: the file as a whole cannot be read.
    """
    keep_people(intake, tables_in(_content(file), file.name, tables), mode)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file} cannot be read: {error.strerror}") from error
