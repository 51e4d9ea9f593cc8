"""`allot plan`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    MOMENTS_OF_EITHER,
    OUT,
    OUTPUTS,
    POLICY,
    SNAPSHOT_OR_STORE,
    cancellable,
    console,
    deliver_run,
    example,
    say,
    say_if_not_noted,
    say_summary,
    search,
    settings_now,
)
from scheduler.cli.types import STORE, KnownTo

if TYPE_CHECKING:
    from models import Observer
    from scheduler.run.result import Result


@click.command(epilog=example("allot plan snapshots/monday --out runs/monday --time-limit 60s"))
@SNAPSHOT_OR_STORE
@OUT
@POLICY
@MOMENTS_OF_EITHER
@click.option(
    "--engine",
    type=KnownTo("models", "ENGINES"),
    default="auto",
    show_default=True,
    help="Method that finds the plan; auto chooses one by the size of the problem.",
)
@click.option("--solver", metavar="NAME", default="HiGHS", show_default=True, help="PuLP solver for --engine pulp.")
@click.option(
    "--keep-better",
    is_flag=True,
    help="If stopped early, keep the run in RUN_DIR if it has the same snapshot and policy and a higher value.",
)
@search("60s")
@OUTPUTS
@CONFIGURED
@click.pass_obj
def plan(
    began: float,
    /,
    snapshot: Path,
    out: Path,
    as_json: bool,
    no_xlsx: bool,
    no_html: bool,
    time_limit: float | None,
    config_file: Path | None,
    **options: Any,
) -> None:
    """Plan a SNAPSHOT: a folder of Parquet or CSV files, one workbook, or store: for the task list of the store.

    RUN_DIR then holds the plan, the tasks left out with their reasons, a workbook and a page. Ctrl-C ends the search
    and keeps the best plan so far. A run of store: keeps its snapshot in RUN_DIR/snapshot.
    """
    from scheduler.cli.progress import Progress
    from scheduler.config import find_config

    if find_config(config_file) is not None:  # what it takes is loaded only then
        from scheduler.history import note_earlier

        note_earlier(out, config_file)
    options |= {"out": out, "time_limit_s": time_limit, "xlsx": not no_xlsx, "html": not no_html, "began": began}
    with cancellable() as cancelled, Progress(console()) as progress:
        result = _planned(snapshot, config_file, options | {"cancelled": cancelled}, progress)
    say_if_not_noted(out, config_file)
    if result.kept_over is not None:
        better = f"{result.record.objective:,.2f} points against the {result.kept_over:,.2f} of this one"
        say(f"stopped early: the earlier run in {out} stays, {better}")
    if as_json:
        deliver_run(out)
    else:
        say_summary(result, options["language"])


def _planned(snapshot: Path, config_file: Path | None, options: dict[str, Any], observer: "Observer") -> "Result":
    from scheduler.config import find_config, workers_here

    options["workers"] = workers_here(options["workers"], config_file)
    if snapshot == STORE:
        from scheduler.cycle.planning import plan_list

        moments = {name: options.pop(name) for name in ("as_of", "horizon")}
        return plan_list(settings_now(config_file), options, observer, **moments, tell=say)
    from scheduler.parts.any_size import plan_any_size
    from scheduler.run.request import Request

    if find_config(config_file) is not None:  # what else it takes is loaded only then
        from scheduler.alerts import watch_here
        from scheduler.cycle.snapshot import defaults_here, policy_here

        options |= {"policy": policy_here(options["policy"], config_file), "watch": watch_here(config_file)}
        options["defaults"] = defaults_here(config_file)
    return plan_any_size(Request(source=snapshot, **options), observer)
