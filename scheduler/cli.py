"""The command line. People's text goes to stderr; stdout carries only what another program may read."""

import json
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import rich_click as click

from scheduler.cli_explain import explain
from scheduler.cli_types import EngineName, Horizon, Length, Moment

if TYPE_CHECKING:
    from scheduler.pipeline import Result

click.rich_click.TEXT_MARKUP = "rich"

_SNAPSHOT = click.argument("snapshot", type=click.Path(exists=True, path_type=Path))
_AS_OF = click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="Moment to plan from, such as 2026-03-02T08:00, instead of the one the snapshot names.",
)
_HORIZON = click.option(
    "--horizon",
    type=Horizon(),
    metavar="LENGTH",
    help="How far to plan: 90m, 10h, 5d (a day is 24 h), or the moment to plan up to; default: what the snapshot says.",
)
_POLICY = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What work is worth to you, as a TOML file; [cyan]allot policy[/cyan] prints the default with comments.",
)
_STRICT = click.option("--strict", is_flag=True, help="Refuse the snapshot if any row breaks a rule.")
_DEBUG = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback when something fails inside allot."
)


def _example(text: str) -> str:
    return f"[dim]Example:[/dim] [cyan]{text}[/cyan]"


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with [cyan]allot sample demo[/cyan].",
)
@click.version_option(package_name="allot", prog_name="allot")
def cli() -> None:
    """Decides which person does which piece of work next, and proves how good the plan is."""


@cli.command(epilog=_example("allot plan snapshots/monday --out runs/monday --time-limit 60s"))
@_SNAPSHOT
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN_DIR",
    help="Folder to write; an earlier run there is replaced, anything else is refused.",
)
@_POLICY
@_AS_OF
@_HORIZON
@click.option(
    "--engine",
    type=EngineName(),
    default="auto",
    show_default=True,
    help="How the plan is found; auto chooses by size.",
)
@click.option(
    "--solver", metavar="NAME", default="HiGHS", show_default=True, help="The PuLP solver that --engine pulp uses."
)
@click.option(
    "--time-limit",
    type=Length(),
    metavar="LENGTH",
    help="Time for the command up to the written plan, such as 60s, 10m or 1h; workbook and page come on top. "
    "Default: 60s, and none with --effort.",
)
@click.option(
    "--effort",
    type=click.IntRange(min=1),
    metavar="N",
    help="Bound the work instead of the time, in units of very roughly a second: the same plan every time.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0),
    metavar="SHARE",
    default=0.001,
    show_default=True,
    help="Good enough: stop when the plan is proved to be this near to the best possible. 0.001 is 0.1 %; 0 asks for "
    "the best.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Seed of what is random.",
)
@_STRICT
@click.option("--csv", is_flag=True, help="Also write plan.csv and unplanned.csv for Excel.")
@click.option("--json", "as_json", is_flag=True, help="Print run.json to stdout instead of a summary.")
@click.option("--no-xlsx", is_flag=True, help="Do not write the workbook, plan.xlsx.")
@click.option("--no-html", is_flag=True, help="Do not write the page, report.html.")
@_DEBUG
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
    **options: Any,
) -> None:
    """Plan a SNAPSHOT: a folder of Parquet or CSV files, or one workbook.

    The run's folder has the plan, what was left out and why, a workbook and a page. Ctrl-C keeps the best plan so far.
    """
    from scheduler.pipeline import Request, run_plan
    from scheduler.progress import Progress

    console = _console()
    with _cancellable() as cancelled, Progress(console) as progress:
        request = Request(
            source=snapshot,
            out=out,
            time_limit_s=time_limit,
            xlsx=not no_xlsx,
            html=not no_html,
            began=began,
            cancelled=cancelled,
            **options,
        )
        result = run_plan(request, progress)
    if as_json:
        click.echo((out / "run.json").read_bytes(), nl=False)
    else:
        _say_summary(result)


def _say_summary(result: "Result") -> None:
    from reports import summary_lines

    files = [result.folder / name for name in ("plan.xlsx", "report.html")] if result.folder else []
    for line in summary_lines(result.view(), [f for f in files if f.exists()] or [result.folder or ""]):
        _say(line)
    if result.run["engine_reason"]:
        _say(f"engine: {result.run['engine_reason']}; stopped: {result.run['stop']}")


@cli.command(epilog=_example("allot check snapshots/monday runs/monday"))
@_SNAPSHOT
@click.argument("run_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON to stdout.")
@_DEBUG
def check(snapshot: Path, run_dir: Path, as_json: bool) -> None:
    """Check the run in RUN_DIR: derive all of it again from its SNAPSHOT, by separate code, and compare.

    SNAPSHOT is what the run was made from; moment, horizon and policy are the run's own. Ends with exit code 0 when
    everything holds, with 6 and what is wrong when something does not.
    """
    from models import CheckError
    from scheduler.audit import audit_folder

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
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201  (what --json is for)
    for note in report.notes:
        _say(note)
    if not report.ok:
        lines = "\n".join(f"  {violation}" for violation in report.violations)
        raise CheckError(f"{run_dir} does not hold, {sum(report.totals.values())} violations:\n{lines}")
    proved = "" if report.certified_bound is None else f", bound {report.certified_bound / 100:,.2f} re-added"
    _say(f"{run_dir} holds: every rule kept, objective {report.objective / 100:,.2f} re-added{proved}")


@cli.command(epilog=_example("allot validate snapshots/monday --strict"))
@_SNAPSHOT
@_POLICY
@_AS_OF
@_HORIZON
@_STRICT
@_DEBUG
def validate(snapshot: Path, policy: Path | None, as_of: str | None, horizon: str | None, strict: bool) -> None:
    """List every row of a SNAPSHOT that breaks a rule.

    A plan sets such rows aside. Ends with exit code 3 when it would refuse the snapshot: too many of them, or a table
    that is missing or cannot be read.
    """
    from data import read_snapshot
    from models import SnapshotError
    from scheduler.policy import read_policy

    share = read_policy(policy).max_reject_share
    try:
        read = read_snapshot(snapshot, as_of=as_of, horizon=horizon, strict=strict, max_reject_share=share)
    except SnapshotError as error:
        _say_rejects(error.rejects)
        raise
    _say_rejects(read.rejects)
    for warning in read.warnings:
        _say(f"warning: {warning}")
    rows = ", ".join(f"{count:,} {name}" for name, count in read.rows_read.items())
    _say(f"{snapshot}: {rows}; {read.rejects.height} rejected")


def _say_rejects(rejects: Any) -> None:
    if rejects is not None:
        for row in rejects.iter_rows(named=True):
            _say(f"{row['table']} row {row['row']} {row['id'] or ''}: {row['rule']}: {row['message']}")


@cli.command(epilog=_example("allot policy > policy.toml"))
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_DEBUG
def policy(file: Path | None) -> None:
    """Print the default policy with its comments, or check FILE."""
    from scheduler.policy import default_policy_text, read_policy

    if file is None:
        print(default_policy_text(), end="")  # noqa: T201  (meant for redirection)
    else:
        read_policy(file)
        _say(f"{file} is a valid policy")


@cli.command(epilog=_example("allot sample demo/snapshot --profile desk --seed 1"))
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    default="desk",
    show_default=True,
    metavar="NAME",
    help="Kind and size: desk, insurer-day, backlog or messy.",
)
@click.option("--tasks", type=click.IntRange(min=1), metavar="N", help="Number of tasks, instead of the profile's.")
@click.option("--agents", type=click.IntRange(min=1), metavar="N", help="Number of people, instead of the profile's.")
@click.option("--days", type=click.IntRange(min=1), metavar="N", help="Days to plan, instead of the profile's.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Seed of all that is invented.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("csv", "parquet")),
    help="Default: csv up to 50,000 tasks, parquet above.",
)
@_DEBUG
def sample(out_dir: Path, **options: Any) -> None:
    """Write an invented, realistic snapshot to the folder OUT_DIR.

    The same options write the same files. A folder that holds anything but an untouched sample is refused.
    """
    from data import write_sample

    made = write_sample(out_dir, **options)
    replaced = "replaced the earlier sample in" if made.replaced else "wrote"
    _say(
        f"{replaced} {made.folder}: {made.rows['tasks']:,} tasks, {made.rows['agents']:,} people, load {made.load:.2f}"
    )


@cli.command(epilog=_example("allot template monday.xlsx"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_DEBUG
def template(file: Path) -> None:
    """Write a snapshot workbook to fill in to FILE (.xlsx), with help, drop-downs and example rows."""
    from data import write_template

    write_template(file)
    _say(f"wrote {file}: replace the example rows, then run `allot plan {file} --out RUN_DIR`")


@cli.command("warm-up", epilog=_example("allot warm-up"))
@_DEBUG
def warm_up() -> None:
    """Compile the engines, once after installing; otherwise the first plan does, which takes about a minute."""
    from models.engines.warm import warm_up as compile_loops

    compile_loops()
    _say("ready")


cli.add_command(explain)


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)


def _say(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _cancellable() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets; a second Ctrl-C interrupts at once."""
    event = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        _say("stopping: keeping the best plan so far (again to stop at once)")

    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    earlier = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for s, handler in earlier.items():
            signal.signal(s, handler)


_INTERNAL = 5
"""The exit code of a defect in allot or of its surroundings, not of the input."""


def run(arguments: list[str], began: float | None = None) -> int:
    """Runs the command line; returns the exit code of the contract, section 7.

    ``began`` is the moment of :func:`time.monotonic` from which ``--time-limit`` counts; default now.
    """
    try:
        began = time.monotonic() if began is None else began
        code = cli.main(args=arguments, prog_name="allot", standalone_mode=False, obj=began)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return 130
    except Exception as error:
        code = _exit_code(error)
        if code == _INTERNAL and "--debug" in arguments:
            traceback.print_exc()
        return code
    return code if isinstance(code, int) else 0


def _exit_code(error: Exception) -> int:
    """Says what went wrong; the exit code."""
    from models import AllotError, CheckError, InternalError, LockError, PolicyError, SnapshotError
    from scheduler.pipeline import InterruptedEarlyError

    codes: list[tuple[type[Exception], int]] = [
        (InternalError, _INTERNAL),
        (InterruptedEarlyError, 130),
        (LockError, 7),
        (SnapshotError, 3),
        (PolicyError, 3),
        (CheckError, 6),
        (AllotError, 2),
    ]
    for kind, code in codes:
        if isinstance(error, kind):
            _say(str(error) or "interrupted before there was a plan")
            return code
    _say(_failure(error))
    return _INTERNAL


def _failure(error: Exception) -> str:
    """What to say of an error that is no refusal: the machine's or a defect."""
    from models import DISK_ERRORS

    what, advice = repr(error), "Run again with --debug for the details."
    if isinstance(error, OSError) and error.strerror and error.filename:
        what = f"{error.strerror}: {error.filename}"
        if error.errno in DISK_ERRORS:
            advice = "Make room there, or write to another place."
    return f"allot failed: {what}\nNothing earlier was changed. {advice}"
