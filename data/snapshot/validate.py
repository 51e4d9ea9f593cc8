"""The rules for the rows of a snapshot. A row that breaks one is set aside, never corrected by guessing.

Each rule is a mask over whole columns. Tables are checked after those they refer to.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from data.tables.choices import choice_hint
from data.tables.columns import RawTable
from data.tables.convert import Notation, decimal_sign, explain_column, points_may_group, read_column
from data.tables.copies import find_copies
from data.tables.invisible import lookalikes, spelt_like
from data.tables.rejects import Fault, reject_lines, show
from data.tables.schemas import DTYPES, ROW, TABLES, Column, Table
from data.tables.skills import parse_requirement
from data.tables.times import calendar
from models import nearest

_EXAMPLES = 3
_LEAST_PERCENT = 10  # a share of less that is above 1 is hardly meant as a percentage
_LIKE = 0.75  # how like an id must be to be named as the one that was meant
_DAY = r"^\d{4}-\d\d-\d\d( 00:00:00)?$"  # as a spreadsheet's dates come, too
_COMPARISONS = 20_000  # names compared to find the nearest, per column: a fraction of a second


@dataclass(frozen=True)
class Checked:
    """A table's good rows, a line for each of its other rows, warnings, and what its source held, copies once.

    ``aside`` are the other rows: their ids and times as they are read, null where they cannot be, all else as it
    is written. ``keys`` is the first key column of all rows, good or not.
    """

    good: pl.DataFrame
    aside: pl.DataFrame
    rejects: pl.DataFrame
    warnings: tuple[str, ...]
    rows_read: int
    keys: pl.Series


def validate(tables: Mapping[str, RawTable], zone: str, calendars: Collection[str] | None = None) -> dict[str, Checked]:
    """Checks every table; an optional table that is absent has no rows.

    ``zone`` is the time zone of times without an offset. ``calendars`` are the names that processes may give; without
    them, these are not looked at.
    """
    checked: dict[str, Checked] = {}
    for name, table in TABLES.items():
        raw = tables[name] if name in tables else RawTable(table, name, table.empty(), ())
        checked[name] = _check(raw, zone, checked, calendars)
    return checked


def value_rejects(raw: RawTable, zone: str) -> pl.DataFrame:
    """The rejects for bad values, in a snapshot of which other tables or cells cannot be read."""
    notation = _notation(raw, zone)
    typed = _typed(raw, notation)
    faults = [*_value_faults(raw.table, raw.frame, typed, notation)]
    faults += _end_before_start(raw.table, typed)
    return reject_lines(raw.table, raw.frame, (fault for fault in faults if fault.rule != "required"))


def _check(raw: RawTable, zone: str, others: Mapping[str, Checked], calendars: Collection[str] | None) -> Checked:
    table = raw.table
    notation = _notation(raw, zone)
    typed = _typed(raw, notation)
    copies, copied = find_copies(table, raw.frame, typed)
    if copied:
        raw, typed = replace(raw, frame=raw.frame.remove(copies)), typed.remove(copies)
    typed, respelt = _with_known_spellings(table, typed, others)
    faults = [
        *_value_faults(table, raw.frame, typed, notation),
        *_reference_faults(table, typed, others),
        *_key_faults(table, typed),
    ]
    faults += _end_before_start(table, typed)
    faults += _neither_here_nor_there(table, raw.frame, typed, others)
    if "calendar" in table.names and calendars is not None:
        faults += _unknown_calendars(typed, calendars)
    rejects = reject_lines(table, raw.frame, faults)
    good, warnings = _drop_dangling(table, _without(typed, rejects), others)
    return Checked(
        aside=_aside(table, raw.frame, typed, rejects),
        good=good.with_columns(_default(column) for column in table.columns if column.default is not None),
        rejects=rejects,
        warnings=(
            *raw.warnings,
            *copied,
            *respelt,
            *_lookalike_keys(table, typed),
            *_days(table, raw.frame),
            *warnings,
        ),
        rows_read=typed.height,
        keys=typed[table.names[0]],
    )


def _without(typed: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    return typed.join(rejects, on=ROW, how="anti", maintain_order="left") if rejects.height else typed


def _aside(table: Table, raw: pl.DataFrame, typed: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    rows = typed[ROW].is_in(rejects[ROW].implode())
    raw, typed = raw.filter(rows), typed.filter(rows)
    read = [c.name for c in table.columns if c.kind == "time" or c.required]
    return raw.select(ROW, *(typed[name] if name in read else show(raw[name]) for name in table.names))


def _notation(raw: RawTable, zone: str) -> Notation:
    if not raw.decimal_comma:
        return Notation(zone)
    names = [c.name for c in raw.table.columns if c.kind in ("number", "integer")]
    numbers = raw.frame.select(names).get_columns()
    sign = decimal_sign(numbers)
    return Notation(zone, sign, grouped=sign == "." and points_may_group(numbers))


def _typed(raw: RawTable, notation: Notation) -> pl.DataFrame:
    """All columns of the table, null where missing or unreadable, then the row and the unknown columns."""
    frame = raw.frame
    columns = [read_column(frame[column.name], column, notation) for column in raw.table.columns]
    return pl.DataFrame([*columns, frame[ROW], *frame.select(raw.unknown).get_columns()])


def _with_known_spellings(
    table: Table, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> tuple[pl.DataFrame, list[str]]:
    """References that only look like a row's id are that id; and a warning for each such column."""
    warnings = []
    for column in table.columns:
        if column.table and (meant := spelt_like(typed[column.name], others[column.table].keys)):
            rows = typed.filter(pl.col(column.name).is_in(list(meant)))
            typed = typed.with_columns(pl.col(column.name).replace(meant))
            what = f"whose {column.name} differs from {column.table} in invisible characters only, taken as the same"
            warnings.append(_rows_warning(table, column.name, rows, what))
    return typed, warnings


def _lookalike_keys(table: Table, typed: pl.DataFrame) -> list[str]:
    """A warning of ids that differ in invisible characters only, and stay different."""
    name = table.key[0] if len(table.key) == 1 else None
    rows = typed.filter(lookalikes(typed[name])) if name else typed.clear()
    what = f"whose {name} differs from another row's in invisible characters only, taken as different"
    return [] if rows.is_empty() or name is None else [_rows_warning(table, name, rows, what)]


def _days(table: Table, raw: pl.DataFrame) -> list[str]:
    """A warning of deadlines that are a day: they mean its first moment, and seldom is that meant."""
    warnings = []
    for name in (column.name for column in table.columns if column.deadline):
        values = raw[name]
        if values.dtype == pl.Date:
            rows = raw.filter(values.is_not_null())
        elif values.dtype == pl.String:
            rows = raw.filter(values.str.contains(_DAY).fill_null(False))
        else:
            continue
        if not rows.is_empty():
            what = f"whose {name} is a day without a time, which means its first moment (00:00)"
            warnings.append(_rows_warning(table, name, rows.with_columns(pl.col(name).cast(pl.String)), what))
    return warnings


def _default(column: Column) -> pl.Expr:
    return pl.col(column.name).fill_null(pl.lit(column.default, DTYPES[column.kind]))


def _value_faults(table: Table, raw: pl.DataFrame, typed: pl.DataFrame, notation: Notation) -> Iterator[Fault]:
    for column in table.columns:
        yield from _column_faults(column, raw[column.name], typed[column.name], notation)


def _column_faults(column: Column, raw: pl.Series, typed: pl.Series, notation: Notation) -> Iterator[Fault]:
    name = column.name
    if column.required:
        yield Fault(name, "required", raw.is_null(), pl.lit(f"{name} is missing"))
    unreadable = raw.is_not_null() & typed.is_null()
    if unreadable.any():
        yield Fault(name, "type", unreadable, explain_column(raw.filter(unreadable), column, notation))
    if column.kind in ("number", "integer"):
        outside = _outside(typed, column)
        hints = _percent_hints(column, raw.filter(outside), typed.filter(outside))
        yield Fault(name, "range", outside, _say(name, f"must be {column.range_text}", hints))
    if column.kind == "time":
        first, last = calendar(notation.zone)
        beyond = (typed < first) | (typed > last)
        yield Fault(name, "range", beyond, _say(name, "lies outside the years 1900 to 9999 (in UTC)"))
    if column.choices:
        yield _unknown_choice(column, typed)
    if column.kind == "requirement":
        yield _unreadable_requirements(name, typed)


def _outside(typed: pl.Series, column: Column) -> pl.Series:
    low, high = column.low, column.high
    assert low is not None
    assert high is not None
    return ((typed <= low) if column.above_low else (typed < low)) | (typed > high)


def _percent_hints(column: Column, raw: pl.Series, typed: pl.Series) -> dict[str, str]:
    """What to write instead of a share that looks like a percentage without its sign."""
    if not column.percent or column.high != 1:
        return {}
    likely = zip(show(raw), typed, strict=True)
    return {
        text: f"; write {value / 100:.6g} or {value:.6g} %" for text, value in likely if _LEAST_PERCENT <= value <= 100
    }


def _unknown_choice(column: Column, typed: pl.Series) -> Fault:
    wrong = typed.is_not_null() & ~typed.is_in(column.choices)
    hints = {text: choice_hint(text, column.choices) for text in typed.filter(wrong).unique()}
    known = f"; known are {', '.join(column.choices)}"
    return Fault(column.name, column.choice_rule, wrong, _say(column.name, "is unknown", hints) + pl.lit(known))


def _unreadable_requirements(name: str, typed: pl.Series) -> Fault:
    errors = {}
    for text in typed.drop_nulls().unique(maintain_order=True):
        try:
            parse_requirement(text)
        except ValueError as error:
            errors[text] = f"{name}: {error}"
    message = pl.col(name).replace_strict(errors, default=None, return_dtype=pl.String)
    return Fault(name, "unreadable_skills", typed.is_in(list(errors)), message)


def _drop_dangling(table: Table, typed: pl.DataFrame, others: Mapping[str, Checked]) -> tuple[pl.DataFrame, list[str]]:
    """The rows with null for references that dangle and may, and a warning for each such column."""
    warnings = []
    for column in table.columns:
        if column.table and column.may_dangle:
            values = typed[column.name]
            dangling = values.is_not_null() & ~_among(values, others[column.table].good[_key_of(column)])
            if dangling.any():
                what = f"whose {column.name} is not in {column.table}, taken as missing"
                warnings.append(_rows_warning(table, column.name, typed.filter(dangling), what))
                typed = typed.with_columns(values.set(dangling, None))
    return typed, warnings


def _rows_warning(table: Table, name: str, rows: pl.DataFrame, what: str) -> str:
    """That there are rows of which something is to be known: how many, and the first values of the column."""
    named = rows.unique(name, keep="first", maintain_order=True).head(_EXAMPLES)
    examples = [f"'{value}' (row {row})" for value, row in named.select(name, ROW).iter_rows()]
    return f"{table.name}: rows {what}: {rows.height:,}, such as {', '.join(examples)}"


def _reference_faults(table: Table, typed: pl.DataFrame, others: Mapping[str, Checked]) -> Iterator[Fault]:
    for column in table.columns:
        if column.table and not column.may_dangle:
            values, other = typed[column.name], others[column.table]
            there = _among(values, other.keys)
            unknown = values.is_not_null() & ~there
            hints = _nearest(values, unknown, other.keys)
            yield Fault(
                column.name,
                "unknown_reference",
                unknown,
                _say(column.name, f"is not in {column.table}", hints),
            )
            good = _among(values, other.good[_key_of(column)])
            lost = f"has a row in {column.table} that was rejected itself"
            yield Fault(column.name, "cascade", there & ~good, _say(column.name, lost))


def _key_faults(table: Table, typed: pl.DataFrame) -> Iterator[Fault]:
    """unique: every row that shares its key"""
    if not table.key:
        return
    whole = ~typed.select(pl.any_horizontal(pl.col(table.key).is_null())).to_series()
    shared = typed.select(table.key).is_duplicated() & whole
    if shared.any():
        same = typed.filter(shared).select(*table.key, ROW)
        first = pl.col(ROW).head(_EXAMPLES).cast(pl.String).str.join(", ")
        more = pl.when(pl.len() > _EXAMPLES).then(pl.lit(", ...")).otherwise(pl.lit(""))
        rows = same.join(same.group_by(table.key).agg(rows=first + more), on=table.key, maintain_order="left")
        key = pl.concat_str(pl.col(table.key), separator="|")
        names = pl.lit(" and ".join(table.key))
        message = pl.format("{} '{}' is on rows {}; keep one of them", names, key, pl.lit(rows["rows"]))
        yield Fault(table.key[-1], "unique", shared, message)


def _end_before_start(table: Table, typed: pl.DataFrame) -> list[Fault]:
    if table.period is None:
        return []
    start, end = table.period
    advice = "; if the shift ends the next day, write the next day's date"
    message = pl.format("{} {} is not after {} {}{}", pl.lit(end), end, pl.lit(start), start, pl.lit(advice))
    return [Fault(end, "end_after_start", typed[end] <= typed[start], message)]


def _neither_here_nor_there(
    table: Table, raw: pl.DataFrame, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> Iterator[Fault]:
    for name, reference in table.here_or_there:
        other, key = others[str(table.column(reference).table)].good, _key_of(table.column(reference))
        lacking = other.filter(pl.col(name).is_null())[key]
        broken = raw[name].is_null() & _among(typed[reference], lacking)
        message = pl.format(f"neither the task nor its {reference} '{{}}' has {name}", reference)
        yield Fault(name, "no_duration", broken, message)


def _unknown_calendars(typed: pl.DataFrame, calendars: Collection[str]) -> list[Fault]:
    named = typed["calendar"]
    unknown = named.is_not_null() & ~named.is_in(list(calendars))
    hints = {name: nearest(name, calendars) for name in named.filter(unknown).unique()}
    what = "is no calendar of the policy" + ("" if calendars else ", which has none")
    return [Fault("calendar", "unknown_reference", unknown, _say("calendar", what, hints))]


def _key_of(column: Column) -> str:
    """The key column of the table that a column refers to."""
    assert column.table is not None
    return TABLES[column.table].names[0]


def _among(values: pl.Series, known: pl.Series) -> pl.Series:
    return values.is_in(known.drop_nulls().implode()).fill_null(False)


def _say(name: str, what: str, hints: Mapping[str, str] | None = None) -> pl.Expr:
    """``name 'value' what``, with the hint for that value where there is one."""
    said = pl.format("{} '{}' {}", pl.lit(name), pl.col(name), pl.lit(what))
    if not hints:
        return said
    return said + pl.col(name).replace_strict(hints, default="", return_dtype=pl.String)


def _nearest(values: pl.Series, wrong: pl.Series, known: Sequence[str] | pl.Series) -> dict[str, str]:
    """Hints for the first wrong values; only as many as can be looked for in little time."""
    if not wrong.any():
        return {}
    names = list(known) if not isinstance(known, pl.Series) else known.drop_nulls().unique().sort().to_list()
    asked = values.filter(wrong).unique(maintain_order=True).head(_COMPARISONS // max(1, len(names)))
    return {value: nearest(value, names, least=_LIKE) for value in asked}
