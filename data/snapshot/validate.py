"""The rules for the rows of a snapshot. A row that breaks one is set aside, never corrected by guessing.

Each rule is a mask over whole columns. Tables are checked after those they refer to.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from data.tables.choices import choice_hint
from data.tables.columns import RawTable
from data.tables.convert import Notation, decimal_sign, explain_column, points_may_group, read_column
from data.tables.copies import find_copies
from data.tables.invisible import lookalikes, spelt_like
from data.tables.rejects import Fault, Wrongs, no_rejects, reject_lines, show
from data.tables.schemas import DTYPES, ROW, TABLES, ColumnSchema, TableSchema
from data.tables.skills import parse_requirement
from data.tables.times import calendar
from models import Code, Message, UnreadableError, did_you_mean

_EXAMPLES = 3
_LEAST_PERCENT = 10  # a share of less that is above 1 is hardly meant as a percentage
_LIKE = 0.75  # how like an id must be to be named as the one that was meant
_DAY = r"^\d{4}-\d\d-\d\d( 00:00:00)?$"  # as a spreadsheet's dates come, too
Hints = Mapping[str, Message | None]
_COMPARISONS = 20_000  # names compared to find the nearest, per column: a fraction of a second


@dataclass(frozen=True)
class Checked:
    """A table's good rows, a line for each of its other rows, warnings, and what its source held, copies once.

    ``aside`` are the other rows: their ids and times as they are read, null where they cannot be, all else as it
    is written. ``wrongs`` says what is wrong by the messages of ``rejects``, ``keys`` is the first key column of all
    rows, good or not.
    """

    good: pl.DataFrame
    aside: pl.DataFrame
    rejects: pl.DataFrame
    wrongs: Wrongs
    warnings: tuple[Message, ...]
    rows_read: int
    keys: pl.Series


def validate(
    tables: Mapping[str, RawTable],
    zone: str,
    calendars: Collection[str] | None = None,
    in_parts: Mapping[str, Callable[[Mapping[str, Checked]], Checked]] | None = None,
) -> dict[str, Checked]:
    """Checks every table; an optional table that is absent has no rows.

    ``zone`` is the time zone of times without an offset. ``calendars`` are the names that processes may give; without
    them, these are not looked at. ``in_parts`` checks tables of which not all rows are here, beside those before them.
    """
    checked: dict[str, Checked] = {}
    for name, table in TABLES.items():
        if in_parts and name in in_parts:
            checked[name] = in_parts[name](checked)
            continue
        raw = tables[name] if name in tables else RawTable(table, name, table.empty(), ())
        checked[name] = check_table(raw, zone, checked, calendars)
    return checked


def value_rejects(raw: RawTable, zone: str) -> tuple[pl.DataFrame, Wrongs]:
    """The rejects for values that are there but not right, where other tables and cells cannot be read."""
    notation = _notation(raw, zone)
    typed = _typed(raw, notation)
    faults = [*_value_faults(raw.table, raw.frame, typed, notation)]
    faults += _end_before_start(raw.table, raw.frame, typed)
    return reject_lines(raw.table, raw.frame, (fault for fault in faults if fault.rule != "required"))


def check_table(
    raw: RawTable, zone: str, others: Mapping[str, Checked], calendars: Collection[str] | None = None
) -> Checked:
    """Checks a table, or a part of one, beside those that it refers to."""
    table = raw.table
    notation = _notation(raw, zone)
    typed = _typed(raw, notation)
    if typed.is_empty():
        return Checked(typed, _aside(table, raw.frame, typed), no_rejects(), {}, raw.warnings, 0, typed[table.names[0]])
    copies, copied = find_copies(table, raw.frame, typed)
    if copied:
        raw, typed = replace(raw, frame=raw.frame.remove(copies)), typed.remove(copies)
    typed, respelt = _with_known_spellings(table, typed, others)
    faults = [
        *_value_faults(table, raw.frame, typed, notation),
        *_reference_faults(table, raw.frame, typed, others),
        *_key_faults(table, raw.frame, typed),
    ]
    faults += _end_before_start(table, raw.frame, typed)
    faults += _neither_here_nor_there(table, raw.frame, typed, others)
    if "calendar" in table.names and calendars is not None:
        faults += _unknown_calendars(raw.frame, typed, calendars)
    rejects, wrongs = reject_lines(table, raw.frame, faults)
    good, warnings = _drop_dangling(table, _without(typed, rejects), others)
    rejected = typed[ROW].is_in(rejects[ROW].implode())
    return Checked(
        aside=_aside(table, raw.frame.filter(rejected), typed.filter(rejected)),
        good=good.with_columns(_default(column) for column in table.columns if column.default is not None),
        rejects=rejects,
        wrongs=wrongs,
        warnings=(
            *raw.warnings,
            *copied,
            *respelt,
            *_lookalike_keys(table, typed),
            *_days(table, raw.frame, typed),
            *warnings,
        ),
        rows_read=typed.height,
        keys=typed[table.names[0]],
    )


def _without(typed: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    return typed.join(rejects, on=ROW, how="anti", maintain_order="left") if rejects.height else typed


def _aside(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
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
    table: TableSchema, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> tuple[pl.DataFrame, list[Message]]:
    """References that only look like a row's id are that id; and a warning for each such column."""
    warnings = []
    for column in table.columns:
        if column.table and (meant := spelt_like(typed[column.name], others[column.table].keys)):
            rows = typed.filter(pl.col(column.name).is_in(list(meant)))
            typed = typed.with_columns(pl.col(column.name).replace(meant))
            warnings.append(_rows_warning(Code.SPELT_ALIKE, table, column.name, rows, other=column.table))
    return typed, warnings


def _lookalike_keys(table: TableSchema, typed: pl.DataFrame) -> list[Message]:
    """A warning of ids that differ in invisible characters only, and stay different."""
    name = table.key[0] if len(table.key) == 1 else None
    rows = typed.filter(lookalikes(typed[name])) if name else typed.clear()
    return [] if rows.is_empty() or name is None else [_rows_warning(Code.KEYS_ALIKE, table, name, rows)]


def _days(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> list[Message]:
    """A warning of deadlines that are a day: they mean its first moment, and seldom is that meant."""
    warnings = []
    for name in (column.name for column in table.columns if column.deadline):
        values = raw[name]
        read = typed[name].is_not_null()
        if values.dtype == pl.Date:
            rows = raw.filter(read)
        elif values.dtype == pl.String:
            rows = raw.filter(read & values.str.contains(_DAY))
        else:
            continue
        if not rows.is_empty():
            shown = rows.with_columns(pl.col(name).cast(pl.String))
            warnings.append(_rows_warning(Code.DAY_ALONE, table, name, shown))
    return warnings


def _default(column: ColumnSchema) -> pl.Expr:
    return pl.col(column.name).fill_null(pl.lit(column.default, DTYPES[column.kind]))


def _value_faults(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame, notation: Notation) -> Iterator[Fault]:
    for column in table.columns:
        yield from _column_faults(column, raw[column.name], typed[column.name], notation)


def _column_faults(column: ColumnSchema, raw: pl.Series, typed: pl.Series, notation: Notation) -> Iterator[Fault]:
    name = column.name
    if column.required:
        missing = raw.is_null()
        yield Fault(name, "required", missing, [Message(Code.MISSING, column=name)] * int(missing.sum()))
    if not raw.count():
        return
    unreadable = raw.is_not_null() & typed.is_null()
    if unreadable.any():
        yield Fault(name, "type", unreadable, explain_column(raw.filter(unreadable), column, notation))
    if column.kind in ("number", "integer"):
        outside = _outside(typed, column)
        yield Fault(name, "range", outside, _out_of_range(column, raw.filter(outside), typed.filter(outside)))
    if column.kind == "time":
        first, last = calendar(notation.zone)
        beyond = (typed < first) | (typed > last)
        yield Fault(name, "range", beyond, _of_each(Code.YEAR_OUTSIDE, raw.filter(beyond)))
    if column.choices:
        yield _unknown_choice(column, raw, typed)
    if column.kind == "requirement":
        yield _unreadable_requirements(name, typed)


def _outside(typed: pl.Series, column: ColumnSchema) -> pl.Series:
    low, high = column.low, column.high
    assert low is not None
    assert high is not None
    return ((typed <= low) if column.above_low else (typed < low)) | (typed > high)


def _out_of_range(column: ColumnSchema, raw: pl.Series, typed: pl.Series) -> list[Message]:
    """What the values must be, and what to write instead of a share that looks like a percentage without its sign."""
    code = Code.NOT_ABOVE if column.above_low else Code.NOT_WITHIN
    told = _of_each(code, raw, low=f"{column.low:.15g}", high=f"{column.high:.15g}")
    if not column.percent or column.high != 1:
        return told
    return [
        message.then(Message(Code.PERCENT_MEANT, share=f"{value / 100:.6g}", percent=f"{value:.6g}"))
        if _LEAST_PERCENT <= value <= 100
        else message
        for message, value in zip(told, typed, strict=True)
    ]


def _unknown_choice(column: ColumnSchema, raw: pl.Series, typed: pl.Series) -> Fault:
    wrong = typed.is_not_null() & ~typed.is_in(column.choices)
    hints = {text: choice_hint(text, column.choices) for text in typed.filter(wrong).unique()}
    known = Message(Code.KNOWN_CHOICES, names=column.choices)
    told = _of_each(Code.UNKNOWN_CHOICE, raw.filter(wrong), hints)
    return Fault(column.name, column.choice_rule, wrong, [message.then(known) for message in told])


def _unreadable_requirements(name: str, typed: pl.Series) -> Fault:
    errors = {}
    for text in typed.drop_nulls().unique(maintain_order=True):
        try:
            parse_requirement(text)
        except UnreadableError as error:
            errors[text] = Message(Code.AT, where=name, message=error.message)
    unreadable = typed.is_in(list(errors))
    return Fault(name, "unreadable_skills", unreadable, [errors[text] for text in typed.filter(unreadable)])


def _drop_dangling(
    table: TableSchema, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> tuple[pl.DataFrame, list[Message]]:
    """The rows with null for references that dangle and may, and a warning for each such column."""
    warnings = []
    for column in table.columns:
        if column.table and column.may_dangle:
            values = typed[column.name]
            dangling = values.is_not_null() & ~_among(values, others[column.table].good[_key_of(column)])
            if dangling.any():
                rows = typed.filter(dangling)
                warnings.append(_rows_warning(Code.DANGLING, table, column.name, rows, other=column.table))
                typed = typed.with_columns(values.set(dangling, None))
    return typed, warnings


def _rows_warning(code: Code, table: TableSchema, name: str, rows: pl.DataFrame, **parts: str) -> Message:
    """That there are rows of which something is to be known: how many, and the first values of the column."""
    named = rows.unique(name, keep="first", maintain_order=True).head(_EXAMPLES)
    examples = [Message(Code.EXAMPLE, value=value, row=str(row)) for value, row in named.select(name, ROW).iter_rows()]
    return Message(code, table=table.name, column=name, n=rows.height, examples=examples, **parts)


def _reference_faults(
    table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> Iterator[Fault]:
    for column in table.columns:
        if column.table and not column.may_dangle:
            values, shown, other = typed[column.name], raw[column.name], others[column.table]
            there = _among(values, other.keys)
            unknown = values.is_not_null() & ~there
            hints = _nearest(values, unknown, other.keys)
            told = _of_each(Code.UNKNOWN_REFERENCE, shown.filter(unknown), hints, table=column.table)
            yield Fault(column.name, "unknown_reference", unknown, told)
            lost = there & ~_among(values, other.good[_key_of(column)])
            told = _of_each(Code.REJECTED_REFERENCE, shown.filter(lost), table=column.table)
            yield Fault(column.name, "cascade", lost, told)


def _key_faults(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> Iterator[Fault]:
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
        shown = raw.filter(shared).select(show(raw.filter(shared)[name]) for name in table.key)
        keys = shown.select(pl.concat_str(pl.all(), separator="|")).to_series()
        names = table.key[0] if len(table.key) == 1 else Message(Code.BOTH, one=table.key[0], other=table.key[1])
        told = zip(keys, rows["rows"], strict=True)
        messages = [Message(Code.SAME_KEY, column=names, value=key, rows=places) for key, places in told]
        yield Fault(table.key[-1], "unique", shared, messages, about=table.key[0])


def _end_before_start(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> list[Fault]:
    if table.period is None:
        return []
    start, end = table.period
    early = typed[end] <= typed[start]
    times = zip(*(show(raw.filter(early)[name]) for name in (end, start)), strict=True)
    messages = [
        Message(Code.END_BEFORE_START, end=end, until=until, start=start, since=since) for until, since in times
    ]
    return [Fault(end, "end_after_start", early, messages)]


def _neither_here_nor_there(
    table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame, others: Mapping[str, Checked]
) -> Iterator[Fault]:
    for name, reference in table.here_or_there:
        other, key = others[str(table.column(reference).table)].good, _key_of(table.column(reference))
        lacking = other.filter(pl.col(name).is_null())[key]
        broken = raw[name].is_null() & _among(typed[reference], lacking)
        named = show(raw.filter(broken)[reference])
        messages = [Message(Code.NO_DURATION, reference=reference, name=there, column=name) for there in named]
        yield Fault(name, "no_duration", broken, messages)


def _unknown_calendars(raw: pl.DataFrame, typed: pl.DataFrame, calendars: Collection[str]) -> list[Fault]:
    named = typed["calendar"]
    unknown = named.is_not_null() & ~named.is_in(list(calendars))
    hints = {name: did_you_mean(name, calendars) for name in named.filter(unknown).unique()}
    code = Code.UNKNOWN_CALENDAR if calendars else Code.NO_CALENDARS
    return [Fault("calendar", "unknown_reference", unknown, _of_each(code, raw.filter(unknown)["calendar"], hints))]


def _key_of(column: ColumnSchema) -> str:
    """The key column of the table that a column refers to."""
    assert column.table is not None
    return TABLES[column.table].names[0]


def _among(values: pl.Series, known: pl.Series) -> pl.Series:
    return values.is_in(known.drop_nulls().implode()).fill_null(False)


def _of_each(code: Code, raw: pl.Series, hints: Hints | None = None, **parts: str) -> list[Message]:
    """A message about each value of a column, with the hint for that value where there is one."""
    known = hints or {}
    return [Message(code, column=raw.name, value=value, **parts).then(known.get(value)) for value in show(raw)]


def _nearest(values: pl.Series, wrong: pl.Series, known: pl.Series) -> Hints:
    """Hints for the first wrong values; only as many as can be looked for in little time."""
    if not wrong.any():
        return {}
    names = known.drop_nulls().unique().sort().to_list()
    asked = values.filter(wrong).unique(maintain_order=True).head(_COMPARISONS // max(1, len(names)))
    return {value: did_you_mean(value, names, least=_LIKE) for value in asked}
