"""Phrases of explanations: moments, people, proved ranges, what edits cost."""

import pytest

from models import EditCost, to_plain
from reports.terminal.phrases import between, cost_of, edit_lines, named, proof_lines, proved_range
from tests.reports.terminal.told import WAY

EIGHT, NINE, NEXT = (f"2026-03-0{day}T0{hour}:00:00+01:00" for day, hour in ((2, 8), (2, 9), (3, 8)))


def test_the_day_of_an_end_is_told_if_it_is_another():
    assert between(EIGHT, NINE) == "Mon 2 Mar 2026 08:00 to 09:00"
    assert between(EIGHT, NEXT) == "Mon 2 Mar 2026 08:00 to Tue 3 Mar 2026 08:00"


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ({"agent_id": "A1", "name": "Ann"}, "A1 (Ann)"),
        ({"agent_id": "A1", "name": None}, "A1"),
        ({"agent_id": "A1", "name": ""}, "A1"),
        ({"agent_id": "Ann", "name": "Ann"}, "Ann"),
        ({"agent_id": 7}, "7"),
    ],
)
def test_a_name_is_told_where_it_says_more_than_the_id(person, text):
    assert named(person) == text


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [
        (None, None, "(proved: 0.00 or more)"),
        (1.0, None, "(proved: 1.00 or more)"),
        (0.0, 0.0, "(proved: 0.00 to 0.00)"),
        (1.0, 2.5, "(proved: 1.00 to 2.50)"),
    ],
)
def test_no_upper_limit_is_not_a_limit_of_nothing(least, most, text):
    assert proved_range(least, most) == text


def test_time_that_costs_more_than_it_gains_is_told_so():
    told = {"unit": "EUR"}
    assert cost_of(WAY, told).endswith("30 minutes of that time are worth 12.00 (24.00 EUR an hour), which leaves 8.00")
    assert cost_of({**WAY, "margin": -6.0}, told).endswith("which is 6.00 more than it gains")
    assert "and 5.00 for one of the few tasks allowed there" in cost_of({**WAY, "fee": 5.0}, told)


def test_a_refuted_bound_is_told_and_one_that_is_not_is_not():
    assert len(list(proof_lines({"bound_refuted": True}))) == 1
    assert list(proof_lines({})) == list(proof_lines({"bound_refuted": False})) == []


def test_edits_are_told_with_their_cost_if_it_is_known():
    cost = to_plain(EditCost(points=3.5, at_least=None, at_most=None))
    told = {"edits": [{"edit": "pin T1", "cost": None}, {"edit": "hold T2", "cost": cost}]}
    first, second = edit_lines(told)
    assert first == "a planner's edit: pin T1"
    assert second.startswith("a planner's edit: hold T2; it cost 3.50")
    assert list(edit_lines({})) == []
