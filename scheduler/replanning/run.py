"""The course of a re-plan: that of a run, with edits, frozen work and the earlier plan in it."""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from data import Build, Snapshot, build_problem
from models import (
    CALM_STEP,
    Evaluation,
    Observer,
    Outcome,
    Plan,
    Prices,
    Problem,
    check,
    fix,
    freeze,
    silent,
)
from models.engines import Earlier, Replanned, kept_as_it_is
from models.engines import replan as replan_problem
from scheduler.edits import (
    Edit,
    Edited,
    apply_edits,
    carry_over,
    read_edits_file,
    refuse_conflicts,
    resolve,
)
from scheduler.pipeline import Request, Result, Run
from scheduler.policy import parse_freeze, parse_stability, read_policy
from scheduler.replanning.earlier import EarlierRun, numbers_of, prices_of, read_earlier
from scheduler.run_folder import locked


@dataclass(frozen=True, kw_only=True)
class ReplanRequest(Request):
    """What to plan again and how: a request for a plan, the earlier run's folder, and what to change.

    ``edits`` are (kind, text) pairs as on the command line, ``edits_file`` has more; ``forget`` drops those of the
    earlier run. ``freeze``, ``min_gain`` (points or a share, per change) and ``max_changes`` count instead of the
    policy. Without ``policy`` the earlier run's counts.
    """

    earlier: Path
    edits: tuple[tuple[str, str], ...] = ()
    edits_file: Path | None = None
    forget: bool = False
    freeze: str | None = None
    min_gain: float | str | None = None
    max_changes: int | None = None

    @property
    def asks_for_change(self) -> bool:
        """Whether even an unchanged problem is to be planned again."""
        return self.max_changes is not None or self.min_gain is not None


def replan(request: ReplanRequest, observer: Observer = silent) -> Result:
    """Plans a snapshot again, near an earlier run's plan, and with ``out`` writes the run's folder.

    Raises:
        EditError: an edit cannot be made, or some cannot hold together; nothing was written.
        SnapshotError, PolicyError, CheckError, LockError: as for a plan; CheckError also for an earlier run that
            cannot be read.
    """
    earlier = read_earlier(request.earlier)
    policy = read_policy(request.policy if request.policy is not None else earlier.policy)
    with locked(request.out) if request.out is not None else nullcontext() as folder:
        return ReplanRun(request, policy, folder, observer, asked=request, earlier=earlier).go()


@dataclass(kw_only=True)
class ReplanRun(Run):
    """One re-plan on its way through the stages.

    ``edits`` are all that count, ``edited`` what they make of the snapshot, ``same`` tells that snapshot, policy and
    edits are those of the earlier run.
    """

    asked: ReplanRequest
    earlier: EarlierRun
    edits: list[Edit] = field(default_factory=list)
    edited: Edited | None = None
    same: bool = False
    replanned: Replanned | None = None

    def _read(self) -> Snapshot:
        snapshot = self._as_then(super()._read())
        asked, old = self.asked, [] if self.asked.forget else self.earlier.edits
        written = [*asked.edits, *(read_edits_file(asked.edits_file) if asked.edits_file else ())]
        new = resolve(written, snapshot, old)
        unchanged = self.earlier.is_of(snapshot, self.policy)
        carried, notes = carry_over(old, new, snapshot, same=unchanged)
        self.edits = [*carried, *new]
        self.same = unchanged and not new and len(carried) == len(self.earlier.edits)
        refuse_conflicts(snapshot, self.policy.terms(), self.edits)
        self.edited = apply_edits(snapshot, self.policy.terms(), self.edits)
        return replace(self.edited.snapshot, warnings=(*snapshot.warnings, *notes))

    def _as_then(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot; if it is the earlier run's, at that run's moment and horizon, unless others are given."""
        then, asked = self.earlier.run, self.asked
        if snapshot.inputs != then["inputs"] or asked.as_of is not None or asked.horizon is not None:
            return snapshot
        self.request = replace(self.request, as_of=then["as_of"], horizon=then["horizon_end"])
        return super()._read()

    def _build(self, snapshot: Snapshot) -> Build:
        assert self.edited is not None
        build = build_problem(snapshot, self.edited.terms)
        pins = self.edited.pins
        tasks, agents = (pl.Series(list(ids), dtype=pl.String) for ids in (pins, pins.values()))
        numbers = numbers_of(build.problem, tasks, agents)
        begun = pl.col("task").is_in(np.flatnonzero(~build.problem.free).tolist())  # stays by H7
        numbers = numbers.filter(~begun)
        problem = fix(build.problem, numbers["task"].to_numpy(), numbers["agent"].to_numpy())
        return replace(build, problem=self._frozen(problem, snapshot))

    def _frozen(self, problem: Problem, snapshot: Snapshot) -> Problem:
        """E2: what was to start this soon stays, in the order in which it was to start."""
        soon = self._soon(snapshot)
        numbers = numbers_of(problem, soon["task_id"], soon["agent_id"]).drop_nulls()
        return freeze(problem, numbers["task"].to_numpy(), numbers["agent"].to_numpy())

    def _soon(self, snapshot: Snapshot) -> pl.DataFrame:
        """What to freeze, each agent's work in order.

        When nothing has changed, that is what was frozen and nothing else: it is the same problem.
        """
        plan = self.earlier.plan.sort("agent_id", "sequence")
        if self._untouched:
            return plan.filter(pl.col("task_id").is_in([task for task, _ in self.earlier.frozen]))
        length = parse_freeze(self.asked.freeze if self.asked.freeze is not None else self.policy.replan.freeze)
        return plan.filter((pl.col("start_at") < snapshot.as_of + length) & pl.lit(bool(length)))

    def _solve(self, problem: Problem, staging: Path | None) -> Outcome:
        prices = prices_of(self.earlier, problem, self._snapshot.as_of)
        if self._untouched:
            kept = self._as_it_was(problem, prices)
            if kept is not None:
                self.replanned = kept
                return kept.outcome
        limits = self.request.limits(problem.n_tasks)
        limits = replace(limits, gap=max(limits.gap, self.earlier.run["gap"] or 0.0))
        self.replanned = replan_problem(
            problem,
            self._before(problem),
            limits,
            self._observe,
            prices=prices,
            stability=self.stability,
            most_changes=self.asked.max_changes,
        )
        return self.replanned.outcome

    @property
    def _snapshot(self) -> Snapshot:
        assert self.edited is not None
        return self.edited.snapshot

    @property
    def stability(self) -> int:
        """What a change must earn, in hundredths."""
        given = self.asked.min_gain
        points, share = parse_stability(self.policy.replan.stability if given is None else given)
        typical = self.earlier.plan["payoff"].mean() if self.earlier.plan.height else 0.0
        assert isinstance(typical, float)
        return CALM_STEP * round(100 * (points + share * max(0.0, typical)) / CALM_STEP)

    def _before(self, problem: Problem) -> Earlier:
        """The earlier plan in the problem's numbers."""
        rows = self.earlier.plan
        numbers = numbers_of(problem, rows["task_id"], rows["agent_id"])
        known = numbers.with_columns(order=rows["sequence"], timely=rows["outcome"] == "on_time").drop_nulls()
        agent = np.full(problem.n_tasks, -1, np.int32)
        order, timely = np.zeros(problem.n_tasks, np.int64), np.zeros(problem.n_tasks, np.bool_)
        tasks = known["task"].to_numpy()
        agent[tasks], order[tasks], timely[tasks] = known["agent"], known["order"], known["timely"]
        return Earlier(agent=agent, order=order, timely=timely)

    def _as_it_was(self, problem: Problem, prices: Prices | None) -> Replanned | None:
        """The earlier plan, to the minute, if it keeps the rules of the problem."""
        rows = self.earlier.plan
        numbers = numbers_of(problem, rows["task_id"], rows["agent_id"])
        if numbers.null_count().sum_horizontal().item():
            return None
        tasks, agents = numbers["task"].to_numpy(), numbers["agent"].to_numpy()
        since = rows["start_at"] - self._snapshot.as_of
        grains = since.dt.total_seconds().to_numpy() // problem.grain_s
        agent, start = np.full(problem.n_tasks, -1, np.int32), np.full(problem.n_tasks, -1, np.int64)
        agent[tasks], start[tasks] = agents, problem.clocks.capacity(agents, grains)
        plan = Plan(agent=agent, start=start)
        if not check(problem, plan).ok:
            return None
        bound, source = self.earlier.run["bound"], self.earlier.run["bound_source"]
        known = None if bound is None else round(bound * 100)
        return kept_as_it_is(problem, plan, self.request.limits(problem.n_tasks), prices, known, source)

    @property
    def _untouched(self) -> bool:
        """Whether there is nothing to plan again."""
        return self.same and not self.asked.asks_for_change

    def _frozen_pairs(self, problem: Problem) -> list[tuple[str, str]]:
        """The frozen (task, agent) ids, each agent's in their order."""
        tasks = np.flatnonzero(problem.frozen)
        tasks = tasks[np.lexsort((problem.pinned_start[tasks], problem.pinned_agent[tasks]))]
        return [(problem.task_ids[int(i)], problem.agent_ids[int(problem.pinned_agent[i])]) for i in tasks]

    def _more(self, build: Build, outcome: Outcome, evaluation: Evaluation) -> dict[str, Any]:
        assert self.replanned is not None
        problem, changed = build.problem, self.replanned.changed
        return {
            "replan": {
                "from": self.earlier.run["run_id"],
                "changes": int(changed.sum()),
                "stability_points": self.stability / 100,
                "max_changes": self.asked.max_changes,
                "frozen": int(problem.frozen.sum()),
                "edits": [str(edit) for edit in self.edits],
            }
        }
