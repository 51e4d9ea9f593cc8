"""What the table ``pairs`` says about a task and an agent."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scheduler.audit.exact import Bools, Floats, Ints
from scheduler.audit.tasks import index_in


@dataclass(frozen=True)
class Pairs:
    """The rows of ``pairs``, ascending by task, then agent. ``minutes`` is NaN where none is given."""

    agents: int
    task: Ints
    agent: Ints
    allowed: Bools
    minutes: Floats
    bonus: Floats

    def rows(self, task: Ints, agent: Ints) -> Ints:
        """The row of each pair, -1 where there is none."""
        if not self.task.size:
            return np.full(len(task), -1)
        keys, wanted = self.task * self.agents + self.agent, task * self.agents + agent
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, at, -1)

    def allows(self, task: Ints, agent: Ints) -> Bools:
        """Whether H8 lets the agent do the task."""
        row = self.rows(task, agent)
        allowed: Bools = _take(self.allowed, row, True)
        return allowed

    def minutes_of(self, task: Ints, agent: Ints) -> Floats:
        """The minutes given for each pair, NaN without any."""
        return _take(self.minutes, self.rows(task, agent), np.nan)

    def bonus_of(self, task: Ints, agent: Ints) -> Floats:
        """The bonus of each pair, 0 without any."""
        return _take(self.bonus, self.rows(task, agent), 0.0)


def reserved_for(pairs: Pairs, fixed: Ints) -> Pairs:
    """The pairs when task i is for agent ``fixed[i]`` alone (-1: for anybody)."""
    task = np.repeat(np.flatnonzero(fixed >= 0), pairs.agents)
    agent = np.tile(np.arange(pairs.agents), int((fixed >= 0).sum()))
    others = agent != fixed[task]
    task, agent = task[others], agent[others]
    named = np.isin(pairs.task * pairs.agents + pairs.agent, task * pairs.agents + agent)
    task, agent = (np.concatenate([kept[~named], more]) for kept, more in ((pairs.task, task), (pairs.agent, agent)))
    order, more_rows = np.lexsort((agent, task)), len(task) - int((~named).sum())

    def column(kept: NDArray[Any], value: Any) -> NDArray[Any]:
        return np.concatenate([kept[~named], np.full(more_rows, value, kept.dtype)])[order]

    return Pairs(
        agents=pairs.agents,
        task=task[order],
        agent=agent[order],
        allowed=column(pairs.allowed, False),
        minutes=column(pairs.minutes, np.nan),
        bonus=column(pairs.bonus, 0.0),
    )


def _take(values: NDArray[Any], rows: Ints, missing: float) -> NDArray[Any]:
    taken = np.full(len(rows), missing, values.dtype)
    taken[rows >= 0] = values[rows[rows >= 0]]
    return taken


def build_pairs(pairs: pl.DataFrame, task_ids: pl.Series, agent_ids: pl.Series) -> Pairs:
    """The pairs by index; rows of unknown tasks or agents do not matter."""
    task, agent = index_in(pairs["task_id"], task_ids), index_in(pairs["agent_id"], agent_ids)
    order = np.lexsort((agent, task))
    order = order[(task[order] >= 0) & (agent[order] >= 0)]
    return Pairs(
        agents=len(agent_ids),
        task=task[order],
        agent=agent[order],
        allowed=pairs["allowed"].fill_null(True).to_numpy()[order],
        minutes=pairs["minutes"].cast(pl.Float64).fill_null(np.nan).to_numpy()[order],
        bonus=pairs["bonus"].cast(pl.Float64).fill_null(0.0).to_numpy()[order],
    )
