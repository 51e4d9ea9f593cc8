"""The record of a run: run.json typed, and back without a change."""

import json

import pytest

from models import Code, EditCost, LaterNotice, Notice, PolicyRecord, RunRecord
from models.runs.plain import to_plain

COUNTS = {"tasks": 3, "rejected": 1, "plannable": 2, "planned": 1, "on_time": 1, "late": 0, "unplanned": 1}
FIRST = {
    "schema_version": 1,
    "run_id": "20260302T0700Z-6182ca8ae6",
    "as_of": "2026-03-02T08:00:00+01:00",
    "horizon_end": "2026-03-02T18:00:00+01:00",
    "timezone": "Europe/Berlin",
    "engine": "exact",
    "stop": "optimal",
    "proof": "optimal",
    "objective": 12.5,
    "bound": 12.5,
    "gap": 0.0,
    "gain_gap": 0.0,
    "empty_objective": -4,
    "counts": COUNTS,
    "agents": {"working_minutes": 60.0, "capacity_minutes": 60.0, "planned_minutes": 9.0, "utilization": 0.15},
    "timings_s": {"read": 0.25},
    "check": {"ok": True, "violations": []},
    "warnings": ["something"],
    "seed": 0,
    "policy": {"payoff": {"late_share": 0.5}, "report": {"target_utilization": [0.6, 0.8]}},
    "inputs": {"tasks.csv": "ab"},
    "versions": {"allot": "0.1.0"},
}
"""run.json with the keys of the first version only."""
NOTICE = {"code": "tasks_set_aside", "count": 1, "of": 3, "table": "tasks", "place": "", "names": ["T1"], "rows": [2]}
LATER = {
    **FIRST,
    "engine_asked": "auto",
    "engine_reason": "small",
    "bound_source": "certificate",
    "hour_value": [
        {
            "requirement": "a;b",
            "from": "2026-03-02T08:00:00+01:00",
            "until": "2026-03-02T09:00:00+01:00",
            "points_per_hour": 42.6,
        }
    ],
    "not_written": ["plan.xlsx"],
    "notices": [NOTICE, {"code": "of_tomorrow", "count": 1}],
    "effort": 1,
    "snapshot": None,
    "idle": {"people": 1, "hours": 1.5, "tasks": 2, "agents": ["A1"], "examples": ["T1", "T2"]},
    "replan": {
        "from": "run-0",
        "changes": 1,
        "forced": 0,
        "dropped": 0,
        "moved": 1,
        "gone": 0,
        "added": 0,
        "people": 2,
        "kept_objective": 11.0,
        "bound_within_budget": None,
        "stability_points": 0.5,
        "max_changes": None,
        "frozen": 2,
        "edits": [
            {"edit": "hold T1", "carried": False, "cost": {"points": 1.5, "at_least": 0.0, "at_most": None}},
            {"edit": "pin T2=A1", "carried": True, "cost": None},
        ],
        "curve": [{"allowed": 0, "changes": 0, "objective": 11.0, "bound": None}],
    },
    "kpis": {"enterprise": {"": {"tasks": 3, "gap": 0.5}}},
    "of_tomorrow": {"from": ["x"]},
}


def test_what_is_read_is_what_is_written():
    record = RunRecord.from_json(LATER)
    assert json.dumps(record.as_json(), sort_keys=True) == json.dumps(LATER, sort_keys=True)
    assert RunRecord.from_json(record.as_json()) == record


def test_what_it_says_is_typed():
    record = RunRecord.from_json(LATER)
    assert record.as_of.isoformat() == LATER["as_of"]
    assert record.counted.planned == 1
    assert record.notices[0] == Notice(
        code=Code.TASKS_SET_ASIDE, count=1, of=3, table="tasks", names=("T1",), rows=(2,)
    )
    assert record.notices[1] == LaterNotice({"code": "of_tomorrow", "count": 1})
    assert record.replan is not None
    assert (record.replan.earlier, record.replan.edits[0].cost) == (
        "run-0",
        EditCost(points=1.5, at_least=0.0, at_most=None),
    )
    assert record.further == {"of_tomorrow": {"from": ["x"]}}


def test_a_run_of_the_first_version_has_defaults():
    record = RunRecord.from_json(FIRST)
    assert (record.engine_reason, record.bound_source, record.notices, record.not_written) == ("", "", (), ())
    assert (record.hour_value, record.effort, record.idle, record.replan, record.kpis) == (None,) * 5
    assert not {"replan", "kpis", "further"} & record.as_json().keys()


def test_a_plan_that_was_not_even_one_has_nothing_counted():
    record = RunRecord.from_json({**FIRST, "counts": None, "agents": None})
    with pytest.raises(ValueError, match="has no plan that could be counted"):
        assert record.counted
    with pytest.raises(ValueError, match="has no plan that could be counted"):
        assert record.people_time


def test_the_policy_is_whole_and_has_defaults():
    policy = RunRecord.from_json(FIRST).policy
    assert policy.as_json() == FIRST["policy"]
    assert (policy.target_utilization, policy.warning_margin, policy.unit) == ((0.6, 0.8), "30m", "points")
    weighted = PolicyRecord({"weights": {"tenant": {"acme": 2.0}}, "report": {"language": "zh", "unit": "EUR"}})
    assert (weighted.weights("tenant"), weighted.weights("channel")) == ({"acme": 2.0}, {})
    assert (weighted.language, weighted.unit, weighted.late_share) == ("zh", "EUR", 0.5)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"as_of": "soon"}, "as_of is 'soon'"),
        ({"horizon_end": None}, "horizon_end is None"),
        ({"objective": "much"}, "objective is 'much', and not a number"),
        ({"seed": True}, "seed is True, and not a whole number"),
        ({"counts": {**COUNTS, "late": 0.5}}, "counts.late is 0.5, and not a whole number"),
        ({"counts": {"tasks": 1}}, "it lacks counts.rejected, counts.plannable"),
        ({"check": []}, r"check is \[\], and no object"),
        ({"warnings": ["a", 1]}, r"warnings\[1\] is 1, and not a text"),
        ({"inputs": {"a": 1}}, "inputs.a is 1, and not a text"),
        ({"policy": 3}, "policy is 3"),
    ],
)
def test_what_is_wrong_is_named(changed, said):
    with pytest.raises(ValueError, match=said):
        RunRecord.from_json({**FIRST, **changed})


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(ValueError, match=r"it lacks bound, counts$"):
        RunRecord.from_json({name: FIRST[name] for name in FIRST if name not in ("bound", "counts")})


def test_what_is_in_memory_is_as_json_has_it():
    assert to_plain({"a": (1, 2), "b": {"c": Code.TIME_TAKEN}}) == {"a": [1, 2], "b": {"c": "time_taken"}}
