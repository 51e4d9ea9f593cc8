"""``allot snapshot``: writes the task list as a snapshot."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIGURED, MOMENTS_OF_THE_LIST, example, printable, rows_of, say, settings_now


@click.command("snapshot", epilog=example("allot snapshot --out snapshots/now"))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder to write; an earlier snapshot there is replaced.",
)
@MOMENTS_OF_THE_LIST
@CONFIGURED
def snapshot(out: Path, as_of: str | None, horizon: str | None, config_file: Path | None) -> None:
    """Write the open work of the store, all tasks that are not final, with its people, as a snapshot.

    Its file sources.csv has the age of each source's last event, in seconds.
    """
    from scheduler.cycle.snapshot import moment_of, take_snapshot

    settings = settings_now(config_file)
    taken = take_snapshot(settings, out, as_of=moment_of(as_of, settings), horizon=horizon)
    say(f"wrote {out}: {rows_of(taken.rows)}")
    if taken.held:
        say(printable(taken.held))
