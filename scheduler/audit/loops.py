"""How the audit's loops are compiled: kept on disk where there is a place for them, else anew each time."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled when it is first called."""
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:  # numba (0.68) finds no folder that can be written
        return numba.njit(function)
