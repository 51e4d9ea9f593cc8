"""A real week: the service requests open in Boston on Monday 2011-11-14, for 131 people."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.commands import run_allot
from tests.benchmarks.gap import SHARED_DATA

pytestmark = pytest.mark.slow

SNAPSHOT = SHARED_DATA / "boston311" / "week-2011-11-14"
DENSITY_GREEDY = 562_143
"""What placing the tasks by value density reaches."""


@pytest.mark.shared_data
def test_a_real_week_is_planned_better_than_greedily_and_checked(tmp_path: Path) -> None:
    options = ("--time-limit", "15s", "--json", "--no-xlsx", "--no-html")
    finished = run_allot("plan", SNAPSHOT, "--out", tmp_path / "run", *options)
    assert finished.exit_code == 0, finished.stderr
    run = json.loads(finished.stdout)
    assert run["check"] == {"ok": True, "violations": []}
    assert DENSITY_GREEDY < run["objective"] <= run["bound"]
    checked = run_allot("check", SNAPSHOT, tmp_path / "run")
    assert checked.exit_code == 0, checked.stderr
