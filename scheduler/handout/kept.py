"""What was read is kept until it has changed, and the longer reading takes the longer."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

_QUICK_S = 0.2
_SHARE = 10
"""What takes longer to read than is quick is not read again before so many times as long has passed."""

T = TypeVar("T")


class Kept(Generic[T]):
    """Something that was read, with what it follows from."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._of: object = None
        self._read_at = self._took = 0.0

    def get(self, of: object, read: Callable[[], T], longest: float = float("inf")) -> T:
        """What follows from ``of``, read again when that has changed or it is older than ``longest`` seconds."""
        age = time.monotonic() - self._read_at
        soon = self._took > _QUICK_S and age < _SHARE * self._took
        if self._value is not None and (soon or (self._of == of and age < longest)):
            return self._value
        began = time.monotonic()
        self._value, self._of = read(), of
        self._read_at = time.monotonic()
        self._took = self._read_at - began
        return self._value

    def forget(self) -> None:
        """Has it read again at the next call, unless that takes long."""
        self._of = None
