"""Refuses snapshots that are too large for one piece; if asked to, those that are old or have shrunk."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from data import NotARunFolderError, Snapshot, UnreadableRunError, read_file, read_record, rows_in_parts
from models import Code, Message, OptionError, Problem, RunRecord, SnapshotError, parse_duration
from scheduler.run import clock

MOST_AT_ONCE = 2_000_000
"""Tasks of a snapshot in parts up to which it is read and planned in one piece: 800,000 take a process about 4 GB."""
_AHEAD = timedelta(minutes=5)
"""A snapshot may be so far ahead of this machine's clock without a word."""
_NAMES = ("open tasks", "people", "working hours")


@dataclass(frozen=True)
class Size:
    """How much work and how many people a snapshot has: open tasks, people, their working hours in the period."""

    tasks: int
    people: int
    hours: float


def is_huge(source: object) -> bool:
    """Whether a snapshot is planned in parts.

    Raises:
        SnapshotError: one of the parts of its tasks cannot be read.
    """
    rows = rows_in_parts(source)
    return rows is not None and rows > MOST_AT_ONCE


def refuse_huge(source: object, instead: str) -> None:
    """Refuses a snapshot that is too large for one piece; ``instead`` is what to do.

    Raises:
        SnapshotError: it is.
    """
    if is_huge(source):
        raise SnapshotError(
            f"{source} has {rows_in_parts(source):,} tasks in parts, and at most {MOST_AT_ONCE:,} are read in one "
            f"piece, as is needed here; {instead}"
        )


def refuse_old(snapshot: Snapshot, max_age: timedelta | None) -> list[Message]:
    """Refuses a snapshot older than ``max_age`` (``None``: of any age); what to warn of.

    Raises:
        SnapshotError: it is older.
    """
    if max_age is None:
        return []
    present, zone = clock.now(), ZoneInfo(snapshot.timezone)
    age = present - snapshot.as_of
    moments = f"as_of is {_shown(snapshot.as_of, zone)}"
    if age > max_age:
        raise SnapshotError(
            f"the snapshot is old: {moments}, {in_words(age)} before now ({_shown(present, zone)}), and max_age allows "
            f"{in_words(max_age)}; export it again, or plan with another --max-age"
        )
    if -age > _AHEAD:
        ahead = {"time": _shown(snapshot.as_of, zone), "length": in_words(-age), "now": _shown(present, zone)}
        return [*clock.warnings(), Message(Code.AHEAD_OF_CLOCK, **ahead)]
    return clock.warnings()


def size_of_run(folder: Path) -> Size:
    """The size of the snapshot that an earlier run was made from.

    Raises:
        OptionError: the folder holds no run, or one that cannot be read.
    """
    try:
        run = read_record(folder)
        return read_file(folder / "agents.parquet", lambda file: _size_of(run, file))
    except (NotARunFolderError, UnreadableRunError) as error:
        raise OptionError(f"expect_like: {error}") from error


def _size_of(run: RunRecord, agents: Path) -> Size:
    people = pl.read_parquet(agents, columns=["agent_id"]).height
    return Size(run.counted.plannable, people, run.people_time.working_minutes / 60)


def size_of(problem: Problem) -> Size:
    """The size of the snapshot that a problem was built from, without edits."""
    agents = pl.int_range(problem.n_agents, eager=True).to_numpy()
    grains = int(problem.clocks.working(agents, problem.horizon).sum())
    return Size(problem.n_tasks, problem.n_agents, grains * problem.grain_s / 3600)


def refuse_shrunken(size: Size, before: Size, share: float, folder: Path) -> None:
    """Refuses a snapshot with less than ``share`` of the tasks, people or hours of the run in ``folder``.

    Raises:
        SnapshotError: something is.
    """
    figures: Sequence[tuple[str, float, float]] = list(zip(_NAMES, astuple(size), astuple(before), strict=True))
    fallen = [f"{now:,.5g} {name} ({then:,.5g} then)" for name, now, then in figures if now < share * then]
    if fallen:
        raise SnapshotError(
            f"the snapshot has shrunk to less than {share:g} of that of {folder}: {', '.join(fallen)}; see that the "
            "export is whole, or plan without --expect-like (the share is the policy's shrink)"
        )


def parse_age(given: str | timedelta) -> timedelta | None:
    """The age allowed; ``None`` for no limit (an empty text).

    Raises:
        ValueError: it is no length of time.
    """
    if isinstance(given, timedelta):
        if given <= timedelta(0):
            raise ValueError(f"{given} is not above zero")
        return given
    return parse_duration(given) if given.strip() else None


def in_words(length: timedelta) -> str:
    """A length of time in its two largest units: 1 d 2 h, 45 min."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((k for k, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count:,} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")
