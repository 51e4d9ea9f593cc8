"""What other choices would cost, in words."""

import pytest

from tests.reports.terminal.told import AGAIN, LEFT, LOSS, NOBODY, PLANNED, text


def test_alternatives_are_told_with_loss_and_range():
    agent = {"choice": "agent", "agent_id": "A2", "name": "Bob"}
    exact = {**NOBODY, **LOSS, "loses": 4.0, "at_least": 4.0, "at_most": 4.0, "proved": True}
    left = {**agent, **LOSS, "left_out": ["T9"], "left_out_count": 3}
    said = text({**PLANNED, "alternatives": [left, exact], "replanned": {**AGAIN, "better_by": 1.5}})
    assert "otherwise, with the people around it planned again, the whole plan would lose:" in said
    assert "with A2 (Bob)  3.50  (proved: 0.00 to 40.00); T9 and 2 more would be left" in said
    assert "not planned    4.00  exactly, proved" in said
    assert "a wide range says that more is not proved" in said
    assert "also found 1.50 more for the plan as it is" in said


def test_where_no_most_is_proved_only_the_least_is_told():
    said = text({**PLANNED, "alternatives": [{**NOBODY, **LOSS, "at_least": 1.0, "at_most": None}], "replanned": AGAIN})
    assert "not planned  3.50  (proved: 1.00 or more)" in said


def test_the_value_that_would_make_up_for_it_is_told():
    anybody = {"choice": "anybody", "agent_id": "A2", "name": "Bob", "value_needed": 23.5, "value_enough": 24.0}
    one = {**anybody, **LOSS, "at_least": 3.0, "at_most": 4.0}
    said = text({**LEFT, "alternatives": [one], "replanned": {**AGAIN, "whole": True}})
    assert "planned with whoever suits best (A2)" in said
    assert "its value would have to be 23.50 instead of 20.00; 24.00 is proved to be enough" in said


def test_without_choices_nothing_is_told():
    for told in ({}, {"alternatives": [], "replanned": AGAIN}, {"alternatives": [{**NOBODY, **LOSS}]}):
        assert "otherwise" not in text({**PLANNED, **told})


@pytest.mark.parametrize(
    ("loses", "least", "most", "wide"),
    [(0.5, 0.0, 1.0, False), (0.5, 0.0, 1.1, True), (10.0, 5.0, 15.0, False), (10.0, 4.0, 15.0, True)],
)
def test_a_range_is_wide_beyond_a_point_and_beyond_the_loss(loses, least, most, wide):
    one = {**NOBODY, **LOSS, "loses": loses, "at_least": least, "at_most": most}
    said = text({**PLANNED, "alternatives": [one], "replanned": AGAIN})
    assert ("a wide range says that more is not proved; a run with a smaller gap narrows it" in said) is wide
    said = text({**PLANNED, "alternatives": [one], "replanned": {**AGAIN, "whole": True}})
    assert ("a wide range says that more is not proved; a longer --time-limit narrows it" in said) is wide


def test_what_loses_nothing_needs_no_other_value():
    anybody = {"choice": "anybody", "agent_id": "A2", "name": "Bob", "value_needed": 23.5, "value_enough": 24.0}
    said = text({**LEFT, "alternatives": [{**anybody, **LOSS, "loses": 0.0}], "replanned": {**AGAIN, "whole": True}})
    assert "with everything planned again" in said
    assert "its value would have to be" not in said
