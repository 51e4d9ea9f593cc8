"""What was done beside the plan takes from processes what tasks do not say, as a plan does."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data import Store, apply_operations, read_calendars, refresh_actuals
from data.calendars import Calendars
from data.intake.operations import Operation
from data.store.people import keep_people_rows
from data.store.tables import task
from scheduler.history.actuals import NO_CALENDARS, plan_against_actual
from scheduler.history.done import days_done
from tests.data.intake.test_actuals import op
from tests.data.store.planned import EIGHT

BERLIN = "Europe/Berlin"
SPAN = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
NOBODY = pl.DataFrame(schema=dict.fromkeys(("agent_id", "organisation", "site", "team"), pl.String()))


def keep(store: Store, processes: list[dict[str, str]], *operations: Operation) -> None:
    """Keeps a table of processes and what was done."""
    with store.writing() as connection:
        rows = [(row["process"], json.dumps(row)) for row in processes]
        keep_people_rows(connection, "hr", "processes", rows, merge=False)
        apply_operations(connection, list(operations))
        refresh_actuals(connection)


def done(name: str, **values: str) -> list[Operation]:
    """A task that came half an hour before eight and was completed forty minutes after."""
    came = {"created_at": EIGHT - timedelta(minutes=30)}
    return [op("create", -30, task=name, values={**values, **came}), op("complete", 40, task=name)]


def looked(store: Store, *columns: str, calendars: Calendars = NO_CALENDARS) -> list[tuple[object, ...]]:
    """These columns of what was done, by task."""
    return plan_against_actual(store, *SPAN, BERLIN, calendars).sort("task_id").select(columns).rows()


def test_what_tasks_do_not_say_their_processes_do(store: Store) -> None:
    """On calendars as well, such as an hour of work that begins at nine."""
    loan = {"process": "loan", "tenant": "dear", "department": "home", "minutes": "25", "sla_minutes": "60"}
    card = {"process": "card", "department": "home", "minutes": "25", "sla_minutes": "60", "calendar": "late"}
    tasks = [
        *(*done("T1", process="loan"), *done("T2", process="card"), *done("T3", process="gift")),
        *(*done("T4", process="loan", tenant="acme"), *done("T5")),
    ]
    keep(store, [loan, card, {"process": "gift", "calendar": "none"}], *tasks)
    calendars, faults = read_calendars({"late": {"hours": "mo-su 09:00-18:00", "timezone": BERLIN}})
    assert not faults
    assert looked(store, "tenant", "department", "standard_minutes", "on_time", calendars=calendars) == [
        ("dear", "home", 25.0, False),
        (None, "home", 25.0, True),
        (None, None, None, None),
        ("acme", "home", 25.0, False),
        (None, None, None, None),
    ]
    days = days_done(store, NOBODY, BERLIN, *SPAN, calendars).filter(pl.col("level") == "tenant")
    assert dict(days.filter(pl.col("measure") == "done").select("key", "value").iter_rows()) == {
        "": 3,
        "acme": 1,
        "dear": 1,
    }


@pytest.mark.parametrize("minutes", ["nan", "inf", "-5", "999999999999", "soon"])
def test_an_sla_that_a_plan_refuses_judges_nothing(store: Store, minutes: str) -> None:
    keep(store, [{"process": "loan", "minutes": minutes, "sla_minutes": minutes}], *done("T1", process="loan"))
    assert looked(store, "on_time", "standard_minutes") == [(None, None)]


def test_a_task_that_was_forgotten_belongs_to_nobody_else(store: Store) -> None:
    """It had a tenant, perhaps, and with it a calendar; its deadline is known where no tenant has one."""
    loan = {"process": "loan", "tenant": "dear", "sla_minutes": "60"}
    keep(store, [loan], *done("T1", process="loan", tenant="acme"), *done("T2", process="loan"))
    with store.writing() as connection:
        connection.execute(task.delete())
    calendars, _ = read_calendars({"late": {"hours": "mo-su 09:00-18:00", "tenants": ["acme"]}})
    assert looked(store, "tenant", "on_time") == [(None, False), (None, False)]
    assert looked(store, "tenant", "on_time", calendars=calendars) == [(None, None), (None, None)]
