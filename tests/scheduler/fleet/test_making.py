"""Many plans in one folder: made, kept, made again when something has changed, and told when they fail."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models import Done, Limits, LockError, SnapshotError, Threads, WorkersError
from reports import Fleet, Site, site_line
from scheduler.fleet import FleetPlan, make_fleet
from tests.scheduler.command import MODULE, QUICK, allot, contents, environment, with_small_files

OPTIONS: dict[str, Any] = {"engine": "greedy", "effort": 1, "xlsx": False, "html": False}


@pytest.fixture
def make(sample: Path, tmp_path: Path) -> Callable[..., tuple[Fleet, list[Exception], list[Site]]]:
    for name in ("north", "south"):
        shutil.copytree(sample, tmp_path / name)

    def made(*others: FleetPlan, **options: Any) -> tuple[Fleet, list[Exception], list[Site]]:
        plans = [FleetPlan(name=name, snapshot=tmp_path / name) for name in ("north", "south")]
        told: list[Site] = []
        fleet, faults = make_fleet(
            (*plans, *others), tmp_path / "runs", OPTIONS | options, Threads(1), Limits(),
            lambda site, done: told.append(site), "en",
        )  # fmt: skip
        return fleet, faults, told

    return made


@pytest.mark.slow
def test_every_plan_is_an_ordinary_run(make: Any, sample: Path, tmp_path: Path) -> None:
    fleet, faults, told = make()
    assert faults == []
    assert [site.name for site in told] == ["north", "south"]
    assert [site.kept for site in fleet.sites] == [False, False]
    one = allot("plan", tmp_path / "north", "--out", tmp_path / "alone", *QUICK)
    assert one.code == 0, one.err
    alone, north = contents(tmp_path / "alone"), contents(tmp_path / "runs" / "north")
    assert alone["plan.parquet"] == north["plan.parquet"]
    table = pl.read_csv(tmp_path / "runs" / "fleet.csv")
    assert table["site"].to_list() == ["north", "south"]
    ledger = json.loads((tmp_path / "runs" / "fleet.json").read_text("utf-8"))
    assert (ledger["there"], ledger["all"]) == (2, 2)
    assert ledger["plans"][0]["objective"] == fleet.sites[0].run.objective


@pytest.mark.slow
def test_a_snapshot_that_is_not_there_leaves_the_other_plans_alone(make: Any, tmp_path: Path) -> None:
    gone = FleetPlan(name="gone", snapshot=tmp_path / "gone")
    fleet, faults, _ = make(gone)
    assert [site.run is not None for site in fleet.sites] == [True, True, False]
    assert [str(fault) for fault in faults] == [f"there is no snapshot {tmp_path / 'gone'}"]


@pytest.mark.slow
def test_what_is_there_is_kept_and_what_has_changed_is_made_again(make: Any, tmp_path: Path) -> None:
    make()
    before = contents(tmp_path / "runs")
    assert [site.kept for site in make()[0].sites] == [True, True]
    assert contents(tmp_path / "runs" / "north") == {
        name.removeprefix("north/"): content for name, content in before.items() if name.startswith("north/")
    }
    tasks = tmp_path / "south" / "tasks.csv"
    tasks.write_text("\n".join(tasks.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    assert [site.kept for site in make()[0].sites] == [True, False]
    assert [site.kept for site in make(seed=7)[0].sites] == [False, False]
    (tmp_path / "runs" / "north" / "run.json").unlink()
    shutil.rmtree(tmp_path / "runs" / "north")
    assert [site.kept for site in make(seed=7)[0].sites] == [False, True]
    (tmp_path / "runs" / "south" / "plan.parquet").unlink()
    assert [site.kept for site in make(seed=7)[0].sites] == [True, False]
    (tmp_path / "runs" / "fleet.json").write_text("half", "utf-8")
    assert [site.kept for site in make(seed=7)[0].sites] == [False, False]


def test_one_that_fails_is_told_and_the_rest_is_made(make: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    fleet, faults, _told = make(FleetPlan(name="empty", snapshot=tmp_path / "empty"))
    assert [site.run is not None for site in fleet.sites] == [True, True, False]
    assert len(faults) == 1
    assert isinstance(faults[0], SnapshotError)
    assert fleet.missing[0].fault == str(faults[0])
    assert not (tmp_path / "runs" / "empty").exists()
    page = (tmp_path / "runs" / "fleet.html").read_text("utf-8")
    assert "2 of 3 plans are there" in page


def test_two_fleets_do_not_write_to_one_folder(make: Any, tmp_path: Path) -> None:
    def again(site: Site, done: int) -> None:
        with pytest.raises(LockError):
            make()
        found.append(site)

    found: list[Site] = []
    plan = FleetPlan(name="north", snapshot=tmp_path / "north")
    make_fleet([plan], tmp_path / "runs", OPTIONS, Threads(1), Limits(), again, "en")
    assert len(found) == 1


def test_stopped_before_it_begins_it_makes_nothing(sample: Path, tmp_path: Path) -> None:
    limits = Limits()
    limits.cancelled.set()
    plan = FleetPlan(name="north", snapshot=sample)
    fleet, faults = make_fleet([plan], tmp_path / "runs", OPTIONS, Threads(1), limits, lambda site, done: None, "en")
    assert fleet.missing[0].fault == str(faults[0]) == "not begun: stopped before"


@pytest.mark.slow
def test_the_command_makes_plans_in_processes(sample: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sites.csv"
    shutil.copytree(sample, tmp_path / "north")
    (tmp_path / "empty").mkdir()
    listed.write_text("snapshot,engine\nnorth,greedy\n", "utf-8")
    options = ("--out", tmp_path / "runs", "--effort", 1, "--no-xlsx", "--workers", 2)
    done = allot("fleet", listed, *options, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["plans"][0]["name"] == "north"
    assert "1/1  north: " in done.err
    assert "1 of 1 plan is there" in done.err
    assert 'href="north/report.html"' in (tmp_path / "runs" / "fleet.html").read_text("utf-8")
    listed.write_text("snapshot,engine\nnorth,greedy\nempty,greedy\n", "utf-8")
    done = allot("fleet", listed, *options, "--lang", "zh")
    assert done.code == 3
    assert "2 个计划中已有 1 个" in done.err
    assert "empty：没有计划：" in done.err
    listed.write_text("snapshot,engin\nnorth,greedy\n", "utf-8")
    done = allot("fleet", listed, *options)
    assert (done.code, done.out) == (3, "")
    assert "unknown key 'engin'; did you mean 'engine'?" in done.err


@pytest.mark.slow
def test_a_worker_whose_disk_is_full_is_told_with_the_place_and_the_rest_is_made(sample: Path, tmp_path: Path) -> None:
    assert allot("sample", tmp_path / "large", "--tasks", 6_000, "--agents", 200).code == 0
    listed, out = tmp_path / "sites.csv", tmp_path / "runs"
    listed.write_text(f"name,snapshot,engine\nsmall,{sample},greedy\nlarge,large,greedy\n", "utf-8")
    options = ("--out", out, "--effort", 1, "--no-xlsx", "--no-html", "--workers", "processes:2")
    done = with_small_files("fleet", listed, *options, most=90_000)
    assert done.code == 5
    room = "make room there, or write to another place"
    assert f"large: no plan: File too large: {out.resolve() / 'large'}; {room}" in done.err
    assert "1 of 2 plans are there" in done.err
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["small"]
    done = allot("fleet", listed, *options, "--json")
    assert done.code == 0, done.err
    assert [row["kept"] for row in json.loads(done.out)["plans"]] == [True, False]


class _OneDies:
    """An executor whose worker for the first plan dies again and again."""

    size = 2

    def each(self, work: Any, items: Any, limits: Limits) -> Iterator[Done[Any]]:
        yield Done(0, fault=WorkersError("its process was ended 4 times, last by signal 9"))
        for number, item in enumerate(items[1:], start=1):
            yield Done(number, work(item, limits))


def test_one_that_always_ends_its_worker_is_named_and_the_rest_is_made(sample: Path, tmp_path: Path) -> None:
    plans = [FleetPlan(name=name, snapshot=sample) for name in ("north", "south")]
    said: list[str] = []
    fleet, faults = make_fleet(
        plans,
        tmp_path / "runs",
        OPTIONS,
        _OneDies(),
        Limits(),
        lambda site, done: said.append(site_line(site, done, 2)),
        "en",
    )
    assert said[0] == "1/2  north: no plan: its process was ended 4 times, last by signal 9"
    assert [site.run is not None for site in fleet.sites] == [False, True]
    assert isinstance(faults[0], WorkersError)


@pytest.mark.slow
def test_killed_and_started_again_it_makes_what_is_missing(sample: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sites.csv"
    names = [f"s{number}" for number in range(6)]
    listed.write_text("name,snapshot,engine\n" + "".join(f"{name},{sample},greedy\n" for name in names), "utf-8")
    options = ["--effort", "1", "--no-xlsx", "--no-html", "--workers", "2"]
    command = [*MODULE, "fleet", str(listed), "--out", str(tmp_path / "runs"), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(0))
    assert process.stderr is not None
    for line in process.stderr:
        if b"1/6" in line:
            break
    process.kill()
    process.communicate()
    there = {path.parent.name for path in (tmp_path / "runs").glob("*/run.json")}
    assert 1 <= len(there) <= 6
    done = allot("fleet", listed, "--out", tmp_path / "runs", *options, "--json")
    assert done.code == 0, done.err
    assert {row["name"] for row in json.loads(done.out)["plans"] if row["kept"]} >= {"s0"} & there
    assert len({contents(tmp_path / "runs" / name)["plan.parquet"] for name in names}) == 1
