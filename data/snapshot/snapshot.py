"""A snapshot in memory: the good rows, with typed columns, and an account of the rejected ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from data.calendars import Calendars
from data.tables.cells import Place
from models import Message, Notice


@dataclass(frozen=True, repr=False)
class Snapshot:
    """The open work and the people at ``as_of``, planned up to ``horizon_end`` (exclusive); both in UTC.

    The tables hold good rows only, in the order of their source. Each has all columns of its schema,
    then ``row`` (the header line of its source counts as 1), then unknown columns under their own
    header. A null task column means the default of its process or of the policy. ``rejects`` has a
    line for every row set aside, ``rows_read`` counts the rows of each table, ``inputs`` gives the
    SHA-256 of every input; a row that repeats another is in none of them. ``origins`` says which file or sheet each
    table is.

    What rejected rows forbid: ``excluded`` are pairs (task_id, agent_id), ``taken`` is time (agent_id, start, end) that
    nobody works; their ids may be in no table. Both follow from ``set_aside``, the rejected rows of pairs and shifts:
    ids and times as they were read, null where they could not be read, all else as written.

    ``places`` are of rows that stand elsewhere: those of absences, weekly shifts and a skills matrix.
    ``notices`` is what was lost, to be said beside the headline of any plan. ``calendars`` are the policy's.
    """

    as_of: datetime
    horizon_end: datetime
    timezone: str
    tasks: pl.DataFrame
    processes: pl.DataFrame
    agents: pl.DataFrame
    agent_skills: pl.DataFrame
    shifts: pl.DataFrame
    pairs: pl.DataFrame
    excluded: pl.DataFrame
    taken: pl.DataFrame
    set_aside: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame
    reject_messages: tuple[Message, ...]
    warnings: tuple[Message, ...]
    rows_read: dict[str, int]
    inputs: dict[str, str]
    origins: Mapping[str, str]
    notices: tuple[Notice, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict)
    calendars: Calendars = field(default_factory=Calendars)

    def __repr__(self) -> str:
        sizes = f"{self.tasks.height} tasks, {self.agents.height} agents, {self.rejects.height} rejects"
        return f"Snapshot({self.as_of:%Y-%m-%dT%H:%MZ}: {sizes})"
