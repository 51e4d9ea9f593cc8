"""What cycles leave in their folder: old runs, and what was half made when one was killed."""

from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from scheduler.cycle.retention import clear_left_behind, remove_runs_before, runs_of_cycles

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def run(place: Path, name: str) -> Path:
    """A folder that looks like a run."""
    (place / name).mkdir()
    (place / name / "run.json").write_text('{"schema_version": "1"}', encoding="utf-8")
    return place / name


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_old_runs_are_removed_but_not_those_that_are_needed(tmp_path: Path) -> None:
    old = [run(tmp_path, f"20260302T{hour:02}00Z") for hour in (8, 9, 10)]
    run(tmp_path, "20260302T1200Z")
    run(tmp_path, "by-hand")
    (tmp_path / "20250101T0000Z").mkdir()  # no run
    assert remove_runs_before(NOON, tmp_path, [old[1]]) == 2
    assert names(tmp_path) == ["20250101T0000Z", "20260302T0900Z", "20260302T1200Z", "by-hand"]


def test_the_last_run_stays_however_old_it_is(tmp_path: Path) -> None:
    run(tmp_path, "20250302T0800Z")
    last = run(tmp_path, "20250302T0900Z")
    assert remove_runs_before(NOON, tmp_path, []) == 1
    assert runs_of_cycles(tmp_path) == [last]


def test_what_a_killed_cycle_left_is_removed(tmp_path: Path) -> None:
    run(tmp_path, "20260302T0800Z")
    for left in (".20260302T0805Z-abc", ".20260302T0805Z.writing", ".20260302T0700Z-old", ".mine-abc"):
        (tmp_path / left / "snapshot").mkdir(parents=True)
    (tmp_path / ".20260302T0805Z.lock").touch()
    clear_left_behind(tmp_path)
    assert names(tmp_path) == [".mine-abc", "20260302T0800Z"]


def test_what_another_process_works_on_stays(tmp_path: Path) -> None:
    (tmp_path / ".20260302T0805Z.writing").mkdir()
    with FileLock(tmp_path / ".20260302T0805Z.lock"):
        clear_left_behind(tmp_path)
        assert (tmp_path / ".20260302T0805Z.writing").exists()
    clear_left_behind(tmp_path)
    assert not (tmp_path / ".20260302T0805Z.writing").exists()
