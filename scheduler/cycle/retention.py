"""What cycles leave in their folder: runs, kept as long as the configuration says, and half-made ones."""

import re
import shutil
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from data import locked
from models import AllotError

NAME = "%Y%m%dT%H%MZ"
"""How the folder of a run is named, for its moment in UTC."""
_RUN = re.compile(r"[0-9]{8}T[0-9]{4}Z")
_LEFT_BEHIND = re.compile(rf"\.({_RUN.pattern})[-.].+")


def runs_of_cycles(runs: Path) -> list[Path]:
    """The runs in the folder, oldest first."""
    found = [path for path in runs.iterdir() if _RUN.fullmatch(path.name) and (path / "run.json").is_file()]
    return sorted(found, key=lambda path: path.name)


def clear_left_behind(runs: Path) -> None:
    """Removes what killed cycles have left half made; what another process is working on stays."""
    names = {found[1] for path in runs.iterdir() if (found := _LEFT_BEHIND.fullmatch(path.name))}
    for name in names:
        with suppress(AllotError, OSError), locked(runs / name):
            for folder in runs.glob(f".{name}-*"):
                shutil.rmtree(folder, ignore_errors=True)


def remove_runs_before(moment: datetime, runs: Path, spared: Collection[Path]) -> int:
    """Removes the runs of cycles before a moment, but not the last one and those that are spared; how many.

    Raises:
        OSError: one cannot be removed.
    """
    first = f"{moment.astimezone(UTC):{NAME}}"
    kept = {path.resolve() for path in spared}
    old = [path for path in runs_of_cycles(runs)[:-1] if path.name < first and path.resolve() not in kept]
    for path in old:
        gone = path.rename(path.with_name(f".{path.name}-old"))  # whatever happens, no half of it looks like a run
        shutil.rmtree(gone)
    return len(old)
