"""What is done with a part by whoever works: each job reads files of the plan's folder, and writes files of its own.

A job that is done again writes the same, so a worker that dies costs time alone.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import write_tables, write_whole
from models import (
    CheckResult,
    Evaluation,
    Excerpt,
    Limits,
    Plan,
    Prices,
    Problem,
    check,
    evaluate,
    excerpt,
    is_too_large,
    silent,
    task_surplus,
)
from reports import KpiInputs, Scope, Sums, as_text, sums_of
from scheduler.parts.hours import GroupHours, hours_of_group
from scheduler.parts.place import Place
from scheduler.parts.view import (
    AGENT,
    GROUP,
    MARKETS,
    PRICED,
    PRICES,
    SAID,
    TAKEN,
    Markets,
    View,
    agents_of,
    beside,
    deal_out,
    groups_of,
    shared_of,
    tasks_of,
    view_of,
)
from scheduler.run.facts import facts_of
from scheduler.run.idle import NAMED, Spare, waiting_work
from scheduler.run.tables import RunTables, run_tables

ROUNDS = 6
"""One after the bids and five with other groups. On a backlog of 80,000 tasks in four groups three rounds missed
0.883 % of what could be gained, and eight with as many moves in all 0.870 %: as much as three after half of them."""
_SEARCHING = ("auto", "scale")
"""Engines that do no more than search from common prices on where a group is large."""

Int64 = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Dealing:
    """Deals the tasks of a market out to the groups of the first round, by bids."""

    root: Path
    market: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Planning:
    """Plans a group in a round, in ``seconds`` where a clock counts, else in ``moves``, and deals its
    tasks out to those of the next."""

    root: Path
    turn: int
    group: int
    engine: str
    seed: int
    seconds: float | None
    moves: int | None


@dataclass(frozen=True, kw_only=True)
class Arranging:
    """Puts the plan of a group in the last round in the order that a planner would choose."""

    root: Path
    turn: int
    group: int


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Puts the plan of a group into tables."""

    root: Path
    turn: int
    group: int
    scope: Scope


@dataclass(frozen=True, eq=False)
class Taken:
    """How many tasks each agent has in a round, ``count`` (a), and what time that leaves them."""

    count: Int64
    spare: Spare


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a group comes to: values in hundredths, ``kept`` is what its tasks keep at the prices, in their unit.

    ``kept`` and ``hours`` are ``None`` where values are too large for a proof. ``left`` is what leaving its open tasks
    is worth. ``idle`` (a) says who is idle while tasks wait, ``waiting`` how many do, ``examples`` has rows and ids of
    the first. ``facts`` have no tasks: those are in the ``sums``.
    """

    group: int
    objective: int
    empty: int
    left: int
    kept: int | None
    tasks: int
    planned: int
    late: int
    unplanned: int
    checked: CheckResult
    sums: Sums
    facts: KpiInputs
    hours: GroupHours | None
    idle: NDArray[np.bool_]
    waiting: int
    examples: pl.DataFrame
    calendars: tuple[str, ...]


def deal(job: Dealing, limits: Limits) -> int:
    """Does a :class:`Dealing`; how many tasks it has dealt."""
    from models.engines.parts import Bidding

    place, dealt = Place(job.root), 0
    shared, group = shared_of(place), groups_of(place, 0)
    markets: Markets = place.load(MARKETS)
    bidding = Bidding(view_of(shared).problem, place.load(PRICED), group, job.seed + job.market)
    batches = markets.batches[job.market]
    for batch in range(batches):
        if limits.exhausted():
            break
        view = view_of(shared, markets.tasks(shared, job.market, batch))
        problem, by_then = view.problem, (batch + 1) / batches
        found = bidding.groups_for_all(problem) if batches == 1 else bidding.groups_for(problem, by_then)
        goes = np.append(found, -1)
        deal_out(place.bids(job.market, batch), view.tasks, goes[view.own], int(group.max()) + 1)
        dealt += view.tasks.height
    return dealt


def planned_tasks(place: Place, turn: int, group: int) -> pl.DataFrame:
    """The tasks of a group with its plan of the round, or as far as there is none, with the one before."""
    made, arranged = place.plan(turn, group), place.arranged(turn, group)
    if made.exists():
        tasks = pl.read_parquet(made).drop(GROUP).sort("row")
        return beside(tasks, pl.read_parquet(arranged)) if arranged.exists() else tasks
    tasks = tasks_of(place, turn, group)
    nobody = pl.lit(-1, pl.Int64)
    return tasks if AGENT in tasks.columns else tasks.with_columns(nobody.alias(name) for name in SAID)


def planned_work(place: Place, turn: int, group: int) -> pl.DataFrame:
    """Agent, start and grains of what :func:`planned_tasks` has planned, work in progress aside."""
    made, arranged = place.plan(turn, group), place.arranged(turn, group)
    nothing = pl.LazyFrame(schema=dict.fromkeys(SAID, pl.Int64))
    if arranged.exists():
        found = [pl.scan_parquet(arranged)]
    elif made.exists():
        found = [pl.scan_parquet(made)]
    else:
        found = [pl.scan_parquet(file).filter(pl.col(GROUP) == group) for file in place.dealt(turn) if turn > 0]
    return pl.concat([nothing, *(frame.select(SAID) for frame in found)]).filter(pl.col(AGENT) >= 0).collect()


def plan_group(job: Planning, limits: Limits) -> int:
    """Does a :class:`Planning`; the value of the plan of these tasks, in hundredths."""
    place = Place(job.root)
    agents = agents_of(place, job.turn, job.group)
    view = view_of(shared_of(place), tasks_of(place, job.turn, job.group))
    plan, part = view.plan_so_far(), _part_of(view, agents)
    if job.seconds is not None and limits.effort is None:
        limits = replace(limits, deadline=min(limits.deadline or np.inf, time.monotonic() + job.seconds))
    found = _found(place, part.problem, part.part_of(plan), job, agents, replace(limits, seed=job.seed))
    plan = part.put_back(plan, found)
    result, file = evaluate(view.problem, plan), place.plan(job.turn, job.group)
    if not file.exists():  # somebody who was believed dead may have been first: what others have read stays as it is
        deal_out(file, view.with_plan(result), *_next_groups(place, view, plan, job))
    return _value(view, result)


def _next_groups(place: Place, view: View, plan: Plan, job: Planning) -> tuple[Int64, int]:
    """The group in the next round of each task of one's own, -1 where nobody can do it; and how many there are."""
    from models.engines.parts import somebody_for

    following = min(job.turn + 1, ROUNDS - 1)
    group = groups_of(place, following)
    owner = plan.agent
    if following > job.turn:
        random = np.random.default_rng((job.seed, job.turn))
        owner = np.where(owner >= 0, owner, somebody_for(view.problem, random))
    goes = np.append(np.where(owner >= 0, group[owner], -1), -1)
    return goes[view.own], int(group.max()) + 1


def arrange(job: Arranging, _: Limits) -> int:
    """Does an :class:`Arranging`; the value of the plan, which stays the same."""
    from models.engines import arranged

    place = Place(job.root)
    view = view_of(shared_of(place), planned_tasks(place, job.turn, job.group))
    plan, part = view.plan_so_far(), _part_of(view, agents_of(place, job.turn, job.group))
    found = part.part_of(plan)
    if check(part.problem, found).ok:
        team = view.build.agents["team"].rank("dense").fill_null(0).cast(int).to_numpy()[part.agents]
        plan = part.put_back(plan, arranged(part.problem, found, team))
    result = evaluate(view.problem, plan)
    write_whole(place.arranged(job.turn, job.group), view.rows_of(result).write_parquet)
    return _value(view, result)


def _part_of(view: View, agents: Int64) -> Excerpt:
    """The tasks of a group with its people and their work in progress."""
    problem = view.problem
    free = view.plannable[problem.free[view.plannable]]
    return excerpt(problem, np.union1d(free, np.flatnonzero(np.isin(problem.pinned_agent, agents))), agents)


def _value(view: View, result: Evaluation) -> int:
    return int(result.payoff[view.plannable].sum())


def _found(place: Place, problem: Problem, start: Plan, job: Planning, agents: Int64, limits: Limits) -> Plan:
    """A plan of a group: first from common prices on, later from where the groups before have come.

    A small group is planned by an engine first. In a large one finding prices again, and dives, take long and win less
    than search.
    """
    from models.engines import make_engine
    from models.engines.parts import Piece, is_large, plan_at_prices, search_in

    if not problem.n_tasks or not problem.n_agents:
        return start
    if job.turn == 0:
        start = plan_at_prices(problem, place.load(PRICED), agents, replace(limits, deadline=None))
        if job.engine not in _SEARCHING or not is_large(problem):
            return make_engine(job.engine)(problem, limits, silent, start).plan
    seconds = limits.remaining_s() if job.moves is None else np.inf
    moves = np.inf if job.moves is None else job.moves
    return search_in(Piece(problem, start, job.seed), limits, seconds=seconds, moves=moves).plan


def tell(job: Telling, _: Limits) -> Told:
    """Does a :class:`Telling`: checks the plan, writes its tables, adds up what it and its tasks come to."""
    place = Place(job.root)
    view = view_of(shared_of(place), planned_tasks(place, job.turn, job.group))
    agents, taken = agents_of(place, job.turn, job.group), place.load(TAKEN)
    problem, own = view.problem, view.plannable
    plan, mine = view.plan_so_far(), np.zeros(problem.n_tasks, np.bool_)
    mine[own] = True
    checked, result = check(problem, plan), evaluate(problem, plan)
    of_mine = _of(result, mine)
    tables = run_tables(view.snapshot, view.build, plan, of_mine, count=taken.count)
    tables = _own_tables(tables, view, agents)
    facts = facts_of(view.snapshot, view.build, of_mine, tables)
    facts = replace(facts, tasks=facts.tasks.filter(pl.col("task_id").is_in(view.tasks["task_id"].implode())))
    folder = place.tables(job.group)
    folder.mkdir(parents=True, exist_ok=True)
    frames = {name: getattr(tables, name) for name in ("plan", "unplanned", "agents", "messages")}
    write_tables(folder, frames, as_text)
    prices: Prices = place.load(PRICES)
    open_ = own[problem.pinned_agent[own] < 0]
    surplus = None if is_too_large(problem) else task_surplus(problem, prices)
    waits = waiting_work(problem, taken.spare, of_mine, tables.unplanned)
    first = view.snapshot.tasks.filter(view.build.tasks["index"].is_not_null())[waits.tasks].select("row", "task_id")
    return Told(
        group=job.group,
        objective=int(result.payoff[own].sum()),
        empty=int(problem.undone[own].sum()),
        left=int(problem.undone[open_].sum()),
        kept=None if surplus is None else sum(surplus[own].tolist()),
        tasks=view.tasks.height,
        planned=tables.plan.height,
        late=int((tables.plan["outcome"] == "late").sum()),
        unplanned=tables.unplanned.height,
        checked=checked,
        sums=sums_of(job.scope, facts),
        facts=replace(facts, tasks=facts.tasks.clear()),
        hours=None if surplus is None else hours_of_group(view, surplus),
        idle=waits.people,
        waiting=len(waits.tasks),
        examples=first.sort("row").head(NAMED),
        calendars=view.build.calendars,
    )


def _of(result: Evaluation, mine: NDArray[np.bool_]) -> Evaluation:
    """The rows of an evaluation of some tasks only."""
    rows = mine[result.tasks]
    columns = ("tasks", "agents", "start", "grains", "end", "step")
    return replace(result, **{name: getattr(result, name)[rows] for name in columns})


def _own_tables(tables: RunTables, view: View, agents: Int64) -> RunTables:
    """The tables without what is in the problem only because it stands fast: other groups' people and started work."""
    ids = view.tasks["task_id"]
    people = view.build.agents["agent_id"].gather(agents)
    return replace(
        tables,
        unplanned=tables.unplanned.filter(pl.col("task_id").is_in(ids.implode())),
        agents=tables.agents.filter(pl.col("agent_id").is_in(people.implode())),
    )
