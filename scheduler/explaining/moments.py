"""Converts grains and hundredths of a past run to moments, minutes and points."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.explaining.past_run import PastRun


@dataclass(frozen=True)
class Units:
    """Converts the problem's numbers to the snapshot's units."""

    as_of: datetime
    zone: ZoneInfo
    grain_s: int

    @classmethod
    def of(cls, past: PastRun) -> "Units":
        """The units of a run."""
        return cls(past.snapshot.as_of, ZoneInfo(past.snapshot.timezone), past.problem.grain_s)

    def moment(self, grain: Any) -> str:
        """The beginning of a grain in ISO 8601, in the snapshot's time zone."""
        return (self.as_of + timedelta(seconds=int(grain) * self.grain_s)).astimezone(self.zone).isoformat()

    def local(self, moment: datetime | None) -> str | None:
        """A moment of the snapshot, likewise."""
        return None if moment is None else moment.astimezone(self.zone).isoformat()

    def minutes(self, grains: float) -> float:
        """Minutes."""
        return round(float(grains) * self.grain_s / 60, 2)

    def per_hour(self, price: float) -> float:
        """Points an hour, from hundredths per grain."""
        return round(float(price) * 36 / self.grain_s, 2)


def points(hundredths: float | None) -> float | None:
    """Points, to the hundredth."""
    return None if hundredths is None else round(float(hundredths) / 100, 2)
