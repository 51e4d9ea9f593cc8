"""``allot alerts``: looks for what is not as it should be, shows it, and keeps what was done about it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    deliver_json,
    example,
    in_a_line,
    json_output,
    printable,
    say,
    settings_now,
    user_name,
)
from scheduler.cli.types import Length, Moment
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    from data import AlertRow, Silence, Store
    from scheduler.alerts import Looked, Trial
    from scheduler.config import Config

_FIRING = 4
_ALERT = click.argument("alert_id", metavar="N", type=click.IntRange(min=1))
_BY = click.option("--by", metavar="NAME", help="Who. Default: the user who is logged in.")


@click.group(epilog=example("allot alerts list"))
def alerts() -> None:
    """Look for what is not as it should be, show it, silence it, and keep and judge what was done about it."""


@alerts.command(epilog=example("allot alerts check --exit-code"))
@click.option("--exit-code", "exit_code", is_flag=True, help="Exit with code 4 when alerts are firing.")
@json_output("the open alerts and what was told as JSON")
@CONFIGURED
def check(exit_code: bool, as_json: bool, config_file: Path | None) -> int:
    """Look at new runs and at the clock, and tell people what has begun to fire.

    A cron line of its own, beside that of allot cycle, notices a source that sends nothing and a planner that does not
    plan. What could not be delivered is delivered with the next check.
    """
    from scheduler.alerts import look

    settings = settings_now(config_file)
    looked = look(settings)
    _say_looked(looked, settings.timezone)
    if as_json:
        deliver_json(_looked_record(looked, settings.timezone))
    fires = any(row.state == "firing" for row in looked.alerts)
    return _FIRING if exit_code and fires else 0


def _say_looked(looked: "Looked", zone: str) -> None:
    from scheduler.alerts import worded

    _say_rows(looked.alerts, zone)
    if looked.message is not None:
        say(f"message {looked.message.message_id}: {printable(worded(looked.message, zone)['subject'])}")
    for one in looked.delivered:
        fault = f"; FAILED, {one.left} wait: {in_a_line(one.fault)}" if one.fault else ""
        say(f"{one.notify}: {one.sent} delivered{fault}")


def _looked_record(looked: "Looked", zone: str) -> dict[str, Any]:
    from scheduler.alerts import alert_record, counts_of, worded

    return {
        **counts_of(looked.alerts),
        "runs": looked.runs,
        "message": None if looked.message is None else worded(looked.message, zone),
        "delivered": [
            {"notify": one.notify, "ok": one.fault is None, "sent": one.sent, "left": one.left, "message": one.fault}
            for one in looked.delivered
        ],
        "alerts": [alert_record(row, zone) for row in looked.alerts],
    }


def _say_rows(rows: Sequence["AlertRow"], zone: str) -> None:
    from reports import alert_line
    from scheduler.alerts import counts_of, record_of

    for row in rows:
        state = f"{row.state} {row.severity}" if row.state == "firing" else row.state
        told = record_of(row, zone)
        until = f", until {told.until:%Y-%m-%d %H:%M}" if told.until else ""
        held = f"; not told: {row.held}" if row.held else ""
        say(printable(f"{row.alert_id}  {state}  {row.name}  {alert_line(told, zone)}{until}{held}"))
    say(", ".join(f"{count:,} {name}" for name, count in counts_of(rows).items()))


@alerts.command("list", epilog=example("allot alerts list --all"))
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@json_output("them as JSON")
@CONFIGURED
def list_alerts(every: bool, as_json: bool, config_file: Path | None) -> None:
    """List the alerts that are pending or firing, and the silences that hold."""
    from data import all_alerts, open_alerts, silences_at
    from scheduler.alerts import alert_record
    from scheduler.config import opened_store
    from scheduler.run.clock import now

    settings = settings_now(config_file)
    with opened_store(settings) as store, store.reading() as connection:
        rows = all_alerts(connection) if every else open_alerts(connection)
        silences = silences_at(connection, now())
    if as_json:
        deliver_json([alert_record(row, settings.timezone) for row in rows])
        return
    _say_rows(rows, settings.timezone)
    for silence in silences:
        _say_silence(silence, settings.timezone)


@alerts.command(epilog=example("allot alerts show 3"))
@_ALERT
@json_output("the alert and its actions as JSON")
@CONFIGURED
def show(alert_id: int, as_json: bool, config_file: Path | None) -> None:
    """Show an alert and what was done about it."""
    from data import actions_on
    from scheduler.alerts import alert_record, local, required
    from scheduler.config import opened_store

    settings = settings_now(config_file)
    with opened_store(settings) as store, store.reading() as connection:
        row = required(connection, alert_id)
        actions = actions_on(connection, alert_id)
    if as_json:
        kept = [_action(action, settings.timezone) for action in actions]
        deliver_json({**alert_record(row, settings.timezone), "actions": kept})
        return
    _say_rows([row], settings.timezone)
    for action in actions:
        at = local(action.at, settings.timezone)
        say(printable(f"action {action.action_id}  {at}  {action.by} ({action.kind}): {action.text}"))


def _action(action: Any, zone: str) -> dict[str, Any]:
    from scheduler.alerts import local

    record = {name: getattr(action, name) for name in ("action_id", "alert_id", "by", "kind", "text")}
    return {**record, "at": local(action.at, zone)}


@alerts.command(epilog=example("allot alerts silence --name 'late work' --level site --key Köln --for 4h"))
@click.argument("alert_id", metavar="[N]", type=click.IntRange(min=1), required=False)
@click.option("--name", metavar="NAME", help="Alerts of this name.")
@click.option("--level", metavar="LEVEL", help="Alerts of this level.")
@click.option("--key", metavar="KEY", help="Alerts of this key of the level, such as a site.")
@click.option("--for", "length", type=Length(), metavar="LENGTH", help="How long, such as 2h. Default: 4h.")
@_BY
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option("--end", "ended", type=click.IntRange(min=1), metavar="SILENCE", help="End the silence of this number.")
@CONFIGURED
def silence(
    alert_id: int | None,
    name: str | None,
    level: str | None,
    key: str | None,
    length: float | None,
    by: str | None,
    reason: str,
    ended: int | None,
    config_file: Path | None,
) -> None:
    """Tell nobody for a time of alert N, or of all alerts of a name, level or key.

    What still fires when the time is over is told then.
    """
    from scheduler.config import opened_store

    settings = settings_now(config_file)
    with opened_store(settings) as store:
        if ended is not None:
            _end_silence(store, ended)
            return
        given = _silenced(settings, store, alert_id, {"name": name, "level": level, "key": key})
        made = _silence(store, given, length or 4 * 3600.0, by, reason)
    _say_silence(made, settings.timezone)


def _end_silence(store: "Store", number: int) -> None:
    from data import end_silence
    from models import OptionError
    from scheduler.run.clock import now

    with store.writing() as connection:
        if not end_silence(connection, number, now()):
            raise OptionError(f"there is no silence {number} that holds; `allot alerts list` shows those that do")
    say(f"silence {number} is over")


def _silenced(
    settings: "Config", store: "Store", alert_id: int | None, given: dict[str, str | None]
) -> dict[str, str | None]:
    """Which alerts are to be silenced: the name, level and key of one, or those that are given."""
    from models import OptionError, nearest
    from scheduler.alerts import required

    if alert_id is not None:
        if any(value is not None for value in given.values()):
            raise click.UsageError("give either the number of an alert, or --name, --level and --key")
        with store.reading() as connection:
            row = required(connection, alert_id)
        return {"name": row.name, "level": row.level, "key": row.key}
    if not any(value is not None for value in given.values()):
        raise click.UsageError("say which alerts: the number of one, or --name, --level or --key")
    names = [alert.name for alert in settings.alert]
    if given["name"] is not None and given["name"] not in names:
        raise OptionError(f"there is no alert '{given['name']}'{nearest(given['name'], names)}")
    return given


def _silence(store: "Store", given: dict[str, str | None], length: float, by: str | None, reason: str) -> "Silence":
    from data import Silence, add_silence
    from scheduler.run.clock import now

    begun = now()
    made = Silence(
        name=given["name"],
        level=given["level"],
        key=given["key"],
        since=begun,
        until=begun + timedelta(seconds=length),
        by=by or user_name(),
        reason=reason,
    )
    with store.writing() as connection:
        return add_silence(connection, made)


def _say_silence(made: "Silence", zone: str) -> None:
    from scheduler.alerts import local

    named = {"name": made.name, "level": made.level, "key": made.key}
    given = [f"{what} {value!r}" for what, value in named.items() if value is not None]
    reason = f": {made.reason}" if made.reason else ""
    until = local(made.until, zone)
    say(printable(f"silence {made.silence_id}  {', '.join(given)}, until {until}, by {made.by}{reason}"))


@alerts.command(epilog=example("allot alerts act 3 'three people from Köln until 15:00' --by karim --kind lend"))
@_ALERT
@click.argument("text")
@_BY
@click.option(
    "--kind", default="other", show_default=True, metavar="WORD", help="What kind of action, such as lend, overtime."
)
@click.option("--at", "at", type=Moment(), metavar="TIME", help="When it was done. Default: now.")
@json_output("the action as JSON")
@CONFIGURED
def act(
    alert_id: int, text: str, by: str | None, kind: str, at: str | None, as_json: bool, config_file: Path | None
) -> None:
    """Keep what was done about alert N, for allot alerts judge."""
    from data import add_action, parse_moment
    from models import OptionError
    from scheduler.alerts import required
    from scheduler.config import opened_store
    from scheduler.run.clock import now

    if not text.strip() or not kind.strip():
        raise click.UsageError("say what was done, and what kind of action it was")
    settings = settings_now(config_file)
    try:
        moment = now() if at is None else parse_moment(at, settings.timezone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
    if moment > now():
        raise OptionError(f"{at} is yet to come; keep an action once it has been done")
    with opened_store(settings) as store, store.writing() as connection:
        row = required(connection, alert_id)
        made = add_action(connection, alert_id, at=moment, by=by or user_name(), kind=kind.strip(), text=text)
    if as_json:
        deliver_json(_action(made, settings.timezone))
        return
    say(printable(f"action {made.action_id} is kept with alert {alert_id} ({row.name})"))


@alerts.command(epilog=example("allot alerts judge 3"))
@_ALERT
@json_output("the figures as JSON")
@CONFIGURED
def judge(alert_id: int, as_json: bool, config_file: Path | None) -> None:
    """Show the figure of alert N before each action, one hour and one day after, beside the same hours of the four
    weeks before, and say what cannot be known from that."""
    from scheduler.alerts import alert_record
    from scheduler.alerts import judge as judge_alert
    from scheduler.cli.judged import judged_record, say_judged

    settings = settings_now(config_file)
    judged = judge_alert(settings, alert_id)
    if as_json:
        alert = alert_record(judged[0].alert, settings.timezone)
        records = [judged_record(one, settings.timezone) for one in judged]
        deliver_json({"alert": alert, "judgements": records})
        return
    for one in judged:
        say_judged(one, settings.timezone)


@alerts.command("try", epilog=example("allot alerts try --from -8w"))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--from",
    "since",
    default="-4w",
    show_default=True,
    metavar="TIME",
    help="The first run: a moment, or how long ago, such as -8w, -10d, -36h.",
)
@json_output("the messages as JSON")
@CONFIGURED
def try_out(names: tuple[str, ...], since: str, as_json: bool, config_file: Path | None) -> None:
    """Say what the alerts of allot.toml, or those of these names, would have sent: also those that are not enabled.

    Nothing is sent or kept.
    """
    from scheduler.alerts import try_alerts
    from scheduler.history.figures import moment
    from scheduler.run.clock import now

    settings = settings_now(config_file)
    tried = try_alerts(settings, names, since=moment(since, now(), settings.timezone))
    if as_json:
        deliver_json(_trial_record(tried, settings.timezone))
        return
    _say_trial(tried, settings.timezone)


def _trial_record(tried: "Trial", zone: str) -> dict[str, Any]:
    from scheduler.alerts import alert_record, local

    return {
        "runs": tried.runs,
        "from": local(tried.first, zone),
        "until": local(tried.last, zone),
        "fired": {name: tried.fired[name] for name in tried.names},
        "firing": tried.firing,
        "messages": [
            {"at": local(sent.at, zone), "alerts": [alert_record(row, zone) for row in sent.alerts]}
            for sent in tried.messages
        ],
        "said": list(tried.said),
    }


def _say_trial(tried: "Trial", zone: str) -> None:
    from reports import alert_line
    from scheduler.alerts import local, record_of

    if not tried.runs:
        say("the history has no runs of this time")
    for sent in tried.messages:
        say(f"{local(sent.at, zone)}  {count_of(len(sent.alerts), 'alert')}")
        for row in sent.alerts[:3]:
            say(printable(f"    {row.severity}  {row.name}  {alert_line(record_of(row), zone)}"))
        if len(sent.alerts) > 3:
            say(f"    and {len(sent.alerts) - 3} more")
    for name in tried.names:
        say(printable(f"{name}: would have fired {count_of(tried.fired[name], 'time')}"))
    told = f"{count_of(len(tried.messages), 'message')} over {count_of(tried.runs, 'run')}"
    say(f"{told}; {tried.firing:,} would be firing now")
    for line in tried.said:
        say(printable(line))
