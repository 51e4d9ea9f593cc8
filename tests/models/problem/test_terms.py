"""The policy's numbers."""

from fractions import Fraction

import pytest

from models import WEIGHT_FIELDS, Terms


def test_defaults_are_the_contracts() -> None:
    terms = Terms()
    assert (terms.grain_s, terms.sla_hard, terms.default_value) == (60, False, 1)
    assert (terms.late_share, terms.ageing_per_day, terms.ageing_cap) == (Fraction(1, 2), Fraction(1, 10), 3)
    assert (terms.requested_agent_share, terms.cost_weight, terms.weights) == (Fraction(1, 10), 0, {})
    assert WEIGHT_FIELDS == ("tenant", "department", "process", "segment", "channel")


def test_a_grain_is_at_least_a_second() -> None:
    assert Terms(grain_s=1).grain_s == 1
    with pytest.raises(ValueError, match="a grain of 0 s: at least 1 s"):
        Terms(grain_s=0)


@pytest.mark.parametrize("share", [Fraction(-1, 10), Fraction(11, 10)])
def test_late_share_is_a_share(share: Fraction) -> None:
    with pytest.raises(ValueError, match=r"late_share -?\d\.\d is outside 0\.\.1"):
        Terms(late_share=share)
    assert Terms(late_share=Fraction(1)).late_share == 1


def test_weights_are_by_known_fields() -> None:
    assert Terms(weights={"tenant": {"acme": Fraction(2)}}).weights["tenant"]["acme"] == 2
    with pytest.raises(ValueError, match="weights by \\['team'\\]: known are tenant, department"):
        Terms(weights={"team": {}})
