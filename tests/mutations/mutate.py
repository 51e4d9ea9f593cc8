"""Ways to spoil a snapshot: its cells, rows, columns and types, its bytes, its encodings and its files."""

import io
import zipfile
from collections.abc import Callable
from random import Random

import polars as pl

from tests.mutations.snapshots import SETTINGS, WORKBOOK, Files, files_of, tables

Rows = dict[str, list[dict[str, object]]]

CELLS: tuple[object, ...] = (
    "", " ", "?", "x", "nein", "FALSE", "t", "0", "1", "-1", "0,5", "1.500", "1e400", "nan", "inf", "90 %", "007",
    "\u00a0A1", "A1\u200b", "a1", "=1+1", "#N/A", "\x00", "\x1b[31m", "é" * 300, "2026-02-30", "2026-03-29T02:30",
    "2026-03-02T24:00", "2026-03-02", "9999-12-31T23:59:59", "1899-12-31", "0001-01-01T00:00", "08:00", "45352.5",
    "a>=2;b", "a>=x", ";", "claims, phone", "claims|", "<b>", "'; drop table tasks; --", "../../etc", "A1|T1",
    "in_progress", "Break", "reserved", "Held", "Resolved", 0, -1, 1e-9, 1e18, 2**63 - 1, 0.1, None,
)  # fmt: skip
"""What cells are changed to: values people and systems write, and some that nobody should."""

DTYPES: tuple[pl.DataType, ...] = (
    pl.Int8(), pl.Int64(), pl.UInt64(), pl.Float32(), pl.Float64(), pl.Boolean(), pl.String(), pl.Binary(), pl.Date(),
    pl.Time(), pl.Datetime("ms"), pl.Datetime("ns", "America/New_York"), pl.Duration("us"), pl.Categorical(),
    pl.Decimal(20, 3), pl.Null(), pl.List(pl.String()), pl.Struct({"a": pl.String()}),
)  # fmt: skip

_ENCODINGS = ("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-32", "cp037")


def mutated(seed: int, number: int) -> tuple[str, Files]:
    """What was done to the snapshot, in words, and its files; the same seed and number give the same."""
    random = Random(f"{seed}/{number}")
    form = random.choice(("csv", "parquet", "xlsx", "csv", "parquet"))
    rows, said = tables(), [form]
    said += [random.choice(_OF_ROWS)(rows, random) for _ in range(random.choice((0, 1, 1, 2, 4)))]
    files = files_of(rows, form)
    if random.random() < 0.6 or len(said) == 1:
        own = {"csv": _OF_CSV, "parquet": _OF_PARQUET, "xlsx": _OF_WORKBOOK}[form]
        said.append(random.choice((*own, *_OF_FILES))(files, random))
    return ", ".join(said), files


def _cell(rows: Rows, random: Random) -> str:
    table = random.choice(list(rows))
    if not rows[table]:
        return "nothing"
    row = random.choice(rows[table])
    column, value = random.choice(list(row)), random.choice(CELLS)
    row[column] = value
    return f"{table}.{column} of a row = {value!r:.40}"


def _column(rows: Rows, random: Random) -> str:
    """One column changed in every row."""
    table = random.choice(list(rows))
    if not rows[table]:
        return "nothing"
    column, how = random.choice(list(rows[table][0])), random.randrange(6)
    other, value = random.choice(("X", column.upper(), column + " ", "agent_id", "", "value")), random.choice(CELLS)
    for row in rows[table]:
        if how == 0:
            row.pop(column, None)
        elif how == 1 and column in row:
            row[other] = row.pop(column)
        elif how == 2:
            row[column] = value
        elif how == 3 and isinstance(row.get(column), str):
            row[column] = f"  {row[column]}\t"
        elif how == 4:
            row[other] = row.get(column)
        elif how == 5 and isinstance(row.get(column), int | float):
            row[column] = str(row[column]).replace(".", ",")
    done = ("dropped", f"named {other!r}", f"all {value!r:.30}", "padded", "twice", "with commas")
    return f"{table}.{column}: column {done[how]}"


def _row(rows: Rows, random: Random) -> str:
    table = random.choice(list(rows))
    some, how = rows[table], random.randrange(6)
    if not some:
        return "nothing"
    row = random.choice(some)
    if how == 0:
        some.remove(row)
    elif how == 1:
        some.append(dict(row))
    elif how == 2:
        some.append({**row, random.choice(list(row)): random.choice(CELLS)})
    elif how == 3:
        random.shuffle(some)
    elif how == 4:
        some.append({next(iter(row)): "Total"})
    else:
        some.clear()
    return f"{table}: row {('dropped', 'copied', 'almost copied', 'order', 'total', 'all dropped')[how]}"


def _any_name(files: Files, random: Random) -> str:
    return random.choice(list(files))


def _bytes(files: Files, random: Random) -> str:
    name = _any_name(files, random)
    content, how = bytearray(files[name]), random.randrange(5)
    if not content:
        return "nothing"
    at = random.randrange(len(content))
    if how == 0:
        for _ in range(random.randint(1, 20)):
            content[random.randrange(len(content))] = random.randrange(256)
    elif how == 1:
        del content[at:]
    elif how == 2:
        del content[at : at + random.randint(1, 50)]
    elif how == 3:
        content[at:at] = content[at : at + random.randint(1, 200)]
    else:
        content[at:at] = random.randbytes(random.randint(1, 10))
    files[name] = bytes(content)
    return f"{name}: bytes {('changed', 'cut off', 'left out', 'repeated', 'put in')[how]} at {at}"


def _file(files: Files, random: Random) -> str:
    name, how = _any_name(files, random), random.randrange(4)
    other = _any_name(files, random)
    if how == 0:
        del files[name]
    elif how == 1:
        files[name] = b""
    elif how == 2:
        files[name], files[other] = files[other], files[name]
    else:
        files[f"{name}.bak"] = files[name]
    return f"{name}: file {('deleted', 'emptied', f'exchanged with {other}', 'twice')[how]}"


def _encoding(files: Files, random: Random) -> str:
    name, encoding = _any_name(files, random), random.choice(_ENCODINGS)
    files[name] = files[name].decode().encode(encoding, errors="replace")
    return f"{name} in {encoding}"


def _text(files: Files, random: Random) -> str:
    """Other separators, line ends, blanks and footers."""
    name, how = _any_name(files, random), random.randrange(8)
    text = files[name].decode()
    changed = (
        text.replace(",", ";"),
        text.replace(",", "\t"),
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        f"sep=,\n{text}",
        f"{text}\x1a",
        f"{text}Records: 12\n",
        text.replace(",", '","', 1),
    )
    files[name] = changed[how].encode()
    return f"{name}: {('semicolons', 'tabs', 'CRLF', 'CR', 'sep=', 'Ctrl-Z', 'footer', 'quotes')[how]}"


def _settings(files: Files, random: Random) -> str:
    settings: dict[str, object] = dict(SETTINGS)
    key, value = (
        random.choice((*SETTINGS, "horizon_end", "x")),
        random.choice((*CELLS, "0m", "-5d", "5 d", "UTC", "99999d")),
    )
    settings[key] = value
    lines = (
        f"{name} = {value!r}" if isinstance(value, str) else f"{name} = {value}" for name, value in settings.items()
    )
    files["snapshot.toml"] = "\n".join(lines).encode(errors="replace")
    return f"snapshot.toml: {key} = {value!r:.40}"


def _types(files: Files, random: Random) -> str:
    name = random.choice([name for name in files if name.endswith(".parquet")])
    frame = pl.read_parquet(io.BytesIO(files[name]))
    if not frame.width:
        return "nothing"
    column, dtype = random.choice(frame.columns), random.choice(DTYPES)
    try:
        changed = frame.with_columns(pl.col(column).cast(dtype, strict=False))
    except pl.exceptions.PolarsError:
        values = [None if random.random() < 0.5 else value for value in _samples(dtype, frame.height)]
        changed = frame.with_columns(pl.Series(column, values, dtype, strict=False))
    target = io.BytesIO()
    changed.write_parquet(target)
    files[name] = target.getvalue()
    return f"{name}: {column} as {dtype}"


def _samples(dtype: pl.DataType, rows: int) -> list[object]:
    samples: dict[type[pl.DataType], object] = {pl.List: ["a", "b"], pl.Struct: {"a": "b"}, pl.Binary: b"\xff"}
    return [samples.get(type(dtype))] * rows


def _parts(files: Files, random: Random) -> str:
    """A part of the workbook's archive changed or left out."""
    name = _any_name(files, random)
    archive = zipfile.ZipFile(io.BytesIO(files[name]))
    part = random.choice(archive.namelist())
    content, how = bytearray(archive.read(part)), random.randrange(4)
    at = random.randrange(len(content))
    if how == 0:
        content[at] = random.randrange(256)
    elif how == 1:
        del content[at:]
    elif how == 2:
        content[at : at + 20] = b""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for each in archive.namelist():
            if each != part or how != 3:
                copy.writestr(each, bytes(content) if each == part else archive.read(each))
    files[name] = target.getvalue()
    return f"{WORKBOOK}, {part}: {('byte', 'cut off', 'piece', 'left out')[how]} at {at}"


def _sheet_xml(files: Files, random: Random) -> str:
    """Something of a sheet that Excel could have written: merged cells, errors, formulas, far cells, hidden rows."""
    name = _any_name(files, random)
    archive = zipfile.ZipFile(io.BytesIO(files[name]))
    part = random.choice([p for p in archive.namelist() if "worksheets/sheet" in p])
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    ways: tuple[tuple[bytes, bytes], ...] = (
        (b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'),
        (b"</sheetData>", far),
        (b'<row r="3"', b'<row r="3" hidden="1"'),
        (b"<v>", b"<f>1+1</f><v>"),
        (b'r="A2"', b'r="ZZ2"'),
        (b' t="n"', b' t="e"'),
        (b"<sheetData>", b"<sheetData><row r='1'><c r='A1'/></row>"),
        (b"<v>0</v>", b"<v>123456789012345678</v>"),
    )
    old, new = random.choice(ways)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for each in archive.namelist():
            content = archive.read(each)
            copy.writestr(each, content.replace(old, new, 1) if each == part else content)
    files[name] = target.getvalue()
    return f"{part}: {old.decode()} -> {new.decode():.40}"


_OF_ROWS: tuple[Callable[[Rows, Random], str], ...] = (_cell, _cell, _cell, _column, _row)
_OF_FILES: tuple[Callable[[Files, Random], str], ...] = (_bytes, _file)
_OF_CSV: tuple[Callable[[Files, Random], str], ...] = (_encoding, _text, _text, _settings)
_OF_PARQUET: tuple[Callable[[Files, Random], str], ...] = (_types, _types, _types, _settings)
_OF_WORKBOOK: tuple[Callable[[Files, Random], str], ...] = (_parts, _sheet_xml, _sheet_xml)
