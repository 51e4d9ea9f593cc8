"""What a plan lacks of its input, said beside the headline: a code with its numbers, never a sentence.

Whoever reads the input finds notices; reports say them in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class NoticeCode(Enum):
    """What was lost or left out. ``of`` in brackets is what a notice's ``count`` is a part of."""

    AGENTS_SET_ASIDE = "agents_set_aside"  # rows of agents that could not be read (rows of agents)
    AGENTS_WITHOUT_TIME = "agents_without_time"  # people without working time in the period (good agents)
    AGENTS_BLOCKED = "agents_blocked"  # of those, people who lost theirs to an unreadable shift (good agents)
    AGENT_SKILLS_SET_ASIDE = "agent_skills_set_aside"  # rows of agent_skills (rows of agent_skills)
    SHIFTS_SET_ASIDE = "shifts_set_aside"  # rows of shifts (rows of shifts)
    TIME_TAKEN = "time_taken"  # of those, rows whose time was taken from the agent (rows of shifts)
    PAIRS_SET_ASIDE = "pairs_set_aside"  # rows of pairs (rows of pairs)
    PAIRS_EXCLUDED = "pairs_excluded"  # of those, pairs that are excluded for safety (rows of pairs)
    NOBODY_RESTRICTED = "nobody_restricted"  # rows of pairs or shifts whose ids name nobody (rows of the table)
    PROCESSES_SET_ASIDE = "processes_set_aside"  # rows of processes (rows of processes)
    TASKS_SET_ASIDE = "tasks_set_aside"  # tasks with faults of their own (rows of tasks)
    TASKS_CASCADED = "tasks_cascaded"  # tasks lost with their process; names are processes (rows of tasks)
    ROWS_HIDDEN = "rows_hidden"  # rows of a sheet that a filter hides and that are planned (rows of the sheet)
    EXAMPLE_ROWS = "example_rows"  # rows of the template's examples that are planned (rows of the sheet)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """``count`` ``of`` a whole; the first ``names`` (ids) and the ``rows`` to mend, at most three of each.

    ``table`` is where the rows are, ``place`` the file or sheet as people know it.
    """

    code: NoticeCode
    count: int
    of: int
    table: str
    place: str = ""
    names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Notice":
        """The notice that run.json has.

        Raises:
            KeyError, TypeError, ValueError: it is no notice.
        """
        more = {"code": NoticeCode(plain["code"]), "names": tuple(plain["names"]), "rows": tuple(plain["rows"])}
        return cls(**{**plain, **more})
