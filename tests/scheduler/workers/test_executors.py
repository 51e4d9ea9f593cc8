"""Threads and processes: results whoever works, faults where they belong, and work that ends when it is asked to."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import Done, Executor, Limits, OptionError, WorkersError, do_all
from scheduler.workers import opened_workers, workers_of
from scheduler.workers.travel import Parcel, done_here, packed, versions_here
from tests.scheduler.command import QUICK, allot
from tests.scheduler.workers import work

PATIENCE_S = 0.5


@pytest.fixture(scope="module", params=[1, 2, "processes:2"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with opened_workers(workers_of(request.param), PATIENCE_S) as opened:
        yield opened


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with opened_workers(workers_of("processes:2"), PATIENCE_S) as opened:
        yield opened


def each(executor: Executor, what: Any, items: list[Any], limits: Limits | None = None) -> list[Done[Any]]:
    return sorted(executor.each(what, items, limits or Limits()), key=lambda done: done.number)


def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    limits = Limits(executor=executor)
    assert do_all(work.doubled, list(range(7)), limits) == [0, 2, 4, 6, 8, 10, 12]
    assert do_all(work.doubled, [], limits) == []


def test_work_has_limits_for_one_thread(executor: Executor) -> None:
    limits = Limits(effort=3, seed=5, workers=8, deadline=time.monotonic() + 100)
    for seconds, *others in do_all(work.told_limits, [0, 1, 2], Limits(**{**vars(limits), "executor": executor})):
        assert 90 < seconds <= 100
        assert others == [3, 5, 1]


def test_a_fault_belongs_to_its_item_and_the_rest_is_done(executor: Executor) -> None:
    done = each(executor, work.refused, [0, 1, 2])
    assert [d.result for d in done] == [0, None, 2]
    assert isinstance(done[1].fault, OptionError)
    with pytest.raises(OptionError, match="the one is refused"):
        do_all(work.refused, [0, 1, 2], Limits(executor=executor))


def test_work_ends_when_it_is_asked_to(executor: Executor) -> None:
    limits = Limits()
    threading.Timer(0.3, limits.cancelled.set).start()
    began = time.monotonic()
    assert [d.result for d in each(executor, work.until_asked, [0, 1], limits)] == [True, True]
    assert each(executor, work.doubled, [3], Limits())[0].result == 6
    assert time.monotonic() - began < 60


def test_processes_are_others_than_this(processes: Executor) -> None:
    assert os.getpid() not in {d.result for d in each(processes, work.where, [0, 1, 2, 3])}


@pytest.mark.slow
def test_a_process_that_dies_costs_no_results(processes: Executor, tmp_path: Path) -> None:
    items = [(str(tmp_path / "mark"), number) for number in range(4)]
    assert [d.result for d in each(processes, work.deadly_once, items)] == [0, 1, 2, 3]


@pytest.mark.slow
def test_what_always_ends_its_process_is_named_and_the_rest_done(processes: Executor) -> None:
    done = each(processes, work.deadly, [0, 1, 2, 3])
    assert [d.result for d in done] == [0, None, 2, 3]
    assert str(done[1].fault) == "its process was ended 4 times, last by signal 9"
    with pytest.raises(WorkersError, match="part 2 of 3: its process was ended 4 times"):
        do_all(work.deadly, [0, 1, 2], Limits(executor=processes))


@pytest.mark.slow
def test_who_does_not_hear_is_left_behind() -> None:
    with opened_workers(workers_of("processes:1"), PATIENCE_S) as executor:
        limits = Limits(deadline=time.monotonic() + 0.5, executor=executor)
        assert do_all(work.deaf, [0, 1], limits) == [None, None]


@pytest.mark.slow
def test_other_versions_are_told() -> None:
    parcel = packed(work.doubled, 0, 21, Limits())
    assert done_here(parcel, 0, threading.Event(), "here").result == 42
    other = Parcel(parcel.content, {**versions_here(), "numpy": "1.0", "allot": "0.0.1-abc"})
    said = str(done_here(other, 0, threading.Event(), "worker W").fault)
    assert said.startswith("worker W has other versions (allot ")
    assert "numpy" in said
    assert "instead of 1.0" in said


@pytest.mark.slow
def test_without_a_cluster_nothing_of_one_is_loaded(sample: Path, tmp_path: Path) -> None:
    told = (
        "import sys; from scheduler.cli.app import run; code = run(sys.argv[1:]); "
        "print([name for name in ('dask', 'distributed') if name in sys.modules]); sys.exit(code)"
    )
    done = allot("plan", sample, "--out", tmp_path / "run", *QUICK, program=(sys.executable, "-c", told))
    assert (done.code, done.out) == (0, "[]\n")
