"""The facts of a run that its key figures are worked out from."""

import numpy as np
import polars as pl

from data import Build, Snapshot, parse_requirement
from models import ON_TIME, WEIGHT_FIELDS, Evaluation, on_time_possible, window_starts
from reports import KpiInputs
from scheduler.run.tables import RunTables, moments


def facts_of(snapshot: Snapshot, build: Build, result: Evaluation, tables: RunTables) -> KpiInputs:
    """The facts of an evaluated plan and its tables."""
    return KpiInputs(
        tasks=_tasks(build, result, tables),
        agents=tables.agents,
        asked=_asked(build.tasks["skills"]),
        supply=snapshot.agent_skills.select("agent_id", "skill"),
        periods=_periods(snapshot, build, result),
    )


def _tasks(build: Build, result: Evaluation, tables: RunTables) -> pl.DataFrame:
    """Every good task with what became of it."""
    planned = tables.plan.select(
        "task_id", "agent_id", "start_at", "end_at", "payoff", state="outcome", charged_minutes="minutes"
    )
    left = tables.unplanned.select("task_id", "payoff", state="reason")
    became = pl.concat([planned, left], how="diagonal")
    return (
        build.tasks.select(
            *("task_id", *WEIGHT_FIELDS, "created_at", "due_at", "penalty", "index"),
            plannable=pl.col("index").is_not_null(),
            requirement="skills",
            standard_minutes="minutes",
        )
        .join(_prospects(build, result), on="index", how="left", maintain_order="left")
        .join(became, on="task_id", how="left", maintain_order="left")
        .with_columns(pl.col("value", "charged_minutes").fill_null(0.0))
    )


def _prospects(build: Build, result: Evaluation) -> pl.DataFrame:
    """The weighted value of each plannable task, and whether it could be on time where it is not."""
    problem = build.problem
    missed = np.ones(problem.n_tasks, np.bool_)
    missed[result.tasks[result.step == ON_TIME]] = False
    could = np.ones(problem.n_tasks, np.bool_)
    could[missed] = on_time_possible(problem, np.flatnonzero(missed))
    columns = {"index": np.arange(problem.n_tasks), "value": problem.worth.weighted(), "could_be_on_time": could}
    return pl.DataFrame(columns)


def _asked(requirements: pl.Series) -> pl.DataFrame:
    """Each skill that each requirement mentions."""
    texts = requirements.drop_nulls().unique(maintain_order=True).to_list()
    named = [(text, sorted({name for clause in parse_requirement(text) for name, _ in clause})) for text in texts]
    rows = [(text, name) for text, names in named for name in names]
    return pl.DataFrame(rows, schema={"requirement": pl.String, "skill": pl.String}, orient="row")


def _periods(snapshot: Snapshot, build: Build, result: Evaluation) -> pl.DataFrame:
    """The time there is in each slice of the horizon, and how much of it is planned."""
    problem = build.problem
    clocks, agents = problem.clocks, np.arange(problem.n_agents)
    edges = np.append(window_starts(problem), problem.horizon)
    working = [int(clocks.working(agents, t).sum()) for t in edges]
    capacity = [clocks.capacity(agents, t) for t in edges]
    # planned work fills the clock from its start on: what of it lies before each edge
    planned = [int(np.clip(c[result.agents] - result.start, 0, result.grains).sum()) for c in capacity]
    minutes = problem.grain_s / 60
    at = moments(build, edges, snapshot.timezone)
    return pl.DataFrame(
        {
            "start_at": at[:-1],
            "end_at": at[1:],
            "working_minutes": np.diff(working) * minutes,
            "capacity_minutes": np.diff([int(c.sum()) for c in capacity]) * minutes,
            "planned_minutes": np.diff(planned) * minutes,
        }
    )
