"""`allot plan` with every kind of worker: one plan, and runs that end well or leave what was there before."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from scheduler.cli.app import run
from tests.scheduler.command import MODULE, allot, contents, environment
from tests.services.dask import LocalCluster, local_cluster

pytestmark = pytest.mark.services

OPTIONS = ("--engine", "scale", "--gap", "0", "--no-xlsx", "--no-html")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough people for a search in parts."""
    folder = tmp_path_factory.mktemp("day") / "snapshot"
    made = allot("sample", folder, "--profile", "insurer-day", "--tasks", 1500, "--agents", 210)
    assert made.code == 0, made.err
    return folder


def configured(cluster: LocalCluster, folder: Path) -> Path:
    """A configuration with the cluster as `[executor]`."""
    file = folder / "allot.toml"
    keys = "".join(f"{name} = {json.dumps(value)}\n" for name, value in cluster.given().items())
    file.write_text(f"[executor]\n{keys}", "utf-8")
    return file


def started(day: Path, out: Path, *options: object) -> "subprocess.Popen[bytes]":
    command = [*MODULE, "plan", str(day), "--out", str(out), *OPTIONS, *map(str, options)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(0))


def searching(process: "subprocess.Popen[bytes]") -> None:
    """Waits until it looks for a plan."""
    assert process.stderr is not None
    for line in process.stderr:
        if b"looking for a plan" in line:
            return
    raise AssertionError("it has never looked for a plan")


def test_all_find_the_same_plan_and_proof(day: Path, tmp_path: Path) -> None:
    def planned(name: str, *options: object) -> None:
        done = allot("plan", day, "--out", tmp_path / name, *OPTIONS, "--effort", 2, *options)
        assert done.code == 0, done.err

    for workers in ("1", "2", "processes:2"):
        planned(workers, "--workers", workers)
    with local_cluster(tmp_path, workers=2) as cluster:
        config = configured(cluster, tmp_path)
        planned("cluster", "--config", config)
        cluster.add(1)
        process = started(day, tmp_path / "killed", "--effort", 2, "--config", config)
        searching(process)
        time.sleep(1)  # into a round
        cluster.workers[0].kill()
        process.communicate()
        assert process.returncode == 0
    first = contents(tmp_path / "1")
    for name in ("2", "processes:2", "cluster", "killed"):
        other = contents(tmp_path / name)
        for file in ("plan.parquet", "unplanned.parquet", "certificate.parquet", "certificate_tasks.parquet"):
            assert other.get(file) == first.get(file), (name, file)


@pytest.mark.parametrize("workers", ["processes:2", "cluster"])
def test_stopped_it_keeps_the_best_plan(day: Path, tmp_path: Path, workers: str) -> None:
    with local_cluster(tmp_path, workers=2 if workers == "cluster" else 0) as cluster:
        who = ("--config", configured(cluster, tmp_path)) if workers == "cluster" else ("--workers", workers)
        process = started(day, tmp_path / "run", "--time-limit", "10m", *who)
        searching(process)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
        assert process.returncode == 0, said
    assert json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["stop"] == "interrupted"
    assert allot("check", day, tmp_path / "run").code == 0


def test_without_workers_it_ends_with_5_and_the_earlier_run_stays(
    day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scheduler.workers.cluster.NO_WORKERS_S", 2.0)
    with local_cluster(tmp_path, workers=1) as cluster:
        arguments = ["plan", str(day), "--out", str(tmp_path / "run"), *OPTIONS, "--effort", "1"]
        arguments += ["--config", str(configured(cluster, tmp_path))]
        assert run(arguments) == 0
        before = contents(tmp_path / "run")
        cluster.workers[0].kill()
        assert run(arguments) == 5
        assert "has had no workers for 2 s: start some and run again" in capfd.readouterr().err
        assert contents(tmp_path / "run") == before
        assert [path.name for path in tmp_path.glob(".run*")] == []


def test_a_fleet_on_a_cluster_has_the_same_plans(day: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sites.csv"
    listed.write_text(f"name,snapshot,engine\na,{day},greedy\nb,{day},scale\n", "utf-8")
    options = ("--effort", 1, "--no-xlsx", "--no-html")
    with local_cluster(tmp_path, workers=2) as cluster:
        config = configured(cluster, tmp_path)
        done = allot("fleet", listed, "--out", tmp_path / "cluster", *options, "--config", config)
        assert done.code == 0, done.err
    assert allot("fleet", listed, "--out", tmp_path / "one", *options, "--workers", 1).code == 0
    for name in ("a", "b"):
        there, here = contents(tmp_path / "cluster" / name), contents(tmp_path / "one" / name)
        assert there["plan.parquet"] == here["plan.parquet"]
