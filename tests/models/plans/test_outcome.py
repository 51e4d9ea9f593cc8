"""What an engine came back with."""

import pytest

from models import Outcome, Proof, Stop, silent
from tests.models.case import make_plan


def outcome(objective: int, bound: int | None) -> Outcome:
    return Outcome(
        engine="test",
        plan=make_plan([0], [0]),
        objective=objective,
        bound=bound,
        bound_source="test",
        stop=Stop.FINISHED,
    )


def test_no_plan_stands_above_its_bound() -> None:
    with pytest.raises(ValueError, match="a plan worth 101 stands above its bound 100"):
        outcome(101, 100)


@pytest.mark.parametrize(
    ("objective", "bound", "proof", "gap"),
    [
        (100, 100, Proof.OPTIMAL, 0.0),
        (80, 100, Proof.GAP, 0.2),
        (80, None, Proof.NONE, None),
        (0, 0, Proof.OPTIMAL, 0.0),
        (-110, -100, Proof.GAP, 0.1),
    ],
)
def test_proof_follows_from_the_bound_alone(objective: int, bound: int | None, proof: Proof, gap: float | None) -> None:
    found = outcome(objective, bound)
    assert found.proof is proof
    assert found.gap == pytest.approx(gap)


def test_stops_and_proofs_are_what_run_json_says() -> None:
    assert [s.value for s in Stop] == ["optimal", "gap", "time_limit", "effort", "finished", "interrupted"]
    assert [p.value for p in Proof] == ["optimal", "gap", "none"]


def test_the_silent_observer_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert silent("greedy", 1, 2) is None
    assert capsys.readouterr() == ("", "")
