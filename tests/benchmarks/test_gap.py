"""The proved optima of the OR-Library's generalized assignment problems, through the command line."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli import app as allot
from tests.benchmarks import gap
from tests.benchmarks.commands import run_allot

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

NUMBERED = [f"gap{s}-{k}" for s in range(1, 13) for k in range(5)]
SET_A = [f"a{agents:02}{jobs}" for agents in (5, 10, 20) for jobs in (100, 200)]
EFFORT = ("--effort", "3")
"""Bounds the work in deterministic units: the same search on every machine, however busy."""


@cache
def instances(letter: str) -> dict[str, gap.Instance]:
    """The instances of a set by name."""
    return {instance.name: instance for instance in gap.read_set(letter)}


def instance_of(name: str) -> gap.Instance:
    return instances(name.removeprefix("gap").split("-")[0] if name in NUMBERED else name[0])[name]


def command(instance: gap.Instance, folder: Path) -> list[str]:
    """The command line that plans the instance to the end, its snapshot being written to ``folder``."""
    gap.write_snapshot(instance, folder / "snapshot")
    places = (str(folder / "snapshot"), "--out", str(folder / "run"))
    return ["plan", *places, "--engine", "exact", "--gap", "0", "--strict", "--no-xlsx", "--no-html"]


def assert_proved(run: dict[str, Any], instance: gap.Instance, best: int) -> None:
    assert run["proof"] == "optimal"
    assert run["check"]["ok"]
    assert run["counts"]["unplanned"] == 0
    assert gap.total(instance, run["objective"]) == best
    assert gap.total(instance, run["bound"]) == best


def plan_here(instance: gap.Instance, folder: Path) -> dict[str, Any]:
    """run.json of a run within this process, which saves the start of one for each of so many."""
    assert allot.run([*command(instance, folder), *EFFORT]) == 0
    run: dict[str, Any] = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    return run


@pytest.mark.parametrize("name", NUMBERED + SET_A)
def test_the_smallest_total_is_found_and_proved(name: str, tmp_path: Path) -> None:
    instance = instance_of(name)
    assert_proved(plan_here(instance, tmp_path), instance, gap.read_optima()[name])


@pytest.mark.parametrize("name", NUMBERED)
def test_the_largest_total_is_found_and_proved(name: str, tmp_path: Path) -> None:
    instance = replace(instance_of(name), maximise=True)
    assert_proved(plan_here(instance, tmp_path), instance, gap.read_optima(gap.MAXIMA)[name])


@pytest.mark.parametrize("name", ["gap1-0", "gap12-0", "a20200"])
def test_a_process_of_its_own_with_default_limits_proves_the_same(name: str, tmp_path: Path) -> None:
    instance = instance_of(name)
    finished = run_allot(*command(instance, tmp_path), "--json")
    assert finished.exit_code == 0, finished.stderr
    assert_proved(json.loads(finished.stdout), instance, gap.read_optima()[name])
    checked = run_allot("check", tmp_path / "snapshot", tmp_path / "run")
    assert checked.exit_code == 0, checked.stderr
