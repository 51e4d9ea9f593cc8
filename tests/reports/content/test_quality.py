from dataclasses import replace

import pytest

from models import PolicyRecord, RunRecord
from reports import quality_phrase
from reports.content.quality import quality
from tests.reports.runs import view_of


def figures(
    objective: float, bound: float | None, gain_gap: float | None, empty: float = 0.0, unit: str = "points"
) -> RunRecord:
    run = view_of().run
    policy = PolicyRecord({"report": {"unit": unit}})
    return replace(run, objective=objective, bound=bound, gain_gap=gain_gap, empty_objective=empty, policy=policy)


@pytest.mark.parametrize(
    ("run", "phrase"),
    [
        (figures(97.9, 100.0, 0.021), "97.9 % of what could be gained, proved"),
        (figures(100.0, 100.0, 0.0), "100 % of what could be gained, proved: no plan is better"),
        (figures(99.99999, 100.0, 1e-7), "99.99999 % of what could be gained, proved"),
        (figures(5.0, None, None), "How much more is possible is not known: no upper limit was proved"),
        (figures(0.0, 0.0, None), "Nothing better is possible, proved: no plan is worth more"),
        (figures(-8.0, -5.0, 0.3, -4.0), "At most 3.00 points more are possible, proved"),
        (figures(-8.0, 2.0, 1.7, -4.0), "Worth 4.00 points less than leaving all work undone"),
    ],
)
def test_phrases(run: RunRecord, phrase: str) -> None:
    assert quality_phrase(run) == phrase


def test_points_name_the_bound_only_when_there_is_one() -> None:
    assert quality(figures(1586101.0, 1598514.2, 0.021)).points == (
        "best possible 1,598,514.20, this plan 1,586,101.00 points"
    )
    assert quality(figures(5.0, None, None)).points == "this plan 5.00 points"


def test_value_is_counted_in_the_unit_of_the_policy() -> None:
    assert quality(figures(5.0, 7.5, 0.1, unit="EUR")).points == "best possible 7.50, this plan 5.00 EUR"
    assert quality_phrase(figures(-8.0, -5.0, 0.3, -4.0, "EUR")) == "At most 3.00 EUR more are possible, proved"
