"""`allot history`: what was, and what was done."""

import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import rich_click as click

from scheduler.cli.looking import give, span
from scheduler.cli.options import (
    CONFIGURED,
    FILE,
    LANG,
    RUN_DIR,
    deliver_json,
    example,
    json_output,
    printable,
    rows_of,
    say,
    settings_now,
)
from scheduler.run.counting import count_of

_UNREAD = 3
_JSON = json_output("the rows as JSON to stdout")
_CSV = click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the rows as CSV."
)
_FROM = click.option(
    "--from", "since", metavar="TIME", default="-8w", show_default=True, help="From: -8w, -3d, -12h, a day or a moment."
)

_TO = click.option("--to", "until", metavar="TIME", help="Until: the same; a day is included. Default: now.")


@click.group(epilog=example("allot history show --from -8w"))
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
    old = len(added) - new
    say(f"added {count_of(new, 'run')}; {old:,} {'was' if old == 1 else 'were'} in the history already")


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
    left = f"; {count_of(done.left, 'run')} without a folder left as before" if done.left else ""
    written = f"{count_of(len(done.runs) - len(faults), 'run')} and the work on {count_of(done.tasks, 'task')}"
    say(f"wrote {written} again{left}")
    return _UNREAD if faults else 0


@history.command("show", epilog=example("allot history show --level site --measure sla_share --from -8w --by week"))
@click.option("--level", default="enterprise", show_default=True, metavar="LEVEL", help="Level, such as site or team.")
@click.option("--key", metavar="NAME", help="Only this site, team and so on.")
@click.option("--measure", metavar="NAME", help="Only this measure, such as sla_share. Default: all of the level.")
@_FROM
@_TO
@click.option(
    "--by",
    type=click.Choice(("day", "week", "month", "run")),
    default="day",
    show_default=True,
    help="What a row is of.",
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

    A day has the figures of its last run and of what was done on it, a week or month the mean of its days.
    """
    from data import renew_actuals
    from models import DONE_MEASURES
    from scheduler.config import configured, opened_store
    from scheduler.cycle.snapshot import policy_of
    from scheduler.history.actuals import NO_CALENDARS
    from scheduler.history.figures import checked_level, checked_measure, figures, remark_on

    settings = configured(config_file)
    checked_level(level)
    if measure is not None:
        checked_measure(measure)
    begin, end_ = span(since, until, settings)
    of_work = by != "run" and (measure is None or measure in DONE_MEASURES)
    calendars = policy_of(settings).calendars if of_work else NO_CALENDARS
    with opened_store(settings) as store:
        if of_work:
            renew_actuals(store)
        rows = figures(
            store,
            level=level,
            zone=settings.timezone,
            key=key,
            measure=measure,
            by=by,
            since=begin,
            until=end_,
            calendars=calendars,
        )
    said = remark_on(level, measure) if measure is not None else None
    give(rows, settings, as_json, csv_file, said or "the history has no such figures")


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
    from data import renew_actuals
    from models import TASK_LEVELS
    from scheduler.config import configured, opened_store
    from scheduler.cycle.snapshot import policy_of
    from scheduler.history.actuals import plan_against_actual, summary

    settings = configured(config_file)
    begin, end = span(since, until, settings)
    with opened_store(settings) as store:
        renew_actuals(store)
        rows = plan_against_actual(store, begin, end, settings.timezone, policy_of(settings).calendars)
    rows = rows.drop(level for level in TASK_LEVELS if level != "process")
    give(rows, settings, as_json, csv_file, "nothing was done in that time")
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
    from data import renew_actuals, write_whole
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
    begin, end = span(since, until, settings)
    with opened_store(settings) as store:
        renew_actuals(store)
        view = history_view(
            store,
            zone=settings.timezone,
            unit=policy.report.unit,
            since=begin,
            until=end or now(),
            now=now(),
            by=by,
            calendars=policy.calendars,
        )
        alerts, done = alerts_between(store, begin, end or now(), settings.timezone)
    view = replace(view, alerts=alerts, done=done)
    for file, write in ((out, write_history_page), (xlsx, write_history_workbook)):
        if file is not None:
            write_whole(file, partial(write, view, language=language or policy.report.language))
            say(f"wrote {file}")


@history.command("standards", epilog=example("allot history standards --from -26w --out proposed"))
@click.option(
    "--from",
    "since",
    metavar="TIME",
    default="-26w",
    show_default=True,
    help="From: -26w, -3d, -12h, a day or a moment.",
)
@_TO
@click.option(
    "--least",
    type=click.IntRange(min=2),
    metavar="N",
    default=20,
    show_default=True,
    help="Fewer tasks say nothing: neither process nor person is judged by them.",
)
@click.option(
    "--out",
    "out_dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write processes.csv and agent_skills.csv, to be taken over by hand.",
)
@_JSON
@CONFIGURED
def standards(
    since: str, until: str | None, least: int, out_dir: Path | None, as_json: bool, config_file: Path | None
) -> None:
    """Propose handling minutes by process, and efficiencies by person and skill, from what was done.

    Each with count and median, and the interval in which the true median lies in 95 of 100 cases. Nothing is changed.
    """
    from data import renew_actuals
    from scheduler.config import opened_store
    from scheduler.history.standards import standards as proposed
    from scheduler.history.standards import write_proposals

    settings = settings_now(config_file)
    begin, end = span(since, until, settings)
    with opened_store(settings) as store:
        renew_actuals(store)
        minutes, people = proposed(store, begin, end, least)
        if out_dir is not None:
            counts = write_proposals(store, minutes, people, out_dir)
            say(f"wrote {out_dir}: {rows_of(counts)}")
    if as_json:
        deliver_json({"minutes": minutes.to_dicts(), "efficiency": people.to_dicts()})
        return
    give(minutes, settings, False, None, "no work was said to begin and completed in that time")
    if people.height:
        say("")
        give(people, settings, False, None, "")
    few = sum((~table["judged"]).sum() for table in (minutes, people))
    if few:
        say(f"{few:,} with fewer than {count_of(least, 'task')} {'is' if few == 1 else 'are'} not judged")


@history.command("export", epilog=example("allot history export taken-out"))
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--person", metavar="AGENT_ID", help="Only what is kept of one person, as person.json.")
@CONFIGURED
def export(out_dir: Path, person: str | None, config_file: Path | None) -> None:
    """Write the views of the history to the folder OUT_DIR, one Parquet file each, for Excel, DuckDB or a BI tool."""
    from data import export_views
    from scheduler.config import configured, opened_store
    from scheduler.history.keeping import records_of

    views = ("runs", "kpis", "actuals", "targets", "assignments")
    with opened_store(configured(config_file)) as opened:
        if person is not None:
            _write_person(out_dir, records_of(opened, person))
            return
        with opened.reading() as connection:
            counts = export_views(connection, out_dir, views)
    say(f"wrote {out_dir}: {rows_of(counts)}")


def _write_person(out_dir: Path, found: dict[str, list[dict[str, Any]]]) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    file = out_dir / "person.json"
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    say(
        f"wrote {file}: " + ", ".join(f"{len(rows):,} {kind.replace('_', ' ')}" for kind, rows in found.items() if rows)
    )


@history.command("erase", epilog=example("allot history erase A17"))
@click.argument("person")
@CONFIGURED
def erase_person(person: str, config_file: Path | None) -> None:
    """Give the person with this agent id another name in everything that is over; nobody can find out which.

    Refused while the person has open work. Folders of runs, and what sources send of people, are not changed.
    """
    from scheduler.config import configured, opened_store
    from scheduler.history.keeping import erase

    with opened_store(configured(config_file)) as store:
        erase(store, person)
    say(f"the store does not have '{person}' any more; run folders and sources may: see docs/history.md")


@history.command("prune", epilog=example("allot history prune"))
@json_output("what was removed as JSON to stdout")
@CONFIGURED
def prune_history(as_json: bool, config_file: Path | None) -> None:
    """Remove what is older than \\[history] in allot.toml says, and give people other names in it.

    Without entries there everything is kept.
    """
    from scheduler.config import opened_store
    from scheduler.history.keeping import prune
    from scheduler.run.clock import now

    settings = settings_now(config_file)
    with opened_store(settings) as store:
        done = asdict(prune(settings, store, now()))
    if as_json:
        deliver_json(done)
        return
    told = {name: count for name, count in done.items() if count is not None}
    if not told:
        say('nothing is removed: allot.toml has no entries in [history], such as runs = "90d"')
        return
    renamed = told.pop("names", None)
    lines = [f"removed {', '.join(count_of(n, *_PRUNED[name]) for name, n in told.items())}"] if told else []
    lines += [] if renamed is None else [f"given other names in what is older: {count_of(renamed, 'person', 'people')}"]
    say("; ".join(lines))


_PRUNED = {
    "runs": ("run",),
    "plans": ("row of earlier plans", "rows of earlier plans"),
    "days": ("day",),
    "alerts": ("alert",),
    "tasks": ("closed task",),
}
