"""Values of options: what fits, and what is wrong use of the command line."""

from pathlib import Path

import pytest
import rich_click as click

from scheduler.cli.types import STORE, Horizon, KnownTo, Length, Moment, SnapshotOrStore


@pytest.mark.parametrize(("text", "seconds"), [("60", 60.0), ("1.5", 1.5), ("60s", 60.0), ("2m", 120.0), (30.0, 30.0)])
def test_lengths(text, seconds):
    assert Length().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "0", "-5", "1.2.3", "²", "5y", "soon"])
def test_other_lengths_are_refused(text):
    with pytest.raises(click.BadParameter, match="is not a length of time"):
        Length().convert(text, None, None)


@pytest.mark.parametrize("text", ["2026-03-02T08:00", "2026-03-02", "2026-03-02T08:00+01:00"])
def test_moments_stay_text(text):
    assert Moment().convert(text, None, None) == Horizon().convert(text, None, None) == text


def test_a_horizon_is_a_length_or_a_moment():
    assert Horizon().convert("10h", None, None) == "10h"
    for text, said in (("2026-13-01", "is not a moment"), ("tomorrow", "is not a length of time")):
        with pytest.raises(click.BadParameter, match=said):
            Horizon().convert(text, None, None)


def test_a_snapshot_is_there_or_the_store(tmp_path: Path):
    assert SnapshotOrStore().convert("store:", None, None) == STORE
    assert SnapshotOrStore().convert(tmp_path, None, None) == tmp_path
    with pytest.raises(click.BadParameter, match=r"Path '.*gone' does not exist\."):
        SnapshotOrStore().convert(tmp_path / "gone", None, None)


def test_names_of_a_package_are_asked_for_when_they_are_needed():
    languages = KnownTo("reports", "LANGUAGES")
    assert languages.convert("zh", None, None) == "zh"
    with pytest.raises(click.BadParameter, match="'xx' is not one of"):
        languages.convert("xx", None, None)
