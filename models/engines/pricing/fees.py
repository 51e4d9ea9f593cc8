"""Finds the fee of each agent who may have few tasks by itself; the market knows fees of classes of agents only.

With the price u_i of task i, agent a's part of the bound of prices of tasks (:mod:`models.bounds.task_prices`) is what
it earns alone and what it pays for the M_a tasks that it may have,

    V_a(u, tau_a) + M_a tau_a,

which is convex in its fee tau_a, and no other part depends on that. So the fees of all these agents are found beside
each other, by golden section.

Source: J. Kiefer, Sequential minimax search for a maximum, Proc. Amer. Math. Soc. 4 (1953) 502-506.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.bounds.task_prices import Alone
from models.plans.limits import Limits
from models.plans.outcome import Prices
from models.problem.problem import Int64

_LEAST, _MOST = 0.1, 4.0
"""Between so many times the fee that there is, the best one is looked for."""
_LOOKS = 6
"""On a backlog of 800,000 tasks the bound came down by 0.087 % with them, by 0.091 % with nine looks between 0 and what
the agent could pay at most, by 0.082 % with five looks between 0.25 and 2.5 times the fee."""
_GOLDEN = (5**0.5 - 1) / 2


def with_best_fees(alone: Alone, prices: Prices, earned: Int64, spare: Int64, limits: Limits) -> tuple[Prices, Int64]:
    """The prices with a better fee for every agent that pays one, and the most that all agents earn then.

    ``earned`` (a) is the most they earn now, in units of prices, and ``spare`` (a) how many tasks they may have. When
    time runs out, the best fees so far are returned.
    """
    payers = _Payers(alone, prices, earned, spare, limits)
    if not len(payers.agents):
        return prices, earned
    left, right = _LEAST * payers.fee, np.minimum(_MOST * payers.fee, payers.part / payers.places)
    low, high = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
    at_low, at_high = payers.parts(low), payers.parts(high)
    for _ in range(_LOOKS - 2):
        falls = at_low > at_high
        left, right = np.where(falls, low, left), np.where(falls, right, high)
        new = np.where(falls, left + _GOLDEN * (right - left), right - _GOLDEN * (right - left))
        at_new = payers.parts(new)
        low, high = np.where(falls, high, new), np.where(falls, new, low)
        at_low, at_high = np.where(falls, at_high, at_new), np.where(falls, at_new, at_low)
    return payers.improved(earned)


class _Payers:
    """The agents that pay fees, with the best fee of each so far and their part of the bound with it."""

    def __init__(self, alone: Alone, prices: Prices, earned: Int64, spare: Int64, limits: Limits) -> None:
        self._alone, self._prices, self._limits = alone, prices, limits
        self.agents = np.flatnonzero((prices.fee > 0) & (spare > 0))
        self.places, self.fee = spare[self.agents], prices.fee[self.agents]
        self.part = earned[self.agents] + self.places * self.fee

    def parts(self, tried: NDArray[np.float64]) -> Int64:
        """Their parts with other fees; those there are when time has run out."""
        fee = np.rint(tried).astype(np.int64)
        found = self._alone.earned(self._with(fee), self._limits.exhausted, self._limits.workers, self.agents)
        if found is None:
            return self.part
        part = found[0][self.agents] + self.places * fee
        self.fee, self.part = np.where(part < self.part, fee, self.fee), np.minimum(part, self.part)
        return part

    def improved(self, earned: Int64) -> tuple[Prices, Int64]:
        """The prices with these fees, and what all agents earn then."""
        earned = earned.copy()
        earned[self.agents] = self.part - self.places * self.fee
        return self._with(self.fee), earned

    def _with(self, fee: Int64) -> Prices:
        whole = self._prices.fee.copy()
        whole[self.agents] = fee
        return replace(self._prices, fee=whole, time_fee=self._prices.fee_of_time)
