"""What an outcome of a task is worth, in hundredths of a point (contract section 5).

    on time         v
    late            v x late_share x g, less the penalty unless overdue already
    not planned     less the penalty when due within the horizon and not overdue, else 0

and, when planned, the bonus, the requested agent's share of v, less the cost of the charged hours.
Exact, and rounded half-even once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.audit.exact import Bools, Floats, Ints, decimal, settle
from scheduler.audit.policy import Numbers
from scheduler.audit.tasks import Tasks

_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Payoffs:
    """Payoffs of tasks under the policy's numbers; every answer is whole hundredths of a point."""

    tasks: Tasks
    numbers: Numbers

    def unplanned(self) -> Ints:
        """The payoff of every task when it is not planned; 0 for those that are not plannable."""
        tasks = self.tasks
        fine = np.where(tasks.fined_unplanned & tasks.plannable, tasks.penalty, 0.0)
        return -_half_even(100.0 * fine, 100.0 * fine, lambda fine: 100 * decimal(fine), fine)

    def planned(self, task: Ints, late: Bools, bonus: Floats, requested: Bools, cost: Floats, grains: Ints) -> Ints:
        """The payoff of tasks when planned: ``cost`` is the agent's per hour, ``grains`` what is charged."""
        numbers, tasks = self.numbers, self.tasks
        weight = np.array([float(w) for w in tasks.weights])[tasks.weight[task]]
        value = tasks.value[task] * weight
        overdue = tasks.overdue[task]
        days = np.where(late, tasks.late_by[task], 0) / _DAY
        ageing = np.minimum(float(numbers.ageing_cap), 1.0 + float(numbers.ageing_per_day) * days)
        ageing = np.where(overdue, ageing, 1.0)
        earned = value * np.where(late, float(numbers.late_share) * ageing, 1.0)
        fine = np.where(late & ~overdue, tasks.penalty[task], 0.0)
        extra = np.where(requested, float(numbers.requested_agent_share), 0.0) * value
        hours = grains * (numbers.grain_s / 3600.0)
        charged = float(numbers.cost_weight) * cost * hours
        costs = cost if numbers.cost_weight else np.zeros(len(task))
        return _half_even(
            100.0 * (earned - fine + bonus + extra - charged),
            100.0 * (np.abs(earned) + fine + np.abs(bonus) + np.abs(extra) + np.abs(charged)),
            self.exact,
            *self._of_task(task, late),
            bonus,
            requested,
            costs,
            np.where(costs != 0, grains, 0),
        )

    def quanta(self, task: Ints, late: Bools, quantum: int) -> list[tuple[int, bool]]:
        """Planned payoffs before bonus and cost in quanta (1 / ``quantum`` hundredths), rounded down, and
        whether something was lost in that.
        """

        @cache
        def known(*row: Any) -> tuple[int, bool]:
            whole, rest = divmod(self.exact(*row) * quantum, 1)
            return whole, rest != 0

        return [known(*row) for row in zip(*(c.tolist() for c in self._of_task(task, late)), strict=True)]

    def _of_task(self, task: Ints, late: Bools) -> tuple[NDArray[Any], ...]:
        """The first columns that :meth:`exact` takes; what does not matter is the same for all."""
        overdue = self.tasks.overdue[task]
        return (
            self.tasks.value[task],
            self.tasks.weight[task],
            late,
            np.where(late & overdue, self.tasks.late_by[task], -1),
            np.where(late & ~overdue, self.tasks.penalty[task], 0.0),
        )

    def exact(
        self,
        value: float,
        weight: int,
        late: bool,
        late_by: int,
        fine: float,
        bonus: float = 0.0,
        requested: bool = False,
        cost: float = 0.0,
        grains: int = 0,
    ) -> Fraction:
        """A planned task's payoff in hundredths before rounding; ``late_by`` is -1 unless it was overdue."""
        numbers = self.numbers
        worth = decimal(value) * self.tasks.weights[weight]
        share = Fraction(1)
        if late:
            share = numbers.late_share
            if late_by >= 0:
                share *= min(numbers.ageing_cap, 1 + numbers.ageing_per_day * Fraction(late_by, _DAY))
        if requested:
            share += numbers.requested_agent_share
        points = worth * share
        if fine:
            points -= decimal(fine)
        if bonus:
            points += decimal(bonus)
        if cost:
            points -= numbers.cost_weight * decimal(cost) * Fraction(grains * numbers.grain_s, 3600)
        return 100 * points


def _half_even(hundredths: Floats, size: Floats, exact: Callable[..., Fraction], *columns: NDArray[Any]) -> Ints:
    """Rounded half-even; ``size`` is the sum of the terms' sizes, which bounds the float's error."""
    off_tie = np.abs(hundredths - np.floor(hundredths) - 0.5)
    doubtful = off_tie <= 1e-12 + 1e-14 * size
    return settle(np.rint(hundredths).astype(np.int64), doubtful, lambda *row: round(exact(*row)), *columns)
