"""The course of a re-plan: that of a run, with edits, frozen work and the earlier plan in it."""

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, Snapshot, build_problem, locked, with_presence
from models import (
    CALM_STEP,
    BoundSource,
    Evaluation,
    Message,
    Observer,
    Outcome,
    PolicyError,
    Prices,
    Problem,
    check,
    evaluate,
    silent,
)
from models.engines import CurvePoint, Earlier, Replanned, kept_as_it_is, price_of_calm
from models.engines import replan as replan_problem
from scheduler.edits import (
    Edit,
    Edited,
    Written,
    apply_edits,
    carry_over,
    edits_to_json,
    read_edits_file,
    read_edits_workbook,
    refuse_conflicts,
    resolve,
    what_counts,
    without_taken_back,
    without_unfit,
)
from scheduler.replanning.account import account, by_cost, curve_rows, edit_in_run
from scheduler.replanning.changes import change_list
from scheduler.replanning.earlier import EarlierRun, numbers_of, plan_of, prices_of, read_earlier
from scheduler.replanning.edited import build_edited, frozen
from scheduler.replanning.price_tags import to_price, with_price_tags
from scheduler.run.pipeline import Request, Result, Run
from scheduler.run.policy import parse_freeze, parse_stability, read_policy


@dataclass(frozen=True, kw_only=True)
class ReplanRequest(Request):
    """What to plan again and how: a request for a plan, the earlier run's folder, and what to change.

    ``edits`` are (kind, text) pairs as on the command line, ``edits_file`` has more. ``take_back`` names edits of the
    earlier run that count no more, as it lists them; ``forget`` drops all of them. ``freeze``, ``min_gain`` (points or
    a share, per change) and ``max_changes`` count instead of the policy. Without ``policy`` the earlier run's counts.
    ``curve`` asks for the best value by number of changes.

    Raises:
        PolicyError: ``freeze`` or ``min_gain`` cannot be read.
    """

    earlier: Path
    edits: tuple[tuple[str, str], ...] = ()
    edits_file: Path | None = None
    take_back: tuple[str, ...] = ()
    forget: bool = False
    freeze: str | None = None
    min_gain: float | str | None = None
    max_changes: int | None = None
    curve: bool = False

    default_time_limit_s: ClassVar[float] = 15.0
    reserved_per_task_s: ClassVar[float] = 30e-6

    def __post_init__(self) -> None:
        super().__post_init__()
        readers: tuple[tuple[str, Callable[[Any], object], Any], ...] = (
            ("freeze", parse_freeze, self.freeze),
            ("min_gain", parse_stability, self.min_gain),
        )
        for name, read, given in readers:
            try:
                if given is not None:
                    read(given)
            except ValueError as error:
                raise PolicyError(f"{name}: {error}") from error

    @property
    def asks_for_change(self) -> bool:
        """Whether even an unchanged problem is to be planned again."""
        return self.curve or self.max_changes is not None or self.min_gain is not None


def replan(request: ReplanRequest, observer: Observer = silent) -> Result:
    """Plans a snapshot again, near an earlier run's plan, and with ``out`` writes the run's folder.

    Raises:
        EditError: an edit cannot be made, or some cannot hold together; nothing was written.
        NotARunFolderError, UnreadableRunError: there is no earlier run, or it is damaged.
        SnapshotError, PolicyError, CheckError, LockError: as for a plan.
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
    plain: Snapshot | None = None
    edited: Edited | None = None
    same: bool = False
    replanned: Replanned | None = None
    curve: list[CurvePoint] = field(default_factory=list)
    frozen: list[tuple[str, str]] = field(default_factory=list)

    def _read(self) -> Snapshot:
        snapshot = self._as_then(self._read_tables())
        asked = self.asked
        old = [] if asked.forget else without_taken_back(self.earlier.edits, asked.take_back)
        filed, faults, remarks = self._filed()
        new = resolve([*asked.edits, *filed], snapshot, old, faults)
        unchanged = self.earlier.is_of(snapshot, self.policy)
        carried, notes = carry_over(old, new, snapshot, same=self.earlier.is_of_files(snapshot))
        self.edits, unfit = without_unfit(snapshot, self.policy.terms(), [*carried, *new])
        self.same = unchanged and not new and len(self.edits) == self.earlier.standing
        refuse_conflicts(snapshot, self.policy.terms(), self.edits)
        self.plain = snapshot
        self.edited = apply_edits(snapshot, self.policy.terms(), self.edits)
        return replace(self.edited.snapshot, warnings=(*snapshot.warnings, *remarks, *notes, *unfit))

    def _filed(self) -> tuple[Sequence[Written], Sequence[str], Sequence[Message]]:
        """The edits of the file, what is wrong in it, and what is to be said of it."""
        file = self.asked.edits_file
        if file is None:
            return (), (), ()
        if file.suffix.lower() not in (".xlsx", ".xlsm"):
            return read_edits_file(file), (), ()
        found = read_edits_workbook(file, str(self.earlier.run["run_id"]), self.earlier.plan)
        return found.written, found.faults, found.remarks

    def _as_then(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot; if it is the earlier run's, at that run's moment and horizon, unless others are given."""
        then, asked = self.earlier.run, self.asked
        if not self.earlier.is_of_files(snapshot) or asked.as_of is not None or asked.horizon is not None:
            return with_presence(snapshot, self.policy.time.grain_s, allow_empty=asked.allow_empty)
        self.request = replace(self.request, as_of=then["as_of"], horizon=then["horizon_end"])
        return super()._read()

    def _build(self, snapshot: Snapshot) -> Build:
        assert self.edited is not None
        return self._built(self.edited)

    def _unedited(self, build: Build) -> Build:
        assert self.plain is not None
        return build_problem(self.plain, self.policy.terms())

    def _built(self, edited: Edited) -> Build:
        """The problem of an edited snapshot, with what is pinned (E1) and frozen (E2)."""
        build, soon = build_edited(edited), self._soon()
        return replace(build, problem=frozen(build.problem, soon["task_id"], soon["agent_id"]))

    def _soon(self) -> pl.DataFrame:
        """What to freeze, each agent's work in order.

        When nothing has changed, that is what was frozen and nothing else: it is the same problem.
        """
        plan = self.earlier.plan.sort("agent_id", "sequence")
        if self._untouched:
            return plan.filter(pl.col("task_id").is_in([task for task, _ in self.earlier.frozen]))
        length = parse_freeze(self.asked.freeze if self.asked.freeze is not None else self.policy.replan.freeze)
        return plan.filter((pl.col("start_at") < self._snapshot.as_of + length) & pl.lit(bool(length)))

    def _solve(self, problem: Problem, staging: Path | None) -> Outcome:
        prices, self.frozen = prices_of(self.earlier, problem, self._snapshot.as_of), self._frozen_pairs(problem)
        if self._untouched:
            self.replanned = self._as_it_was(problem, prices)
        if self.replanned is None:
            self.replanned = self._plan_again(problem, prices)
        return self.replanned.outcome

    def _movable(self, outcome: Outcome) -> NDArray[np.bool_] | None:
        """What does not stay where it was."""
        assert self.replanned is not None
        movable: NDArray[np.bool_] = self.replanned.stays != outcome.plan.agent
        return movable

    def _plan_again(self, problem: Problem, prices: Prices | None) -> Replanned:
        """The re-plan, and with what is left of the time the curve and the price tags."""
        limits, before = self.request.limits(problem.n_tasks), self._before(problem)
        more = bool(to_price(self.edits)) + 2 * self.asked.curve
        found = replan_problem(
            problem,
            before,
            limits.share(2 / (2 + more)),
            self._observe,
            prices=prices,
            stability=self.stability,
            most_changes=self.asked.max_changes,
        )
        if self.asked.curve:
            part = limits.share(2 / (1 + more))
            self.curve = price_of_calm(problem, before, part, self._observe, prices, found.outcome.plan)
        self.edits = with_price_tags(
            self.edits,
            problem,
            found,
            self._without,
            self._before,
            limits,
            stability=self.stability,
            most_changes=self.asked.max_changes,
        )
        return found

    def _without(self, edit: Edit) -> Problem:
        """The problem without one of the edits."""
        others = [other for other in self.edits if other.text != edit.text or other.kind != edit.kind]
        assert self.plain is not None
        return self._built(apply_edits(self.plain, self.policy.terms(), others)).problem

    @property
    def _snapshot(self) -> Snapshot:
        assert self.edited is not None
        return self.edited.snapshot

    @property
    def stability(self) -> int:
        """What a change must earn, in hundredths."""
        given = self.asked.min_gain
        if given is None:
            given = 0 if self.asked.max_changes is not None else self.policy.replan.stability
        points, share = parse_stability(given)
        return CALM_STEP * round((100 * points + share * self._typical_payoff()) / CALM_STEP)

    def _typical_payoff(self) -> int:
        """What a task of the earlier plan pays on average, in hundredths."""
        typical = self.earlier.plan["payoff"].mean() if self.earlier.plan.height else 0.0
        assert isinstance(typical, float)
        return max(0, round(100 * typical))

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
        plan = plan_of(self.earlier, problem, self._snapshot.as_of)
        if plan is None or not check(problem, plan).ok:
            return None
        bound, source = self.earlier.run["bound"], BoundSource(self.earlier.run["bound_source"])
        known = None if bound is None else round(bound * 100)
        if known is not None and known < evaluate(problem, plan).objective:
            return None  # somebody has changed the run since
        return kept_as_it_is(problem, plan, self.request.limits(problem.n_tasks), prices, known, source)

    @property
    def _untouched(self) -> bool:
        """Whether there is nothing to plan again."""
        return self.same and not self.asked.asks_for_change

    @staticmethod
    def _frozen_pairs(problem: Problem) -> list[tuple[str, str]]:
        """The frozen (task, agent) ids, each agent's in their order."""
        tasks = np.flatnonzero(problem.frozen)
        tasks = tasks[np.lexsort((problem.pinned_start[tasks], problem.pinned_agent[tasks]))]
        return [(problem.task_ids[int(i)], problem.agent_ids[int(problem.pinned_agent[i])]) for i in tasks]

    def _further_basis(self) -> list[object]:
        asked = self.asked
        edits = [(edit.subject(), edit.says()) for edit in self.edits]
        return [self.earlier.run["run_id"], edits, self.frozen, self.stability, asked.max_changes, asked.curve]

    def _more(self, build: Build, outcome: Outcome, evaluation: Evaluation) -> dict[str, Any]:
        assert self.replanned is not None
        problem, found = build.problem, self.replanned
        soon = set(self._soon()["task_id"])
        self.changes, self.change_messages = change_list(
            self._snapshot, build, self.earlier, found.kept, outcome.plan, evaluation, self.edits, soon
        )
        self.edits_made = what_counts(edits_to_json(self.edits, self.frozen))
        told = account(self.changes, found, evaluate(problem, found.kept).objective)
        return {
            "replan": {
                "from": self.earlier.run["run_id"],
                **told,
                "stability_points": self.stability / 100,
                "max_changes": self.asked.max_changes,
                "frozen": int(problem.frozen.sum()),
                "edits": [edit_in_run(edit) for edit in by_cost(self.edits)],
                "curve": curve_rows(self.curve),
            }
        }

    def _write_tables(self, staging: Path, result: Result) -> None:
        super()._write_tables(staging, result)
        assert self.changes is not None
        self.changes.write_parquet(staging / "changes.parquet")
        content = edits_to_json(self.edits, self.frozen)
        (staging / "edits.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if self.curve:
            pl.DataFrame(curve_rows(self.curve)).write_parquet(staging / "curve.parquet")
