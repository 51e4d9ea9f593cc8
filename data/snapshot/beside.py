"""Turns the sheets for planning by hand into rows of the contract's tables, before these are checked.

An absence becomes reserved time, a weekly shift a shift on each of its days, a skills matrix rows of `agent_skills`.
What cannot be read becomes a row that cannot be read either, so that the same rules set it aside and, where they say
so, take its time; `places` has the cell that it came from.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from data.snapshot.period import Period
from data.sources.skills_matrix import Matrix, matrix_rows
from data.tables.cells import Place
from data.tables.columns import RawTable
from data.tables.handwriting import plain_time
from data.tables.people import AmbiguousNameError, People
from data.tables.rejects import Wrong, show
from data.tables.schemas import ROW, SHIFT_KINDS, TABLES
from data.tables.times import parse_moment
from data.tables.weekdays import local_moment, read_clock, read_weekdays
from models import Code, Message, UnreadableError

Row = dict[str, str | None]

_FIRST_ROW = {"shifts": 1_000_000_000, "agent_skills": 2_000_000_000}
"""Rows that stand elsewhere are numbered from here, beyond those of any file."""
_DAY = timedelta(days=1)


def with_sheets_beside(
    tables: Mapping[str, RawTable], beside: Mapping[str, RawTable], matrix: Matrix | None, period: Period
) -> tuple[dict[str, RawTable], list[str]]:
    """The tables with the rows of these sheets, and the faults of the sheets that are certain."""
    made, faults = dict(tables), list[str]()
    agents = tables["agents"].frame.select(show(tables["agents"].frame[name]) for name in ("agent_id", "name"))
    people = People(agents.iter_rows())
    shifts: list[tuple[Row, Place]] = []
    for name, rows_of in (("absences", _absence), ("weekly_shifts", _weekly)):
        for line, place in _lines(beside.get(name)):
            try:
                agent = line["agent_id"] and people.id_of(line["agent_id"])
            except AmbiguousNameError as error:
                faults.append(f"{place.cells['agent_id']}: {error}")
                continue
            line["known"] = agent
            shifts += rows_of(line | {"agent_id": agent or line["agent_id"]}, place, period)
    if shifts or "shifts" not in made:
        made["shifts"] = _with_rows(made.get("shifts"), "shifts", shifts)
    if matrix is not None:
        rows, more = matrix_rows(matrix, people, made.get("agent_skills"))
        faults += more
        made["agent_skills"] = _with_rows(made.get("agent_skills"), "agent_skills", rows)
    return made, faults


def _lines(raw: RawTable | None) -> Iterator[tuple[Row, Place]]:
    """The rows of a sheet as text, with their places."""
    if raw is None:
        return
    for values in raw.frame.select(ROW, *(show(raw.frame[name]) for name in raw.table.names)).iter_rows(named=True):
        row = int(values.pop(ROW))
        if raw.cells is None:
            cells = dict.fromkeys(raw.table.names, Message(Code.FILE_ROW, file=raw.origin, row=str(row)))
        else:
            cells = {name: raw.cells.cell(row, name) for name in raw.table.names}
        yield values, Place(raw.table.name, row, cells)


def _absence(line: Row, place: Place, period: Period) -> Iterator[tuple[Row, Place]]:
    """Reserved time; an end that is a day without a time is the end of that day."""
    start, end = (plain_time(text) if text else None for text in (line["start"], line["end"]))
    end = _end_of_day(end, period.timezone)
    yield {"agent_id": line["agent_id"], "start": start, "end": end, "kind": "reserved"}, place


def _end_of_day(text: str | None, zone: str) -> str | None:
    """The end of an absence as text; one at midnight is that of the day that begins, which is away as well."""
    if text is None:
        return None
    try:
        day = parse_moment(text, zone).astimezone(ZoneInfo(zone))
    except ValueError:
        return text
    midnight = (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0) and "24:00" not in text
    return f"{(day + _DAY).date().isoformat()}T00:00" if midnight else text


def _weekly(line: Row, place: Place, period: Period) -> Iterator[tuple[Row, Place]]:
    """The shift on each of its days from the one before the period to its end; one bad row when it cannot be read."""
    fault = _unreadable(line)
    plain = {"agent_id": line["agent_id"], "kind": line["kind"] and line["kind"].casefold()}
    if fault or line["known"] is None:
        cells = {**place.cells, "start": place.cells[fault.column]} if fault else place.cells
        when = {"start": f"{line['weekday'] or ''} {line['start'] or ''}".strip() or None, "end": line["end"]}
        yield plain | (when if fault else _some_time(period)), replace(place, cells=cells, why=fault and fault.message)
        return
    days, start, end = (
        read_weekdays(line["weekday"] or ""),
        read_clock(line["start"] or ""),
        read_clock(line["end"] or ""),
    )
    zone = ZoneInfo(period.timezone)
    day = period.as_of.astimezone(zone).date() - _DAY
    while day <= period.horizon_end.astimezone(zone).date():
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  on the clock of the zone
        begins = local_moment(midnight + start, zone)
        ends = local_moment(midnight + end + (_DAY if end <= start else timedelta(0)), zone)
        if day.weekday() in days and begins < period.horizon_end and ends > period.as_of and begins < ends:
            yield plain | {"start": begins.isoformat(), "end": ends.isoformat()}, place
        day += _DAY


_READ: tuple[tuple[Callable[[str], object], str], ...] = (
    (read_weekdays, "weekday"),
    (read_clock, "start"),
    (read_clock, "end"),
)


def _unreadable(line: Row) -> Wrong | None:
    """The first column of a weekly shift that cannot be read, and why."""
    for read, name in _READ:
        try:
            read(line[name] or "")
        except UnreadableError as error:
            told = Message(Code.OF_COLUMN, column=name, message=error.message)
            return Wrong(name, told if line[name] else Message(Code.MISSING, column=name))
    kind = line["kind"]
    if kind is not None and kind.casefold() not in SHIFT_KINDS:
        known = Message(Code.KNOWN_CHOICES, names=SHIFT_KINDS)
        return Wrong("kind", Message(Code.UNKNOWN_CHOICE, column="kind", value=kind).then(known))
    return None


def _some_time(period: Period) -> Row:
    """A readable time for a row whose person is not known: it is set aside for that, and once."""
    return {"start": period.as_of.isoformat(), "end": period.horizon_end.isoformat()}


def _with_rows(raw: RawTable | None, name: str, rows: list[tuple[Row, Place]]) -> RawTable:
    """The table with rows behind its own; those are text then, like the others."""
    table = TABLES[name]
    if raw is None:
        raw = RawTable(table, name, table.empty().with_columns(pl.col(table.names).cast(pl.String)), ())
    if not rows:
        return raw
    first = _FIRST_ROW[name]
    numbered = [row | {ROW: first + i} for i, (row, _) in enumerate(rows)]
    types = {column: pl.String() for column in table.names} | {ROW: pl.Int64()}
    added = pl.DataFrame(numbered, schema=types)
    frame = pl.concat([_as_text(raw), added], how="diagonal", rechunk=True)
    places = {first + i: place for i, (_, place) in enumerate(rows)}
    return replace(raw, frame=frame, places=places)


def _as_text(raw: RawTable) -> pl.DataFrame:
    """The table's columns as text, times with their offset where they have one."""
    frame = raw.frame
    moments = [n for n in raw.table.names if isinstance(frame.schema[n], pl.Datetime)]
    zoned = [n for n in moments if frame.schema[n].time_zone]  # type: ignore[attr-defined]
    frame = frame.with_columns(pl.col(zoned).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z"))
    return frame.with_columns(show(frame[name]) for name in raw.table.names)
