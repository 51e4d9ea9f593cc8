"""What people see while a run goes on: a live line on a terminal, plain lines in a log."""

import ast
import io
from pathlib import Path

import pytest
from rich.console import Console

from models import BoundSource, engines
from scheduler.cli.progress import WORDS, Progress


@pytest.fixture
def log() -> io.StringIO:
    """What is written."""
    return io.StringIO()


def told(log: io.StringIO, *, terminal: bool) -> Progress:
    return Progress(Console(file=log, force_terminal=terminal, width=100))


def test_a_log_has_a_plain_line_for_each_stage(log):
    with told(log, terminal=False) as progress:
        for stage in ("read", "build", "solve", "check", "write", "workbook", "page"):
            progress(stage)
    lines = log.getvalue().splitlines()
    assert [line.split(" s  ")[1] for line in lines] == [
        "reading the snapshot",
        "building the problem",
        "looking for a plan",
        "checking every rule",
        "writing the plan",
        "writing the workbook",
        "writing the page",
    ]
    assert "\x1b" not in log.getvalue()


def test_a_log_hears_of_better_plans_every_few_seconds(log, monkeypatch):
    clock = iter([100.0, 101.0, 106.0, 107.0])
    monkeypatch.setattr("scheduler.cli.progress.time.monotonic", lambda: next(clock))
    with told(log, terminal=False) as progress:
        progress("search", 100_00, None)
        progress("search", 1_234_50, 2_000_00)
        progress("search", 1_300_00, 2_000_00)
    assert log.getvalue() == "   6.0 s  better plan: 1,234.50 points, best possible 2,000.00\n"


def engines_notes() -> set[str]:
    """What the sources of the engines tell the observer: the second argument of ``offer`` and ``prove``, and so on."""
    sources = Path(engines.__file__).parent.rglob("*.py")
    calls = (node for file in sources for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    told = (call for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute))
    given = {"offer": 1, "prove": 1, "observer": 0}
    return {ast.unparse(call.args[n]) for call in told if (n := given.get(call.func.attr, 9)) < len(call.args)}


def test_every_note_of_an_engine_has_words():
    notes = engines_notes() - {"note", "source", "stage"}  # what `offer` and `prove` pass on
    said = {BoundSource[note.partition(".")[2]].value for note in notes if note.startswith("BoundSource.")}
    said |= {ast.literal_eval(note) for note in notes if not note.startswith("BoundSource.")}
    assert said >= {"start", "priced", "search", "exact", "pulp", "certificate"}
    assert said <= WORDS.keys()


def test_what_an_engine_says_is_shown_as_it_is(log, monkeypatch):
    monkeypatch.setattr("scheduler.cli.progress._PLAIN_EVERY_S", 0.0)
    with told(log, terminal=False) as progress:
        progress("[red]round 7[/red]", 5_00)
    assert "[red]round 7[/red]: 5.00 points" in log.getvalue()


def test_a_terminal_has_one_line_that_is_gone_in_the_end(log):
    with told(log, terminal=True) as progress:
        progress("solve")
        progress("search", 1_234_50)
    shown = log.getvalue().rpartition("\n")
    assert "better plan: 1,234.50 points" in shown[0]
    assert shown[2].endswith("\x1b[2K")  # the line is cleared


def test_the_line_goes_when_a_run_fails(log):
    progress = told(log, terminal=True)

    def fail() -> None:
        with progress:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "\x1b[?25h" in log.getvalue()  # the cursor is there again
