"""What happens to a snapshot between two plans, and what of the first plan is left."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.benchmarks import bench, tables
from tests.benchmarks.cases import Case
from tests.benchmarks.changed import changed, disturbance, one_in_a_hundred, one_out_and_five_urgent

pytestmark = pytest.mark.slow


def ids(snapshot: Path) -> set[str]:
    return set(pl.read_csv(snapshot / "tasks.csv", infer_schema=False)["task_id"])


def test_one_task_in_a_hundred_changes(sample: Path, tmp_path: Path) -> None:
    after = changed(sample, tmp_path / "after", one_in_a_hundred)
    gone, new = ids(sample) - ids(after), ids(after) - ids(sample)
    assert len(gone) == -(-len(ids(sample)) // 300)
    assert all(name.startswith("NEW-") for name in new)


def test_somebody_is_out_and_five_tasks_are_new(sample: Path, tmp_path: Path) -> None:
    after = changed(sample, tmp_path / "after", one_out_and_five_urgent)
    assert sorted(name[:7] for name in ids(after) - ids(sample)) == ["URGENT-"] * 5
    here, there = (set(pl.read_csv(folder / "shifts.csv")["agent_id"]) for folder in (sample, after))
    assert len(here - there) == 1


def test_what_is_gone_was_not_moved(tmp_path: Path) -> None:
    plans = {"earlier": [("T1", "A"), ("T2", "A"), ("T3", "B"), ("T4", "C")], "now": [("T1", "A"), ("T3", "A")]}
    for name, rows in plans.items():
        (tmp_path / name).mkdir()
        pl.DataFrame(rows, ["task_id", "agent_id"], orient="row").write_parquet(tmp_path / name / "plan.parquet")
    pl.DataFrame({"task_id": ["T4"]}).write_parquet(tmp_path / "now" / "unplanned.parquet")
    assert disturbance(tmp_path / "earlier", tmp_path / "now") == {"moved": 2, "people": 3}


def test_a_changed_case_is_planned_afresh_and_again(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path / "bench")

    def snapshot(folder: Path) -> Path:
        return Path(shutil.copytree(sample, folder))

    case = Case("changed/desk", snapshot, 4.0, rivals=("again",), change=one_in_a_hundred)
    rows = [bench.summary(list(runs)) for _, runs in bench.measure(case, 1)]
    assert [(row["way"], row["time_limit_s"], row["note"]) for row in rows] == [("allot", 4.0, ""), ("again", 1.0, "")]
    assert all(row["audit"] for row in rows)
    machine = dict.fromkeys(("cores", "memory_gib", "system", "processor", "python"), "-")
    page = tables.page({"machine": machine, "rows": rows})
    assert page.count("| changed/desk | ") == 3  # afresh, again, and where the time goes
    assert "| moved or dropped | people |" in page
