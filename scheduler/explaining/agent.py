"""An agent's day: its tasks, what its time is worth, what limits it, which skill would help."""

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import restricted_shifts
from models import NO_LIMIT, ON_TIME, UNIT_BITS, PricedModes, Prices, priced_modes
from scheduler.explaining.modes import Ways
from scheduler.explaining.moments import Units, points
from scheduler.explaining.neighbourhood import modes_of_waiting
from scheduler.explaining.past_run import PastRun
from scheduler.explaining.task import agent_number
from scheduler.explaining.training import best_training

Int64 = NDArray[np.int64]
_MOST_WAITING = 3


def explain_agent(past: PastRun, agent_id: str) -> dict[str, Any]:
    """The explanation of an agent's day, ready for JSON: times in ISO 8601, points, minutes.

    Raises:
        UnknownNameError: there is no such agent in the run.
    """
    return _Day(past, agent_number(past, agent_id)).told()


class _Day:
    """One agent's part of a run."""

    def __init__(self, past: PastRun, agent: int) -> None:
        self._past, self._problem, self._agent = past, past.problem, agent
        self._units, self._ways = Units.of(past), Ways(past)
        result = past.evaluation
        rows = np.flatnonzero(result.agents == agent)
        rows = rows[np.argsort(result.start[rows], kind="stable")]
        self._tasks, self._start, self._end = result.tasks[rows], result.start[rows], result.end[rows]
        self._step, self._payoff = result.step[rows], result.payoff[result.tasks[rows]]
        self._total = int(self._problem.clocks.total()[agent])

    def told(self) -> dict[str, Any]:
        """The whole explanation."""
        prices = self._past.prices
        return {
            "run_id": self._past.run_id,
            "unit": self._past.unit,
            "bound_refuted": self._past.is_refuted,
            **self._ways.person(self._agent),
            "edits": self._past.edits_of(agent=self._problem.agent_ids[self._agent]),
            "minutes": self._minutes(),
            "day": self._timeline(),
            "tasks": len(self._tasks),
            "max_tasks": None if self._problem.max_tasks[self._agent] == NO_LIMIT else self._most(),
            "time": None if prices is None else self._worth(prices),
            "fee": None if prices is None else points(prices.fee_of_time[self._agent] / 2.0**UNIT_BITS),
            "waiting": self._waiting(),
            "training": None if prices is None else best_training(self._past, prices, self._agent),
        }

    def _most(self) -> int:
        return int(self._problem.max_tasks[self._agent])

    def _minutes(self) -> dict[str, float]:
        working = int(self._problem.clocks.working(self._agent, self._problem.horizon))
        planned = int((self._end - self._start).sum())
        amounts = {"working": working, "capacity": self._total, "planned": planned, "free": self._total - planned}
        return {name: self._units.minutes(grains) for name, grains in amounts.items()}

    def _timeline(self) -> list[dict[str, Any]]:
        """Tasks, free stretches, breaks and reserved time, in order."""
        entries = [*self._jobs(), *self._free(), *self._pauses()]
        return sorted(entries, key=lambda e: (datetime.fromisoformat(e["start_at"]), e["what"] != "task"))

    def _span(self, start: int, end: int) -> dict[str, Any]:
        clocks = self._problem.clocks
        return {
            "start_at": self._units.moment(clocks.start_grain(self._agent, start)),
            "end_at": self._units.moment(clocks.end_grain(self._agent, end)),
            "minutes": self._units.minutes(end - start),
        }

    def _jobs(self) -> list[dict[str, Any]]:
        table = self._past.planned.filter(pl.col("agent_id") == self._problem.agent_ids[self._agent]).sort("sequence")
        names = ("task_id", "process", "outcome", "payoff", "pinned")
        modes = self._own_ways()
        return [
            {
                "what": "task",
                **self._span(int(self._start[k]), int(self._end[k])),
                **{name: row[name] for name in names},
                "due_at": self._units.local(row["due_at"]),
                "time_worth": modes.get(int(self._tasks[k])),
            }
            for k, row in enumerate(table.iter_rows(named=True))
        ]

    def _own_ways(self) -> dict[int, float | None]:
        """What the time of each open task is worth at the prices, in points."""
        if self._past.prices is None:
            return {}
        free = self._tasks[self._problem.free[self._tasks]]
        step = dict(zip(self._tasks.tolist(), self._step.tolist(), strict=True))
        modes = priced_modes(self._problem, self._past.prices, free, np.full(len(free), self._agent))
        return {
            int(modes.task[k]): points(modes.cost[k])
            for k in range(len(modes))
            if modes.step[k] == step[int(modes.task[k])]
        }

    def _free(self) -> list[dict[str, Any]]:
        """The stretches of the agent's clock that nothing fills."""
        begins, ends = np.append(0, self._end), np.append(self._start, self._total)
        return [{"what": "free", **self._span(int(b), int(e))} for b, e in zip(begins, ends, strict=True) if b < e]

    def _pauses(self) -> list[dict[str, Any]]:
        """Breaks and reserved time within the run's span."""
        snapshot = self._past.snapshot
        shifts = restricted_shifts(snapshot).filter(
            (pl.col("agent_id") == self._problem.agent_ids[self._agent]) & (pl.col("kind") != "work")
        )
        spans = [
            (kind, max(start, snapshot.as_of), min(end, snapshot.horizon_end))
            for kind, start, end in shifts.select("kind", "start", "end").iter_rows()
        ]
        return [
            {
                "what": kind,
                "start_at": self._units.local(start),
                "end_at": self._units.local(end),
                "minutes": round((end - start).total_seconds() / 60, 2),
            }
            for kind, start, end in spans
            if start < end
        ]

    def _worth(self, prices: Prices) -> list[dict[str, Any]]:
        """What time is worth by the deadline it is promised by, and how much of it is left before."""
        hours = [self._units.per_hour(p) for p in prices.price[self._agent] / 2.0**UNIT_BITS]
        last = np.append(prices.edges[1:] - 1, self._problem.horizon)
        stretches, begin = [], 0
        for k in range(1, len(hours) + 1):
            if k < len(hours) and hours[k] == hours[begin]:
                continue
            until = int(last[k - 1])
            stretches.append(
                {
                    "until_at": self._units.moment(until),
                    "points_per_hour": hours[begin],
                    "drop": round(hours[begin] - (hours[k] if k < len(hours) else 0.0), 2),
                    "left_minutes": self._units.minutes(self._room(np.array([until]))[0]),
                }
            )
            begin = k
        # before the first grain there is nothing to promise
        return [s for s, at in zip(stretches, self._ends(hours, last), strict=True) if at > 0]

    @staticmethod
    def _ends(hours: list[float], last: Int64) -> list[int]:
        """The last grain of each stretch of equal worth."""
        return [int(last[k]) for k in range(len(hours)) if k + 1 == len(hours) or hours[k + 1] != hours[k]]

    def _room(self, deadlines: Int64) -> Int64:
        """The grains that one more piece of work, promised by each deadline, could have without breaking a promise."""
        clocks, problem = self._problem.clocks, self._problem
        promised = np.where(self._step == ON_TIME, problem.due[self._tasks], problem.expires[self._tasks])
        promised = np.where(problem.free[self._tasks], promised, 0)
        grains = self._end - self._start
        moments = np.unique(np.concatenate([promised, deadlines, [problem.horizon]]))
        load = np.array([grains[promised <= t].sum() for t in moments])
        slack = np.maximum(0, clocks.capacity(np.full(len(moments), self._agent), moments) - load)
        room = np.minimum.accumulate(slack[::-1])[::-1]
        return room[np.searchsorted(moments, deadlines)]

    def _waiting(self) -> dict[str, Any]:
        """What is not planned that the agent could do in time, and how it stands."""
        modes = modes_of_waiting(self._problem, self._past.plan, self._past.prices, np.array([self._agent]))
        fits = self._fitting(modes)
        best = modes.rows(np.argsort(-modes.margin, kind="stable")[:_MOST_WAITING])
        return {
            "in_time": len(np.unique(modes.task)),
            "fits": len(np.unique(modes.task[fits])),
            "shortest_minutes": self._units.minutes(modes.grains.min()) if len(modes) else None,
            "best": [
                {"task_id": self._problem.task_ids[int(best.task[k])], **self._ways.told(best, k)}
                for k in range(len(best))
            ],
        }

    def _fitting(self, modes: PricedModes) -> NDArray[np.bool_]:
        """Which ways fit beside what is planned, as far as promises and max_tasks tell."""
        if len(self._tasks) >= self._problem.max_tasks[self._agent]:
            return np.zeros(len(modes), np.bool_)
        deadlines = self._problem.deadline[modes.task, modes.step]
        return self._room(deadlines) >= modes.grains if len(modes) else np.zeros(0, np.bool_)
