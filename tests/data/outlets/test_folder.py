"""Files in a folder: whole, replaced, and removed only where we have placed them."""

import json
from pathlib import Path

import pytest

from data.outlets.folder import place_files, require_folder
from data.outlets.side import OutletError


def staged(folder: Path, **texts: str) -> Path:
    """A new folder with these files; a double underscore is a folder's end."""
    for name, text in texts.items():
        file = folder / f"{name.replace('__', '/')}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_files_are_moved_to_their_places_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    assert place_files(out, staged(tmp_path / "one", all="1", teams__blue="2"), ["teams"]) == 2
    assert names(out) == {"all.txt", "teams/blue.txt", "teams/.allot.json"}
    assert (out / "teams" / "blue.txt").read_text() == "2"


def test_only_what_an_earlier_call_has_placed_is_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_files(out, staged(tmp_path / "one", all="1", teams__blue="2", teams__red="3"), ["teams"])
    (out / "teams" / "own.txt").write_text("by hand")
    (out / "teams" / "red.txt").unlink()
    place_files(out, staged(tmp_path / "two", teams__green="4"), ["teams"])
    assert names(out) == {"all.txt", "teams/green.txt", "teams/own.txt", "teams/.allot.json"}


def test_a_file_that_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_files(out, staged(tmp_path / "one", a="1", b="2"))
    before = {name: (out / f"{name}.txt").stat().st_ino for name in "ab"}
    place_files(out, staged(tmp_path / "two", a="1", b="3"))
    after = {name: (out / f"{name}.txt").stat().st_ino for name in "ab"}
    assert after["a"] == before["a"]
    assert (out / "b.txt").read_text() == "3"


@pytest.mark.parametrize("note", ["", "{}", '["../own.txt", 7, "a/b.txt"]', "[", "null"])
def test_a_note_that_somebody_changed_removes_nothing_elsewhere(tmp_path: Path, note: str) -> None:
    out = staged(tmp_path / "out", own="by hand", teams__blue="1")
    (out / "teams" / ".allot.json").write_text(note)
    place_files(out, staged(tmp_path / "two", teams__red="2"), ["teams"])
    assert {"own.txt", "teams/blue.txt", "teams/red.txt"} <= names(out)
    assert json.loads((out / "teams" / ".allot.json").read_text()) == ["red.txt"]


def test_no_files_make_the_folder_and_empty_what_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place_files(out, staged(tmp_path / "one", teams__blue="2"), ["teams"])
    (tmp_path / "none").mkdir()
    assert place_files(out, tmp_path / "none", ["teams"]) == 0
    assert names(out) == {"teams/.allot.json"}


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    staged(tmp_path, file="x")
    with pytest.raises(OutletError, match=r"file\.txt.* cannot be written: "):
        place_files(tmp_path / "file.txt" / "out", staged(tmp_path / "one", a="1"))
    with pytest.raises(OutletError, match=r"file\.txt is not a folder$"):
        require_folder(tmp_path / "file.txt" / "deep" / "out")
    require_folder(tmp_path / "not" / "yet")
