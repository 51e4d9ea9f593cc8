"""The folder of a plan in the making: what is finished there is kept, whatever else lies about."""

from pathlib import Path

import pytest

from data import write_whole
from scheduler.parts.place import Place


def test_what_the_same_basis_has_finished_is_kept(tmp_path: Path) -> None:
    place = Place(tmp_path / "plan.parts")
    place.begin("a")
    place.note_done("deal")
    place.note_done("price")
    place.begin("a")
    assert [place.is_done(stage) for stage in ("deal", "price", "search")] == [True, True, False]


def test_another_basis_begins_with_an_empty_folder(tmp_path: Path) -> None:
    place = Place(tmp_path / "plan.parts")
    place.begin("a")
    place.note_done("deal")
    place.save("shared.pickle", 1)
    place.begin("b")
    assert not place.is_done("deal")
    assert [file.name for file in place.root.iterdir()] == ["state.json"]


@pytest.mark.parametrize("state", [b"", b"{", b"[1]", b"null", b"\xff"])
def test_a_damaged_state_counts_as_none(tmp_path: Path, state: bytes) -> None:
    place = Place(tmp_path)
    (tmp_path / "state.json").write_bytes(state)
    assert not place.is_done("deal")
    place.begin("a")
    place.note_done("deal")
    assert place.is_done("deal")


def test_a_value_that_is_saved_again_is_read_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for value in ({"a": 1}, {"a": 2}):
        place.save("value.pickle", value)
        assert place.load("value.pickle") == value
    assert Place(tmp_path).load("value.pickle") == {"a": 2}


def test_two_folders_do_not_share_what_they_remember(tmp_path: Path) -> None:
    first, second = Place(tmp_path / "1"), Place(tmp_path / "2")
    first.save("value.pickle", 1)
    second.save("value.pickle", 2)
    assert (first.load("value.pickle"), second.load("value.pickle")) == (1, 2)


def test_rounds_and_groups_have_places_of_their_own(tmp_path: Path) -> None:
    place = Place(tmp_path)
    found = [of(turn, group) for of in (place.arranged, place.plan) for turn in (0, 1) for group in (0, 10, 99_999)]
    assert len({*found, place.bids(0, 0), place.bids(0, 1)}) == len(found) + 2


def test_the_tasks_of_a_round_lie_in_bids_or_in_the_plans_before(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for file in (place.bids(0, 1), place.bids(0, 0), place.plan(0, 3), place.plan(1, 0), place.arranged(1, 0)):
        write_whole(file, Path.touch)
    place.bids(0, 0).with_name(".00002.parquet.abc").touch()
    assert place.dealt(0) == [place.bids(0, 0), place.bids(0, 1)]
    assert place.dealt(1) == [place.plan(0, 3)]
    assert place.dealt(3) == []
