"""The folder in which a plan in parts lies while it is made: what is finished there is not done again.

Every file is there whole or not at all. The folder lies beside the run's, so whoever works must be able to write there.
"""

import json
import os
import pickle
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

_STATE = "state.json"


class Place:
    """The folder of a plan in the making."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, basis: str) -> None:
        """Keeps what is there from the same ``basis``, and removes all else."""
        if self._state().get("basis") != basis:
            self.remove()
            self.root.mkdir(parents=True)
            self._write_state({"basis": basis, "done": []})

    def remove(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.root, ignore_errors=True)

    def is_done(self, stage: str) -> bool:
        """Whether a stage has been finished."""
        return stage in self._state().get("done", [])

    def note_done(self, stage: str) -> None:
        """Notes that a stage is finished."""
        state = self._state()
        self._write_state({**state, "done": [*state["done"], stage]})

    def save(self, name: str, value: Any) -> None:
        """Keeps a value."""
        written(self.root / name, lambda file: file.write_bytes(pickle.dumps(value, protocol=5)))

    def load(self, name: str) -> Any:
        """A value that was kept; the last few are remembered, as job after job asks for the same."""
        file = self.root / name
        return _load(file, file.stat().st_mtime_ns)

    def dealt(self, turn: int, group: int) -> Path:
        """The folder with the tasks of a group in a round."""
        return self.root / f"round-{turn}" / f"{group:05d}"

    def plan(self, turn: int, group: int) -> Path:
        """The file with the plan of a group in a round."""
        return self.root / f"round-{turn}" / f"plan-{group:05d}.parquet"

    def arranged(self, turn: int, group: int) -> Path:
        """The file with the plan of a group in the last round, as a planner would choose it."""
        return self.root / f"round-{turn}" / f"arranged-{group:05d}.parquet"

    def tables(self, group: int) -> Path:
        """The folder with the tables of a group."""
        return self.root / "tables" / f"{group:05d}"

    def _state(self) -> dict[str, Any]:
        try:
            state = json.loads((self.root / _STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, state: dict[str, Any]) -> None:
        written(self.root / _STATE, lambda file: file.write_text(json.dumps(state), encoding="utf-8"))


def written(file: Path, write: Any) -> None:
    """Writes a file beside its place, and moves it there when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    write(beside)
    os.replace(beside, file)


@lru_cache(maxsize=4)
def _load(file: Path, _changed: int) -> Any:
    return pickle.loads(file.read_bytes())
