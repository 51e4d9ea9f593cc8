"""What is done with a piece: ids that look the same are found, whatever the parts call their columns."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.snapshot.pieces import Looking, looks_in, met_twice
from data.sources.partitioned import Partitioned, find_partitioned


def parts_of(folder: Path, *frames: pl.DataFrame) -> Partitioned:
    (folder / "tasks").mkdir()
    for number, frame in enumerate(frames):
        frame.write_parquet(folder / "tasks" / f"{number}.parquet")
    found = find_partitioned(folder)
    assert found is not None
    return found


def looks(parts: Partitioned, most: int) -> list[list[int]]:
    return [looks_in(Looking(parts, piece, "UTC")).tolist() for piece in parts.pieces(most)]


@pytest.mark.parametrize("name", ["task_id", " Task_ID ", "Aufgabe"])
def test_ids_look_the_same_whatever_else_a_part_has(tmp_path: Path, name: str) -> None:
    one = pl.DataFrame({name: ["a", "b", "c"], "process": ["p", "p", "p"]})
    other = pl.DataFrame({"process": ["p", "q"], "value": [1.5, 2.5], name: ["a\u200b", "d"]})
    first, second, third = looks(parts_of(tmp_path, one, other), 2)
    assert (len(first), len(second), len(third)) == (2, 1, 2)
    assert first[0] == third[0]
    assert len({*first, *second, *third}) == 4


def test_numbers_in_one_part_are_texts_in_another(tmp_path: Path) -> None:
    one, other = (pl.DataFrame({"task_id": ids, "process": ["p"]}) for ids in ([17], ["17"]))
    first, second = looks(parts_of(tmp_path, one, other), 10)
    assert first == second


def test_hashes_met_twice_are_found_within_and_across_pieces() -> None:
    pieces = [np.array(hashes, np.uint64) for hashes in ([3, 1, 3], [], [2, 1], [5])]
    assert met_twice(pieces).tolist() == [1, 3]
    assert met_twice([]).tolist() == []
