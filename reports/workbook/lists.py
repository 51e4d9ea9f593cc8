"""Lists for handing out: a workbook for each team, with a page for each of its people."""

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import polars as pl

from models import AGENT, LEVELS
from reports.content.run_tables import SPLITS, agent_table, plan_table
from reports.content.table import PASSED, Table, columns
from reports.content.view import RunView
from reports.words.language import ENGLISH, _, speaking
from reports.words.wording import moment
from reports.workbook.archive import new_book, save
from reports.workbook.file_names import file_names
from reports.workbook.sheet import Sheet, footer

_COLUMN = {AGENT: "agent_id"}
_OF_AGENT = (
    "agent_id", "name", "@utilization", "planned_minutes", "@free_hours", "tasks", "late", "first_start", "last_end",
)  # fmt: skip
_OF_TASK = (
    "agent_id", "@agent_name", "sequence", "start_at", "end_at", "minutes", "task_id", "process", "due_at", "@outcome",
    "tenant", "segment", "channel",
)  # fmt: skip


def write_lists(view: RunView, folder: str | PathLike[str], by: str, language: str = ENGLISH) -> list[Path]:
    """Writes a workbook for each team (site, organisation, agent) of a run into a folder of ``folder``; the files.

    Each has its people with their day, and all their tasks in order, a page for each of them. People without any
    working time or task are left out, and so is a team that has no other people. The same run gives the same bytes.

    Raises:
        ValueError: there is nothing to split by of that name, or no such language.
    """
    if by not in SPLITS:
        raise ValueError(f"lists cannot be split by '{by}'; by {', '.join(SPLITS)}")
    target = Path(folder) / SPLITS[by]
    target.mkdir(parents=True, exist_ok=True)
    with speaking(language):
        return [write_list(view, target / f"{each.file}.xlsx", each) for each in team_lists(view, by)]


@dataclass(frozen=True)
class TeamList:
    """A team (site, organisation, agent) by name, with the name of its file, its people and their tasks."""

    part: str
    file: str
    people: Table
    tasks: Table


def team_lists(view: RunView, by: str) -> list[TeamList]:
    """The teams (sites, organisations, agents) of a run that have people with working time or tasks, by name."""
    nameless = _(LEVELS[by].nameless)
    key = pl.col(_COLUMN.get(by, by)).fill_null(nameless).alias("@part")
    people, plan = agent_table(view), plan_table(view)
    here = (pl.col("working_minutes") > 0) | (pl.col("tasks") > 0)
    agents = people.frame.filter(here).with_columns(key)
    mine = agents.select("agent_id", "@part")
    tasks = plan.frame.join(mine, on="agent_id", maintain_order="left")
    tasks = tasks.with_columns(pl.lit("\N{BALLOT BOX}").alias("@done"))
    by_part = {str(part): frame for (part,), frame in tasks.partition_by("@part", as_dict=True).items()}
    groups = agents.partition_by("@part", as_dict=True, maintain_order=True)
    parts = {str(part): frame for (part,), frame in sorted(groups.items())}
    return [
        TeamList(part, file, replace(people, frame=frame), replace(plan, frame=by_part.get(part, tasks.clear())))
        for (part, frame), file in zip(parts.items(), file_names(parts), strict=True)
    ]


def write_list(view: RunView, path: Path, each: TeamList) -> Path:
    """Writes one workbook, in the language spoken now: the people, and their tasks."""
    part, people, tasks = each.part, each.people, each.tasks
    span = _("Plan from {begin} to {end}", begin=moment(view.as_of), end=moment(view.horizon_end))
    heading = _("{part}: {plan}", part=part, plan=span)
    book = new_book(view, _("Plan {moment}: {part}", moment=f"{view.as_of:%Y-%m-%d %H:%M}", part=part))
    sheets = [Sheet(book, title, footer(view)) for title in (_("Tasks"), _("People"))]
    own = [column for column in tasks.columns if column.name.startswith(PASSED)]
    listed = replace(tasks, columns=(*columns(*_OF_TASK), *own, *columns("@done")), note=heading)
    sheets[0].write_table(listed, listed.height, page_of="agent_id")
    shown = replace(people, columns=columns(*_OF_AGENT), note=heading)
    sheets[1].write_table(shown, shown.height)
    save(book, path, view.as_of, sheets)
    return path
