"""The folder in which a plan in parts lies while it is made: what is finished there is not done again.

Every file is there whole or not at all. The folder lies beside the run's, so whoever works must be able to write there.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from data import keep_value, kept_value, write_whole

_STATE, _BIDS = "state.json", "bids"


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
        keep_value(self.root / name, value)

    def load(self, name: str) -> Any:
        """A value that was kept; the last few are remembered, as job after job asks for the same."""
        return kept_value(self.root / name)

    def dealt(self, turn: int) -> list[Path]:
        """The files with the tasks of a round, each by the group that they go to: bids, or the plans before."""
        folder = self.root / (_BIDS if turn == 0 else f"round-{turn - 1}")
        return sorted(folder.glob("[!.]*.parquet"))

    def bids(self, market: int, batch: int) -> Path:
        """The file with the tasks of a batch, by the group that they go to in the first round."""
        return self.root / _BIDS / f"{market:03d}-{batch:05d}.parquet"

    def plan(self, turn: int, group: int) -> Path:
        """The file with the tasks and the plan of a group in a round, by the group that they go to in the next."""
        return self.root / f"round-{turn}" / f"{group:05d}.parquet"

    def arranged(self, turn: int, group: int) -> Path:
        """The file with the plan of a group in the last round, as a planner would choose it."""
        return self.root / "arranged" / f"{turn}-{group:05d}.parquet"

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
        write_whole(self.root / _STATE, lambda file: file.write_text(json.dumps(state), encoding="utf-8"))
