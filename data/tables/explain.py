"""Why a raw value cannot be read, in words that help to correct it."""

import re

import polars as pl

from data.tables.schemas import Column

_TIME = re.compile(r"(\d+):([0-5]\d)(:[0-5]\d(\.\d+)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")
_GROUPS = re.compile(r"[+-]?\d{1,3}([ \u00a0\u2009\u202f'\u2019.,])\d{3}(\1\d{3})*")
LOST_DIGITS = r"^-?\d+([.,]\d+)?[eE]\+\d{2,}$"
"""A number as spreadsheets and programs write one that is too long for them."""


def explain_numbers(texts: pl.Series, column: Column, decimal: str) -> pl.Series:
    """For each text that is no number: the column, the text and why; ``decimal`` is the decimal sign."""
    why = {text: f"{column.name} '{text}' {_no_number(text, column, decimal)}" for text in texts.drop_nulls().unique()}
    return texts.replace_strict(why, return_dtype=pl.String) if why else texts


def _no_number(text: str, column: Column, decimal: str) -> str:
    if time := _TIME.fullmatch(text):
        minutes = 60 * int(time[1]) + int(time[2])
        example = f" ({minutes})" if column.unit == "min" else ""
        return f"has a time or date format; write {column.name} as a number{example}"
    if _DATE.fullmatch(text):
        return f"has a time or date format; write {column.name} as a number"
    if column.kind == "integer":
        return "is not a whole number"
    plain = f"is not a number (the decimal sign is '{decimal}')"
    groups = _GROUPS.fullmatch(text)
    if groups is None or (groups[1] == "." and decimal == ","):
        return plain
    whole = text.replace(groups[1], "")
    if groups[1] in ".,":
        short = _other_decimals(text)
        return f"may be {whole} or {short}; write {whole}, or {short} with a point"
    return f"{plain}; write {whole}, without thousands separators"


def explain_texts(raw: pl.Series, shown: pl.Series, column: Column) -> pl.Expr:
    """For each raw value that is no text: the column, the value and why."""
    if isinstance(raw.dtype, pl.List | pl.Array):
        what = "is a list; write "
        return pl.format("{} '{}' {}{}", pl.lit(column.name), pl.lit(shown), pl.lit(what), pl.lit(_joined(raw)))
    why = "is no text: a spreadsheet's error, a control character, or a number that lost digits"
    lost = "is a number that lost digits; format the column as text before ids go in"
    fraction = "is a number with decimals, which is no name; write it as text"
    if raw.dtype.is_float():
        reason = pl.when(pl.lit(raw.is_finite() & (raw != raw.floor()))).then(pl.lit(fraction)).otherwise(pl.lit(lost))
    else:
        reason = pl.when(pl.lit(shown.str.contains(LOST_DIGITS))).then(pl.lit(lost)).otherwise(pl.lit(why))
    return pl.format("{} '{}' {}", pl.lit(column.name), pl.lit(shown), reason)


def _joined(lists: pl.Series) -> pl.Series:
    """The texts of each list as a requirement that asks for all of them."""
    return pl.Series([";".join(map(str, each)) for each in lists.to_list()], dtype=pl.String)


def _other_decimals(text: str) -> str:
    """The number with decimals that cannot be taken for thousands: 1.5 for 1.500, 1.2340 for 1.234."""
    number = text.replace(",", ".")
    short = number.rstrip("0") if number.endswith("0") else f"{number}0"
    return short if not short.endswith(".") else f"{short}0"
