"""Figures looked up: moments, periods, ratios and targets of their own day."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from models import OptionError
from scheduler.history.figures import by_period, checked_level, checked_measure, moment, remark_on, with_targets

NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "end", "found"),
    [
        ("-3h", False, datetime(2026, 4, 2, 9, tzinfo=UTC)),
        ("-2w", False, datetime(2026, 3, 19, 12, tzinfo=UTC)),
        ("-0d", True, NOW),
        ("2026-04-01", False, datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("2026-04-01", True, datetime(2026, 4, 1, 22, tzinfo=UTC)),
        ("2026-03-29", True, datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        ("2026-04-01T08:00", True, datetime(2026, 4, 1, 6, tzinfo=UTC)),
        ("2026-04-01T08:00Z", False, datetime(2026, 4, 1, 8, tzinfo=UTC)),
    ],
)
def test_moments(text, end, found):
    assert moment(text, NOW, BERLIN, end=end) == found


@pytest.mark.parametrize(
    "text", ["", "-", "-w", "-3", "-3y", "-²d", "-99999999w", "2026-02-30", "9999-12-31", "yesterday"]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(OptionError, match="is no moment; write it like -8w"):
        moment(text, NOW, BERLIN, end=True)


def test_unknown_names_are_told_with_the_nearest():
    assert (checked_level("site"), checked_measure("late")) == ("site", "late")
    with pytest.raises(OptionError, match=r"there is no level 'sites'; did you mean 'site'\?; levels are"):
        checked_level("sites")
    with pytest.raises(OptionError, match="there is no measure 'laet'; did you mean 'late'"):
        checked_measure("laet")
    assert remark_on("enterprise", "late") is None


def rows(*figures: tuple[int, str, float]) -> pl.DataFrame:
    """Figures of the enterprise on days of March."""
    lines = [(date(2026, 3, day), "enterprise", "", measure, value) for day, measure, value in figures]
    return pl.DataFrame(lines, schema=["day", "level", "key", "measure", "value"], orient="row")


def of_period(frame: pl.DataFrame, by: str) -> dict[tuple[str, str], float]:
    found = by_period(frame, by).select("period", "measure", "value").rows()
    return {(period, measure): value for period, measure, value in found}


def test_weeks_begin_on_monday_and_count_a_day_without_a_figure_as_none():
    frame = rows((2, "late", 4.0), (3, "planned", 10.0), (9, "late", 1.0))
    assert of_period(frame, "week") == {
        ("2026-03-02", "late"): 2.0,
        ("2026-03-02", "planned"): 5.0,
        ("2026-03-09", "late"): 1.0,
    }
    assert of_period(frame, "month") == pytest.approx(
        {("2026-03-01", "late"): 5 / 3, ("2026-03-01", "planned"): 10 / 3}
    )
    assert of_period(frame, "day")["2026-03-02", "late"] == 4.0


def test_a_ratio_of_a_period_is_that_of_its_sums():
    frame = rows(
        (2, "minutes_planned", 50.0), (2, "minutes_working", 100.0), (2, "utilization", 0.5),
        (3, "minutes_planned", 300.0), (3, "minutes_working", 300.0), (3, "utilization", 1.0),
    )  # fmt: skip
    assert of_period(frame, "week")["2026-03-02", "utilization"] == 350 / 400


def test_a_target_holds_on_its_own_days_and_less_may_be_better():
    figures = rows((1, "late", 5.0), (2, "late", 5.0), (3, "late", 6.0), (3, "sla_share", 0.9))
    aims = [("late", 5.0, 2, 3), ("sla_share", 0.9, 3, None)]
    targets = pl.DataFrame(
        [("enterprise", "", m, v, date(2026, 3, a), None if b is None else date(2026, 3, b)) for m, v, a, b in aims],
        schema=["level", "key", "measure", "value", "valid_from", "valid_to"],
        orient="row",
    )
    found = with_targets(figures, targets).select("target", "met").rows()
    assert found == [(None, None), (5.0, True), (5.0, False), (0.9, True)]
