"""What an outcome of a task is worth, in hundredths of a point (contract section 5).

    on time         v
    late            v x late_share x g, less the penalty unless overdue already
    not planned     less the penalty when due within the horizon and not overdue, else 0

and, when planned, the bonus, the requested agent's share of v, less the cost of the charged hours.
Exact, and rounded half-even once.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from scheduler.audit.exact import Bools, Floats, Ints, Wholes, fractions_over_one, half_even, over_one
from scheduler.audit.policy import Numbers
from scheduler.audit.tasks import Tasks

_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Done:
    """Outcomes of planned tasks, an entry each: ``requested`` is by the requested agent, ``cost`` the agent's per
    hour, ``grains`` what is charged.
    """

    task: Ints
    late: Bools
    bonus: Floats
    requested: Bools
    cost: Floats
    grains: Ints

    def __getitem__(self, rows: Ints) -> "Done":
        """Some of the entries."""
        return Done(*(column[rows] for column in vars(self).values()))


def plainly_done(task: Ints, late: bool) -> Done:
    """Tasks done by an agent who costs nothing, brings no bonus and was not requested."""
    nothing, nobody = np.zeros(len(task)), np.zeros(len(task), bool)
    return Done(task, np.full(len(task), late), nothing, nobody, nothing, np.zeros(len(task), np.int64))


@dataclass(frozen=True)
class Payoffs:
    """Payoffs of tasks under the policy's numbers, in whole hundredths of a point."""

    tasks: Tasks
    numbers: Numbers

    def unplanned(self) -> Ints:
        """The payoff of every task when it is not planned; 0 for those that are not plannable."""
        fine = np.where(self.tasks.fined_unplanned & self.tasks.plannable, self.tasks.penalty, 0.0)
        rounded: Ints = np.rint(100.0 * fine).astype(np.int64)
        near = _near_tie(100.0 * fine, 100.0 * fine)
        numerators, denominator = over_one(fine[near])
        rounded[near] = half_even(100 * numerators, denominator)
        return -rounded

    def planned(self, done: Done) -> Ints:
        """The payoff of planned tasks."""
        numbers, tasks = self.numbers, self.tasks
        weight = np.array([float(w) for w in tasks.weights])[tasks.weight[done.task]]
        value = tasks.value[done.task] * weight
        ageing = 1.0 + float(numbers.ageing_per_day) * (tasks.late_by[done.task] / _DAY)
        ageing = np.where(tasks.overdue[done.task], np.minimum(float(numbers.ageing_cap), ageing), 1.0)
        earned = value * np.where(done.late, float(numbers.late_share) * ageing, 1.0)
        extra = value * np.where(done.requested, float(numbers.requested_agent_share), 0.0)
        fine = self._fine(done)
        cost = float(numbers.cost_weight) * done.cost * (done.grains * (numbers.grain_s / 3600.0))
        hundredths = 100.0 * (earned + extra - fine + done.bonus - cost)
        size = 100.0 * (np.abs(earned) + np.abs(extra) + fine + np.abs(done.bonus) + np.abs(cost))
        rounded: Ints = np.rint(hundredths).astype(np.int64)
        near = _near_tie(hundredths, size)
        rounded[near] = half_even(*self.exact(done[near]))
        return rounded

    def exact(self, done: Done) -> tuple[Wholes, int]:
        """The payoffs in hundredths before rounding: numerators over one denominator."""
        numbers, tasks = self.numbers, self.tasks
        value, value_d = over_one(tasks.value[done.task])
        weight, weight_d = fractions_over_one(tasks.weights, tasks.weight[done.task])
        share, share_d = self._shares(done)
        fine, fine_d = over_one(self._fine(done))
        bonus, bonus_d = over_one(done.bonus)
        hourly = numbers.cost_weight * Fraction(numbers.grain_s, 3600)
        cost, cost_d = over_one(done.cost)
        terms = (
            (value * weight * share, value_d * weight_d * share_d),
            (-fine, fine_d),
            (bonus, bonus_d),
            (-cost * done.grains.astype(object) * hourly.numerator, cost_d * hourly.denominator),
        )
        common = lcm(*(denominator for _, denominator in terms))
        total = sum(numerators * (100 * (common // denominator)) for numerators, denominator in terms)
        return np.asarray(total, object), common

    def _fine(self, done: Done) -> Floats:
        """The fine for a missed SLA; for a task overdue already it is sunk."""
        return np.where(done.late & ~self.tasks.overdue[done.task], self.tasks.penalty[done.task], 0.0)

    def _shares(self, done: Done) -> tuple[Wholes, int]:
        """The share of v that is earned: 1 or late_share x g, and the requested agent's on top."""
        numbers = self.numbers
        overdue = done.late & self.tasks.overdue[done.task]
        per_microsecond = numbers.late_share * numbers.ageing_per_day / _DAY
        most = numbers.late_share * numbers.ageing_cap
        parts = (Fraction(1), numbers.late_share, per_microsecond, most, numbers.requested_agent_share)
        common = lcm(*(part.denominator for part in parts))
        one, late, ageing, most_n, requested = (int(part * common) for part in parts)
        aged = np.minimum(late + ageing * self.tasks.late_by[done.task].astype(object), most_n)
        share = np.where(overdue, aged, np.where(done.late, late, one))
        return share + np.where(done.requested, requested, 0), common


def _near_tie(hundredths: Floats, size: Floats) -> Ints:
    """Entries so near to half a hundredth that floats cannot tell; ``size`` is the sum of their terms' sizes."""
    off = np.abs(hundredths - np.floor(hundredths) - 0.5)
    return np.flatnonzero(off <= 1e-12 + 1e-14 * size)
