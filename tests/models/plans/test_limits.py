"""How long an engine may work."""

import threading
import time

import pytest

from models import Limits, relative_gap


def test_without_limits_there_is_all_the_time() -> None:
    assert Limits().remaining_s() == float("inf")
    assert not Limits().exhausted()


def test_the_clock_runs_out() -> None:
    limits = Limits(deadline=time.monotonic() + 60)
    assert 50 < limits.remaining_s() <= 60
    assert not limits.exhausted()
    past = Limits(deadline=time.monotonic() - 1)
    assert past.remaining_s() == 0
    assert past.exhausted()


def test_somebody_asks_to_stop() -> None:
    cancelled = threading.Event()
    limits = Limits(cancelled=cancelled)
    assert not limits.exhausted()
    cancelled.set()
    assert limits.exhausted()
    assert not Limits().exhausted()


@pytest.mark.parametrize(
    ("bound", "objective", "gap"),
    [(200, 100, 0.5), (100, 100, 0.0), (-100, -150, 0.5), (0, 0, 0.0), (0, -1, 1e7)],
)
def test_gap_is_relative_to_the_bound(bound: int, objective: int, gap: float) -> None:
    assert relative_gap(bound, objective) == pytest.approx(gap)
