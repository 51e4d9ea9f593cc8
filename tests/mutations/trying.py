"""A spoiled snapshot planned by the command line: what it ended with, and whether that may be."""

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.cli.app import run
from tests.mutations.mutate import mutated
from tests.mutations.snapshots import WORKBOOK, Files

MAY_END = (0, 2, 3)
"""Planned, wrong use, refused."""
PLAN = ("--engine", "greedy", "--effort", "1", "--no-xlsx", "--no-html")
_PATIENCE_S = 120


class NotAsItMayError(AssertionError):
    """A spoiled snapshot ended as none may."""


def attempt(seed: int, number: int, *, real: bool = False) -> int:
    """Plans one spoiled snapshot, and checks the plan if there is one; the exit code.

    ``real`` runs commands of their own with workbook and page, else everything happens in this process.

    Raises:
        NotAsItMayError: another exit code, a traceback, or a plan that fails `allot check`.
    """
    done, files = mutated(seed, number)
    with TemporaryDirectory() as folder:
        source, out = written(files, Path(folder)), Path(folder) / "run"
        code, said = (_process if real else inside)("plan", source, "--out", out, *(() if real else PLAN))
        story = f"mutation {number} of seed {seed} ({done})"
        _must(code in MAY_END and "Traceback" not in said, f"{story} ended with {code}:\n{said}")
        _must(code != 3 or bool(said.strip()), f"{story} was refused without a word")
        _must((code == 0) == (out / "run.json").exists(), f"{story} ended with {code}, but the run folder says else")
        if code == 0:
            checked, found = (_process if real else inside)("check", source, out)
            _must(checked == 0, f"{story}: the plan fails the check:\n{found}")
    return code


def attempts(seed: int, numbers: Iterable[int], *, real: bool = False) -> Counter[int]:
    """Tries many; how often each exit code came.

    Raises:
        NotAsItMayError: see :func:`attempt`; names the first.
    """
    return Counter(attempt(seed, number, real=real) for number in numbers)


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise NotAsItMayError(message)


def written(files: Files, folder: Path) -> Path:
    """The files on disk; where the snapshot is."""
    source = folder / "snapshot"
    source.mkdir()
    for name, content in files.items():
        (source / name).write_bytes(content)
    return source / WORKBOOK if WORKBOOK in files else source


def inside(*arguments: object) -> tuple[int, str]:
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(said):
            code = run([str(argument) for argument in arguments])
    except BaseException as error:  # whatever comes is the finding, panics of readers included
        raise NotAsItMayError(f"{arguments[0]} ended with {error!r}:\n{said.getvalue()}") from error
    return code, said.getvalue()


def _process(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-m", "scheduler", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=_PATIENCE_S, check=False)
    return done.returncode, done.stdout + done.stderr
