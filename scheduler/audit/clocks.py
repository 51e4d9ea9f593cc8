"""Capacity clocks: how much of an agent's working time may be planned before a moment (contract section 3).

An agent's clock is stored as stretches of working grains, not grain by grain:
W(t) grows by one in every grain of a stretch, c(t) = floor(u x W(t)).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scheduler.audit.exact import Ints, decimal, share_within
from scheduler.audit.span import Span


@dataclass(frozen=True)
class Clocks:
    """Working stretches [start, end) of all agents in grains; agent a owns ``first[a]:first[a + 1]``.

    ``before`` is W at the start of a stretch, ``share_n / share_d`` the agent's utilization limit.
    """

    first: Ints
    start: Ints
    end: Ints
    before: Ints
    share_n: Ints
    share_d: Ints
    grains: int

    def working(self, agent: Ints, t: Ints) -> Ints:
        """W(t): working grains in [as_of, t), for grains t in 0..horizon."""
        if not self.start.size:
            return np.zeros(len(agent), np.int64)
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        width = self.grains + 1
        at = np.searchsorted(owner * width + self.start, agent * width + t, side="right") - 1
        inside = np.minimum(t, self.end[at]) - self.start[at] + self.before[at]
        return np.where(at >= self.first[agent], inside, 0)

    def capacity(self, agent: Ints, t: Ints) -> Ints:
        """c(t) = floor(u x W(t)), for grains t in 0..horizon."""
        return self.working(agent, t) * self.share_n[agent] // self.share_d[agent]

    def horizons(self) -> tuple[Ints, Ints]:
        """Working grains and capacity of every agent up to the horizon."""
        agents = np.arange(len(self.share_n))
        ends = np.full(len(agents), self.grains)
        return self.working(agents, ends), self.capacity(agents, ends)


def build_clocks(shifts: pl.DataFrame, agents: pl.DataFrame, span: Span) -> Clocks:
    """The clocks of the agents, in their row order, from their shifts."""
    agent, start, end = _stretches(shifts, agents.get_column("agent_id"))
    # a grain works when all of it does: starts round up, ends round down
    start, end = span.up(start), span.down(end)
    kept = start < end
    agent, start, end = agent[kept], start[kept], end[kept]
    first = np.searchsorted(agent, np.arange(agents.height + 1))
    total = np.concatenate([[0], np.cumsum(end - start)])
    limits = {u: share_within(decimal(u), max(1, span.grains)) for u in agents["max_utilization"].unique()}
    shares = [limits[u] for u in agents["max_utilization"]]
    return Clocks(
        first=first,
        start=start,
        end=end,
        before=total[:-1] - total[first][agent],
        share_n=np.array([u.numerator for u in shares], np.int64),
        share_d=np.array([u.denominator for u in shares], np.int64),
        grains=span.grains,
    )


def _stretches(shifts: pl.DataFrame, agent_ids: pl.Series) -> tuple[Ints, Ints, Ints]:
    """Agent, start and end (microseconds) of every maximal stretch of ``work`` outside all other windows.

    A sweep over the edges of all windows: between two edges an agent works when at least one ``work`` window
    is open and no ``break`` or ``reserved`` one.
    """
    known = shifts.join(
        pl.DataFrame({"agent_id": agent_ids}).with_row_index("agent"), on="agent_id", maintain_order="left"
    )
    agent = known["agent"].cast(pl.Int64).to_numpy()
    work = (known["kind"] == "work").to_numpy().astype(np.int64)
    opens, closes = (known[c].to_physical().cast(pl.Int64).to_numpy() for c in ("start", "end"))
    who = np.concatenate([agent, agent])
    when = np.concatenate([opens, closes])
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    # every window closes, so these running counts are zero between two agents
    working = np.cumsum(np.concatenate([work, -work])[order])
    blocked = np.cumsum(np.concatenate([1 - work, work - 1])[order])
    # edges at one moment count together: the last of them holds the state that follows
    same = np.zeros(len(who), bool)
    same[:-1] = (who[1:] == who[:-1]) & (when[1:] == when[:-1])
    on = ((working > 0) & (blocked == 0))[~same]
    who, when = who[~same], when[~same]
    was_on = np.concatenate([[False], on[:-1]])
    starts, ends = on & ~was_on, was_on & ~on
    return who[starts], when[starts], when[ends]
