"""The page of a run: all that is on it, and that names stay names."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from reports import RunView
from tests.reports.page.seen import page_of
from tests.reports.runs import ZONE, agent, at, hour, left, planned, reject, view_of


def test_the_page_tells_what_matters(mixed: RunView, tmp_path: Path) -> None:
    text = page_of(mixed, tmp_path).text
    for expected in (
        "Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00",
        "97.9 % of what could be gained, proved",
        "best possible 23.50, this plan 22.50 points",
        "Utilization 31.7 % 2 of 5 working hours",
        "1 task will be late without having been overdue",
        "Not planned: nobody may do it",
        "Times are Europe/Berlin",
        "small enough to be solved exactly",
        "share of its value a task still earns when it is late",
    ):
        assert expected in text


def test_the_edges_make_a_page(nothing: RunView, nobody: RunView, all_late: RunView, tmp_path: Path) -> None:
    assert "Nothing stands out." in page_of(nothing, tmp_path).text
    assert "Nothing better is possible, proved" in page_of(nothing, tmp_path).text
    assert "2 tasks that nobody may do" in page_of(nobody, tmp_path).text
    assert "3 tasks will be late" in page_of(all_late, tmp_path).text


def test_what_one_more_hour_is_worth(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(view_of(hours=[hour(f"名前 {k}", 340.5 - k) for k in range(20)]), tmp_path)
    assert "What one more hour is worth" in page.text
    assert "true for the first few hours, not for a hundred" in page.text
    assert "名前 0 2026-03-02 08:00 2026-03-02 12:00 340.50 2 1.5" in page.text
    assert "The first 15 of 20 rows; the other 5 are in hours.parquet." in page.text
    assert ("a", {"href": "#hours"}) in page.tags
    assert "One more hour" not in page_of(mixed, tmp_path).text


def test_no_bound_is_said_plainly(tmp_path: Path) -> None:
    view = view_of(plan=[planned("t")], bound=None, gap=None, gain_gap=None, proof="none")
    page = page_of(view, tmp_path)
    assert "How much more is possible is not known: no upper limit was proved" in page.text
    assert 'class="meter"' not in page.markup


def test_a_failed_check_cannot_be_missed(tmp_path: Path) -> None:
    view = view_of(plan=[planned("t")], check={"ok": False, "violations": ["H3 A1: overlap"]})
    page = page_of(view, tmp_path)
    assert ("p", {"class": "alarm", "role": "alert"}) in page.tags
    assert "H3 A1: overlap" in page.text


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "</script><b>", "'\"><img src=x onerror=alert(1)>", "<!--", "{{ 7*7 }}"],
)
def test_names_never_become_markup(name: str, tmp_path: Path) -> None:
    plain = page_of(named("plain"), tmp_path)
    page = page_of(named(name), tmp_path)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert name in page.text
    assert {task["process"] for task in page.tasks()} == {name}
    assert page.data[0]["people"]["team"]["words"] == [name]


def named(name: str) -> RunView:
    """A run in which everything that comes from a snapshot has this name."""
    return view_of(
        plan=[planned(name, name, process=name, outcome="late", due_at=at(1))],
        unplanned=[left(name, process=name, detail=name), left("u", process=name)],
        agents=[agent(name, name=name, team=name, site=name)],
        rejects=[reject(1, message=name)],
        warnings=[name],
        inputs={name: "ab"},
        hours=[hour(name, 1.0)],
    )


@pytest.mark.parametrize("name", ["名前 🧾", "x" * 200, "a\u2028b", "back\\slash"])
def test_any_name_comes_through(name: str, tmp_path: Path) -> None:
    page = page_of(named(name), tmp_path)
    assert page.tasks()[0]["task"] == name


def test_the_page_needs_nothing_but_itself(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    loading = {"src", "href", "srcset", "data", "action"}
    links = [value for _, attributes in page.tags for key, value in attributes.items() if key in loading]
    assert all(link and link.startswith("#") for link in links)
    (policy,) = [a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv")]
    assert policy
    assert policy.startswith("default-src 'none'")


def test_links_lead_somewhere(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    places = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}
    assert {str(attributes["href"]) for tag, attributes in page.tags if tag == "a"} <= places


def test_the_library_comes_with_its_licence(mixed: RunView, tmp_path: Path) -> None:
    markup = page_of(mixed, tmp_path).markup
    assert "Copyright (c) Anaconda, Inc., and Bokeh Contributors" in markup
    assert markup.count("<script") == markup.count("</script>")


def test_the_same_run_gives_the_same_bytes(mixed: RunView, tmp_path: Path) -> None:
    assert page_of(mixed, tmp_path).markup == page_of(mixed, tmp_path).markup


def test_both_palettes_have_the_same_roles(mixed: RunView, tmp_path: Path) -> None:
    light, dark = re.findall(r":root\{(.*?)\}", page_of(mixed, tmp_path).markup)
    assert re.findall(r"--[\w-]+", light) == re.findall(r"--[\w-]+", dark)


@pytest.mark.parametrize(("language", "title"), [("en", "Plan from Mon 2 Mar 2026 08:00 to"), ("zh", "2026")])
def test_the_title_of_the_page_is_its_heading(mixed: RunView, tmp_path: Path, language: str, title: str) -> None:
    page = page_of(mixed, tmp_path, language=language)
    found = re.search("<title>(.*)</title>", page.markup)
    assert found is not None
    assert title in found[1]
    assert f"<h1>{found[1]}</h1>" in page.markup


def changed_run() -> RunView:
    """A re-plan with a dozen tasks that go from one person to another, who has no name."""
    rows = [
        {"kind": "moved", "task_id": f"m{i}", "from_agent": "A1", "to_agent": "A2", "detail": "new work", "gain": 1.0}
        for i in range(12)
    ]
    schema = {
        **dict.fromkeys(("kind", "task_id", "from_agent", "to_agent", "detail"), pl.String),
        **dict.fromkeys(("from_start", "to_start"), pl.Datetime("us", ZONE)),
        **dict.fromkeys(("gain", "together"), pl.Float64),
    }
    told = {
        **dict.fromkeys(("dropped", "gone", "added", "forced", "kept_objective"), 0),
        "from": "run-0",
        "moved": 12,
        "people": 2,
        "changes": 12,
    }
    view = view_of([planned("t")], agents=[agent("A1"), agent("A2", name=None)], replan=told)
    return replace(view, changes=pl.DataFrame(rows, schema=schema))


def test_changes_come_first_on_the_page_of_a_re_plan(tmp_path: Path) -> None:
    page = page_of(changed_run(), tmp_path)
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links[0] == "#changes"
    main = page.markup.partition("<main>")[2]
    assert main.index('id="changes"') < main.index('class="tiles"') < main.index('id="first"')
    assert "Changes: 12 moved; 2 people concerned; 12 by choice" in page.text
    assert "The other 7" in page.text
    assert "Name of A1 (A1)" in page.text


def test_nothing_of_changes_on_the_page_of_a_plan(mixed: RunView, tmp_path: Path) -> None:
    assert "#changes" not in page_of(mixed, tmp_path).markup.partition("<main>")[0].partition("<nav")[2]
