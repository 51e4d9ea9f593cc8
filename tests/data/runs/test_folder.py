"""A run's folder is written whole or not at all, by one run at a time."""

import errno
import fcntl
import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from data.runs.folder import NotARunFolderError, RunFolder, locked
from models import AllotError, LockError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a run goes, beside nothing else."""
    return tmp_path / "runs" / "monday"


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"schema_version": 1, "text": text}))


def written(place: Path, text: str) -> None:
    """Has a run of that text at its place."""
    with locked(place) as folder:
        write(folder.begin(), text)
        folder.publish()


def failing(place: Path, error: Exception) -> None:
    """Has a run that ends with an error while it is written."""
    with locked(place) as folder:
        write(folder.begin(), "half")
        raise error


def text_of(folder: Path) -> str:
    return str(json.loads((folder / "run.json").read_text())["text"])


def beside(place: Path) -> set[str]:
    return {path.name for path in place.parent.iterdir()}


def test_nothing_stands_in_the_runs_place_before_it_is_whole(place):
    with locked(place) as folder:
        write(folder.begin(), "new")
        assert not place.exists()
        folder.publish()
        assert text_of(place) == "new"
        assert beside(place) == {"monday", ".monday.lock"}
    assert beside(place) == {"monday"}


def test_an_earlier_run_is_replaced_with_all_its_files(place):
    written(place, "old")
    (place / "plan.csv").write_text("old")
    written(place, "new")
    assert (text_of(place), [path.name for path in place.iterdir()]) == ("new", ["run.json"])
    assert beside(place) == {"monday"}


def test_what_is_not_published_leaves_the_earlier_run(place):
    written(place, "old")
    with locked(place) as folder:
        write(folder.begin(), "new")
    assert text_of(place) == "old"
    assert beside(place) == {"monday"}


@pytest.mark.parametrize("nth", [1, 2])
def test_a_rename_that_fails_leaves_the_earlier_run(place, monkeypatch, nth):
    written(place, "old")
    rename, done = Path.rename, []

    def failing(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) == nth:
            raise OSError(5, "Input/output error", str(path))
        return rename(path, target)

    with locked(place) as folder:
        write(folder.begin(), "new")
        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(OSError, match="Input/output error"):
            folder.publish()
    assert text_of(place) == "old"
    assert beside(place) == {"monday"}


def test_killed_while_writing(place):
    written(place, "old")
    write(place.parent / ".monday.writing", "half")
    with locked(place):
        assert text_of(place) == "old"
        assert beside(place) == {"monday", ".monday.lock"}


def test_killed_between_taking_the_old_and_putting_the_new(place):
    write(place.parent / ".monday.earlier", "old")
    write(place.parent / ".monday.writing", "new")
    with locked(place):
        assert text_of(place) == "old"
        assert beside(place) == {"monday", ".monday.lock"}


def test_killed_before_the_old_was_thrown_away(place):
    write(place.parent / ".monday.earlier", "old")
    write(place, "new")
    with locked(place):
        assert text_of(place) == "new"
        assert beside(place) == {"monday", ".monday.lock"}


def test_a_failed_plan_is_kept_and_the_earlier_run_too(place):
    written(place, "old")
    for text in ("bad", "worse"):
        with locked(place) as folder:
            write(folder.begin(), text)
            folder.keep_failed()
        assert text_of(place.parent / "monday.failed") == text
    assert text_of(place) == "old"
    assert beside(place) == {"monday", "monday.failed"}


def test_one_run_at_a_time(place):
    with (
        locked(place),
        pytest.raises(LockError, match=r"another run is writing to .*monday; wait for it"),
        locked(place),
    ):
        pass
    with locked(place):
        pass


def test_a_lock_held_elsewhere_is_respected_and_what_is_written_stays(place):
    written(place, "old")
    write(place.parent / ".monday.writing", "under way")
    with FileLock(place.parent / ".monday.lock"), pytest.raises(LockError), locked(place):
        pass
    assert beside(place) == {"monday", ".monday.writing", ".monday.lock"}


def test_a_run_that_comes_to_nothing_leaves_nothing(place, tmp_path):
    with locked(place) as folder:
        write(folder.begin(), "half")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_nothing(place, tmp_path):
    with pytest.raises(ZeroDivisionError):
        failing(place, ZeroDivisionError())
    assert list(tmp_path.iterdir()) == []


def test_folders_that_were_there_or_are_used_stay(place):
    place.parent.mkdir()
    with locked(place / "deeper" / "run"):
        (place / "letter.txt").write_text("dear")
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


def test_a_lock_whose_file_goes_before_it_is_held_is_none(place, monkeypatch):
    # the other run ends, and takes its file with it, between our opening that file and locking it
    flock = fcntl.flock

    def after_the_other_ended(handle: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        (place.parent / ".monday.lock").unlink()
        flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", after_the_other_ended)
    with pytest.raises(LockError), locked(place):
        pass
    with locked(place), pytest.raises(LockError), locked(place):
        pass


def test_runs_at_once_never_hold_one_folder_together(place):
    inside, most, done = 0, 0, 0

    def try_often() -> None:
        nonlocal inside, most, done
        for _ in range(200):
            with suppress(LockError), locked(place):
                inside += 1
                most = max(most, inside)
                time.sleep(0)
                inside -= 1
                done += 1

    threads = [threading.Thread(target=try_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert done > 4


def test_two_runs_on_two_folders_do_not_meet(place):
    with locked(place), locked(place.with_name("tuesday")):
        pass


@pytest.mark.parametrize("content", [None, "not json", "[1]", "5", '{"name": "npm"}'])
def test_a_folder_of_something_else_is_refused(place, content):
    place.mkdir(parents=True)
    (place / "letter.txt").write_text("dear")
    if content is not None:
        (place / "run.json").write_text(content)
    with pytest.raises(NotARunFolderError, match="holds files that are not a run's"), locked(place):
        pass
    assert (place / "letter.txt").read_text() == "dear"
    assert beside(place) == {"monday"}


def test_a_wrong_place_is_no_lock():
    assert issubclass(NotARunFolderError, AllotError)
    assert not issubclass(NotARunFolderError, LockError)


def test_an_error_of_the_disk_names_the_run(place):
    written(place, "old")
    full = pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")
    with pytest.raises(OSError, match="No space left on device") as raised:
        failing(place, full)
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, str(place))
    assert text_of(place) == "old"
    assert beside(place) == {"monday"}


def test_an_empty_folder_is_taken(place):
    place.mkdir(parents=True)
    written(place, "new")
    assert text_of(place) == "new"


def test_a_file_is_refused(place):
    place.parent.mkdir()
    place.write_text("dear")
    with pytest.raises(NotARunFolderError, match="monday is a file"), locked(place):
        pass
    with pytest.raises(NotARunFolderError, match="monday is not a folder"), locked(place / "run"):
        pass
    assert place.read_text() == "dear"


def test_a_device_is_no_folder_and_no_other_run():
    with pytest.raises(NotARunFolderError, match=r"/dev/null is not a folder"), locked(Path("/dev/null/run")):
        pass


@pytest.mark.parametrize("name", [".", "..", "../monday"])
def test_the_working_folder_is_refused(place, monkeypatch, name):
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    with pytest.raises(NotARunFolderError, match="is the folder you are in, or above it"), locked(Path(name)):
        pass


def test_a_link_keeps_pointing_at_its_run(place, tmp_path):
    target = tmp_path / "disk" / "run"
    target.mkdir(parents=True)
    place.parent.mkdir()
    place.symlink_to(target)
    for text in ("old", "new"):
        written(place, text)
        assert place.is_symlink()
        assert text_of(target) == text
    assert beside(place) == {"monday"}
    with locked(target), pytest.raises(LockError), locked(place):
        pass


def test_files_are_on_disk_before_they_are_renamed(place, monkeypatch):
    order = []
    monkeypatch.setattr(os, "fsync", lambda handle: order.append("sync"))
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, target: (order.append("rename"), rename(path, target))[1])
    written(place, "new")
    assert order == ["sync", "rename"]


def test_names_beside_the_run(place):
    folder = RunFolder(place)
    assert (folder.staging.name, folder.failed.name) == (".monday.writing", "monday.failed")


def test_a_place_where_no_folder_can_be_made_is_told(place, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")  # as below /proc

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(NotARunFolderError, match="cannot be made: there can be no folder"), locked(place / "a" / "b"):
        pass
