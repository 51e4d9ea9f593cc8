"""Runs a planning day: policy, pipeline and command line. Knows all other packages.

``plan`` is the way in from Python; ``allot`` on the command line does the same.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from data.sources import Source
    from models import Observer
    from reports import RunView
    from scheduler.pipeline import Result


def plan(source: "Source", *, observer: "Observer | None" = None, **options: Any) -> "Result":
    """The plan of a snapshot: a folder, a workbook, or a mapping of table names to polars or pandas frames.

    Options are the fields of :class:`scheduler.pipeline.Request`: ``out`` (the folder to write, default: write
    nothing), ``policy`` (a TOML file or a mapping), ``as_of``, ``horizon``, ``engine``, ``time_limit_s``,
    ``effort``, ``gap``, ``seed``, ``strict``, ``allow_empty``, ``csv``, ``xlsx``, ``html``, ``split``.

    Raises:
        SnapshotError, PolicyError: the input is refused.
        CapabilityError: the engine cannot take the problem.
        CheckError: the plan broke a rule.
        LockError: another run writes to ``out``.
    """
    from pathlib import Path

    from models import silent
    from scheduler.pipeline import Request, run_plan

    if options.get("out") is not None:
        options["out"] = Path(options["out"])
    return run_plan(Request(source=source, **options), observer or silent)


def read_view(folder: "str | Path") -> "RunView":
    """The run in a folder as the reports receive it.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version.
    """
    from pathlib import Path

    from scheduler.written_run import read_view as read

    return read(Path(folder))


__all__ = ["plan", "read_view"]
