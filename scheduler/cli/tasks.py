"""``allot tasks``: shows and changes the task list."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    FILE,
    MOST_LINES,
    deliver_json,
    example,
    json_output,
    left_out,
    printable,
    say,
    settings_now,
    together,
    user_name,
)
from scheduler.run.counting import count_of

_SHOWN = ("task_id", "status", "agent_id", "process", "due_at", "value", "source")


@click.group(epilog=example("allot tasks list"))
def tasks() -> None:
    """Show the task list, or hold, resume, cancel, complete, restart, assign and start tasks."""


@tasks.command("list", epilog=example("allot tasks list --where \"status = 'held' AND value > 5\""))
@click.option(
    "--where", metavar="EXPRESSION", help="Only tasks for which this SQL expression over the columns is true."
)
@click.option("--xlsx", type=FILE, metavar="FILE", help="Write the list as a workbook.")
@json_output("the list as JSON to stdout")
@CONFIGURED
def list_tasks(where: str | None, xlsx: Path | None, as_json: bool, config_file: Path | None) -> None:
    """List the tasks of the store, with their values after the rules."""
    from data import chosen_tasks, plain_row, task_frame
    from scheduler.config import configured, opened_store

    settings = configured(config_file)
    with opened_store(settings) as opened, opened.reading() as connection:
        frame = task_frame(connection)
    if where is not None:
        try:
            frame = chosen_tasks(frame, where, settings.timezone)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--where") from error
    if xlsx is not None:
        from data import write_whole
        from reports import write_task_list
        from scheduler.run.clock import now

        moment = now()
        write_whole(xlsx, lambda file: write_task_list(frame, file, moment, settings.timezone))
        say(f"wrote {xlsx}: {count_of(frame.height, 'task')}")
    if as_json:
        deliver_json([plain_row(row, settings.timezone) for row in frame.iter_rows(named=True)])
    elif xlsx is None:
        _say_rows(frame.head(MOST_LINES).rows(named=True), frame.height, settings.timezone)


def _say_rows(rows: list[dict[str, Any]], count: int, zone: str) -> None:
    cells = [list(_SHOWN), *([_text(row[name], zone) for name in _SHOWN] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(_SHOWN))]
    for line in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    say(f"{count_of(count, 'task')}{left_out(count)}")


@tasks.command("show", epilog=example("allot tasks show T4711"))
@click.argument("task_id")
@json_output("the task and its operations as JSON to stdout")
@CONFIGURED
def show(task_id: str, as_json: bool, config_file: Path | None) -> None:
    """Show a task and its history: every operation, its outcome and the reason."""
    from data import plain_row, task_history
    from models import OptionError
    from scheduler.config import configured, opened_store

    settings = configured(config_file)
    with opened_store(settings) as opened, opened.reading() as connection:
        task, operations = task_history(connection, task_id)
    if task is None and not operations:
        raise OptionError(f"no operation has ever been about a task {task_id!r}; ids are case-sensitive")
    if as_json:
        zone = settings.timezone
        history = [plain_row(operation, zone) for operation in operations]
        deliver_json({"task": None if task is None else plain_row(task, zone), "operations": history})
        return
    _say_task(task_id, task, settings.timezone)
    for operation in operations:
        _say_operation(operation, settings.timezone)


def _say_task(task_id: str, task: dict[str, Any] | None, zone: str) -> None:
    if task is None:
        say(f"{task_id} is not in the list: nothing has created it yet")
        return
    ruled = json.loads(task.pop("set_by"))
    besides, error = json.loads(task.pop("extra")), task.pop("error")
    first = {name: task[name] for name in ("task_id", "source", "status")}
    further = {f"{name} (of the source)" if name in task else name: value for name, value in besides.items()}
    values = first | {"held for an error": error} | task | further
    for name, value in values.items():
        if value is not None:
            rule = f"  (rule {ruled[name]})" if name in ruled else ""
            say(f"{name}: {_text(value, zone)}{rule}")


def _say_operation(operation: dict[str, Any], zone: str) -> None:
    who = f" to {operation['agent_id']}" if operation["agent_id"] else ""
    version = "" if operation["version"] is None else f" version {operation['version']}"
    reason = f": {operation['reason']}" if operation["reason"] else ""
    source = f"{operation['source']} ({operation['key']})"
    when = _text(operation["received_at"], zone)
    say(f"{when}  {operation['operation']}{who}{version} from {source}  {operation['outcome']}{reason}")


def _text(value: Any, zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"
    shown = f"{value:.15g}" if isinstance(value, float) else str(value)
    return printable(shown)


_IDS = click.argument("task_ids", nargs=-1, required=True, metavar="ID...")
_WHO: Mapping[str, Callable[..., Any]] = {
    "assign": click.option("--agent", "agent_id", required=True, metavar="ID", help="The agent who gets the tasks."),
    "start": click.option(
        "--agent", "agent_id", metavar="ID", help="The agent who has started them; default: who has them now."
    ),
}


def _command(kind: str, text: str) -> Callable[..., None]:
    """Makes the command for one operation on tasks."""

    def act(task_ids: tuple[str, ...], config_file: Path | None, agent_id: str | None = None) -> None:
        _act(kind, task_ids, config_file, agent_id)

    act.__doc__ = text
    act = together(_IDS, CONFIGURED)(act)
    act = _WHO[kind](act) if kind in _WHO else act
    usage = f"allot tasks {kind} T4711 T4712{' --agent A17' if kind in _WHO else ''}"
    tasks.command(kind, epilog=example(usage))(act)
    return act


_command("hold", "Put tasks on hold: they are not planned until they are resumed.")
_command("resume", "Resume tasks on hold: they get back the status they had before.")
_command("cancel", "Cancel tasks.")
_command("complete", "Complete tasks.")
_command("restart", "Queue tasks again and apply the rules; closed tasks only if their source allows it (reopen).")
_command("assign", "Assign tasks to an agent, unless another agent has them.")
_command("start", "Mark tasks as started by an agent, unless another agent has them.")


def _act(kind: str, task_ids: tuple[str, ...], config_file: Path | None, agent_id: str | None) -> None:
    from data import OperationKind, OutcomeKind, act_on_tasks, people_tables
    from models import OptionError, nearest
    from scheduler.config import opened_store, ruling_of
    from scheduler.run.clock import now

    settings = settings_now(config_file)
    moment = now()
    reopening = [name for name, source in settings.source.items() if source.reopen]
    with opened_store(settings) as opened, opened.writing() as connection:
        outcomes = act_on_tasks(
            connection,
            OperationKind(kind),
            task_ids,
            by=user_name(),
            now=moment,
            agent_id=agent_id,
            reopening=reopening,
            ruling=ruling_of(settings, moment),
        )
        people = people_tables(connection, tables=["agents"]).get("agents")
    if agent_id is not None and people is not None and agent_id not in people["agent_id"]:
        known = people["agent_id"].drop_nulls().to_list()
        say(f"warning: no source has brought an agent '{printable(agent_id)}'{nearest(agent_id, known)}")
    for name, outcome in zip(task_ids, outcomes, strict=True):
        say(f"{name}: {kind} {outcome.kind}{f': {outcome.reason}' if outcome.reason else ''}")
    refused = sum(outcome.kind is OutcomeKind.REFUSED for outcome in outcomes)
    if refused:
        raise OptionError(f"{refused} of {len(outcomes)} refused; `allot tasks show ID` tells what happened to a task")
