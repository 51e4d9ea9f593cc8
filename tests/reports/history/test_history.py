"""The history's page and workbook: what they say, in English and in Chinese."""

import gzip
import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports import HistoryView, write_history_page, write_history_workbook
from reports.history.tables import alert_table
from reports.history.view import FEATURED, KNOWN, LEVELS_SHOWN
from tests.reports.english import english_in
from tests.reports.history.conftest import DAYS, KOELN


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="history">(.*?)</script>', page.read_text("utf-8"))
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def values(data: dict[str, Any], level: str, key: str, measure: str) -> list[float | None]:
    block = json.loads(gzip.decompress(b64decode(data["blocks"][level])))
    whole, found = 0.0, []
    for step in block["figures"][measure][block["keys"].index(key)]:
        whole += step or 0
        found.append(None if step is None else whole / data["measures"][measure]["scale"])
    return found


def test_featured_measures_and_levels_are_known() -> None:
    assert {name for names in FEATURED.values() for name in names} <= KNOWN.keys()
    assert all(set(known.levels) & set(LEVELS_SHOWN) for name, known in KNOWN.items() if "period" not in known.levels)


def test_a_page_has_every_figure_of_every_period(past: HistoryView, tmp_path: Path) -> None:
    write_history_page(past, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    assert (data["periods"][0], data["periods"][-1], len(data["periods"])) == ("2026-03-01", "2026-04-09", DAYS)
    share = values(data, "site", KOELN, "sla_share")
    assert (share[0], share[20], share[-1]) == (0.9, None, 0.5)
    assert values(data, "enterprise", "", "minutes_open")[0] == 100  # as hours
    assert data["changes"][0] | {"before": 0.9} == data["changes"][0]
    assert (data["changes"][0]["key"], data["changes"][0]["measure"]) == (KOELN, "sla_share")
    assert data["targets"] == [
        {
            "level": "site",
            "key": KOELN,
            "measure": "sla_share",
            "value": 0.85,
            "valid_from": "2026-03-01",
            "valid_to": None,
        }
    ]


def test_a_page_says_targets_what_was_done_and_whose_plan_changed(past: HistoryView, tmp_path: Path) -> None:
    write_history_page(past, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "<h1>History from 2026-03-01 to 2026-04-09, by day</h1>" in text
    assert "Site: Köln &lt;b&gt;" in text
    assert "<b>" not in text.partition("<script")[0]
    assert "three people from Köln (karim, lend)" in text
    assert "60.0 %" in text  # six of ten as planned
    assert "25.0 %" in text  # five of twenty told otherwise
    assert text == (write_history_page(past, tmp_path / "again.html"), (tmp_path / "again.html").read_text("utf-8"))[1]


def test_a_page_in_chinese_has_no_english(past: HistoryView, tmp_path: Path) -> None:
    write_history_page(past, tmp_path / "page.html", "zh")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert 'lang="zh-Hans"' in text
    body = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", "\n", text, flags=re.DOTALL)
    names = {
        "b",
        "ln",
        "Blue",
        "acme",
        "Bonn",
        *re.findall(r"[A-Za-z]+", "late work, three people from Köln (karim, lend)"),
        "lt",
        "gt",
        "allot",
        "history",
        "page",
        "xlsx",
        "JavaScript",
    }
    assert english_in(body.partition("</head>")[2].splitlines() or body.splitlines(), names) <= {"UTC"}
    data = data_of(tmp_path / "page.html")
    told = [*data["texts"].values(), *(one["title"] for one in data["measures"].values())]
    filled = [re.sub(r"\{\w+\}", "", text) for text in told if text != "zh-Hans"]
    assert english_in(filled, {"min", "h", "d", "pp"}) == set()


@pytest.mark.parametrize(("language", "sheet"), [("en", "What changed most"), ("zh", "变化最大的指标")])
def test_a_workbook_has_the_same(past: HistoryView, tmp_path: Path, language: str, sheet: str) -> None:
    write_history_workbook(past, tmp_path / "book.xlsx", language)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    rows = [[str(cell.value).replace(" %", "%") for cell in row] for row in book[sheet].iter_rows()]
    assert any(row[0].endswith("Köln <b>") and row[2:4] == ["90.0%", "50.0%"] for row in rows)
    last = book[book.sheetnames[-1]]
    assert last.max_row == 1 + past.figures.height
    write_history_workbook(past, tmp_path / "again.xlsx", language)
    assert (tmp_path / "book.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_weeks_and_months_are_periods_too(past: HistoryView, tmp_path: Path) -> None:
    weeks = past.figures.with_columns(period=past.figures["period"].dt.truncate("1w")).unique(
        ["period", "level", "key", "measure"], keep="first"
    )
    view = replace(past, by="week", figures=weeks)
    assert view.periods[0] == date(2026, 2, 23)
    write_history_page(view, tmp_path / "page.html")
    assert data_of(tmp_path / "page.html")["ends"][0] == "2026-03-01"


def test_alerts_that_still_fire_come_first_each_with_what_was_done(past: HistoryView) -> None:
    table = alert_table(past)
    assert [row[:5] for row in table.cells()] == [
        ("late work", "Site Köln <b>", "late", "25", "20"),
        ("late work", "Site Bonn", "late", "25", "20"),
    ]
    assert table.cells()[1][6:] == ("2026-04-08 09:00", "2026-04-08 11:00", "three people from Köln (karim, lend)")
    assert table.marked() == [True, False]
