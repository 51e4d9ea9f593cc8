"""Any rules on any tasks do what working them out one task and one rule at a time does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from data.intake.operations import Ruled
from data.intake.rules import read_rules
from tests.quick import tried

Row = dict[str, Any]

WHEN: dict[str | None, Callable[[Row], bool]] = {
    None: lambda row: True,
    "segment = 'gold'": lambda row: row.get("segment") == "gold",
    "value > 2": lambda row: (row.get("value") or 0) > 2,
    "region IS NULL": lambda row: row.get("region") is None,
    "NOT segment = 'gold'": lambda row: row.get("segment") not in (None, "gold"),
}
SET: dict[tuple[str, str], Callable[[Row], Any]] = {
    ("value", "value * 2"): lambda row: None if row.get("value") is None else row["value"] * 2,
    ("value", "value - 3"): lambda row: None if row.get("value") is None else row["value"] - 3,
    ("penalty", "COALESCE(value, 9)"): lambda row: 9.0 if row.get("value") is None else row["value"],
    ("segment", "'new'"): lambda row: "new",
    ("segment", "UPPER(region)"): lambda row: row["region"].upper() if row.get("region") else None,
    ("skills", "region || '>=2'"): lambda row: f"{row['region']}>=2" if row.get("region") else None,
}
RULE = st.tuples(
    st.sampled_from(list(WHEN)),
    st.sampled_from((None, "d", "e")),
    st.sampled_from((None, "p", "q")),
    st.lists(st.sampled_from(list(SET)), min_size=1, max_size=3, unique_by=lambda pair: pair[0]),
)
ROW = st.fixed_dictionaries(
    {"process": st.sampled_from(("p", "q"))},
    optional={
        "department": st.sampled_from(("d", "e", None)),
        "segment": st.sampled_from(("gold", "silver", None)),
        "value": st.sampled_from((0.0, 2.0, 5.0, None)),
        "region": st.sampled_from(("south", "a;", None)),
    },
)


def one_by_one(rules: list[tuple[Any, ...]], row: Row) -> Ruled:
    """The task after the rules, and whether one fails: a value below 0, or skills that cannot be read."""
    values, set_by = dict(row), {}
    order = sorted(enumerate(rules), key=lambda numbered: 2 if numbered[1][2] else 1 if numbered[1][1] else 0)
    for number, (when, department, process, sets) in order:
        mine = department in (None, row.get("department")) and process in (None, row.get("process"))
        if not mine or not WHEN[when](row):
            continue
        for name, text in sets:
            value = SET[name, text](row)
            if value == "a;>=2" or (name == "value" and value is not None and value < 0):
                return Ruled(row, {}, f"rule 'r{number}'")
            if value is not None:
                values[name], set_by[name] = value, f"r{number}"
    return Ruled(values, set_by, None)


@settings(max_examples=tried(60), deadline=None)
@given(st.lists(RULE, max_size=6), st.lists(ROW, min_size=1, max_size=8))
def test_rules_on_many_tasks_are_rules_on_each(rules, rows):
    tables = [
        {
            "name": f"r{number}",
            **{key: text for key, text in zip(("when", "department", "process"), rule, strict=False) if text},
            "set": dict(rule[3]),
        }
        for number, rule in enumerate(rules)
    ]
    read, faults = read_rules(tables)
    assert faults == []
    for row, ruled in zip(rows, read.apply_to_rows(rows, as_of=datetime(2026, 3, 2, tzinfo=UTC)), strict=True):
        expected = one_by_one(rules, row)
        assert (ruled.values, ruled.set_by) == (expected.values, expected.set_by)
        assert (ruled.failed or "").startswith(expected.failed or "")
        assert (ruled.failed is None) == (expected.failed is None)
