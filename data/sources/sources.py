"""Where a snapshot's tables come from: a folder of files, a workbook, or frames in memory."""

import gzip
import hashlib
import io
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from data.sources.csvfile import read_csv_grid
from data.sources.guard import reading
from data.sources.partitioned import PARTITIONED, Partitioned, digests_of, find_partitioned
from data.sources.skills_matrix import Matrix
from data.sources.tomlfile import read_toml
from data.sources.workbook import HiddenRows, Workbook, sheet_of
from data.tables.columns import RawTable, from_frame, from_grid
from data.tables.faults import SourceError, collected
from data.tables.handwriting import plain_time
from data.tables.headers import column_names, key_names, sheet_names, spelling
from data.tables.rejects import show
from data.tables.schemas import ROW, SHEETS_BESIDE, SKILLS_SHEET, TABLES, TableSchema, loose
from models import Code, Message, Notice, SnapshotError, nearest

if TYPE_CHECKING:
    import pandas as pd

    Frame = pl.DataFrame | pl.LazyFrame | pd.DataFrame
    Source = str | Path | Mapping[str, Frame | Mapping[str, object]]

_SUFFIXES = (".parquet", ".csv", ".csv.gz")
_ALWAYS_UNPACKED, _MOST_PACKED = 256 * 2**20, 200  # bytes; times that a table is smaller when it is packed
_MOST_ROWS = 100_000_000  # of a Parquet file, which may say anything
_WORKBOOKS = (".xlsx", ".xlsm")
_SETTINGS_FILE = "snapshot.toml"
_SETTINGS = "snapshot"
_NAMED = 3
_KNOWN_FILES = {_SETTINGS_FILE, *(table + suffix for table in (*TABLES, *SHEETS_BESIDE) for suffix in _SUFFIXES)}


@dataclass
class Found:
    """What a source holds: its tables by name, its settings, and the SHA-256 of everything read.

    ``beside`` and ``matrix`` are sheets whose rows become rows of the tables, ``faults`` what is wrong with it all.
    ``settings`` is ``None`` where they are there and cannot be read. ``partitioned`` is the table of tasks where that
    comes in parts.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    settings: Mapping[str, object] | None = field(default_factory=dict)
    settings_origin: str = _SETTINGS_FILE
    inputs: dict[str, str] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    beside: dict[str, RawTable] = field(default_factory=dict)
    matrix: Matrix | None = None
    faults: list[str] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()
    partitioned: Partitioned | None = None

    @property
    def origins_beside(self) -> dict[str, str]:
        """Which file or sheet each sheet beside the tables is."""
        matrix = {} if self.matrix is None else {SKILLS_SHEET: self.matrix.origin}
        return {name: raw.origin for name, raw in self.beside.items()} | matrix


def open_source(source: "Source", *, whole: bool = True) -> Found:
    """The tables and settings of a folder, a workbook or a mapping of names to frames.

    A table in parts is read only if the ``whole`` source is.

    Raises:
        SnapshotError: something that must be there is not, or cannot be read.
    """
    if isinstance(source, Mapping):
        return _from_frames(source)
    path = Path(source)
    if path.is_dir():
        return _from_folder(path, whole)
    if not path.exists():
        raise SnapshotError(f"{path} does not exist; a folder of tables or an .xlsx workbook is needed")
    if path.suffix.lower() in _WORKBOOKS:
        return _from_workbook(path)
    raise SnapshotError(f"{path.name} is neither a folder of tables nor an .xlsx workbook")


def _from_folder(folder: Path, whole: bool) -> Found:
    found = Found(partitioned=find_partitioned(folder))
    names = sorted(entry.name for entry in folder.iterdir())
    for table in SHEETS_BESIDE.values():
        if name := _file_of(table, names, folder):
            found.beside[table.name] = _read_file(folder / name, table, found)
    _find_matrix(folder, names, found)
    for table in TABLES.values():
        if name := _file_of(table, names, folder, instead=_instead(found)):
            found.tables[table.name] = _read_file(folder / name, table, found)
        if table.name == PARTITIONED and found.partitioned is not None:
            _take_parts(found, found.partitioned, whole)
    if _SETTINGS_FILE in names:
        found.settings = read_toml(_content(folder / _SETTINGS_FILE, found), _SETTINGS_FILE)
    unread = [name for name in names if name not in found.inputs and name != PARTITIONED]
    absent = [table + suffix for table in TABLES if table not in found.tables for suffix in _SUFFIXES]
    found.warnings += _near_misses(unread, [*absent, *({_SETTINGS_FILE} - found.inputs.keys())])
    return found


def _take_parts(found: Found, parts: Partitioned, whole: bool) -> None:
    """Notes the parts of a table, and reads all of them where the ``whole`` is wanted."""
    if PARTITIONED in found.tables:
        raise SnapshotError(f"there are both {found.tables[PARTITIONED].origin} and {parts.origin}; keep one of them")
    found.inputs |= digests_of(parts)
    if whole:
        found.tables[PARTITIONED] = parts.raw()


def _read_file(path: Path, table: TableSchema, found: Found) -> RawTable:
    return _READERS[path.name.removeprefix(table.name)](_content(path, found), table, path.name)


def _find_matrix(folder: Path, names: list[str], found: Found) -> None:
    """The skills matrix, as a CSV file."""
    name = SKILLS_SHEET + ".csv"
    if name in names:
        grid = read_csv_grid(_content(folder / name, found), [*column_names(TABLES["agents"])], name)
        found.matrix = Matrix(grid.cells, name, None)


def _instead(found: Found) -> set[str]:
    """The tables that need not be there as a file, as a sheet beside them or a folder stands for them."""
    stands_for = {
        "shifts": "weekly_shifts" in found.beside,
        "agent_skills": found.matrix is not None,
        PARTITIONED: found.partitioned is not None,
    }
    return {name for name, there in stands_for.items() if there}


def _file_of(table: TableSchema, names: list[str], folder: Path, instead: Container[str] = ()) -> str | None:
    files = [table.name + suffix for suffix in _SUFFIXES if table.name + suffix in names]
    if len(files) > 1:
        raise SnapshotError(f"{folder.name} has both {' and '.join(files)}; keep one of them")
    if not files and not table.optional and table.name not in instead:
        raise SnapshotError(
            f"{folder}: {table.name}.csv (or .csv.gz or .parquet) is missing"
            f"{nearest(table.name + '.csv', sorted(set(names) - _KNOWN_FILES))}"
        )
    return files[0] if files else None


def _content(path: Path, found: Found) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{path.name} cannot be read: {error.strerror or error}") from error
    found.inputs[path.name] = hashlib.sha256(content).hexdigest()
    return content


def read_table_file(path: Path, table: TableSchema) -> RawTable:
    """The table in one file, whatever the file is called; in a workbook, its sheet or the only one.

    Raises:
        SnapshotError: the file is of another kind or cannot be read.
    """
    return read_table(_content(path, Found()), path.name, table)


def read_table(content: bytes, name: str, table: TableSchema) -> RawTable:
    """The table in the content of a file of this name; in a workbook, its sheet or the only one.

    Raises:
        SnapshotError: the file is of another kind or cannot be read.
    """
    if name.lower().endswith(_WORKBOOKS):
        return _read_from_workbook(content, name, table)
    suffix = next((s for s in _SUFFIXES if name.lower().endswith(s)), None)
    if suffix is None:
        known = ", ".join((*_SUFFIXES, *_WORKBOOKS))
        raise SnapshotError(f"{name} is none of {known}, the files a table can be read from")
    return _READERS[suffix](content, table, name)


def _read_csv(content: bytes, table: TableSchema, origin: str) -> RawTable:
    grid = read_csv_grid(content, [*column_names(table)], origin)
    return from_grid(table, grid.cells, origin, decimal_comma=grid.separator == ";")


def _read_gzip(content: bytes, table: TableSchema, origin: str) -> RawTable:
    return _read_csv(unpacked(content, origin), table, origin)


def unpacked(content: bytes, origin: str) -> bytes:
    """What a gzip file holds.

    Raises:
        SnapshotError: it is damaged, or would fill the memory.
    """
    most = max(_ALWAYS_UNPACKED, _MOST_PACKED * len(content))
    with reading(f"{origin} is not a whole gzip file"), gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        text = file.read(most + 1)
    if len(text) > most:
        raise SnapshotError(f"{origin} unpacks to more than {_MOST_PACKED} times its size, which no table does")
    return text


def _read_parquet(content: bytes, table: TableSchema, origin: str) -> RawTable:
    if not content:
        raise SnapshotError(f"{origin} is empty")
    with reading(f"{origin} cannot be read as Parquet"):
        rows = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
        if rows > _MOST_ROWS:
            raise SnapshotError(f"{origin} says that it has {rows:,} rows; at most {_MOST_ROWS:,} are read")
        frame = pl.read_parquet(io.BytesIO(content))
    return from_frame(table, frame, origin)


_READERS: Mapping[str, Callable[[bytes, TableSchema, str], RawTable]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_gzip,
    ".parquet": _read_parquet,
}


def _from_workbook(path: Path) -> Found:
    found = Found(settings_origin=sheet_of(path.name, _SETTINGS))
    book = Workbook(_content(path, found), path.name)
    for table in SHEETS_BESIDE.values():
        if raw := _read_sheet(book, table, found):
            found.beside[table.name] = raw
    if skills := _sheet_of(SKILLS_SHEET, book, found):
        grid = collected(found.faults, lambda: book.grid(skills))
        found.matrix = None if grid is None else Matrix(grid, sheet_of(path.name, skills), book.corner(skills))
    for table in TABLES.values():
        if raw := _read_sheet(book, table, found, instead=_instead(found)):
            found.tables[table.name] = raw
    if sheet := _sheet_of(_SETTINGS, book, found):
        found.settings_origin = sheet_of(path.name, sheet)
        found.settings = collected(found.faults, lambda: _settings_of(book.grid(sheet), found.settings_origin))
    found.warnings += book.warnings
    absent = [name for name in (_SETTINGS, *TABLES) if name not in found.tables]
    found.warnings += _near_misses([name for name in book.sheets if spelling(name) not in sheet_names()], absent)
    return found


def _read_sheet(book: Workbook, table: TableSchema, found: Found, instead: Container[str] = ()) -> RawTable | None:
    """The table in its sheet; what is wrong with it is added to the faults."""
    faults = len(found.faults)
    sheet = _sheet_of(table.name, book, found)
    if sheet is not None:
        found.faults += book.faults(sheet)
        return collected(found.faults, lambda: _table_in(book, sheet, table))
    if len(found.faults) == faults and not table.optional and table.name not in instead:
        unknown = [name for name in book.sheets if spelling(name) not in sheet_names()]
        found.faults.append(f"{book.origin}: the sheet '{table.name}' is missing{nearest(table.name, unknown)}")
    return None


def _table_in(book: Workbook, sheet: str, table: TableSchema) -> RawTable:
    raw = from_grid(table, book.cells(sheet), sheet_of(book.origin, sheet), corner=book.corner(sheet))
    return _with_hidden_rows_told(raw, book.hidden(sheet))


def _sheet_of(name: str, book: Workbook, found: Found) -> str | None:
    """The sheet that is called so, in one of the languages; the contract's own name comes first."""
    sheet = collected(found.faults, lambda: _named(name, book.sheets, book.origin, "sheets"))
    if sheet is not None or any(loose(each) == loose(name) for each in book.sheets):
        return sheet
    meant = [each for each in book.sheets if sheet_names().get(spelling(each)) == name]
    if len(meant) > 1:
        found.faults.append(f"{book.origin} has the sheets '{meant[0]}' and '{meant[1]}'; keep one of them")
    return meant[0] if len(meant) == 1 else None


def _read_from_workbook(content: bytes, name: str, table: TableSchema) -> RawTable:
    found = Found()
    book = Workbook(content, name)
    sheet = _sheet_of(table.name, book, found) or (book.sheets[0] if len(book.sheets) == 1 else None)
    if sheet is None:
        raise SourceError(found.faults or [f"{name} has no sheet '{table.name}', and more than one sheet"])
    if faults := book.faults(sheet):
        raise SourceError(faults)
    return _table_in(book, sheet, table)


def _with_hidden_rows_told(raw: RawTable, hidden: HiddenRows) -> RawTable:
    """The table with a warning, and a notice where a filter hides them, of rows that nobody sees and that count."""
    there = raw.frame.filter(pl.col(ROW).is_in(hidden.rows))
    if there.is_empty():
        return raw
    rows = there[ROW].to_list()
    examples = ", ".join(map(str, rows[:_NAMED])) + (", ..." if len(rows) > _NAMED else "")
    code = Code.ROWS_FILTERED if hidden.filtered else Code.ROWS_OUT_OF_SIGHT
    warning = Message(code, place=raw.origin, n=len(rows), examples=examples)
    notice = Notice(
        code=Code.ROWS_HIDDEN,
        count=len(rows),
        of=raw.frame.height,
        table=raw.table.name,
        place=raw.origin,
        names=tuple(there[raw.table.names[0]].drop_nulls().head(_NAMED)),
        rows=tuple(rows[:_NAMED]),
    )
    notices = (*raw.notices, notice) if hidden.filtered else raw.notices
    return replace(raw, warnings=(*raw.warnings, warning), notices=notices)


def _settings_of(grid: pl.DataFrame, origin: str) -> dict[str, str]:
    """The ``key`` and ``value`` columns of a sheet; keys without a value are left out."""
    rows = [[(cell or "").strip() for cell in cells] for cells in grid.iter_rows()]
    heads = [key_names().get(spelling(head)) if head else None for head in rows[0]] if rows else []
    if "key" not in heads or "value" not in heads:
        raise SnapshotError(f"{origin} needs the columns 'key' and 'value' in its first row")
    key, value = heads.index("key"), heads.index("value")
    settings: dict[str, str] = {}
    for row in rows[1:]:
        name = key_names().get(spelling(row[key]), row[key])
        if name in settings:
            raise SnapshotError(f"{origin}: the key '{row[key]}' is there twice")
        if name and row[value]:
            settings[name] = plain_time(row[value])
    return settings


def _from_frames(frames: "Mapping[str, Frame | Mapping[str, object]]") -> Found:
    found = Found(settings_origin="snapshot")
    frames = {str(name): frame for name, frame in frames.items() if frame is not None}
    names = list(frames)
    for name in names:
        if loose(name) not in {loose(known) for known in (_SETTINGS, *TABLES)}:
            raise SnapshotError(f"'{name}' is not a table{nearest(name, (_SETTINGS, *TABLES))}")
    for table in TABLES.values():
        key = _named(table.name, names, "the mapping", "keys")
        if key is not None:
            frame = _polars(frames[key], key)
            found.inputs[table.name] = hashlib.sha256(frame.write_ipc(None).getvalue()).hexdigest()
            found.tables[table.name] = from_frame(table, frame, key)
        elif not table.optional:
            raise SnapshotError(f"the table '{table.name}' is missing")
    key = _named(_SETTINGS, names, "the mapping", "keys")
    if key is not None:
        settings = frames[key]
        if not isinstance(settings, Mapping):
            raise SnapshotError(f"'{key}' must be a mapping of as_of, horizon_end, horizon and timezone")
        found.settings = {str(name): value for name, value in settings.items()}
        told = sorted((name, str(value)) for name, value in found.settings.items())
        found.inputs[_SETTINGS] = hashlib.sha256(repr(told).encode()).hexdigest()
    return found


def _polars(frame: object, name: str) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return _polars(frame.collect(), name)
    if isinstance(frame, pl.DataFrame):
        objects = [column for column in frame.columns if frame[column].dtype == pl.Object]
        return frame.with_columns(show(frame[column]) for column in objects)
    if not hasattr(frame, "to_numpy") or not hasattr(frame, "columns"):
        raise SnapshotError(f"'{name}' is a {type(frame).__name__}, not a polars or pandas frame")
    return _from_pandas(frame, name)


def _from_pandas(frame: Any, table: str) -> pl.DataFrame:
    """The pandas frame without its index; columns of mixed objects as text."""
    names = [str(name) for name in frame.columns]
    columns = {}
    for position, name in enumerate(names):
        values = frame.iloc[:, position].reset_index(drop=True)
        try:
            column = pl.from_pandas(values.rename(None))
        except Exception:  # pandas, arrow and polars each have errors of their own for types they do not share
            texts = [None if gone else _as_text(v) for v, gone in zip(values, values.isna(), strict=True)]
            column = pl.Series(texts, dtype=pl.String)
        if name in columns:
            raise SnapshotError(f"'{table}': the column '{name}' is there twice")
        columns[name] = column
    return pl.DataFrame(columns)


def _as_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _named(name: str, names: list[str], place: str, things: str) -> str | None:
    """The one of the names that means ``name``."""
    meant = [each for each in names if loose(each) == loose(name)]
    if len(meant) > 1:
        raise SnapshotError(f"{place} has the {things} '{meant[0]}' and '{meant[1]}'; keep one of them")
    return meant[0] if meant else None


def _near_misses(unread: Iterable[str], absent: list[str]) -> list[Message]:
    """A warning for each name that is not read though it is nearly one of those that are absent."""
    matches = {name: get_close_matches(name.casefold(), absent, n=1, cutoff=0.8) for name in unread}
    return [
        Message(Code.NOT_READ, name=name).then(Message(Code.NEAREST, name=match[0]))
        for name, match in matches.items()
        if match
    ]
