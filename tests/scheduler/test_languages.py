"""What a run says in sentences of its own is known to the reports, so that it can be translated."""

from pathlib import Path
from typing import Any

import pytest

from data import write_sample
from reports import speaking, summary_lines, write_page, write_workbook
from reports.sayings import said
from scheduler import plan
from scheduler.pipeline import Result


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A plan of a snapshot with every kind of bad row."""
    folder = tmp_path_factory.mktemp("messy") / "snapshot"
    write_sample(folder, profile="messy")
    tasks = folder / "tasks.csv"
    tasks.write_text(tasks.read_text("utf-8-sig").replace("segment", "segmant", 1), "utf-8")
    return plan(folder, engine="auto", effort=1, gap=1.0)


def sentences(messy: Result) -> list[str]:
    """Every sentence of the run that people read and that is not the reports' own."""
    run: dict[str, Any] = messy.run
    found = [*messy.rejects["message"], *messy.unplanned["detail"], *run["warnings"], run["engine_reason"]]
    return sorted(set(found))


def test_every_sentence_is_known(messy):
    assert len(sentences(messy)) > 40
    with speaking("zh"):
        assert [sentence for sentence in sentences(messy) if said(sentence) == sentence] == []


def test_no_half_of_a_sentence_is_left(messy):
    rest = (" is ", " it ", "keep", "write", "did you mean", "known are", "people")
    with speaking("zh"):
        told = {sentence: said(sentence) for sentence in sentences(messy)}
    assert {sentence: zh for sentence, zh in told.items() if any(word in zh for word in rest)} == {}


def test_in_english_everything_is_as_it_was(messy):
    assert [sentence for sentence in sentences(messy) if said(sentence) != sentence] == []


def test_what_a_run_keeps_is_english_whatever_people_read(messy, tmp_path: Path):
    before = str(messy.run), messy.unplanned.clone(), messy.rejects.clone()
    view = messy.view()
    write_workbook(view, tmp_path / "plan.xlsx", language="zh")
    write_page(view, tmp_path / "report.html", language="zh")
    assert summary_lines(view, language="zh") != summary_lines(view)
    assert (str(messy.run), True, True) == (
        before[0],
        messy.unplanned.equals(before[1]),
        messy.rejects.equals(before[2]),
    )


def test_text_between_the_words_comes_through():
    with speaking("zh"):
        assert said("task_id 'a; b' is on rows 4, 5; keep one of them").endswith("只保留其中一行")
        assert (
            said("agent_id '{x}' is not in agents; did you mean 'M1'?") == "agent_id“{x}”不在 agents 中；是否应为“M1”？"
        )
        assert said("something nobody knows") == "something nobody knows"
