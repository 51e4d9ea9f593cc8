"""Every key figure of a run, worked out again task by task from its files and its snapshot."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl
import pytest

from data import read_snapshot, write_sample
from models import MEASURES, PEOPLE_LEVELS, TASK_LEVELS, Reason
from scheduler import plan
from scheduler.audit.facts import Facts, derive
from tests.data.small import SETTINGS, frames

POLICY = {
    "weights": {"tenant": {"aurelia": 2.5}, "segment": {"gold": 1.5, "platinum": 3}},
    "report": {"unit": "EUR", "target_utilization": [0.5, 0.8], "warning_margin": "1h"},
}
Figures = dict[tuple[str, str, str], float]


@dataclass
class Task:
    """A task with what became of it."""

    row: dict[str, Any]
    status: str
    created: datetime | None
    standard: float
    skills: set[str]
    weight: float
    could: bool
    now: datetime
    end: datetime

    @property
    def planned(self) -> bool:
        return "agent_id" in self.row

    @property
    def open(self) -> bool:
        return self.status not in ("held", "errorheld", "completed", "canceled", "rejected")

    @property
    def left(self) -> bool:
        return self.open and not self.planned

    @property
    def on_time(self) -> bool:
        return self.row.get("outcome") == "on_time"

    @property
    def late(self) -> bool:
        return self.row.get("outcome") == "late"

    @property
    def overdue(self) -> bool:
        return self.row["due_at"] is not None and self.row["due_at"] <= self.now

    @property
    def sla(self) -> bool:
        return self.open and self.row["due_at"] is not None and self.now < self.row["due_at"] <= self.end

    @property
    def fine(self) -> float:
        late = self.row["penalty"] if self.late and not self.overdue else 0.0
        return late if self.planned else -self.row["payoff"]

    @property
    def spare(self) -> timedelta:
        length: timedelta = self.row["due_at"] - self.row["end_at"]
        return length

    def since_created(self, column: str) -> float:
        return minutes(self.row[column] - self.created) if self.planned and self.created else 0.0

    def age(self, moment: datetime | None, low: float, high: float) -> bool:
        if moment is None:
            return False
        return timedelta(days=low) <= max(self.now - moment, timedelta(0)) < timedelta(days=high)


def minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


DONE: dict[str, Callable[[Task], float]] = {
    "planned": lambda t: t.planned,
    "on_time": lambda t: t.on_time,
    "at_risk": lambda t: t.on_time and t.row["due_at"] is not None and t.spare <= timedelta(hours=1),
    "late": lambda t: t.late,
    "late_overdue": lambda t: t.late and t.overdue,
    "late_unavoidable": lambda t: t.late and not t.could,
    "late_chosen": lambda t: t.late and t.could,
    "value_planned": lambda t: t.planned * t.row["value"] * t.weight,
    "payoff_planned": lambda t: t.planned * t.row["payoff"],
    "fines_late": lambda t: t.late * t.fine,
    "start_sum": lambda t: minutes(t.row["start_at"] - t.now) if t.planned else 0.0,
    "overdue_wait_sum": lambda t: minutes(t.row["end_at"] - t.now) if t.late and t.overdue else 0.0,
    "finish_sum": lambda t: minutes(t.row["end_at"] - t.now) if t.planned else 0.0,
    "wait_tasks": lambda t: t.planned and t.created is not None,
    "wait_sum": lambda t: t.since_created("start_at"),
    "turnaround_sum": lambda t: t.since_created("end_at"),
    "sla_met": lambda t: t.sla and t.on_time,
    "sla_planned": lambda t: t.sla and t.planned,
}
BANDS = {"0_1d": (0, 1), "1_3d": (1, 3), "3_7d": (3, 7), "7_30d": (7, 30), "30d_up": (30, 99_999)}


def because(reason: str) -> Callable[[Task], float]:
    return lambda t: t.row.get("reason") == reason


def created_within(low: float, high: float, when: str) -> Callable[[Task], float]:
    return lambda t: getattr(t, when) and t.age(t.created, low, high)


def overdue_by(low: float, high: float, when: str) -> Callable[[Task], float]:
    return lambda t: getattr(t, when) and t.overdue and t.age(t.row["due_at"], low, high)


def ahead(when: str) -> Callable[[Task], float]:
    return lambda t: getattr(t, when) and t.row["due_at"] is not None and not t.overdue


def unknown(when: str, due: bool) -> Callable[[Task], float]:
    return lambda t: getattr(t, when) and (t.row["due_at"] if due else t.created) is None


BEFORE_AFTER = (("before", "open"), ("after", "left"))

ALL: dict[str, Callable[[Task], float]] = {
    **DONE,
    "tasks": lambda t: 1,
    "plannable": lambda t: t.open,
    "unplanned": lambda t: not t.planned,
    **{f"unplanned_{reason.value}": because(reason.value) for reason in Reason},
    "sla_due": lambda t: t.sla,
    "sla_missed": lambda t: t.sla and not t.on_time,
    "sla_missed_unavoidable": lambda t: t.sla and not t.on_time and not t.could,
    "value_open": lambda t: t.open * t.row["value"] * t.weight,
    "payoff_unplanned": lambda t: (not t.planned) * t.row["payoff"],
    "payoff": lambda t: t.row["payoff"],
    "fines_unplanned": lambda t: (not t.planned) * t.fine,
    "fines": lambda t: t.fine,
    "fines_unavoidable": lambda t: (not t.could) * t.fine,
    "minutes_open": lambda t: t.open * t.standard,
    "minutes_left": lambda t: t.left * t.standard,
    "minutes_planned": lambda t: t.planned and t.row["minutes"],
    "backlog_after": lambda t: t.left,
    **{f"created_{b}_{w}": created_within(*ends, a) for b, ends in BANDS.items() for w, a in BEFORE_AFTER},
    **{f"overdue_{b}_{w}": overdue_by(*ends, a) for b, ends in BANDS.items() for w, a in BEFORE_AFTER},
    **{f"created_unknown_{w}": unknown(a, due=False) for w, a in BEFORE_AFTER},
    **{f"due_none_{w}": unknown(a, due=True) for w, a in BEFORE_AFTER},
    **{f"due_ahead_{w}": ahead(a) for w, a in BEFORE_AFTER},
}
DEMAND: dict[str, Callable[[Task], float]] = {
    **{name: ALL[name] for name in ("tasks", "planned", "late", "unplanned", "minutes_planned")},
    "minutes_demand": lambda t: t.standard,
}


@dataclass
class Run:
    """A run as its files have it, with its snapshot."""

    folder: Path
    snapshot: Path

    def __post_init__(self) -> None:
        self.json = json.loads((self.folder / "run.json").read_text())
        self.read = read_snapshot(self.snapshot)
        self.facts: Facts = derive(self.read, self.json)
        whole = self.frame("kpis")
        assert set(whole.select("run_id", "as_of").iter_rows()) == {(self.json["run_id"], self.read.as_of)}
        self.kpis = whole.drop("run_id", "as_of")
        self.agents = {row["agent_id"]: row for row in self.frame("agents").iter_rows(named=True)}
        self.now, self.end = (datetime.fromisoformat(self.json[key]) for key in ("as_of", "horizon_end"))

    def frame(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / f"{name}.parquet")

    def tasks(self) -> Iterator[Task]:
        """Every task that was not rejected."""
        processes = {row["process"]: row for row in self.read.processes.iter_rows(named=True)}
        own = {row["task_id"]: row for row in self.read.tasks.iter_rows(named=True)}
        for frame in (self.frame("plan"), self.frame("unplanned")):
            for row in frame.iter_rows(named=True):
                mine = own[row["task_id"]]
                process = processes[row["process"]]
                weights = self.json["policy"]["weights"]
                yield Task(
                    row=row,
                    status=mine["status"],
                    created=mine["created_at"],
                    standard=process["minutes"] if mine["minutes"] is None else mine["minutes"],
                    skills=named_in(mine["skills"] or process["skills"]),
                    weight=float(np.prod([weights[f].get(row[f], 1.0) for f in TASK_LEVELS])),
                    could=self.could(row["task_id"]),
                    now=self.now,
                    end=self.end,
                )

    def could(self, task_id: str) -> bool:
        """Whether somebody could have the task on time with nothing but started work, agent by agent."""
        facts, n_agents = self.facts, len(self.facts.agents.ids)
        i = self.place[task_id]
        last = np.full(n_agents, min(facts.tasks.due[i], facts.tasks.expires[i]))
        if facts.pins.agent[i] >= 0:
            mine = slice(facts.pins.agent[i], facts.pins.agent[i] + 1)
            end, start = facts.pins.start[i] + facts.pins.length[i], facts.pins.start[i]
            in_time = end <= facts.clocks.capacity(np.arange(n_agents), last)[mine][0]
            return bool(start >= 0 and in_time and not facts.tasks.overdue[i])
        if facts.tasks.overdue[i]:
            return False
        everybody, task = np.arange(n_agents), np.full(n_agents, i)
        efficiency = facts.kinds.efficiencies(facts.tasks.kind[task], everybody)
        able = ~np.isnan(efficiency) & facts.pairs.allows(task, everybody)
        begin = np.maximum(facts.pins.load, facts.clocks.capacity(everybody, facts.tasks.since[task]))
        end = begin + facts.grains(task, everybody, np.nan_to_num(efficiency, nan=1.0))
        return bool((able & (end <= facts.clocks.capacity(everybody, last))).any())

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each task stands among the facts."""
        return {task_id: i for i, task_id in enumerate(self.facts.tasks.ids)}


def named_in(requirement: str | None) -> set[str]:
    """The skills a requirement mentions."""
    pieces = (requirement or "").replace("|", ";").split(";")
    return {piece.partition(">=")[0].strip() for piece in pieces} - {""}


def sums_of_tasks(run: Run) -> Figures:
    """The sums over tasks at every level but skill and period."""
    found: Figures = defaultdict(float)
    for task in run.tasks():
        row = task.row
        keys = [("enterprise", ""), *((field, row[field] or "") for field in TASK_LEVELS)]
        for level, key in keys:
            for name, of in ALL.items():
                found[level, key, name] += of(task)
        if task.planned:
            person = run.agents[row["agent_id"]]
            for level in PEOPLE_LEVELS:
                key = person["agent_id"] if level == "agent" else person[level] or ""
                for name, of in DONE.items():
                    found[level, key, name] += of(task)
    return found


def figures_of_people(run: Run) -> Figures:
    """What people have of time, from the audit's clocks, and how their load is spread."""
    facts, found = run.facts, Figures()
    working, capacity = facts.clocks.horizons()
    time = {a: (int(w), int(c)) for a, w, c in zip(facts.agents.ids, working, capacity, strict=True)}
    done: dict[str, float] = defaultdict(float)
    for row in run.frame("plan").iter_rows(named=True):
        done[row["agent_id"]] += row["minutes"]
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in run.read.agents.iter_rows(named=True):
        for level in ("enterprise", *PEOPLE_LEVELS):
            key = {"enterprise": "", "agent": row["agent_id"]}.get(level)
            groups[level, (row[level] or "") if key is None else key].append(row["agent_id"])
    low, high = run.json["policy"]["report"]["target_utilization"]
    for (level, key), people in groups.items():
        used = [done[a] / time[a][0] for a in people if time[a][0]]
        values: dict[str, float] = {
            "agents": len(people),
            "agents_working": len(used),
            "agents_under": sum(share < low for share in used),
            "agents_over": sum(share > high for share in used),
            "minutes_working": sum(time[a][0] for a in people),
            "minutes_capacity": sum(time[a][1] for a in people),
            "minutes_planned": sum(done[a] for a in people),
        }
        if used and level != "agent":
            values |= {"load_least": min(used), "load_median": median(used), "load_most": max(used)}
            values["load_spread"] = max(used) - min(used)
        found.update({(level, key, name): value for name, value in values.items()})
    return found


def figures_of_skills(run: Run) -> Figures:
    """Demand task by task and supply agent by agent."""
    found: Figures = defaultdict(float)
    capacity = dict(zip(run.facts.agents.ids, run.facts.clocks.horizons()[1].tolist(), strict=True))
    for task in run.tasks():
        for skill in (task.skills or {""}) if task.open else ():
            for name, of in DEMAND.items():
                found["skill", skill, name] += of(task)
    held = run.read.agent_skills.select("skill", "agent_id").rows()
    everybody = [("", a) for a in capacity] if any(key == "" for _, key, _ in found) else []
    for skill, agent in [*held, *everybody]:
        found["skill", skill, "agents"] += 1
        found["skill", skill, "minutes_capable"] += capacity[agent]
    return found


def figures_of_periods(run: Run) -> Figures:
    """What falls due in each slice and the time in it, minute by minute from the audit's clocks."""
    found: Figures = defaultdict(float)
    keys = run.kpis.filter(level="period")["key"].unique().sort()
    starts = sorted(datetime.fromisoformat(key) for key in keys)
    key_of = {datetime.fromisoformat(key): key for key in keys}
    for task in run.tasks():
        if task.sla:
            start = max(start for start in starts if start < task.row["due_at"])
            found["period", key_of[start], "tasks_due"] += 1
            found["period", key_of[start], "minutes_due"] += task.standard
    clocks, number = run.facts.clocks, {a: k for k, a in enumerate(run.facts.agents.ids)}
    everybody = np.arange(len(number))
    grains = np.arange(clocks.grains)
    period = [key_of[max(s for s in starts if s <= run.now + timedelta(minutes=int(g)))] for g in grains]
    clock = {a: clocks.capacity(np.full(clocks.grains + 1, a), np.arange(clocks.grains + 1)) for a in everybody}
    for g in grains:
        before, after = np.full(len(everybody), g), np.full(len(everybody), g + 1)
        worked = (clocks.working(everybody, after) - clocks.working(everybody, before)).sum()
        could = (clocks.capacity(everybody, after) - clocks.capacity(everybody, before)).sum()
        found["period", period[g], "minutes_working"] += int(worked)
        found["period", period[g], "minutes_capacity"] += int(could)
    for row in run.frame("plan").iter_rows(named=True):
        steps = np.diff(clock[number[row["agent_id"]]])
        first, last = (round(minutes(row[c] - run.now)) for c in ("start_at", "end_at"))
        for g in range(first, last):
            found["period", period[g], "minutes_planned"] += int(steps[g])
    return found


RATIOS = {
    "sla_share": ("sla_met", "sla_due"),
    "start_average": ("start_sum", "planned"),
    "finish_average": ("finish_sum", "planned"),
    "overdue_wait": ("overdue_wait_sum", "late_overdue"),
    "wait_average": ("wait_sum", "wait_tasks"),
    "turnaround_average": ("turnaround_sum", "wait_tasks"),
    "utilization": ("minutes_planned", "minutes_working"),
    "coverage": ("minutes_capable", "minutes_demand"),
}
OF_PEOPLE = RATIOS | {"sla_share": ("sla_met", "sla_planned")}


def figures_of(run: Run) -> Figures:
    """Every figure of a run that is not 0."""
    found = {**sums_of_tasks(run), **figures_of_people(run), **figures_of_skills(run), **figures_of_periods(run)}
    for level, key, name in list(found):
        for share, (above, below) in (OF_PEOPLE if level in PEOPLE_LEVELS else RATIOS).items():
            if name == below and found[level, key, below]:
                found[level, key, share] = found.get((level, key, above), 0.0) / found[level, key, below]
    whole = ("objective", "bound", "gap", "gain_gap", "empty_objective")
    found |= {("enterprise", "", name): run.json[name] for name in whole}
    found["enterprise", "", "gap_points"] = run.json["bound"] - run.json["objective"]
    found["enterprise", "", "rejected"] = run.json["counts"]["rejected"]
    return {place: value for place, value in found.items() if abs(value) > 1e-9}


@pytest.fixture(scope="module", params=["desk", "messy"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a small sample, with weights, rejects and work that is late, left and nobody's."""
    folder = tmp_path_factory.mktemp(request.param)
    write_sample(folder / "snapshot", profile=request.param, tasks=400, agents=25, seed=3)
    plan(folder / "snapshot", out=folder / "run", policy=POLICY, engine="greedy", effort=1, xlsx=False, html=False)
    return Run(folder / "run", folder / "snapshot")


@pytest.mark.slow
def test_every_figure_is_what_the_files_say(run: Run) -> None:
    said = {(level, key, name): value for level, key, name, value in run.kpis.rows() if abs(value) > 1e-9}
    right = figures_of(run)
    assert said.keys() == right.keys()
    wrong = {place: (said[place], value) for place, value in right.items() if said[place] != pytest.approx(value)}
    assert wrong == {}


SUMS = {name for name, each in MEASURES.items() if each.adds_up}


def test_parts_add_up_to_the_enterprise(run: Run) -> None:
    totals = dict(run.kpis.filter(level="enterprise").select("measure", "value").rows())
    parts = run.kpis.filter(pl.col("level").is_in([*PEOPLE_LEVELS, *TASK_LEVELS]), pl.col("measure").is_in(SUMS))
    added = parts.group_by("level", "measure").agg(pl.col("value").sum())
    assert {level for level, _, _ in added.rows()} == {*PEOPLE_LEVELS, *TASK_LEVELS}
    wrong = [(level, name) for level, name, value in added.rows() if value != pytest.approx(totals[name])]
    assert wrong == []
    assert totals["payoff"] == run.json["objective"]
    assert totals["tasks"] + totals["rejected"] == run.json["counts"]["tasks"]
    for name in ("plannable", "planned", "on_time", "late", "unplanned"):
        assert totals[name] == run.json["counts"][name]


def test_slices_of_the_horizon_add_up(run: Run) -> None:
    totals = dict(run.kpis.filter(level="enterprise").select("measure", "value").rows())
    slices = run.kpis.filter(level="period").group_by("measure").agg(pl.col("value").sum())
    added = dict(slices.rows())
    for name in ("minutes_working", "minutes_capacity", "minutes_planned"):
        assert added[name] == pytest.approx(totals[name])
    assert added["tasks_due"] == totals["sla_due"]


def test_run_json_has_the_same_figures(run: Run) -> None:
    told = {
        (level, key, name): value
        for level, keys in run.json["kpis"].items()
        for key, names in keys.items()
        for name, value in names.items()
    }
    assert told == {(level, key, name): value for level, key, name, value in run.kpis.rows()}


def test_run_json_leaves_out_levels_of_many_keys() -> None:
    people = [[f"A{i}"] for i in range(51)]
    shifts = [[a, SETTINGS["as_of"], SETTINGS["horizon_end"]] for (a,) in people]
    tables = frames(agents=[["agent_id"], *people], shifts=[["agent_id", "start", "end"], *shifts])
    tables["agent_skills"] = tables["agent_skills"].with_columns(agent_id=pl.lit("A0"))
    result = plan({"snapshot": SETTINGS, **tables}, engine="greedy", effort=1)
    assert "agent" not in result.run["kpis"]
    assert result.run["kpis"]["enterprise"][""]["agents"] == 51
    assert result.kpis.filter(level="agent")["key"].n_unique() == 51


def test_every_measure_is_explained(run: Run) -> None:
    text = (Path(__file__).parents[2] / "docs" / "key-figures.md").read_text("utf-8")
    names = {name.removesuffix("_after") if name != "backlog_after" else name for name in run.kpis["measure"]}
    assert {name for name in names if f"`{name}`" not in text and f"`{name}_before`" not in text} == set()
