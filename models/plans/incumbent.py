"""The best plan and the best bound so far, as an engine and its helpers find them."""

import threading
import time
from dataclasses import dataclass, field
from math import floor

from models.plans.limits import Limits, relative_gap
from models.plans.outcome import BoundSource, Move, Observer, Outcome, Prices, Stop, Turn
from models.plans.plan import Plan, evaluate, pinned_plan
from models.problem.problem import Problem


@dataclass
class Incumbent:
    """Collects plans and bounds from any thread; those held only improve, until the outcome is taken.

    Later results, of threads that have not yet tested the limits, are ignored.
    """

    problem: Problem
    limits: Limits
    observer: Observer
    plan: Plan = field(init=False)
    objective: int = field(init=False)
    objective_of_started: int = field(init=False)
    bound: int | None = None
    bound_source: BoundSource = BoundSource.NONE
    prices: Prices | None = None
    turns: list[Turn] = field(default_factory=list)
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.plan = pinned_plan(self.problem)
        self.objective = self.objective_of_started = evaluate(self.problem, self.plan).objective

    def offer(self, plan: Plan, note: str) -> bool:
        """Keeps a legal plan if it is worth more than the one held; returns whether it is."""
        objective = evaluate(self.problem, plan).objective
        with self._lock:
            better = not self._closed and objective > self.objective
            if better:
                self.plan, self.objective = plan, objective
                self.observer(note, self.objective, self.bound)
        return better

    def prove(self, bound: int | None, source: BoundSource, prices: Prices | None = None) -> bool:
        """Keeps a valid bound (``None``: nothing was proved) if it is lower than the one held; whether it is."""
        if bound is None:
            return False
        with self._lock:
            better = not self._closed and (self.bound is None or bound < self.bound)
            if better:
                self.bound, self.bound_source = bound, source
                self.prices = prices if prices is not None else self.prices
                self.observer(source, self.objective, self.bound)
        return better

    def spent(self, move: Move, seconds: float, won: float, until: float | None = None) -> None:
        """Notes what time up to a moment, by default now, went to, if any did, and what that won, in hundredths."""
        if seconds > 0:
            moment = time.monotonic() if until is None else until
            self.turns.append(Turn(move, moment, seconds, round(won), self.objective, self.bound))

    def near_enough(self) -> bool:
        """Whether the requested gap is reached."""
        return self.bound is not None and relative_gap(self.bound, self.objective) <= self.limits.gap

    def tolerance(self) -> int:
        """A difference of bound and objective, in hundredths, small enough to reach the gap whatever is found later.

        Later bounds lie between the present objective and bound; the gap is relative to the smallest size in between.
        """
        smallest = max(self.objective, 0 if self.bound is None else -self.bound, 0)
        return floor(self.limits.gap * smallest)

    def finished(self) -> bool:
        """Whether there is nothing left to do: the gap is reached or the limits are exhausted."""
        return self.near_enough() or self.limits.exhausted()

    def outcome(self, engine: str, *, complete: bool = False) -> Outcome:
        """The final result; ``complete`` if the method came to its end."""
        with self._lock:
            self._closed = True
            return Outcome(
                engine=engine,
                plan=self.plan,
                objective=self.objective,
                bound=self.bound,
                bound_source=self.bound_source,
                stop=self._stop(complete),
                prices=self.prices,
                turns=tuple(self.turns),
            )

    def _stop(self, complete: bool) -> Stop:
        if self.bound is not None and self.bound == self.objective:
            return Stop.OPTIMAL
        if self.near_enough():
            return Stop.GAP
        if self.limits.cancelled.is_set():
            return Stop.INTERRUPTED
        if complete:
            return Stop.FINISHED
        return Stop.TIME if self.limits.remaining_s() <= 0 or self.limits.effort is None else Stop.EFFORT
