"""Key figures of runs and of days: kept once, with numbers for their names, and read back by level, key and measure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.publications import keep_run
from data.store.rows import insert_rows, read_frame
from data.store.tables import day, figure, kpi, kpi_day, run
from models import AGENT, PERIOD, RunRecord

FIGURE = {"level": pl.String(), "key": pl.String(), "measure": pl.String(), "value": pl.Float64()}
"""The columns of a figure."""
_TIME = pl.Datetime("us", "UTC")
_MOST = 3000  # numbers in a condition; with more of them all figures of the runs are read
_NAMES = ("level", "key", "measure")

_incoming = sa.Table(
    "incoming",
    sa.MetaData(),
    *(sa.Column(name, sa.Text, nullable=False) for name in _NAMES),
    sa.Column("value", sa.Double, nullable=False),
    prefixes=["TEMPORARY"],
)
"""The figures of the run that is added, to be matched with names that have a number."""


def add_run(
    connection: Connection, record: RunRecord, folder: Path, kpis: pl.DataFrame, *, again: bool = False
) -> bool:
    """Keeps the key figures of a run, with the columns of kpis.parquet; whether anything is new.

    Figures of single people are not kept. The same run again is no change, but for where its folder is; ``again``:
    it is written in any case.
    """
    keep_run(connection, record, folder)
    figures = kpis.filter(pl.col("level") != AGENT).select(*FIGURE)
    number = connection.execute(sa.select(run.c.number).where(run.c.run_id == record.run_id)).scalar()
    if number is not None and not again and _figures_of(connection, number).equals(figures.sort(_NAMES)):
        return False
    if number is None:
        number = last_number(connection, run.c.number) + 1
        connection.execute(run.update().where(run.c.run_id == record.run_id).values(number=number))
    connection.execute(kpi.delete().where(kpi.c.number == number))
    with _named(connection, figures):
        _put(connection, kpi, {"number": number})
        its_day = day_of(record)
        if _stands_for(connection, record, its_day):
            connection.execute(kpi_day.delete().where(kpi_day.c.day == its_day))
            _put(connection, kpi_day, {"day": its_day}, but=PERIOD)
    return True


def day_of(record: RunRecord) -> date:
    """The day of a run, by the clock of its time zone."""
    return record.as_of.astimezone(ZoneInfo(record.timezone)).date()


def forget_runs(connection: Connection, run_ids: Sequence[str]) -> None:
    """Removes the key figures of runs, and the runs themselves unless they were published. Days stay."""
    from data.store.tables import publication

    for name in run_ids:
        number = connection.execute(sa.select(run.c.number).where(run.c.run_id == name)).scalar()
        connection.execute(kpi.delete().where(kpi.c.number == number))
        connection.execute(run.update().where(run.c.run_id == name).values(number=None))
        published = sa.exists().where(publication.c.run_id == name)
        connection.execute(run.delete().where(run.c.run_id == name, ~published))


def known_runs(connection: Connection) -> pl.DataFrame:
    """The runs whose figures are kept, by moment: run_id, as_of, timezone, folder, number."""
    names = ("run_id", "as_of", "timezone", "folder", "number")
    chosen = sa.select(*(run.c[name] for name in names)).where(run.c.number.is_not(None))
    types = [pl.String(), _TIME, pl.String(), pl.String(), pl.Int64()]
    ordered = chosen.order_by(run.c.as_of, run.c.run_id)
    return read_frame(connection, ordered, dict(zip(names, types, strict=True)))


def read_figures(
    connection: Connection,
    level: str | None = None,
    key: str | None = None,
    measure: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pl.DataFrame:
    """Figures of runs from a moment until another, exclusive, by moment: run_id, as_of, level, key, measure, value."""
    runs = known_runs(connection)
    if since is not None:
        runs = runs.filter(pl.col("as_of") >= since.astimezone(UTC))
    if until is not None:
        runs = runs.filter(pl.col("as_of") < until.astimezone(UTC))
    names = _names_of(connection, level, key, measure)
    chosen = sa.select(kpi.c.number, kpi.c.figure_id, kpi.c.value).where(kpi.c.number.in_(runs["number"].to_list()))
    found = _values(connection, chosen, kpi.c.figure_id, names, {"number": pl.Int64()})
    joined = found.join(names, on="figure_id").join(runs, on="number")
    return joined.select("run_id", "as_of", *FIGURE).sort("as_of", "run_id", *_NAMES)


def read_days(
    connection: Connection,
    level: str | None = None,
    key: str | None = None,
    measure: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> pl.DataFrame:
    """Figures of days from one to another, inclusive: day, run_id, as_of, level, key, measure, value.

    Those of a day are those of its last run; ``as_of`` is the run's moment.
    """
    chosen = sa.select(day)
    if since is not None:
        chosen = chosen.where(day.c.day >= since)
    if until is not None:
        chosen = chosen.where(day.c.day <= until)
    types = {"day": pl.Date(), "run_id": pl.String(), "as_of": _TIME}
    days = read_frame(connection, chosen, types)
    names = _names_of(connection, level, key, measure)
    values = sa.select(kpi_day.c.day, kpi_day.c.figure_id, kpi_day.c.value).where(
        kpi_day.c.day.in_(days["day"].to_list())
    )
    found = _values(connection, values, kpi_day.c.figure_id, names, {"day": pl.Date()})
    joined = found.join(names, on="figure_id").join(days, on="day")
    return joined.select("day", "run_id", "as_of", *FIGURE).sort("day", *_NAMES)


def known_keys_of(connection: Connection, level: str) -> list[str]:
    """The keys that a level has had in any run."""
    chosen = sa.select(figure.c.key).where(figure.c.level == level).distinct().order_by(figure.c.key)
    return list(connection.execute(chosen).scalars())


def _names_of(connection: Connection, level: str | None, key: str | None, measure: str | None) -> pl.DataFrame:
    chosen = sa.select(figure)
    for column, text in (("level", level), ("key", key), ("measure", measure)):
        if text is not None:
            chosen = chosen.where(figure.c[column] == text)
    return read_frame(connection, chosen, {"figure_id": pl.Int64(), **dict.fromkeys(_NAMES, pl.String())})


def _values(
    connection: Connection, chosen: Any, column: "sa.Column[int]", names: pl.DataFrame, first: dict[str, pl.DataType]
) -> pl.DataFrame:
    if names.height <= _MOST:
        chosen = chosen.where(column.in_(names["figure_id"].to_list()))
    return read_frame(connection, chosen, {**first, "figure_id": pl.Int64(), "value": pl.Float64()})


def _figures_of(connection: Connection, number: int) -> pl.DataFrame:
    chosen = sa.select(*(figure.c[name] for name in _NAMES), kpi.c.value).join_from(
        kpi, figure, figure.c.figure_id == kpi.c.figure_id
    )
    return read_frame(connection, chosen.where(kpi.c.number == number), FIGURE).sort(_NAMES)


@contextmanager
def _named(connection: Connection, figures: pl.DataFrame) -> Iterator[None]:
    """Puts figures into the table ``incoming``, for as long as the body takes, and numbers names that are new."""
    _incoming.create(connection)
    insert_rows(connection, _incoming, figures)
    last = last_number(connection, figure.c.figure_id)
    order = sa.func.row_number().over(order_by=[_incoming.c[name] for name in _NAMES])
    new = sa.select(last + order, *(_incoming.c[name] for name in _NAMES)).where(~sa.exists().where(_same_name()))
    connection.execute(figure.insert().from_select(["figure_id", *_NAMES], new))
    yield
    _incoming.drop(connection)


def _same_name() -> sa.ColumnElement[bool]:
    return sa.and_(*(figure.c[name] == _incoming.c[name] for name in _NAMES))


def _put(connection: Connection, table: sa.Table, owner: dict[str, Any], but: str = "") -> None:
    """Adds the incoming figures to a table, under their owner."""
    fixed = [sa.literal(value, table.c[name].type).label(name) for name, value in owner.items()]
    rows = sa.select(*fixed, figure.c.figure_id, _incoming.c.value).join_from(_incoming, figure, _same_name())
    rows = rows.where(_incoming.c.level != but).order_by(figure.c.figure_id)
    connection.execute(table.insert().from_select([*owner, "figure_id", "value"], rows))


def _stands_for(connection: Connection, record: RunRecord, its_day: date) -> bool:
    """Whether a run is the last of its day, which is then noted."""
    known: Any = connection.execute(sa.select(day).where(day.c.day == its_day)).first()
    moment = record.as_of.astimezone(UTC)
    if known is not None and (known.as_of, known.run_id) > (moment, record.run_id):
        return False
    connection.execute(day.delete().where(day.c.day == its_day))
    connection.execute(day.insert().values(day=its_day, run_id=record.run_id, as_of=moment))
    return True
