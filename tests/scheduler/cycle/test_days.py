"""Some hours of cycles while things go wrong; `tests.days` has them for days."""

from pathlib import Path

import pytest

from tests.days.days import Days

pytestmark = pytest.mark.slow

OFTEN = {"half copied": 0.1, "damaged": 0.1, "killed": 0.05, "lock left": 0.1, "away": 0.1, "silent": 0.05}


def test_cycles_go_on_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T00:00Z")  # put back at the end
    monkeypatch.setattr("tests.days.days._LIKELY", OFTEN)
    days = Days(tmp_path)
    days.run(24)
    assert [*days.wrong, *days.lost()] == []
    assert days.planned == days.due
