"""Decides whether an earlier run of the same problem is worth more, to be kept if a run is stopped early."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import NotARunFolderError
from scheduler.run.written import UnreadableRunError, read_view

if TYPE_CHECKING:
    from reports import RunView

_PROBLEM = ("inputs", "policy", "as_of", "horizon_end", "timezone")
"""What makes two runs without edits runs of one problem."""


def better_run(folder: Path, run: Mapping[str, Any]) -> "RunView | None":
    """The run in a folder, if it is of the same problem as ``run``, without edits, and its plan is worth more.

    ``None`` for a folder without a run or with a damaged one.
    """
    try:
        view = read_view(folder)
    except (NotARunFolderError, UnreadableRunError):
        return None
    then, mine = view.run, json.loads(json.dumps({key: run[key] for key in (*_PROBLEM, "objective")}))
    edited = bool(then.get("replan", {}).get("edits"))
    same = all(then[key] == mine[key] for key in _PROBLEM) and not edited
    return view if same and then["check"]["ok"] and then["objective"] > mine["objective"] else None
