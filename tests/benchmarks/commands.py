"""Runs a command in a process of its own and measures what that process alone takes."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import IO, Any

SECONDS_OF_ONE = 1.6
"""Seconds of processor time that :mod:`tests.benchmarks.busy` counts as one."""


@dataclass(frozen=True)
class Finished:
    """How a command ended; ``cpu_s`` is the work of all processors, ``peak_mib`` the most memory it held at once."""

    exit_code: int
    stdout: str
    stderr: str
    wall_s: float
    peak_mib: float
    cpu_s: float = 0


def run_python(module: str, *arguments: object, at_most_s: float | None = None) -> Finished:
    """Runs ``python -m module`` and waits for its end; after ``at_most_s`` seconds the process is ended."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        try:
            status, peak_mib, cpu_s = _wait(process, None if at_most_s is None else began + at_most_s)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return Finished(
            exit_code=os.waitstatus_to_exitcode(status),
            stdout=_text(out),
            stderr=_text(err),
            wall_s=time.monotonic() - began,
            peak_mib=peak_mib,
            cpu_s=cpu_s,
        )


def run_busy(*arguments: object) -> Finished:
    """Runs ``allot`` with these arguments by a clock of processor time."""
    return run_python("tests.benchmarks.busy", *arguments)


def run_allot(*arguments: object) -> Finished:
    """Runs ``allot`` with these arguments."""
    return run_python("scheduler", *arguments)


def _wait(process: "subprocess.Popen[bytes]", deadline: float | None) -> tuple[int, float, float]:
    """The exit status, peak memory and work of the process, which is ended at the deadline."""
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG if deadline is not None else 0)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)  # else Popen waits for it again
            unit = 1024 if sys.platform == "linux" else 1024**2  # macOS counts bytes
            return status, usage.ru_maxrss / unit, usage.ru_utime + usage.ru_stime
        if deadline is not None and time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)


def _text(stream: IO[Any]) -> str:
    stream.seek(0)
    text: str = stream.read().decode("utf-8", errors="replace")
    return text
