"""The command line as a process of its own, and what it leaves on disk."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import MappingProxyType

MODULE = (sys.executable, "-m", "scheduler")
SCRIPT = (str(Path(sys.executable).with_name("allot")),)

_RUN = "from scheduler.cli.app import run; sys.exit(run(sys.argv[1:]))"

QUICK = ("--engine", "greedy", "--effort", 1, "--no-xlsx", "--no-html")
"""Options of a plan where neither engine nor files for people matter."""

ENCODING = "utf-8"
"""What the process believes its output is read in; this process reads UTF-8."""

PATIENCE_S = 300
"""A process that takes longer hangs."""


@dataclass(frozen=True)
class Done:
    """What a command ended with."""

    code: int
    out: str
    err: str


def allot(
    *arguments: object,
    program: tuple[str, ...] = MODULE,
    hash_seed: int = 0,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Done:
    """Runs a command to its end, with more ``settings`` in its environment."""
    done = subprocess.run(
        [*program, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env={**environment(hash_seed), **settings},
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)


def with_small_files(*arguments: object, most: int = 4096) -> Done:
    """Runs a command that, with all it starts, cannot write files of more than so many bytes, as if disks were full."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); import sys; {_RUN}"
    return allot(*arguments, program=(sys.executable, "-c", limit))


def environment(hash_seed: int = 0) -> dict[str, str]:
    """This process's surroundings but for its own settings, with warnings as errors, wide lines, a seed of hashes."""
    inherited = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return {
        **inherited,
        "PYTHONWARNINGS": "error",
        "PYTHONHASHSEED": str(hash_seed),
        "COLUMNS": "200",
        "PYTHONIOENCODING": ENCODING,
    }


class Started:
    """A command that is under way; use it as a context, so that it is not left behind."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [*MODULE, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )
        self.said = ""

    def __enter__(self) -> "Started":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def wait_for(self, text: str) -> None:
        """Returns when the command has said the text."""
        assert self.process.stderr is not None
        impatient = Timer(PATIENCE_S, self.process.kill)
        impatient.start()
        try:
            while text not in self.said:
                line = self.process.stderr.readline()
                assert line, f"it ended without saying '{text}', but:\n{self.said}"
                self.said += line
        finally:
            impatient.cancel()

    def end(self) -> Done:
        """Waits for the command to end."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Done(code=self.process.returncode, out=out, err=self.said + err)


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with the SHA-256 of its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
