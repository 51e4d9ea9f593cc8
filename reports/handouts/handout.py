"""What each team is handed: its list as a workbook, calendars of its people, and a letter around them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import polars as pl

from reports.content.view import RunView
from reports.handouts.calendar import write_calendars
from reports.words.language import ENGLISH, _, counted, speaking
from reports.words.wording import moment
from reports.workbook.lists import TeamList, team_lists, write_list

_TOLD = ("task_id", "agent_id", "sequence", "start_at", "end_at", "due_at")


@dataclass(frozen=True)
class Handout:
    """What a team is handed. ``digest`` changes when a task of it does, ``subject`` and ``text`` are of the letter."""

    team: str
    digest: str
    subject: str
    text: str
    people: tuple[str, ...]
    _list: TeamList = field(repr=False)

    def write(self, view: RunView, folder: str | PathLike[str], language: str = ENGLISH) -> list[Path]:
        """Writes the workbook and the calendars into a folder."""
        with speaking(language):
            book = write_list(view, Path(folder) / f"{self._list.file}.xlsx", self._list)
        return [book, *write_calendars(view, folder, language, frozenset(self.people)).values()]


def team_handouts(view: RunView, language: str = ENGLISH) -> list[Handout]:
    """What the teams of a plan are handed, by name."""
    with speaking(language):
        return [_handout(view, each) for each in team_lists(view, "team")]


def _handout(view: RunView, each: TeamList) -> Handout:
    people = tuple(each.people.frame["agent_id"].sort())
    files = _(
        "The workbook has a page for each person. The calendar files, one a person, open in any calendar program."
    )
    text = f"{_greeting(view, each.tasks.height)}\n\n{files}\n"
    return Handout(each.part, _digest(each.tasks.frame, people), _subject(view, each.part), text, people, each)


def person_letter(view: RunView, agent: str, language: str = ENGLISH) -> tuple[str, str, str]:
    """Digest, subject and text of the letter to a person."""
    row: Mapping[str, str | None] = view.agents.row(by_predicate=pl.col("agent_id") == agent, named=True)
    tasks = view.plan.filter(pl.col("agent_id") == agent)
    with speaking(language):
        file = _("The attached file opens in any calendar program.")
        text = f"{_greeting(view, tasks.height)}\n\n{file}\n"
        return _digest(tasks, (agent,)), _subject(view, row["name"] or agent), text


def _greeting(view: RunView, tasks: int) -> str:
    return _(
        "{count}, planned from {begin} to {end}; times are {zone}.",
        count=counted(tasks, "{n} task", "{n} tasks"),
        begin=moment(view.as_of),
        end=moment(view.horizon_end),
        zone=view.timezone,
    )


def _subject(view: RunView, part: str) -> str:
    return _("Plan {moment}: {part}", moment=f"{view.as_of:%Y-%m-%d %H:%M}", part=part)


def _digest(tasks: pl.DataFrame, people: tuple[str, ...]) -> str:
    text = tasks.select(_TOLD).sort("task_id").write_csv()
    return hashlib.sha256("\0".join((*people, text)).encode()).hexdigest()
