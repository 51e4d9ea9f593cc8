"""The converter of GAP files: what it reads, and the snapshot it writes."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler import plan
from tests.benchmarks import gap

TINY = """ 2
 2 3
 4 1 2
 3 5 9
 2 2 2
 1 3 4
 4 5
 1 1
 7
 2
 3
"""
"""Two instances. Of the first, the largest total is 4 + 1 + 9 = 14 and the smallest 3 + 1 + 2 = 6."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gapt.txt").write_text(TINY)
    (tmp_path / "gap7.txt").write_text(TINY)
    return tmp_path


@pytest.fixture
def tiny(folder: Path) -> gap.Instance:
    return gap.read_set("t", folder)[0]


def test_every_instance_of_a_file_is_read(folder: Path) -> None:
    first, second = gap.read_set("t", folder)
    assert first == gap.Instance(
        name="t02003", amount=((4, 1, 2), (3, 5, 9)), load=((2, 2, 2), (1, 3, 4)), capacity=(4, 5)
    )
    assert second == gap.Instance(name="t01001", amount=((7,),), load=((2,),), capacity=(3,))


def test_instances_of_numbered_sets_are_named_by_their_place(folder: Path) -> None:
    assert [instance.name for instance in gap.read_set("7", folder)] == ["gap7-0", "gap7-1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [(TINY[:-3], "ends in the middle of an instance"), (TINY + "1", "goes on after its last instance")],
    ids=["too short", "too long"],
)
def test_a_file_of_the_wrong_length_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "gapt.txt").write_text(text)
    with pytest.raises(ValueError, match=message):
        gap.read_set("t", folder)


def test_optima_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "optima.csv").write_text("name,agents,best_value\ngap1-0,5,261\na05100,5,1698\n")
    assert gap.read_optima(tmp_path / "optima.csv") == {"gap1-0": 261, "a05100": 1698}


def test_there_is_a_maximum_for_each_instance_of_the_numbered_sets() -> None:
    assert set(gap.read_optima(gap.MAXIMA)) == {f"gap{s}-{k}" for s in range(1, 13) for k in range(5)}


@pytest.mark.parametrize("maximise", [True, False])
def test_a_job_is_worth_more_than_all_choices_for_the_others(tiny: gap.Instance, maximise: bool) -> None:
    instance = replace(tiny, maximise=maximise)
    assert gap.value(instance) == 1 + 4 + 5 + 9
    assert gap.constant(instance) == 3 * 19


def test_the_total_is_what_the_constant_leaves(tiny: gap.Instance) -> None:
    assert gap.total(replace(tiny, maximise=True), 57 + 11) == 11
    assert gap.total(tiny, 57 - 6) == 6
    assert gap.total(tiny, 57 - 6.7) == 6.7


@pytest.mark.parametrize(("maximise", "best"), [(True, 14), (False, 6)])
def test_the_snapshot_is_the_instance(tiny: gap.Instance, tmp_path: Path, maximise: bool, best: int) -> None:
    instance = replace(tiny, maximise=maximise)
    gap.write_snapshot(instance, tmp_path / "snapshot")
    run = plan(tmp_path / "snapshot", engine="exact", gap=0.0, effort=1, strict=True).run
    assert run["counts"]["plannable"] == 3
    assert run["agents"]["capacity_minutes"] == sum(instance.capacity)
    assert run["proof"] == "optimal"
    assert gap.total(instance, run["objective"]) == best


def test_every_pair_has_its_load_and_bonus(tiny: gap.Instance, tmp_path: Path) -> None:
    gap.write_snapshot(tiny, tmp_path / "snapshot")
    lines = (tmp_path / "snapshot" / "pairs.csv").read_text().splitlines()
    assert lines[0] == "task_id,agent_id,minutes,bonus"
    assert set(lines[1:]) == {
        "job-1,agent-1,2,-4",
        "job-2,agent-1,2,-1",
        "job-3,agent-1,2,-2",
        "job-1,agent-2,1,-3",
        "job-2,agent-2,3,-5",
        "job-3,agent-2,4,-9",
    }
