"""CSV files for Excel: local times, and nothing that runs."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from scheduler.run.excel_csv import write_excel_csv


def text_of(path: Path, frame: pl.DataFrame, zone: str = "Europe/Berlin", separator: str = ",") -> list[str]:
    write_excel_csv(frame, path / "t.csv", zone, separator)
    content = (path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig").splitlines()


def moments(*texts: str) -> pl.DataFrame:
    times = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts]
    return pl.DataFrame({"at": pl.Series(times, dtype=pl.Datetime("us", "UTC"))})


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+49 40 1", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_excel_would_run_is_text(tmp_path: Path, text: str) -> None:
    write_excel_csv(pl.DataFrame({"=a": [text]}), tmp_path / "t.csv", "UTC")
    read = pl.read_csv((tmp_path / "t.csv").read_bytes(), infer_schema=False)
    assert (read.columns, read.rows()) == (["'=a"], [("'" + text,)])


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    frame = pl.DataFrame({"payoff": [-1.5], "ref": ["-12"], "plain": ["x=1"]})
    assert text_of(tmp_path, frame) == ["payoff,ref,plain", "-1.5,-12,x=1"]


def test_times_are_those_of_the_clock_on_the_wall(tmp_path: Path) -> None:
    assert text_of(tmp_path, moments("2026-03-02T07:31")) == ["at", "2026-03-02 08:31"]
    assert text_of(tmp_path, moments("2026-03-02T07:31:05", "2026-03-02T08:00"))[1:] == [
        "2026-03-02 08:31:05",
        "2026-03-02 09:00:00",
    ]


def test_the_hour_that_comes_twice_says_which_it_is(tmp_path: Path) -> None:
    texts = ("2026-10-24T23:59", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:00")
    assert text_of(tmp_path, moments(*texts))[1:] == [
        "2026-10-25 01:59",
        "2026-10-25 02:30 +02:00",
        "2026-10-25 02:30 +01:00",
        "2026-10-25 03:00",
    ]


def test_the_separator_that_excel_expects(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["1;2"], "b": [1.5]})
    assert text_of(tmp_path, frame, separator=";") == ["a;b", '"1;2";1,5']
    assert text_of(tmp_path, frame, separator="\t") == ["a\tb", "1;2\t1.5"]
