import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports import RunView, write_page
from tests.reports.runs import agent, at, hour, left, planned, reject, view_of


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

    def rows(self, number: int) -> list[dict[str, str]]:
        """The rows of a list, by title."""
        listed = self.data[number]["columns"]
        columns = {column["title"]: [column["words"][i] for i in column["cells"]] for column in listed}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


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
    page = page_of(mixed, tmp_path)
    tasks, people = page.rows(0), page.rows(1)
    assert [row["Task"] for row in tasks] == [
        "t-late", "u-better", "u-outbid", "u-skill", "u-held", "t-overdue", "t-first", "t-second",
    ]  # fmt: skip
    assert tasks[0] == {
        "Task": "t-late",
        "Process": "claims",
        "State": "late",
        "Agent": "A1",
        "Start": "2026-03-02 08:10",
        "End": "2026-03-02 09:15",
        "Due": "2026-03-02 09:00",
        "Payoff": "1.00",
        "Detail": "",
    }
    assert (tasks[3]["State"], tasks[3]["Detail"]) == ("nobody has the skill", "why")
    assert page.data[0]["marks"] == [0, 5]
    assert [(row["Agent"], row["Utilization"]) for row in people] == [
        ("A1", "75.0 %"),
        ("A2", "20.0 %"),
        ("A3", "0.0 %"),
    ]


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
    assert {row["Process"] for row in page.rows(0)} == {name}
    assert page.rows(1)[0]["Team"] == name


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
    assert page.rows(0)[0]["Task"] == name


def test_the_page_needs_nothing_but_itself(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    loading = {"src", "href", "srcset", "data", "action"}
    links = [value for _, attributes in page.tags for key, value in attributes.items() if key in loading]
    assert all(link and link.startswith("#") for link in links)
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest", page.markup)
    (policy,) = [a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv")]
    assert policy
    assert policy.startswith("default-src 'none'")


def test_links_lead_somewhere(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    places = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}
    assert {str(attributes["href"]) for tag, attributes in page.tags if tag == "a"} <= places


def test_a_full_list_says_where_the_rest_is(tmp_path: Path) -> None:
    view = view_of(plan=[planned(f"t{i}", sequence=i) for i in range(5)], unplanned=[left("u")])
    page = page_of(view, tmp_path, rows_per_list=2)
    assert "The first 2 of 6 rows; the other 4 are in plan.parquet and unplanned.parquet." in page.text
    assert [row["Task"] for row in page.rows(0)] == ["u", "t0"]


def test_more_teams_than_make_a_picture(tmp_path: Path) -> None:
    page = page_of(view_of(agents=[agent(f"A{i}", team=f"T{i:02}") for i in range(45)]), tmp_path)
    assert "The first 40 of 45 rows" in page.text


def test_the_same_run_gives_the_same_bytes(mixed: RunView, tmp_path: Path) -> None:
    assert page_of(mixed, tmp_path).markup == page_of(mixed, tmp_path).markup


def test_both_palettes_have_the_same_roles(mixed: RunView, tmp_path: Path) -> None:
    light, dark = re.findall(r":root\{(.*?)\}", page_of(mixed, tmp_path).markup)
    assert re.findall(r"--[\w-]+", light) == re.findall(r"--[\w-]+", dark)
