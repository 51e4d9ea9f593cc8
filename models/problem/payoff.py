"""The exact payoffs of outcomes (contract, section 5), in integer hundredths.

Payoffs are exact decimals rounded half-even once. They are computed vectorized in float64; those that are within float
error of a rounding boundary are computed again: in whole numbers where 64 bits hold them, else with fractions, each
distinct case once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import SnapshotError
from models.problem.terms import Terms

ON_TIME, LATE = 0, 1
"""The steps a task can be finished in, as columns of every per-step array."""
STEPS = ("on_time", "late")
LARGEST_TOTAL = 2**52
"""The largest sum of all payoffs, in hundredths; up to it, sums are exact in floats too."""

_DAY_US = 86_400_000_000
_FLOAT_ERROR = 1e-12
_PARTS = 10**6
"""Parts of a point in which most values are whole numbers."""
_MOST_PARTS = 10**15
_MOST = 2**62

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Settled = tuple[Int64, Bool]
"""What elements come to in hundredths, and for which of them that is known."""


@lru_cache(maxsize=1 << 16)
def exact(number: float) -> Fraction:
    """The number's shortest decimal text, as a fraction: 0.1 is one tenth."""
    return Fraction(repr(float(number)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Worth:
    """The parts of each task's payoff, before any agent's terms.

    ``value`` and ``penalty`` are in points, ``weights[weight]`` multiplies the value, ``overdue_us`` is by how
    many microseconds the task was overdue at ``as_of`` (-1 when it was not), ``fined`` marks tasks that are
    fined when left undone.
    """

    terms: Terms
    value: Float64
    weight: NDArray[np.int32]
    weights: tuple[Fraction, ...]
    penalty: Float64
    overdue_us: Int64
    fined: NDArray[np.bool_]

    def weighted(self, tasks: Any = slice(None)) -> Float64:
        """v of the tasks (default: all): value times weight, in points."""
        result: Float64 = self.value[tasks] * np.array([float(w) for w in self.weights])[self.weight[tasks]]
        return result

    def exact_value(self, i: int) -> Fraction:
        """v of task ``i``, exact."""
        return exact(self.value[i]) * self.weights[int(self.weight[i])]

    def exact_payoff(self, i: int, step: int) -> Fraction:
        """What finishing task ``i`` in ``step`` pays, in points, before the agent's terms."""
        v = self.exact_value(i)
        if step == ON_TIME:
            return v
        terms, overdue = self.terms, int(self.overdue_us[i])
        ageing = Fraction(1)
        if overdue >= 0:
            ageing = min(terms.ageing_cap, 1 + terms.ageing_per_day * Fraction(overdue, _DAY_US))
        return v * terms.late_share * ageing - (exact(self.penalty[i]) if overdue < 0 else 0)

    def shares(self) -> Float64:
        """The share of its weighted value that each task earns in each step, fines aside; shape (tasks, steps)."""
        terms, overdue = self.terms, self.overdue_us >= 0
        days = np.maximum(self.overdue_us, 0) / _DAY_US
        ageing = np.minimum(float(terms.ageing_cap), 1 + float(terms.ageing_per_day) * days)
        late = float(terms.late_share) * np.where(overdue, ageing, 1.0)
        return np.stack([np.ones(len(late)), late], axis=1)

    def _terms(self) -> tuple[Float64, Float64, Float64]:
        """In hundredths, unrounded: what finishing on time pays, what finishing late pays, and its fine."""
        v = 100 * self.weighted()
        return v, v * self.shares()[:, LATE], np.where(self.overdue_us >= 0, 0.0, 100 * self.penalty)

    def payoffs(self) -> Float64:
        """The payoff of each task in each step, in hundredths, unrounded; shape (tasks, steps)."""
        on_time, late, fine = self._terms()
        return np.stack([on_time, late - fine], axis=1)

    def size(self) -> Float64:
        """The sum of the absolute terms of :meth:`payoffs`, in hundredths, to which its float error is relative."""
        on_time, late, fine = self._terms()
        return np.stack([on_time, late + fine], axis=1)

    def rounded(self) -> Int64:
        """:meth:`payoffs` rounded exactly, in hundredths."""
        estimate, size = self.payoffs(), self.size()
        cases = np.stack([self.value, self.weight.astype(float), self.penalty, self.overdue_us.astype(float)], axis=1)
        steps = [
            round_half_even(
                estimate[:, step],
                size[:, step],
                cases,
                partial(self.exact_payoff, step=step),
                partial(self._in_whole_numbers, step=step),
            )
            for step in (ON_TIME, LATE)
        ]
        return np.stack(steps, axis=1)

    def _in_whole_numbers(self, tasks: Int64, step: int) -> Settled:
        """The rounded payoffs of tasks in a step; not known where numbers are long, nor for late ones that age."""
        share = self.terms.late_share if step == LATE else Fraction(1)
        rates = [100 * weight * share / _PARTS for weight in self.weights]  # hundredths for a part of value
        under = lcm(_PARTS, *(rate.denominator for rate in rates))
        factors = [int(rate * under) for rate in rates]
        fined = 100 * under // _PARTS if step == LATE else 0
        if max(under, fined, *map(abs, factors)) >= _MOST // 2:
            return np.zeros(len(tasks), np.int64), np.zeros(len(tasks), np.bool_)
        times = np.array(factors, np.int64)[self.weight[tasks]]
        (value, known), (fine, fine_known) = (_in_parts(points[tasks]) for points in (self.value, self.penalty))
        fits = np.abs(value * times.astype(np.float64)) + np.abs(fine * float(fined)) < _MOST
        whole, rest = np.divmod(value * times - fine * fined, under)
        up = (2 * rest > under) | ((2 * rest == under) & (whole % 2 == 1))
        ages = (self.overdue_us[tasks] >= 0) & (step == LATE)
        return whole + up, known & fine_known & fits & ~ages

    def undone(self) -> Int64:
        """The payoff of leaving each task undone, in hundredths."""
        points = 100 * self.penalty
        fine = round_half_even(points, points, self.penalty[:, None], lambda i: exact(self.penalty[i]))
        return np.where(self.fined, -fine, 0)


def _in_parts(points: Float64) -> Settled:
    """Points in :data:`_PARTS`, and where that is what their shortest decimal text says.

    No two decimals of up to 15 digits are the same float, so the one whose float a number is, is its text.
    """
    parts = np.clip(np.rint(points * _PARTS), -_MOST_PARTS, _MOST_PARTS)
    return parts.astype(np.int64), (np.abs(parts) < _MOST_PARTS) & (parts / _PARTS == points)


def round_half_even(
    estimate: Float64,
    size: Float64,
    cases: Any,
    exact_points: Callable[[int], Fraction],
    settle: Callable[[Int64], Settled] | None = None,
) -> Int64:
    """``estimate`` (hundredths) rounded half-even, exactly; ``size`` is the sum of its absolute terms.

    Elements within float error of a half are settled by ``settle(elements)`` where that knows them, the others by
    ``exact_points(element)``, the value in points; elements with the same row of ``cases`` have the same value, so each
    distinct row is settled once.
    """
    rounded = np.rint(estimate).astype(np.int64)
    doubtful = np.flatnonzero(np.abs(estimate - np.floor(estimate) - 0.5) <= 1e-9 + _FLOAT_ERROR * size)
    if settle is not None and len(doubtful):
        found, known = settle(doubtful)
        rounded[doubtful[known]] = found[known]
        doubtful = doubtful[~known]
    if len(doubtful):
        _, first, inverse = np.unique(cases[doubtful], axis=0, return_index=True, return_inverse=True)
        settled = [round(exact_points(int(doubtful[k])) * 100) for k in first]
        rounded[doubtful] = np.array(settled, np.int64)[inverse.reshape(-1)]
    return rounded


def refuse_overflow(size: Float64, extra: float) -> None:
    """Refuses values that are too large for exact sums.

    ``size`` is :meth:`Worth.size`, ``extra`` the sum of what bonuses and costs may add to it, in hundredths.

    Raises:
        SnapshotError: the payoffs of all tasks may add up to 2**52 hundredths or more.
    """
    largest = float(size.max(axis=1, initial=0).sum()) + extra
    if largest >= LARGEST_TOTAL:
        raise SnapshotError(
            f"tasks: values, weights, penalties, bonuses and costs add up to {largest / 100:.3g} points; sums "
            f"stay exact up to {LARGEST_TOTAL / 100:.3g}. Give the values in a larger unit (thousands, say)"
        )
