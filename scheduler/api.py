"""The Python API. What the functions need is imported when they are called, so importing allot is fast."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from data import Snapshot
    from data.sources.sources import Source
    from models import Observer
    from reports import RunView
    from scheduler.audit import AuditReport
    from scheduler.run.policy import Policy
    from scheduler.run.result import Result
    from scheduler.workers import Given

    AnyPolicy: TypeAlias = Policy | Mapping[str, Any] | str | Path | None


def plan(
    source: "Source | Snapshot",
    *,
    out: str | Path | None = None,
    policy: "AnyPolicy" = None,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | None = None,
    defaults: Mapping[str, Any] | None = None,
    engine: str = "auto",
    solver: str = "HiGHS",
    time_limit_s: float | None = None,
    effort: int | None = None,
    gap: float = 0.001,
    seed: int = 0,
    workers: "Given" = None,
    strict: bool = False,
    allow_empty: bool = False,
    max_age: str | timedelta | None = None,
    expect_like: str | Path | None = None,
    keep_snapshot: bool = False,
    keep_better: bool = False,
    csv: bool = False,
    csv_separator: str = ",",
    xlsx: bool = True,
    html: bool = True,
    split: str | None = None,
    language: str | None = None,
    observer: "Observer | None" = None,
) -> "Result":
    """Plans a snapshot: a folder, a workbook, or a mapping of table names to polars or pandas frames.

    It may also be what ``data.read_snapshot`` has read, which then settles what rows and moments count.
    ``out`` is the folder to write (default: nothing is written), ``policy`` a TOML file or a mapping. ``as_of`` and
    ``horizon`` override the snapshot's; ``defaults`` are a ``timezone`` and a ``horizon`` for a snapshot that has none.
    ``engine`` and ``solver`` find the plan within ``time_limit_s`` (default 60)
    or ``effort``; the search stops at ``gap``; ``seed`` is for its random
    choices, ``workers`` is how many threads it may use (default: all cores), or who else does the work: a text as for
    ``--workers``, or a mapping with the keys of ``[executor]``. ``strict`` refuses any row that
    breaks a rule, ``max_age`` an older snapshot, ``expect_like`` one that is much smaller than that run's;
    ``allow_empty`` accepts one in which nobody works or a table is empty. ``keep_snapshot`` copies the folder of the
    snapshot into the run's. ``keep_better`` keeps a better run in ``out`` if this one is stopped early. ``csv`` (with
    ``csv_separator``), ``xlsx``, ``html`` and ``split`` choose the reports, in ``language``. ``observer`` is called
    with (stage, objective, bound).

    The result of a snapshot that is planned in parts has the first tasks only in its frames; the files have all.

    Raises:
        SnapshotError, PolicyError: the input is refused.
        OptionError, CapabilityError: an option has a value it cannot have; the engine cannot take the problem.
        CheckError: the plan broke a rule.
        LockError: another run writes to ``out``.
        CacheError: compiled loops can be kept nowhere.
    """
    options = _checked(locals())
    from models import silent
    from scheduler.parts.any_size import plan_any_size
    from scheduler.run.request import Request

    return plan_any_size(Request(**options), observer or silent)


def replan(
    source: "Source | Snapshot",
    earlier: str | Path,
    *,
    edits: Sequence[tuple[str, str]] = (),
    edits_file: str | Path | None = None,
    take_back: Sequence[str] = (),
    forget: bool = False,
    freeze: str | None = None,
    min_gain: float | str | None = None,
    max_changes: int | None = None,
    curve: bool = False,
    out: str | Path | None = None,
    policy: "AnyPolicy" = None,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | None = None,
    defaults: Mapping[str, Any] | None = None,
    time_limit_s: float | None = None,
    effort: int | None = None,
    gap: float = 0.001,
    seed: int = 0,
    workers: "Given" = None,
    strict: bool = False,
    allow_empty: bool = False,
    max_age: str | timedelta | None = None,
    expect_like: str | Path | None = None,
    keep_snapshot: bool = False,
    csv: bool = False,
    csv_separator: str = ",",
    xlsx: bool = True,
    html: bool = True,
    split: str | None = None,
    language: str | None = None,
    observer: "Observer | None" = None,
) -> "Result":
    """Plans a snapshot again, near the plan of the run in the folder ``earlier``.

    ``edits`` are pairs of kind and text, as on the command line: ``("agent_out", "A17@13:00")``; ``edits_file`` has
    further ones. ``take_back`` withdraws edits of the earlier run, ``forget`` all of them. ``freeze``, ``min_gain`` and
    ``max_changes`` say how near; ``curve`` computes the best value for several numbers of changes. ``policy`` is the
    earlier run's by default, ``time_limit_s`` 15. All others are as for :func:`plan`.

    Raises:
        EditError: an edit cannot be made, or edits contradict each other.
        NotARunFolderError, UnreadableRunError: there is no earlier run, or it is damaged.
        others: as for :func:`plan`.
    """
    options = _checked(locals())
    from models import silent
    from scheduler.replanning import ReplanRequest
    from scheduler.replanning import replan as plan_again

    return plan_again(ReplanRequest(**options), observer or silent)


def check(snapshot: str | Path, run_dir: str | Path) -> "AuditReport":
    """Checks the run in a folder: recomputes everything from its snapshot with separate code, and compares.

    ``ok`` of the report says whether everything agrees, ``violations`` what does not.

    Raises:
        CheckError: the run lacks what a check needs.
        SnapshotError: the snapshot cannot be read.
    """
    from scheduler.audit import audit_folder

    return audit_folder(_needed_path("snapshot", snapshot), _needed_path("run_dir", run_dir))


def explain(
    run_dir: str | Path,
    task: str | None = None,
    *,
    agent: str | None = None,
    snapshot: str | Path | None = None,
    time_limit_s: float = 20.0,
) -> dict[str, Any]:
    """Explains why ``task`` is planned as it is in a run, or is not planned; without it, the day of ``agent``.

    With both, why the task is not with that agent. ``snapshot`` is where the run's lies now, if it has moved. What
    other choices cost is found by planning again within ``time_limit_s``. The content is that of
    ``allot explain --json``.

    Raises:
        OptionError: neither a task nor an agent is named, or there is none of that name.
        NotARunFolderError, UnreadableRunError, SnapshotError, CheckError: the run or its snapshot cannot be read.
    """
    import time

    from models import Limits, OptionError
    from scheduler.explaining import explain_agent, explain_task, read_past_run
    from scheduler.run.options import check_text, check_time_limit

    began = time.monotonic()
    for name, given in (("task", task), ("agent", agent)):
        check_text(name, given)
    check_time_limit(time_limit_s)
    past = read_past_run(_needed_path("run_dir", run_dir), _path("snapshot", snapshot))
    if task is not None:
        return explain_task(past, task, Limits(deadline=began + time_limit_s), agent)
    if agent is not None:
        return explain_agent(past, agent)
    raise OptionError("name a task, or an agent with agent=...")


def read_view(folder: str | Path) -> "RunView":
    """Reads the run in a folder, as input of the reports.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version.
    """
    from scheduler.run.written import read_view as read

    return read(Path(folder))


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a function was given, as fields of a request; the observer is none of them."""
    readers: Mapping[str, Callable[[str, Any], Any]] = {
        **dict.fromkeys(("out", "expect_like", "edits_file"), _path),
        "earlier": _needed_path,
        "edits": _pairs,
        "take_back": _texts,
    }
    return {
        name: readers[name](name, value) if name in readers else value
        for name, value in given.items()
        if name != "observer"
    }


def _path(name: str, given: str | Path | None) -> Path | None:
    return None if given is None else _needed_path(name, given)


def _needed_path(name: str, given: str | Path) -> Path:
    from models import OptionTypeError

    if not isinstance(given, str | Path):
        raise OptionTypeError(f"{name} is {given!r}, and takes text or a path")
    return Path(given)


def _texts(name: str, given: Sequence[str]) -> tuple[str, ...]:
    from models import OptionTypeError

    if isinstance(given, str) or not all(isinstance(text, str) for text in given):
        raise OptionTypeError(f"{name} is {given!r}, and takes a list of texts")
    return tuple(given)


def _pairs(name: str, edits: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    from models import OptionError, OptionTypeError, nearest
    from scheduler.edit_kinds import KINDS

    if isinstance(edits, str) or not all(isinstance(edit, tuple | list) and len(edit) == 2 for edit in edits):
        raise OptionTypeError(f"{name} is {edits!r}, and takes pairs of kind and text: [('hold', 'T9')]")
    for kind, text in edits:
        if not (isinstance(kind, str) and isinstance(text, str)):
            raise OptionTypeError(f"{name} has {(kind, text)!r}, and takes pairs of texts: ('hold', 'T9')")
        if kind not in KINDS:
            raise OptionError(f"{name}: unknown kind '{kind}'{nearest(kind, KINDS)}; known are {', '.join(KINDS)}")
    return tuple((kind, text) for kind, text in edits)
