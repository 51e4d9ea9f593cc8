"""Which threshold counts where: alerts of a level, inherited ones, and those of places that are not clear."""

import polars as pl
import pytest

from scheduler.alerts.conditions import conditions_of
from scheduler.alerts.places import WHOLE, ancestors_of
from scheduler.config import AlertSection

PEOPLE = pl.DataFrame(
    [
        ("A", "T1", "Köln", "Rhein"),
        ("B", "T1", "Köln", "Rhein"),
        ("C", "T2", "Köln", "Rhein"),
        ("D", "T3", "Bonn", "Rhein"),
        ("E", "Both", "Köln", "Rhein"),  # a team on two sites
        ("F", "Both", "Bonn", "Rhein"),
        ("G", "Apart", "Köln", "Rhein"),  # and one in two organisations
        ("H", "Apart", "Ulm", "Donau"),
        ("I", None, None, "Donau"),
    ],
    schema=["agent_id", "team", "site", "organisation"],
    orient="row",
)
PLACES = ancestors_of(PEOPLE)
VALUES = dict.fromkeys((*PLACES, WHOLE, ("segment", "gold")), 15.0)


def alert(level: str, key: str | None = None, red: float | str | None = None, **keys: object) -> AlertSection:
    """An enabled alert on late work, called by its level and key."""
    given = {"name": f"{level} {key or ''}".strip(), "level": level, "key": key, "red": red, "measure": "late"}
    return AlertSection.model_validate({**given, "enabled": True, **keys})


def thresholds(*alerts: AlertSection) -> dict[tuple[str, str], float | None]:
    found = conditions_of(alerts, {"late": VALUES}, PLACES)
    return {each.node: None if each.red is None else each.red.value for each in found}


ALL = alert("enterprise", red=100, inherit=True)
KOELN = alert("site", "Köln", 20)
TEAM = ("team", "T1")


@pytest.mark.parametrize(
    ("alerts", "node", "threshold"),
    [
        ([ALL], ("agent", "A"), 100),
        ([alert("enterprise", red=100)], TEAM, "none"),
        ([ALL, KOELN], TEAM, 20),
        ([KOELN], TEAM, "none"),
        ([ALL, KOELN], ("team", "T3"), 100),
        ([ALL, KOELN, alert("team", "T1", 5)], TEAM, 5),
        ([ALL, KOELN, alert("team", "T1", 5, enabled=False)], TEAM, 20),
        ([ALL, alert("site", "Köln", 20, enabled=False)], TEAM, 100),
        ([alert("enterprise", red=100, inherit=True, enabled=False), KOELN], TEAM, "none"),
        ([ALL, alert("team", "T1", 5)], ("agent", "B"), 5),
        ([ALL, KOELN, alert("team", "T1", inherit=True)], TEAM, 20),
        ([alert("site", None, 30, inherit=True), KOELN.model_copy(update={"name": "site"})], TEAM, 20),
        ([ALL], ("segment", "gold"), "none"),
        ([ALL, KOELN], ("team", "Both"), 100),
        ([ALL, KOELN, alert("organisation", "Rhein", 50)], ("team", "Both"), 50),
        ([ALL, KOELN, alert("organisation", "Rhein", 50)], ("team", "Apart"), 100),
        ([ALL, KOELN], ("agent", "E"), 20),
        ([ALL, alert("organisation", "Donau", 50)], ("agent", "I"), 50),
    ],
    ids=[
        "passed on to people",
        "not passed on",
        "the nearest counts",
        "nobody passes anything on",
        "another place",
        "its own",
        "its own is not enabled",
        "the nearest is not enabled",
        "what passes on is not enabled",
        "below its own",
        "the own one has no threshold",
        "a key comes before the level",
        "work belongs to no place",
        "two sites: skipped",
        "two sites: the organisation",
        "two organisations: the enterprise",
        "a person of a team on two sites has one",
        "no team and no site",
    ],
)
def test_inheritance(alerts, node, threshold):
    assert thresholds(*alerts).get(node, "none") == threshold


def test_a_target_is_that_of_the_place_else_of_the_nearest_above_and_is_kept_when_it_is_met():
    targets = {TEAM: 15.0, WHOLE: 10.0}
    found = conditions_of(
        [alert("enterprise", red="target", inherit=True)],
        {"late": VALUES},
        PLACES,
        lambda node, measure: targets.get(node),
    )
    said = {each.node: each.severity(15.0) for each in found}
    assert (said[TEAM], said["team", "T2"], said[WHOLE]) == (None, "red", "red")
    assert conditions_of([alert("enterprise", red="target")], {"late": VALUES}, PLACES)[0].severity(15.0) is None


@pytest.mark.parametrize(("below", "said"), [(False, [None, "yellow", "red"]), (True, ["red", "yellow", None])])
def test_a_threshold_is_reached(below, said):
    red, yellow = (5, 15) if below else (15, 5)
    (found,) = conditions_of([alert("enterprise", red=red, yellow=yellow, below=below)], {"late": {}}, {})
    assert [found.severity(value) for value in (4.0, 10.0, 16.0)] == said
    assert found.severity(float(red)) == "red"
    assert found.severity(None) is None


def test_without_enabled_nothing_is_watched():
    assert conditions_of([alert("team", red=0, enabled=False)], {"late": VALUES}, PLACES) == []
