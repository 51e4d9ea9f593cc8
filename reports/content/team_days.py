"""The day of each team as a Gantt of cells: a row a person, a column a slot of the clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

import polars as pl

from models import LEVELS
from reports.content.view import RunView
from reports.words.language import _
from reports.words.wording import room

_SLOTS_MIN = (5, 10, 15, 30, 60)
_MOST_SLOTS = 64
_LETTERS = 4
"""Letters of a small size that a slot has room for."""
_DAY_MIN = 24 * 60
_MOMENTS = ("start_at", "end_at")


@dataclass(frozen=True)
class Slot:
    """A slot that work takes: ``late`` if any of it is late, ``turn`` alternates from one task to the next."""

    late: bool
    turn: bool
    text: str = ""


@dataclass(frozen=True)
class TeamDay:
    """A team on a day: each person's id and name, and the slots they work in."""

    team: str
    day: date
    tasks: int
    people: tuple[tuple[str, str, Mapping[int, Slot]], ...]


@dataclass(frozen=True)
class TeamDays:
    """The days of all teams. Slot 0 begins at the hour ``first`` and is ``minutes`` long; times of the run's zone."""

    first: int
    minutes: int
    slots: int
    days: tuple[TeamDay, ...] = field(repr=False)

    @property
    def height(self) -> int:
        """Rows for people."""
        return sum(len(day.people) for day in self.days)

    def head(self, most: int) -> "TeamDays":
        """The first days of teams, of no more people than ``most``."""
        kept: list[TeamDay] = []
        for day in self.days:
            most -= len(day.people)
            if most < 0:
                break
            kept.append(day)
        return TeamDays(self.first, self.minutes, self.slots, tuple(kept))


class _Piece(NamedTuple):
    """What a task takes of a day: from slot ``first`` to slot ``last``."""

    team: str
    day: date
    agent: str
    task: str
    late: bool
    first: int
    last: int


def team_days(view: RunView) -> TeamDays:
    """Each team by name, and each day on which it has a task; whoever has working time or tasks is there."""
    parts = _parts(view)
    spans = parts.select(first=pl.col("from").min() // 60, last=(pl.col("until").max() / 60).ceil()).row(0)
    begin, end = (8, 17) if spans[0] is None else (int(spans[0]), int(spans[1]))
    minutes = next((n for n in _SLOTS_MIN if (end - begin) * 60 / n <= _MOST_SLOTS), _SLOTS_MIN[-1])
    slot = parts.select(
        "team",
        "day",
        "agent_id",
        "task_id",
        late=pl.col("outcome") == "late",
        first=((pl.col("from") - begin * 60) // minutes).cast(pl.Int64),
        last=((pl.col("until") - begin * 60) / minutes).ceil().cast(pl.Int64) - 1,
    ).with_columns(pl.max_horizontal("first", "last").alias("last"))
    days = tuple(_days(_members(view), map(_Piece._make, slot.iter_rows())))
    return TeamDays(begin, minutes, (end - begin) * 60 // minutes, days)


def _team() -> pl.Expr:
    nameless = LEVELS["team"].nameless
    return pl.col("team").fill_null(_(nameless))


def _parts(view: RunView) -> pl.DataFrame:
    """The part of each task that lies on each day, in minutes of that day's clock, by team, day, person and time."""
    clock = (pl.col(name).dt.convert_time_zone(view.timezone).dt.replace_time_zone(None) for name in _MOMENTS)
    tasks = view.plan.select("task_id", "agent_id", "sequence", "outcome", *clock)
    # in the hour that comes twice a task may end before it starts on the clock
    tasks = tasks.with_columns(pl.max_horizontal("end_at", pl.col("start_at") + timedelta(minutes=1)).alias("end_at"))
    last_day = (pl.col("end_at") - timedelta(microseconds=1)).dt.date()
    days = tasks.with_columns(pl.date_ranges(pl.col("start_at").dt.date(), last_day).alias("day")).explode("day")
    start = pl.col("day").cast(pl.Datetime("us"))
    inside = [((pl.col(name) - start).dt.total_seconds() / 60).clip(0, _DAY_MIN) for name in _MOMENTS]
    found = days.with_columns(inside[0].alias("from"), inside[1].alias("until"))
    return found.join(view.agents.select("agent_id", _team()), on="agent_id", how="left").sort(
        "team", "day", "agent_id", "sequence"
    )


def _members(view: RunView) -> dict[str, list[tuple[str, str]]]:
    """The people of each team who have working time or tasks: id and name."""
    here = (pl.col("working_minutes") > 0) | (pl.col("tasks") > 0)
    known = view.agents.filter(here).select(_team(), "agent_id", pl.col("name").fill_null("")).sort("team", "agent_id")
    return {team: [row[1:] for row in rows] for team, rows in groupby(known.iter_rows(), lambda row: row[0])}


def _days(members: Mapping[str, Sequence[tuple[str, str]]], pieces: Iterable[_Piece]) -> Iterator[TeamDay]:
    """The days of teams: on its first day all of a team are there, later those who have a task."""
    seen: set[str] = set()
    for (team, day), of_day in groupby(pieces, lambda piece: (piece.team, piece.day)):
        work = {agent: list(own) for agent, own in groupby(of_day, lambda piece: piece.agent)}
        there = [row for row in members.get(team, []) if row[0] in work or team not in seen]
        people = tuple((agent, name, _slots(work.get(agent, []))) for agent, name in there)
        seen.add(team)
        yield TeamDay(team, day, sum(map(len, work.values())), people)


def _slots(pieces: Sequence[_Piece]) -> dict[int, Slot]:
    """The slots that a person's tasks of a day take: the name of a task where it fits, a count where several meet."""
    inside: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        for slot in range(piece.first, piece.last + 1):
            inside.setdefault(slot, []).append(number)
    alone: dict[int, list[int]] = {}
    for slot in sorted(inside):
        if len(inside[slot]) == 1:
            alone.setdefault(inside[slot][0], []).append(slot)
    names = {s[0]: pieces[n].task for n, s in alone.items() if room(pieces[n].task) <= _LETTERS * len(s)}
    return {
        slot: Slot(
            late=any(pieces[n].late for n in numbers),
            turn=bool(numbers[0] % 2),
            text=str(len(numbers)) if len(numbers) > 1 else names.get(slot, ""),
        )
        for slot, numbers in sorted(inside.items())
    }
