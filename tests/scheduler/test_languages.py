"""What a run says in sentences of its own is known to the reports, so that it can be translated."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import read_snapshot, write_sample
from reports import change_lines, speaking, summary_lines, write_page, write_workbook
from reports.words.sayings import said
from scheduler import plan
from scheduler.edit_kinds import KINDS
from scheduler.edits import Edit, carry_over
from scheduler.replanning import ReplanRequest, replan
from scheduler.run.result import Result
from tests.reports.english import english_in


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


@pytest.fixture(scope="module")
def replanned(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A day planned again with edits that move work for several reasons."""
    folder, options = tmp_path_factory.mktemp("day"), {"effort": 1, "xlsx": False, "html": False}
    source, run = folder / "snapshot", folder / "run"
    write_sample(source, tasks=48, agents=5, seed=4)
    rows = plan(source, out=run, **options).plan.filter(~pl.col("pinned")).sort("start_at")
    others = rows.filter(pl.col("agent_id") != rows["agent_id"][0])
    tasks, agents = others["task_id"], others["agent_id"]
    moved = (("agent_out", rows["agent_id"][0]), ("forbid", f"{tasks[-1]}={agents[-1]}"))
    edits = (*moved, ("hold", tasks[-2]), ("cancel", tasks[-3]))
    return replan(ReplanRequest(source=source, earlier=run, edits=edits, **options))


def test_a_re_plan_gives_its_reasons_in_chinese(replanned):
    assert replanned.changes is not None
    assert set(replanned.changes["why"]) >= {"agent_gone", "not_allowed", "task_gone"}
    assert english_in(change_lines(replanned.view(), "zh"), {*KINDS, "held", "canceled"}) == set()
    with speaking("zh"):
        assert [why for why in replanned.changes["detail"] if said(why) == why] == []


def test_why_an_earlier_edit_lapses_is_known(tmp_path):
    write_sample(tmp_path / "snapshot", tasks=20, agents=3)
    snapshot = read_snapshot(tmp_path / "snapshot")
    task, agent = snapshot.tasks["task_id"][0], snapshot.agents["agent_id"][0]
    edits = [
        Edit(kind="pin", text=f"GONE={agent}", task="GONE", agent=agent),
        Edit(kind="agent_late", text="GONE=09:00", agent="GONE"),
        Edit(kind="agent_late", text=f"{agent}=07:00", agent=agent, at=snapshot.as_of),
        Edit(kind="resume", text=task, task=task),
        Edit(kind="add_task", text="U.1", rows=({"task_id": task}, {"task_id": "U1", "process": "gone"})),
    ]
    _, notes = carry_over(edits, [], snapshot, same=False)
    assert len(notes) == len(edits) + 1
    with speaking("zh"):
        assert (
            english_in(map(said, notes), {*KINDS, snapshot.tasks["status"][0], "process", "processes", "gone"}) == set()
        )
