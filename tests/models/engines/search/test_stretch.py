"""When a search looks at the clock, and when something else has its turn."""

import pytest

from models.engines.search.stretch import ROUNDS_AT_ONCE, SLICE_S, Sweeps, Turns, _at_once


def test_the_other_is_due_at_first_and_then_after_so_much_search() -> None:
    turns = Turns()
    assert turns.other_is_due()
    turns.other_done(4.0, 0.0)
    turns.moved(11.9, 1.0)
    assert not turns.other_is_due()
    turns.moved(0.1, 0.0)
    assert turns.other_is_due()


def test_what_paid_worse_is_put_off_further_and_what_paid_better_comes_sooner() -> None:
    turns = Turns()
    for wait in (12.0, 36.0, 108.0):
        turns.other_done(4.0, 0.0)
        turns.moved(wait - 0.5, 10.0)
        assert not turns.other_is_due()
        turns.moved(0.5, 0.0)
        assert turns.other_is_due()
    turns.other_done(4.0, 1e6)
    turns.moved(54.0, 0.0)
    assert turns.other_is_due()


def test_however_well_it_pays_the_search_has_a_share() -> None:
    turns = Turns()
    for _ in range(20):
        turns.moved(100.0, 0.0)
        turns.other_done(4.0, 1e6)
    turns.moved(0.9, 0.0)
    assert not turns.other_is_due()
    turns.moved(0.1, 0.0)
    assert turns.other_is_due()


@pytest.mark.parametrize(
    ("moves", "seconds", "resized", "next_moves"),
    [
        (ROUNDS_AT_ONCE, SLICE_S, False, ROUNDS_AT_ONCE),
        (100, SLICE_S / 10, False, 200),  # no more than twice as many
        (100, 10 * SLICE_S, False, 10),
        (100, 0.0, False, 200),
        (100_000, SLICE_S / 2, False, 100_000),
        (1, 100.0, False, 10),
        (100, SLICE_S, True, 10),
    ],
)
def test_moves_before_the_next_look_at_the_clock(moves: int, seconds: float, resized: bool, next_moves: int) -> None:
    assert _at_once(moves, seconds, resized) == next_moves


def test_sweeps_since_others() -> None:
    assert Sweeps(3.0, 5.0).since(Sweeps(1.0, 2.0)) == Sweeps(2.0, 3.0)
