"""The engine that chooses, and the table of engines."""

import pytest

from models.engines import ENGINES, make_engine
from tests.models.engines.test_exact import crowd
from tests.models.solving import solve


def test_small_problems_go_to_the_exact_engine() -> None:
    outcome = solve("auto", crowd(8, 2))
    assert outcome.engine == "exact"
    assert outcome.engine_reason == "exact, as 32 ways to do the tasks fit a whole model, which proved the plan optimal"


def test_large_problems_go_to_the_scale_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.auto.EXACT_OPTIONS", 10)
    outcome = solve("auto", crowd(8, 2))
    assert outcome.engine == "scale"
    assert outcome.engine_reason == "scale, as 32 ways to do the tasks are too many for a whole model"


@pytest.mark.parametrize("name", [e for e in ENGINES if e != "auto"])
def test_engines_say_who_they_are(name: str) -> None:
    assert solve(name, crowd(4, 2)).engine == name


def test_every_engine_can_be_made() -> None:
    assert ENGINES == ("auto", "exact", "pulp", "scale", "greedy")
    assert all(callable(make_engine(name)) for name in ENGINES)
