"""Charts of the enterprise: backlog by age, scarce skills, slices of the horizon."""

from dataclasses import replace

import polars as pl
import pytest

from reports import RunView
from reports.content.charts import BACKLOGS, backlog_bars, periods, skill_bars
from tests.reports.runs import view_of


def test_the_backlog_by_age(mixed: RunView) -> None:
    since_created, since_due = (backlog_bars(mixed, bands) for bands in BACKLOGS.values())
    assert [(bar.name, bar.value) for bar in since_created] == [("1 to 3 days", "7 → 3")]
    assert [(bar.name, bar.value) for bar in since_due] == [
        ("not due yet", "4 → 1"), ("1 to 3 days", "1 → 0"), ("no due time", "2 → 2"),
    ]  # fmt: skip
    assert since_due[2].parts == ((0.0, "on_time"), (0.5, "unplanned"))


def test_the_scarcest_skill_comes_first() -> None:
    figures = {
        "plenty": {"minutes_demand": 60.0, "minutes_capable": 600.0, "minutes_planned": 60.0},
        "scarce": {"minutes_demand": 1200.0, "minutes_capable": 600.0, "minutes_planned": 300.0},
        "nobody": {"minutes_demand": 60.0, "minutes_capable": 0.0, "minutes_planned": 0.0},
        "unasked": {"minutes_demand": 0.0, "minutes_capable": 60.0, "minutes_planned": 0.0},
    }
    rows = [("skill", key, name, value) for key, row in figures.items() for name, value in row.items()]
    kpis = pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")
    bars = skill_bars(replace(view_of(), kpis=kpis))
    assert {bar.name: bar.value for bar in bars} == {"nobody": "1 of 0", "scarce": "20 of 10", "plenty": "1 of 10"}
    assert [bar.name for bar in bars] == ["nobody", "scarce", "plenty"]
    assert bars[1].parts == ((0.25, "on_time"), (0.75, "unplanned"))


def test_the_slices_of_the_horizon(mixed: RunView) -> None:
    assert periods(mixed) == {
        "edges_s": [[0, 36000]],
        "demand": [pytest.approx(0.667)],
        "capacity": [pytest.approx(4.5)],
        "planned": [pytest.approx(1.583)],
    }
