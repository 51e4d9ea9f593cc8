"""The data for the page's script: people, tasks and their kinds, column by column.

A column of words is its distinct words and, for each row, which of them it has (-1 is none); a time is the seconds
of the wall clock since ``as_of``; points are hundredths. The list of tasks begins with the worst; tasks that are not
listed are still counted by person, kind and outcome, so that every figure covers all tasks.
"""

from calendar import timegm
from typing import Any

import polars as pl

from models import PLACES, TASK_LEVELS
from reports.content.headline import was_overdue
from reports.content.run_tables import agent_table, plan_table, unplanned_table
from reports.content.table import PASSED
from reports.content.view import RunView
from reports.words.language import _
from reports.words.plain import as_text
from reports.words.wording import OUTCOMES, reason_words

OWN, OWN_TASKS, OWN_LETTERS = 6, 20_000, 100
"""Columns of the planner's own that are listed, up to so many tasks, cut to so many letters: the page stays small."""
_GROUPS = {"on_time": "on_time", "late": "late", "overdue": "late", "held": "closed", "final": "closed"}
"""How a task ends, for bars and tiles; whatever is not here is work left undone."""


def page_data(view: RunView, most_tasks: int) -> dict[str, Any]:
    """Everything the script needs of a run, with ``most_tasks`` tasks listed one by one at most."""
    people, tasks = agent_table(view).frame, _tasks(view)
    states = pl.concat([tasks["state"], view.rest["state"]]).unique(maintain_order=True)
    kinds = pl.concat([tasks.select(TASK_LEVELS), view.rest.select(TASK_LEVELS)]).unique(maintain_order=True)
    kind_rows = kinds.with_row_index("kind")
    tasks = tasks.join(kind_rows, on=TASK_LEVELS, how="left", nulls_equal=True, maintain_order="left")
    tasks = tasks.with_columns(
        agent=_numbered(tasks["agent_id"], people["agent_id"]),
        state=_numbered(tasks["state"], states),
        due=_falls_due(view),
        payoff=(pl.col("payoff") * 100).round().cast(pl.Int64),
    )
    return {
        "begin_ms": timegm(view.as_of.timetuple()) * 1000,
        "horizon_s": timegm(view.horizon_end.timetuple()) - timegm(view.as_of.timetuple()),
        "states": [{"key": key, "label": _label(key), "group": _GROUPS.get(key, "unplanned")} for key in states],
        "kinds": {name: _words(kinds[name]) for name in TASK_LEVELS},
        "places": list(PLACES),
        "people": _people(view, people),
        "tasks": _listed(view, tasks.head(most_tasks)),
        "rest": _counted(pl.concat([tasks.slice(most_tasks), _rest(view, kind_rows, states)], how="diagonal_relaxed")),
    }


def _tasks(view: RunView) -> pl.DataFrame:
    """Every task with how it ends; first those that hurt: late ones by what that loses, work left undone, other
    late ones."""
    lost, late = pl.col("@lost").is_not_null(), pl.col("@late")
    planned = (
        plan_table(view)
        .frame.with_columns(
            state=pl.when(late & was_overdue(view)).then(pl.lit("overdue")).otherwise("outcome"),
            rank=pl.when(lost).then(0).when(late).then(2).otherwise(3),
        )
        .sort("@lost", descending=True, nulls_last=True, maintain_order=True)
    )
    unplanned = unplanned_table(view).frame.with_columns(state="reason", rank=pl.lit(1))
    # columns of the planner's own may be of another type here and there
    both = [frame.with_columns(as_text(frame[own]) for own in _own_names(frame)) for frame in (planned, unplanned)]
    return pl.concat(both, how="diagonal").sort("rank", maintain_order=True)


def _own_names(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith(PASSED)]


def _own(tasks: pl.DataFrame) -> dict[str, Any]:
    """The columns of the planner's own that the list of tasks shows, by their titles."""
    names = _own_names(tasks)[:OWN] if tasks.height <= OWN_TASKS else []
    return {name.removeprefix(PASSED): _words(tasks[name].str.slice(0, OWN_LETTERS)) for name in names}


def _falls_due(view: RunView) -> pl.Expr:
    """Whether a task's SLA is decided within the horizon: 1 or 0."""
    due = (pl.col("due_at") > view.as_of) & (pl.col("due_at") <= view.horizon_end)
    return (due & ~pl.col("state").is_in(["held", "final"])).fill_null(value=False).cast(pl.Int8)


def _listed(view: RunView, tasks: pl.DataFrame) -> dict[str, Any]:
    numbers = ("kind", "state", "agent", "due", "minutes", "payoff")
    return {
        "task_id": tasks["task_id"].to_list(),
        "detail": _words(tasks["detail"]),
        "own": _own(tasks),
        **{name: _wall_seconds(view, tasks[name]) for name in ("start_at", "end_at", "due_at")},
        **{name: _plain(tasks[name]) for name in numbers},
    }


def _counted(tasks: pl.DataFrame) -> dict[str, Any]:
    """The tasks that are not listed, counted."""
    groups = tasks.group_by("kind", "state", "agent", "due", maintain_order=True).agg(
        pl.col("tasks").fill_null(1).sum(), pl.col("minutes").sum(), pl.col("payoff").sum()
    )
    return {name: _plain(groups[name]) for name in groups.columns}


def _rest(view: RunView, kinds: pl.DataFrame, states: pl.Series) -> pl.DataFrame:
    """The tasks that are in no frame of the run, counted; of nobody, as people are too many."""
    rest = view.rest.join(kinds, on=TASK_LEVELS, how="left", nulls_equal=True, maintain_order="left")
    return rest.select(
        "kind",
        "due",
        "minutes",
        tasks=pl.col("tasks").cast(pl.Int64),
        state=_numbered(rest["state"], states),
        agent=pl.lit(-1, pl.Int32),
        payoff=(pl.col("payoff") * 100).round().cast(pl.Int64),
    )


def _people(view: RunView, people: pl.DataFrame) -> dict[str, Any]:
    numbers = ("working_minutes", "capacity_minutes", "planned_minutes", "tasks", "late")
    return {
        "agent_id": people["agent_id"].to_list(),
        **{name: _words(people[name]) for name in ("name", *PLACES)},
        **{name: _plain(people[name]) for name in numbers},
        **{name: _wall_seconds(view, people[name]) for name in ("first_start", "last_end")},
    }


def _label(state: str) -> str:
    return _(OUTCOMES[state]) if state in OUTCOMES else reason_words(state)[0]


def _words(texts: pl.Series) -> dict[str, list[Any]]:
    """A column's distinct words, and which of them each row has."""
    words = texts.drop_nulls().unique(maintain_order=True)
    return {"words": words.to_list(), "cells": _numbered(texts, words).to_list()}


def _numbered(texts: pl.Series, words: pl.Series) -> pl.Series:
    """The place of each text among the words, -1 for one that is not there."""
    places = pl.Series(range(words.len()), dtype=pl.Int32)
    return texts.replace_strict(words, places, default=-1, return_dtype=pl.Int32).fill_null(-1)


def _plain(numbers: pl.Series) -> list[Any]:
    """Numbers as short as they can be written: whole ones without a decimal point."""
    if numbers.dtype.is_float() and bool((numbers.fill_null(0) == numbers.fill_null(0).round()).all()):
        numbers = numbers.cast(pl.Int64)
    return numbers.to_list()


def _wall_seconds(view: RunView, times: pl.Series) -> list[Any]:
    """Seconds of the wall clock since ``as_of``."""
    begin = view.as_of.replace(tzinfo=None)
    return (times.dt.replace_time_zone(None) - begin).dt.total_seconds().to_list()
