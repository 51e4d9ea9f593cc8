"""What open tasks are worth to somebody who has nothing planned, at the prices that prove the published plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data import Build, build_problem, list_open_work, planned_work, read_rules
from models import Prices, priced_modes
from scheduler.config import Config
from scheduler.handout.listed import snapshot_of_list
from scheduler.replanning.earlier import EarlierRun, prices_of

if TYPE_CHECKING:
    from data import Publication

_MOST = 200
_CENTS = 100


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An open task for somebody: ``gain`` is what it earns, ``cost`` what the time for it is worth, both in points.

    ``planned`` says for whom the plan has it and when, if it has.
    """

    task_id: str
    gain: float
    cost: float
    minutes: float
    planned: tuple[str, datetime] | None

    @property
    def margin(self) -> float:
        """The gain less the cost, in points."""
        return self.gain - self.cost


@dataclass(frozen=True, eq=False, kw_only=True)
class Market:
    """The open work at a moment with the prices of people's time."""

    build: Build
    prices: Prices | None
    planned: Mapping[str, tuple[str, datetime]]
    unit: str
    _free: NDArray[np.int64]
    _holder: NDArray[np.int64]
    _offers: dict[str, list[Offer]] = field(default_factory=dict)

    def offers(self, agent_id: str) -> list[Offer]:
        """The tasks that are worth an agent's time, best first; those that the plan has for others after the others."""
        if agent_id not in self._offers:
            self._offers[agent_id] = self._ranked(agent_id)
        return self._offers[agent_id]

    def _ranked(self, agent_id: str) -> list[Offer]:
        problem = self.build.problem
        number = problem.agent_ids.index_of(agent_id)
        if number is None:
            return []
        holder = self._holder[self._free]
        free = self._free[(holder < 0) | (holder == number)]
        able = free[problem.allowed(free, np.full(len(free), number, np.int64))]
        modes = priced_modes(problem, self.prices, able, np.full(len(able), number, np.int64)).in_time()
        modes = modes.rows(modes.margin > 0)
        modes = modes.rows(np.argsort(-modes.margin, kind="stable"))
        _, first = np.unique(modes.task, return_index=True)
        modes = modes.rows(np.sort(first))
        names = problem.task_ids.gather(modes.task).to_list()
        elsewhere = np.fromiter((name in self.planned for name in names), np.bool_, len(names))
        best = np.argsort(elsewhere, kind="stable")[:_MOST]
        return [
            Offer(
                task_id=names[i],
                gain=modes.gain[i] / _CENTS,
                cost=modes.cost[i] / _CENTS,
                minutes=modes.grains[i] * problem.grain_s / 60,
                planned=self.planned.get(names[i]),
            )
            for i in best.tolist()
        ]


def read_market(
    connection: Any, config: Config, publication: "Publication", earlier: EarlierRun, now: datetime
) -> Market | None:
    """The market of the task list at a moment, in a transaction that reads; ``None`` when the plan's time is over.

    Raises:
        SnapshotError: no plan could be made of the list.
    """
    policy = earlier.policy
    if (publication.horizon_end - now).total_seconds() < policy.time.grain_s:
        return None
    rules, _ = read_rules(config.rule)
    listed = list_open_work(connection, now, rules, config.timezone)
    period = (now, publication.horizon_end)
    snapshot = snapshot_of_list(listed.tables, config.timezone, *period, policy.calendar, policy.time.grain_s)
    build = build_problem(snapshot, policy.terms())
    work = planned_work(connection).select("task_id", "agent_id", "start_at")
    return Market(
        build=build,
        prices=prices_of(earlier, build.problem, now),
        planned={task: (agent, start) for task, agent, start in work.iter_rows()},
        unit=policy.report.unit,
        _free=np.flatnonzero(build.problem.free),
        _holder=_holders(build),
    )


def _holders(build: Build) -> NDArray[np.int64]:
    """The number of the agent who has each task, -1 for nobody."""
    problem = build.problem
    people = {name: number for number, name in enumerate(problem.agent_ids)}
    rows = build.tasks.filter(build.tasks["index"].is_not_null()).select("index", "agent_id")
    holder = np.full(problem.n_tasks, -1, np.int64)
    for index, agent in rows.drop_nulls("agent_id").iter_rows():
        holder[index] = people.get(agent, -1)
    return holder
