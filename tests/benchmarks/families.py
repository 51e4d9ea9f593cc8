"""Twenty-one kinds of working day: the same office with one thing changed, each hard to plan in its own way.

A program beside the project writes them, as it does not hold it: ``tools/make_day.py`` among the shared files, or what
the environment variable ``ALLOT_MAKE_DAY`` names. It is called with the folder to write, ``--family``, ``--tasks``,
``--agents`` and ``--seed``, and writes a snapshot with its ``policy.toml``.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.gap import SHARED_DATA

FAMILIES = {
    "office": "40 kinds of work of 40 minutes each, a third more than there is time for",
    "long": "work of 110 minutes",
    "short": "work of 8 minutes",
    "mixed-lengths": "lengths differ by a factor of ten and more",
    "specialists": "80 kinds of work, and nobody knows many",
    "generalists": "everybody knows most kinds",
    "even-kinds": "all kinds of work equally frequent",
    "one-big-kind": "most work is of one kind",
    "urgent": "due within the hour or two",
    "relaxed": "due in days, or never",
    "overdue": "two fifths are overdue when the day begins",
    "overload": "four times the work that there is time for",
    "slack": "a quarter less work than there is time for",
    "fines": "missed deadlines cost several times what the work is worth",
    "no-fines": "missed deadlines cost nothing",
    "same-speed": "everybody works at the same speed",
    "value-only": "long work is worth no more than short work",
    "hard-sla": "work that is late is not done",
    "releases": "half the work may only begin later in the day",
    "few-tasks": "two fifths of the people may do a few tasks only",
    "four-eyes": "a third of the work is refused or asked for, person by person",
}
SEEDS = (1, 2, 3)
TASKS, AGENTS = 3_000, 250
LARGE = 20_000, 1_700
"""Tasks and people of the large days."""


def program() -> Path | None:
    """The program that writes the days, if it is there."""
    named = os.environ.get("ALLOT_MAKE_DAY")
    found = Path(named) if named else SHARED_DATA.parent / "tools" / "make_day.py"
    return found if found.is_file() else None


def write_day(family: str, seed: int, folder: Path, tasks: int = TASKS, agents: int = AGENTS) -> Path:
    """Writes a day of a family, of at most so many tasks and people, into the folder.

    Raises:
        RuntimeError: the program is not there, or fails.
    """
    if (maker := program()) is None:
        raise RuntimeError("the program that writes kinds of day is not there: name it in ALLOT_MAKE_DAY")
    size = ("--tasks", str(tasks), "--agents", str(agents), "--seed", str(seed))
    done = subprocess.run(
        [sys.executable, str(maker), str(folder), "--family", family, *size],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{maker} failed:\n{done.stderr}")
    return folder
