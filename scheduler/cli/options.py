"""What the commands share: common options, examples in the help, output to stdout and stderr."""

import getpass
import json
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from scheduler.cli.streams import failure_of_stdout
from scheduler.cli.types import Horizon, KnownTo, Length, Moment, SnapshotOrStore
from scheduler.run.counting import count_of

if TYPE_CHECKING:
    from scheduler.config import Config
    from scheduler.run.result import Result


class DeliveryError(Exception):
    """The requested output could not be written to stdout."""


_HALF = re.compile("[\ud800-\udfff]")
_F = TypeVar("_F", bound=Callable[..., Any])

RUN_DIR = click.Path(exists=True, file_okay=False, path_type=Path)
"""The folder of an existing run."""
FILE, EXISTING_FILE = (click.Path(exists=exists, dir_okay=False, path_type=Path) for exists in (False, True))


def together(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """Several options as one decorator, shown in the help in this order."""

    def add(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


CONFIG = click.option(
    "--config",
    "config_file",
    type=FILE,
    metavar="FILE",
    help="Configuration file. Default: the file that ALLOT_CONFIG names, else allot.toml in the current folder.",
)
LANG = click.option(
    "--lang",
    "language",
    type=KnownTo("reports", "LANGUAGES"),
    metavar="CODE",
    help="Language of workbook, page and terminal: en or zh. Default: as in the policy.",
)

SPLIT = click.option(
    "--split",
    type=KnownTo("reports", "SPLITS"),
    metavar="LEVEL",
    help="Also write one workbook per team (site, organisation, agent) to hand out, with a page for each person.",
)
SNAPSHOT = click.argument("snapshot", type=click.Path(exists=True, path_type=Path))
SNAPSHOT_OR_STORE = click.argument("snapshot", type=SnapshotOrStore())
OUT = click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN_DIR",
    help="Folder to write: new, empty, or holding an earlier run, which is replaced.",
)


def _moments(as_of: str, horizon: str) -> Callable[[_F], _F]:
    """The options ``--as-of`` and ``--horizon``, with their defaults in words."""
    return together(
        click.option(
            "--as-of",
            type=Moment(),
            metavar="TIME",
            help=f"Moment to plan from, such as 2026-03-02T08:00. Default: {as_of}.",
        ),
        click.option(
            "--horizon",
            type=Horizon(),
            metavar="LENGTH",
            help=f"How far to plan: 90m, 10h, 5d (a day is 24 h), or the end as a moment. Default: {horizon}.",
        ),
    )


MOMENTS = _moments("the snapshot's as_of", "the snapshot's horizon")
MOMENTS_OF_THE_LIST = _moments("now", "that of allot.toml")
MOMENTS_OF_EITHER = _moments("the snapshot's as_of; of store: now", "the snapshot's; of store: that of allot.toml")
"""The options for when to plan: a snapshot, the task list, or either of them."""
POLICY = click.option(
    "--policy",
    type=EXISTING_FILE,
    help="Policy file (TOML): what work is worth. [cyan]allot policy[/cyan] prints the default policy with comments.",
)
EFFORT = click.option(
    "--effort",
    type=click.IntRange(min=1),
    metavar="N",
    help="Limit the work instead of the time, in units of very roughly a second; the plan is then the same every time.",
)
GAP = click.option(
    "--gap",
    type=click.FloatRange(min=0),
    metavar="SHARE",
    default=0.001,
    show_default=True,
    help="Stop when the plan is proved to be within this share of the best possible; 0.001 is 0.1 %. 0 searches for "
    "the optimum.",
)
SEED = click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", default=0, show_default=True, help="Seed of the random choices."
)


class WorkersType(click.ParamType[str]):
    """Who looks for the plan, as text."""

    name = "workers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text.

        Raises:
            click.BadParameter: it names no workers.
        """
        from scheduler.workers import fault_of_text

        fault = fault_of_text(str(value))
        if fault is not None:
            raise click.BadParameter(fault, ctx, param)
        return str(value)


WORKERS = click.option(
    "--workers",
    type=WorkersType(),
    metavar="auto|N|processes:N|tls://HOST:PORT",
    help="Who looks for the plan: threads on all cores or N, N processes, or a Dask cluster. With --effort all find "
    "the same plan. Default: as in allot.toml, else auto.",
)
_MAX_AGE = click.option(
    "--max-age",
    metavar="LENGTH",
    help="Refuse a snapshot whose as_of is longer ago than this, such as 2h. Default: as in the policy, no limit.",
)
_EXPECT_LIKE = click.option(
    "--expect-like",
    type=RUN_DIR,
    metavar="RUN_DIR",
    help="Refuse a snapshot with less than half of the tasks, people or working hours of this run (policy key shrink).",
)
STRICT = click.option("--strict", is_flag=True, help="Refuse the snapshot if any row breaks a rule.")
ALLOW_EMPTY = click.option(
    "--allow-empty",
    is_flag=True,
    help="Accept a snapshot in which nobody works, or a table has no rows or no valid ones.",
)
CSV = click.option("--csv", is_flag=True, help="Also write plan.csv and unplanned.csv for Excel.")
CSV_SEPARATOR = click.option(
    "--csv-separator",
    type=click.Choice((",", ";", "tab")),
    metavar="SEPARATOR",
    default=",",
    show_default=True,
    help="Separator of the CSV files: comma, tab, or semicolon (with a decimal comma, as Excel expects it in much of "
    "Europe).",
)
NO_XLSX = click.option("--no-xlsx", is_flag=True, help="Do not write the workbook, plan.xlsx.")
NO_HTML = click.option("--no-html", is_flag=True, help="Do not write the page, report.html.")
DEBUG = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback when something fails inside allot."
)
CONFIGURED = together(CONFIG, DEBUG)
"""The options of a command that works with allot.toml."""


def json_output(what: str) -> Callable[[_F], _F]:
    """The option to print JSON; ``what`` is what it has."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what}.")


def time_limit(default: str) -> Callable[[_F], _F]:
    """The option for the time a command may take; ``default`` is named in the help."""
    return click.option(
        "--time-limit",
        type=Length(),
        metavar="LENGTH",
        help="Time until the plan is written, such as 60s, 10m or 1h; workbook and page take extra time. "
        f"Default: {default}; no limit with --effort.",
    )


def search(default_limit: str) -> Callable[[_F], _F]:
    """The options for which snapshots to accept, and how long to look for a plan."""
    return together(_MAX_AGE, _EXPECT_LIKE, time_limit(default_limit), EFFORT, GAP, SEED, WORKERS, STRICT, ALLOW_EMPTY)


OUTPUTS = together(
    CSV, CSV_SEPARATOR, json_output("run.json to stdout instead of a summary"), NO_XLSX, NO_HTML, SPLIT, LANG
)
"""The options for what a run writes beside its plan."""


def example(text: str) -> str:
    """An example, formatted for the help."""
    return f"[dim]Example:[/dim] [cyan]{text}[/cyan]"


def printable(text: str) -> str:
    """Text of others as it is, but for characters that would tell a terminal something."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def in_a_line(message: str) -> str:
    """A message of one or more lines as part of a line, printable."""
    return "; ".join(printable(line.strip().removesuffix(":")) for line in message.splitlines())


UNREACHED = 5
"""The exit code where a source, an outlet or the store cannot be reached."""
MOST_LINES = 50
"""Rows of a list that are said."""


def rows_of(counts: Mapping[str, int]) -> str:
    """How many rows were written of which tables."""
    return ", ".join(f"{count_of(count, 'row')} of {name}" for name, count in counts.items())


def left_out(count: int) -> str:
    """That only the first rows of so many are said; empty if all are."""
    return f", of which the first {MOST_LINES} are shown" if count > MOST_LINES else ""


def settings_now(config_file: Path | None) -> "Config":
    """The configuration, for what depends on the present moment: says that the clock has been set."""
    from scheduler.config import configured
    from scheduler.run.clock import warnings

    settings = configured(config_file)
    for warning in warnings():
        say(f"warning: {warning}")
    return settings


def say(line: str) -> None:
    """Writes a line for people to stderr: stdout is for programs."""
    click.echo(line, err=True)


def deliver(content: str | bytes) -> None:
    """Writes output for programs to stdout; a closed pipe is no error.

    Raises:
        DeliveryError: it cannot be written.
    """
    try:
        click.echo(content, nl=False)
        error = failure_of_stdout()
    except OSError as raised:  # bytes go past the stream that would have kept it
        error = raised
    if error is not None and not isinstance(error, BrokenPipeError):
        raise DeliveryError(f"stdout could not be written: {error.strerror}") from error


def deliver_json(record: Any) -> None:
    """Writes a record to stdout as one line of JSON; halves of characters, which UTF-8 does not have, are escaped."""
    text = json.dumps(record, ensure_ascii=False)
    deliver(_HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text) + "\n")


def deliver_run(folder: Path) -> None:
    """Writes the run.json of a run to stdout. If that fails, it says so on stderr: the run itself is complete."""
    try:
        deliver((folder / "run.json").read_bytes())
    except DeliveryError as error:
        say(f"{error}; the run in {folder} is checked and whole, and its run.json has the same content")


@contextmanager
def compiling_told(text: str) -> Iterator[None]:
    """Says the text once if loops are compiled in its body; compiling all of them takes most of a minute."""
    from models import compiling

    told: list[str] = []

    def tell() -> None:
        if not told:
            told.append(text)
            say(text)

    with compiling(tell):
        yield


def say_summary(result: "Result", language: str | None = None) -> None:
    """Says how good a run is and what was written, in ``language``; default: the policy's."""
    from reports import summary_lines

    files = [result.folder / name for name in ("plan.xlsx", "report.html")] if result.folder else []
    written: list[Path | str] = [f for f in files if f.exists()] or [result.folder or ""]
    for line in summary_lines(result.view(), written, language or result.record.policy.language):
        say(line)


def say_if_not_noted(folder: Path, config_file: Path | None) -> None:
    """Adds a run to the history where a store is configured, and says so if that fails."""
    from scheduler.history import note_run

    failed = note_run(folder, config_file)
    if failed is not None:
        say(f"warning: {printable(failed)}")


def user_name() -> str:
    """Who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "somebody"


def console() -> Any:
    """The console for text for people, on stderr."""
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def cancellable(
    told: str = "stopping: keeping the best plan so far (again to stop at once)",
) -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets, which is ``told``; a second Ctrl-C interrupts at once."""
    event = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        say(told)

    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    earlier = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for s, handler in earlier.items():
            signal.signal(s, handler)
