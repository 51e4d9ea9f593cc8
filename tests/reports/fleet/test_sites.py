"""What the plans of a fleet have come to: proved together or not at all, and never rounded up."""

from dataclasses import replace

import pytest

from models import RunRecord
from reports import Fleet, Site
from reports.fleet.sites import fault_table, fleet_frame, phrase, site_table, standing_out, title
from tests.reports.fleet.test_fleet import run


def proved(gap: float, **said: object) -> RunRecord:
    figures = {"objective": 100.0 * (1 - gap), "bound": 100.0, "empty_objective": 0.0, "gain_gap": gap}
    return run(**figures | said)


def test_an_empty_fleet_and_one_without_plans():
    assert (title(Fleet(())), phrase(Fleet(()))) == ("0 of 0 plans are there", "")
    waiting = Fleet((Site(name="north"), Site(name="south", fault="no snapshot")))
    assert title(waiting) == "0 of 2 plans are there"
    assert list(fault_table(waiting).cells()) == [("north", "not made yet"), ("south", "no snapshot")]
    assert fleet_frame(waiting)["planned_share"].to_list() == [None, None]
    assert list(standing_out(waiting).cells()) == []


def test_the_share_proved_is_rounded_down():
    fleet = Fleet((Site(name="north", run=proved(0.00051)),))
    assert site_table(fleet).frame["reached"].to_list() == [0.999]
    assert phrase(fleet) == "99.94 % of what could be gained at all of them, proved"


def test_what_is_reached_stays_within_0_and_1():
    assert Site(name="n", run=proved(1.5)).reached == 0.0
    assert Site(name="n").reached is None


def test_a_bound_below_a_plan_proves_nothing_for_all():
    refuted = proved(0.1, objective=120.0)
    fleet = Fleet((Site(name="north", run=proved(0.1)), Site(name="south", run=refuted)))
    assert (fleet.gap, phrase(fleet)) == (None, "")


def test_without_anything_to_gain_there_is_no_share():
    nothing = replace(proved(0.0), objective=0.0, bound=0.0)
    assert Fleet((Site(name="north", run=nothing),)).gap is None


def test_five_sites_are_named_and_equal_ones_in_the_order_of_the_list():
    fleet = Fleet(tuple(Site(name=f"s{number}", run=run(tasks=1, waiting=1)) for number in range(7)))
    rows = dict(standing_out(fleet).cells())
    assert rows["Most work left undone"] == ", ".join(f"s{number} (50.0 %)" for number in range(5))


def test_sites_without_tasks_stand_out_in_nothing():
    rows = dict(standing_out(Fleet((Site(name="empty", run=run(tasks=0, waiting=0)),))).cells())
    assert not [text for text in rows.values() if "nan" in text or "inf" in text]
    assert "Most work left undone" not in rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_of_a_site(language):
    (row,) = fleet_frame(Fleet((Site(name="ö", run=proved(0.1), kept=True, seconds=2.5),))).to_dicts()
    assert (row["site"], row["planned"], row["planned_share"], row["kept"], row["seconds"]) == ("ö", 3, 0.75, True, 2.5)
