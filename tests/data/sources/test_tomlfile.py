"""TOML files: what is wrong with one, where, and what to write instead."""

import pytest

from data import read_toml
from models import SnapshotError


def refused(content: str | bytes) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_toml(content.encode() if isinstance(content, str) else content, "f.toml")
    return str(refusal.value)


def test_marks_before_the_first_key_are_no_part_of_it() -> None:
    assert read_toml(b"\xef\xbb\xbf\xef\xbb\xbfa = 1\n", "f.toml") == {"a": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_in_words(encoding: str) -> None:
    assert refused("a = 1\n".encode(encoding)) == ("f.toml is written in UTF-16, not UTF-8; save it again as UTF-8")


def test_another_encoding_is_refused_with_its_line() -> None:
    assert refused('# a\nb = "Köln"\n'.encode("cp1252")) == (
        "f.toml line 2: not UTF-8 (an encoding such as Windows-1252?); save it again as UTF-8"
    )


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("horizon = 10h", 'stand in quotes: horizon = "10h"'),
        ("timezone = Europe/Berlin  # ours", 'stand in quotes: timezone = "Europe/Berlin"'),
        ("as_of = 2026-03-02T08:00", 'stand in quotes: as_of = "2026-03-02T08:00"'),
        ('file = "C:\\data"', "a backslash stands in single quotes"),
    ],
)
def test_the_advice_fits_the_line(line: str, advice: str) -> None:
    message = refused(f"a = 1\n{line}\n")
    assert message.startswith("f.toml cannot be read: line 2: ")
    assert advice in message


@pytest.mark.parametrize("text", ["a = 1\na = 2\n", 'a = "1\n', "[a\n", "a\n"])
def test_no_advice_rather_than_one_that_does_not_fit(text: str) -> None:
    assert "quotes" not in refused(text)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5_000, "a = 2026-02-31"])
def test_what_python_cannot_hold_is_refused(text: str) -> None:
    assert refused(text).startswith("f.toml cannot be read: ")
