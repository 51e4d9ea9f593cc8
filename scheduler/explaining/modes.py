"""A mode of a task in the run's terms: who, how long, what it earns, what the time is worth."""

from typing import Any

from models import STEPS, PricedModes
from scheduler.explaining.moments import Units, points
from scheduler.explaining.past_run import PastRun


class Ways:
    """Describes offers as plain values."""

    def __init__(self, past: PastRun) -> None:
        self._past, self._units = past, Units.of(past)
        self._names = past.build.agents["name"].to_list()

    def person(self, agent: int) -> dict[str, Any]:
        """Who an agent is."""
        return {"agent_id": self._past.problem.agent_ids[agent], "name": self._names[agent]}

    def told(self, modes: PricedModes, row: int = 0) -> dict[str, Any]:
        """One of the offers; the worth of its time is null without prices."""
        priced = self._past.prices is not None
        return {
            **self.person(int(modes.agent[row])),
            "outcome": STEPS[int(modes.step[row])],
            "minutes": self._units.minutes(modes.grains[row]),
            "gain": points(modes.gain[row]),
            "points_per_hour": self._units.per_hour(modes.price[row]) if priced else None,
            "fee": points(modes.fee[row]) if priced else None,
            "time_worth": points(modes.cost[row]) if priced else None,
            "margin": points(modes.margin[row]) if priced else None,
        }
