"""The plan near the earlier one, and with what is left of the time the cost of stability and of edits."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl

from data import Build
from models import STABILITY_STEP, BoundSource, Executor, Limits, Observer, Prices, Problem, check, evaluate
from models.engines import CurvePoint, Earlier, Replanned, cost_of_stability, kept_as_it_is
from models.engines import replan as replan_problem
from scheduler.edits import Edit, Edited, apply_edits
from scheduler.replanning.earlier import EarlierRun, numbers_of, plan_of, prices_of, with_new_tasks
from scheduler.replanning.edited import build_edited, frozen
from scheduler.replanning.price_tags import to_price, with_price_tags
from scheduler.replanning.read import ReplanInput, is_untouched
from scheduler.replanning.request import ReplanRequest
from scheduler.run.policy import Policy, parse_stability


@dataclass(frozen=True, kw_only=True)
class NearProblem:
    """A problem with the plan that a re-plan of it stays near.

    ``build`` has what is pinned (E1) and frozen (E2) in it; ``soon`` are the rows of the earlier plan that were to be
    frozen. ``stability`` is what a change must earn, in hundredths.
    """

    request: ReplanRequest
    policy: Policy
    earlier: EarlierRun
    read: ReplanInput
    soon: pl.DataFrame
    build: Build
    stability: int

    @property
    def frozen(self) -> tuple[tuple[str, str], ...]:
        """The frozen (task, agent) ids, each agent's in their order."""
        problem = self.build.problem
        tasks = np.flatnonzero(problem.frozen)
        tasks = tasks[np.lexsort((problem.pinned_start[tasks], problem.pinned_agent[tasks]))]
        pairs = ((int(i), int(problem.pinned_agent[i])) for i in tasks)
        return tuple((problem.task_ids[i], problem.agent_ids[a]) for i, a in pairs)


@dataclass(frozen=True, kw_only=True)
class NearPlan:
    """What planning again comes to: the plan, the edits with what each costs, and the points of the curve."""

    found: Replanned
    edits: tuple[Edit, ...]
    curve: tuple[CurvePoint, ...] = ()


def build_near(edited: Edited, soon: pl.DataFrame) -> Build:
    """The problem of an edited snapshot, with what is pinned (E1) and frozen (E2)."""
    build = build_edited(edited)
    return replace(build, problem=frozen(build.problem, soon["task_id"], soon["agent_id"]))


def stability_of(request: ReplanRequest, policy: Policy, earlier: EarlierRun) -> int:
    """What a change must earn, in hundredths."""
    given = request.min_gain
    if given is None:
        given = 0 if request.max_changes is not None else policy.replan.stability
    points, share = parse_stability(given)
    return STABILITY_STEP * round((100 * points + share * _typical_payoff(earlier)) / STABILITY_STEP)


def _typical_payoff(earlier: EarlierRun) -> int:
    """What a task of the earlier plan pays on average, in hundredths."""
    typical = earlier.plan["payoff"].mean() if earlier.plan.height else 0.0
    return max(0, round(100 * typical)) if isinstance(typical, float) else 0


def solve_near(near: NearProblem, executor: Executor, observer: Observer) -> NearPlan:
    """The plan near the earlier one; where nothing has changed, the earlier one itself."""
    problem = near.build.problem
    limits = near.request.limits(problem.n_tasks, executor)
    prices = prices_of(near.earlier, problem, near.read.snapshot.as_of)
    if is_untouched(near.request, near.read):
        found = _as_it_was(near, problem, limits, prices)
        if found is not None:
            return NearPlan(found=found, edits=near.read.edits)
    if prices is not None:
        prices = with_new_tasks(prices, near.earlier, problem)
    return _plan_again(near, problem, limits, prices, observer)


def _as_it_was(near: NearProblem, problem: Problem, limits: Limits, prices: Prices | None) -> Replanned | None:
    """The earlier plan, to the minute, if it keeps the rules of the problem."""
    earlier = near.earlier
    plan = plan_of(earlier, problem, near.read.snapshot.as_of)
    if plan is None or not check(problem, plan).ok:
        return None
    known = None if earlier.run.bound is None else round(earlier.run.bound * 100)
    if known is not None and known < evaluate(problem, plan).objective:
        return None  # somebody has changed the run since
    return kept_as_it_is(problem, plan, limits, prices, known, BoundSource(earlier.run.bound_source))


def _plan_again(
    near: NearProblem, problem: Problem, limits: Limits, prices: Prices | None, observer: Observer
) -> NearPlan:
    """The re-plan, and with what is left of the time the curve and the price tags."""
    request, edits, before = near.request, near.read.edits, before_in(near.earlier, problem)
    more = bool(to_price(edits)) + 2 * request.curve
    part = limits.share(2 / (2 + more))
    found = replan_problem(
        problem, before, part, observer, prices=prices, stability=near.stability, most_changes=request.max_changes
    )
    curve: tuple[CurvePoint, ...] = ()
    if request.curve:
        part = limits.share(2 / (1 + more))
        curve = tuple(cost_of_stability(problem, before, part, observer, prices, found.outcome.plan))
    tagged = with_price_tags(
        edits,
        problem,
        found,
        partial(_without, near),
        partial(before_in, near.earlier),
        limits,
        stability=near.stability,
        most_changes=request.max_changes,
    )
    return NearPlan(found=found, edits=tuple(tagged), curve=curve)


def _without(near: NearProblem, edit: Edit) -> Problem:
    """The problem without one of the edits."""
    others = [other for other in near.read.edits if other.text != edit.text or other.kind != edit.kind]
    return build_near(apply_edits(near.read.plain, near.policy.terms(), others), near.soon).problem


def before_in(earlier: EarlierRun, problem: Problem) -> Earlier:
    """The earlier plan in the problem's numbers."""
    rows = earlier.plan
    numbers = numbers_of(problem, rows["task_id"], rows["agent_id"])
    known = numbers.with_columns(order=rows["sequence"], timely=rows["outcome"] == "on_time").drop_nulls()
    agent = np.full(problem.n_tasks, -1, np.int32)
    order, timely = np.zeros(problem.n_tasks, np.int64), np.zeros(problem.n_tasks, np.bool_)
    tasks = known["task"].to_numpy()
    agent[tasks], order[tasks], timely[tasks] = known["agent"], known["order"], known["timely"]
    return Earlier(agent=agent, order=order, timely=timely)
