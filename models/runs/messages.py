"""Messages: a code with parts, created where something is found, and worded in the reader's language where it is shown.

Files and errors contain the English text, so a message is a ``str`` of that text with its code and parts as attributes.
A run stores the messages of its texts in ``messages.parquet``: reports look a text up there and never parse it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Self, Union

import polars as pl

from models.runs.codes import Code
from models.runs.tables import MESSAGES_TABLE

Part = Union[str, int, "Message", Sequence["Part"]]
"""The value of a part: a text, a number, another message, or several of these."""

Choose = Callable[[str, str, int], str]
"""From words in singular and plural, and a number, to the words in a language."""

_THEN = "then"


def _in_english(one: str, many: str, number: int) -> str:
    return many if many and number != 1 else one


class Message(str):
    """The English text of a code with its ``parts``; the part ``n`` is the number that words depend on.

    A number is written with its thousands separated; numbers of rows and other names are texts.
    """

    code: Code
    parts: Mapping[str, Part]

    def __new__(cls, code: Code, /, **parts: Part) -> Self:
        """A message, worded in English.

        Raises:
            KeyError: a part of the code's words is missing.
        """
        message = super().__new__(cls, _worded(code, parts, _in_english))
        message.code, message.parts = code, parts
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[Code], Mapping[str, Part]]:
        """The arguments for copies."""
        return (self.code,), self.parts

    def then(self, *others: "Message | None") -> "Message":
        """This message followed by others; missing ones are left out."""
        more = tuple(other for other in others if other is not None)
        return Message(self.code, **{**self.parts, _THEN: (*_followers(self.parts), *more)}) if more else self

    def worded(self, choose: Choose) -> str:
        """The message in the words that ``choose`` gives."""
        return _worded(self.code, self.parts, choose)

    @classmethod
    def from_plain(cls, code: str, parts: Mapping[str, Any]) -> Self:
        """The message in a file.

        Raises:
            KeyError, TypeError, ValueError: it is not a message, or is one of a later version.
        """
        if not isinstance(parts, Mapping):
            raise TypeError(f"the parts of '{code}' are {parts!r}")
        return cls(Code(code), **{name: _from_plain(part) for name, part in parts.items()})


def _followers(parts: Mapping[str, Part]) -> tuple[Part, ...]:
    """The text of following messages."""
    then = parts.get(_THEN, ())
    if not isinstance(then, tuple):
        raise TypeError(f"what follows a message is {then!r}")
    return then


def _worded(code: Code, parts: Mapping[str, Part], choose: Choose) -> str:
    number = parts.get("n", 0)
    words = choose(code.one, code.many, number if isinstance(number, int) else 0)
    told = words.format_map({name: _shown(part, choose) for name, part in parts.items()})
    return choose("; ", "", 0).join([told, *(_shown(message, choose) for message in _followers(parts))])


def _shown(part: Part, choose: Choose) -> str:
    if isinstance(part, Message):
        return part.worded(choose)
    if isinstance(part, str):
        return part
    return f"{part:,}" if isinstance(part, int) else choose(", ", "", 0).join(_shown(each, choose) for each in part)


def _to_plain(part: Part) -> Any:
    if isinstance(part, Message):
        return {"code": part.code.value, "parts": {name: _to_plain(each) for name, each in part.parts.items()}}
    return part if isinstance(part, str | int) else [_to_plain(each) for each in part]


def _from_plain(plain: Any) -> Part:
    if isinstance(plain, dict):
        return Message.from_plain(plain["code"], plain["parts"])
    return tuple(_from_plain(each) for each in plain) if isinstance(plain, list) else plain


def message_table(texts: Iterable[object], *further: pl.DataFrame | None) -> pl.DataFrame:
    """The table of the messages among texts and in the ``further`` tables, each message once."""
    plain = ((str(each), each.code.value, _as_json(each.parts)) for each in texts if isinstance(each, Message))
    own = pl.DataFrame(list(plain), schema=dict.fromkeys(MESSAGES_TABLE.names, pl.String), orient="row")
    return pl.concat([own, *(table for table in further if table is not None)]).unique(
        "text", keep="first", maintain_order=True
    )


def _as_json(parts: Mapping[str, Part]) -> str:
    return json.dumps({name: _to_plain(part) for name, part in parts.items()}, ensure_ascii=False)


@dataclass(frozen=True)
class MessageColumn:
    """A message for each row of a frame, all of one code; the parts are expressions that give texts."""

    code: Code
    parts: Mapping[str, pl.Expr]

    def text(self) -> pl.Expr:
        """The English text of each row."""
        pieces = [
            piece
            for words, name, _form, _conversion in Formatter().parse(self.code.one)
            for piece in (pl.lit(words), None if name is None else self.parts[name])
            if piece is not None
        ]
        return pl.concat_str(pieces)

    def table(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The table of the messages of a frame's rows."""
        named = [part.alias(name) for name, part in self.parts.items()]
        parts = pl.struct(named).struct.json_encode() if named else pl.lit("{}")
        told = rows.with_columns(text=self.text(), code=pl.lit(self.code.value), parts=parts)
        return told.select(MESSAGES_TABLE.names)
