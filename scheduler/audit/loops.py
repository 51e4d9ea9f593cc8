"""Compiles the audit's loops. They are kept on disk if possible, otherwise compiled in each process."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled when it is first called."""
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:  # numba (0.68) finds no folder that can be written
        return numba.njit(function)
