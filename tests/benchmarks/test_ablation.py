"""Parts that are left out are there, and gaps are measured from the lowest bound."""

import pytest

from tests.benchmarks import ablation


@pytest.mark.parametrize("part", [part for part in ablation.WITHOUT if part != "all"])
def test_what_is_left_out_is_there(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced = []
    monkeypatch.setattr(ablation, "_replace", lambda whose, name, value: replaced.append(hasattr(whose, name)))
    ablation.WITHOUT[part]()
    assert replaced == [True]


def test_what_is_not_there_cannot_be_left_out() -> None:
    with pytest.raises(AttributeError, match="say here what is left out"):
        ablation._replace(ablation, "nothing_of_this_name", None)


def test_gaps_are_those_of_the_run_and_to_the_lowest_bound() -> None:
    runs = [
        {"objective": 90.0, "bound": 100.0, "gain_gap": 0.1},
        {"objective": 95.0, "bound": 110.0, "gain_gap": 0.15},
        {"objective": 100.0, "bound": 100.0, "gain_gap": 0.0},
    ]
    assert ablation.gaps(runs) == ["10.00% 10.00%", "15.00% 5.00%", "0.00% 0.00%"]
