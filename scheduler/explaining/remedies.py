"""What would have to change for a task to be planned: its own data, or people's skills."""

from typing import Any

import numpy as np
import polars as pl

from models import PricedModes, Threshold, priced_modes, thresholds
from scheduler.explaining.modes import Ways
from scheduler.explaining.moments import Units
from scheduler.explaining.past_run import PastRun
from scheduler.explaining.skills import lacking, levels_of, meeting_each, nearest_agents, requirement_of, words

_MOST_NEAREST = 3


class Changes:
    """The changes that would help an unplanned open task, one at a time, at the prices of the run."""

    def __init__(self, past: PastRun, task: int, skills: str | None) -> None:
        self._past, self._task = past, task
        self._needs = requirement_of(skills)
        self._units, self._ways = Units.of(past), Ways(past)

    def of_itself(self, modes: PricedModes) -> dict[str, Any] | None:
        """The value, minutes and due time with which the task would pay for its time; ``None`` without prices."""
        if self._past.prices is None:
            return None
        found = thresholds(self._past.problem, self._past.prices, modes)
        return {
            "value": self._told(found.value, "value", lambda x: float(np.ceil(round(x, 6) * 100) / 100)),
            "minutes": self._told(found.minutes, "minutes", lambda x: float(np.floor(round(x, 6) * 100) / 100)),
            "due_at": self._told(found.due, "due_at", self._units.moment),
        }

    def _told(self, found: Threshold | None, what: str, written: Any) -> dict[str, Any] | None:
        return None if found is None else {what: written(found.amount), **self._ways.person(found.agent)}

    def of_time(self, modes: PricedModes) -> list[dict[str, Any]]:
        """Who comes closest to finishing it while it pays, with only started work, and how much time is missing."""
        modes = modes.rows(modes.gain > 0)
        rows = modes.rows(np.argsort(modes.short, kind="stable"))
        rows = rows.rows(np.sort(np.unique(rows.agent, return_index=True)[1])[:_MOST_NEAREST])
        return [
            {
                **self._ways.person(int(rows.agent[k])),
                "minutes": self._units.minutes(rows.grains[k]),
                "minutes_there": self._units.minutes(max(0, rows.latest[k] - rows.earliest[k])),
                "minutes_short": self._units.minutes(rows.short[k]),
            }
            for k in range(len(rows))
        ]

    def of_people(self) -> dict[str, Any] | None:
        """The required skills that people lack; ``None`` if it requires none."""
        skills, problem = self._past.snapshot.agent_skills, self._past.problem
        if not self._needs:
            return None
        lacks = nearest_agents(self._needs, skills, problem.agent_ids, _MOST_NEAREST)
        number = {agent: k for k, agent in enumerate(problem.agent_ids)}
        return {
            "meeting_each": [{"skill": clause, "people": n} for clause, n in meeting_each(self._needs, skills)],
            "nearest": [
                {
                    **self._ways.person(number[lack.agent_id]),
                    "lacks": words(lack.clauses),
                    "has": ";".join(f"{skill} at level {level}" for skill, level in lack.has.items()),
                    "levels": dict(lack.has),
                }
                for lack in lacks
            ],
            "training": self._training(),
        }

    def lacks_of(self, agent: int) -> str:
        """The required skills that an agent lacks; empty if none."""
        skills = self._past.snapshot.agent_skills
        own = levels_of(skills.filter(pl.col("agent_id") == self._past.problem.agent_ids[agent]))
        return words(lacking(self._needs, own.get(self._past.problem.agent_ids[agent], {})))

    def _training(self) -> dict[str, Any] | None:
        """The person who, lacking one clause, would pay best for it; ``None`` when nobody could be in time."""
        problem = self._past.problem
        levels = levels_of(self._past.snapshot.agent_skills)
        lacks = {k: lacking(self._needs, levels.get(agent, {})) for k, agent in enumerate(problem.agent_ids)}
        near = np.array([k for k, clauses in lacks.items() if len(clauses) == 1], np.int64)
        near = near[~problem.excluded(np.full(len(near), self._task), near)]
        modes = priced_modes(problem, self._past.prices, np.full(len(near), self._task), near).in_time()
        modes = modes.rows(modes.gain > 0).best_of_each_agent()
        if not len(modes):
            return None
        return {**self._ways.told(modes), "lacks": words(lacks[int(modes.agent[0])])}
