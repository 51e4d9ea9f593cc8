"""Capacity clocks: how much of an agent's time may be planned by when.

Time is counted in whole grains since ``as_of``. W(t) is an agent's working grains in [0, t) and
c(t) = floor(u W(t)) its capacity clock, u the share of its time that may be planned. All work is placed on
this clock; for people, :meth:`Clocks.start_grain` and :meth:`Clocks.end_grain` convert it to wall-clock
time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Clocks:
    """The capacity clocks of all agents, as sorted working windows.

    Windows of agent a are ``first[a]:first[a + 1]``; each is the half-open range ``start .. end`` of grains,
    preceded by ``before`` working grains of the same agent. ``num / den`` is the share u.
    """

    horizon: int
    first: Int64
    start: Int64
    end: Int64
    before: Int64
    num: Int64
    den: Int64

    @property
    def n_agents(self) -> int:
        """The number of agents."""
        return len(self.num)

    def working(self, agents: Any, t: Any) -> Int64:
        """W(t): working grains of each agent before grain ``t``, broadcast over both arguments."""
        agents, t = np.broadcast_arrays(np.asarray(agents, np.int64), np.clip(np.asarray(t, np.int64), 0, self.horizon))
        if not len(self.start):
            return np.zeros(agents.shape, np.int64)
        stride = self.horizon + 2
        owner = np.repeat(np.arange(self.n_agents), np.diff(self.first))
        window = np.searchsorted(owner * stride + self.start, agents * stride + t, "right") - 1
        held = window >= self.first[agents]
        window = np.maximum(window, 0)
        inside = self.before[window] + np.minimum(t, self.end[window]) - self.start[window]
        return np.where(held, inside, 0)

    def capacity(self, agents: Any, t: Any) -> Int64:
        """c(t): grains of each agent that may be planned before grain ``t``."""
        agents = np.asarray(agents, np.int64)
        grains: Int64 = self.num[agents] * self.working(agents, t) // self.den[agents]
        return grains

    def total(self) -> Int64:
        """c(horizon) of every agent."""
        return self.capacity(np.arange(self.n_agents), self.horizon)

    def start_grain(self, agents: Any, s: Any) -> Int64:
        """The last grain t with c(t) <= s: where work that begins at ``s`` on the clock begins."""
        agents = np.asarray(agents, np.int64)
        return self._grain_of(agents, self._ceil(agents, np.asarray(s, np.int64) + 1) - 1)

    def end_grain(self, agents: Any, e: Any) -> Int64:
        """The first grain t with c(t) >= e: where work that ends at ``e`` > 0 on the clock ends."""
        agents = np.asarray(agents, np.int64)
        return self._grain_of(agents, self._ceil(agents, np.asarray(e, np.int64)) - 1) + 1

    def _ceil(self, agents: Int64, c: Int64) -> Int64:
        """The least W with floor(u W) >= c."""
        return -(-c * self.den[agents] // self.num[agents])

    def _grain_of(self, agents: Int64, w: Int64) -> Int64:
        """The grain that is an agent's working grain number ``w`` (from 0)."""
        stride = self.horizon + 2
        owner = np.repeat(np.arange(self.n_agents), np.diff(self.first))
        window = np.searchsorted(owner * stride + self.before, agents * stride + w, "right") - 1
        return self.start[window] + w - self.before[window]


def make_clocks(
    horizon: int, n_agents: int, agents: Int64, start: Int64, end: Int64, utilization: Sequence[Fraction]
) -> Clocks:
    """Clocks from working windows that are sorted by agent and start, do not overlap and lie in 0..horizon.

    ``utilization`` is the share u of each agent, in (0, 1].

    Raises:
        ValueError: windows overlap, are empty, unsorted or outside the horizon.
    """
    if len(start) and (np.any(start >= end) or start.min() < 0 or end.max() > horizon):
        raise ValueError("a working window is empty or outside the horizon")
    same = agents[1:] == agents[:-1]
    if np.any(np.diff(agents) < 0) or np.any(same & (start[1:] < end[:-1])):
        raise ValueError("working windows overlap or are not sorted")
    first = np.searchsorted(agents, np.arange(n_agents + 1)).astype(np.int64)
    laid = np.concatenate([[0], np.cumsum(end - start)]).astype(np.int64)
    before = laid[:-1] - laid[first[agents]]
    worked = np.diff(laid[first])
    shares: dict[tuple[Fraction, int], Fraction] = {}
    num, den = np.ones(n_agents, np.int64), np.ones(n_agents, np.int64)
    for a, u in enumerate(utilization):
        key = (u, int(worked[a]))
        if key not in shares:
            shares[key] = largest_fraction(u, max(1, key[1]))
        num[a], den[a] = shares[key].numerator, shares[key].denominator
    return Clocks(horizon=horizon, first=first, start=start, end=end, before=before, num=num, den=den)


def largest_fraction(u: Fraction, most: int) -> Fraction:
    """The largest fraction not above ``u`` with a denominator of at most ``most``.

    For every whole W <= ``most`` it has the same floor(u W), since floor(u W) / W is such a fraction itself;
    its small terms keep the clock inside 64-bit integers, however many digits ``u`` has. A share below
    1 / ``most`` never adds up to a grain; nor does 1 / (most + 1), which then stands for it.

    Source: the bounds of a continued-fraction approximation, as in ``Fraction.limit_denominator``.
    """
    near = u.limit_denominator(most)
    if near > u:
        # the neighbour below `near` in the Farey sequence of order `most`
        inverse = pow(near.numerator, -1, near.denominator) if near.denominator > 1 else 0
        den = most - (most - inverse) % near.denominator if near.denominator > 1 else most
        near = Fraction((near.numerator * den - 1) // near.denominator, den)
    return near if near > 0 else Fraction(1, most + 1)
