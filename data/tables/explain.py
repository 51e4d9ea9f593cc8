"""Why a raw value cannot be read, in words that help to correct it."""

import re

import polars as pl

from data.tables.schemas import ColumnSchema
from models import Code, Message

_TIME = re.compile(r"(\d+):([0-5]\d)(:[0-5]\d(\.\d+)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")
_GROUPS = re.compile(r"[+-]?\d{1,3}([ \u00a0\u2009\u202f'\u2019.,])\d{3}(\1\d{3})*")
LOST_DIGITS = r"^-?\d+([.,]\d+)?[eE]\+\d{2,}$"
"""A number as spreadsheets and programs write one that is too long for them."""


def explain_numbers(texts: pl.Series, column: ColumnSchema, decimal: str) -> list[Message]:
    """For each text that is no number: why; ``decimal`` is the decimal sign."""
    return [_no_number(text, column, decimal) for text in texts]


def _no_number(text: str, column: ColumnSchema, decimal: str) -> Message:
    of = {"column": column.name, "value": text}
    if (time := _TIME.fullmatch(text)) and column.unit == "min":
        return Message(Code.MINUTES_AS_TIME, **of, minutes=str(60 * int(time[1]) + int(time[2])))
    if time or _DATE.fullmatch(text):
        return Message(Code.TIME_FORMAT, **of)
    if column.kind == "integer":
        return Message(Code.NOT_WHOLE, **of)
    plain = Message(Code.NOT_A_NUMBER, **of, sign=decimal)
    groups = _GROUPS.fullmatch(text)
    if groups is None or (groups[1] == "." and decimal == ","):
        return plain
    whole = text.replace(groups[1], "")
    if groups[1] in ".,":
        return Message(Code.TWO_NUMBERS, **of, whole=whole, short=_other_decimals(text))
    return plain.then(Message(Code.UNGROUPED, whole=whole))


def explain_texts(raw: pl.Series, shown: pl.Series, column: ColumnSchema) -> list[Message]:
    """For each raw value that is no text: why."""
    if isinstance(raw.dtype, pl.List | pl.Array):
        lists = zip(shown, raw.to_list(), strict=True)
        return [
            Message(Code.LIST, column=column.name, value=text, text=";".join(map(str, items))) for text, items in lists
        ]
    if raw.dtype.is_float():
        fraction = (raw.is_finite() & (raw != raw.floor())).to_list()
        codes = [Code.FRACTION if each else Code.LOST_DIGITS for each in fraction]
    else:
        codes = [Code.LOST_DIGITS if lost else Code.NOT_TEXT for lost in shown.str.contains(LOST_DIGITS)]
    return [Message(code, column=column.name, value=text) for code, text in zip(codes, shown, strict=True)]


def _other_decimals(text: str) -> str:
    """The number with decimals that cannot be taken for thousands: 1.5 for 1.500, 1.2340 for 1.234."""
    number = text.replace(",", ".")
    short = number.rstrip("0") if number.endswith("0") else f"{number}0"
    return short if not short.endswith(".") else f"{short}0"
