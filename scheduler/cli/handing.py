"""``allot publish``: a run becomes the current plan."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIG, DEBUG, RUN_DIR, compiling_told, deliver_json, example, say


@click.command(epilog=example("allot publish runs/monday"))
@click.argument("run_dir", type=RUN_DIR)
@click.option(
    "--snapshot",
    type=click.Path(exists=True, path_type=Path),
    metavar="SNAPSHOT",
    help="The snapshot the run was made from. Default: where it was then, or RUN_DIR/snapshot.",
)
@click.option("--json", "as_json", is_flag=True, help="Print version and counts as JSON to stdout.")
@CONFIG
@DEBUG
def publish(run_dir: Path, snapshot: Path | None, as_json: bool, config_file: Path | None) -> None:
    """Check the run in RUN_DIR and make it the current plan, the one that is handed out.

    Every publication has a version, one higher than the last. Exit code 6 if the run fails the check; the current plan
    then stays. The current run again changes nothing.
    """
    from scheduler.config import configured
    from scheduler.publishing import publish_run
    from scheduler.run.clock import warnings

    settings = configured(config_file)
    for warning in warnings():
        say(f"warning: {warning}")
    with compiling_told("compiling the loops of the check, once"):
        done = publish_run(settings, run_dir, snapshot)
    made = done.publication
    if as_json:
        counts = {"planned": done.planned, "changed": done.changed, "withdrawn": done.withdrawn}
        deliver_json({"version": made.version, "run_id": made.run_id, "new": done.is_new, **counts})
    if done.is_new:
        counts_told = f"{done.planned:,} tasks planned, {done.changed:,} of them new or changed"
        say(f"published {run_dir} as version {made.version}: {counts_told}, {done.withdrawn:,} withdrawn")
    else:
        say(f"{run_dir} is the current plan already, version {made.version}")
