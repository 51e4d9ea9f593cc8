"""The course of a plan in parts, up to its groups' tables: read, price, deal, plan in rounds, tell.

Whatever is finished is in the plan's folder, and not done again when a run that was killed is started anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import read_in_parts
from models import (
    InternalError,
    Limits,
    PolicyRecord,
    Prices,
    Work,
    do_all,
    evaluate,
    executor_of,
    parse_duration,
    pinned_plan,
    task_surplus,
)
from reports import Scope
from scheduler.parts.jobs import (
    ROUNDS,
    Arranging,
    Dealing,
    Planning,
    Taken,
    Telling,
    Told,
    arrange,
    deal,
    plan_group,
    planned_work,
    tell,
)
from scheduler.parts.place import Place
from scheduler.parts.view import (
    GROUPS,
    MARKETS,
    PRICED,
    PRICES,
    SHARED,
    TAKEN,
    Markets,
    Shared,
    groups_of,
    members,
    shared_of,
    view_of,
)
from scheduler.run.context import RunContext
from scheduler.run.idle import Spare, spare_time
from scheduler.run.request import Request
from scheduler.run.tables import requirement_texts

TASKS_OF_A_GROUP, AGENTS_OF_A_GROUP = 500_000, 2_500
"""At most about so many are a group: a part of 500,000 tasks takes a process about 2 GB. Their number follows from the
snapshot, never from who works."""
SAMPLED = 300_000
"""Open tasks that common prices are found from, with all people. For 10 million tasks and 50,000 people those from a
million proved no better a bound (0.03 % of what could be gained more, on every tenth task)."""
TASKS_OF_A_BATCH, _MARKETS = 1_000_000, 16
"""At most so many tasks are dealt out at once, in about so many markets at most: a million take a process 2 GB."""
_SHARE_OF_PRICES, _SHARE_OF_FIRST = 0.15, 0.3
"""Of the time there is: finding prices, and of what is left then the first round."""
MOVES_PER_EFFORT = 8_000
"""Moves of a group in a round of search, for each unit of effort."""
_TOLD = "told.pickle"

Int64 = NDArray[np.int64]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Course:
    """A plan in parts in the making."""

    run: RunContext[Request]
    place: Place

    def read(self) -> Shared:
        """Reads the snapshot piece by piece; what all jobs share."""
        if not self.place.is_done("read"):
            request, policy = self.run.request, self.run.policy
            snapshot = read_in_parts(
                Path(str(request.source)),
                self.place.root / "pieces",
                as_of=request.as_of,
                horizon=request.horizon,
                strict=request.strict,
                max_reject_share=policy.max_reject_share,
                allow_empty=request.allow_empty,
                grain_s=policy.time.grain_s,
                calendars=policy.calendar,
                defaults=request.defaults,
                each=self._read_each,
            )
            self.place.save(SHARED, Shared(snapshot, policy.terms()))
            self.place.note_done("read")
        self.run.stop_if_cancelled()
        return shared_of(self.place)

    def price(self, shared: Shared) -> None:
        """Finds common prices from a sample of the tasks, and by them the groups of every round."""
        from models.engines.parts import groups_of as drawn_groups
        from models.engines.parts import head_prices, markets_of

        if self.place.is_done("priced"):
            return
        files, plannable = shared.snapshot.files, shared.snapshot.plannable - shared.snapshot.people.tasks.height
        every = max(1, -(-plannable // SAMPLED))
        some = [pl.read_parquet(file).gather_every(every) for file in files]
        view = view_of(shared, pl.concat(some) if some else None)
        problem = view.problem
        here = max(1, int(problem.free.sum()))
        priced, prices = head_prices(problem, plannable / here, self._limits(_SHARE_OF_PRICES))
        kept = np.maximum(task_surplus(problem, prices), 0) > 0
        wanted = np.bincount(problem.requirement, problem.work * kept, problem.eligibility.n_requirements)
        number = max(-(-shared.snapshot.tasks // TASKS_OF_A_GROUP), -(-problem.n_agents // AGENTS_OF_A_GROUP), 1)
        for turn in range(ROUNDS):
            random = np.random.default_rng((self.run.request.seed, turn))
            drawn = drawn_groups(problem.eligibility, wanted.astype(np.float64), number, random)
            self.place.save(GROUPS.format(turn), drawn)
        tasks = every * np.bincount(problem.requirement, minlength=len(wanted)).astype(np.float64)
        market = markets_of(problem.eligibility, wanted.astype(np.float64), tasks, max(1.0, tasks.sum() / _MARKETS))
        batches = np.maximum(1, np.ceil(np.bincount(market, tasks, minlength=1) / TASKS_OF_A_BATCH)).astype(int)
        asked = requirement_texts(view.snapshot, view.build).unique("text", maintain_order=True)
        texts = asked.select("text", market=pl.Series(market[asked["requirement"].to_numpy()]))
        self.place.save(MARKETS, Markets(texts, tuple(batches.tolist())))
        self.place.save(PRICED, priced)
        self.place.save(PRICES, prices)
        self.place.note_done("priced")
        self.run.stop_if_cancelled()

    def bid(self, shared: Shared) -> None:
        """Deals all tasks out to the groups of the first round by bids, market by market."""
        if self.place.is_done("dealt"):
            return
        seed, root = self.run.request.seed, self.place.root
        markets: Markets = self.place.load(MARKETS)
        jobs = [Dealing(root=root, market=number, seed=seed) for number in range(len(markets.batches))]
        self._all(deal, jobs, "bids of market", replace(self._unlimited(), cancelled=self.run.request.cancelled))
        self.run.stop_if_cancelled()
        self.place.note_done("dealt")

    def plan(self) -> int:
        """Plans the groups, round by round; the last round that there is a plan of."""
        turn = 0
        for turn in range(ROUNDS):
            if turn > 0 and not self._may_go_on():
                turn -= 1
                break
            if not self.place.is_done(f"round-{turn}"):
                self._round(turn)
        if not self.place.is_done("arranged"):
            jobs = [
                Arranging(root=self.place.root, turn=turn, group=number)
                for number in range(self.groups(turn))
                if not self.place.arranged(turn, number).exists()
            ]
            self._all(arrange, jobs, "putting urgent work first, group", self._unlimited())
            self.place.note_done("arranged")
        return turn

    def tell(self, turn: int, shared: Shared) -> list[Told]:
        """Checks and tabulates the groups of a round; nothing but a fault ends it."""
        if not self.place.is_done("told"):
            self.place.save(TAKEN, self._taken(turn, shared))
            scope = _scope(shared, self.run)
            jobs = [
                Telling(root=self.place.root, turn=turn, group=number, scope=scope)
                for number in range(self.groups(turn))
            ]
            self.place.save(_TOLD, self._all(tell, jobs, "tables of", self._unlimited()))
            self.place.note_done("told")
        told: list[Told] = self.place.load(_TOLD)
        if sum(each.tasks for each in told) != shared.snapshot.tasks:
            raise InternalError("tasks were lost or doubled between the parts of a plan")
        return told

    def spare(self) -> Spare:
        """The time that the plan leaves everybody, once it has been told."""
        taken: Taken = self.place.load(TAKEN)
        return taken.spare

    def prices(self) -> Prices:
        """The common prices."""
        found: Prices = self.place.load(PRICES)
        return found

    def groups(self, turn: int) -> int:
        """How many groups there are in a round."""
        return int(groups_of(self.place, turn).max()) + 1

    def _taken(self, turn: int, shared: Shared) -> Taken:
        """How many tasks each agent has in a round, and what time is left; people of a group have all work in it."""
        people = view_of(shared).problem
        begun = evaluate(people, pinned_plan(people))
        count, free, since = (np.zeros(people.n_agents, np.int64) for _ in range(3))
        for number, agents in enumerate(members(groups_of(self.place, turn))):
            own = np.isin(begun.agents, agents)
            found = [column.to_numpy() for column in planned_work(self.place, turn, number)]
            of_begun = (begun.agents[own], begun.start[own], begun.grains[own])
            work = [np.concatenate(both) for both in zip(found, of_begun, strict=True)]
            count[agents] = np.bincount(work[0], minlength=people.n_agents)[agents]
            spare = spare_time(people, *work)
            free[agents], since[agents] = spare.free[agents], spare.since[agents]
        return Taken(count, Spare(free, since))

    def _round(self, turn: int) -> None:
        groups, request = self.groups(turn), self.run.request
        missing = [number for number in range(groups) if not self.place.plan(turn, number).exists()]
        share = _SHARE_OF_FIRST if turn == 0 < ROUNDS - 1 else 1 / (ROUNDS - turn)
        limits = self._limits(1.0)
        one_after_the_other = max(1, -(-len(missing) // executor_of(limits).size))
        clock = limits.effort is None and limits.deadline is not None
        seconds = share * limits.remaining_s() / one_after_the_other if clock else None
        jobs = [
            Planning(
                root=self.place.root,
                turn=turn,
                group=number,
                engine=request.engine,
                seed=request.seed + 1_000_003 * turn + number,
                seconds=seconds,
                moves=None if request.effort is None else request.effort * MOVES_PER_EFFORT,
            )
            for number in missing
        ]
        # each job has a clock of its own: only a request to stop ends them all
        asked = replace(self._unlimited(), effort=request.effort, gap=request.gap, cancelled=request.cancelled)
        name = f"round {turn + 1} of {ROUNDS}"
        made = self._all(plan_group, jobs, f"{name}, group", asked)
        if len(made) == groups:
            self.run.journal(name, sum(made))
        if len(made) == len(jobs) and not request.cancelled.is_set():
            self.place.note_done(f"round-{turn}")

    def _may_go_on(self) -> bool:
        return not self._limits(1.0).exhausted()

    def _all(self, work: Work[Item, Result], jobs: Sequence[Item], what: str, limits: Limits) -> list[Result]:
        """Does all jobs, and says so of each; those that had no time to come to an end are left out."""

        def said(count: int) -> None:
            self.run.journal(f"{what} {count} of {len(jobs)}")

        return [result for result in do_all(work, jobs, limits, said) if result is not None]

    def _read_each(self, work: Work[Item, Result], pieces: Sequence[Item]) -> Sequence[Result | None]:
        """Reads all pieces, unless somebody asks to stop."""

        def said(count: int) -> None:
            self.run.journal(f"read part {count} of {len(pieces)}")
            self.run.stop_if_cancelled()

        return do_all(work, pieces, self._unlimited(), said)

    def _limits(self, share: float) -> Limits:
        """The limits of the run for all tasks, or a share of the time that is left."""
        tasks = shared_of(self.place).snapshot.tasks
        return self.run.request.limits(tasks, self.run.executor).share(share)

    def _unlimited(self) -> Limits:
        """Limits that nothing ends."""
        return Limits(seed=self.run.request.seed, executor=self.run.executor)


def _scope(shared: Shared, run: RunContext[Request]) -> Scope:
    people = shared.snapshot.people
    margin = PolicyRecord(run.policy.model_dump(mode="json")).warning_margin
    return Scope(people.as_of.astimezone(UTC), people.horizon_end.astimezone(UTC), parse_duration(margin))
