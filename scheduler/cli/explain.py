"""`allot explain`: why a task is planned as it is or not at all; what an agent's day consists of."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import rich_click as click

from scheduler.cli.options import (
    DEBUG,
    LANG,
    RUN_DIR,
    WorkersType,
    cancellable,
    compiling_told,
    console,
    deliver_json,
    example,
    json_output,
    say,
)
from scheduler.cli.types import Length


@click.command(epilog=example("allot explain runs/monday T000573"))
@click.argument("run_dir", type=RUN_DIR)
@click.argument("task", required=False)
@click.option("--agent", metavar="AGENT", help="Explain this agent's day; with TASK, why this agent does not do it.")
@click.option(
    "--snapshot",
    type=click.Path(exists=True, path_type=Path),
    metavar="SNAPSHOT",
    help="Path to the run's snapshot, if it has moved.",
)
@click.option(
    "--time-limit",
    type=Length(),
    default="20s",
    show_default=True,
    metavar="LENGTH",
    help="Time for the command, most of it for planning again, as it is and with other choices.",
)
@click.option(
    "--workers",
    type=WorkersType(),
    metavar="auto|N|processes:N|tls://HOST:PORT",
    help="Who plans again with other choices. Default: threads on all cores.",
)
@json_output("the explanation as JSON to stdout")
@LANG
@DEBUG
@click.pass_obj
def explain(
    began: float,
    /,
    run_dir: Path,
    task: str | None,
    agent: str | None,
    snapshot: Path | None,
    time_limit: float,
    workers: str | None,
    as_json: bool,
    language: str | None,
) -> None:
    """Explain why TASK is planned as it is in the run in RUN_DIR, or why it is not planned.

    What other choices would cost is found by planning again with each choice: the loss in value of the whole plan, and
    the proved range of it. Without TASK, --agent explains an agent's day.
    """
    if task is None and agent is None:
        raise click.UsageError("name a TASK, or an agent with --agent")
    from models import Limits
    from reports import agent_lines, task_lines
    from scheduler.cli.progress import WORDS
    from scheduler.config import workers_beside
    from scheduler.explaining import explain_agent, explain_task, read_past_run
    from scheduler.workers import opened_workers

    chosen = workers_beside(workers)
    with cancellable() as cancelled, _waiting(), compiling_told(WORDS["compile"]), opened_workers(chosen) as executor:
        past = read_past_run(run_dir, snapshot)
        if task is None:
            told = explain_agent(past, str(agent))
        else:
            limits = Limits(deadline=began + time_limit, cancelled=cancelled, executor=executor)
            told = explain_task(past, task, limits, agent)
    if as_json:
        deliver_json(told)
        return
    lines_of = agent_lines if task is None else task_lines
    for line in lines_of(told, language or past.earlier.run.policy.language):
        say(line)


def _waiting() -> AbstractContextManager[Any]:
    """Shows on a terminal that the command is working."""
    terminal = console()
    return terminal.status("reading the run, planning again") if terminal.is_terminal else nullcontext()
