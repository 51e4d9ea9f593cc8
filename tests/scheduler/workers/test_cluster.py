"""A real Dask cluster on this machine: results, faults, workers and schedulers that go, certificates."""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import Executor, Limits, OptionError, Outcome, WorkersError, do_all, silent
from models.engines.scale import solve_scale
from scheduler.workers import opened_workers, workers_of
from scheduler.workers.travel import Parcel, packed
from tests.models.engines.test_exact import crowd
from tests.scheduler.workers import work
from tests.scheduler.workers.test_executors import each
from tests.services.dask import Authority, LocalCluster, local_cluster


def test_without_the_extra_one_line_says_what_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    monkeypatch.delitem(sys.modules, "scheduler.workers.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "dask", None)
    given = {"workers": "tls://head:8786", **{name: str(tmp_path / name) for name in ("ca", "cert", "key")}}
    with (
        pytest.raises(Exception, match=r"^a cluster as --workers needs .*: pip install 'allot\[dask\]'$"),
        opened_workers(workers_of(given)),
    ):
        pass


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    with local_cluster(tmp_path_factory.mktemp("cluster"), workers=2, nanny=True) as started:
        yield started


@pytest.fixture
def executor(cluster: LocalCluster) -> Iterator[Executor]:
    with opened_workers(cluster.as_workers(), 0.5) as opened:
        yield opened


@pytest.mark.services
def test_results_limits_and_faults_are_as_with_threads(executor: Executor) -> None:
    limits = Limits(effort=3, seed=5, deadline=time.monotonic() + 100, executor=executor)
    assert do_all(work.doubled, list(range(9)), limits) == [2 * n for n in range(9)]
    for found in do_all(work.told_limits, [0, 1], limits):
        assert found is not None
        assert 80 < found[0] <= 100
        assert found[1:] == (3, 5, 1)
    done = each(executor, work.refused, [0, 1, 2])
    assert [d.result for d in done] == [0, None, 2]
    assert isinstance(done[1].fault, OptionError)


@pytest.mark.services
def test_work_ends_when_it_is_asked_to(executor: Executor) -> None:
    limits = Limits(executor=executor)
    do_all(work.doubled, [0, 1], limits)
    threading.Timer(0.5, limits.cancelled.set).start()
    assert do_all(work.until_asked, [0, 1], limits) == [True, True]
    assert do_all(work.doubled, [0, 1], Limits(executor=executor)) == [0, 2]


@pytest.mark.services
def test_nothing_waits_behind_a_long_job(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more jobs are on their way than there are threads."""
    sent, came = list[int](), 0

    def noted(what: Any, number: int, item: Any, limits: Limits) -> Parcel:
        sent.append(number)
        return packed(what, number, item, limits)

    monkeypatch.setattr("scheduler.workers.cluster.packed", noted)
    for came, _ in enumerate(executor.each(work.doubled, list(range(9)), Limits()), start=1):
        assert len(sent) - came <= executor.size
    assert came == 9
    assert sent == list(range(9))


@pytest.mark.services
def test_a_worker_that_dies_costs_no_results(executor: Executor, tmp_path: Path) -> None:
    items = [(str(tmp_path / "mark"), number) for number in range(4)]
    assert [d.result for d in each(executor, work.deadly_once, items)] == [0, 1, 2, 3]


@pytest.mark.services
def test_what_always_ends_its_worker_is_named_and_the_rest_done(executor: Executor) -> None:
    done = each(executor, work.deadly, [0, 1, 2, 3])
    assert [d.result for d in done] == [0, None, 2, 3]
    assert str(done[1].fault).startswith("its worker was ended 4 times, last at tls://127.0.0.1:")


@pytest.mark.services
def test_certificates_that_do_not_fit_are_refused(cluster: LocalCluster, tmp_path: Path) -> None:
    other, old = Authority(tmp_path / "other").issue("x"), cluster.authority.issue("old", expired=True)
    refused = "has refused the certificate of this side, or cut the connection"
    unproved = "has a certificate that is refused here: self-signed certificate in certificate chain"
    wrong = [
        (cluster.given(ca=other["ca"]), unproved),
        (cluster.given(cert=other["cert"], key=other["key"]), refused),
        (cluster.given(cert=old["cert"], key=old["key"]), refused),
    ]
    for given, said in wrong:
        with pytest.raises(WorkersError, match=said), opened_workers(workers_of(given)):
            pass


@pytest.mark.services
def test_an_expired_certificate_of_the_scheduler_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    cluster = LocalCluster(tmp_path, authority, authority.issue("old", expired=True))
    try:
        cluster.start()
        with (
            pytest.raises(WorkersError, match="has a certificate that is refused here: certificate has expired"),
            opened_workers(workers_of(cluster.given(**authority.issue("new")))),
        ):
            pass
    finally:
        cluster.end()


@pytest.mark.services
def test_without_workers_and_without_a_scheduler_work_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("scheduler.workers.cluster.NO_WORKERS_S", 2.0)
    with local_cluster(tmp_path, workers=1) as cluster, opened_workers(cluster.as_workers()) as executor:
        assert do_all(work.doubled, [1], Limits(executor=executor)) == [2]
        cluster.workers[0].kill()
        with pytest.raises(WorkersError, match=f"{cluster.address} has had no workers for 2 s: start some"):
            do_all(work.doubled, [1], Limits(executor=executor))
        assert cluster.scheduler is not None
        cluster.scheduler.kill()
        with pytest.raises(WorkersError, match=r"the scheduler at .* is gone|the connection to its scheduler was lost"):
            do_all(work.doubled, [1], Limits(executor=executor))


@pytest.mark.services
def test_everybody_finds_the_same_plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also with a worker that is killed in the middle of a round; the proofs are sent too."""
    monkeypatch.setattr("models.engines.search.parts._AGENTS_EACH", 2)
    monkeypatch.setattr("models.engines.pricing.in_parts._AGENTS_EACH", 2)
    monkeypatch.setattr("models.engines.pricing.in_parts._TASKS_EACH", 20)
    problem = crowd(150, 9)

    def solved(executor: Executor) -> Outcome:
        return solve_scale(problem, Limits(effort=1, gap=0.0, workers=1, executor=executor), silent)

    found = {}
    for given in (1, 2, "processes:2"):
        with opened_workers(workers_of(given)) as executor:
            found[str(given)] = solved(executor)
    with local_cluster(tmp_path, workers=2) as cluster, opened_workers(cluster.as_workers()) as executor:
        found["two workers"] = solved(executor)
        cluster.add(2)
        found["four workers"] = solved(executor)
        threading.Timer(0.5, cluster.workers[0].kill).start()
        found["one killed"] = solved(executor)
        assert cluster.workers[0].poll() is not None
    first = found.pop("1")
    for who, other in found.items():
        assert np.array_equal(first.plan.agent, other.plan.agent), who
        assert np.array_equal(first.plan.start, other.plan.start), who
        assert first.bound == other.bound, who


def test_a_connection_that_cannot_be_closed_is_not_closed_again_when_it_is_forgotten() -> None:
    """The second time nobody hears the error, so it went to the terminal."""
    from scheduler.workers.cluster import Cluster

    class Broken:
        status = "running"

        def close(self, timeout: int) -> None:
            self.status = "closing"
            raise ValueError("IOStream is not idle; cannot convert to SSL")

    cluster = object.__new__(Cluster)
    cluster._client = client = Broken()
    cluster.close()
    assert client.status == "closed"
