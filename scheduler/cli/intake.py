"""``allot intake``: takes what sources have sent into the task list."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    EXISTING_FILE,
    MOST_LINES,
    UNREACHED,
    cancellable,
    deliver_json,
    example,
    in_a_line,
    json_output,
    left_out,
    printable,
    say,
    settings_now,
)
from scheduler.cli.types import Length
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    from data import Rejected, SourceStatus
    from scheduler.config import Config
    from scheduler.intake import Taken

_SOURCES = click.argument("sources", nargs=-1, metavar="[SOURCE]...")


@click.group(epilog=example("allot intake run"))
def intake() -> None:
    """Take in what sources have sent, show their state and refused operations, or send a file."""


@intake.command("run", epilog=example("allot intake run --follow 30s"))
@_SOURCES
@click.option(
    "--follow", type=Length(), metavar="LENGTH", help="Keep running, and look again after this time, such as 30s."
)
@click.option(
    "--accept-missing",
    is_flag=True,
    help="Accept that many tasks have disappeared at once from a source that is read in full.",
)
@json_output("the result for each source as JSON to stdout")
@CONFIGURED
def run_sources(
    sources: tuple[str, ...], follow: float | None, accept_missing: bool, as_json: bool, config_file: Path | None
) -> int:
    """Take in what the sources have sent, all of them or the named ones.

    Exit code 5 if a source cannot be reached or read; the others are still taken in.
    """
    from data import StoreUnreachableError

    settings = settings_now(config_file)
    if follow is None:
        return _run_once(settings, sources, accept_missing, as_json)
    with cancellable("stopping after this source (again to stop at once)") as cancelled:
        while True:
            try:
                _run_once(settings, sources, accept_missing, as_json, cancelled.is_set)
            except StoreUnreachableError as error:
                say(f"{error}; trying again")
            if cancelled.wait(follow):
                return 0


def _run_once(
    settings: "Config", sources: tuple[str, ...], accept_missing: bool, as_json: bool, stop: Callable[[], bool] = bool
) -> int:
    from data import renew_actuals
    from scheduler.config import opened_store
    from scheduler.intake import run_intake

    taken = []
    with opened_store(settings) as store:
        for one in run_intake(settings, store, sources, accept_missing=accept_missing):
            taken.append(one)
            _say_taken(one)
            if stop():
                break
        renew_actuals(store)
    if as_json:
        _deliver(taken)
    return UNREACHED if any(one.fault for one in taken) else 0


def _say_taken(taken: "Taken") -> None:
    for line in taken.said:
        say(f"{taken.source}: {printable(line)}")
    counts = ", ".join(f"{name} {count:,}" for name, count in taken.counts.by_outcome.items())
    say(f"{taken.source}: {counts}")
    for reason in taken.counts.reasons[:MOST_LINES]:
        say(f"{taken.source}: {printable(reason)}")
    if taken.fault:
        say(f"{taken.source}: could not be taken in: {in_a_line(taken.fault)}")


def _deliver(taken: Iterable["Taken"]) -> None:
    records = [{"source": t.source, "ok": t.fault is None, **t.counts.record(), "message": _message(t)} for t in taken]
    deliver_json({"sources": records})


def _message(taken: "Taken") -> str:
    return "; ".join([*taken.said, *([taken.fault] if taken.fault else [])])


@intake.command("status", epilog=example("allot intake status"))
@json_output("the status as JSON to stdout")
@CONFIGURED
def status(as_json: bool, config_file: Path | None) -> None:
    """Show for each source its last event, the age of that, and the outcomes of its operations."""
    from data import OperationCounts, OutcomeKind
    from scheduler.config import opened_store
    from scheduler.intake import age_in_words, files_in_error, source_status

    settings = settings_now(config_file)
    with opened_store(settings) as store:
        found = source_status(settings, store, counting=OperationCounts())
    if as_json:
        records = [_status_record(one, settings.timezone) for one in found]
        files = [files_in_error(settings, one.source) for one in found]
        deliver_json({"sources": [{**one, "files_in_error": n} for one, n in zip(records, files, strict=True)]})
        return
    for one in found:
        last = "nothing yet" if one.last_event is None else f"last event {_local(one.last_event, settings.timezone)}"
        age = "" if one.age is None else f" ({age_in_words(one.age)} ago)"
        counts = ", ".join(f"{kind} {one.counts.get(kind, 0):,}" for kind in OutcomeKind)
        stale = "; STALE: older than its max_age" if one.stale else ""
        error = f"; could not be read: {in_a_line(one.error)}" if one.error else ""
        unread = files_in_error(settings, one.source)
        unreadable = f"; {count_of(unread, 'file')} in its folder error could not be read" if unread else ""
        say(f"{one.source}: {last}{age}, {counts}{stale}{error}{unreadable}")
    if not found:
        say("no source is configured")


def _status_record(one: "SourceStatus", zone: str) -> dict[str, Any]:
    from data import OutcomeKind

    return {
        "source": one.source,
        "last_event": None if one.last_event is None else _local(one.last_event, zone),
        "age": None if one.age is None else one.age.total_seconds(),
        **{kind.value: one.counts.get(kind, 0) for kind in OutcomeKind},
        "is_stale": one.stale,
        "error": one.error,
    }


def _local(moment: datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    return str(moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"))


@intake.command("rejects", epilog=example("allot intake rejects --retry"))
@_SOURCES
@click.option("--retry", is_flag=True, help="Try them again, with the present configuration.")
@json_output("them, or with --retry the outcomes, as JSON to stdout")
@CONFIGURED
def rejects(sources: tuple[str, ...], retry: bool, as_json: bool, config_file: Path | None) -> None:
    """List the operations that were refused, of all sources or the named ones, with the reason."""
    from scheduler.config import opened_store
    from scheduler.intake import rejected, retry_rejected

    settings = settings_now(config_file)
    with opened_store(settings) as store:
        if retry:
            taken = list(retry_rejected(settings, store, sources))
            for one in taken:
                _say_taken(one)
            if as_json:
                _deliver(taken)
            elif not taken:
                say("nothing was refused that can be tried again")
            return
        found = rejected(settings, store, sources)
    _show_rejects(found, settings.timezone, as_json)


def _show_rejects(found: "Sequence[Rejected]", zone: str, as_json: bool) -> None:
    if as_json:
        deliver_json([_reject_record(one, zone) for one in found])
        return
    for one in found[:MOST_LINES]:
        name = f" {printable(one.task_id)}" if one.task_id else ""
        when = _local(one.received_at, zone)
        say(f"{when}  {one.source} ({printable(one.key)})  {one.operation}{name}: {printable(one.reason)}")
    say(f"{len(found):,} refused{left_out(len(found))}")


def _reject_record(one: "Rejected", zone: str) -> dict[str, Any]:
    return {
        "source": one.source,
        "key": one.key,
        "task_id": one.task_id,
        "operation": one.operation,
        "received_at": _local(one.received_at, zone),
        "reason": one.reason,
        "row": _row(one.text),
    }


def _row(text: str | None) -> Any:
    """The row as it came: its columns, or the text that could not be read."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


@intake.command("send", epilog=example("allot intake send tasks.csv --source files"))
@click.argument("file", type=EXISTING_FILE)
@click.option("--source", required=True, metavar="NAME", help="The source that counts as the sender.")
@json_output("the result as JSON to stdout")
@CONFIGURED
def send(file: Path, source: str, as_json: bool, config_file: Path | None) -> None:
    """Take in FILE (CSV, Excel, JSON or XML) as if the source had sent it. Sending it twice changes nothing."""
    from data import renew_actuals
    from scheduler.config import opened_store
    from scheduler.intake import send_file

    settings = settings_now(config_file)
    with opened_store(settings) as store:
        taken = send_file(settings, store, source, file)
        renew_actuals(store)
    _say_taken(taken)
    if as_json:
        _deliver([taken])
