"""The rows of long tables: every cell comes back as it was."""

from datetime import datetime

import polars as pl
import pytest

from reports import RunView
from reports.content.run_tables import plan_table
from reports.workbook.rows import Cells, row_chunks, writable, writable_text
from tests.reports.runs import agent, at, left, planned, reject, view_of
from tests.reports.workbook.sheets import Open, rows, text_of

TRICKY = ["=1+1", "+49 30", "-5", "@SUM(A1)", "\ttab", "\rreturn", "#N/A", "'quoted", " spaced ", "a\nb\r\nc"]


TEXTS = [*TRICKY, "名前" * 50, "naïve 🧾 ✓", "x" * 200, "<b>&amp;</b>", "]]>", "0012"]


@pytest.mark.slow
def test_texts_stay_what_they_are(opened: Open) -> None:
    view = view_of(
        plan=[planned(text, text, process=text, outcome="late", due_at=at(1)) for text in TEXTS],
        unplanned=[left(text, detail=text) for text in TEXTS],
        agents=[agent(text, name=text, team=text) for text in TEXTS],
        rejects=[reject(1, message=text) for text in TEXTS],
        warnings=TEXTS,
    )
    book = opened(view)
    for sheet, places in (("Plan", "ABCEF"), ("Agents", "ABC"), ("Unplanned", "AD"), ("Rejected rows", "G")):
        for column in places:
            cells = [book[sheet][f"{column}{row}"] for row in range(2, len(TEXTS) + 2)]
            assert sorted(cell.value for cell in cells) == sorted(TEXTS), (sheet, column)
            assert {cell.data_type for cell in cells} == {"s"}
    cells = [cell for row in book["Summary"].iter_rows() for cell in row if cell.value is not None]
    assert set(TEXTS) <= {cell.value for cell in cells}
    assert not any(cell.data_type in ("f", "e") for cell in cells)


def test_what_a_worksheet_cannot_hold_is_replaced(opened: Open) -> None:
    view = view_of(plan=[planned("a\x00b\x0bc\x1fd\ufffee", process="y" * 40_000)], warnings=["bell\x07"])
    book = opened(view)
    assert book["Plan"]["E2"].value == "a�b�c�d�e"
    assert book["Plan"]["F2"].value == "y" * 32_767
    assert "bell�" in text_of(book["Summary"])


def test_times_before_1900_are_text(opened: Open) -> None:
    long_ago = at(0).replace(year=1850)
    view = view_of(plan=[planned("t", due_at=long_ago)], unplanned=[left("u", due_at=long_ago)])
    book = opened(view)
    assert str(book["Plan"]["J2"].value).startswith("1850-03-02 08:00")
    assert "1850-03-02 08:00" in text_of(book["Summary"])


def test_wall_time_over_the_change_of_the_clock(opened: Open) -> None:
    # 23:30 UTC is 01:30 in Berlin on the morning the clock goes back, 01:30 UTC is 02:30
    times = pl.Series(["2026-10-24T23:30", "2026-10-25T01:30"]).str.to_datetime(time_unit="us", time_zone="UTC")
    first, last = times.dt.convert_time_zone("Europe/Berlin")
    sheet = opened(view_of(plan=[planned("t", start_at=first, end_at=last)]))["Plan"]
    assert (sheet["G2"].value.hour, sheet["H2"].value.hour) == (1, 2)


def test_every_cell_of_a_large_plan_comes_back(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.workbook.rows._AT_ONCE", 100)
    tasks = range(250)
    plan = pl.DataFrame([planned(f"t{i:05}", sequence=i, payoff=i / 100, start_at=at(i)) for i in tasks])
    empty = view_of()
    view = RunView(empty.run, plan, empty.unplanned, empty.rejects, empty.agents, empty.kpis)
    found = rows(opened(view)["Plan"])
    expected = plan_table(view).frame
    assert [row["Task"] for row in found] == expected["task_id"].to_list()
    assert [row["Payoff"] for row in found] == expected["payoff"].to_list()
    assert [row["Start"] for row in found] == expected["start_at"].dt.replace_time_zone(None).to_list()


def chunks(cells: Cells, marks: list[bool], first_row: int = 2) -> list[str]:
    return [chunk.decode() for chunk in row_chunks([cells], pl.Series(marks, dtype=pl.Boolean), first_row)]


def test_empty_cells_are_written_where_their_style_is_seen() -> None:
    values = pl.Series([None, None], dtype=pl.Int64)
    assert chunks(Cells(values, 1, 2), [False, True]) == ['<row r="2"></row><row r="3"><c r="A3" s="2"/></row>']
    styled = chunks(Cells(values, 1, 2, styled_empty=True), [False, True])
    assert styled == ['<row r="2"><c r="A2" s="1"/></row><row r="3"><c r="A3" s="2"/></row>']


def test_moments_are_days_since_1900() -> None:
    values = pl.Series([datetime(1901, 1, 1, 12), datetime(1900, 12, 31)])  # noqa: DTZ001
    (text,) = chunks(Cells(values, 1, 1), [False, False])
    assert "<v>367.5</v>" in text
    assert "1900-12-31 00:00:00" in text


def test_no_rows_are_no_chunk_and_many_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "".join(chunks(Cells(pl.Series([], dtype=pl.String), 1, 1), [])) == ""
    monkeypatch.setattr("reports.workbook.rows._AT_ONCE", 2)
    assert [text.count("<row") for text in chunks(Cells(pl.Series([1, 2, 3]), 1, 1), [False] * 3)] == [2, 1]


def test_one_text_is_written_as_those_of_a_column_are() -> None:
    texts = ["", "plain", "\0\x08\t\n\x0b\r\x1f", "\ufffd\ufffe\uffff\U0001f600", "x" * 32_766 + "yz", "汉字" * 20_000]
    column = pl.DataFrame({"text": texts}).select(writable(pl.col("text")))["text"].to_list()
    assert [writable_text(text) for text in texts] == column
    assert column[2] == "\ufffd\ufffd\t\n\ufffd\r\ufffd"
