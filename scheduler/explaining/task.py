"""Why a task is planned as it is, or why it is not planned, and what other choices would cost."""

from typing import Any

import numpy as np
import polars as pl

from data import AmbiguousNameError, People
from models import AllotError, Limits, PricedModes, earned_per_point, evaluate, modes_of, nearest
from reports import usable_bound
from scheduler.explaining.modes import Ways
from scheduler.explaining.moments import Units, points
from scheduler.explaining.past_run import PastRun
from scheduler.explaining.remedies import Changes
from scheduler.explaining.what_if import Choice, Comparison, Loss, Standpoint, compare

_MOST_OTHERS = 3
_ABOUT_THE_SAME = 1.0  # a hundredth of a point
_MOST_NAMED = 5
_MOST_COMPARED = 1000
_DESCRIBED = (
    "process",
    "tenant",
    "department",
    "segment",
    "channel",
    "value",
    "penalty",
    "minutes",
    "skills",
    "status",
)
_OUT_OF_THE_QUESTION = ("held", "final", "expired", "not_yet")
_TIMES = ("due_at", "not_before", "expires_at")


class UnknownNameError(AllotError):
    """There is no such task or agent in the run."""


def explain_task(past: PastRun, task_id: str, limits: Limits | None, agent_id: str | None = None) -> dict[str, Any]:
    """The explanation of a task, ready for JSON: times in ISO 8601, points, minutes.

    ``agent_id`` asks about one agent instead of the best others; without ``limits`` no other choice is tried.

    Raises:
        UnknownNameError: there is no such task in the snapshot, or no such agent.
    """
    asked = None if agent_id is None else agent_number(past, agent_id)
    told: dict[str, Any] = {
        "run_id": past.run_id,
        "unit": past.unit,
        "bound_refuted": past.is_refuted,
        "task_id": task_id,
    }
    rejected = past.snapshot.rejects.filter((pl.col("table") == "tasks") & (pl.col("id") == task_id))
    good = past.build.tasks.filter(pl.col("task_id") == task_id)
    if good.is_empty() and rejected.height:
        rows = rejected.select("row", "column", "rule", "message").to_dicts()
        return {**told, "state": "rejected", "rejects": rows, "messages": past.messages_of(rejected["message"])}
    if good.is_empty():
        raise UnknownNameError(_unknown("task", task_id, past.build.tasks["task_id"]))
    row = good.row(0, named=True)
    return told | _Inquiry(past, row, asked).answer(limits)


def agent_number(past: PastRun, agent_id: str) -> int:
    """The problem's number of an agent, by id or by a unique name.

    Raises:
        UnknownNameError: there is no such agent, or more than one.
    """
    try:
        known = People(past.build.agents.select("agent_id", "name").iter_rows()).id_of(agent_id)
    except AmbiguousNameError as error:
        raise UnknownNameError(str(error)) from error
    if known is None:
        raise UnknownNameError(_unknown("agent", agent_id, past.problem.agent_ids))
    return int((past.problem.agent_ids == known).arg_true()[0])


def _unknown(what: str, name: str, known: pl.Series) -> str:
    # of a million names only those that begin alike are worth comparing
    beginnings = (name[: max(1, len(name) - n)] for n in (1, 2, 3))
    alike = (known.filter(known.str.starts_with(beginning)).head(_MOST_COMPARED) for beginning in beginnings)
    names = next((some for some in alike if len(some)), known.head(_MOST_COMPARED))
    return f"there is no {what} '{name}' in the run's snapshot{nearest(name, names)}"


class _Inquiry:
    """One question about one good task."""

    def __init__(self, past: PastRun, row: dict[str, Any], asked: int | None) -> None:
        self._past, self._problem, self._row, self._asked = past, past.problem, row, asked
        self._units, self._ways = Units.of(past), Ways(past)
        self._task = -1 if row["index"] is None else int(row["index"])

    def answer(self, limits: Limits | None) -> dict[str, Any]:
        """The whole explanation."""
        told = self._described() | self._place()
        if self._task < 0 or told.get("reason") in _OUT_OF_THE_QUESTION or self._is_settled():
            return told | self._asked_in_vain(told.get("agent_id"))
        modes = modes_of(self._problem, self._past.prices, self._task)
        told |= {"people": self._people(modes), "best": self._best(modes)}
        if told["state"] == "unplanned":
            changes = Changes(self._past, self._task, self._row["skills"])
            told |= {
                "in_time": changes.of_time(modes),
                "skill": changes.of_people(),
                "change": changes.of_itself(modes),
            }
            told["full"] = self._full(modes) if told["reason"] == "no_places" else []
        if self._asked is not None:
            told["asked"] = self._standing(modes)
        return told if limits is None else told | self._tried(modes.in_time(), limits)

    def _described(self) -> dict[str, Any]:
        row = {name: self._row[name] for name in _DESCRIBED}
        row["edits"] = self._past.edits_of(task=self._row["task_id"])
        return row | {name: self._units.local(self._row[name]) for name in _TIMES}

    def _place(self) -> dict[str, Any]:
        """Where the plan has it, or the reason why not."""
        mine = pl.col("task_id") == self._row["task_id"]
        planned, unplanned = self._past.planned.filter(mine), self._past.unplanned.filter(mine)
        if planned.is_empty():
            told = unplanned.select("reason", "detail", "payoff").row(0, named=True)
            return {"state": "unplanned", **told, "messages": self._past.messages_of(unplanned["detail"])}
        row = planned.row(0, named=True)
        day = self._past.planned.filter(pl.col("agent_id") == row["agent_id"]).sort("sequence")["task_id"].to_list()
        at = row["sequence"] - 1
        names = ("sequence", "outcome", "payoff", "pinned")
        return {
            "state": "planned",
            **self._ways.person(agent_number(self._past, row["agent_id"])),
            **{name: row[name] for name in names},
            "pinned_by": self._pinned_by(),
            "planned_minutes": row["minutes"],
            "start_at": self._units.local(row["start_at"]),
            "end_at": self._units.local(row["end_at"]),
            "before": day[at - 1] if at else None,
            "after": day[at + 1] if at + 1 < len(day) else None,
            "of": len(day),
        }

    def _pinned_by(self) -> str | None:
        """What keeps it with its agent: that it is started (H7) or frozen (E2), or a planner's pin (E1)."""
        problem, task = self._problem, self._task
        if problem.pinned_agent[task] >= 0:
            return "frozen" if problem.frozen[task] else "started"
        return "pin" if problem.fixed_agent[task] >= 0 else None

    def _is_settled(self) -> bool:
        """Whether nothing is to be chosen about it: pinned work, and started work that no longer fits."""
        return not self._problem.free[self._task] or self._pinned_by() is not None

    def _people(self, modes: PricedModes) -> dict[str, int]:
        """How many could do it."""
        kind = self._problem.requirement[self._task]
        return {
            "skilled": int(np.diff(self._problem.eligibility.first)[kind]),
            "allowed": len(self._problem.allowed_agents(self._task)),
            "in_time": modes.count_in_time(),
        }

    def _best(self, modes: PricedModes) -> list[dict[str, Any]]:
        """Who would do it with most margin at the prices; whoever has it, or is asked about, is always there."""
        each = modes.in_time().best_of_each_agent()
        holder = int(self._past.plan.agent[self._task])
        rows = [k for k in range(len(each)) if k < _MOST_OTHERS or each.agent[k] in (holder, self._asked)]
        better = np.searchsorted(-each.margin, -each.margin - _ABOUT_THE_SAME)
        return [{"rank": int(better[k]) + 1, **self._ways.told(each, k)} for k in rows]

    def _full(self, modes: PricedModes) -> list[dict[str, Any]]:
        """Who could do it and gain by it, were it not for as many tasks as they may have."""
        gaining = modes.in_time()
        agents = np.unique(gaining.agent[gaining.gain > 0])[:_MOST_NAMED]
        return [{**self._ways.person(int(a)), "max_tasks": int(self._problem.max_tasks[a])} for a in agents]

    def _standing(self, modes: PricedModes) -> dict[str, Any]:
        """Whether the agent who is asked about could do it, and if not, why."""
        agent, changes = self._asked, Changes(self._past, self._task, self._row["skills"])
        assert agent is not None
        mine = modes.rows(modes.agent == agent)
        lacks = changes.lacks_of(agent)
        return {
            **self._ways.person(agent),
            "lacks": lacks,
            "excluded": not lacks and not len(mine),
            "minutes_short": self._units.minutes(mine.short.min()) if len(mine) else None,
            "full": not self._has_room(agent),
            "settled": False,
        }

    def _asked_in_vain(self, holder: str | None) -> dict[str, Any]:
        """That nothing is to be chosen, whoever is asked about but the one who has it."""
        if self._asked is None or self._problem.agent_ids[self._asked] == holder:
            return {}
        nothing = {"lacks": "", "excluded": False, "minutes_short": None, "full": False}
        return {"asked": {**self._ways.person(self._asked), **nothing, "settled": True}}

    def _choices(self, modes: PricedModes) -> list[Choice]:
        """What is to be tried: the agent asked about or the best others, and the opposite of what the plan does."""
        holder = int(self._past.plan.agent[self._task])
        others = [int(a) for a in modes.best_of_each_agent().agent if a != holder and self._has_room(int(a))]
        if self._asked is not None:
            others = [a for a in others if a == self._asked]
        left = [Choice(done=False)] if holder >= 0 else [Choice(done=True)] if others else []
        return [Choice(done=True, agent=a) for a in others[:_MOST_OTHERS]] + left

    def _has_room(self, agent: int) -> bool:
        """Whether the agent may have any task besides started work (H9)."""
        return bool(self._problem.max_tasks[agent] > self._problem.pinned_count[agent])

    def _tried(self, modes: PricedModes, limits: Limits) -> dict[str, Any]:
        """What each choice would cost the whole plan."""
        choices, past = self._choices(modes), self._past
        if not choices:
            return {"alternatives": [], "replanned": None}
        at = Standpoint(problem=past.problem, plan=past.plan, prices=past.prices, bound=past.bound)
        found = compare(at, self._task, choices, limits)
        better = found.objective - past.evaluation.objective
        refuted = past.is_refuted or (found.bound is not None and usable_bound(found.bound, found.objective) is None)
        replanned = {
            "whole": found.whole,
            "objective": points(found.objective),
            "better_by": points(better),
            "bound": points(usable_bound(found.bound, found.objective)),
        }
        alternatives = [self._told(loss, found) for loss in found.losses]
        if refuted:
            nothing = {"at_least": 0.0, "at_most": None, "proved": False, "value_enough": None}
            alternatives = [told | {key: nothing[key] for key in nothing if key in told} for told in alternatives]
        return {"alternatives": alternatives, "replanned": replanned, "bound_refuted": refuted}

    def _told(self, loss: Loss, found: Comparison) -> dict[str, Any]:
        """A choice with what it loses, and what of other work is left for it."""
        before, after = found.plan.agent, loss.plan.agent
        others = np.arange(len(before)) != self._task
        left = np.flatnonzero((before >= 0) & (after < 0) & others)
        moved = np.flatnonzero((before >= 0) & (after >= 0) & (before != after) & others)
        agent = int(after[self._task])
        needed = self._value_for(loss) if loss.choice.done and loss.choice.agent is None else {}
        return {
            "choice": "agent" if loss.choice.agent is not None else "anybody" if loss.choice.done else "nobody",
            **(self._ways.person(agent) if agent >= 0 else {"agent_id": None, "name": None}),
            "loses": points(loss.amount),
            "at_least": points(loss.least),
            "at_most": points(loss.most),
            "proved": loss.least == loss.most,
            "left_out": self._problem.task_ids.gather(left[:_MOST_NAMED]).to_list(),
            "left_out_count": len(left),
            "moved_count": len(moved),
            **needed,
        }

    def _value_for(self, loss: Loss) -> dict[str, Any]:
        """The value at which doing the task as in the plan found would lose nothing, and at which that is proved."""
        result = evaluate(self._problem, loss.plan)
        row = result.tasks == self._task
        earned = float(earned_per_point(self._problem, result.tasks[row], result.agents[row], result.step[row])[0])
        value = self._row["value"]
        if earned <= 0:
            return {"value_needed": None, "value_enough": None}
        enough = None if loss.most is None else round(value + loss.most / 100 / earned, 2)
        return {"value_needed": round(value + loss.amount / 100 / earned, 2), "value_enough": enough}
