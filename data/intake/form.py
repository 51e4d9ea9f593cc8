"""Converts rows of any source to operations, or refuses them with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from data.intake.operations import Operation, OperationKind, Value, version_of
from data.intake.rows import KNOWN, OWN, Rows, Terms, clean, our_names
from data.tables.convert import Notation, decimal_sign, explain_column, points_may_group, read_column
from data.tables.handwriting import read_handwriting
from data.tables.headers import value_names
from data.tables.schemas import STATUSES, TABLES, ColumnSchema, loose
from data.tables.skills import parse_requirement
from data.tables.times import calendar, explain_times, parse_times
from models import SnapshotError, nearest

_TASKS = TABLES["tasks"]
_VALUES = tuple(column for column in _TASKS.columns if column.name not in OWN)
_KINDS = {loose(kind.value): kind.value for kind in OperationKind}
_STATUSES = {loose(status): status for status in STATUSES}
_VERSION = r"^[+-]?\d{1,19}(?:\.0+)?$"
_TOO_LOW = -(2**63)
FAULT = "\0fault"
"""The column that holds why a row cannot be read."""

_SHOWN = 40


@dataclass(frozen=True)
class Formed:
    """Rows in the columns and types of operations, with a reason for each row that cannot be read.

    ``frame`` has the columns of an operation, then the ``values`` of the task, then the fault.
    """

    rows: Rows
    terms: Terms
    frame: pl.DataFrame
    values: tuple[str, ...]

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.frame.height

    def only(self, mask: pl.Series) -> "Formed":
        """The rows for which the mask is true."""
        return replace(self, rows=self.rows.at(mask.arg_true().to_list()), frame=self.frame.filter(mask))

    def slice(self, start: int, end: int | None) -> "Formed":
        """The rows from ``start`` up to ``end``."""
        last = self.height if end is None else min(end, self.height)
        if (start, last) == (0, self.height):
            return self
        return replace(self, rows=self.rows.at(range(start, last)), frame=self.frame[start:last])

    def operations(self, now: datetime) -> list[Operation]:
        """The rows as operations, received at ``now``."""
        return [self._operation(n, row, now) for n, row in enumerate(self.frame.iter_rows(named=True))]

    def _operation(self, number: int, row: Mapping[str, Any], now: datetime) -> Operation:
        kind, terms, at = OperationKind(row["operation"]), self.terms, row["at"]
        brings = kind in (OperationKind.CREATE, OperationKind.UPDATE)
        return Operation(
            source=terms.source,
            key=row["key"],
            kind=kind,
            task_id=row["task_id"],
            capture_id=row["capture_id"],
            received_at=now,
            version=row["version"],
            at=None if at is None else at.astimezone(UTC),
            agent_id=row["agent_id"],
            status=row["status"] if brings else None,
            values=self._brought(number, row, kind) if brings else {},
            shared=terms.shared,
            reopen=terms.reopen,
            person=terms.person,
            fault=row[FAULT],
        )

    def _brought(self, number: int, row: Mapping[str, Any], kind: OperationKind) -> dict[str, Value]:
        """The values of a row: those it has, and null for those it clears.

        In a table, an empty cell of a create clears its column; an empty cell of an update does not.
        """
        cleared = self.rows.cleared
        if cleared is None and kind is OperationKind.CREATE:
            return {name: row[name] for name in self.values}
        gone = self._gone(cleared[number]) if cleared is not None else frozenset()
        return {name: row[name] for name in self.values if row[name] is not None or name in gone}

    def _gone(self, columns: frozenset[str]) -> frozenset[str]:
        """The columns that a row clears, by our names."""
        return frozenset(our_names(list(columns))) if columns else columns


def formed(rows: Rows, terms: Terms) -> Formed:
    """Converts rows to the form of operations.

    Raises:
        SnapshotError: a table has no column with the task's id.
    """
    mapped, wrong = _mapped(rows, terms)
    frame, twice = _in_our_columns(mapped)
    if rows.handwritten:
        frame = read_handwriting(_TASKS, frame)
    if rows.cleared is None and not {"task_id", "capture_id"} & set(frame.columns):
        found = ", ".join(f"'{name}'" for name in rows.frame.columns)
        raise SnapshotError(f"{rows.origin}: there is no column 'task_id' or 'capture_id' (columns found: {found})")
    faults = _first([_given(rows), wrong, twice], frame.height)
    own, faults = _own(frame, rows, terms, faults)
    notation = _notation(frame, rows, terms)
    values, faults = _values(frame, notation, faults)
    names = tuple(column.name for column in values)
    whole = pl.DataFrame([*own, *values, faults.alias(FAULT)])
    return Formed(replace(rows, notation=notation), terms, whole, names)


def _mapped(rows: Rows, terms: Terms) -> tuple[pl.DataFrame, pl.Series]:
    if terms.mapper is None or not rows.frame.height:
        return rows.frame, _none(rows.frame.height)
    return terms.mapper(rows.frame, rows.origin, optional=rows.cleared is not None)


def _given(rows: Rows) -> pl.Series:
    return _at(rows.faults, rows.frame.height)


def _in_our_columns(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The columns under our names. Of two columns with the same meaning, a row may fill only one."""
    by_name: dict[str, list[str]] = {}
    for column, name in zip(frame.columns, our_names(frame.columns), strict=True):
        by_name.setdefault(name, []).append(column)
    twice = _none(frame.height)
    for columns in by_name.values():
        if len(columns) > 1:
            both = frame[columns].select(pl.sum_horizontal(pl.all().is_not_null()) > 1).to_series()
            said = f"'{columns[0]}' and '{columns[1]}' are the same column; keep one of them"
            twice = twice.set(both & twice.is_null(), said)
    ours = [_coalesced([frame[name] for name in columns]).alias(ours) for ours, columns in by_name.items()]
    return (pl.DataFrame(ours) if ours else pl.DataFrame(height=frame.height)), twice


def _coalesced(columns: Sequence[pl.Series]) -> pl.Series:
    """The first value of each row, cleaned."""
    if len(columns) == 1 and _is_clean(columns[0]):
        return columns[0]
    both = pl.DataFrame([column.alias(str(number)) for number, column in enumerate(columns)])
    return both.select(clean(pl.coalesce(both.columns))).to_series()


def _is_clean(texts: pl.Series) -> bool:
    """Whether all texts are known to need no cleaning, which takes a third of the time of cleaning them."""
    text, size = pl.all().str, pl.all().str.len_bytes()
    is_ascii, is_stripped = text.len_chars() == size, text.strip_chars().str.len_bytes() == size
    return texts.dtype == pl.String and texts.to_frame().select((is_ascii & is_stripped & (size > 0)).all()).item()


def _own(frame: pl.DataFrame, rows: Rows, terms: Terms, faults: pl.Series) -> tuple[list[pl.Series], pl.Series]:
    """The columns that identify the operation: kind, ids, key, version, moment, agent, status."""
    notation = Notation(terms.zone)
    ids = {}
    for name in ("task_id", "capture_id", "agent_id"):
        raw = _column(frame, name)
        ids[name] = read_column(raw, ColumnSchema(name=name, required=True, meaning=""), notation)
        faults = _explained(faults, raw, ids[name], ColumnSchema(name=name, meaning=""), notation)
    task_id, capture_id = ids["task_id"], ids["capture_id"]
    prefixed = (terms.prefix + capture_id).alias("task_id") if terms.prefix else capture_id.alias("task_id")
    both = [task_id.fill_null(prefixed), capture_id.fill_null(task_id)]
    faults = faults.set(both[0].is_null() & faults.is_null(), "task_id is missing")
    kinds, wrong = _one_of(_column(frame, "operation"), "operation", _KINDS)
    statuses, unknown = _one_of(_column(frame, "status"), "status", {**_other_statuses(), **_STATUSES})
    versions, bad = _versions(_column(frame, "version"), terms.zone)
    moments = _column(frame, "at")
    at, beyond = _in_calendar("at", parse_times(moments, terms.zone), terms.zone)
    late = beyond.fill_null(_explain_times("at", moments, at, terms.zone))
    keys = _column(frame, "key").fill_null(pl.Series(rows.keys, dtype=pl.String))
    own = {
        "key": keys,
        "operation": kinds.fill_null(OperationKind.CREATE.value),
        "task_id": both[0].fill_null(""),
        "capture_id": both[1].fill_null(""),
        "version": versions,
        "at": at,
        "agent_id": ids["agent_id"],
        "status": statuses,
    }
    return [series.alias(name) for name, series in own.items()], _first(
        [faults, wrong, unknown, bad, late], len(faults)
    )


def _other_statuses() -> dict[str, str]:
    return {loose(text): status for text, status in value_names("status").items()}


def _values(frame: pl.DataFrame, notation: Notation, faults: pl.Series) -> tuple[list[pl.Series], pl.Series]:
    """The values of the task, in their types; columns that are none of ours are text."""
    values = []
    for column in _VALUES:
        if column.name in frame.columns:
            raw = frame[column.name]
            typed = read_column(raw, column, notation)
            faults = _explained(faults, raw, typed, column, notation)
            if column.kind == "time":
                typed, wrong = _in_calendar(column.name, typed, notation.zone)
            else:
                wrong = _out_of_range(typed, column)
            faults = _first([faults, wrong], len(faults))
            values.append(typed)
    values += [frame[name] for name in frame.columns if name not in KNOWN]
    return values, faults


def _notation(frame: pl.DataFrame, rows: Rows, terms: Terms) -> Notation:
    if rows.notation is not None:
        return replace(rows.notation, zone=terms.zone)
    if not rows.decimal_comma:
        return Notation(terms.zone)
    numbers = [frame[c.name] for c in _VALUES if c.kind == "number" and c.name in frame.columns]
    sign = decimal_sign(numbers)
    return Notation(terms.zone, sign, grouped=sign == "." and points_may_group(numbers))


def _explained(
    faults: pl.Series, raw: pl.Series, typed: pl.Series, column: ColumnSchema, notation: Notation
) -> pl.Series:
    """The faults, extended by those of values that cannot be read."""
    bad = raw.is_not_null() & typed.is_null()
    if not bad.any():
        return faults
    some = raw.filter(bad)
    said = pl.Series([str(why) for why in explain_column(some, column, notation)], dtype=pl.String)
    return _first([faults, _none(len(raw)).scatter(bad.arg_true(), said)], len(raw))


def _in_calendar(name: str, moments: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """The moments, null where Python has none such (the year 0), and why."""
    beyond = ~moments.is_between(*calendar(zone)).fill_null(value=True)
    return moments.set(beyond, None), _none(len(moments)).set(beyond, f"{name} is not in the calendar")


def _out_of_range(typed: pl.Series, column: ColumnSchema) -> pl.Series:
    if column.kind == "requirement":
        return _unreadable(typed)
    if column.kind != "number":
        return _none(len(typed))
    low, high = column.low or 0, column.high or 0
    good = (typed > low if column.above_low else typed >= low) & (typed <= high)
    said = pl.format("{} {} is out of range: {}", pl.lit(column.name), pl.col("v"), pl.lit(column.range_text))
    texts = typed.alias("v").to_frame().select(said).to_series()
    return texts.zip_with(~good & typed.is_not_null(), _none(len(typed)))


def _unreadable(requirements: pl.Series) -> pl.Series:
    wrong: dict[str, str] = {}
    for text in requirements.drop_nulls().unique():
        try:
            parse_requirement(text)
        except ValueError as error:
            wrong[text] = f"skills: {error}"
    return (
        requirements.replace_strict(wrong, default=None, return_dtype=pl.String) if wrong else _none(len(requirements))
    )


def _one_of(texts: pl.Series, name: str, known: Mapping[str, str]) -> tuple[pl.Series, pl.Series]:
    """The word of ours that each text means, and a reason for each text without one."""
    words = {text: known.get(loose(text)) for text in texts.drop_nulls().unique()}
    choices = list(dict.fromkeys(known.values()))
    wrong = {
        text: f"{name} '{text[:_SHOWN]}' is unknown{nearest(text[:_SHOWN], choices)}; it is one of {', '.join(choices)}"
        for text, word in words.items()
        if word is None
    }
    meant = {text: word for text, word in words.items() if word is not None}
    return _replaced(texts, meant), _replaced(texts, wrong)


def _replaced(texts: pl.Series, words: Mapping[str, str]) -> pl.Series:
    return texts.replace_strict(words, default=None, return_dtype=pl.String) if words else _none(len(texts))


def _versions(texts: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """Versions as integers, from whole numbers or times."""
    if texts.null_count() == len(texts):
        return texts.cast(pl.Int64), _none(len(texts))
    whole = texts.str.contains(_VERSION)
    numbers = texts.set(~whole, None).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
    numbers = numbers.set(numbers == _TOO_LOW, None)
    moments, _ = _in_calendar("version", parse_times(texts.set(whole, None), zone), zone)
    times = pl.Series([None if m is None else version_of(m) for m in moments], dtype=pl.Int64)
    versions = numbers.fill_null(times)
    said = "is neither a whole number of 64 bits nor a time such as 2026-01-05T08:00"
    bad = texts.is_not_null() & versions.is_null()
    words = pl.format("version '{}' {}", pl.col("v").str.head(_SHOWN), pl.lit(said))
    return versions, texts.alias("v").to_frame().select(pl.when(bad).then(words)).to_series()


def _explain_times(name: str, texts: pl.Series, moments: pl.Series, zone: str) -> pl.Series:
    bad = texts.is_not_null() & moments.is_null()
    if not bad.any():
        return _none(len(texts))
    said = pl.Series([f"{name} {why}" for why in explain_times(texts.filter(bad), zone)], dtype=pl.String)
    return _none(len(texts)).scatter(bad.arg_true(), said)


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    return frame[name] if name in frame.columns else _none(frame.height).alias(name)


def _none(height: int) -> pl.Series:
    return pl.Series("", [None], dtype=pl.String).new_from_index(0, height)


def _at(texts: Mapping[int, str], height: int) -> pl.Series:
    return _none(height).scatter(list(texts), list(texts.values())) if texts else _none(height)


def _first(reasons: Sequence[pl.Series], height: int) -> pl.Series:
    """The first reason of each row that is not null."""
    found = _none(height)
    for reason in reasons:
        found = found if not reason.count() else found.fill_null(reason)
    return found
