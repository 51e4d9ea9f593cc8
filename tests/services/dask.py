"""A Dask cluster on this machine: a scheduler and workers as processes, with certificates of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from scheduler.workers import Workers

_START_S = 60

ROOT = Path(__file__).parents[2]
"""What workers find the tests' own functions in."""


class Authority:
    """Issues certificates, and writes them to a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ca = folder, trustme.CA()
        folder.mkdir(exist_ok=True)
        self._ca.cert_pem.write_to_path(folder / "ca.pem")

    def issue(self, name: str, *, expired: bool = False) -> dict[str, str]:
        """The files of a new certificate, as keys of ``[executor]``."""
        ended = datetime.now(UTC) - timedelta(days=1) if expired else None
        issued = self._ca.issue_cert("localhost", "127.0.0.1", not_after=ended)
        cert, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        issued.private_key_pem.write_to_path(key)
        for number, pem in enumerate(issued.cert_chain_pems):
            pem.write_to_path(cert, append=number > 0)
        return {"ca": str(self._folder / "ca.pem"), "cert": str(cert), "key": str(key)}


@dataclass
class LocalCluster:
    """A scheduler with its workers; ``files`` are the certificates of everybody, issued by ``authority``."""

    folder: Path
    authority: Authority
    files: dict[str, str]
    address: str = ""
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def given(self, **others: str) -> dict[str, str]:
        """The keys of ``[executor]``."""
        return {"workers": self.address, **self.files, **others}

    def as_workers(self) -> Workers:
        """What an executor is opened with."""
        named = {name: Path(file) for name, file in self.files.items()}
        return Workers(address=self.address, ca=named["ca"], cert=named["cert"], key=named["key"])

    def start(self) -> None:
        """Starts the scheduler."""
        told = self.folder / "scheduler.json"
        self.scheduler = self._run(
            "dask_scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told)
        )
        end = time.monotonic() + _START_S
        while not self.address and time.monotonic() < end:
            time.sleep(0.05)
            if told.exists() and (text := told.read_text()):
                self.address = json.loads(text)["address"]
        assert self.address, "the scheduler has not started"

    def add(self, number: int, *, nanny: bool = False) -> None:
        """Starts workers; with a nanny one that dies is started again."""
        which = "--nanny" if nanny else "--no-nanny"
        for _ in range(number):
            self.workers.append(self._run("dask_worker", self.address, "--nthreads", "1", which))

    def _run(self, program: str, *options: str) -> "subprocess.Popen[bytes]":
        certificates = [text for name in ("ca-file", "cert", "key") for text in (f"--tls-{name}", self._file(name))]
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options, "--no-dashboard", *certificates]
        environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)}
        log = (self.folder / f"{program}.log").open("ab")
        with log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=self.folder, start_new_session=True
            )

    def _file(self, name: str) -> str:
        return self.files[name.removesuffix("-file")]

    def end(self) -> None:
        """Ends everything, a nanny's worker too."""
        for process in (*self.workers, self.scheduler):
            if process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def local_cluster(folder: Path, workers: int, *, nanny: bool = False) -> Iterator[LocalCluster]:
    """A cluster for the body."""
    authority = Authority(folder / "certificates")
    cluster = LocalCluster(folder, authority, authority.issue("everybody"))
    try:
        cluster.start()
        cluster.add(workers, nanny=nanny)
        yield cluster
    finally:
        cluster.end()
