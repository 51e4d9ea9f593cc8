"""Records as JSON and back: names, gaps, types, and the key that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

from models import from_plain, to_plain
from models.runs.plain import record_to_plain


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    start: datetime = field(metadata={"key": "from"})
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    ok: bool = True
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    named: Mapping[str, float] = field(default_factory=dict)
    later: str | None = field(default=None, metadata={"left_out": True})
    free: Any = None


EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
WHOLE = Outer("ö", 3, False, Inner(EIGHT), (Inner(EIGHT, 1), Inner(EIGHT)), {"a": 2}, "x", {"k": [1, None]})
PLAIN: dict[str, Any] = {
    "name": "ö",
    "count": 3,
    "ok": False,
    "inner": {"from": "2026-03-02T08:00:00+00:00", "share": 0.5},
    "several": [{"from": "2026-03-02T08:00:00+00:00", "share": n} for n in (1, 0.5)],
    "named": {"a": 2},
    "later": "x",
    "free": {"k": [1, None]},
}


def test_a_record_comes_back_as_it_was() -> None:
    assert to_plain(WHOLE) == PLAIN
    assert from_plain(Outer, PLAIN) == WHOLE


def test_what_is_missing_has_its_default_and_what_is_unknown_is_no_matter() -> None:
    assert from_plain(Outer, {"name": "a", "count": 1, "newer": 7}) == Outer("a", 1)
    assert "later" not in record_to_plain(Outer("a", 1))
    assert record_to_plain(Outer("a", 1))["inner"] is None


def test_enums_and_nested_values() -> None:
    assert to_plain({"a": (Colour.RED, [EIGHT])}) == {"a": ["red", ["2026-03-02T08:00:00+00:00"]]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": 7}, "name is 7, and not a text"),
        ({"count": 1.5}, "count is 1.5, and not a whole number"),
        ({"count": True}, "count is True, and not a whole number"),
        ({"ok": 1}, "ok is 1, and not true or false"),
        ({"inner": []}, "inner is [], and no object"),
        ({"inner": {"share": 1}}, "it lacks inner.from"),
        ({"inner": {"from": "soon"}}, "inner.from is 'soon'"),
        ({"inner": {"from": "2026-03-02", "share": "much"}}, "inner.share is 'much', and not a number"),
        ({"several": {}}, "several is {}, and not a list"),
        ({"several": [{"from": "2026-03-02"}, 7]}, "several[1] is 7, and no object"),
        ({"named": {"a": "b"}}, "named.a is 'b', and not a number"),
        ({"named": {"a": float("nan")}}, "named.a is nan, and not a number"),
        ({"named": {"a": float("-inf")}}, "named.a is -inf, and not a number"),
        ({"named": {"a": 1e300}}, "named.a is 1e+300, and not a number"),
    ],
)
def test_a_value_of_another_type_is_told_with_its_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=r"is|lacks") as told:
        from_plain(Outer, PLAIN | change)
    assert str(told.value) == said


def test_all_missing_keys_are_told_at_once_and_what_is_no_object_is_said() -> None:
    with pytest.raises(ValueError, match=r"^it lacks name, count$"):
        from_plain(Outer, {})
    with pytest.raises(ValueError, match=r"^the whole is 7, and no object$"):
        from_plain(Outer, 7)


def test_a_whole_number_will_do_for_a_number() -> None:
    assert from_plain(Inner, {"from": "2026-03-02T08:00:00+00:00", "share": 1}).share == 1
