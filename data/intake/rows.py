"""Rows as received, whatever the format: rows of a table, JSON objects, XML elements."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Protocol

import polars as pl

from data.tables.convert import Notation
from data.tables.headers import columns_of, own_name
from data.tables.invisible import AROUND
from data.tables.schemas import TABLES, loose
from models import SnapshotError

OWN = ("operation", "task_id", "capture_id", "key", "version", "at", "agent_id", "status")
"""The columns that describe the operation; all others are values of the task."""

KNOWN = tuple(dict.fromkeys((*OWN, *TABLES["tasks"].names)))
"""All columns known to allot."""

READ_AS = "(read as)"
"""In the text of a row, how its table writes numbers and times, where the row alone does not say it."""

_PLAIN = frozenset(KNOWN) - {"skills"}  # whose lists have a text of their own
_IDS = ("task_id", "capture_id")
_MOST_DIGITS = 300
_LONGEST_RAW = 100_000
_HALF = re.compile("[\ud800-\udfff]")
_BESIDE = {loose(name): name for name in OWN}


class Mapper(Protocol):
    """Maps a source's columns to ours; returns the rows, and for each row why it cannot be mapped, or null."""

    def __call__(self, frame: pl.DataFrame, origin: str, *, optional: bool) -> tuple[pl.DataFrame, pl.Series]:
        """With ``optional``, a missing column counts as empty, as in JSON and XML."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The settings that apply to everything a source sends.

    ``zone`` is the zone of times without an offset, ``prefix`` is put before ids. ``shared``, ``reopen`` and
    ``person``: see `Operation`. ``names`` are the source's columns that ``mapper`` uses; ``signature`` changes when
    the mapping does.
    """

    source: str
    zone: str = "UTC"
    prefix: str = ""
    shared: bool = False
    reopen: bool = False
    person: bool = False
    mapper: Mapper | None = None
    names: tuple[str, ...] = ()
    signature: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows in the columns of their source, all text; missing and empty values are null.

    ``keys`` is what names each row once and for all where it brings no ``key``; ``places`` is what people call it.
    ``faults`` says why a row cannot be read. ``cleared``: for each row the columns that it clears, where rows name
    only what they bring (JSON, XML); ``None`` for tables, whose rows have all columns. ``raw`` is the text of rows
    that are no mapping of columns to values. ``decimal_comma``: a number's decimal sign may be a comma. ``notation``:
    how numbers are written, known once all of them have been seen. ``handwritten``: as people write in workbooks.
    """

    frame: pl.DataFrame
    keys: Sequence[str]
    origin: str
    places: Sequence[str] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    cleared: Sequence[frozenset[str]] | None = None
    raw: Mapping[int, str] = field(default_factory=dict)
    decimal_comma: bool = False
    notation: Notation | None = None
    handwritten: bool = False

    def at(self, numbers: Sequence[int]) -> "Rows":
        """The rows with these numbers."""
        new = {old: number for number, old in enumerate(numbers)} if self.faults or self.raw else {}
        return replace(
            self,
            frame=self.frame[list(numbers)],
            keys=[self.keys[n] for n in numbers],
            places=[self.places[n] for n in numbers] if self.places else (),
            faults={new[old]: fault for old, fault in self.faults.items() if old in new},
            cleared=None if self.cleared is None else [self.cleared[n] for n in numbers],
            raw={new[old]: text for old, text in self.raw.items() if old in new},
        )

    def text_of(self, row: int) -> str:
        """A row as received, to be read again later: a JSON object, or the text that could not be read."""
        if row in self.raw:
            return self.raw[row][:_LONGEST_RAW].replace("\0", "\ufffd")
        values = self.frame.row(row, named=True)
        cleared = self.cleared[row] if self.cleared is not None else frozenset()
        kept = {name: value for name, value in values.items() if value is not None or name in cleared}
        return json.dumps(kept | self._read_as(), ensure_ascii=False)

    def _read_as(self) -> dict[str, Any]:
        written = self.notation or Notation("")
        if written.decimal == "." and not written.grouped and not self.handwritten:
            return {}
        return {READ_AS: {"decimal": written.decimal, "grouped": written.grouped, "handwritten": self.handwritten}}

    def read_as(self, told: Mapping[str, Any]) -> "Rows":
        """The rows, read as the table was that they came from: what `text_of` has noted of it."""
        notation = Notation("", told["decimal"], told["grouped"])
        return replace(self, notation=notation, handwritten=told["handwritten"])


def grid_rows(
    cells: pl.DataFrame, sha256: str, origin: str, *, decimal_comma: bool = False, first_row: int | None = None
) -> Rows:
    """The rows of a table; its first row that is not blank is the header.

    ``first_row`` is the number of the first row in a workbook's sheet; without it, the header is row 1.

    Raises:
        SnapshotError: there is no header, or a name occurs twice in it.
    """
    cells = cells.with_columns(clean(pl.all())).with_row_index("\0row", offset=first_row or 0)
    used = cells.select(pl.any_horizontal(pl.exclude("\0row").is_not_null())).to_series()
    if not used.any():
        raise SnapshotError(f"{origin} is empty; a line with the column names is needed")
    cells = cells.filter(used)
    header = cells.drop("\0row").row(0)
    names = [name for name in header if name]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SnapshotError(f"{origin}: the column '{twice}' is there twice; keep one of them")
    body = cells[1:]
    above = 0 if first_row is not None else cells["\0row"][0] - 1
    numbers = [number - above for number in body["\0row"].to_list()]
    named = [place for place, name in enumerate(header) if name]
    frame = body.drop("\0row")[:, named] if named else pl.DataFrame()
    frame.columns = names
    return Rows(
        frame=frame,
        keys=[f"{sha256}:{number}" for number in numbers],
        places=[f"row {number}" for number in numbers],
        origin=origin,
        decimal_comma=decimal_comma,
        handwritten=first_row is not None,
    )


@dataclass(frozen=True)
class Entry:
    """A message, line or element: its values by name, or why it cannot be read, with its text as received."""

    key: str
    place: str
    values: Mapping[str, Any] | None = None
    fault: str | None = None
    raw: str = ""


def entry_rows(entries: Iterable[Entry], origin: str) -> Rows:
    """The entries as rows. A name that an entry lacks leaves its column unchanged; a name without a value clears it.

    Values without a name are left out, as columns without a header are.
    """
    entries = [_whole(entry) for entry in entries]
    texts = [
        {name: _text(value) for name, value in (entry.values or {}).items() if name.strip(AROUND)} for entry in entries
    ]
    names = list(dict.fromkeys(name for row in texts for name in row))
    columns = {name: pl.Series(name, [row.get(name) for row in texts], dtype=pl.String) for name in names}
    frame = pl.DataFrame(columns) if names else pl.DataFrame(height=len(entries))
    return Rows(
        frame=frame,
        keys=[entry.key for entry in entries],
        places=[entry.place for entry in entries],
        origin=origin,
        faults={number: entry.fault for number, entry in enumerate(entries) if entry.fault is not None},
        cleared=[frozenset(name for name, text in row.items() if text is None) for row in texts],
        raw={number: entry.raw for number, entry in enumerate(entries) if entry.fault is not None},
    )


def _whole(entry: Entry) -> Entry:
    """The entry; refused if a column of ours is a list or an object, with its ids, or it has halves of characters."""
    if entry.values is None:
        return entry
    nested = [name for name, value in entry.values.items() if isinstance(value, list | dict)]
    wrong = next((ours for ours in our_names(nested) if ours in _PLAIN), None) if nested else None
    if wrong is not None:
        said = f"{wrong} is a list or an object; write it as text"
        named = dict(zip(entry.values, our_names(list(entry.values)), strict=True))
        ids = {name: entry.values[name] for name in entry.values if named[name] in _IDS and name not in nested}
        return replace(entry, values=ids, fault=said, raw=json.dumps(entry.values, ensure_ascii=False))
    told = json.dumps(entry.values, ensure_ascii=False)
    if told.isascii() or not _HALF.search(told):
        return entry
    return replace(entry, values=None, fault="it has halves of characters", raw=json.dumps(entry.values))


def _text(value: Any) -> str | None:
    """A JSON value as text; ``None`` if it is empty."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.strip(AROUND) or None


class _Number(str):
    """A number of a JSON text, in its digits."""

    __slots__ = ()


def _plain(value: Any) -> Any:
    """A list or an object with its numbers as numbers, as far as there are such numbers."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if not isinstance(value, _Number):
        return value
    number = float(value) if len(value) > _MOST_DIGITS or set(value) & set(".eE") else int(value)
    return number if abs(number) != inf else str(value)


def json_entries(text: bytes, key: str, place: str) -> list[Entry]:
    """The entries of a JSON body: an object, or an array of objects, whose index is added to the key."""
    try:
        body = json.loads(
            text.decode("utf-8-sig"),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
        parts = body if isinstance(body, list) else [body]
        parts = [_with_numbers(part) if isinstance(part, dict) else part for part in parts]
    except (ValueError, RecursionError) as error:
        shown = text.decode("utf-8", errors="replace")
        return [Entry(key, place, fault=f"it is no JSON: {_in_short(error)}", raw=shown)]
    if isinstance(body, list):
        return [_entry(part, f"{key}:{index}", f"{place}[{index}]") for index, part in enumerate(parts)]
    return [_entry(parts[0], key, place)]


def _with_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an entry; numbers are texts, but for those inside of lists and objects."""
    return {name: _plain(value) if isinstance(value, list | dict) else value for name, value in values.items()}


def _entry(body: Any, key: str, place: str) -> Entry:
    if isinstance(body, dict):
        return Entry(key, place, body)
    return Entry(key, place, fault="it is no JSON object with columns and values", raw=json.dumps(body))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"'{next(name for name in names if names.count(name) > 1)}' is there twice; keep one of them")
    return values


def _no_constant(name: str) -> str:
    raise ValueError(f"{name} is no value")


def _in_short(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)[:200]


def clean(text: pl.Expr) -> pl.Expr:
    """Text without spaces and invisible characters around it; null if nothing is left."""
    stripped = text.cast(pl.String, strict=False).str.strip_chars(AROUND)
    return pl.when(stripped != "").then(stripped)


def our_names(columns: Sequence[str]) -> list[str]:
    """Our name of each column, matched in any spelling and language; unknown names stay as they are where they can."""
    meant = columns_of(TABLES["tasks"], columns)
    own = [_BESIDE.get(loose(column)) for column in columns]
    return [beside or known or own_name(column) for beside, known, column in zip(own, meant, columns, strict=True)]
