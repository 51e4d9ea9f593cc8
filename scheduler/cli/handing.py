"""``allot publish`` and ``allot distribute``: a run becomes the current plan, and outlets are told of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from scheduler.cli.options import (
    CONFIGURED,
    RUN_DIR,
    UNREACHED,
    compiling_told,
    deliver_json,
    example,
    in_a_line,
    json_output,
    printable,
    say,
    settings_now,
)
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    from scheduler.publishing import Handed


@click.command(epilog=example("allot publish runs/monday"))
@click.argument("run_dir", type=RUN_DIR)
@click.option(
    "--snapshot",
    type=click.Path(exists=True, path_type=Path),
    metavar="SNAPSHOT",
    help="The snapshot the run was made from. Default: where it was then, or RUN_DIR/snapshot.",
)
@json_output("version and counts as JSON to stdout")
@CONFIGURED
def publish(run_dir: Path, snapshot: Path | None, as_json: bool, config_file: Path | None) -> None:
    """Check the run in RUN_DIR and make it the current plan, the one that is handed out.

    Every publication has a version, one higher than the last. Exit code 6 if the run fails the check; the current plan
    then stays. The current run again changes nothing.
    """
    from scheduler.publishing import publish_run

    settings = settings_now(config_file)
    with compiling_told("compiling the loops of the check, once"):
        done = publish_run(settings, run_dir, snapshot)
    made = done.publication
    if as_json:
        counts = {"planned": done.planned, "changed": done.changed, "withdrawn": done.withdrawn}
        deliver_json({"version": made.version, "run_id": made.run_id, "new": done.is_new, **counts})
    if done.is_new:
        counts_told = f"{count_of(done.planned, 'task')} planned, {done.changed:,} of them new or changed"
        say(f"published {run_dir} as version {made.version}: {counts_told}, {done.withdrawn:,} withdrawn")
    else:
        say(f"{run_dir} is the current plan already, version {made.version}")


@click.command(epilog=example("allot distribute --to desk"))
@click.argument("run_dir", type=RUN_DIR, required=False)
@click.option("--to", "names", multiple=True, metavar="NAME", help="The outlet; may be repeated. Default: all outlets.")
@click.option("--all", "whole", is_flag=True, help="Hand out everything, not only what is new for the outlet.")
@json_output("the result for each outlet as JSON to stdout")
@CONFIGURED
def distribute(
    run_dir: Path | None, names: tuple[str, ...], whole: bool, as_json: bool, config_file: Path | None
) -> int:
    """Hand out what is new in the current plan to the outlets of allot.toml; RUN_DIR must be that plan, if it is given.

    What cannot be handed out stays in the outbox and goes out with the next try. Exit code 5 if an outlet could not be
    reached or did not take everything; the others are still handed theirs.
    """
    from scheduler.publishing import distribute as distribute_plan

    settings = settings_now(config_file)
    handed = []
    for one in distribute_plan(settings, names, run=run_dir, whole=whole):
        handed.append(one)
        _say_handed(one)
    if as_json:
        deliver_json({"outlets": [_record(one) for one in handed]})
    return UNREACHED if any(one.fault for one in handed) else 0


def _say_handed(handed: "Handed") -> None:
    if handed.rows or not handed.fault:
        tasks = f"{count_of(handed.rows, 'task')}, {handed.withdrawn:,} of them withdrawn"
        new = tasks if handed.rows else "nothing is new"
        said = "".join(f"; {printable(line)}" for line in handed.said)
        say(f"{handed.outlet}: version {handed.version}: {new}{said}")
    if handed.fault:
        left = f"{count_of(handed.left, 'task')} {'stays' if handed.left == 1 else 'stay'} in the outbox"
        say(f"{handed.outlet}: FAILED, {left}: {in_a_line(handed.fault)}")


def _record(handed: "Handed") -> dict[str, object]:
    return {
        "outlet": handed.outlet,
        "ok": handed.fault is None,
        "version": handed.version,
        "rows": handed.rows,
        "withdrawn": handed.withdrawn,
        "left": handed.left,
        "message": handed.fault or "; ".join(handed.said),
    }
