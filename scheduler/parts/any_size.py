"""A snapshot of any size: in one piece as long as that fits, else in parts; what does that is loaded only then."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from data import Snapshot, read_in_parts, read_snapshot
from models import Observer, silent
from scheduler.run.guards import is_huge
from scheduler.run.request import Request

if TYPE_CHECKING:
    from scheduler.run.result import Result


def plan_any_size(request: Request, observer: Observer = silent) -> "Result":
    """Plans a snapshot as :func:`scheduler.run.pipeline.run_plan` does, in parts where it is too large for one piece.

    A result of parts has the first tasks only in ``plan`` and ``unplanned``; the files have all.

    Raises:
        OptionError: an option is only there for plans in one piece.
        others: as for :func:`scheduler.run.pipeline.run_plan`.
    """
    if not is_huge(request.source):
        from scheduler.run.pipeline import run_plan

        return run_plan(request, observer)
    from scheduler.parts.run import plan_in_parts

    return plan_in_parts(request, observer)


def read_any_size(source: Path, **options: Any) -> Snapshot:
    """Reads a snapshot as :func:`data.read_snapshot` does; one that is planned in parts without its tasks.

    Raises:
        SnapshotError: it is refused.
    """
    if not is_huge(source):
        return read_snapshot(source, **options)
    with TemporaryDirectory() as folder:
        return read_in_parts(source, Path(folder), **options).people
