"""Puts few numbers in order within a loop that may allocate nothing.

Source: D. L. Shell, A high-speed sorting procedure, Comm. ACM 2 (1959) 30-32; the steps are those of M. Ciura, Best
increments for the average case of Shellsort, FCT 2001, LNCS 2138, 106-117.
"""

from typing import Any

from numpy.typing import NDArray

from models.compiled import Whole, inner
from models.problem.problem import Int64

_STEPS = (701, 301, 132, 57, 23, 10, 4, 1)


@inner
def put_in_order(order: Int64, count: Whole, key: NDArray[Any], falling: bool) -> None:
    """Sorts the first ``count`` of ``order``, which are places in ``key``, by what stands there.

    Of equal ones any may come first, the same on every machine.
    """
    for step in _STEPS:
        for n in range(step, count):
            k = order[n]
            at = n
            while at >= step and (key[order[at - step]] < key[k] if falling else key[order[at - step]] > key[k]):
                order[at] = order[at - step]
                at -= step
            order[at] = k
