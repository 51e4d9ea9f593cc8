"""The stretch of time a run plans for, in microseconds since 1970 (UTC) and in grains since ``as_of``."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from models import CheckError
from scheduler.audit.exact import Ints

NEVER = int(np.iinfo(np.int64).max)
"""Stands for a missing time that sorts last (no deadline)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """``as_of`` and ``horizon_end`` in microseconds, the grain in seconds."""

    as_of: int
    horizon_end: int
    timezone: str
    grain_s: int

    @property
    def grain(self) -> int:
        """Microseconds of a grain."""
        return self.grain_s * 1_000_000

    @property
    def grains(self) -> int:
        """Whole grains in [as_of, horizon_end): ``horizon_end`` rounds down."""
        return max(0, (self.horizon_end - self.as_of) // self.grain)

    def down(self, moments: Ints) -> Ints:
        """Moments as grains, rounded down and clipped to the span; :data:`NEVER` is its end."""
        return np.clip((moments - self.as_of) // self.grain, 0, self.grains)

    def up(self, moments: Ints) -> Ints:
        """Moments as grains, rounded up and clipped to the span."""
        return np.clip(-((self.as_of - moments) // self.grain), 0, self.grains)

    def show(self, moment: int) -> str:
        """A moment for people, in the run's time zone."""
        if moment == NEVER:
            return "never"
        return (_EPOCH + timedelta(microseconds=int(moment))).astimezone(ZoneInfo(self.timezone)).isoformat()


def span_of(run: dict[str, Any], grain_s: int) -> Span:
    """The span named in ``run.json``.

    Raises:
        CheckError: a time or the time zone is missing or unreadable.
    """
    try:
        as_of, horizon_end = (datetime.fromisoformat(run[key]) for key in ("as_of", "horizon_end"))
        zone = ZoneInfo(run["timezone"])
        moments = [t if t.tzinfo else t.replace(tzinfo=zone) for t in (as_of, horizon_end)]
    except (KeyError, TypeError, ValueError, OSError) as problem:
        raise CheckError(
            f"run.json: as_of, horizon_end and timezone are needed to check a run: {problem!r}"
        ) from problem
    return Span(as_of=micros(moments[0]), horizon_end=micros(moments[1]), timezone=run["timezone"], grain_s=grain_s)
