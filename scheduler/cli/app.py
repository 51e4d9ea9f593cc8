"""The command line. Text for people goes to stderr; stdout carries only output for programs."""

import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli.alerts import alerts
from scheduler.cli.compare import compare
from scheduler.cli.config import config
from scheduler.cli.cycle import cycle
from scheduler.cli.explain import explain
from scheduler.cli.handing import distribute, publish
from scheduler.cli.history import history, target
from scheduler.cli.intake import intake
from scheduler.cli.next import next_task
from scheduler.cli.options import (
    ALLOW_EMPTY,
    AS_OF,
    CONFIG,
    CSV,
    CSV_SEPARATOR,
    DEBUG,
    EFFORT,
    GAP,
    HORIZON,
    JSON,
    LANG,
    NO_HTML,
    NO_XLSX,
    OUT,
    POLICY,
    SEED,
    SNAPSHOT,
    SNAPSHOT_OR_STORE,
    SPLIT,
    STRICT,
    WORKERS,
    DeliveryError,
    cancellable,
    compiling_told,
    console,
    deliver,
    deliver_json,
    deliver_run,
    example,
    guarded,
    say,
    say_if_not_noted,
    say_summary,
    time_limit,
)
from scheduler.cli.replan import replan
from scheduler.cli.report import report
from scheduler.cli.serve import serve
from scheduler.cli.snapshot import snapshot as snapshot_command
from scheduler.cli.store import store
from scheduler.cli.tasks import tasks
from scheduler.cli.types import STORE, KnownTo

if TYPE_CHECKING:
    from models import Observer
    from scheduler.run.result import Result

click.rich_click.TEXT_MARKUP = "rich"


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with [cyan]allot sample demo[/cyan].",
)
@click.version_option(package_name="allot", prog_name="allot")
def cli() -> None:
    """Decide which person does which piece of work next, and prove how good the plan is."""


@cli.command(epilog=example("allot plan snapshots/monday --out runs/monday --time-limit 60s"))
@SNAPSHOT_OR_STORE
@OUT
@POLICY
@AS_OF
@HORIZON
@click.option(
    "--engine",
    type=KnownTo("models", "ENGINES"),
    default="auto",
    show_default=True,
    help="Method that finds the plan; auto chooses one by the size of the problem.",
)
@click.option("--solver", metavar="NAME", default="HiGHS", show_default=True, help="PuLP solver for --engine pulp.")
@guarded
@click.option(
    "--keep-better",
    is_flag=True,
    help="If stopped early, keep the run in RUN_DIR if it has the same snapshot and policy and a higher value.",
)
@time_limit("60s")
@EFFORT
@GAP
@SEED
@WORKERS
@STRICT
@ALLOW_EMPTY
@CSV
@CSV_SEPARATOR
@JSON
@NO_XLSX
@NO_HTML
@SPLIT
@LANG
@CONFIG
@DEBUG
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
    if snapshot == STORE:
        from scheduler.config import configured
        from scheduler.cycle.planning import plan_list

        moments = {name: options.pop(name) for name in ("as_of", "horizon")}
        return plan_list(configured(config_file), options, observer, **moments)
    from scheduler.alerts import watch_here
    from scheduler.cycle.snapshot import policy_here
    from scheduler.run.pipeline import run_plan
    from scheduler.run.request import Request

    options["policy"] = policy_here(options["policy"], config_file)
    return run_plan(Request(source=snapshot, watch=watch_here(config_file), **options), observer)


@cli.command(epilog=example("allot check snapshots/monday runs/monday"))
@SNAPSHOT
@click.argument("run_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON to stdout.")
@DEBUG
def check(snapshot: Path, run_dir: Path, as_json: bool) -> None:
    """Check the run in RUN_DIR: recompute everything from its SNAPSHOT with separate code, and compare.

    SNAPSHOT is the one the run was made from; moment, horizon and policy come from the run. Exit code 0 if everything
    agrees; otherwise 6, with a list of what is wrong.
    """
    from models import CheckError
    from scheduler.audit import audit_folder

    with compiling_told("compiling the loops of the check, once"):
        report = audit_folder(snapshot, run_dir)
    if as_json:
        found = {
            "ok": report.ok,
            "violations": [str(v) for v in report.violations],
            "totals": report.totals,
            "notes": report.notes,
            "changed_inputs": report.changed_inputs,
            "objective": report.objective / 100,
            "certified_bound": None if report.certified_bound is None else report.certified_bound / 100,
        }
        deliver_json(found)
    for note in report.notes:
        say(note)
    if not report.ok:
        lines = "\n".join(f"  {violation}" for violation in report.violations)
        raise CheckError(f"{run_dir} does not hold, {sum(report.totals.values())} violations:\n{lines}")
    proved = "" if report.certified_bound is None else f", bound {report.certified_bound / 100:,.2f} re-added"
    say(f"{run_dir} holds: every rule kept, objective {report.objective / 100:,.2f} re-added{proved}")


@cli.command(epilog=example("allot validate snapshots/monday --strict"))
@SNAPSHOT
@POLICY
@AS_OF
@HORIZON
@STRICT
@ALLOW_EMPTY
@DEBUG
def validate(snapshot: Path, policy: Path | None, **options: Any) -> None:
    """List every row of a SNAPSHOT that breaks a rule.

    A plan sets such rows aside. Exit code 3 if a plan would refuse the snapshot: too many such rows, a table that is
    missing or cannot be read, or nobody who works while there are tasks to plan.
    """
    from data import read_snapshot
    from models import SnapshotError
    from reports import notice_lines
    from scheduler.cycle.snapshot import policy_here
    from scheduler.run.policy import read_policy

    rules = read_policy(policy_here(policy))
    try:
        read = read_snapshot(
            snapshot,
            max_reject_share=rules.max_reject_share,
            grain_s=rules.time.grain_s,
            calendars=rules.calendar,
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


@cli.command(epilog=example("allot policy > policy.toml"))
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@DEBUG
def policy(file: Path | None) -> None:
    """Print the default policy with comments, or check the policy in FILE."""
    from scheduler.run.policy import default_policy_text, read_policy

    if file is None:
        deliver(default_policy_text())
    else:
        read_policy(file)
        say(f"{file} is a valid policy")


@cli.command(epilog=example("allot sample demo/snapshot --profile desk --seed 1"))
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    default="desk",
    show_default=True,
    metavar="NAME",
    help="Kind and size of the sample: desk, insurer-day, backlog or messy.",
)
@click.option("--tasks", type=click.IntRange(min=1), metavar="N", help="Number of tasks, instead of the profile's.")
@click.option("--agents", type=click.IntRange(min=1), metavar="N", help="Number of people, instead of the profile's.")
@click.option("--days", type=click.IntRange(min=1), metavar="N", help="Number of days, instead of the profile's.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Seed of the random choices.",
)
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
    say(f"{replaced} {made.folder}: {made.rows['tasks']:,} tasks, {made.rows['agents']:,} people, load {made.load:.2f}")


@cli.command(epilog=example("allot template monday.xlsx"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
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


@cli.command("warm-up", epilog=example("allot warm-up"))
@DEBUG
def warm_up() -> None:
    """Compile the engines, once after installation. Otherwise the first plan does so, which takes about a minute."""
    from models import require_cache
    from models.engines.warm import warm_up as compile_loops

    require_cache()
    with compiling_told("compiling the loops"):
        compile_loops()
    say("ready")


for command in (replan, explain, compare, report):
    cli.add_command(command)
for command in (
    config,
    intake,
    snapshot_command,
    store,
    tasks,
    cycle,
    publish,
    distribute,
    next_task,
    serve,
    history,
    target,
    alerts,
):
    cli.add_command(command)


_INTERNAL = 5
"""The exit code for a defect of allot or a fault of the machine, not of the input."""


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
        return 130
    except Exception as error:
        code = _exit_code(error)
        if code == _INTERNAL and "--debug" in arguments:
            traceback.print_exc()
        return code
    return code if isinstance(code, int) else 0


def _exit_code(error: Exception) -> int:
    """Says what went wrong; returns the exit code."""
    from data import MissingExtraError, StoreError, StoreUnreachableError, UnreadableRunError
    from models import AllotError, CacheError, CheckError, InternalError, LockError, PolicyError, SnapshotError
    from scheduler.config import ConfigError
    from scheduler.run.context import InterruptedEarlyError

    codes: list[tuple[type[Exception], int]] = [
        (DeliveryError, _INTERNAL),
        (CacheError, _INTERNAL),
        (InternalError, _INTERNAL),
        (InterruptedEarlyError, 130),
        (LockError, 7),
        (SnapshotError, 3),
        (PolicyError, 3),
        (ConfigError, 3),
        (MissingExtraError, _INTERNAL),
        (StoreUnreachableError, _INTERNAL),
        (StoreError, 3),
        (UnreadableRunError, 3),
        (CheckError, 6),
        (AllotError, 2),
    ]
    for kind, code in codes:
        if isinstance(error, kind):
            say(str(error) or "interrupted before there was a plan")
            return code
    say(_failure(error))
    return _INTERNAL


def _failure(error: Exception) -> str:
    """The message for an error that is not a refusal: a fault of the machine or a defect."""
    from models import DISK_ERRORS

    what, advice = repr(error), "Run again with --debug for the details."
    if isinstance(error, OSError) and error.strerror and error.filename:
        what = f"{error.strerror}: {error.filename}"
        if error.errno in DISK_ERRORS:
            advice = "Make room there, or write to another place."
    return f"allot failed: {what}\nNothing earlier was changed. {advice}"
