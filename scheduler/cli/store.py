"""``allot store``: the database of the task list."""

from pathlib import Path

import rich_click as click

from scheduler.cli.options import CONFIGURED, example, rows_of, say
from scheduler.run.counting import count_of


@click.group(epilog=example("allot store upgrade"))
def store() -> None:
    """Create, check or export the store: the database of the task list."""


@store.command("upgrade", epilog=example("allot store upgrade"))
@CONFIGURED
def upgrade(config_file: Path | None) -> None:
    """Create the store, or upgrade it to the version that this allot needs."""
    from data import Store, upgrade_store
    from scheduler.config import configured, store_url

    settings = configured(config_file)
    opened = Store(store_url(settings), settings.folder)
    before, after = upgrade_store(opened)
    opened.close()
    if before == after:
        say(f"the store in {opened.name} is of the version needed, {after}")
    else:
        say(f"made the store in {opened.name}" if before is None else f"brought {opened.name} from {before} to {after}")


@store.command("check", epilog=example("allot store check"))
@CONFIGURED
def check_the_store(config_file: Path | None) -> None:
    """Recompute the task list from all operations with separate code, and compare.

    Exit code 6 if they differ, with a list of the differences.
    """
    from data import check_store
    from models import CheckError
    from scheduler.config import configured, opened_store

    with opened_store(configured(config_file)) as opened, opened.reading() as connection:
        found = check_store(connection)
    if found.differences:
        lines = "\n".join(f"  {difference}" for difference in found.differences)
        raise CheckError(f"the task list in {opened.name} is not what its operations say:\n{lines}")
    follow = f"{count_of(found.tasks, 'task')} {'follows' if found.tasks == 1 else 'follow'}"
    say(f"{opened.name} holds: {follow} from {count_of(found.events, 'operation')}")


@store.command("export", epilog=example("allot store export taken-out"))
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
@CONFIGURED
def export(out_dir: Path, config_file: Path | None) -> None:
    """Export the views of the store to the folder OUT_DIR, one Parquet file each."""
    from data import export_views
    from scheduler.config import configured, opened_store

    with opened_store(configured(config_file)) as opened, opened.reading() as connection:
        counts = export_views(connection, out_dir)
    say(f"wrote {out_dir}: {rows_of(counts)}")
