"""`allot target`: what a figure ought to be, by day."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import rich_click as click

from scheduler.cli.looking import give
from scheduler.cli.options import CONFIGURED, example, json_output, say

if TYPE_CHECKING:
    from scheduler.config import Config


@click.group(epilog=example("allot target list"))
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
    from models import ENTERPRISE, nearest
    from scheduler.config import configured, opened_store
    from scheduler.history.figures import checked_target, remark_on

    settings = configured(config_file)
    level, key = _named(of, measure)
    checked_target(measure, value)
    first, last = _date(since, settings), None if until is None else _date(until, settings)
    with opened_store(settings) as store, store.writing() as connection:
        ended = set_target(connection, level, key, measure, value, first, last)
        known = known_keys_of(connection, level)
    if (remark := remark_on(level, measure)) is not None:
        say(f"warning: {remark}")
    if not key and level != ENTERPRISE:
        say(f"warning: this is the target of what has no {level}; that of a {level} is set with {level}:NAME")
    elif known and key not in known:
        say(f"warning: no run has had a {level} '{key}'{nearest(key, known)}")
    said = f"; the earlier target ends on {ended}" if ended else ""
    say(f"{of} {measure}: {value:g} from {first}{f' to {last}' if last else ''}{said}")


@target.command("list", epilog=example("allot target list --json"))
@json_output("the rows as JSON to stdout")
@CONFIGURED
def list_all(as_json: bool, config_file: Path | None) -> None:
    """List all targets."""
    from data import read_targets
    from scheduler.config import configured, opened_store

    settings = configured(config_file)
    with opened_store(settings) as store, store.reading() as connection:
        rows = read_targets(connection)
    give(rows, settings, as_json, None, "there are no targets yet; set one with: allot target set")


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


def _named(of: str, measure: str) -> tuple[str, str]:
    from models import ENTERPRISE, OptionError
    from scheduler.history.figures import checked_level, checked_measure

    level, _, key = of.partition(":")
    checked_level(level)
    checked_measure(measure)
    if level == ENTERPRISE and key:
        raise OptionError(f"'{of}': the enterprise is one and has no key; write {ENTERPRISE}")
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
