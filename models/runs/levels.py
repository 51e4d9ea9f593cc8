"""The levels of key figures, each with its words: the one register of them.

A level is what figures are worked out for: the enterprise, a team, a tenant. ``PLACES``, ``PEOPLE_LEVELS`` and
``TASK_LEVELS`` name them by what they are made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.runs.codes import msg


@dataclass(frozen=True)
class Level:
    """A level; ``keys`` says what its members are called by, ``of`` what its figures are about.

    ``title`` is its name, ``titles`` that of several, ``nameless`` what is said where a name is missing: texts to be
    translated, empty where there is nothing to say.
    """

    name: str
    keys: str
    of: str
    title: str
    titles: str = ""
    nameless: str = ""


_AS_IN_AGENTS = ("as in `agents`", "people, and the tasks planned for them")
_AS_IN_TASKS = ("as in `tasks`", "all tasks that were not rejected")
_ALL = (
    Level("enterprise", '`""`', "everything", msg("Enterprise")),
    Level("organisation", *_AS_IN_AGENTS, msg("Organisation"), msg("Organisations"), msg("(no organisation)")),
    Level("site", *_AS_IN_AGENTS, msg("Site"), msg("Sites"), msg("(no site)")),
    Level("team", *_AS_IN_AGENTS, msg("Team"), msg("Teams"), msg("(no team)")),
    Level("agent", *_AS_IN_AGENTS, msg("Agent"), msg("Agents"), msg("(nobody)")),
    Level("tenant", *_AS_IN_TASKS, msg("Tenant"), msg("Tenants"), msg("(no tenant)")),
    Level("department", *_AS_IN_TASKS, msg("Department"), msg("Departments"), msg("(no department)")),
    Level("process", *_AS_IN_TASKS, msg("Process"), msg("Processes"), msg("(no process)")),
    Level("segment", *_AS_IN_TASKS, msg("Segment"), msg("Segments"), msg("(no segment)")),
    Level("channel", *_AS_IN_TASKS, msg("Channel"), msg("Channels"), msg("(no channel)")),
    Level(
        "skill",
        "names of skills",
        'demand and supply; `""` is work that asks for no skill',
        *(msg("Skill"), msg("Skills"), msg("(no skill)")),
    ),
    Level(
        "period",
        "starts of the slices of the horizon, ISO 8601",
        "what falls due, and the time available",
        msg("Period"),
    ),
)
LEVELS: Mapping[str, Level] = MappingProxyType({level.name: level for level in _ALL})
"""Every level by its name, from the whole to its parts: who works, what the work belongs to, what it asks for, when."""

ENTERPRISE, AGENT, SKILL, PERIOD = "enterprise", "agent", "skill", "period"
PLACES = ("organisation", "site", "team")
"""Where people belong, the largest first: columns of the table agents. They need not be nested."""
PEOPLE_LEVELS = (*PLACES, AGENT)
TASK_LEVELS = ("tenant", "department", "process", "segment", "channel")
"""What work belongs to: columns of the table tasks."""
