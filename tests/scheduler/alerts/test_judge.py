"""What came of an action: which runs count before and after it, and what so few weeks cannot prove."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data import Action, AlertRow
from models import OptionError
from scheduler.alerts.judge import Judgement, Seen, _course, _refuse_unknown, unknowns

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROW = AlertRow(name="late", level="site", key="K", measure="late", state="firing", severity="red", since=AT, alert_id=7)


def course(*runs: tuple[float, float]) -> dict[str, float | None]:
    """The values found, of runs so many hours from the action."""
    frame = pl.DataFrame(
        {"as_of": [AT + hours * HOUR for hours, _ in runs], "value": [value for _, value in runs]},
        schema={"as_of": pl.Datetime("us", "UTC"), "value": pl.Float64},
    )
    return {name: None if seen is None else seen.value for name, seen in _course(frame, AT).items()}


def test_the_last_run_in_each_window_counts_with_its_end_and_without_its_beginning():
    assert course() == {"before": None, "hour": None, "day": None}
    assert course((-6, 1), (0, 2), (1, 3), (24, 4)) == {"before": 2, "hour": 3, "day": 4}
    assert course((-6, 1), (1.01, 3), (18, 4), (24.01, 5)) == {"before": None, "hour": None, "day": None}
    assert course((-5.99, 1), (-3, 2), (0.5, 3), (18.01, 4)) == {"before": 2, "hour": 3, "day": 4}


def judged(weeks: int = 0, *, action: Action | None = None, others: int = 0, after: bool = True) -> Judgement:
    seen = {
        "before": Seen(AT, 20.0),
        "hour": Seen(AT, 15.0) if after else None,
        "day": Seen(AT, 12.0) if after else None,
    }
    others_then = [Action(action_id=n, alert_id=7, at=AT, by="a", kind="", text="") for n in range(1, others + 1)]
    return Judgement(ROW, action, AT, seen, [seen] * weeks, others_then)


def test_a_change_needs_a_run_before_and_one_after():
    assert (judged().change("hour"), judged().change("day")) == (-5.0, -8.0)
    assert judged(after=False).change("hour") is None
    assert judged(3).usual("day") == [-8.0] * 3


def test_what_is_not_known_is_said():
    said = list(unknowns(judged(4, others=2)))
    assert "There are 4 weeks to compare with" in said[0]
    assert "one time in 5" in said[0]
    assert "Other actions within a day (number 1, 2) may have done it" in said[2]
    assert said[-1].startswith("No action is kept for this alert")
    alone = list(unknowns(judged()))
    assert sum("no week before has it" in line for line in alone) == 2
    assert sum("there is no run before, or none after" in line for line in unknowns(judged(after=False))) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"measure": "run_age", "level": "enterprise"}, "run_age is read from the clock"),
        ({"level": "agent"}, "single people"),
    ],
)
def test_what_is_not_kept_cannot_be_judged(changed, why):
    with pytest.raises(OptionError, match=f"alert 7 cannot be judged: .*{why}"):
        _refuse_unknown(AlertRow(**{**vars(ROW), **changed}))
