"""`allot validate`, `policy`, `sample` and `template`: what a plan is made from."""

from pathlib import Path
from typing import Any

import rich_click as click

from scheduler.cli.options import (
    ALLOW_EMPTY,
    CONFIGURED,
    DEBUG,
    EXISTING_FILE,
    FILE,
    MOMENTS,
    POLICY,
    SEED,
    SNAPSHOT,
    STRICT,
    deliver,
    example,
    say,
)
from scheduler.cli.types import KnownTo
from scheduler.run.counting import count_of


@click.command(epilog=example("allot validate snapshots/monday --strict"))
@SNAPSHOT
@POLICY
@MOMENTS
@STRICT
@ALLOW_EMPTY
@CONFIGURED
def validate(snapshot: Path, policy: Path | None, config_file: Path | None, **options: Any) -> None:
    """List every row of a SNAPSHOT that breaks a rule.

    A plan sets such rows aside. Exit code 3 if a plan would refuse the snapshot: too many such rows, a table that is
    missing or cannot be read, or nobody who works while there are tasks to plan.
    """
    from models import SnapshotError
    from reports import notice_lines
    from scheduler.cycle.snapshot import defaults_here, policy_here
    from scheduler.parts.any_size import read_any_size
    from scheduler.run.policy import read_policy

    rules = read_policy(policy_here(policy, config_file))
    try:
        read = read_any_size(
            snapshot,
            max_reject_share=rules.max_reject_share,
            grain_s=rules.time.grain_s,
            calendars=rules.calendar,
            defaults=defaults_here(config_file),
            **options,
        )
    except SnapshotError as error:
        _say_rejects(error.rejects)
        raise
    _say_rejects(read.rejects)
    for warning in read.warnings:
        say(f"warning: {warning}")
    for lost in notice_lines(read.notices):
        say(f"but: {lost}")
    rows = ", ".join(f"{count:,} {name}" for name, count in read.rows_read.items())
    say(f"{snapshot}: {rows}; {read.rejects.height} rejected")


def _say_rejects(rejects: Any) -> None:
    if rejects is not None:
        for row in rejects.iter_rows(named=True):
            say(f"{row['table']} row {row['row']} {row['id'] or ''}: {row['rule']}: {row['message']}")


@click.command(epilog=example("allot policy > policy.toml"))
@click.argument("file", required=False, type=EXISTING_FILE)
@DEBUG
def policy(file: Path | None) -> None:
    """Print the default policy with comments, or check the policy in FILE."""
    from scheduler.run.policy import default_policy_text, read_policy

    if file is None:
        deliver(default_policy_text())
    else:
        read_policy(file)
        say(f"{file} is a valid policy")


@click.command(epilog=example("allot sample demo/snapshot --profile desk --seed 1"))
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    default="desk",
    show_default=True,
    metavar="NAME",
    help="Kind and size of the sample: desk, insurer-day, backlog, telecom or messy.",
)
@click.option("--tasks", type=click.IntRange(min=1), metavar="N", help="Number of tasks, instead of the profile's.")
@click.option("--agents", type=click.IntRange(min=1), metavar="N", help="Number of people, instead of the profile's.")
@click.option("--days", type=click.IntRange(min=1), metavar="N", help="Number of days, instead of the profile's.")
@SEED
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("csv", "parquet")),
    help="File format. Default: csv up to 50,000 tasks, parquet above.",
)
@DEBUG
def sample(out_dir: Path, **options: Any) -> None:
    """Write an invented, realistic snapshot to the folder OUT_DIR.

    The same options write the same files. OUT_DIR must be new, empty, or hold a sample that was not changed.
    """
    from data import write_sample

    made = write_sample(out_dir, **options)
    replaced = "replaced the earlier sample in" if made.replaced else "wrote"
    sizes = f"{count_of(made.rows['tasks'], 'task')}, {count_of(made.rows['agents'], 'person', 'people')}"
    say(f"{replaced} {made.folder}: {sizes}, load {made.load:.2f}")


@click.command(epilog=example("allot template monday.xlsx"))
@click.argument("file", type=FILE)
@click.option(
    "--lang",
    "language",
    type=KnownTo("data", "TEMPLATE_LANGUAGES"),
    metavar="CODE",
    default="en",
    show_default=True,
    help="Language of sheets, headers and help: en, de or zh. All three are understood when a workbook is read.",
)
@DEBUG
def template(file: Path, language: str) -> None:
    """Write an empty snapshot workbook to FILE (.xlsx), with help, drop-downs and example rows."""
    from data import write_template

    write_template(file, language)
    say(f"wrote {file}: replace the example rows, then run `allot plan {file} --out RUN_DIR`")
