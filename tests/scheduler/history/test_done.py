"""What was done beside the plan, on a log and on plans whose truth is known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data import Store, apply_operations, publish_plan, refresh_actuals, set_target, upgrade_store
from data.store.people import keep_people_rows
from models import OptionError
from scheduler.history.done import days_done, told_by_day
from scheduler.history.figures import by_period, with_ratios
from scheduler.history.figures import figures as looked_up
from scheduler.history.view import history_view
from tests.data.intake.test_actuals import op
from tests.data.store.planned import EIGHT, plan_of, run_record
from tests.data.store.test_history import add

BERLIN = "Europe/Berlin"
SPAN = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
PEOPLE = pl.DataFrame(
    [("A", "Nord", "Köln", "Blue"), ("B", "Nord", "Bonn", "Red")],
    schema=["agent_id", "organisation", "site", "team"],
    orient="row",
)
TASKS = {
    "T1": ("loan", "acme", 30.0, 40),
    "T2": ("loan", "acme", 30.0, 60),
    "T3": ("card", "best", 20.0, None),
    "T4": ("card", "best", 20.0, 100),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four tasks: T1 as planned and on time, T2 by B instead of A and late, T3 outside the plan, T4 unsaid."""
    store = Store(f"sqlite:///{tmp_path / 'allot.db'}")
    upgrade_store(store)
    made = []
    for name, (process, tenant, minutes, due) in TASKS.items():
        values = {"process": process, "tenant": tenant, "minutes": minutes}
        if due is not None:
            values["due_at"] = EIGHT + timedelta(minutes=due)
        made.append(op("create", -60, task=name, values=values))
    worked = [
        *(op("start", 5, "A", task="T1"), op("complete", 35, task="T1")),
        *(op("start", 10, "B", task="T2"), op("complete", 70, task="T2")),
        *(op("start", 80, "A", task="T3"), op("hold", 85, task="T3"), op("resume", 90, task="T3")),
        op("complete", 100, task="T3"),
        op("complete", 95, "B", task="T4"),
    ]
    with store.writing() as connection:
        publish_plan(connection, run_record("one"), Path("one"), plan_of(T1="A", T2="A", T4="B"), EIGHT)
        apply_operations(connection, [*made, *worked])
        refresh_actuals(connection)
    yield store
    store.close()


def figures(store: Store, level: str, key: str) -> dict[str, float]:
    rows = days_done(store, PEOPLE, BERLIN, *SPAN).filter(pl.col("level") == level, pl.col("key") == key)
    return dict(rows.filter(pl.col("day") == date(2026, 3, 2)).select("measure", "value").rows())


def test_what_was_done_is_counted_beside_the_plan(store: Store) -> None:
    whole = figures(store, "enterprise", "")
    assert {name: whole[name] for name in whole if name.startswith("done")} == {
        "done": 4,
        "done_known": 3,
        "done_as_planned": 1,
        "done_by_other": 1,
        "done_outside": 1,
        "done_due": 3,
        "done_on_time": 2,
    }
    assert (whole["minutes_worked"], whole["minutes_standard"]) == (30 + 60 + 15, 30 + 30 + 20)
    assert figures(store, "team", "Blue")["done_as_planned"] == 1
    assert figures(store, "site", "Bonn")["done_by_other"] == 1
    assert figures(store, "tenant", "best")["done_outside"] == 1


@pytest.mark.parametrize("level", ["organisation", "site", "team", "tenant", "process"])
def test_parts_add_up(store: Store, level: str) -> None:
    rows = days_done(store, PEOPLE, BERLIN, *SPAN).filter(pl.col("measure") != "minutes_pace")
    added = rows.filter(pl.col("level") == level).group_by("day", "measure").agg(pl.col("value").sum())
    whole = rows.filter(pl.col("level") == "enterprise").select("day", "measure", "value")
    both = added.join(whole, on=["day", "measure"], suffix="_whole")
    assert both.height >= 9
    assert both.filter(pl.col("value") != pl.col("value_whole")).is_empty()


def test_days_to_clear_are_the_work_queued_by_the_pace_of_four_weeks(store: Store) -> None:
    rows = days_done(store, PEOPLE, BERLIN, *SPAN)
    pace = rows.filter(pl.col("measure") == "minutes_pace", pl.col("level") == "enterprise").sort("day")
    assert pace.select("day", "value").rows() == [(date(2026, 3, day), 100 / n) for day, n in ((2, 1), (3, 2), (4, 3))]
    later = days_done(store, PEOPLE, BERLIN, SPAN[0], SPAN[1] + timedelta(days=365))
    paced = later.filter(pl.col("measure") == "minutes_pace", pl.col("level") == "enterprise")["day"]
    assert (len(paced), max(paced.to_list())) == (28, date(2026, 3, 29))  # after four weeks without work there is none
    queued = pl.DataFrame(
        [(date(2026, 3, 3), "enterprise", "", "minutes_open", 600.0)], schema=rows.columns, orient="row"
    )
    found = with_ratios(pl.concat([rows, queued])).filter(pl.col("measure") == "days_to_clear")
    assert found.select("day", "value").rows() == [(date(2026, 3, 3), 12.0)]
    weeks = by_period(with_ratios(rows), "week").filter(pl.col("level") == "enterprise")
    shares = dict(weeks.select("measure", "value").rows())
    assert (shares["as_planned_share"], shares["on_time_share"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_a_plan_is_calm_where_nobody_is_told_otherwise(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'allot.db'}")
    upgrade_store(store)
    later = plan_of(T1="A", T3="A", T2="B", T4="B")
    moved = later.with_columns(pl.col("start_at") + timedelta(minutes=10), pl.col("end_at") + timedelta(minutes=10))
    plans = [
        (0, plan_of(T1="A", T2="A", T3="A", T4="B")),
        (5, later),  # T2 goes to B, T4 begins half an hour later, T3 half an hour earlier: told otherwise
        (10, moved),  # ten minutes later are not
        (15, moved.filter(pl.col("task_id") == "T1")),  # T2 and T4 are withdrawn; T3 has been begun
    ]
    with store.writing() as connection:
        begun = [op("create", -60, task="T3"), op("start", 12, "A", task="T3")]
        apply_operations(connection, begun)
        for number, (minute, plan) in enumerate(plans):
            at = EIGHT + timedelta(minutes=minute)
            publish_plan(connection, run_record(f"run {number}"), Path(f"run {number}"), plan, at)
        refresh_actuals(connection)
    rows = told_by_day(store, BERLIN, *SPAN).sort("agent_id").rows()
    store.close()
    # of A: three tasks, then two, then two, of which T3 had been begun by the last plan
    assert rows == [(date(2026, 3, 2), "A", 3 + 2 + 1, 2), (date(2026, 3, 2), "B", 1 + 2 + 2, 3)]


def test_work_without_minutes_of_its_own_has_those_of_its_process(store: Store) -> None:
    with store.writing() as connection:
        keep_people_rows(
            connection, "people", "processes", [("gift", '{"process": "gift", "minutes": "45"}')], merge=False
        )
        made = op("create", -60, task="T5", values={"process": "gift"})
        worked = [op("start", 200, "A", task="T5"), op("complete", 290, task="T5")]
        apply_operations(connection, [made, *worked])
        refresh_actuals(connection)
    gift = figures(store, "process", "gift")
    assert (gift["minutes_worked"], gift["minutes_standard"], gift["minutes_pace"]) == (90, 45, 45)


def test_what_was_done_is_looked_up_like_the_figures_of_runs(store: Store) -> None:
    for day in (2, 3):
        add(store, f"run {day}", EIGHT.replace(day=day), 0.9, planned=10, minutes_open=500)
    with store.writing() as connection:
        set_target(connection, "tenant", "acme", "as_planned_share", 0.6, date(2026, 3, 1), None)

    def found(level: str, measure: str | None, by: str = "day") -> list[tuple[object, ...]]:
        since, until = SPAN[0], SPAN[1] + timedelta(days=1)
        rows = looked_up(store, level=level, zone=BERLIN, measure=measure, since=since, until=until, by=by)
        return rows.filter(pl.col("value") > 0).select("period", "key", "measure", "value", "met").rows()

    assert found("tenant", "as_planned_share") == [("2026-03-02", "acme", "as_planned_share", 0.5, False)]
    assert found("enterprise", "days_to_clear")[0] == ("2026-03-02", "", "days_to_clear", 5.0, None)
    week = {measure: value for _, _, measure, value, _ in found("enterprise", None, "week")}
    # of runs the mean of the two days with a run, of work that of all four days since the first
    assert (week["planned"], week["done"], week["done_known"]) == (10, 4 / 4, 3 / 4)
    assert found("enterprise", "planned", "week") == [("2026-03-02", "", "planned", 10, None)]
    with pytest.raises(OptionError, match="done is of days, not of runs"):
        found("site", "done", "run")


def test_there_is_a_page_of_what_was_done_without_any_run(store: Store) -> None:
    view = history_view(store, zone=BERLIN, unit="points", since=SPAN[0], until=SPAN[1], now=SPAN[1])
    done = view.figures.filter(pl.col("level") == "enterprise", pl.col("measure") == "done")
    assert done["value"].to_list() == [4.0]
    with pytest.raises(OptionError, match="no figures of that time"):
        history_view(store, zone=BERLIN, unit="points", since=SPAN[0] - timedelta(days=1), until=SPAN[0], now=SPAN[1])
