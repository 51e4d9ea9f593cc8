"""Rows of the history on the terminal, as JSON or as CSV, and the spans of time that its commands are asked for."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduler.cli.options import deliver_json, printable, say
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    import polars as pl

    from scheduler.config import Config

_MOST = 200


def span(since: str, until: str | None, settings: "Config") -> tuple[datetime, datetime | None]:
    from models import OptionError
    from scheduler.history.figures import moment
    from scheduler.run.clock import now

    zone, present = settings.timezone, now()
    begin, end = moment(since, present, zone), None if until is None else moment(until, present, zone, end=True)
    if end is not None and begin >= end:
        raise OptionError(f"--from {since} is not before --to {until}")
    return begin, end


def give(rows: "pl.DataFrame", settings: "Config", as_json: bool, csv_file: Path | None, nothing: str) -> None:
    """Prints rows as JSON, writes them as CSV, or says them as a table."""
    plain = [{name: _plain(value, settings.timezone) for name, value in row.items()} for row in rows.rows(named=True)]
    if csv_file is not None:
        import polars as pl

        from data import write_whole

        write_whole(csv_file, pl.DataFrame(plain, schema=rows.columns, infer_schema_length=None).write_csv)
        say(f"wrote {csv_file}: {count_of(rows.height, 'row')}")
    if as_json:
        deliver_json(plain)
    elif csv_file is None:
        _say_table(rows.columns, plain, nothing)


def _plain(value: Any, zone: str) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _say_table(names: list[str], rows: list[dict[str, Any]], nothing: str) -> None:
    if not rows:
        say(nothing)
        return
    cells = [names, *([_cell(row[name]) for name in names] for row in rows[-_MOST:])]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    for line in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if len(rows) > _MOST:
        say(f"{len(rows):,} rows, of which the last {_MOST} are shown; --csv or --json gives all")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:,.4g}" if isinstance(value, float) else printable(str(value))
