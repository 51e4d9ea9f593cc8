"""Capacity clocks against counting grain by grain."""

from fractions import Fraction
from math import floor
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Clocks, make_clocks
from models.problem.clock import largest_fraction
from tests.models.strategies import examples, randoms, windows

Windows = tuple[tuple[int, int], ...]


def clocks_of(horizon: int, people: list[Windows], shares: list[Fraction]) -> Clocks:
    rows = [(a, s, e) for a, own in enumerate(people) for s, e in own]
    agents, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    return make_clocks(horizon, len(people), agents, start, end, shares)


def counted(horizon: int, own: Windows, share: Fraction) -> list[int]:
    """c(0) .. c(horizon), one grain after the other."""
    clock, worked = [0], 0
    for grain in range(horizon):
        worked += any(s <= grain < e for s, e in own)
        clock.append(floor(share * worked))
    return clock


def any_share(random: Random) -> Fraction:
    """A share with few digits, with as many as a float has, or a fraction that is no decimal at all."""
    return random.choice(
        [Fraction(1), Fraction("0.9"), Fraction(repr(random.uniform(0.001, 1))), Fraction(random.randint(1, 9), 9)]
    )


@given(random=randoms)
@examples(150)
def test_clocks_count_like_a_loop_over_grains(random: Random) -> None:
    horizon, crowd = random.randint(1, 40), random.randint(1, 4)
    people = [windows(random, horizon) for _ in range(crowd)]
    shares = [any_share(random) for _ in range(crowd)]
    clocks = clocks_of(horizon, people, shares)
    expected = np.array([counted(horizon, own, u) for own, u in zip(people, shares, strict=True)])
    everybody, always = np.arange(crowd)[:, None], np.arange(horizon + 1)[None, :]
    assert np.array_equal(clocks.capacity(everybody, always), expected)
    assert np.array_equal(clocks.capacity(everybody, np.array([[-3, horizon + 5]])), expected[:, [0, -1]])
    assert np.array_equal(clocks.total(), expected[:, -1])
    whole = np.array([counted(horizon, own, Fraction(1)) for own in people])
    assert np.array_equal(clocks.working(everybody, always), whole)


@given(random=randoms)
@examples(150)
def test_work_starts_and_ends_in_the_grains_the_contract_names(random: Random) -> None:
    horizon = random.randint(1, 40)
    people, shares = [windows(random, horizon) for _ in range(2)], [any_share(random) for _ in range(2)]
    clocks = clocks_of(horizon, people, shares)
    for a, (own, share) in enumerate(zip(people, shares, strict=True)):
        c = counted(horizon, own, share)
        for s in range(c[-1]):
            assert clocks.start_grain(a, s) == max(t for t in range(horizon + 1) if c[t] <= s)
            assert clocks.end_grain(a, s + 1) == min(t for t in range(horizon + 1) if c[t] >= s + 1)


def test_start_is_the_grain_that_carries_the_clock_on() -> None:
    clocks = clocks_of(20, [((2, 5), (8, 12))], [Fraction(1)])
    assert clocks.start_grain(0, np.arange(7)).tolist() == [2, 3, 4, 8, 9, 10, 11]
    assert clocks.end_grain(0, np.arange(1, 8)).tolist() == [3, 4, 5, 9, 10, 11, 12]


def test_a_share_of_half_plans_every_second_grain() -> None:
    clocks = clocks_of(10, [((0, 10),)], [Fraction(1, 2)])
    assert clocks.capacity(0, np.arange(11)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert clocks.start_grain(0, 0) == 1
    assert clocks.end_grain(0, 1) == 2


@given(most=st.integers(1, 60), random=randoms)
@examples(300)
def test_largest_fraction_is_the_best_from_below(most: int, random: Random) -> None:
    u = random.choice([Fraction(random.randint(1, 400), 400), Fraction(repr(random.uniform(1e-4, 1))), Fraction(1)])
    best = max(Fraction(floor(u * den), den) for den in range(1, most + 1))
    found = largest_fraction(u, most)
    if best > 0:
        assert found == best
    assert [floor(found * w) for w in range(most + 1)] == [floor(u * w) for w in range(most + 1)]


def test_a_share_with_many_digits_stays_within_64_bits() -> None:
    worked = 2**30 - 1
    clocks = clocks_of(worked, [((0, worked),)], [Fraction("0.12345678901234567")])
    assert clocks.total()[0] == floor(Fraction("0.12345678901234567") * worked)
    assert clocks.end_grain(0, clocks.total()[0]) <= worked


def test_a_tiny_share_never_adds_up_to_a_grain() -> None:
    assert clocks_of(50, [((0, 50),)], [Fraction(1, 1000)]).total().tolist() == [0]
    assert clocks_of(50, [((0, 50),)], [Fraction(1, 50)]).total().tolist() == [1]


def test_people_without_windows_have_no_time() -> None:
    clocks = clocks_of(9, [(), ((0, 9),), ()], [Fraction(1)] * 3)
    assert clocks.n_agents == 3
    assert clocks.total().tolist() == [0, 9, 0]
    assert clocks_of(9, [()], [Fraction(1)]).capacity(0, 5) == 0
    assert clocks_of(9, [], []).total().tolist() == []


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        (((3, 3),), "empty or outside the horizon"),
        (((-1, 3),), "empty or outside the horizon"),
        (((3, 11),), "empty or outside the horizon"),
        (((0, 4), (3, 6)), "overlap or are not sorted"),
        (((5, 6), (0, 4)), "overlap or are not sorted"),
    ],
)
def test_broken_windows_are_refused(windows: Windows, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clocks_of(10, [windows], [Fraction(1)])


def test_touching_windows_are_one() -> None:
    touching, whole = (clocks_of(9, [w], [Fraction("0.7")]) for w in (((0, 4), (4, 9)), ((0, 9),)))
    assert np.array_equal(touching.capacity(0, np.arange(10)), whole.capacity(0, np.arange(10)))
    assert np.array_equal(touching.start_grain(0, np.arange(6)), whole.start_grain(0, np.arange(6)))
