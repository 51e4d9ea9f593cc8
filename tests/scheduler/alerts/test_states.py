"""Pending, firing, resolved, and what is told: runs of one figure, and of many."""

from datetime import UTC, datetime, timedelta

from data import AlertRow, Silence
from scheduler.alerts.conditions import Condition, Limit
from scheduler.alerts.places import WHOLE
from scheduler.alerts.states import RESOLVED, move_on
from scheduler.alerts.telling import choose

BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def after(number: int) -> datetime:
    return BEGUN + timedelta(minutes=15 * number)


def course(values: list[float | None], runs: int = 1) -> list[tuple[str, str]]:
    """The states of an alert, red from 20 and yellow from 10, over runs with these values."""
    condition = Condition("late", WHOLE, "late", Limit(20), Limit(10), runs)
    rows: list[AlertRow] = []
    said = []
    for number, value in enumerate(values):
        figures = {"late": {} if value is None else {WHOLE: value}}
        rows = move_on(rows, [condition], figures, after(number))
        said.append((rows[0].state, rows[0].severity) if rows else ("none", ""))
        rows = [row for row in rows if row.state != RESOLVED]
    return said


def test_states_of_one_figure():
    assert course([5, 25, 25, 5, None]) == [
        ("none", ""),
        ("firing", "red"),
        ("firing", "red"),
        ("resolved", "red"),
        ("none", ""),
    ]
    assert course([12, 22, 12, None]) == [
        ("firing", "yellow"),
        ("firing", "red"),
        ("firing", "yellow"),
        ("resolved", "yellow"),
    ]


def test_it_takes_runs_in_a_row_to_fire_to_turn_red_and_to_be_over():
    assert course([12, 5, 12, 12, 5, 25, 25, 5, 5], runs=2) == [
        ("pending", "yellow"),
        ("resolved", "yellow"),
        ("pending", "yellow"),
        ("firing", "yellow"),
        ("firing", "yellow"),
        ("firing", "yellow"),
        ("firing", "red"),
        ("firing", "red"),
        ("resolved", "red"),
    ]


def test_what_is_not_watched_any_more_is_over():
    rows = move_on([], [Condition("late", WHOLE, "late", Limit(20), None, 3)], {"late": {WHOLE: 30.0}}, BEGUN)
    (row,) = move_on(rows, [], {"late": {WHOLE: 30.0}}, after(1))
    assert (row.state, row.until, row.fired_at) == ("resolved", after(1), None)


def firing(level: str = "enterprise", key: str = "", **values: object) -> AlertRow:
    given = {"name": "late", "measure": "late", "state": "firing", "severity": "red", "since": BEGUN, **values}
    return AlertRow(level=level, key=key, **given)


def held(rows: list[AlertRow], silences: tuple[Silence, ...] = (), today: int = 0) -> list[str | None]:
    places = {("team", "T"): (("site", "S"), WHOLE), ("site", "S"): (WHOLE,)}
    return [row.held for row in choose(rows, places, silences, {"late": today}, BEGUN).rows]


def test_a_firing_ancestor_keeps_what_is_below_it_from_being_told():
    assert held([firing(), firing("team", "T")]) == [None, "'late' fires for Enterprise"]
    assert held([firing(measure="fines"), firing("team", "T")]) == [None, None]
    assert held([firing(state="pending"), firing("team", "T")]) == [None, None]
    over = choose([firing(state="resolved", told="red"), firing("team", "T")], {}, (), {}, BEGUN)
    assert [row.level for row in over.told] == ["team"]


def test_it_is_told_once_and_once_more_when_it_turns_red():
    told = [firing(told=None, severity="yellow"), firing(told="yellow"), firing(told="yellow", severity="yellow")]
    assert [choose([row], {}, (), {}, BEGUN).told != [] for row in told] == [True, True, False]
    assert choose([firing(told="red", severity="yellow")], {}, (), {}, BEGUN).told == []


def test_silences_and_two_messages_a_day():
    silence = Silence(name="late", key="T", since=BEGUN, until=after(1), by="ana", reason="")
    assert held([firing("team", "T"), firing("team", "U")], (silence,)) == ["silenced until 2026-03-02 08:15", None]
    assert held([firing()], today=2) == ["'late' was in 2 messages today"]
    assert not silence.covers(firing("team", "T"), after(1))
