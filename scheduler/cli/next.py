"""``allot next``: a person's next task."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from scheduler.cli.options import CONFIGURED, deliver_json, example, json_output, printable, say, settings_now

if TYPE_CHECKING:
    from scheduler.handout import HandedOut


@click.command("next", epilog=example("allot next --agent A17 --start"))
@click.option("--agent", "agent_id", metavar="ID", help="Who asks.")
@click.option("--start", is_flag=True, help="Start the task at once; else it is only leased.")
@click.option(
    "--choice",
    type=click.IntRange(1, 10),
    metavar="N",
    default=1,
    show_default=True,
    help="Hand out up to N tasks to choose one from; the others go back when it is started.",
)
@click.option("--decline", "declined", metavar="TASK", help="Give back this task instead; it keeps its age.")
@click.option("--reason", metavar="TEXT", help="Why it is given back; needed with --decline.")
@json_output("the task as JSON to stdout, null where there is none")
@CONFIGURED
def next_task(
    agent_id: str | None,
    start: bool,
    choice: int,
    declined: str | None,
    reason: str | None,
    as_json: bool,
    config_file: Path | None,
) -> None:
    """Hand out a person's next task, with the reason.

    That is the next one that the published plan has for them and that is still open; else the open one with the best
    margin at the prices of that plan. It is leased to them for the time that \\[next] lease says, so that nobody else
    gets it; then it goes back, as it does with --decline, and is not handed to them again before the next plan.
    """
    from scheduler.config import opened_store
    from scheduler.handout import Handout

    _refuse_contradictions(agent_id, declined, reason)
    settings = settings_now(config_file)
    with opened_store(settings) as store:
        handout = Handout(settings, store)
        if declined is not None:
            who = handout.decline(declined, reason or "", agent_id)
            found, said = None, f"{declined} is back from {who}"
        else:
            found = handout.next(agent_id or "", start=start, choice=choice)
            said = f"there is nothing for {agent_id} to do now" if found is None else ""
    if as_json:
        deliver_json(None if found is None else found.record())
    elif found is None:
        say(printable(said))
    else:
        _say(found, settings.timezone)


def _refuse_contradictions(agent_id: str | None, declined: str | None, reason: str | None) -> None:
    if declined is None and agent_id is None:
        raise click.UsageError("Say who asks: --agent ID.")
    if declined is not None and not (reason or "").strip():
        raise click.UsageError("Say why the task is given back: --reason TEXT.")
    if declined is None and reason is not None:
        raise click.UsageError("--reason goes with --decline TASK.")


def _say(found: "HandedOut", zone: str) -> None:
    from zoneinfo import ZoneInfo

    for choice in found.choices:
        say(printable(f"{choice.task_id}: {choice.why}"))
    if found.lease_until is not None:
        one = "it" if len(found.choices) == 1 else "one of them"
        say(f"start {one} by {found.lease_until.astimezone(ZoneInfo(zone)):%H:%M:%S}")
