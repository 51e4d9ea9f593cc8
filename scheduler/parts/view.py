"""Some of the tasks of a huge snapshot as an ordinary problem: with all people, and behind all work in progress."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, InParts, Snapshot, build_problem, is_started, write_whole
from models import Evaluation, Plan, Problem, Terms, pinned_plan
from scheduler.parts.place import Place

Int64 = NDArray[np.int64]

AGENT, START, GRAINS, GROUP = " agent", " start", " grains", " group"
SAID = (AGENT, START, GRAINS)
"""What the plan so far says of a task, in columns beside its own: no header of people's begins with a space."""
_ROWS_READ = 10_000
"""Rows of a file of dealt tasks that are read at once: about as many as go to one group."""


class Shared(NamedTuple):
    """What all jobs of a plan share."""

    snapshot: InParts
    terms: Terms


SHARED, PRICED, PRICES, MARKETS = "shared.pickle", "priced.pickle", "prices.pickle", "markets.pickle"
GROUPS, TAKEN = "groups-{}.pickle", "taken.pickle"


@dataclass(frozen=True, eq=False)
class Markets:
    """Kinds of work whose people have no other work in common: ``texts`` has the market of each requirement's ``text``.

    ``batches`` is in how many the tasks of each market come. Requirements without a market are in the first.
    """

    texts: pl.DataFrame
    batches: tuple[int, ...]

    def tasks(self, shared: Shared, market: int, batch: int) -> pl.DataFrame:
        """The tasks of a batch of a market."""
        default = shared.snapshot.people.processes.lazy().select("process", pl.col("skills").alias(" default"))
        texts = self.texts.lazy().select(pl.col("text").alias(" text"), pl.col("market").alias(" market"))

        def own(tasks: pl.LazyFrame) -> pl.LazyFrame:
            text = pl.coalesce("skills", " default").fill_null("").alias(" text")
            named = tasks.join(default, on="process", how="left").with_columns(text).join(texts, on=" text", how="left")
            return named.filter(pl.col(" market").fill_null(0) == market).drop(" default", " text", " market")

        return shared.snapshot.batch(batch, self.batches[market], own)


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

    def with_plan(self, result: Evaluation) -> pl.DataFrame:
        """The tasks of one's own with what a plan says of them beside them."""
        return beside(self.tasks, self.rows_of(result))

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


def beside(tasks: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """The tasks with what a plan says of them beside them, as in :meth:`View.rows_of`; -1 where that is nothing."""
    tasks = tasks.drop(SAID, strict=False).join(said, on="row", how="left", maintain_order="left")
    return tasks.with_columns(pl.col(SAID).fill_null(-1))


def deal_out(file: Path, tasks: pl.DataFrame, group: Int64, groups: int) -> None:
    """Writes tasks by the group that they go to; those that nobody can do (-1) go to any."""
    group = np.where(group >= 0, group, tasks["row"].to_numpy() % groups)
    dealt = tasks.with_columns(pl.Series(GROUP, group)).sort(GROUP, "row")
    write_whole(file, partial(dealt.write_parquet, row_group_size=_ROWS_READ))


def tasks_of(place: Place, turn: int, group: int) -> pl.DataFrame:
    """The tasks of a group in a round, in the order of their rows."""
    dealt = (pl.scan_parquet(file).filter(pl.col(GROUP) == group) for file in place.dealt(turn))
    own = [tasks for tasks in pl.collect_all(dealt) if tasks.height]
    if not own:
        return shared_of(place).snapshot.people.tasks.clear()
    return pl.concat(own).drop(GROUP).sort("row")


def shared_of(place: Place) -> Shared:
    """What all jobs share, as the first of them has left it."""
    shared: Shared = place.load(SHARED)
    return shared


def groups_of(place: Place, turn: int) -> Int64:
    """The group of every agent in a round."""
    found: Int64 = place.load(GROUPS.format(turn))
    return found


def agents_of(place: Place, turn: int, group: int) -> Int64:
    """The agents of a group in a round."""
    return np.flatnonzero(groups_of(place, turn) == group)


def members(group: Int64) -> list[Int64]:
    """The agents of each group."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, group.max(initial=0) + 1)))
