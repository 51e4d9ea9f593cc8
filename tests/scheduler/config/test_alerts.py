"""What allot.toml may say of alerts: each fault names the alert and what to give instead."""

from typing import Any

import pytest

from scheduler.config.alerts import AlertSection, faults_of_alerts

LATE = {"name": "late", "measure": "late", "red": 20}


def faults(**changes: Any) -> list[str]:
    """The faults of an alert with other keys; a key of None is not there."""
    alert = {name: value for name, value in {**LATE, **changes}.items() if value is not None}
    return [fault.removeprefix("'alert.0' (late): ") for fault in faults_of_alerts([alert], {"host": None})]


def test_a_sound_alert_has_no_fault():
    assert (
        faults()
        == faults(level="site", key="K", yellow=10)
        == faults(below=True, red=0.8, yellow=0.9, measure="sla_share")
        == []
    )
    assert faults(red=None, level="enterprise", measure="run_age", expect="30m") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"measure": "laet"}, "unknown measure 'laet'; did you mean 'late'?"),
        ({"level": "sites"}, "unknown level 'sites'; did you mean 'site'?"),
        ({"key": "K"}, "the enterprise has no keys; leave key out"),
        ({"red": None}, "nothing says when it fires; give red, yellow or both"),
        ({"yellow": 21}, "yellow comes before red: yellow = 21 and red = 20 are the wrong way round"),
        ({"yellow": 19, "below": True}, "yellow comes before red: yellow = 19 and red = 20 are the wrong way round"),
        ({"expect": "30m", "red": None}, "expect goes with source_age and run_age alone; give red, yellow or both"),
        ({"measure": "run_age", "red": None}, 'nothing says when it fires; give expect = "30m"'),
        ({"measure": "run_age", "expect": "1h"}, "give either expect or red"),
        ({"measure": "run_age", "red": "target"}, "red: there are no targets for run_age"),
        ({"measure": "run_age", "below": True}, "below makes no sense for run_age"),
        ({"measure": "source_age", "key": "hots"}, "there is no source 'hots'; did you mean 'host'?"),
        ({"measure": "source_age", "level": "site"}, "the level of source_age is source, not 'site'"),
        ({"level": "team", "inherit": True, "measure": "sla_missed"}, None),
    ],
)
def test_a_fault_says_what_to_give(changes, said):
    found = faults(**changes)
    assert found == [said] if said is not None else found


def test_two_of_one_name_for_the_same_place_are_refused_and_what_the_types_refuse_is_left_to_them():
    assert list(faults_of_alerts([LATE, LATE], {})) == [
        "'alert': there are 2 with the name 'late' for the same level and key"
    ]
    assert list(faults_of_alerts([LATE, {**LATE, "level": "site"}, "x", {"name": 7}], {})) == []


@pytest.mark.parametrize(
    ("given", "threshold"), [(20, 20.0), ("30m", 30.0), ("2h", 120.0), ("target", "target"), (None, None)]
)
def test_thresholds_are_numbers_lengths_or_the_target(given, threshold):
    assert AlertSection(name="late", measure="late", red=given).red == threshold


@pytest.mark.parametrize("given", ["soon", True, []])
def test_other_thresholds_are_refused(given):
    with pytest.raises(ValueError, match="red"):
        AlertSection(name="late", measure="late", red=given)
