"""The problem of an edited snapshot: pinned work must be done, frozen work stays where it is."""

from dataclasses import replace

import numpy as np
import polars as pl

from data import Build, build_problem
from models import Problem, fix, freeze
from scheduler.edits import Edited
from scheduler.replanning.earlier import numbers_of


def build_edited(edited: Edited) -> Build:
    """The problem of an edited snapshot, what is pinned in it fixed to its agent (E1)."""
    build = build_problem(edited.snapshot, edited.terms)
    tasks, agents = (pl.Series(list(ids), dtype=pl.String) for ids in (edited.pins, edited.pins.values()))
    numbers = numbers_of(build.problem, tasks, agents)
    begun = pl.col("task").is_in(np.flatnonzero(~build.problem.free).tolist())  # stays by H7
    numbers = numbers.filter(~begun)
    return replace(build, problem=fix(build.problem, numbers["task"].to_numpy(), numbers["agent"].to_numpy()))


def frozen(problem: Problem, tasks: pl.Series, agents: pl.Series) -> Problem:
    """The problem in which these (task, agent) ids are frozen in their order (E2); what is gone is not."""
    numbers = numbers_of(problem, tasks, agents).drop_nulls()
    return freeze(problem, numbers["task"].to_numpy(), numbers["agent"].to_numpy())
