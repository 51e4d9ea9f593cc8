"""Headers matched to the columns of a table, whatever their spelling; everything else is passed through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import polars as pl

from data.tables.cells import Cells, Corner, Place
from data.tables.examples import example_rows
from data.tables.faults import SourceError
from data.tables.handwriting import read_handwriting
from data.tables.headers import column_names, columns_of, own_name, spelling, value_names
from data.tables.invisible import AROUND
from data.tables.schemas import ROW, TableSchema, loose
from models import Code, Message, Notice, SnapshotError, nearest

_NAMED = 3
_HEADER_SEARCH = 20  # rows looked at below the first for the real header


@dataclass(frozen=True)
class RawTable:
    """A table as its source has it: the contract's columns, ``row``, then the unknown ones.

    Columns that the source lacks are null. Text is stripped and never empty. ``decimal_comma``: a
    number's decimal sign may be a comma. ``cells`` tells a workbook's cells; ``places`` those rows
    that stand elsewhere. ``notices`` is what is to be said of the table beside any plan.
    """

    table: TableSchema
    origin: str
    frame: pl.DataFrame
    unknown: tuple[str, ...]
    decimal_comma: bool = False
    warnings: tuple[Message, ...] = ()
    cells: Cells | None = None
    places: Mapping[int, Place] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def from_grid(
    table: TableSchema, grid: pl.DataFrame, origin: str, *, decimal_comma: bool = False, corner: Corner | None = None
) -> RawTable:
    """The table in a grid of text whose first row that is not blank has the headers.

    ``corner`` is where the grid begins in a workbook's sheet; what people write into cells is read there.

    Raises:
        SnapshotError: there is no such row, or its headers do not fit the table.
    """
    cells = grid.with_columns(_clean(pl.all()))
    used = cells.select(_used()).to_series()
    if not used.any():
        raise SnapshotError(f"{origin} is empty; a line with the column names is needed")
    above = used.arg_max() or 0
    cells = cells.slice(above)
    headers = [header or "" for header in cells.row(0)]
    body = cells.slice(1)
    warnings = []
    for index, (name, header) in enumerate(zip(cells.columns, headers, strict=True), start=1):
        filled = body[name].count() if not header else 0
        if filled:
            warnings.append(Message(Code.NO_HEADER, place=origin, column=str(index), n=filled))
    named = [(name, header) for name, header in zip(cells.columns, headers, strict=True) if header]
    _require(table, [header for _, header in named], origin, _header_below(table, body), every=corner is not None)
    columns = [body[name] for name, _ in named]
    raw = _raw(table, columns, [header for _, header in named], origin, decimal_comma, warnings)
    raw = replace(raw, frame=_in_contract_words(table, raw.frame))
    if corner is not None:
        places = [number for number, header in enumerate(headers) if header]
        meant = columns_of(table, [headers[number] for number in places])
        at = {name: number for name, number in zip(meant, places, strict=True) if name}
        found = Cells(corner, above, at)
        raw = replace(raw, frame=read_handwriting(table, raw.frame), cells=found)
    return replace(raw, notices=_notices(raw))


def _in_contract_words(table: TableSchema, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the choices that stand there in another language as the contract has them."""
    chosen = [column for column in table.columns if column.choices or column.kind == "flag"]
    named = [column.name for column in chosen if frame[column.name].dtype == pl.String]
    for name in named:
        meant = value_names(name)
        texts = frame[name].drop_nulls().unique()
        known = {text: meant[spelling(text)] for text in texts if spelling(text) in meant}
        frame = frame.with_columns(frame[name].replace(known)) if known else frame
    return frame


def _notices(raw: RawTable) -> tuple[Notice, ...]:
    """That rows of the template's examples are still there."""
    rows = example_rows(raw.table, raw.frame)
    if not rows:
        return ()
    names = raw.frame.filter(pl.col(ROW).is_in(rows[:_NAMED]))[raw.table.names[0]]
    of = raw.frame.height
    example = Notice(
        code=Code.EXAMPLE_ROWS,
        count=len(rows),
        of=of,
        table=raw.table.name,
        place=raw.origin,
        names=tuple(names),
        rows=tuple(rows[:_NAMED]),
    )
    return (example,)


def from_frame(table: TableSchema, frame: pl.DataFrame, origin: str, before: int = 0) -> RawTable:
    """The table in a typed frame, whose rows come behind so many others.

    Raises:
        SnapshotError: its column names do not fit the table.
    """
    nameless = [name for name in frame.columns if not name.strip(AROUND)]
    places = [(frame.columns.index(name) + 1, frame[name].count()) for name in nameless]
    warnings = [Message(Code.NO_HEADER, place=origin, column=str(column), n=n) for column, n in places if n]
    frame = frame.drop(nameless)
    headers = [name.strip(AROUND) for name in frame.columns]
    _require(table, headers, origin, "")
    texts = _texts(table, frame)
    # by their places, as a name may look like a pattern
    cleaned = frame.select(
        _cleaned(pl.nth(n), dtype, name in texts) for n, (name, dtype) in enumerate(frame.schema.items())
    )
    return _raw(table, cleaned.get_columns(), headers, origin, False, warnings, before)


def _raw(
    table: TableSchema,
    columns: Sequence[pl.Series],
    headers: Sequence[str],
    origin: str,
    decimal_comma: bool,
    warnings: list[Message],
    before: int = 0,
) -> RawTable:
    names = _names(table, headers, origin)
    typos = [*_understood(table, headers, origin), *_possible_typos(table, names, origin)]
    frame = pl.DataFrame([column.alias(name) for column, name in zip(columns, names, strict=True)])
    unknown = tuple(name for name in names if name not in table.names)
    known = [pl.col(name) if name in names else pl.lit(None).alias(name) for name in table.names]
    numbered = frame.select(*known, (pl.int_range(2, pl.len() + 2, dtype=pl.Int64) + before).alias(ROW), *unknown)
    # in one piece: polars 2.1 panics over texts of which a piece is empty
    filled = numbered.filter(_used(exclude=ROW)).rechunk()
    return RawTable(table, origin, filled, unknown, decimal_comma, (*warnings, *typos))


def _names(table: TableSchema, headers: Sequence[str], origin: str) -> list[str]:
    """What each column is called: its contract name, or its own header made unique."""
    seen: dict[str, str] = {}
    names: list[str] = []
    for header, name in zip(headers, columns_of(table, headers), strict=True):
        if name is None:
            names.append(own_name(header, [*names, *table.names, ROW]))
            continue
        if name in seen:
            raise SnapshotError(
                f"{origin}: '{seen[name]}' and '{header}' are both the column '{name}'; keep one of them"
            )
        seen[name] = header
        names.append(name)
    return names


def _require(table: TableSchema, headers: Sequence[str], origin: str, advice: str, *, every: bool = False) -> None:
    """Refuses headers without the first required column, or with all that are missing where ``every`` one is told."""
    found = set(columns_of(table, headers))
    faults = []
    for name in table.required:
        if name not in found:
            hint = advice or nearest(name, [header for header in headers if header])
            columns = ", ".join(f"'{header}'" for header in headers) or "none"
            faults.append(f"{origin}: the required column '{name}' is missing{hint} (columns found: {columns})")
    if faults:
        raise SourceError(faults if every else faults[:1])


def _header_below(table: TableSchema, body: pl.DataFrame) -> str:
    """Advice when a row further down looks more like the header than the first one."""
    known = column_names(table)
    for index, cells in enumerate(body.head(_HEADER_SEARCH).iter_rows(), start=2):
        if set(table.required) <= {known.get(spelling(cell)) for cell in cells if cell}:
            return f"; row {index} looks like the header: delete the rows above it"
    return ""


def _possible_typos(table: TableSchema, names: Sequence[str], origin: str) -> list[Message]:
    absent = {loose(name): name for name in table.names if name not in names}
    close = {name: get_close_matches(loose(name), absent, n=1, cutoff=0.8) for name in names if name not in table.names}
    return [
        Message(Code.UNKNOWN_COLUMN, place=origin, name=name).then(Message(Code.NEAREST, name=absent[match[0]]))
        for name, match in close.items()
        if match
    ]


def _understood(table: TableSchema, headers: Sequence[str], origin: str) -> list[Message]:
    """Warnings of columns in another language, in a table that else has the contract's names."""
    own = {loose(name) for name in table.names}
    if not {loose(name) for name in table.required} <= {loose(header) for header in headers}:
        return []
    return [
        Message(Code.READ_AS, place=origin, name=header, column=name)
        for header, name in zip(headers, columns_of(table, headers), strict=True)
        if name is not None and loose(header) not in own
    ]


def _texts(table: TableSchema, frame: pl.DataFrame) -> list[str]:
    """The columns of text; of those with a fixed set of words only the contract's: others are passed as they are."""
    known, words = column_names(table), (pl.Categorical, pl.Enum)
    return [
        name
        for name, dtype in frame.schema.items()
        if dtype == pl.String or (dtype in words and spelling(name) in known)
    ]


def _cleaned(value: pl.Expr, dtype: pl.DataType, text: bool) -> pl.Expr:
    return _clean(value.cast(pl.String)) if text else _printable(value, dtype)


def _printable(times: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Times moved to within the 250,000 years that polars 2.1 can print; it panics over later ones."""
    if dtype == pl.Date:
        return times.to_physical().clip(-90_000_000, 90_000_000).cast(dtype)
    if isinstance(dtype, pl.Datetime) and dtype.time_unit == "ms":
        return times.to_physical().clip(-8 * 10**15, 8 * 10**15).cast(dtype)
    return times


def _clean(text: pl.Expr) -> pl.Expr:
    """Text without space and invisible characters around it; nothing where that leaves nothing."""
    stripped = text.str.strip_chars(AROUND)
    return pl.when(stripped != "").then(stripped)


def _used(exclude: str = "") -> pl.Expr:
    """Whether a row has any value."""
    return pl.any_horizontal(pl.all().exclude(exclude).is_not_null())
