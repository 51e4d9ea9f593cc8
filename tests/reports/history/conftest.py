"""A history of forty days, two sites and a tenant; Köln gets worse in the last week, and misses its target."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from models import AlertRecord
from reports import HistoryView

FIRST, DAYS = date(2026, 3, 1), 40
SINCE = datetime(2026, 4, 8, 9, tzinfo=UTC)
KOELN = "Köln <b>"


@pytest.fixture(scope="session")
def past() -> HistoryView:
    """The history."""
    rows = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if number == 20:  # nothing ran that day
            continue
        share = 0.5 if number >= DAYS - 7 else 0.9
        for level, key, kept in (("enterprise", "", 0.8), ("site", KOELN, share), ("site", "Bonn", 0.8)):
            rows += [(day, level, key, "sla_share", kept), (day, level, key, "late", 7.0 + number % 3)]
        rows += [(day, "enterprise", "", name, value) for name, value in (("minutes_open", 6000.0), ("done", 50.0))]
        rows += [(day, "enterprise", "", name, 10.0) for name in ("done_known", "done_due", "done_on_time")]
        rows += [(day, "enterprise", "", "done_as_planned", 6.0), (day, "enterprise", "", "done_by_other", 3.0)]
        rows += [(day, "enterprise", "", "done_outside", 1.0), (day, "team", "Blue", "late", 3.0)]
        rows += [(day, "tenant", "acme", "plannable", 12.0), (day, "tenant", "", "plannable", 1.0)]
    figures = pl.DataFrame(rows, schema=["period", "level", "key", "measure", "value"], orient="row")
    aimed = (pl.col("key") == KOELN) & (pl.col("measure") == "sla_share")
    figures = figures.with_columns(target=pl.when(aimed).then(0.85)).with_columns(
        met=pl.when(aimed).then(pl.col("value") >= 0.85)
    )
    targets = [("site", KOELN, "sla_share", 0.85, FIRST, None)]
    names = ["level", "key", "measure", "value", "valid_from", "valid_to"]
    schema = {**dict.fromkeys(names[:3], pl.String), "value": pl.Float64, **dict.fromkeys(names[4:], pl.Date)}
    return HistoryView(
        now=datetime(2026, 4, 9, 18, tzinfo=UTC),
        timezone="UTC",
        unit="points",
        by="day",
        runs=39,
        figures=figures,
        targets=pl.DataFrame(targets, schema=schema, orient="row"),
        places=pl.DataFrame({"organisation": ["Nord"], "site": [KOELN], "team": ["Blue"]}),
        people=pl.DataFrame({"agent_id": ["A1"], "plan_told": [20], "plan_changes": [5], "days": [2]}),
        alerts=[
            AlertRecord(
                alert_id=number,
                name="late work",
                level="site",
                key=key,
                measure="late",
                value=25.0,
                state="resolved" if until else "firing",
                severity="red",
                threshold=20.0,
                since=SINCE,
                until=until,
            )
            for number, (key, until) in enumerate((("Bonn", SINCE + timedelta(hours=2)), (KOELN, None)), 1)
        ],
        done={1: ["three people from Köln (karim, lend)"]},
    )
