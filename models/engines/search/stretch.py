"""A search for a while: moves, with sweeps of best response between."""

import time
from dataclasses import dataclass
from typing import NamedTuple

from models.engines.search.ruin_recreate import Search
from models.plans.limits import Limits

SLICE_S = 0.25
ROUNDS_AT_ONCE = 100
_LARGE_AT_ONCE = 10
"""Moves of a new size before the next look at the clock: the largest take a tenth of a second on long clocks."""
_MOST_ROUNDS_AT_ONCE = 100_000
_LEAST_WAIT = 0.25
"""Of what the other costs, the search has again before the next turn, however well the other paid."""
_LATER = 3
"""So much later is the next turn of what paid worse than the search."""


@dataclass(frozen=True)
class Amount:
    """How much is searched: until a moment of :func:`time.monotonic`, or so many moves."""

    deadline: float = float("inf")
    moves: float = float("inf")


class Sweeps(NamedTuple):
    """The seconds of sweeps, and the hundredths that they have won."""

    seconds: float
    won: float

    def since(self, before: "Sweeps") -> "Sweeps":
        """What has come to those ``before``."""
        return Sweeps(self.seconds - before.seconds, self.won - before.won)


class Stretch:
    """A search with sweeps of best response between its moves, each as often as it pays."""

    def __init__(self, search: Search, limits: Limits) -> None:
        self.search, self._limits = search, limits
        self.sweeps = Sweeps(0.0, 0.0)
        self._turns, self._at_once = Turns(), ROUNDS_AT_ONCE

    def run(self, amount: Amount) -> tuple[int, float]:
        """The moves tried and the hundredths won."""
        counted, done, won = self._limits.effort is not None, 0, 0.0
        while done < amount.moves and time.monotonic() < amount.deadline and not self._limits.exhausted():
            began, size = time.monotonic(), self.search.size
            count = max(1, int(min(self._at_once, amount.moves - done)))
            gained = self.search.run(count)
            seconds = time.monotonic() - began
            done, won = done + count, won + gained
            self._turns.moved(float(count) if counted else seconds, gained)
            if self._turns.other_is_due():
                won += self._sweep(counted)
            if not counted:
                self._at_once = _at_once(self._at_once, seconds, self.search.size != size)
        return done, won

    def _sweep(self, counted: bool) -> float:
        began = time.monotonic()
        won = self.search.respond(self._limits)
        seconds = time.monotonic() - began
        self._turns.other_done(float(self.search.agents) if counted else seconds, won)
        self.sweeps = Sweeps(self.sweeps.seconds + seconds, self.sweeps.won + won)
        return won


def _at_once(moves: int, seconds: float, resized: bool) -> int:
    """How many moves come before the next look at the clock, after so many took so many seconds."""
    moves = min(_MOST_ROUNDS_AT_ONCE, max(10, int(moves * min(2.0, SLICE_S / max(seconds, 1e-3)))))
    return min(moves, _LARGE_AT_ONCE) if resized else moves


class Turns:
    """When something else than search is due, a sweep or a dive: so much search behind the last one as both have paid.

    Costs are seconds, or moves where work is counted (a sweep is then a move for each agent).
    """

    def __init__(self) -> None:
        self._wait, self._searched, self._won = 0.0, 0.0, 0.0

    def moved(self, cost: float, won: float) -> None:
        """Search has cost and won so much."""
        self._searched += cost
        self._won += won

    def other_is_due(self) -> bool:
        """Whether the other has its turn."""
        return self._searched >= self._wait

    def other_done(self, cost: float, won: float) -> None:
        """It has cost and won so much: the next comes sooner when it paid better than the search, else later."""
        paid_better = won * self._searched > self._won * cost
        self._wait = max(_LEAST_WAIT * cost, self._wait / 2) if paid_better else max(cost, self._wait) * _LATER
        self._searched, self._won = 0.0, 0.0
