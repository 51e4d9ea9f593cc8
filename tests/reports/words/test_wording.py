from datetime import datetime

import pytest

from reports.words.wording import (
    Unit,
    floored_share,
    in_words,
    moment,
    policy_meaning,
    reason_words,
    shown,
)
from tests.contract import DEFAULT_POLICY


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Unit.POINTS, ""),
        (1234567.125, Unit.POINTS, "1,234,567.13"),
        (-0.001, Unit.POINTS, "0.00"),
        (4421.25, Unit.HOURS, "4,421.3"),
        (0.9785, Unit.SHARE, "97.9 %"),
        (12000, Unit.COUNT, "12,000"),
        (7.0, Unit.MINUTES, "7"),
        (7.5, Unit.MINUTES, "7.50"),
        (12000, Unit.NUMBER, "12000"),
        (1e40, Unit.POINTS, "1e+40"),
        ("=1+1", Unit.TEXT, "=1+1"),
        (datetime(2026, 3, 2, 8, 5), Unit.TIME, "2026-03-02 08:05"),  # noqa: DTZ001 - shown as it is
        (datetime(2026, 3, 2, 8, 5, 1), Unit.TIME, "2026-03-02 08:05:01"),  # noqa: DTZ001
    ],
)
def test_values_are_shown_by_kind(value: object, kind: Unit, text: str) -> None:
    assert shown(value, kind) == text


@pytest.mark.parametrize(
    ("gap", "text"),
    [(0.021, "97.9 %"), (0.0215, "97.8 %"), (0.0004, "99.96 %"), (1e-9, "99.999999 %"), (1.0, "0.0 %")],
)
def test_a_share_never_claims_more_than_was_reached(gap: float, text: str) -> None:
    assert floored_share(gap) == text


def test_a_moment_has_its_weekday() -> None:
    assert moment(datetime(2026, 3, 2, 8, 5)) == "Mon 2 Mar 2026 08:05"  # noqa: DTZ001 - shown as it is
    assert moment(datetime(2026, 3, 1, 8, 5, 30)) == "Sun 1 Mar 2026 08:05:30"  # noqa: DTZ001


def test_every_key_of_the_policy_has_a_meaning() -> None:
    sections = {key: value for key, value in DEFAULT_POLICY.items() if isinstance(value, dict) and key != "weights"}
    keys = ["sla", "max_reject_share", *(f"{s}.{key}" for s, inner in sections.items() for key in inner)]
    assert all(policy_meaning(key) for key in keys)
    assert policy_meaning("weights.tenant.a.b") == "multiplies the value of every task of tenant a.b"
    assert policy_meaning("later.key") == ""


def test_unknown_words_are_shown_readable() -> None:
    assert in_words({}, "some_new_stop") == "some new stop"
    assert reason_words("some_reason") == ("some reason", "")
