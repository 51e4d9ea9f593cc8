"""Some of the tasks of a huge snapshot as an ordinary problem: with all people, and behind all work in progress."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, InParts, Snapshot, build_problem, is_started
from models import Evaluation, Plan, Problem, Terms, pinned_plan
from scheduler.parts.place import Place

Int64 = NDArray[np.int64]

AGENT, START, GRAINS = " agent", " start", " grains"
SAID = (AGENT, START, GRAINS)
"""What the plan so far says of a task, in columns beside its own: no header of people's begins with a space."""


class Shared(NamedTuple):
    """What all jobs of a plan share."""

    snapshot: InParts
    terms: Terms


SHARED, PRICED, PRICES = "shared.pickle", "priced.pickle", "prices.pickle"


@dataclass(frozen=True, eq=False)
class View:
    """Tasks of one's own in a problem with all people and all work in progress.

    ``own`` (row of the tasks) is each one's number in the problem, -1 where it is not plannable.
    """

    snapshot: Snapshot
    build: Build
    tasks: pl.DataFrame
    own: Int64

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.build.problem

    @property
    def plannable(self) -> Int64:
        """The numbers of the tasks of one's own in the problem."""
        return self.own[self.own >= 0]

    def plan_so_far(self) -> Plan:
        """The plan that the columns beside the tasks say; without any, that of work in progress alone."""
        plan = pinned_plan(self.problem)
        if AGENT not in self.tasks.columns:
            return plan
        return with_rows(plan, self.own, self.tasks[AGENT].to_numpy(), self.tasks[START].to_numpy())

    def rows_of(self, result: Evaluation) -> pl.DataFrame:
        """What a plan says of the tasks of one's own that it has planned: row, agent, start and grains."""
        place = np.full(self.problem.n_tasks, -1)
        place[result.tasks] = np.arange(len(result.tasks))
        there = (self.own >= 0) & self.problem.free[self.own] & (place[self.own] >= 0)
        found = place[self.own[there]]
        columns = dict(zip(SAID, (result.agents, result.start, result.grains), strict=True))
        rows = self.tasks["row"].filter(pl.Series(there))
        return pl.DataFrame({"row": rows, **{name: column[found] for name, column in columns.items()}})


def with_rows(plan: Plan, own: Int64, agent: Int64, start: Int64) -> Plan:
    """The plan with these agents and starts of the tasks of one's own; work in progress stays as it is."""
    agents, starts = plan.agent.copy(), plan.start.copy()
    put = (own >= 0) & (agent >= 0)
    agents[own[put]], starts[own[put]] = agent[put], start[put]
    return Plan(agent=agents, start=starts)


def view_of(shared: Shared, tasks: pl.DataFrame | None = None) -> View:
    """The tasks as an ordinary problem; without any, work in progress alone."""
    people = shared.snapshot.people
    tasks = people.tasks.clear() if tasks is None else tasks
    bare = tasks.drop(SAID, strict=False)
    snapshot = shared.snapshot.view(bare)
    build = build_problem(snapshot, shared.terms)
    number = build.tasks["index"].fill_null(-1).to_numpy()
    started = bare.select(is_started()).to_series().to_numpy()
    behind = people.tasks.height + np.cumsum(~started) - 1
    place = np.where(started, np.searchsorted(people.tasks["row"].to_numpy(), bare["row"].to_numpy()), behind)
    return View(snapshot, build, tasks, number[place])


def tasks_of(place: Place, turn: int, group: int) -> pl.DataFrame:
    """The tasks of a group in a round, in the order of their rows."""
    files = sorted(place.dealt(turn, group).glob("*.parquet"))
    if not files:
        return shared_of(place).snapshot.people.tasks.clear()
    return pl.concat([pl.read_parquet(file) for file in files]).sort("row")


def shared_of(place: Place) -> Shared:
    """What all jobs share, as the first of them has left it."""
    shared: Shared = place.load(SHARED)
    return shared
