"""Files dropped into a folder: each counts once, and lies with its receipt where it belongs."""

import json
from pathlib import Path
from typing import Any

import pytest

from data import Intake, StoreUnreachableError, Terms, take_folder
from data.feeds import folder as folders
from tests.data.feeds.case import drop, fault_of, intake_of, outcomes, values
from tests.data.intake.operation_case import NOON

TWO = "task_id,process,value\nT1,claim,5\nT2,claim,6\n"


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with an inbound."""
    (tmp_path / "drop" / "inbound").mkdir(parents=True)
    return tmp_path / "drop"


def lying(place: Path) -> list[str]:
    """What lies in the folder, receipts aside."""
    files = (file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file())
    return sorted(file for file in files if not file.endswith(".receipt.json"))


def receipt(place: Path, name: str) -> dict[str, object]:
    """The receipt of a file."""
    return json.loads((place / f"{name}.receipt.json").read_text("utf-8"))


def test_a_file_is_applied_and_moved_with_its_receipt(store, place):
    drop(place, "a.csv", TWO + "T3,claim,x\n")
    drop(place, "b.jsonl", '{"task_id": "T1", "operation": "hold"}\n{"task_id": "T9", "operation": "hold"}\n', age=4)
    take_folder(intake_of(store), place)
    assert values(store) == {"T1": 5.0, "T2": 6.0}
    assert values(store, "status")["T1"] == "held"
    assert lying(place) == ["processed/a.csv", "processed/b.jsonl"]
    said = receipt(place, "processed/a.csv")
    assert (said["applied"], said["refused"]) == (2, 1)
    assert said["reasons"] == ["row 4: create T3 refused: value 'x' is not a number (the decimal sign is '.')"]
    assert receipt(place, "processed/b.jsonl")["early"] == 1


def test_the_same_content_again_and_renamed_is_a_duplicate(store, place):
    for name in ("a.csv", "a.csv", "b.csv"):
        drop(place, name, TWO)
        take_folder(intake_of(store), place)
    assert receipt(place, "processed/a.csv")["duplicate"] == receipt(place, "processed/b.csv")["duplicate"] == 2
    assert lying(place) == ["processed/a.csv", "processed/b.csv"]
    assert outcomes(store) == {"applied": 2, "duplicate": 4}


def test_another_file_of_a_name_leaves_the_earlier_one(store, place):
    for value in "56":
        drop(place, "a.csv", f"task_id,value\nT1,{value}\n")
        take_folder(intake_of(store), place)
    contents = {name: (place / name).read_text() for name in lying(place)}
    assert contents["processed/a.csv"].endswith("T1,6\n")
    assert [text[-2:] for name, text in contents.items() if name != "processed/a.csv"] == ["5\n"]
    assert values(store) == {"T1": 6.0}


def test_a_file_that_cannot_be_read_as_a_whole_goes_to_error_and_nothing_of_it_counts(store, place):
    drop(place, "bad.csv", TWO + "T3\n")
    drop(place, "good.csv", TWO)
    intake = intake_of(store)
    take_folder(intake, place)
    assert lying(place) == ["error/bad.csv", "processed/good.csv"]
    assert "line 4: 1 cell, 'T3'" in str(receipt(place, "error/bad.csv")["reasons"])
    assert receipt(place, "error/bad.csv")["applied"] == 0
    assert [line.split(" cannot")[0] for line in intake.said] == ["bad.csv"]
    assert outcomes(store) == {"applied": 2}


def test_unfinished_young_and_hidden_files_and_links_are_left_alone(store, place, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(TWO)
    drop(place, "a.csv.part", TWO)
    drop(place, "young.csv", TWO, age=0)
    drop(place, ".hidden.csv", TWO)
    (place / "inbound" / "link.csv").symlink_to(secret)
    take_folder(intake_of(store), place)
    assert values(store) == {}
    assert len(lying(place)) == 4


def test_a_file_that_grows_while_it_is_read_is_left_alone(store, place, monkeypatch):
    file = drop(place, "a.csv", TWO)
    read = Path.read_bytes

    def growing(path: Path) -> bytes:
        content = read(path)
        with path.open("ab") as more:
            more.write(b"T3,claim,7\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", growing)
    take_folder(intake_of(store), place)
    monkeypatch.undo()
    assert lying(place) == ["inbound/a.csv"]
    drop(place, "a.csv", file.read_bytes())
    take_folder(intake_of(store), place)
    assert values(store) == {"T1": 5.0, "T2": 6.0, "T3": 7.0}


def test_a_file_cut_off_in_the_middle_goes_on_where_it_was(store, place, monkeypatch):
    monkeypatch.setattr(folders, "BATCH", 3)
    drop(place, "a.csv", "task_id\n" + "".join(f"T{n}\n" for n in range(10)))
    take = Intake.take

    def cut_off(intake: Intake, whole: object, start: int, *more: object, **options: object) -> None:
        if start == 6:
            raise StoreUnreachableError("gone")
        take(intake, whole, start, *more, **options)

    monkeypatch.setattr(Intake, "take", cut_off)
    with pytest.raises(StoreUnreachableError):
        take_folder(intake_of(store), place)
    assert outcomes(store) == {"applied": 6}
    monkeypatch.setattr(Intake, "take", take)
    take_folder(intake_of(store), place)
    assert outcomes(store) == {"applied": 10}
    assert receipt(place, "processed/a.csv")["applied"] == 10


def test_a_file_that_was_taken_in_and_not_moved_is_only_moved(store, place, monkeypatch):
    drop(place, "a.csv", TWO)
    with monkeypatch.context() as patch:
        patch.setattr(folders, "_put_away", lambda *_: None)
        take_folder(intake_of(store), place)
    take_folder(intake_of(store), place)
    assert receipt(place, "processed/a.csv")["applied"] == 2
    assert outcomes(store) == {"applied": 2}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("column", ["created_at", "due_at", "at", "version"])
def test_moments_that_systems_write_for_none_and_for_never_are_refused_alone(store, place, zone, column):
    moments = ("0001-01-01T00:00:00", "9999-12-31T23:59:59.999999-12:00", "0001-01-01T00:00:00+14:00")
    lines = [f'{{"task_id": "T{n}", "{column}": "{moment}"}}\n' for n, moment in enumerate(moments)]
    drop(place, "a.jsonl", "".join([*lines, '{"task_id": "T9", "value": 1}\n']))
    intake = intake_of(store, zone=zone)
    take_folder(intake, place)
    assert values(store)["T9"] == 1
    assert intake.counts.applied + intake.counts.refused == 4
    assert "T0" not in values(store)
    assert intake.faults == []


def test_a_file_on_which_we_fail_waits_and_takes_no_other_down(store, place, monkeypatch):
    waits = drop(place, "a.csv", "task_id,value\nT1,1\n", age=9)
    drop(place, "b.csv", "task_id,value\nT2,2\n")
    read = folders.operations_in

    def fails(intake: Intake, content: bytes, *rest: Any) -> Any:
        if b"T1" in content:
            raise ZeroDivisionError("ours")
        return read(intake, content, *rest)

    monkeypatch.setattr(folders, "operations_in", fails)
    intake = intake_of(store)
    take_folder(intake, place)
    assert values(store) == {"T2": 2}
    assert intake.faults == ["a.csv stays in inbound, as allot failed on it: ZeroDivisionError: ours"]
    monkeypatch.undo()
    take_folder(intake_of(store), place)
    assert (values(store), waits.exists()) == ({"T1": 1, "T2": 2}, False)


def test_a_folder_that_is_not_there_is_told(store, tmp_path):
    assert fault_of(take_folder, intake_of(store), tmp_path / "gone") == f"there is no folder {tmp_path / 'gone'}"


def test_a_map_makes_columns_ours_and_a_missing_column_refuses_the_file(store, place):
    from data import read_mapping

    mapping, _ = read_mapping({"task_id": "Number", "value": "TRY_CAST(amount AS DOUBLE) * 2"})

    def mapped(frame, origin, *, optional):
        found = mapping.apply(frame, origin, optional=optional)
        return found.frame, found.faults

    terms = Terms(source="files", mapper=mapped, names=mapping.names)
    drop(place, "a.csv", "Number,amount\nT1,5\nT2,much\n")
    drop(place, "b.csv", "Number,amuont\nT1,5\n")
    intake = Intake(store, terms, lambda: NOON)
    take_folder(intake, place)
    assert values(store) == {"T1": 10.0}
    assert intake.counts.refused == 1
    assert "'amount'; did you mean 'amuont'?" in str(receipt(place, "error/b.csv")["reasons"])
