"""Rows as JSON objects, column by column: the same text that `codec` writes for one row."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

_SPECIAL = r'[\x00-\x1f"\\]'
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


@dataclass(frozen=True)
class JsonTexts:
    """The values of a column as JSON, null where one is missing; ``before`` and ``after`` belong around each.

    ``bare``: the same without any quotes.
    """

    name: str
    texts: pl.Series
    bare: pl.Series
    before: str = ""
    after: str = ""


def special_columns(frame: pl.DataFrame, names: Sequence[str]) -> set[str]:
    """The columns with a character that JSON has to escape."""
    texts = [name for name in names if frame.schema[name] == pl.String]
    found = frame.select(pl.col(texts).str.contains(_SPECIAL).any())
    return {name for name in texts if found[name].item()}


def json_texts(frame: pl.DataFrame, names: Sequence[str], special: Collection[str]) -> list[JsonTexts]:
    """The columns as JSON; ``special`` are those in which something has to be escaped."""
    return [_json(frame[name], special=name in special) for name in names]


def _json(values: pl.Series, *, special: bool) -> JsonTexts:
    name = values.name
    if values.dtype == pl.String:
        for sign, escaped in _ESCAPES if special else ():
            values = values.str.replace_all(sign, escaped, literal=True)
        return _quoted(name, values, '"', '"')
    if isinstance(values.dtype, pl.Datetime):
        return _quoted(name, values.dt.replace_time_zone(None).dt.to_string("iso:strict"), '"', 'Z"')
    texts = values.cast(pl.String)
    return JsonTexts(name, texts, texts)


def _quoted(name: str, texts: pl.Series, before: str, after: str) -> JsonTexts:
    """With its quotes where some are missing; else these cost less as a part of the object."""
    if texts.null_count():
        return JsonTexts(name, before + texts + after, texts)
    return JsonTexts(name, texts, texts, before, after)


def json_objects(columns: Sequence[JsonTexts], height: int, *, nulls: bool) -> pl.Series:
    """A JSON object of each row's values; ``nulls``: with null for those that are missing, which else are left out."""
    if not nulls and any(column.texts.null_count() for column in columns):
        return _without_nulls(columns)
    parts: list[pl.Expr] = []
    until = "{"
    for column in columns:
        parts += [pl.lit(f"{until}{_named(column)}"), pl.lit(column.texts.fill_null("null"))]
        until = f"{column.after},"
    last = f"{columns[-1].after}}}" if columns else "{}"
    objects = pl.select(pl.concat_str(*parts, pl.lit(last))).to_series()
    return objects if columns else objects.new_from_index(0, height)


def _without_nulls(columns: Sequence[JsonTexts]) -> pl.Series:
    named = [pl.concat_str(pl.lit(_named(c)), pl.lit(c.texts), pl.lit(c.after)) for c in columns]
    inside = pl.concat_str(named, separator=",", ignore_nulls=True)
    return pl.select(pl.concat_str(pl.lit("{"), inside, pl.lit("}"))).to_series()


def _named(column: JsonTexts) -> str:
    return f"{json.dumps(column.name, ensure_ascii=False)}:{column.before}"
