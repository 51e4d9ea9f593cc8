"""A snapshot read piece by piece says what it says when it is read whole."""

from pathlib import Path

import polars as pl
import pytest

from data import InParts, Snapshot, read_in_parts, read_snapshot, write_sample
from models import SnapshotError


def split(folder: Path, parts: int) -> Path:
    """The snapshot with its tasks in so many files."""
    tasks = pl.read_parquet(folder / "tasks.parquet")
    (folder / "tasks.parquet").unlink()
    (folder / "tasks").mkdir()
    for number, start in enumerate(range(0, tasks.height, -(-tasks.height // parts))):
        part = tasks.slice(start, -(-tasks.height // parts))
        part.write_parquet(folder / "tasks" / f"{number}.parquet")
    return folder


def change(folder: Path, row: int, **values: object) -> None:
    """Other values in a row of the tasks; the first column has the ids."""
    file = folder / "tasks.parquet"
    tasks = pl.read_parquet(file)
    named = {tasks.columns[0] if name == "task_id" else name: value for name, value in values.items()}
    here = pl.int_range(pl.len()) == row
    changed = [pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in named.items()]
    tasks.with_columns(changed).write_parquet(file)


def id_in(folder: Path, row: int) -> str:
    return str(pl.read_parquet(folder / "tasks.parquet").row(row)[0])


def tasks_of(read: InParts) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(file) for file in read.files).sort("row")


def assert_the_same(read: InParts, whole: Snapshot) -> None:
    people = read.people
    assert tasks_of(read).equals(whole.tasks)
    for name in ("processes", "agents", "agent_skills", "shifts", "pairs", "excluded", "taken", "rejects"):
        assert getattr(people, name).equals(getattr(whole, name)), name
    assert sorted(map(str, people.warnings)) == sorted(map(str, whole.warnings))
    assert people.reject_messages == whole.reject_messages
    assert (people.rows_read, people.inputs, people.origins) == (whole.rows_read, whole.inputs, whole.origins)
    assert people.notices == whole.notices
    assert read.tasks == whole.tasks.height


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "messy", profile="messy", file_format="parquet").folder


@pytest.mark.slow
@pytest.mark.parametrize("rows", [7, 60, 1000])
def test_a_messy_snapshot_is_the_same_piece_by_piece(messy: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.snapshot.in_parts.ROWS_OF_A_PIECE", rows)
    change(messy, 390, task_id=id_in(messy, 3))
    folder = split(messy, 3)
    assert_the_same(read_in_parts(folder, messy / "work"), read_snapshot(folder))


def test_ids_twice_and_copies_are_found_across_pieces(messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.snapshot.in_parts.ROWS_OF_A_PIECE", 50)
    first = pl.read_parquet(messy / "tasks.parquet").row(10, named=True)
    change(messy, 300, **first)
    change(messy, 310, task_id=f"{id_in(messy, 20)[:2]}\u200b{id_in(messy, 20)[2:]}")
    folder = split(messy, 2)
    read = read_in_parts(folder, messy / "work")
    assert_the_same(read, read_snapshot(folder))
    assert any("invisible" in str(warning) for warning in read.people.warnings)


def test_a_view_has_its_tasks_behind_all_work_in_progress(messy: Path) -> None:
    read = read_in_parts(split(messy, 2), messy / "work")
    started = read.people.tasks
    assert started.height > 0
    some = tasks_of(read).head(100)
    view = read.view(some)
    assert view.tasks.head(started.height).equals(started)
    assert view.tasks["task_id"].is_unique().all()
    assert set(some["task_id"]) <= set(view.tasks["task_id"])


def test_refusals_are_the_same(messy: Path) -> None:
    folder = split(messy, 2)
    with pytest.raises(SnapshotError, match="rows that break a rule"):
        read_in_parts(folder, messy / "work", strict=True)
    with pytest.raises(SnapshotError, match="max_reject_share"):
        read_in_parts(folder, messy / "work", max_reject_share=0.001)


@pytest.mark.slow
def test_every_task_is_in_one_of_the_batches_which_are_much_alike(messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.snapshot.in_parts.ROWS_OF_A_PIECE", 60)
    read = read_in_parts(split(messy, 2), messy / "work")
    batches = [read.batch(number, 3, lambda tasks: tasks) for number in range(3)]
    assert pl.concat(batches).sort("row").equals(tasks_of(read))
    assert all(batch["row"].is_sorted() for batch in batches)
    last = [max(0, int(batch["row"].diff().max())) for batch in batches]  # type: ignore[arg-type]
    assert max(last) < 60
    chosen = read.batch(0, 1, lambda tasks: tasks.filter(pl.col("row") % 2 == 0))
    assert chosen.equals(tasks_of(read).filter(pl.col("row") % 2 == 0))
