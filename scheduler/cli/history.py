"""``allot history`` and ``allot target``: what was, what was done, and what ought to be."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    FILE,
    LANG,
    RUN_DIR,
    deliver_json,
    example,
    json_output,
    printable,
    say,
    settings_now,
)

if TYPE_CHECKING:
    import polars as pl

    from data import Store
    from scheduler.config import Config

_UNREAD = 3
_MOST = 200
_JSON = json_output("the rows as JSON to stdout")
_CSV = click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the rows as CSV."
)
_FROM = click.option(
    "--from", "since", metavar="TIME", default="-8w", show_default=True, help="From: -8w, -3d, -12h, a day or a moment."
)
_TO = click.option("--to", "until", metavar="TIME", help="Until: the same; a day is included. Default: now.")


@click.group()
def history() -> None:
    """Look back: key figures of runs and days, with their targets, and what was done."""


@history.command("add", epilog=example("allot history add runs/*"))
@click.argument("run_dirs", nargs=-1, required=True, type=RUN_DIR)
@CONFIGURED
def add(run_dirs: tuple[Path, ...], config_file: Path | None) -> None:
    """Add the runs in RUN_DIRS to the history; a run that is there already is no change."""
    from scheduler.config import configured, opened_store
    from scheduler.history import add_runs

    with opened_store(configured(config_file)) as store:
        added = list(add_runs(store, run_dirs))
    new = sum(one.is_new for one in added)
    say(f"added {new:,} runs; {len(added) - new:,} were in the history already")


@history.command("rebuild", epilog=example("allot history rebuild"))
@CONFIGURED
def rebuild_history(config_file: Path | None) -> int:
    """Write the history again from the folders of its runs, those of the runs folder, and the store's operations.

    Runs whose folder is gone stay as they are. Exit code 3 if a run could not be read.
    """
    from scheduler.config import configured, opened_store
    from scheduler.history import rebuild

    settings = configured(config_file)
    with opened_store(settings) as store:
        done = rebuild(settings, store)
    faults = [one.fault for one in done.runs if one.fault]
    for fault in faults:
        say(printable(fault))
    left = f"; {done.left:,} runs without their folder stay as they are" if done.left else ""
    say(f"wrote {len(done.runs) - len(faults):,} runs and the work on {done.tasks:,} tasks again{left}")
    return _UNREAD if faults else 0


@history.command("show", epilog=example("allot history show --level site --measure sla_share --from -8w --by week"))
@click.option("--level", default="enterprise", show_default=True, metavar="LEVEL", help="Level, such as site or team.")
@click.option("--key", metavar="NAME", help="Only this site, team and so on.")
@click.option("--measure", metavar="NAME", help="Only this measure, such as sla_share. Default: all of the level.")
@_FROM
@_TO
@click.option(
    "--by", type=click.Choice(("day", "week", "month", "run")), default="day", show_default=True, help="Rows are of."
)
@_JSON
@_CSV
@CONFIGURED
def show(
    level: str,
    key: str | None,
    measure: str | None,
    since: str,
    until: str | None,
    by: str,
    as_json: bool,
    csv_file: Path | None,
    config_file: Path | None,
) -> None:
    """Show key figures by time, with the target that held on their day and whether it was met.

    A day has the figures of its last run, a week or month the mean of its days.
    """
    from scheduler.config import configured, opened_store
    from scheduler.history.figures import checked_level, checked_measure, figures, remark_on

    settings = configured(config_file)
    checked_level(level)
    if measure is not None:
        checked_measure(measure)
    begin, end_ = _span(since, until, settings)
    with opened_store(settings) as store:
        rows = figures(
            store,
            level=level,
            zone=settings.timezone,
            key=key,
            measure=measure,
            by=by,
            since=begin,
            until=end_,
        )
    said = remark_on(level, measure) if measure is not None else None
    _give(rows, settings, as_json, csv_file, said or "the history has no such figures")


@history.command("actuals", epilog=example("allot history actuals --from -7d --json"))
@_FROM
@_TO
@_JSON
@_CSV
@CONFIGURED
def actuals(since: str, until: str | None, as_json: bool, csv_file: Path | None, config_file: Path | None) -> None:
    """Show what was done, beside what the published plan said when the work began.

    ``plan`` is as_planned, other_agent, or outside where the plan did not have the task; ``on_time`` is empty without a
    due time.
    """
    from scheduler.config import configured, opened_store
    from scheduler.history.actuals import plan_against_actual, summary

    settings = configured(config_file)
    begin, end = _span(since, until, settings)
    with opened_store(settings) as store:
        _renew_actuals(store)
        rows = plan_against_actual(store, begin, end)
    _give(rows, settings, as_json, csv_file, "nothing was done in that time")
    if rows.height and not as_json:
        say(summary(rows))


@history.command("page", epilog=example("allot history page --out history.html --from -8w"))
@click.option("--out", "out", type=FILE, metavar="FILE", help="Write the page to this file.")
@click.option("--xlsx", "xlsx", type=FILE, metavar="FILE", help="Write the same as a workbook.")
@_FROM
@_TO
@click.option(
    "--by", type=click.Choice(("day", "week", "month")), default="day", show_default=True, help="Figures are of."
)
@LANG
@CONFIGURED
def page(
    out: Path | None,
    xlsx: Path | None,
    since: str,
    until: str | None,
    by: str,
    language: str | None,
    config_file: Path | None,
) -> None:
    """Write the history as a page for the browser, a workbook, or both.

    Trends of every key figure by level with the target of each day, what changed most, the work queued, what was done
    beside the plan, and how calm plans were.
    """
    from models import OptionError
    from reports import write_history_page, write_history_workbook
    from scheduler.alerts import alerts_between
    from scheduler.config import opened_store
    from scheduler.cycle.snapshot import policy_of
    from scheduler.history.view import history_view
    from scheduler.run.clock import now

    if out is None and xlsx is None:
        raise OptionError("say where to write: --out history.html, --xlsx history.xlsx, or both")
    settings = settings_now(config_file)
    policy = policy_of(settings)
    begin, end = _span(since, until, settings)
    with opened_store(settings) as store:
        _renew_actuals(store)
        view = history_view(
            store, zone=settings.timezone, unit=policy.report.unit, since=begin, until=end or now(), now=now(), by=by
        )
        alerts, done = alerts_between(store, begin, end or now(), settings.timezone)
    view = replace(view, alerts=alerts, done=done)
    for file, write in ((out, write_history_page), (xlsx, write_history_workbook)):
        if file is not None:
            write(view, file, language or policy.report.language)
            say(f"wrote {file}")


@history.command("export", epilog=example("allot history export taken-out"))
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
@CONFIGURED
def export(out_dir: Path, config_file: Path | None) -> None:
    """Write the views of the history to the folder OUT_DIR, one Parquet file each, for Excel, DuckDB or a BI tool."""
    from data import export_views
    from scheduler.config import configured, opened_store

    views = ("runs", "kpis", "actuals", "targets", "assignments")
    with opened_store(configured(config_file)) as opened, opened.reading() as connection:
        counts = export_views(connection, out_dir, views)
    say(f"wrote {out_dir}: " + ", ".join(f"{count:,} rows of {view}" for view, count in counts.items()))


@click.group()
def target() -> None:
    """Set, list and end targets: what a figure ought to be, by day."""


@target.command("set", epilog=example("allot target set site:Köln sla_share 0.92 --from 2026-04-01"))
@click.argument("of")
@click.argument("measure")
@click.argument("value", type=float)
@click.option("--from", "since", metavar="DAY", help="First day. Default: today.")
@click.option("--to", "until", metavar="DAY", help="Last day. Default: until further notice.")
@CONFIGURED
def set_one(
    of: str, measure: str, value: float, since: str | None, until: str | None, config_file: Path | None
) -> None:
    """Set the target of a MEASURE of a level and key, such as site:Köln, or of the enterprise, to VALUE.

    A target that holds until further notice ends the day before; other targets may not overlap.
    """
    from data import known_keys_of, set_target
    from models import nearest
    from scheduler.config import configured, opened_store
    from scheduler.history.figures import remark_on

    settings = configured(config_file)
    level, key = _named(of, measure)
    first, last = _date(since, settings), None if until is None else _date(until, settings)
    with opened_store(settings) as store, store.writing() as connection:
        ended = set_target(connection, level, key, measure, value, first, last)
        known = known_keys_of(connection, level)
    if (remark := remark_on(level, measure)) is not None:
        say(f"warning: {remark}")
    if known and key not in known:
        say(f"warning: no run has had a {level} '{key}'{nearest(key, known)}")
    said = f"; the earlier target ends on {ended}" if ended else ""
    say(f"{of} {measure}: {value:g} from {first}{f' to {last}' if last else ''}{said}")


@target.command("list", epilog=example("allot target list --json"))
@_JSON
@CONFIGURED
def list_all(as_json: bool, config_file: Path | None) -> None:
    """List all targets."""
    from data import read_targets
    from scheduler.config import configured, opened_store

    settings = configured(config_file)
    with opened_store(settings) as store, store.reading() as connection:
        rows = read_targets(connection)
    _give(rows, settings, as_json, None, "there are no targets yet; set one with: allot target set")


@target.command("end", epilog=example("allot target end site:Köln sla_share --on 2026-05-31"))
@click.argument("of")
@click.argument("measure")
@click.option("--on", metavar="DAY", help="Last day. Default: today.")
@CONFIGURED
def end(of: str, measure: str, on: str | None, config_file: Path | None) -> None:
    """End the target of a MEASURE of a level and key with a day; targets that begin later are removed."""
    from data import end_target
    from models import OptionError
    from scheduler.config import configured, opened_store

    settings = configured(config_file)
    level, key = _named(of, measure)
    last = _date(on, settings)
    with opened_store(settings) as store, store.writing() as connection:
        ended = end_target(connection, level, key, measure, last)
    if not ended:
        raise OptionError(f"{of} has no target for {measure} after {last}; see: allot target list")
    say(f"{of} {measure}: no target after {last}")


def _renew_actuals(store: "Store") -> None:
    from data import refresh_actuals

    with store.writing() as connection:
        refresh_actuals(connection)


def _named(of: str, measure: str) -> tuple[str, str]:
    from scheduler.history.figures import checked_level, checked_measure

    level, _, key = of.partition(":")
    checked_level(level)
    checked_measure(measure)
    return level, key


def _date(text: str | None, settings: "Config") -> date:
    from models import OptionError
    from scheduler.run.clock import now

    if text is None:
        return now().astimezone(ZoneInfo(settings.timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OptionError(f"'{text}' is no day; write it like 2026-04-01") from error


def _span(since: str, until: str | None, settings: "Config") -> tuple[datetime, datetime | None]:
    from scheduler.history.figures import moment
    from scheduler.run.clock import now

    zone, present = settings.timezone, now()
    return moment(since, present, zone), None if until is None else moment(until, present, zone, end=True)


def _give(rows: "pl.DataFrame", settings: "Config", as_json: bool, csv_file: Path | None, nothing: str) -> None:
    """Prints rows as JSON, writes them as CSV, or says them as a table."""
    plain = [{name: _plain(value, settings.timezone) for name, value in row.items()} for row in rows.rows(named=True)]
    if csv_file is not None:
        import polars as pl

        pl.DataFrame(plain, schema=rows.columns, infer_schema_length=None).write_csv(csv_file)
        say(f"wrote {csv_file}: {rows.height:,} rows")
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
