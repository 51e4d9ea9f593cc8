from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from reports import RunView
from reports.content.headline import (
    Total,
    check_sentence,
    headline_facts,
    key_figures,
    outcome_table,
    run_facts,
    team_table,
    value_facts,
    was_overdue,
    worth,
)
from reports.content.run_tables import hours_table
from tests.contract import DEFAULT_POLICY
from tests.reports.runs import agent, counted_in, hour, left, planned, run_with, view_of


def test_figures_of_a_mixed_run(mixed: RunView) -> None:
    found = key_figures(mixed)
    assert found.on_time == Total(2, 20.0)
    assert found.late_fresh == Total(1, 1.0)
    assert found.late_overdue == Total(1, 5.5)
    assert list(found.reasons.items()) == [
        ("outbid", Total(2, -4.0)),
        ("no_skill", Total(1, 0.0)),
        ("held", Total(1, 0.0)),
    ]
    assert (found.late_fines, found.unplanned_fines) == (4.0, 4.0)
    assert (found.tasks, found.rejected, found.left_over) == (10, 2, 3)
    assert found.utilization == pytest.approx(95 / 300)


def test_figures_agree_with_the_counts_of_the_run(mixed: RunView) -> None:
    found, counts = key_figures(mixed), mixed.run.counted
    assert (found.on_time.tasks, found.late, found.unplanned) == (
        counts.on_time,
        counts.late,
        counts.unplanned,
    )


def test_outcomes_add_up(mixed: RunView) -> None:
    frame = outcome_table(mixed, key_figures(mixed)).frame
    parts, total = frame[:-1], frame[-1]
    assert parts["tasks"].sum() == total["tasks"].item() == 10
    assert parts["@points"].sum() == total["@points"].item() == mixed.run.objective
    assert parts["@share"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("unit", "title"), [("points", "Points"), ("EUR", "EUR")])
def test_columns_of_value_say_what_it_is_counted_in(mixed: RunView, unit: str, title: str) -> None:
    view = counted_in(view_of(hours=[hour("weld", 12.0)]), unit)
    table, hours = outcome_table(counted_in(mixed, unit), key_figures(mixed)), hours_table(view)
    assert hours is not None
    assert title in [column.title for column in table.columns]
    assert f"{title} per hour" in [column.title for column in hours.columns]


def test_outcomes_of_nothing(nothing: RunView) -> None:
    assert outcome_table(nothing, key_figures(nothing)).frame["@share"].to_list() == [None] * 5


def test_a_task_due_at_the_snapshot_is_overdue() -> None:
    # the second 02:30 of the night the clock goes back; 00:30 UTC was the first
    moment = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    view = view_of(as_of=moment.isoformat())
    due = pl.Series([moment, moment.replace(fold=0), None], dtype=pl.Datetime("us", "Europe/Berlin"))
    later = due.dt.offset_by("1s")
    assert pl.DataFrame({"due_at": due}).select(was_overdue(view)).to_series().to_list() == [
        True,
        True,
        False,
    ]
    assert pl.DataFrame({"due_at": later}).select(was_overdue(view)).to_series().to_list() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, 10.0),
        ({"tenant": {"acme": 2}}, 20.0),
        ({"tenant": {"acme": 2, "b": 9}, "channel": {"mail": 0.5}}, 10.0),
        ({"segment": {"gold": 3}}, 10.0),
    ],
)
def test_worth_is_value_times_weights(weights: dict[str, Any], expected: float) -> None:
    view = view_of(unplanned=[left("u")], policy={**DEFAULT_POLICY, "weights": weights})
    assert view.unplanned.select(worth(view)).item() == expected


def test_teams_are_rolled_up(mixed: RunView) -> None:
    rows = {row["team"]: row for row in team_table(mixed).frame.to_dicts()}
    assert list(rows) == ["T2", "T1", "(no team)"]
    assert rows["T2"]["@utilization"] == pytest.approx(0.75)
    assert (rows["T1"]["@people"], rows["T1"]["tasks"], rows["T1"]["late"]) == (1, 2, 1)
    assert sum(row["@planned_hours"] for row in rows.values()) == pytest.approx(95 / 60)


def test_a_team_without_working_time_has_no_utilization() -> None:
    view = view_of(agents=[agent("A1", working_minutes=0.0, capacity_minutes=0.0)])
    assert team_table(view).frame["@utilization"].to_list() == [None]
    assert key_figures(view).utilization is None


def test_value_without_a_bound_is_stated_as_unknown() -> None:
    view = view_of(plan=[planned("t")], agents=[agent("A1")], bound=None, gap=None, gain_gap=None, proof="none")
    facts = {fact.label: fact for fact in value_facts(view, key_figures(view))}
    assert facts["Best possible"].value is None
    assert facts["Best possible"].note == "no upper limit was proved"
    assert facts["Gap"].value is None
    assert headline_facts(view, key_figures(view))[0].note == "best possible: not known"


def test_how_the_plan_was_made(mixed: RunView) -> None:
    facts = {fact.label: fact for fact in run_facts(mixed)}
    assert facts["Engine"].note == "small enough to be solved exactly"
    assert facts["Ended because"].value == "the plan came as close to the best possible as was asked for"
    assert facts["Input tasks.csv"].value == f"sha256 {'ab' * 32}"


def test_a_failed_check_is_said_aloud(mixed: RunView) -> None:
    failed = run_with(mixed.run, check={"ok": False, "violations": ["H3 A1: overlap"]})
    assert check_sentence(failed) == "THE PLAN BREAKS RULES (1 listed): do not use it"
