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

from scheduler.cli_types import Horizon, Length, Moment

if TYPE_CHECKING:
    from scheduler.pipeline import Result

click.rich_click.TEXT_MARKUP = "rich"

_SNAPSHOT = click.argument("snapshot", type=click.Path(exists=True, path_type=Path))
_AS_OF = click.option(
    "--as-of", type=Moment(), metavar="TIME", help="Moment of the snapshot, instead of the one it names."
)
_HORIZON = click.option(
    "--horizon",
    type=Horizon(),
    metavar="LENGTH",
    help="How far to plan: 90m, 10h, 5d (a day is 24 h), or the moment to plan up to.",
)
_POLICY = click.option(
    "--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Policy file (TOML)."
)
_STRICT = click.option("--strict", is_flag=True, help="Refuse the snapshot if any row breaks a rule.")
_DEBUG = click.option("--debug", is_flag=True, help="Show a traceback when something fails inside allot.")
_ENGINES = ("auto", "exact", "pulp", "scale", "greedy")


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
    help="Folder of the run; an earlier run there is replaced.",
)
@_POLICY
@_AS_OF
@_HORIZON
@click.option("--engine", type=click.Choice(_ENGINES), default="auto", show_default=True, help="How the plan is found.")
@click.option("--solver", default="HiGHS", show_default=True, help="The PuLP solver of engine pulp.")
@click.option(
    "--time-limit",
    type=Length(),
    metavar="LENGTH",
    help="For the whole command up to the written plan; 60s unless --effort is given.",
)
@click.option(
    "--effort",
    type=click.IntRange(min=1),
    metavar="N",
    help="Bound work in deterministic units instead of seconds: same plan each time.",
)
@click.option(
    "--gap",
    type=click.FloatRange(min=0),
    default=0.001,
    show_default=True,
    help="Good enough: stop at this relative gap.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the search.")
@_STRICT
@click.option("--csv", is_flag=True, help="Also write plan.csv and unplanned.csv for Excel.")
@click.option("--json", "as_json", is_flag=True, help="Print run.json to stdout and nothing else.")
@click.option("--no-xlsx", is_flag=True, help="Leave out the workbook.")
@click.option("--no-html", is_flag=True, help="Leave out the page.")
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
    """Plan a SNAPSHOT: a folder of Parquet or CSV files, or one workbook."""
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
    from reports import RunView, summary_lines

    view = RunView(
        run=result.run,
        plan=result.plan,
        unplanned=result.unplanned,
        rejects=result.rejects,
        agents=result.agents,
    )
    files = [result.folder / name for name in ("plan.xlsx", "report.html")] if result.folder else []
    for line in summary_lines(view, [f for f in files if f.exists()] or [result.folder or ""]):
        _say(line)
    if result.run["engine_reason"]:
        _say(f"engine: {result.run['engine_reason']}; stopped: {result.run['stop']}")


@cli.command(epilog=_example("allot check snapshots/monday runs/monday"))
@_SNAPSHOT
@click.argument("run_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON to stdout.")
@_DEBUG
def check(snapshot: Path, run_dir: Path, as_json: bool, debug: bool) -> None:
    """Re-derive everything in RUN_DIR from its SNAPSHOT by separate code, and say whether it holds."""
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
def validate(
    snapshot: Path, policy: Path | None, as_of: str | None, horizon: str | None, strict: bool, debug: bool
) -> None:
    """Read a SNAPSHOT and list every row that breaks a rule."""
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
def policy(file: Path | None, debug: bool) -> None:
    """Print the default policy with its comments, or check FILE."""
    from scheduler.policy import default_policy_text, read_policy

    if file is None:
        print(default_policy_text(), end="")  # noqa: T201  (meant for redirection)
    else:
        read_policy(file)
        _say(f"{file} is a valid policy")


@cli.command(epilog=_example("allot sample demo/snapshot --profile desk --seed 1"))
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--profile", default="desk", show_default=True, help="desk, insurer-day, backlog or messy.")
@click.option("--tasks", type=click.IntRange(min=1), help="Number of tasks, instead of the profile's.")
@click.option("--agents", type=click.IntRange(min=1), help="Number of people, instead of the profile's.")
@click.option("--days", type=click.IntRange(min=1), help="Length of the horizon, instead of the profile's.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of everything invented.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("csv", "parquet")),
    help="Default: csv up to 50,000 tasks, parquet above.",
)
@_DEBUG
def sample(out_dir: Path, debug: bool, **options: Any) -> None:
    """Write an invented, realistic snapshot to OUT_DIR."""
    from data import write_sample

    made = write_sample(out_dir, **options)
    replaced = "replaced the earlier sample in" if made.replaced else "wrote"
    _say(
        f"{replaced} {made.folder}: {made.rows['tasks']:,} tasks, {made.rows['agents']:,} people, load {made.load:.2f}"
    )


@cli.command(epilog=_example("allot template monday.xlsx"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_DEBUG
def template(file: Path, debug: bool) -> None:
    """Write an empty snapshot workbook to FILE, with help, drop-downs and example rows."""
    from data import write_template

    write_template(file)
    _say(f"wrote {file}: replace the example rows, then run `allot plan {file} --out RUN_DIR`")


@cli.command("warm-up", epilog=_example("allot warm-up"))
@_DEBUG
def warm_up(debug: bool) -> None:
    """Compile the engines' loops now; otherwise the first plan does, which takes about a minute."""
    from models.engines.warm import warm_up as compile_loops

    compile_loops()
    _say("ready")


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
        code = _explain(error)
        if code == _INTERNAL and "--debug" in arguments:
            traceback.print_exc()
        return code
    return code if isinstance(code, int) else 0


def _explain(error: Exception) -> int:
    """Says what went wrong; the exit code."""
    from models import AllotError, CheckError, InternalError, LockError, PolicyError, SnapshotError
    from scheduler.pipeline import InterruptedEarlyError
    from scheduler.run_folder import NotARunFolderError

    codes: list[tuple[type[Exception], int]] = [
        (InternalError, _INTERNAL),
        (InterruptedEarlyError, 130),
        (NotARunFolderError, 2),
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
    what = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else repr(error)
    _say(f"allot failed: {what}\nNothing earlier was changed. Run again with --debug for the details.")
    return _INTERNAL
