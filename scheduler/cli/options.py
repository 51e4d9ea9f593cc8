"""What the commands share: options that mean the same everywhere, examples in the help, what is said to people."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from scheduler.cli.streams import failure_of_stdout
from scheduler.cli.types import Horizon, LanguageCode, Length, Moment

if TYPE_CHECKING:
    from scheduler.run.result import Result


class DeliveryError(Exception):
    """What was asked for on stdout could not be written there."""


_F = TypeVar("_F", bound=Callable[..., Any])

RUN_DIR = click.Path(exists=True, file_okay=False, path_type=Path)
"""The folder of a run that is there."""

LANG = click.option(
    "--lang",
    "language",
    type=LanguageCode(),
    metavar="CODE",
    help="Language of what people read, files and terminal: en or zh; default: the policy's.",
)
SPLIT = click.option(
    "--split",
    type=click.Choice(("team", "site", "organisation", "agent")),
    help="Also write a workbook for each team (site, organisation, agent) to hand out, a page for each person.",
)
SNAPSHOT = click.argument("snapshot", type=click.Path(exists=True, path_type=Path))
OUT = click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN_DIR",
    help="Folder to write; an earlier run there is replaced, anything else is refused.",
)
AS_OF = click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="Moment to plan from, such as 2026-03-02T08:00, instead of the one the snapshot names.",
)
HORIZON = click.option(
    "--horizon",
    type=Horizon(),
    metavar="LENGTH",
    help="How far to plan: 90m, 10h, 5d (a day is 24 h), or the moment to plan up to; default: what the snapshot says.",
)
POLICY = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What work is worth to you, as a TOML file; [cyan]allot policy[/cyan] prints the default with comments.",
)
EFFORT = click.option(
    "--effort",
    type=click.IntRange(min=1),
    metavar="N",
    help="Bound the work instead of the time, in units of very roughly a second: the same plan every time.",
)
GAP = click.option(
    "--gap",
    type=click.FloatRange(min=0),
    metavar="SHARE",
    default=0.001,
    show_default=True,
    help="Good enough: stop when the plan is proved to be this near to the best possible. 0.001 is 0.1 %; 0 asks for "
    "the best.",
)
SEED = click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", default=0, show_default=True, help="Seed of what is random."
)
_MAX_AGE = click.option(
    "--max-age",
    metavar="LENGTH",
    help="Refuse a snapshot whose as_of is older than this by the clock, such as 2h. Default: the policy's, any age.",
)
_EXPECT_LIKE = click.option(
    "--expect-like",
    type=RUN_DIR,
    metavar="RUN_DIR",
    help="Refuse a snapshot whose tasks, people or working hours are less than half of that run's (policy key shrink).",
)
STRICT = click.option("--strict", is_flag=True, help="Refuse the snapshot if any row breaks a rule.")
ALLOW_EMPTY = click.option(
    "--allow-empty",
    is_flag=True,
    help="Take the snapshot though nobody works in its period, or a table has no rows or loses them all.",
)
CSV = click.option("--csv", is_flag=True, help="Also write plan.csv and unplanned.csv for Excel.")
CSV_SEPARATOR = click.option(
    "--csv-separator",
    type=click.Choice((",", ";", "tab")),
    metavar="SEPARATOR",
    default=",",
    show_default=True,
    help="What stands between the cells of --csv: a comma, tab, or a semicolon, as Excel has it in much of Europe, "
    "with a comma for the decimal sign.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print run.json to stdout instead of a summary.")
NO_XLSX = click.option("--no-xlsx", is_flag=True, help="Do not write the workbook, plan.xlsx.")
NO_HTML = click.option("--no-html", is_flag=True, help="Do not write the page, report.html.")
DEBUG = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show a traceback when something fails inside allot."
)


def guarded(command: _F) -> _F:
    """The options that refuse a snapshot which is not what it is expected to be."""
    return _MAX_AGE(_EXPECT_LIKE(command))


def time_limit(default: str) -> Callable[[_F], _F]:
    """The option for the time a command may take; ``default`` is said in the help."""
    return click.option(
        "--time-limit",
        type=Length(),
        metavar="LENGTH",
        help="Time for the command up to the written plan, such as 60s, 10m or 1h; workbook and page come on top. "
        f"Default: {default}, and none with --effort.",
    )


def example(text: str) -> str:
    """How the help shows an example."""
    return f"[dim]Example:[/dim] [cyan]{text}[/cyan]"


def say(line: str) -> None:
    """Says a line to people: stdout is for programs."""
    click.echo(line, err=True)


def deliver(content: str | bytes) -> None:
    """Writes what a program may read to stdout; that nobody reads on is no error.

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
    """Writes a record to stdout as one line of JSON."""
    deliver(json.dumps(record, ensure_ascii=False) + "\n")


def deliver_run(folder: Path) -> None:
    """Writes the run.json of a run to stdout; where that fails it says so: the run stands all the same."""
    try:
        deliver((folder / "run.json").read_bytes())
    except DeliveryError as error:
        say(f"{error}; the run in {folder} is checked and whole, and its run.json has the same content")


@contextmanager
def compiling_told(text: str) -> Iterator[None]:
    """Says the text once when loops are compiled in its body, which takes most of a minute where all are."""
    from models import compiling

    told: list[str] = []

    def tell() -> None:
        if not told:
            told.append(text)
            say(text)

    with compiling(tell):
        yield


def say_summary(result: "Result", language: str | None = None) -> None:
    """Says how good a run is, and what was written, in the language asked for or the policy's."""
    from reports import summary_lines

    files = [result.folder / name for name in ("plan.xlsx", "report.html")] if result.folder else []
    written: list[Path | str] = [f for f in files if f.exists()] or [result.folder or ""]
    for line in summary_lines(result.view(), written, language or result.record.policy.language):
        say(line)


def console() -> Any:
    """The terminal that people's text goes to."""
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def cancellable() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets; a second Ctrl-C interrupts at once."""
    event = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        say("stopping: keeping the best plan so far (again to stop at once)")

    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    earlier = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for s, handler in earlier.items():
            signal.signal(s, handler)
