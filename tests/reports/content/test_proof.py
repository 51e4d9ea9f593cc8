"""No report shows a bound below a value that it stands beside, or calls it proof."""

import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from models import EditCost
from reports import (
    LANGUAGES,
    RunView,
    change_lines,
    compare_runs,
    comparison_lines,
    comparison_record,
    quality_phrase,
    summary_lines,
    task_lines,
    usable_bound,
    write_comparison_page,
    write_comparison_workbook,
    write_page,
    write_workbook,
)
from reports.content.proof import proved_costs
from reports.content.replan_tables import curve_table, edits_table
from tests.reports.runs import agent, planned, run_with, view_of

FALSE = 1234.56
"""A bound that stands nowhere in a report of a plan that is worth more."""
REPLAN = {
    "from": "run-0",
    **dict.fromkeys(("dropped", "moved", "gone", "added", "people", "changes", "forced"), 0),
    "kept_objective": 2000.0,
    "edits": [{"edit": "hold T1", "carried": False, "cost": {"points": 2000.0, "at_least": 3000.0, "at_most": FALSE}}],
    "curve": [
        {"allowed": 0, "changes": 0, "objective": 2000.0, "bound": FALSE},
        {"allowed": 2, "changes": 2, "objective": 1000.0, "bound": FALSE},
        {"allowed": 3, "changes": 2, "objective": 2500.0, "bound": 2600.0},
    ],
}


@pytest.fixture(scope="module")
def doctored() -> RunView:
    """A run whose bound is below its value, and whose every other claim follows from that bound."""
    run = {
        "bound": FALSE,
        "gap": 0.0,
        "gain_gap": 0.0,
        "proof": "optimal",
        "stop": "optimal",
        "engine_reason": "exact, as 3 ways to do the tasks fit a whole model; CP-SAT proved the plan optimal",
        "replan": REPLAN,
    }
    view = view_of([planned("t", payoff=2000.0, value=2000.0)], agents=[agent("A1")], **run)
    return replace(view, changes=_NO_CHANGES)


_NO_CHANGES = pl.DataFrame(
    schema={
        **dict.fromkeys(("kind", "task_id", "from_agent", "to_agent", "why", "detail", "instead"), pl.String),
        **dict.fromkeys(("from_start", "to_start"), pl.Datetime("us", "Europe/Berlin")),
        **dict.fromkeys(("gain", "together"), pl.Float64),
    }
)


def texts(folder: Path, view: RunView, language: str) -> dict[str, str]:
    """Everything that reports say of a run, by report."""
    write_page(view, folder / "page.html", language=language)
    write_workbook(view, folder / "book.xlsx", language=language)
    both = compare_runs(view, replace(view, run=run_with(view.run, run_id="other")))
    write_comparison_page(both, folder / "both.html", language)
    write_comparison_workbook(both, folder / "both.xlsx", language)
    return {
        "terminal": "\n".join([*summary_lines(view, language=language), *change_lines(view, language)]),
        "comparison": "\n".join(comparison_lines(both, language=language)),
        "record": json.dumps(comparison_record(both)),
        **{f"{name} page": _page(folder / f"{name}.html") for name in ("page", "both")},
        **{f"{name} workbook": _cells(folder / f"{name}.xlsx") for name in ("book", "both")},
    }


def _page(path: Path) -> str:
    """The page without the library that it draws with."""
    return re.sub(r"<script>.*?</script>", "", path.read_text("utf-8"), flags=re.DOTALL)


def _cells(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_report_has_a_bound_below_a_value(doctored, tmp_path, language):
    said = texts(tmp_path, doctored, language)
    assert [report for report, text in said.items() if re.search(r"1,?234\.56", text)] == []


def test_no_report_calls_it_proved(doctored, tmp_path):
    for report, text in texts(tmp_path, doctored, "en").items():
        claims = [line for line in text.splitlines() if re.search("proved|reached the best possible", line)]
        claims = [line for line in claims if "othing is proved" not in line and "Proved: " not in line]
        assert claims == [], report
        if report != "record":
            assert "not usable" in text, report


def test_the_headline_says_so(doctored):
    words = "How much more is possible is not known: the upper limit stated is too low, and not usable"
    assert quality_phrase(doctored.run) == words
    assert quality_phrase(run_with(doctored.run, bound=1.0, proof="optimal", gain_gap=0.0)) == words


def test_a_bound_that_holds_is_shown(tmp_path):
    view = view_of([planned("t", payoff=1000.0)], agents=[agent("A1")], bound=FALSE)
    assert "best possible 1,234.56" in summary_lines(view)[0]
    assert usable_bound(FALSE, 1000.0, FALSE) == FALSE


def test_each_bound_is_held_against_both_values_of_one_problem(doctored):
    low = view_of([planned("t", payoff=1000.0)], agents=[agent("A1")], run_id="low", bound=FALSE)
    high = view_of([planned("t", payoff=2000.0)], agents=[agent("A1")], run_id="high", bound=2500.0)
    both = compare_runs(low, high)
    assert both.whole["bound"] == (None, 2500.0)
    assert any("run low" in warning for warning in both.warnings())
    assert not any("same problem" in line for line in comparison_lines(both))
    other = replace(high, edits=("hold",))
    assert compare_runs(low, other).whole["bound"] == (FALSE, 2500.0)


def test_the_key_figures_are_held_against_the_value_too():
    view = view_of([planned("t", payoff=2000.0)], agents=[agent("A1")], bound=2500.0)
    low = view.kpis.with_columns(pl.when(pl.col("measure") == "bound").then(FALSE).otherwise("value").alias("value"))
    assert replace(view, kpis=low).run.bound is None


def test_the_curve_and_costs_of_edits(doctored):
    curve, edits = curve_table(doctored), edits_table(doctored)
    assert curve is not None
    assert curve.frame["bound"].to_list() == [None, None, 2600.0]
    assert edits is not None
    assert edits.frame.select("points", "at_least", "at_most").row(0) == (2000.0, None, None)
    cost = EditCost(points=2.0, at_least=1.0, at_most=2.0)
    assert proved_costs(cost) == cost


def test_an_explanation_says_that_nothing_is_proved():
    told = {
        "state": "planned", "task_id": "T1", "process": "claims", "minutes": 10.0, "value": 1.0, "skills": None,
        "due_at": None, "not_before": None, "expires_at": None, "agent_id": "A1", "name": None, "sequence": 1, "of": 1,
        "start_at": "2026-03-02T08:00:00+01:00", "end_at": "2026-03-02T08:10:00+01:00", "outcome": "on_time",
        "payoff": 1.0, "before": None, "after": None, "bound_refuted": True,
    }  # fmt: skip
    assert any("not usable, nothing is proved" in line for line in task_lines(told))
