"""The demo, with fewer tasks: its systems send, two cycles plan."""

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data import write_sample
from tests.scheduler.command import Done

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def systems(place: Path, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["systems.py", str(place), when])
    runpy.run_path(str(ROOT / "docs" / "demo" / "systems.py"), run_name="__main__")


def test_both_sources_are_taken_in_and_the_second_plan_is_near_the_first(
    tmp_path: Path, inside: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample(tmp_path / "snapshot", tasks=400, agents=12)
    monkeypatch.setenv("ALLOT_CONFIG", str(tmp_path / "allot.toml"))
    stages = []
    for when, moment in (("morning", "2026-03-02T08:00+01:00"), ("later", "2026-03-02T08:15+01:00")):
        systems(tmp_path, when, monkeypatch)
        monkeypatch.setenv("ALLOT_NOW", moment)
        assert inside("store", "upgrade").code == 0
        done = inside("cycle", "--effort", "1", "--no-xlsx", "--no-html", "--json")
        assert done.code == 0, done.err
        stages.append({stage["name"]: stage for stage in json.loads(done.out)["stages"]})
    assert all(stage["ok"] for cycle in stages for stage in cycle.values())
    assert stages[1]["plan"]["message"].startswith("planned near 20260302T0700Z")
    sources = {one["source"]: one for one in json.loads(inside("intake", "status", "--json").out)["sources"]}
    assert sources.keys() == {"mailroom", "portal", "people"}
    assert {one["last_event"] for name, one in sources.items() if name != "people"} == {"2026-03-02T08:15:00+01:00"}
    assert not any(one["refused"] for one in sources.values())
    assert inside("store", "check").code == 0


def test_the_demo_begins_anew_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_sample(tmp_path / "snapshot", tasks=100, agents=5)
    (tmp_path / "runs").mkdir()
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    for _ in range(2):
        systems(tmp_path, "morning", monkeypatch)
    assert not (tmp_path / "runs").exists()
    assert (tmp_path / "note.txt").exists()
