"""Decides whether an earlier run of the same problem is worth more, to be kept if a run is stopped early."""

from pathlib import Path
from typing import TYPE_CHECKING

from data import NotARunFolderError, UnreadableRunError
from models import RunRecord
from scheduler.run.written import read_view

if TYPE_CHECKING:
    from reports import RunView


def better_run(folder: Path, run: RunRecord) -> "RunView | None":
    """The run in a folder, if it is of the problem of ``run``, which has no edits, and its plan is worth more.

    ``None`` for a folder without a run or with a damaged one.
    """
    try:
        view = read_view(folder)
    except (NotARunFolderError, UnreadableRunError):
        return None
    then = view.run
    same = _problem_of(then) == _problem_of(run) and not (then.replan and then.replan.edits)
    return view if same and then.check.ok and then.objective > run.objective else None


def _problem_of(run: RunRecord) -> tuple[object, ...]:
    """What makes two runs without edits runs of one problem."""
    return (dict(run.inputs), run.policy.as_json(), run.as_of, run.horizon_end, run.timezone)
