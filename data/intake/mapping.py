"""Maps the columns of a source to ours: by a preset of names, and by expressions over the source's columns."""

import json
from collections import abc
from dataclasses import dataclass, field

import polars as pl

from data.intake.expressions import Expression, ExpressionError, evaluate, read_expression
from data.intake.presets import PRESETS, Preset
from data.tables.schemas import TABLES, loose
from models import AllotError, nearest

OWN = ("operation", "task_id", "capture_id", "key", "version", "at", "agent_id", "status")
"""The columns of an operation that are not columns of tasks."""

TARGETS = tuple(dict.fromkeys((*OWN, *TABLES["tasks"].names)))
"""The columns that a mapping can produce."""

_ROW = "\0row"
_SHOWN = 40  # characters of a value that cannot be mapped


class MappingError(AllotError):
    """A source lacks columns that its mapping uses."""


@dataclass(frozen=True)
class Mapped:
    """The rows of a source in our columns, all text; ``faults`` has the reason for each row that cannot be mapped.

    Columns that the mapping does not use are passed through.
    """

    frame: pl.DataFrame
    faults: pl.Series


@dataclass(frozen=True)
class Mapping:
    """How the columns of a source are mapped to ours. An empty mapping changes nothing."""

    columns: abc.Mapping[str, Expression] = field(default_factory=dict)
    preset: Preset | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The source's columns that the expressions use."""
        return tuple(dict.fromkeys(name for expression in self.columns.values() for name in expression.names))

    def apply(self, frame: pl.DataFrame, origin: str, *, optional: bool = False) -> Mapped:
        """Maps the rows of a frame, in their order; a row that cannot be mapped gets a fault and affects no other row.

        With ``optional``, a missing column counts as empty, as in JSON and XML, where rows leave out columns.

        Raises:
            MappingError: columns are missing; the message names all of them, each with the most similar column.
        """
        theirs = pl.DataFrame([_as_text(column) for column in frame.get_columns()])
        seen = self._under_their_names(theirs, origin, optional=optional)
        ours = theirs if self.preset is None else _renamed(theirs, self.preset)
        results = {name: _worked_out(seen, name, expression) for name, expression in self.columns.items()}
        ours = ours.with_columns(values.alias(name) for name, (values, _) in results.items())
        faults = pl.Series("fault", [None] * frame.height, dtype=pl.String)
        for _, wrong in results.values():
            faults = faults.fill_null(wrong)
        return Mapped(ours if self.preset is None else _in_our_words(ours, self.preset), faults)

    def _under_their_names(self, frame: pl.DataFrame, origin: str, *, optional: bool) -> pl.DataFrame:
        """The columns under the names in the expressions; case, spaces, ``_``, ``-`` and ``/`` may differ."""
        alike = {loose(column): column for column in reversed(frame.columns)}
        found = {name: name if name in frame.columns else alike.get(loose(name)) for name in self.names}
        missing = [name for name, column in found.items() if column is None]
        if missing and not optional:
            told = ", ".join(f"'{name}'{nearest(name, frame.columns)}" for name in missing)
            raise MappingError(f"{origin} lacks columns that its map names: {told}; it has {', '.join(frame.columns)}")
        none = pl.lit(None, pl.String)
        columns = ((none if column is None else frame[column]).alias(name) for name, column in found.items())
        return frame.select(pl.int_range(frame.height).alias(_ROW), *columns)


def read_mapping(table: abc.Mapping[str, object], preset: str | None = None) -> tuple[Mapping, list[str]]:
    """Reads the keys ``map`` and ``preset`` of a source; returns the mapping and all faults."""
    faults: list[str] = []
    columns: dict[str, Expression] = {}
    if preset is not None and preset not in PRESETS:
        faults.append(f"'preset': '{preset}' is not known{nearest(preset, PRESETS)}; there is {', '.join(PRESETS)}")
    for name, text in table.items():
        if name not in TARGETS:
            faults.append(f"unknown key 'map.{name}'{nearest(name, TARGETS)}; not a column of tasks or operations")
        try:
            columns[name] = expression = read_expression(text)
            expression.type_in(dict.fromkeys(expression.names, pl.String()))
        except ExpressionError as error:
            faults.append(f"'map.{name}': {error}{_advice(str(error))}")
    return Mapping(columns, PRESETS.get(preset or "")), faults


def _advice(error: str) -> str:
    mixed = "arithmetic" in error or "compare" in error or "type" in error
    return "; a source's columns are text: write TRY_CAST(column AS DOUBLE) for its number" if mixed else ""


def _as_text(column: pl.Series) -> pl.Series:
    """The values as text; empty text is missing."""
    if column.dtype.is_temporal() and column.dtype != pl.Duration:
        return column.dt.to_string("iso:strict")
    if column.dtype.is_nested() or column.dtype == pl.Object:
        texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column]
        return pl.Series(column.name, texts, dtype=pl.String)
    text = column.cast(pl.String, strict=False)
    return text.set(text.str.strip_chars() == "", None)


def _worked_out(seen: pl.DataFrame, name: str, expression: Expression) -> tuple[pl.Series, pl.Series]:
    """The result of an expression for each row as text, and the reason for each row on which it fails."""
    values, failed = evaluate(seen, expression.expr)
    reasons = pl.Series("reason", [None] * seen.height, dtype=pl.String)
    if failed:
        reasons = reasons.scatter(list(failed), list(failed.values()))
    if expression.fails:
        casts = seen.select(pl.any_horizontal(expression.fails)).to_series()
        reasons = reasons.set(casts & values.is_null() & reasons.is_null(), "a value cannot be cast")
    if not reasons.count():
        return _as_text(values), reasons
    shown = [pl.format("{} '{}'", pl.lit(n), pl.col(n).fill_null("").str.head(_SHOWN)) for n in expression.names]
    where = pl.concat_str(shown, separator=", ") if shown else pl.lit("nothing")
    said = pl.format("map.{}: {} from {}", pl.lit(name), pl.lit(reasons), where)
    return _as_text(values), seen.select(said).to_series()


def _renamed(theirs: pl.DataFrame, preset: Preset) -> pl.DataFrame:
    """The columns under our names; others keep theirs, without a prefix if that is unambiguous.

    Of several names for a column of ours, the first there is gives its name up; the others fill its gaps, and stay.
    """
    bare = {column: preset.bare(column) for column in theirs.columns}
    by_name: dict[str, list[str]] = {}
    for column in sorted(theirs.columns, key=lambda column: bare[column] != column):
        by_name.setdefault(loose(bare[column]), []).append(column)
    ours: dict[str, list[str]] = {}
    for name, called in preset.columns.items():
        found = [column for one in (name, *called) for column in by_name.get(loose(one), ())]
        if found:
            ours[name] = list(dict.fromkeys(found))
    used = {c for columns in ours.values() for c in columns if loose(bare[c]) == loose(bare[columns[0]])}
    rest = [column for column in theirs.columns if column not in used]
    names = [bare[column] for column in rest]
    clear = [name not in ours and names.count(name) == 1 for name in names]
    others = [theirs[c].alias(name if ok else c) for c, name, ok in zip(rest, names, clear, strict=True)]
    return theirs.select(*(pl.coalesce(columns).alias(name) for name, columns in ours.items()), *others)


def _in_our_words(frame: pl.DataFrame, preset: Preset) -> pl.DataFrame:
    """Statuses and operations in our words; unknown words stay as they are."""
    for name, words in (("status", preset.statuses), ("operation", preset.operations)):
        if name in frame.columns:
            known = {word: words[loose(word)] for word in frame[name].drop_nulls().unique() if loose(word) in words}
            frame = frame.with_columns(pl.col(name).replace(known)) if known else frame
    return frame
