"""Converts raw columns to typed ones: a value that cannot be read becomes null, with a reason."""

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from data.tables.explain import LOST_DIGITS, explain_numbers, explain_texts
from data.tables.invisible import plain
from data.tables.rejects import show
from data.tables.schemas import DTYPES, ColumnSchema, loose
from data.tables.times import end_of_calendar, explain_times, parse_times, place
from models import Code, Message

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_TRUE = ("true", "t", "yes", "y", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "是", "1")
_FALSE = ("false", "f", "no", "n", "nein", "falsch", "non", "faux", "否", "0")
_FLAGS = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}
_WHOLE_FLAG = r"^([01])[.,]0*$"  # as programs write a column of numbers with gaps: 1.0
_PERCENT = r"^(.*\S)\s*[%％]$"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_SHEET_ERROR = r"^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)$"
_NO_TEXT = f"{_CONTROL}|{_SHEET_ERROR}|{LOST_DIGITS}"
_EXACT_FLOAT, _EXACT_FLOAT_32 = 2.0**53, 2.0**24  # from there on, floating-point numbers leave out whole numbers
_POINTED = r"^[+-]?\d*\.\d"
_GROUPED = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"


@dataclass(frozen=True)
class Notation:
    """How a table writes times and numbers: the zone of times without an offset, the decimal sign.

    ``grouped``: a point followed by three digits may be a thousands separator.
    """

    zone: str
    decimal: str = "."
    grouped: bool = False


def decimal_sign(texts: list[pl.Series]) -> str:
    """The decimal sign of number columns that may use a comma: the comma if any number uses it."""
    commas = (values.dtype == pl.String and values.str.contains(",", literal=True).any() for values in texts)
    return "," if any(commas) else "."


def points_may_group(texts: list[pl.Series]) -> bool:
    """Whether in every number with a point this could be a thousands separator, as in 1.500."""
    pointed = [values.filter(values.str.contains(_POINTED)) for values in texts if values.dtype == pl.String]
    return all(values.str.contains(_GROUPED).all() for values in pointed)


def read_column(raw: pl.Series, column: ColumnSchema, notation: Notation) -> pl.Series:
    """The typed column; null where the raw value is missing or unreadable. Ranges are not checked."""
    if raw.null_count() == len(raw):
        return raw.clear(len(raw)).cast(DTYPES[column.kind], strict=False).alias(column.name)
    match column.kind:
        case "text" | "requirement":
            typed = _text(raw)
            if raw.dtype.is_float() and not _is_id(column):
                typed = typed.zip_with(~_fractions(raw), raw.cast(pl.String))  # no id, so 1.5 says what it says
            if not _is_id(column):
                typed = plain(typed)
            if column.choices:
                typed = _one_of(typed, column.choices)
        case "time":
            typed = end_of_calendar(_time(raw, notation.zone), notation.zone)
        case "number":
            typed = _number(raw, notation, percent=column.percent)
        case "integer":
            typed = _whole(_number(raw, notation))
        case "flag":
            typed = read_flags(_text(raw))
    return typed.cast(DTYPES[column.kind]).alias(column.name)


def _is_id(column: ColumnSchema) -> bool:
    """Whether the text names a row, here or in another table, and stays as it is written."""
    return column.table is not None or (column.required and column.name != "skill")


def explain_column(raw: pl.Series, column: ColumnSchema, notation: Notation) -> list[Message]:
    """For each raw value that could not be read: why."""
    if column.kind in ("number", "integer"):
        return explain_numbers(show(raw), column, notation.decimal)
    if column.kind in ("text", "requirement"):
        return explain_texts(raw, show(raw), column)
    if column.kind == "flag":
        return [Message(Code.NO_FLAG, column=column.name, value=text) for text in show(raw)]
    if raw.dtype == pl.String:
        why = explain_times(raw, notation.zone)
    elif raw.dtype in (pl.Datetime, pl.Date):
        why = [Message(Code.SKIPPED_TIME, value=text, zone=notation.zone) for text in show(raw)]
    else:
        why = [Message(Code.NO_TIME_VALUE, value=text) for text in show(raw)]
    return [Message(Code.OF_COLUMN, column=column.name, message=message) for message in why]


def _text(raw: pl.Series) -> pl.Series:
    dtype = raw.dtype
    if dtype == pl.String:
        unreadable = raw.str.contains(_NO_TEXT)
        return raw.set(unreadable, None) if unreadable.any() else raw
    if dtype.is_float():
        exact = raw.is_finite() & (raw.abs() < (_EXACT_FLOAT if dtype == pl.Float64 else _EXACT_FLOAT_32))
        whole = exact & (raw == raw.floor())
        return raw.set(~whole, None).cast(pl.Int64).cast(pl.String)
    if dtype.is_decimal():
        return raw.cast(pl.String).str.replace(r"\.0+$", "")
    if dtype.is_integer() or dtype.is_temporal() or dtype in (pl.Boolean, pl.Null):
        return raw.cast(pl.String)
    return _unreadable(raw)


def _fractions(numbers: pl.Series) -> pl.Series:
    return (numbers.is_finite() & (numbers != numbers.floor())).fill_null(False)


def read_flags(texts: pl.Series) -> pl.Series:
    """Whether each text says yes, in one of several languages and any case; null where it says neither."""
    words = texts.str.normalize("NFC").str.to_lowercase().str.replace(_WHOLE_FLAG, "$1")
    return words.replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)


def _one_of(texts: pl.Series, choices: tuple[str, ...]) -> pl.Series:
    """The texts, those that are one of the choices but for case, spaces, ``_ - /`` as it is written."""
    known = {loose(choice): choice for choice in choices}
    others = texts.filter(~texts.is_in(choices)).unique()
    meant = {text: known[loose(text)] for text in others if loose(text) in known}
    return texts.replace(meant) if meant else texts


def _time(raw: pl.Series, zone: str) -> pl.Series:
    if raw.dtype == pl.String:
        return parse_times(raw, zone)
    if isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone:
        return raw.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    if raw.dtype in (pl.Datetime, pl.Date):
        return raw.to_frame().select(place(pl.all().cast(pl.Datetime("us")), zone)).to_series()
    return _unreadable(raw)


def _number(raw: pl.Series, notation: Notation, *, percent: bool = False) -> pl.Series:
    dtype = raw.dtype
    if dtype == pl.Float32 or dtype.is_decimal():
        # a number means its shortest decimal text, which a direct cast would not keep
        raw = raw.cast(pl.String)
        numbers = raw.cast(pl.Float64, strict=False)
    elif dtype == pl.String:
        numbers = _parse_numbers(raw, notation)
        if percent:
            numbers = numbers.fill_null(_shares(raw, notation))
    elif dtype.is_numeric():
        numbers = raw.cast(pl.Float64)
    else:
        return _unreadable(raw).cast(pl.Float64)
    return numbers.set(~numbers.is_finite(), None)


def _parse_numbers(texts: pl.Series, notation: Notation) -> pl.Series:
    if notation.decimal == ",":
        dotted = texts.str.contains(".", literal=True)
        texts = texts.set(dotted, None).str.replace(",", ".", literal=True)
    elif notation.grouped:
        texts = texts.set(texts.str.contains(_GROUPED), None)
    return texts.set(~texts.str.contains(_NUMBER), None).cast(pl.Float64, strict=False)


def _shares(texts: pl.Series, notation: Notation) -> pl.Series:
    """What texts such as ``90 %`` stand for, 0.9; null for all others."""
    numbers = texts.str.extract(_PERCENT)
    if not numbers.count():
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, len(texts))
    numbers = numbers.set(_parse_numbers(numbers, notation).is_null(), None).str.replace(",", ".", literal=True)
    known = {number: float(Decimal(number) / 100) for number in numbers.drop_nulls().unique()}
    return numbers.replace_strict(known, default=None, return_dtype=pl.Float64)


def _whole(numbers: pl.Series) -> pl.Series:
    fits = (numbers == numbers.floor()) & (numbers.abs() <= _EXACT_FLOAT)
    return numbers.set(~fits, None).cast(pl.Int64)


def _unreadable(raw: pl.Series) -> pl.Series:
    """Nothing for each value: the whole column has a type that does not fit."""
    return raw.clear(len(raw)).cast(pl.String, strict=False)
