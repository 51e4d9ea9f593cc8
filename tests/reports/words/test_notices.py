"""What a plan lacks of its input stands beside its quality, in words, wherever a run is shown."""

from pathlib import Path

import openpyxl
import pytest

from models import Code, Notice, to_plain
from reports import LANGUAGES, RunView, notice_lines, speaking, summary_lines, write_page, write_workbook
from reports.words.notices import in_a_sentence
from tests.reports.english import english_in
from tests.reports.runs import planned, view_of

EVA = Notice(code=Code.AGENTS_SET_ASIDE, count=1, of=6, table="agents", names=("Eva",), rows=(5,))


def notice(code: Code, count: int) -> Notice:
    return Notice(code=code, count=count, of=1200, table="shifts", names=("A1",), rows=(2, 3))


@pytest.fixture
def lacking() -> RunView:
    return view_of([planned("t")], notices=[to_plain(EVA), to_plain(notice(Code.TIME_TAKEN, 7))])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code in Code if "{of}" in code.one])
def test_every_code_has_words_for_one_and_for_more(code, language):
    with speaking(language):
        told = [in_a_sentence(notice(code, count)) for count in (1, 2, 1100)]
    assert len(set(told)) == 3
    assert ["1,200" in text for text in told] == [True] * 3
    assert "1,100" in told[2]
    assert not any("{" in text for text in told)
    if language != "en":
        assert english_in(told, ["shifts"]) == set()


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"rows": (5,), "names": ("Eva",)}, "1 of 6 people was set aside: agents row 5 (Eva)"),
        ({"rows": (5,), "names": ("Eva",), "place": "day.xlsx, sheet 'agents'"}, None),
        ({"count": 4, "rows": (5, 7, 9), "names": ("Eva", "", "Kim")}, None),
        ({"count": 4, "names": ("Eva", "Kim")}, "4 of 6 people were set aside: Eva, Kim and 2 more"),
        ({"count": 2}, "2 of 6 people were set aside"),
    ],
)
def test_rows_and_names_follow(told, text):
    made = Notice(**{"code": Code.AGENTS_SET_ASIDE, "count": 1, "of": 6, "table": "agents", **told})
    expected = {
        "day.xlsx, sheet 'agents'": "1 of 6 people was set aside: day.xlsx, sheet 'agents' row 5 (Eva)",
        "": "4 of 6 people were set aside: agents row 5 (Eva), row 7, row 9 (Kim) and 1 more",
    }
    assert in_a_sentence(made) == (text or expected[made.place])


def test_the_names_of_a_cascade_are_not_what_it_counts():
    made = Notice(code=Code.TASKS_CASCADED, count=12, of=20, table="tasks", names=("claims",))
    assert in_a_sentence(made) == "12 of 20 tasks were lost with their processes: claims"


def test_a_run_without_them_and_one_of_a_later_version():
    assert notice_lines(view_of([planned("t")]).run.notices) == []
    later = view_of([planned("t")], notices=[{"code": "people_on_strike", "count": 3}])
    assert notice_lines(later.run.notices) == ["people on strike: 3"]


def test_they_follow_the_headline_on_the_terminal(lacking):
    assert summary_lines(lacking)[1:3] == [
        "but: 1 of 6 people was set aside: agents row 5 (Eva)",
        "but: 7 of 1,200 shifts were set aside and their time is taken from the people, to be safe: "
        "shifts row 2, row 3 and 5 more",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_stand_on_page_and_sheet(lacking, tmp_path: Path, language):
    with speaking(language):
        told = notice_lines(lacking.run.notices)
    write_page(lacking, tmp_path / "report.html", language=language)
    text = (tmp_path / "report.html").read_text("utf-8")
    quality = text.partition('<section class="quality"')[2].partition("</section>")[0]
    assert [line for line in told if f"<li>{line}</li>" not in quality] == []
    write_workbook(lacking, tmp_path / "plan.xlsx", language=language)
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=3, max_row=4)] == told
