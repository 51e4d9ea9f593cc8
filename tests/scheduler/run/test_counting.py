"""Counted nouns are right for one."""

import pytest

from scheduler.run.counting import count_of


@pytest.mark.parametrize(("number", "said"), [(0, "0 tasks"), (1, "1 task"), (2000, "2,000 tasks")])
def test_only_one_is_singular(number: int, said: str) -> None:
    assert count_of(number, "task") == said


def test_the_plural_may_be_a_word_of_its_own() -> None:
    assert [count_of(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]
