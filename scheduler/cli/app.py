"""The command line: all commands by what they are for, and how errors become exit codes.

Text for people goes to stderr; stdout carries only output for programs.
"""

import time
import traceback

import rich_click as click

from scheduler.cli.alerts import alerts
from scheduler.cli.check import check
from scheduler.cli.codes import INTERNAL, INTERRUPTED, code_of
from scheduler.cli.compare import compare
from scheduler.cli.config import config
from scheduler.cli.cycle import cycle
from scheduler.cli.explain import explain
from scheduler.cli.fleet import fleet
from scheduler.cli.handing import distribute, publish
from scheduler.cli.history import history
from scheduler.cli.inputs import policy, sample, template, validate
from scheduler.cli.intake import intake
from scheduler.cli.next import next_task
from scheduler.cli.options import say
from scheduler.cli.plan import plan
from scheduler.cli.replan import replan
from scheduler.cli.report import report
from scheduler.cli.serve import serve
from scheduler.cli.snapshot import snapshot
from scheduler.cli.store import store
from scheduler.cli.target import target
from scheduler.cli.tasks import tasks
from scheduler.cli.warm_up import warm_up

COMMANDS: dict[str, tuple[click.Command, ...]] = {
    "Plan": (plan, replan, fleet, check, explain, compare, report),
    "What a plan is made from": (validate, policy, sample, template),
    "The task list": (config, store, intake, tasks, snapshot, cycle),
    "Hand out": (publish, distribute, next_task, serve),
    "Look back": (history, target, alerts),
    "Installation": (warm_up,),
}
"""All commands, in the groups in which help shows them."""

click.rich_click.TEXT_MARKUP = "rich"
click.rich_click.COMMAND_GROUPS = {
    "*": [{"name": name, "commands": [str(c.name) for c in commands]} for name, commands in COMMANDS.items()]
}


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with [cyan]allot sample demo[/cyan].",
)
@click.version_option(package_name="allot", prog_name="allot")
def cli() -> None:
    """Decide which person does which piece of work next, and prove how good the plan is."""


for commands in COMMANDS.values():
    for command in commands:
        cli.add_command(command)


def run(arguments: list[str], began: float | None = None) -> int:
    """Runs the command line; returns an exit code of the data contract, section 7.

    ``began`` is the moment of :func:`time.monotonic` from which ``--time-limit`` counts; default now.
    """
    try:
        began = time.monotonic() if began is None else began
        code = cli.main(args=arguments, prog_name="allot", standalone_mode=False, obj=began)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except Exception as error:
        code = _exit_code(error)
        if code == INTERNAL and "--debug" in arguments:
            traceback.print_exc()
        return code
    return code if isinstance(code, int) else 0


def _exit_code(error: Exception) -> int:
    """Says what went wrong; returns the exit code."""
    code = code_of(error)
    say(_failure(error) if code is None else str(error) or "interrupted before there was a plan")
    return INTERNAL if code is None else code


def _failure(error: Exception) -> str:
    """The message for an error that is not a refusal: a fault of the machine or a defect."""
    from models import fault_of_a_file

    what, advice = fault_of_a_file(error) or (repr(error), "")
    advice = advice or "Run again with --debug for the details."
    return f"allot failed: {what}\nNothing earlier was changed. {advice}"
