"""`allot replan`: planning again near an earlier plan, with edits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    EXISTING_FILE,
    MOMENTS,
    OUT,
    OUTPUTS,
    POLICY,
    RUN_DIR,
    SNAPSHOT,
    cancellable,
    console,
    deliver_run,
    example,
    say,
    say_if_not_noted,
    say_summary,
    search,
    together,
)
from scheduler.edit_kinds import KINDS

_F = TypeVar("_F", bound=Callable[..., Any])


def _edit_option(name: str) -> Callable[[_F], _F]:
    """The option for a kind of edit; it may be given several times."""
    kind, flag = KINDS[name], f"--{name.replace('_', '-')}"
    return click.option(flag, name, metavar=kind.form, multiple=True, help=kind.meaning)


@click.command(
    epilog=example("allot replan snapshots/monday --from runs/monday --out runs/monday-2 --agent-out A17@13:00")
)
@SNAPSHOT
@click.option("--from", "earlier", required=True, type=RUN_DIR, metavar="RUN_DIR", help="The run to start from.")
@OUT
@together(*map(_edit_option, KINDS))
@click.option(
    "--edits",
    "edits_file",
    type=EXISTING_FILE,
    help="Read edits from a file: the earlier run's workbook with its green columns filled in, TOML, or CSV with the "
    "columns edit,what.",
)
@click.option(
    "--take-back",
    metavar="EDIT",
    multiple=True,
    help='Withdraw an edit of the earlier run, written as that run lists it: "agent_out A17@13:00".',
)
@click.option("--forget", is_flag=True, help="Withdraw all edits of the earlier run.")
@click.option(
    "--freeze",
    metavar="LENGTH",
    help="Keep work in place that was to start within this time, such as 30m; 0 freezes nothing. Default: the "
    "policy's.",
)
@click.option(
    "--min-gain",
    metavar="POINTS",
    help="What a change must gain: points (2.5), or a share (10%) of what a planned task pays on average. Default: the "
    "policy's stability.",
)
@click.option(
    "--max-changes",
    type=click.IntRange(min=0),
    metavar="N",
    help="Move or drop at most N of the tasks that could stay; without --min-gain, for any gain.",
)
@click.option("--curve", is_flag=True, help="Also compute the best value for several numbers of changes.")
@POLICY
@MOMENTS
@search("15s")
@OUTPUTS
@CONFIGURED
@click.pass_obj
def replan(
    began: float,
    /,
    snapshot: Path,
    as_json: bool,
    no_xlsx: bool,
    no_html: bool,
    time_limit: float | None,
    config_file: Path | None,
    **options: Any,
) -> None:
    """Plan a SNAPSHOT, the same or a newer one, again: close to the plan of an earlier run.

    Work that has begun or begins soon stays; other work moves only if that gains enough. The new run also lists all
    changes. Contradictory edits are named and refused with exit code 3; nothing is written.
    """
    from reports import change_lines
    from scheduler.cli.progress import Progress
    from scheduler.config import find_config, workers_here
    from scheduler.replanning import ReplanRequest
    from scheduler.replanning import replan as plan_again

    edits = tuple((kind, text) for kind in KINDS for text in options.pop(kind))
    options["workers"] = workers_here(options["workers"], config_file)
    if find_config(config_file) is not None:  # what else it takes is loaded only then
        from scheduler.alerts import watch_here
        from scheduler.cycle.snapshot import defaults_here
        from scheduler.history import note_earlier

        options |= {"watch": watch_here(config_file), "defaults": defaults_here(config_file)}
        note_earlier(options["out"], config_file)
    with cancellable() as cancelled, Progress(console()) as progress:
        request = ReplanRequest(
            source=snapshot,
            edits=edits,
            time_limit_s=time_limit,
            xlsx=not no_xlsx,
            html=not no_html,
            began=began,
            cancelled=cancelled,
            **options,
        )
        result = plan_again(request, progress)
    say_if_not_noted(request.out or Path(), config_file)
    if as_json:
        deliver_run(request.out or Path())
        return
    for line in change_lines(result.view(), request.language or result.record.policy.language):
        say(line)
    say_summary(result, request.language)
