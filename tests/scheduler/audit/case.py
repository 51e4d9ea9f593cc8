"""Small snapshots, and honest runs of them by a reference that spells the contract out, grain by grain.

Slow, plain and with fractions throughout: what the audit derives with arrays is done here with loops, so that
the two can be compared. It plans what it is told to and fills in every figure a run must have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

import polars as pl

from data import Snapshot, read_snapshot
from tests.contract import DESCRIPTIVE, plan_schema, unplanned_schema

AS_OF = "2026-03-02T08:00:00+00:00"  # a Monday

COLUMNS = {
    "tasks": (
        *("task_id", "process", "tenant", "department", "segment", "channel", "created_at", "due_at"),
        *("not_before", "expires_at", "value", "penalty", "minutes", "skills", "status", "agent_id"),
        "requested_agent",
    ),
    "processes": (
        *("process", "department", "tenant", "channel", "minutes", "sla_minutes", "value", "penalty"),
        "skills",
    ),
    "agents": ("agent_id", "cost_per_hour", "max_utilization", "max_tasks"),
    "agent_skills": ("agent_id", "skill", "level", "efficiency"),
    "shifts": ("agent_id", "start", "end", "kind"),
    "pairs": ("task_id", "agent_id", "allowed", "minutes", "bonus"),
}

PLAN, UNPLANNED = plan_schema("UTC"), unplanned_schema("UTC")

Row = Mapping[str, Any]
Lists = Mapping[str, Sequence[str]]
"""Tasks per agent, in the order they are done."""


def at(minutes: float) -> str:
    """The moment so many minutes after ``as_of``."""
    return (datetime.fromisoformat(AS_OF) + timedelta(minutes=minutes)).isoformat()


def snapshot_of(
    tasks: Sequence[Row],
    agents: Sequence[Row] = ({"agent_id": "ann"},),
    *,
    shifts: Sequence[Row] | None = None,
    processes: Sequence[Row] = ({"process": "p", "minutes": 30},),
    agent_skills: Sequence[Row] = (),
    pairs: Sequence[Row] = (),
    as_of: str = AS_OF,
    horizon: str = "4h",
    timezone: str = "UTC",
) -> Snapshot:
    """A snapshot; tasks are of process ``p`` unless they say otherwise, agents work throughout."""
    if shifts is None:
        shifts = [{"agent_id": a["agent_id"], "start": at(-60), "end": at(6000)} for a in agents]
    tables = {
        "tasks": [{"process": "p", **task} for task in tasks],
        "processes": processes,
        "agents": agents,
        "agent_skills": agent_skills,
        "shifts": shifts,
        "pairs": pairs,
    }
    frames: dict[str, Any] = {name: _frame(name, rows) for name, rows in tables.items()}
    frames["snapshot"] = {"as_of": as_of, "horizon": horizon, "timezone": timezone}
    return read_snapshot(frames, allow_empty=True)


def _frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    columns = dict.fromkeys([*COLUMNS[name], *(key for row in rows for key in row)])
    return pl.DataFrame(
        {c: [None if row.get(c) is None else str(row[c]) for row in rows] for c in columns},
        schema=dict.fromkeys(columns, pl.String),
    )


@dataclass
class Run:
    """The files of a run in memory, to be tampered with."""

    run: dict[str, Any]
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    certificate: pl.DataFrame | None = None
    of_tasks: pl.DataFrame | None = None

    def with_plan(self, task: str, **values: Any) -> "Run":
        """The run with other values in the plan row of a task."""
        return replace(self, plan=_set(self.plan, task, values))

    def with_unplanned(self, task: str, **values: Any) -> "Run":
        """The run with other values in the unplanned row of a task."""
        return replace(self, unplanned=_set(self.unplanned, task, values))

    def with_run(self, **values: Any) -> "Run":
        """The run with other values in ``run.json``."""
        return replace(self, run={**self.run, **values})


def _set(frame: pl.DataFrame, task: str, values: Mapping[str, Any]) -> pl.DataFrame:
    here = pl.col("task_id") == task
    return frame.with_columns(
        pl.when(here).then(pl.lit(value, dtype=frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )


def exact(number: float | None) -> Fraction:
    return Fraction(repr(number))


@dataclass
class Reference:
    """The contract's sections 3 to 6 for one snapshot and policy, as plainly as can be."""

    snapshot: Snapshot
    policy: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        snapshot = self.snapshot
        self.grain = int(str(self.policy.get("time", {}).get("grain", "60s")).removesuffix("s"))
        self.grains = (snapshot.horizon_end - snapshot.as_of) // timedelta(seconds=self.grain)
        self.hard = self.policy.get("sla") == "hard"
        processes = {row["process"]: row for row in snapshot.processes.iter_rows(named=True)}
        self.tasks = {
            row["task_id"]: self._resolved(row, processes[row["process"]])
            for row in snapshot.tasks.iter_rows(named=True)
        }
        self.agents = {row["agent_id"]: row for row in snapshot.agents.iter_rows(named=True)}
        self.pairs = {(r["task_id"], r["agent_id"]): r for r in snapshot.pairs.iter_rows(named=True)}
        self.skills: dict[str, dict[str, tuple[int, float]]] = {agent: {} for agent in self.agents}
        for row in snapshot.agent_skills.iter_rows(named=True):
            self.skills[row["agent_id"]][row["skill"]] = (row["level"], row["efficiency"])
        self._worked: dict[str, int] = {}
        self.clock = {agent: self._clock(agent) for agent in self.agents}
        self.pins = self._pins()

    def payoff_number(self, key: str, default: str) -> Fraction:
        value = self.policy.get("payoff", {}).get(key)
        return Fraction(default) if value is None else exact(value)

    def _resolved(self, row: dict[str, Any], process: dict[str, Any]) -> dict[str, Any]:
        full = dict(row)
        for key in ("tenant", "department", "channel", "minutes", "value", "penalty", "skills"):
            if full[key] is None:
                full[key] = process[key]
        if full["value"] is None:
            full["value"] = float(self.payoff_number("default_value", "1"))
        if full["penalty"] is None:
            full["penalty"] = 0.0
        if full["due_at"] is None and full["created_at"] and process["sla_minutes"] is not None:
            full["due_at"] = full["created_at"] + timedelta(minutes=process["sla_minutes"])
        return full

    # section 3

    def _clock(self, agent: str) -> list[int]:
        """c(0), c(1), .. c(horizon)."""
        shifts = self.snapshot.shifts.filter(pl.col("agent_id") == agent).sort("start")
        work = [(r["start"], r["end"]) for r in shifts.iter_rows(named=True) if r["kind"] == "work"]
        away = [(r["start"], r["end"]) for r in shifts.iter_rows(named=True) if r["kind"] != "work"]
        share, worked, clock = exact(self.agents[agent]["max_utilization"]), 0, [0]
        for grain in range(self.grains):
            start, end = self.moment(grain), self.moment(grain + 1)
            reached = start
            for opens, closes in work:
                if opens <= reached < closes:
                    reached = closes
            worked += reached >= end and not any(opens < end and closes > start for opens, closes in away)
            clock.append(floor(share * worked))
        self._worked[agent] = worked
        return clock

    def moment(self, grain: int) -> datetime:
        return self.snapshot.as_of + timedelta(seconds=self.grain * grain)

    def capacity(self, agent: str, moment: datetime | None, *, up: bool = False) -> int:
        """c at a moment, rounded down to a grain or up; without a moment at the horizon."""
        if moment is None:
            return self.clock[agent][-1]
        grains = Fraction((moment - self.snapshot.as_of) // timedelta(microseconds=1), self.grain * 10**6)
        return self.clock[agent][min(max(ceil(grains) if up else floor(grains), 0), self.grains)]

    def efficiency(self, task: str, agent: str, missing: float | None = None) -> float | None:
        """The efficiency of H2; None when the agent may not, or ``missing`` for every clause it lacks."""
        best = []
        text = self.tasks[task]["skills"]
        for clause in text.split(";") if text else []:
            able = []
            for alternative in clause.split("|"):
                skill, _, level = alternative.partition(">=")
                has, efficiency = self.skills[agent].get(skill, (0, 0.0))
                if has >= int(level or 1):
                    able.append(efficiency)
            if not able and missing is None:
                return None
            best.append(max(able, default=missing))
        return min(best, default=1.0)

    def duration(self, task: str, agent: str, efficiency: float) -> int:
        minutes = self.pairs.get((task, agent), {}).get("minutes")
        rate = exact(efficiency) if minutes is None else Fraction(1)
        worth = exact(self.tasks[task]["minutes"] if minutes is None else minutes)
        return max(1, ceil(60 * worth / (rate * self.grain)))

    def allowed(self, task: str, agent: str) -> bool:
        return self.efficiency(task, agent) is not None and self.pairs.get((task, agent), {}).get("allowed", True)

    def _pins(self) -> dict[str, tuple[str, int, int] | None]:
        """H7: agent, start and duration of the work in progress, None where it does not fit."""
        found = [t for t in self.tasks.values() if t["status"] == "in_progress" and t["agent_id"]]
        never = datetime.max.replace(tzinfo=UTC)
        found.sort(key=lambda t: (t["due_at"] or never, t["task_id"]))
        taken = dict.fromkeys(self.agents, 0)
        pins: dict[str, tuple[str, int, int] | None] = {}
        for row in found:
            task, agent = row["task_id"], row["agent_id"]
            grains = self.duration(task, agent, self.efficiency(task, agent, missing=1.0) or 1.0)
            fits = taken[agent] + grains <= self.clock[agent][-1]
            pins[task] = (agent, taken[agent], grains) if fits else None
            taken[agent] += grains if fits else 0
        self.load = taken
        return pins

    # section 5

    def plannable(self, task: str) -> bool:
        return self.tasks[task]["status"] not in ("held", "errorheld", "completed", "canceled", "rejected")

    def late(self, task: str, agent: str, end: int) -> bool:
        due = self.tasks[task]["due_at"]
        return due is not None and end > self.capacity(agent, due)

    def planned_payoff(self, task: str, agent: str, late: bool, grains: int) -> int:
        row, as_of = self.tasks[task], self.snapshot.as_of
        value = exact(row["value"])
        for key, weights in self.policy.get("weights", {}).items():
            value *= exact(weights.get(row[key], 1))
        worth = value
        if late:
            days = Fraction((as_of - row["due_at"]) // timedelta(microseconds=1), 86400 * 10**6)
            ageing = min(
                self.payoff_number("ageing_cap", "3"),
                1 + self.payoff_number("ageing_per_day", "0.1") * max(days, Fraction(0)),
            )
            worth = value * self.payoff_number("late_share", "0.5") * (ageing if days >= 0 else 1)
            worth -= exact(row["penalty"]) if days < 0 else 0
        worth += exact(self.pairs.get((task, agent), {}).get("bonus") or 0)
        if row["requested_agent"] == agent:
            worth += value * self.payoff_number("requested_agent_share", "0.1")
        hours = Fraction(grains * self.grain, 3600)
        worth -= self.payoff_number("cost_weight", "0") * exact(self.agents[agent]["cost_per_hour"]) * hours
        return round(100 * worth)

    def unplanned_payoff(self, task: str) -> int:
        row, snapshot = self.tasks[task], self.snapshot
        due = row["due_at"]
        fined = due is not None and snapshot.as_of < due <= snapshot.horizon_end and self.plannable(task)
        return -round(100 * exact(row["penalty"])) if fined else 0

    # section 6

    def steps(self, task: str) -> Iterator[tuple[bool, list[datetime | None]]]:
        """The outcomes a free task may have: whether late, and the moments it must be finished by."""
        row = self.tasks[task]
        overdue = row["due_at"] is not None and row["due_at"] <= self.snapshot.as_of
        if not overdue:
            yield False, [row["due_at"], row["expires_at"]]
        if row["due_at"] is not None and (overdue or not self.hard):
            yield True, [row["expires_at"]]

    def possible(self, task: str, agent: str, moments: Sequence[datetime | None]) -> bool:
        row, efficiency = self.tasks[task], self.efficiency(task, agent)
        if efficiency is None or not self.allowed(task, agent):
            return False
        begin = self.capacity(agent, row["not_before"], up=True) if row["not_before"] else 0
        end = max(self.load[agent], begin) + self.duration(task, agent, efficiency)
        return all(end <= self.capacity(agent, moment) for moment in [None, *moments])

    def grain_of(self, moments: Sequence[datetime | None]) -> int:
        """The grain of the earliest of the moments and the horizon."""
        elapsed = [(m - self.snapshot.as_of).total_seconds() // self.grain for m in moments if m]
        return int(min(max(min([self.grains, *elapsed]), 0), self.grains))

    def reason(self, task: str, have: Mapping[str, int]) -> str:
        """The reason of a task that is not planned, when agents ``have`` so many tasks in the plan."""
        row, snapshot = self.tasks[task], self.snapshot
        if row["status"] in ("held", "errorheld"):
            return "held"
        if not self.plannable(task):
            return "final"
        if task in self.pins:
            return "no_time"
        if row["expires_at"] is not None and row["expires_at"] <= snapshot.as_of:
            return "expired"
        if row["not_before"] is not None and row["not_before"] >= snapshot.horizon_end:
            return "not_yet"
        able = [agent for agent in self.agents if self.allowed(task, agent)]
        if not able:
            return "no_skill"
        steps = [(agent, late, moments) for agent in able for late, moments in self.steps(task)]
        paying = [(agent, moments) for agent, late, moments in steps if self.pays(task, agent, late)]
        if not paying:
            return "no_gain"
        could = {agent for agent, moments in paying if self.possible(task, agent, moments)}
        if not could:
            return "no_time"
        limits = {agent: self.agents[agent]["max_tasks"] for agent in could}
        return "no_places" if all(m is not None and have.get(a, 0) >= m for a, m in limits.items()) else "outbid"

    def pays(self, task: str, agent: str, late: bool) -> bool:
        """Whether a step pays more than leaving the task, possible or not."""
        efficiency = self.efficiency(task, agent)
        assert efficiency is not None
        grains = self.duration(task, agent, efficiency)
        return self.planned_payoff(task, agent, late, grains) > self.unplanned_payoff(task)

    def last_useful(self, task: str, agent: str) -> int:
        """The latest place on the agent's clock at which the free task may end."""
        return max(min(self.capacity(agent, m) for m in [None, *moments]) for _, moments in self.steps(task))

    def place(self, lists: Lists, idle: Mapping[str, int]) -> dict[str, list[tuple[str, int, int]]]:
        """Task, start and duration per agent: the pins, then the listed tasks where legal.

        Each starts as early as it may, or ``idle`` grains later; what cannot be done then is left out.
        """
        placed: dict[str, list[tuple[str, int, int]]] = {agent: [] for agent in self.agents}
        for task, pin in self.pins.items():
            if pin:
                placed[pin[0]].append((task, pin[1], pin[2]))
        done = {*self.pins, *(task for task in self.tasks if not self.plannable(task))}
        for agent, tasks in lists.items():
            limit = self.agents[agent]["max_tasks"]
            for task in tasks:
                room = limit is None or len(placed[agent]) < limit
                if task in done or not room or not self.allowed(task, agent):
                    continue
                begin = max([0, *(start + grains for _, start, grains in placed[agent])])
                if self.tasks[task]["not_before"]:
                    begin = max(begin, self.capacity(agent, self.tasks[task]["not_before"], up=True))
                begin += idle.get(task, 0)
                grains = self.duration(task, agent, self.efficiency(task, agent) or 1.0)
                if begin + grains <= self.last_useful(task, agent):
                    placed[agent].append((task, begin, grains))
                    done.add(task)
        return placed

    def run(self, lists: Lists | None = None, idle: Mapping[str, int] | None = None) -> Run:
        """An honest run with the listed tasks planned, without a bound."""
        placed = self.place(lists or {}, idle or {})
        planned = [
            self._plan_row(agent, sequence, *work)
            for agent, works in placed.items()
            for sequence, work in enumerate(works, start=1)
        ]
        here = {row["task_id"] for row in planned}
        have = {agent: len(works) for agent, works in placed.items()}
        left = [self._unplanned_row(task, have) for task in self.tasks if task not in here]
        return Run(
            run=self._figures(planned, left),
            plan=self._file(planned, PLAN),
            unplanned=self._file(left, UNPLANNED),
            rejects=self.snapshot.rejects,
        )

    def _plan_row(self, agent: str, sequence: int, task: str, start: int, grains: int) -> dict[str, Any]:
        clock = self.clock[agent]
        late = self.late(task, agent, start + grains)
        return {
            "task_id": task,
            "agent_id": agent,
            "sequence": sequence,
            "start_at": self.moment(max(t for t in range(self.grains + 1) if clock[t] <= start)),
            "end_at": self.moment(min(t for t in range(self.grains + 1) if clock[t] >= start + grains)),
            "minutes": grains * self.grain / 60,
            "outcome": "late" if late else "on_time",
            "payoff": self.planned_payoff(task, agent, late, grains) / 100,
            "pinned": task in self.pins,
            **self._described(task),
        }

    def _unplanned_row(self, task: str, have: Mapping[str, int]) -> dict[str, Any]:
        return {
            "task_id": task,
            "reason": self.reason(task, have),
            "detail": "",
            "payoff": self.unplanned_payoff(task) / 100,
            **self._described(task),
        }

    def _described(self, task: str) -> dict[str, Any]:
        row = self.tasks[task]
        known = {*COLUMNS["tasks"], "row"}
        passed = {c if c not in {*PLAN, *UNPLANNED} else f"x_{c}": row[c] for c in row if c not in known}
        return {c: row[c] for c in ("due_at", *DESCRIPTIVE)} | passed

    def _file(self, rows: Sequence[Row], schema: Mapping[str, Any]) -> pl.DataFrame:
        passed = [c for task in list(self.tasks)[:1] for c in self._described(task) if c not in schema]
        frame = pl.DataFrame(rows, schema={**schema, **dict.fromkeys(passed, pl.String)})
        zone = self.snapshot.timezone
        return frame.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone))

    def _figures(self, planned: Sequence[Row], left: Sequence[Row]) -> dict[str, Any]:
        snapshot, minute = self.snapshot, Fraction(self.grain, 60)
        late = sum(row["outcome"] == "late" for row in planned)
        worked = sum(self._worked.values())
        charged = sum(exact(row["minutes"]) for row in planned)
        return {
            "schema_version": 1,
            "as_of": snapshot.as_of.isoformat(),
            "horizon_end": snapshot.horizon_end.isoformat(),
            "timezone": snapshot.timezone,
            "proof": "none",
            "objective": round(sum(exact(row["payoff"]) for row in (*planned, *left)) * 100) / 100,
            "bound": None,
            "gap": None,
            "gain_gap": None,
            "empty_objective": sum(self.unplanned_payoff(task) for task in self.tasks) / 100,
            "counts": {
                "tasks": snapshot.rows_read["tasks"],
                "rejected": snapshot.rejects.filter(pl.col("table") == "tasks").height,
                "plannable": sum(self.plannable(task) for task in self.tasks),
                "planned": len(planned),
                "on_time": len(planned) - late,
                "late": late,
                "unplanned": len(left),
            },
            "agents": {
                "working_minutes": float(worked * minute),
                "capacity_minutes": float(sum(clock[-1] for clock in self.clock.values()) * minute),
                "planned_minutes": float(charged),
                "utilization": float(charged / (worked * minute)) if worked else 0.0,
            },
            "policy": self.policy,
            "inputs": dict(snapshot.inputs),
        }

    def with_bound(self, run: Run, hundredths: int, proof: str = "gap") -> Run:
        """The run with a bound and the gaps that follow."""
        above = hundredths - round(run.run["objective"] * 100)
        gain = hundredths - round(run.run["empty_objective"] * 100)
        gaps = {"gap": above / max(abs(hundredths), 1e-7), "gain_gap": above / gain if gain else None}
        return run.with_run(bound=hundredths / 100, proof=proof, **gaps)
