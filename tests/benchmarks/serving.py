"""How fast the service answers, and whether its memory stays; ``python -m tests.benchmarks.serving`` shows it.

The service is a process of its own; its clients are threads of this one, each with one connection.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.hammer import NOW, prepared
from tests.services.postgres import new_database, postgres

_TOKEN = "t" * 20
_BATCH = 100
_LOOKS = 10


def main() -> None:
    """Posts tasks, has clients ask for the next ones, then asks often, and shows what each took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--clients", type=int, default=20, help="who ask for tasks at the same time")
    parser.add_argument("--each", type=int, default=50, help="tasks that each of them asks for")
    parser.add_argument("--requests", type=int, default=100_000, help="after which memory is looked at again")
    parser.add_argument("--postgres", action="store_true", help="the store is in PostgreSQL, not in SQLite")
    options = parser.parse_args()
    with TemporaryDirectory() as name, ExitStack() as opened:
        url = new_database(opened.enter_context(postgres())) if options.postgres else "sqlite:///allot.db"
        prepared(Path(name), url, options.clients * options.each * 2, options.clients)
        service = opened.enter_context(_service(Path(name)))
        _show(Console(), service, options)


class _Service:
    """A running service."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process, self.port = process, port

    @property
    def mib(self) -> int:
        """Its memory."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(found[1]) // 1024 if found else 0

    @property
    def work_s(self) -> float:
        """The seconds of all processors that it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def client(self) -> Callable[[str, str, object], object]:
        """Asks over one connection; an answer other than 200 ends the benchmark."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)

        def ask(method: str, path: str, body: object = None) -> object:
            content = None if body is None else json.dumps(body)
            for last in (False, True):
                try:
                    connection.request(method, path, content, {"authorization": f"Bearer {_TOKEN}"})
                    answer = connection.getresponse()
                    text = answer.read()
                    break
                except ConnectionError:  # it was idle for too long, as when this process was stopped
                    connection.close()
                    if last:
                        raise
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {text[:200]!r}")
            return json.loads(text)

        return ask


@contextmanager
def _service(folder: Path) -> Iterator[_Service]:
    file = folder / "allot.toml"
    told = '[serve]\ntoken_env = "ALLOT_TOKEN"\nport = 0\n[source.web]\nkind = "http"\n'
    file.write_text(file.read_text(encoding="utf-8") + told, encoding="utf-8")
    environment = {**os.environ, "ALLOT_TOKEN": _TOKEN, "ALLOT_NOW": NOW.isoformat()}
    command = [sys.executable, "-m", "scheduler", "serve"]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            port = next(int(found[1]) for line in process.stderr if (found := re.search(r":(\d+)/", line)))
            yield _Service(process, port)
        finally:
            process.terminate()


def _show(console: Console, service: _Service, options: argparse.Namespace) -> None:
    ask = service.client()
    console.print(f"memory at the start: {service.mib:,} MiB")
    began = time.perf_counter()
    for number in range(20):
        ask("POST", "/v1/tasks", [{"task_id": f"N{number}-{i}", "process": "P1", "value": 3} for i in range(_BATCH)])
    console.print(f"tasks posted, {_BATCH} at a time: {20 * _BATCH / (time.perf_counter() - began):,.0f} a second")
    before_s = service.work_s
    took, seconds = _all_at_once(service, options.clients, options.each)
    work_ms = 1000 * (service.work_s - before_s) / len(took)
    cut = statistics.quantiles(took, n=100)
    rate = (
        f"{len(took) / seconds:,.0f} a second, half within {1000 * cut[49]:.0f} ms, 99 % within {1000 * cut[98]:.0f} ms"
    )
    console.print(f"next, {options.clients} clients: {rate}; {work_ms:.1f} ms of work each")
    for number in range(options.requests):
        if number % max(1, options.requests // _LOOKS) == 0:
            console.print(f"memory after {number:,} requests: {service.mib:,} MiB")
        ask(*(("GET", "/health", None), ("GET", "/v1/tasks/T1", None), ("GET", "/v1/plan?agent=A0", None))[number % 3])
        if number % 20 == 0:
            ask("POST", "/v1/tasks", [{"task_id": f"M{number % 2000}", "process": "P1", "value": number}])
    console.print(f"memory after {options.requests:,} requests: {service.mib:,} MiB")


def _all_at_once(service: _Service, clients: int, each: int) -> tuple[list[float], float]:
    """The seconds of each answer, and of all of them together."""
    took: list[float] = []

    def pull(number: int) -> None:
        ask = service.client()
        for _ in range(each):
            began = time.perf_counter()
            ask("POST", f"/v1/agents/A{number}/next", None)
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=pull, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, time.perf_counter() - began


if __name__ == "__main__":
    main()
