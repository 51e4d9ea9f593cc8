"""report.html: the run on one page that needs nothing but itself, no network and no server."""

from dataclasses import replace
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from reports.figures import (
    check_sentence,
    headline_facts,
    key_figures,
    outcome_table,
    people_facts,
    run_facts,
    team_table,
    value_facts,
)
from reports.findings import findings
from reports.language import ENGLISH, _, speaking, spoken
from reports.listings import agent_table, hours_table, plan_table, policy_table, unplanned_table
from reports.palette import DARK, LIGHT
from reports.quality import quality
from reports.table import Table, columns
from reports.view import RunView
from reports.wording import moment, shown

ROWS_PER_LIST = 20_000
"""Rows a searchable list holds: a page of a few megabytes that answers at once."""
TEAMS = 40
"""Teams shown; more do not make a picture."""
HOURS = 15
"""Rows shown of what one more hour is worth."""


def write_page(
    view: RunView, path: str | PathLike[str], rows_per_list: int = ROWS_PER_LIST, language: str = ENGLISH
) -> None:
    """Writes the page of a run; the same run gives the same bytes.

    The lists of tasks and people hold ``rows_per_list`` rows at most and say where the others are.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        text = _page(view, rows_per_list)
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def _page(view: RunView, rows_per_list: int) -> str:
    """The text of the page."""
    figures = key_figures(view)
    return str(
        _template().render(
            title=f"Plan from {moment(view.as_of)} to {moment(view.horizon_end)}",
            view=view,
            quality=quality(view.run),
            reached=_reached(view),
            check=check_sentence(view.run),
            headline=headline_facts(view, figures),
            figures=figures,
            findings=findings(view),
            outcomes=outcome_table(figures),
            teams=team_table(view),
            most_teams=TEAMS,
            hours=hours_table(view),
            most_hours=HOURS,
            value=value_facts(view, figures),
            people=people_facts(figures),
            tasks=_list(task_table(view), rows_per_list),
            agents=_list(person_table(view), rows_per_list),
            made=run_facts(view),
            policy=policy_table(view),
            palettes={"light": LIGHT, "dark": DARK},
            language=spoken(),
        )
    )


def task_table(view: RunView) -> Table:
    """Every task with its outcome or the reason why it is not planned; first those that hurt."""
    plan, unplanned = plan_table(view).frame, unplanned_table(view).frame
    first = pl.when(pl.col("@lost").is_not_null()).then(0).when("@late").then(2).otherwise(3)
    frame = (
        pl.concat(
            [
                plan.with_columns(first.alias("@rank"), pl.col("@outcome").alias("@state")).sort(
                    "@lost", descending=True, nulls_last=True, maintain_order=True
                ),
                unplanned.with_columns(pl.lit(1).alias("@rank"), pl.col("@reason").alias("@state")),
            ],
            how="diagonal",
        )
        .sort("@rank", maintain_order=True)
        .with_columns(pl.col("@late").fill_null(False))
    )
    shape = ("task_id", "process", "@state", "agent_id", "start_at", "end_at", "due_at", "payoff", "detail")
    rest = "plan.parquet and unplanned.parquet"
    return Table("Tasks", frame, columns(*shape), marks="@late", rest=rest)


def person_table(view: RunView) -> Table:
    """The people with their load and their day."""
    shape = (
        "agent_id", "name", "team", "site", "organisation", "@utilization", "@free_hours", "tasks", "late",
        "first_start", "last_end",
    )  # fmt: skip
    return replace(agent_table(view), columns=columns(*shape))


def _list(table: Table, most: int) -> dict[str, Any]:
    """A table for the page's script: every column with its distinct texts, and which of them each row has."""
    kept = table.head(most)
    listed = []
    for column in kept.columns:
        texts = [shown(value, column.kind) for value in kept.frame[column.name]]
        number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        cells = [number[text] for text in texts]
        listed.append({"title": column.title, "kind": column.kind.value, "words": list(number), "cells": cells})
    marks = [i for i, marked in enumerate(kept.marked()) if marked]
    return {"note": table.left_out(most), "data": {"columns": listed, "marks": marks}}


def _reached(view: RunView) -> float | None:
    """The part of what could be gained that was reached, 0 to 1, where it can be stated."""
    gap = view.run["gain_gap"]
    return 1 - gap if quality(view.run).share and gap is not None else None


def _template() -> Any:
    """The page's template, with the stylesheet and the script that stand in it."""
    # undefined names are mistakes of ours: never an empty spot on the page
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    environment.filters["shown"] = shown
    environment.globals["_"] = _
    folder = files("reports")
    environment.globals["stylesheet"] = Markup(folder.joinpath("page.css").read_text(encoding="utf-8"))
    environment.globals["script"] = Markup(folder.joinpath("page.js").read_text(encoding="utf-8"))
    return environment.from_string(folder.joinpath("page.html.j2").read_text(encoding="utf-8"))
