"""Who may do what, by the people and processes of the task list as they are now (H2, H8)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from data import TABLES, parse_requirement, people_tables, restricted_pairs
from models import Requirement, UnreadableError
from scheduler.config import Config
from scheduler.handout.listed import snapshot_of_list

if TYPE_CHECKING:
    from data import OpenTask, Snapshot

_ANYBODY = ("agents", "agent_skills", "processes", "pairs")


@dataclass(frozen=True, eq=False, kw_only=True)
class Staff:
    """The people with their skills, what is excluded, and what processes ask for.

    ``levels`` has the level of each skill by agent, ``excluded`` pairs of task and agent, ``asked`` the requirement of
    each process as text.
    """

    levels: Mapping[str, Mapping[str, int]]
    excluded: frozenset[tuple[str, str]]
    asked: Mapping[str, str | None]
    _read: dict[str, Requirement | None] = field(default_factory=dict)

    def may(self, agent_id: str, task: "OpenTask") -> bool:
        """Whether the agent has every skill that the task needs, and is not excluded from it.

        A task of an unknown process, or with a requirement that cannot be read, is for nobody: no plan has it.
        """
        if task.process is None or task.process not in self.asked or (task.task_id, agent_id) in self.excluded:
            return False
        text = task.skills if task.skills is not None else self.asked[task.process]
        requirement = () if text is None else self._requirement(text)
        levels = self.levels.get(agent_id)
        if requirement is None or levels is None:
            return False
        return all(any(levels.get(skill, 0) >= level for skill, level in clause) for clause in requirement)

    def _requirement(self, text: str) -> Requirement | None:
        if text not in self._read:
            try:
                self._read[text] = parse_requirement(text)
            except UnreadableError:
                self._read[text] = None
        return self._read[text]


def staff_of(snapshot: "Snapshot", forbidden: Collection[tuple[str, str]] = ()) -> Staff:
    """The people of a snapshot; ``forbidden`` are pairs of task and agent that are excluded besides."""
    levels: dict[str, dict[str, int]] = {name: {} for name in snapshot.agents["agent_id"]}
    for agent, skill, level in snapshot.agent_skills.select("agent_id", "skill", "level").iter_rows():
        levels[agent][skill] = level
    pairs = restricted_pairs(snapshot)
    excluded = pairs.filter(~pairs["allowed"]).select("task_id", "agent_id").iter_rows()
    asked = dict(snapshot.processes.select("process", "skills").iter_rows())
    return Staff(levels=levels, excluded=frozenset({*excluded, *forbidden}), asked=asked)


def read_staff(connection: Any, config: Config, now: datetime, forbidden: Collection[tuple[str, str]] = ()) -> Staff:
    """The people of the task list at a moment, in a transaction that reads.

    Raises:
        SnapshotError: a row that was set aside restricts nobody knows whom.
    """
    people = people_tables(connection, tables=_ANYBODY)
    tables = {name: people.get(name, table.empty().drop("row")) for name, table in TABLES.items()}
    return staff_of(snapshot_of_list(tables, config.timezone, now, timedelta(days=1), config.calendar), forbidden)
