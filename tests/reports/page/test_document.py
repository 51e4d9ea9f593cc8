import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from reports import RunView, write_page
from reports.content.charts import BACKLOGS, backlog_bars, periods, skill_bars
from tests.reports.runs import ZONE, agent, at, hour, left, planned, reject, view_of


class Page(HTMLParser):
    """What a browser would make of the page: its text outside scripts, its tags, the data of its lists."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data: list[dict[str, Any]] = []
        self._inside = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = "data" if dict(attrs).get("type") == "application/json" else "code"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data.append(json.loads(data))
        elif not self._inside:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks that can be searched, as the script shows them."""
        (run,) = self.data
        tasks, kinds, people = run["tasks"], run["kinds"], run["people"]
        return [
            {
                "task": task_id,
                "state": run["states"][tasks["state"][i]]["label"],
                "detail": word(tasks["detail"], i),
                "process": word(kinds["process"], tasks["kind"][i]),
                "agent": people["agent_id"][tasks["agent"][i]] if tasks["agent"][i] >= 0 else None,
                **{name: tasks[name][i] for name in ("start_at", "end_at", "due_at", "payoff", "due")},
            }
            for i, task_id in enumerate(tasks["task_id"])
        ]


def word(column: dict[str, Any], row: int) -> str | None:
    """The word a row has in a column, as the script finds it."""
    return column["words"][column["cells"][row]] if column["cells"][row] >= 0 else None


def page_of(view: RunView, folder: Path, **options: Any) -> Page:
    write_page(view, folder / "report.html", **options)
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def test_the_page_tells_what_matters(mixed: RunView, tmp_path: Path) -> None:
    text = page_of(mixed, tmp_path).text
    for expected in (
        "Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00",
        "97.9 % of what could be gained, proved",
        "best possible 23.50, this plan 22.50 points",
        "Utilization 31.7 % 2 of 5 working hours",
        "1 task will be late without having been overdue",
        "Not planned: nobody has the skill",
        "Times are Europe/Berlin",
        "small enough to be solved exactly",
        "share of its value a task still earns when it is late",
    ):
        assert expected in text


def test_every_task_is_found(mixed: RunView, tmp_path: Path) -> None:
    tasks = page_of(mixed, tmp_path).tasks()
    assert [task["task"] for task in tasks] == [
        "t-late", "u-better", "u-outbid", "u-skill", "u-held", "t-overdue", "t-first", "t-second",
    ]  # fmt: skip
    assert tasks[0] == {
        "task": "t-late",
        "state": "late",
        "detail": None,
        "process": "claims",
        "agent": "A1",
        "start_at": 600,
        "end_at": 4500,
        "due_at": 3600,
        "payoff": 100,
        "due": 1,
    }
    assert (tasks[3]["state"], tasks[3]["detail"], tasks[3]["agent"]) == ("nobody has the skill", "why", None)
    assert [task["task"] for task in tasks if not task["due"]] == ["u-better", "u-skill", "u-held", "t-overdue"]


def test_times_are_those_of_the_wall_clock(tmp_path: Path) -> None:
    # the clocks went forward at 2:00 on 29 March 2026
    moments = [datetime(2026, 3, 29, hour, tzinfo=ZoneInfo(ZONE)) for hour in (1, 4)]
    view = view_of(plan=[planned("t", start_at=moments[0], end_at=moments[1])], as_of="2026-03-29T00:00:00+01:00")
    (task,) = page_of(view, tmp_path).tasks()
    assert (task["start_at"], task["end_at"]) == (3600, 4 * 3600)


def test_people_have_their_places(mixed: RunView, tmp_path: Path) -> None:
    people = page_of(mixed, tmp_path).data[0]["people"]
    assert people["agent_id"] == ["A1", "A2", "A3"]
    assert [word(people["team"], i) for i in range(3)] == ["T2", "T1", None]
    assert (people["working_minutes"], people["planned_minutes"]) == ([100, 100, 100], [75, 20, 0])


def test_the_edges_make_a_page(nothing: RunView, nobody: RunView, all_late: RunView, tmp_path: Path) -> None:
    assert "Nothing stands out." in page_of(nothing, tmp_path).text
    assert "Nothing better is possible, proved" in page_of(nothing, tmp_path).text
    assert "2 tasks nobody has the skill for" in page_of(nobody, tmp_path).text
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


def test_a_full_list_says_where_the_rest_is_and_counts_it(tmp_path: Path) -> None:
    tasks = [planned(f"t{i}", sequence=i, tenant="acme" if i < 2 else "zeta") for i in range(5)]
    page = page_of(view_of(plan=tasks, unplanned=[left("u")], agents=[agent("A1")]), tmp_path, most_tasks=2)
    assert "The first 2 tasks can be searched here" in page.text
    assert "the other 4 are in plan.parquet and unplanned.parquet" in page.text
    assert [task["task"] for task in page.tasks()] == ["u", "t0"]
    rest = page.data[0]["rest"]
    assert (rest["tasks"], rest["minutes"], rest["payoff"]) == ([1, 3], [10, 30], [1000, 3000])
    assert [page.data[0]["kinds"]["tenant"]["words"][kind] for kind in rest["kind"]] == ["acme", "zeta"]


def test_a_page_that_has_all_tasks_says_nothing(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    assert "can be searched here" not in page.text
    assert page.data[0]["rest"]["tasks"] == []


def test_the_backlog_by_age(mixed: RunView) -> None:
    since_created, since_due = (backlog_bars(mixed, bands) for bands in BACKLOGS.values())
    assert [(bar.name, bar.value) for bar in since_created] == [("1 to 3 days", "7 → 3")]
    assert [(bar.name, bar.value) for bar in since_due] == [
        ("not due yet", "4 → 1"), ("1 to 3 days", "1 → 0"), ("no due time", "2 → 2"),
    ]  # fmt: skip
    assert since_due[2].parts == ((0.0, "on_time"), (0.5, "unplanned"))


def test_the_scarcest_skill_comes_first() -> None:
    figures = {
        "plenty": {"minutes_demand": 60.0, "minutes_capable": 600.0, "minutes_planned": 60.0},
        "scarce": {"minutes_demand": 1200.0, "minutes_capable": 600.0, "minutes_planned": 300.0},
        "nobody": {"minutes_demand": 60.0, "minutes_capable": 0.0, "minutes_planned": 0.0},
        "unasked": {"minutes_demand": 0.0, "minutes_capable": 60.0, "minutes_planned": 0.0},
    }
    rows = [("skill", key, name, value) for key, row in figures.items() for name, value in row.items()]
    kpis = pl.DataFrame(rows, schema=["level", "key", "measure", "value"], orient="row")
    bars = skill_bars(replace(view_of(), kpis=kpis))
    assert {bar.name: bar.value for bar in bars} == {"nobody": "1 of 0", "scarce": "20 of 10", "plenty": "1 of 10"}
    assert [bar.name for bar in bars] == ["nobody", "scarce", "plenty"]
    assert bars[1].parts == ((0.25, "on_time"), (0.75, "unplanned"))


def test_the_slices_of_the_horizon(mixed: RunView) -> None:
    assert periods(mixed) == {
        "edges_s": [[0, 36000]],
        "demand": [pytest.approx(0.667)],
        "capacity": [pytest.approx(4.5)],
        "planned": [pytest.approx(1.583)],
    }


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


def test_columns_that_the_planner_brought_are_listed_as_text(mixed: RunView, tmp_path: Path) -> None:
    own = {"tags": pl.lit(["vip", "mail"]), "size": pl.lit(7), "long": pl.lit("x" * 500)}
    (data,) = page_of(replace(mixed, plan=mixed.plan.with_columns(**own)), tmp_path).data
    listed = data["tasks"]["own"]
    words = {title: column["words"] for title, column in listed.items()}
    assert words == {"tags": ["vip;mail"], "size": ["7"], "long": ["x" * 100]}
    late = data["tasks"]["task_id"].index("t-late")
    assert word(listed["tags"], late) == "vip;mail"
    many = replace(mixed, plan=mixed.plan.with_columns(pl.lit(1).alias(f"own {i}") for i in range(20)))
    assert len(page_of(many, tmp_path).data[0]["tasks"]["own"]) == 6
