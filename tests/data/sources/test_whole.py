"""Files that are there whole or as they were."""

from pathlib import Path

import pytest

from data import keep_value, kept_value, write_whole


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "table.parquet"
    write_whole(file, lambda beside: beside.write_text("old"))

    def torn(beside: Path) -> None:
        beside.write_text("ne")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        write_whole(file, torn)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_value_is_read_anew_once_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "beside" / "value.pickle"
    for value in ([1, 2], {"a": "b"}):
        keep_value(file, value)
        assert kept_value(file) == value
    assert kept_value(file) is kept_value(file)
    assert [each.name for each in file.parent.iterdir()] == ["value.pickle"]
