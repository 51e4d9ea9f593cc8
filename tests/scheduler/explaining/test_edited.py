"""A run with edits is explained as they left it."""

from pathlib import Path

import polars as pl
import pytest

from reports import task_lines
from scheduler.explaining import PastRun, explain_agent, explain_task, read_past_run
from scheduler.replanning import ReplanRequest, replan

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def edited(crowded: Path, tmp_path_factory: pytest.TempPathFactory) -> PastRun:
    """The crowded day planned again: one task pinned to somebody else, one on hold, somebody late."""
    plan = pl.read_parquet(crowded / "run" / "plan.parquet").filter(~pl.col("pinned"))
    people = plan["agent_id"].unique(maintain_order=True)
    past = read_past_run(crowded / "run", crowded / "snapshot")
    held = plan["task_id"][-1]
    for task_id in plan["task_id"]:
        others = [way["agent_id"] for way in explain_task(past, task_id, None)["best"] if way["rank"] > 1]
        if others and task_id != held:
            break
    edits = (("pin", f"{task_id}={others[0]}"), ("hold", held), ("agent_late", f"{people[0]}=09:00"))
    out = tmp_path_factory.mktemp("edited") / "run"
    replan(
        ReplanRequest(
            source=crowded / "snapshot",
            earlier=crowded / "run",
            out=out,
            edits=edits,
            effort=1,
            xlsx=False,
            html=False,
        )
    )
    return read_past_run(out, crowded / "snapshot")


def edit_of(past: PastRun, kind: str) -> str:
    """What an edit of a kind names first."""
    (edit,) = (edit for edit in past.earlier.edits if edit.kind == kind)
    return edit.agent if kind == "agent_late" else edit.task


def test_a_pin_is_said_to_be_one(edited: PastRun) -> None:
    told = explain_task(edited, edit_of(edited, "pin"), None)
    assert (told["state"], told["pinned_by"]) == ("planned", "pin")
    assert told["edits"][0]["edit"].startswith("pin ")
    assert "alternatives" not in told


def test_a_task_on_hold_by_an_edit_says_so(edited: PastRun) -> None:
    told = explain_task(edited, edit_of(edited, "hold"), None)
    assert (told["state"], told["reason"]) == ("unplanned", "held")
    assert told["edits"][0]["edit"].startswith("hold ")


def test_who_comes_late_has_nothing_to_do_before(edited: PastRun) -> None:
    told = explain_agent(edited, edit_of(edited, "agent_late"))
    work = [entry["start_at"] for entry in told["day"] if entry["what"] == "task" and not entry["pinned"]]
    assert [start for start in work if start < "2026-03-02T09:00"] == []
    assert any(one["edit"].startswith("agent_late ") for one in told["edits"])


def test_frozen_work_is_said_to_be_frozen(edited: PastRun) -> None:
    frozen = [task for task, _ in edited.earlier.frozen]
    for task_id in frozen:
        assert explain_task(edited, task_id, None)["pinned_by"] == "frozen"


def test_whoever_is_asked_about_changes_nothing_about_frozen_work(edited: PastRun) -> None:
    task_id, holder = edited.earlier.frozen[0]
    other = next(agent for agent in edited.problem.agent_ids if agent != holder)
    told = explain_task(edited, task_id, None, other)
    assert (told["asked"]["agent_id"], told["asked"]["settled"]) == (other, True)
    assert any("would make no difference" in line for line in task_lines(told))
    assert "asked" not in explain_task(edited, task_id, None, holder)
