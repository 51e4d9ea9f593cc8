"""A comparison as a self-contained page."""

from dataclasses import replace
from os import PathLike

import polars as pl

from reports.comparison.compared import Comparison
from reports.comparison.tables import (
    changed,
    common_bound,
    figure_table,
    headline_table,
    people_changed,
    spans,
    task_table,
    title,
)
from reports.content.table import Table
from reports.page.templates import asset, render, write_in
from reports.words.language import ENGLISH

_LEFT_OUT = ("due_at", "@effect")
ROWS = 1_000
"""Rows of a table that the page shows: it stays small and answers at once."""


def write_comparison_page(comparison: Comparison, path: str | PathLike[str], language: str = ENGLISH) -> None:
    """Writes the page of a comparison; the same runs give the same bytes.

    Raises:
        ValueError: there is no such ``language``.
    """
    write_in(language, path, lambda: _page(comparison))


def _page(comparison: Comparison) -> str:
    return render(
        "comparison/page.html.j2",
        title=title(comparison),
        spans=spans(comparison),
        warnings=comparison.warnings(),
        changed=changed(comparison),
        headlines=headline_table(comparison),
        common_bound=common_bound(comparison),
        tasks=_tasks(comparison),
        people=people_changed(comparison),
        figures=_figures(comparison),
        most=ROWS,
        script=asset("comparison", "page.js"),
    )


def _tasks(comparison: Comparison) -> Table:
    """The changed tasks without what a narrow page has no room for."""
    names = {f"{side}_agent": f"@{side}_name" for side in ("from", "to")}
    return task_table(comparison).naming(names).without(*_LEFT_OUT)


def _figures(comparison: Comparison) -> dict[str, Table]:
    """The key figures that differ, by level."""
    table = figure_table(comparison)
    differs = (pl.col("difference") != 0) | pl.col("before").is_null() | pl.col("after").is_null()
    levels = table.frame.filter(differs).partition_by("@level", as_dict=True, maintain_order=True)
    return {str(level): replace(table, frame=frame) for (level,), frame in levels.items()}
