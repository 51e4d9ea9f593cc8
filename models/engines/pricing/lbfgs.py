"""Minimizes a smooth convex function of variables that are at least 0: L-BFGS, projected.

The direction comes of the two-loop recursion over the last steps and changes of the slope, restricted to the variables
that are free: not those at 0 whose slope would take them below it. Steps along it are cut off at 0, and shortened until
the function has fallen by a fair share of what its slope promises. The function being convex, no change of slope is
against its step, so no more is asked of a step.

Sources: J. Nocedal, S. J. Wright, Numerical optimization, 2nd edition, Springer 2006, Algorithm 7.4; D. P. Bertsekas,
Projected Newton methods for optimization problems with simple constraints, SIAM J. Control Optim. 20 (1982) 221-246.

All sums are in a fixed order, so the same function leads to the same point on every processor; what linear algebra
packages add up depends on its vectors.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from models.compiled import Real, Whole, compiled, inner
from models.problem.problem import Bool, Float64

_REMEMBERED = 20
"""Steps of which the curvature is made."""
_FAIR = 1e-4
_SHORTEST, _LONGEST = 0.1, 0.5
"""Of a step, the next that is tried when it was too long."""
_MOST_TRIALS = 20
_STANDS_STILL = 1e-9
"""Falling by less than this share of its value in a step, the function is at its least."""


class _Memory(NamedTuple):
    """The last steps and changes of the slope, in rows; the oldest is overwritten."""

    step: Float64  # (row, variable)
    change: Float64  # (row, variable)


def minimized(
    function: Callable[[Float64], tuple[float, Float64]], start: Float64, steps: int, stop: Callable[[], bool]
) -> Float64:
    """A point at which the function is no more than at ``start``, after so many steps or when told to ``stop``.

    ``function`` returns its value and its slope; it is asked for neither once ``stop`` says so.
    """
    if stop():
        return start
    memory = _Memory(*np.zeros((2, _REMEMBERED, len(start))))
    x, (value, slope) = start, function(start)
    for made in range(steps):
        way = direction(memory, made, x, slope)
        found = _further(function, x, value, slope, way, stop)
        if found is None:
            break
        there, lower, steeper = found
        memory.step[made % _REMEMBERED] = there - x
        memory.change[made % _REMEMBERED] = steeper - slope
        ended = value - lower <= _STANDS_STILL * max(abs(value), abs(lower), 1.0)
        x, value, slope = there, lower, steeper
        if ended:
            break
    return x


def _further(
    function: Callable[[Float64], tuple[float, Float64]],
    x: Float64,
    value: float,
    slope: Float64,
    way: Float64,
    stop: Callable[[], bool],
) -> tuple[Float64, float, Float64] | None:
    """A lower point along the ``way`` with value and slope; ``None`` if none is found, or when told to stop."""
    length, promised = 1.0, dot(slope, way)
    for _ in range(_MOST_TRIALS):
        if stop() or promised >= 0.0:
            return None
        there = np.maximum(x + length * way, 0.0)
        found, steeper = function(there)
        if found <= value + _FAIR * dot(slope, there - x):
            return there, found, steeper
        bent = 2.0 * (found - value - length * promised)
        length *= min(_LONGEST, max(_SHORTEST, -length * promised / bent if bent > 0.0 else 0.0))
    return None


@compiled
def direction(memory: _Memory, made: Whole, x: Float64, slope: Float64) -> Float64:
    """Where to go from ``x``: 0 for variables that are not free; after ``made`` steps."""
    free = (x > 0.0) | (slope < 0.0)
    way = np.where(free, -slope, 0.0)
    rows = min(made, len(memory.step))
    share, bend, scale = np.zeros(rows), np.zeros(rows), 0.0
    for n in range(1, rows + 1):
        k = (made - n) % len(memory.step)
        step, change = memory.step[k], memory.change[k]
        bend[k], square = _curvature(step, change, free)
        if bend[k] <= 1e-12 * square:
            bend[k] = 0.0
            continue
        if scale == 0.0:
            scale = bend[k] / square
        share[k] = dot(step, way) / bend[k]
        _add(way, change, -share[k], free)
    if scale == 0.0:
        scale = 1.0 / np.sqrt(max(dot(way, way), 1e-300))
    way *= scale
    for n in range(rows, 0, -1):
        k = (made - n) % len(memory.step)
        if bend[k] > 0.0:
            _add(way, memory.step[k], share[k] - dot(memory.change[k], way) / bend[k], free)
    return way


@compiled
def dot(one: Float64, other: Float64) -> Real:
    """The inner product, four sums beside each other: as fast as a processor adds, and the same on all."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = len(one) // 4 * 4
    for i in range(0, whole, 4):
        a += one[i] * other[i]
        b += one[i + 1] * other[i + 1]
        c += one[i + 2] * other[i + 2]
        d += one[i + 3] * other[i + 3]
    for i in range(whole, len(one)):
        a += one[i] * other[i]
    return (a + b) + (c + d)


@inner
def _curvature(step: Float64, change: Float64, free: Bool) -> tuple[Real, Real]:
    """The inner products of a change of the slope with its step and with itself, over free variables."""
    bend, square = 0.0, 0.0
    for i in range(len(step)):
        if free[i]:
            bend += step[i] * change[i]
            square += change[i] * change[i]
    return bend, square


@inner
def _add(way: Float64, vector: Float64, share: Real, free: Bool) -> None:
    """Adds a share of the vector, to free variables."""
    for i in range(len(way)):
        if free[i]:
            way[i] += share * vector[i]
