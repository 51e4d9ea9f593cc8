"""The plans of a fleet side by side: figures, where to look first, the page and the lines in both languages."""

from dataclasses import replace
from pathlib import Path

import pytest

from models import RunRecord
from reports import Fleet, Site, fleet_frame, fleet_lines, site_line, write_fleet_page
from reports.fleet.sites import standing_out
from tests.reports.runs import agent, left, planned, view_of


def run(tasks: int = 3, waiting: int = 1, **said: object) -> RunRecord:
    found = view_of(
        plan=[planned(f"T{n}", sequence=n + 1) for n in range(tasks)],
        unplanned=[left(f"U{n}") for n in range(waiting)],
        agents=[agent("A1")],
    ).run
    return replace(found, **said)  # type: ignore[arg-type]


@pytest.fixture
def fleet() -> Fleet:
    good = run(objective=99.0, bound=100.0, empty_objective=0.0, gain_gap=0.01)
    poor = run(tasks=1, waiting=3, objective=80.0, bound=100.0, empty_objective=0.0, gain_gap=0.2)
    return Fleet(
        (
            Site(name="north <1>", run=good, page="north 1/report.html", seconds=2.0),
            Site(name="south", run=poor, kept=True),
            Site(name="west", fault="the disk is full:\n  west"),
        )
    )


def test_figures_are_those_of_the_runs(fleet: Fleet) -> None:
    table = fleet_frame(fleet)
    assert table["site"].to_list() == ["north <1>", "south", "west"]
    assert table["planned"].to_list() == [3, 1, None]
    assert table["reached"].to_list() == pytest.approx([0.99, 0.8, None])
    assert table["fault"].to_list() == ["", "", "the disk is full:\n  west"]
    assert fleet.gap == pytest.approx(21 / 200)


def test_without_a_proof_nothing_is_claimed(fleet: Fleet) -> None:
    unproved = run(objective=50.0, bound=None, gain_gap=None, gap=None)
    some = Fleet((*fleet.sites[:1], Site(name="east", run=unproved)))
    assert some.gap is None
    assert fleet_frame(some)["reached"].to_list() == pytest.approx([0.99, None])
    assert fleet_lines(some, ["x"])[0] == "2 of 2 plans are there"
    assert "proved" not in fleet_lines(some, ["x"])[1]


def test_one_looks_first_where_most_is_left(fleet: Fleet) -> None:
    rows = dict(standing_out(fleet).cells())
    assert rows["Most work left undone"] == "south (75.0 %), north <1> (25.0 %)"
    assert rows["Furthest from the best possible"] == "south (20.0 %), north <1> (1.0 %)"


def test_lines_are_in_both_languages(fleet: Fleet) -> None:
    first, _, last = fleet.sites
    assert site_line(first, 1, 10) == " 1/10  north <1>: 99.0 % of what could be gained, proved; 3 planned, 1 not"
    assert site_line(last, 10, 10) == "10/10  west: no plan: the disk is full: west"
    assert site_line(last, 3, 3, "zh") == "3/3  west：没有计划：the disk is full: west"
    assert fleet_lines(fleet, ["fleet.html"])[:2] == [
        "2 of 3 plans are there",
        "89.5 % of what could be gained at all of them, proved",
    ]
    assert fleet_lines(fleet, ["fleet.html"], "zh")[0] == "3 个计划中已有 2 个"


@pytest.mark.parametrize(("language", "missing"), [("en", "Without a plan"), ("zh", "没有计划")])
def test_the_page_shows_every_site(fleet: Fleet, tmp_path: Path, language: str, missing: str) -> None:
    write_fleet_page(fleet, tmp_path / "fleet.html", language)
    page = (tmp_path / "fleet.html").read_text("utf-8")
    for text in (missing, '<a href="north%201/report.html">north &lt;1&gt;</a>', "south", "the disk is full:"):
        assert text in page
    assert "<1>" not in page
    write_fleet_page(fleet, tmp_path / "again.html", language)
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "fleet.html").read_bytes()
