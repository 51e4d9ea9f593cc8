"""Expressions of the configuration: SQL over the columns of one row, and nothing else.

Every word of an expression is checked before polars reads it. Only the functions of :data:`FUNCTIONS` are allowed. They
look at one row and fail on no value, so an expression cannot read a file, query a database or fail a whole batch.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from models import nearest


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


FUNCTIONS = _words(
    # text
    "upper lower initcap trim ltrim rtrim length char_length left right substr substring replace concat concat_ws "
    "split_part starts_with ends_with strpos position reverse regexp_like",
    # numbers
    "abs ceil ceiling floor round sign sqrt exp ln log log10 log2 pow power mod greatest least",
    # whatever is there
    "coalesce ifnull nullif if try_cast",
    # times
    "extract date_part",
)
"""The functions that an expression may use."""

TYPES = _words("double float real int integer bigint smallint varchar text string")
"""The types to which TRY_CAST may convert."""

_BEFORE_BRACKET = _words("and or not in like ilike between when then else case is")
_MANY_ROWS = _words(
    "sum avg mean min max count first last median stddev std variance var quantile quantile_cont quantile_disc corr",
    "covar row_number rank dense_rank lag lead first_value last_value array_agg string_agg over partition group having",
    "order filter distinct",
)
_STATEMENTS = _words(
    "select from with union intersect except join exists any all some values table into insert update delete drop",
    "create alter attach copy pragma set exec execute call unnest explode columns array struct collate",
)
_CLOCK = _words("now current_date current_time current_timestamp localtime localtimestamp today")

_MOST_CHARACTERS = 2000
_MOST_TOKENS = 400
_MOST_BRACKETS = 30
_MOST_TRIES = 2000

_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<text>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")+") | (?P<word>[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])) | (?P<mark><>|!=|<=|>=|\|\||[-+*/%=<>(),])""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """The expression is not valid, or not allowed; the message says why."""


class Token(NamedTuple):
    """A token of an expression, with its position."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The word in lower case; empty if the token is not a word."""
        return self.text.lower() if self.kind == "word" else ""


@dataclass(frozen=True)
class Expression:
    """A checked expression. ``names`` are the columns it uses, in order.

    ``fails`` holds, for each TRY_CAST, an expression that is true where a value is present and cannot be converted.
    """

    text: str
    expr: pl.Expr = field(repr=False, compare=False)
    names: tuple[str, ...] = ()
    fails: tuple[pl.Expr, ...] = field(default=(), repr=False, compare=False)

    @property
    def is_bare_name(self) -> bool:
        """Whether the expression is just the name of a column."""
        return re.fullmatch(r"[^\W\d]\w*", self.text.strip()) is not None and len(self.names) == 1

    def type_in(self, schema: Mapping[str, pl.DataType]) -> pl.DataType:
        """The type of the result for columns of these types.

        Raises:
            ExpressionError: the types do not fit, as in a comparison of text with a number.
        """
        columns = {name: pl.Series([None, _any_value(dtype)], dtype=dtype) for name, dtype in schema.items()}
        fails = (fail.alias(str(n)) for n, fail in enumerate(self.fails))
        try:
            return pl.DataFrame(columns).select(self.expr.alias("result"), *fails).schema["result"]
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise ExpressionError(_in_short(error)) from error


def read_expression(text: object) -> Expression:
    """Reads an expression.

    Raises:
        ExpressionError: the text is not an expression, or uses what is not allowed.
    """
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError('an expression must be text, such as "amount" or "\'fixed\'"')
    tokens = _tokens(text)
    _refuse_forbidden(tokens)
    expr = _parsed(text)
    names = tuple(dict.fromkeys(expr.meta.root_names()))
    casts = tuple(_parsed(inner).is_not_null() & _parsed(cast).is_null() for cast, inner in _casts(text, tokens))
    return Expression(text, expr, names, casts)


def evaluate(frame: pl.DataFrame, expr: pl.Expr) -> tuple[pl.Series, dict[int, str]]:
    """The value of an expression for each row, and the reason for each row on which it fails.

    If all rows together fail, halves of them are tried, so that only the failing rows are lost.
    """
    try:
        return frame.with_columns(expr.alias("\0result"))["\0result"], {}
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = _in_short(error)
    failed = dict(_failures(frame, expr, 0, [_MOST_TRIES], reason))
    keep = ~pl.Series(range(frame.height), dtype=pl.Int64).is_in(list(failed))
    good = frame.filter(keep)
    values = good.with_columns(expr.alias("\0result"))["\0result"]
    place = pl.when(keep).then(keep.cum_sum().cast(pl.Int64) - 1)
    return values.gather(pl.select(place).to_series()), failed


def _failures(
    frame: pl.DataFrame, expr: pl.Expr, first: int, tries: list[int], reason: str
) -> Iterator[tuple[int, str]]:
    """The rows that fail, numbered from ``first``; after too many tries, all rows of a part that fails."""
    if frame.height == 1 or tries[0] <= 0:
        yield from ((first + row, reason) for row in range(frame.height))
        return
    half = frame.height // 2
    for part, begin in ((frame[:half], first), (frame[half:], first + half)):
        tries[0] -= 1
        try:
            part.with_columns(expr.alias("\0result"))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            yield from _failures(part, expr, begin, tries, _in_short(error))


def _tokens(text: str) -> list[Token]:
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionError(f"an expression has at most {_MOST_CHARACTERS:,} characters; this one has {len(text):,}")
    tokens, at, depth = [], 0, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or text.startswith(("--", "/*"), at):
            raise ExpressionError(_stray(text, at))
        kind = str(found.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, found[0], at, found.end()))
        depth += (found[0] == "(") - (found[0] == ")")
        if depth > _MOST_BRACKETS:
            raise ExpressionError(f"there are more than {_MOST_BRACKETS} nested brackets")
        at = found.end()
    if len(tokens) > _MOST_TOKENS:
        raise ExpressionError(f"an expression has at most {_MOST_TOKENS} words and signs; this one has {len(tokens)}")
    return tokens


def _stray(text: str, at: int) -> str:
    if text[at] in "'\"":
        return f"a quote is not closed: {text[at : at + 20]}"
    sign = text[at : at + 2] if text.startswith(("--", "/*", "::"), at) else text[at]
    if sign == "::":
        return "a cast fails the whole batch on one bad value; write TRY_CAST(... AS ...)"
    return f"'{sign}' does not belong in an expression"


def _refuse_forbidden(tokens: list[Token]) -> None:
    """Refuses an expression with a word that is not allowed.

    Raises:
        ExpressionError: the first such word, and why.
    """
    casts = set(_cast_places(tokens).values())
    for at, token in enumerate(tokens):
        called = at + 1 < len(tokens) and tokens[at + 1].text == "("
        if token.kind == "quoted" and called:
            raise ExpressionError(f"{token.text} is a column, not a function")
        if token.word and (fault := _fault(token, tokens, at, called, casts)):
            raise ExpressionError(fault)
        if token.kind == "text" and at and tokens[at - 1].end == token.start and tokens[at - 1].kind == "word":
            raise ExpressionError(f"{tokens[at - 1].text}{token.text} is no text; leave out the {tokens[at - 1].text}")


def _fault(token: Token, tokens: list[Token], at: int, called: bool, casts: set[int]) -> str | None:
    """Why a word is not allowed; ``None`` if it is."""
    word, before = token.word, tokens[at - 1].word if at else ""
    if word in ("cast", "safe_cast", "convert") and called:
        return f"{token.text} fails the whole batch on one bad value; write TRY_CAST(... AS ...)"
    if word == "as":
        return None if at in casts else "AS belongs in TRY_CAST(... AS ...) alone"
    if at - 1 in casts:
        return None if word in TYPES else _cast_fault(token)
    if word == "from" and (before == "distinct" or _inside_function(tokens, at, ("extract", "trim", "substring"))):
        return None
    if word == "distinct" and before in ("is", "not"):
        return None
    if word in _MANY_ROWS and (called or word in ("over", "partition", "distinct", "having", "filter")):
        return f"{token.text} looks at other rows; an expression knows one row alone"
    if word in _CLOCK:
        return f"{token.text} is not known; the moment at which it is worked out is as_of"
    if word in _STATEMENTS and (called or word not in ("values", "table", "columns", "set", "first", "all")):
        return f"{token.text} does not belong in an expression: no statements, sub-queries or files"
    if called and word not in FUNCTIONS | _BEFORE_BRACKET:
        hint = nearest(word, FUNCTIONS, least=0.75) or f"; there are {', '.join(sorted(FUNCTIONS))}"
        return f"the function {token.text} is not known{hint}"
    if called and word == "regexp_like" and not _pattern_is_text(tokens, at + 1):
        return "the pattern of REGEXP_LIKE stands in quotes, REGEXP_LIKE(column, 'pattern')"
    return None


def _cast_fault(token: Token) -> str:
    if token.word in ("date", "time", "timestamp", "datetime"):
        return "times are read from text as they are; leave the TRY_CAST away"
    return f"TRY_CAST makes {', '.join(sorted(TYPES))}, not {token.text}{nearest(token.word, TYPES)}"


def _cast_places(tokens: list[Token]) -> dict[int, int]:
    """The position of AS in each TRY_CAST, by the position of the TRY_CAST.

    Raises:
        ExpressionError: there is a TRY_CAST without a type.
    """
    found = {}
    for at, token in enumerate(tokens):
        if token.word == "try_cast":
            end = _closing(tokens, at + 1)
            place = next((n for n in range(end - 1, at, -1) if tokens[n].word == "as"), None)
            if place is None or place != end - 2:
                raise ExpressionError("write a cast like TRY_CAST(column AS DOUBLE)")
            found[at] = place
    return found


def _closing(tokens: list[Token], opening: int) -> int:
    """The position of the closing bracket; the end if there is none."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text == "(") - (tokens[at].text == ")")
        if depth == 0:
            return at
    return len(tokens)


def _inside_function(tokens: list[Token], at: int, functions: tuple[str, ...]) -> bool:
    """Whether a position is directly within the brackets of one of these functions."""
    depth = 0
    for n in range(at - 1, 0, -1):
        depth += (tokens[n].text == ")") - (tokens[n].text == "(")
        if depth < 0:
            return tokens[n - 1].word in functions
    return False


def _pattern_is_text(tokens: list[Token], opening: int) -> bool:
    end = _closing(tokens, opening)
    return tokens[end - 1].kind == "text" and tokens[end - 2].text == ","


def _casts(text: str, tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """Each TRY_CAST of an expression as text, with the text that it converts."""
    for at, place in _cast_places(tokens).items():
        yield text[tokens[at].start : tokens[place + 2].end], text[tokens[at + 1].end : tokens[place].start]


def _parsed(text: str) -> pl.Expr:
    try:
        return pl.sql_expr(text)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise ExpressionError(_in_short(error)) from error


def _in_short(error: BaseException) -> str:
    """The first line of a polars message, without its advice for programmers."""
    said = str(error).strip().split("\n")[0].split(" (create native")[0].removesuffix(" as Expr")
    return said[:200] or type(error).__name__


def _any_value(dtype: pl.DataType) -> object:
    """A value of a type, to try an expression on."""
    if dtype.is_temporal():
        return None
    return 1.0 if dtype.is_numeric() else True if dtype == pl.Boolean else "x"
