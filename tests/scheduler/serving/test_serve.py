"""`allot serve`, from its start to its end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scheduler.serving.serve import handed_sockets, running_clock
from tests.scheduler.handout.desk import Desk

COMMAND = (sys.executable, "-m", "scheduler", "serve", "--port", "0")


@contextmanager
def serving(
    desk: Desk, command: tuple[str, ...] = COMMAND, **options: object
) -> Iterator[tuple[subprocess.Popen, str]]:
    process = subprocess.Popen(command, cwd=desk.folder, stderr=subprocess.PIPE, text=True, **options)
    try:
        url = ""
        for line in process.stderr:
            if found := re.search(r"serving (http://\S+)", line):
                url = found[1]
                break
        yield process, url
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def health(url: str) -> int:
    with urllib.request.urlopen(f"{url}health", timeout=30) as answer:
        return int(answer.status)


@pytest.mark.slow
def test_it_says_where_it_is_and_stops_when_told(desk: Desk):
    with serving(desk) as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/allot/", url)
        assert health(url) == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert "stopped" in process.stderr.read()


@pytest.mark.slow
def test_it_takes_over_the_socket_that_systemd_hands_it(desk: Desk):
    mine = "os.environ['LISTEN_PID'] = str(os.getpid())"
    take = f"import os, sys; {mine}; os.dup2({{}}, 3); os.execv(sys.argv[1], sys.argv[1:])"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = (sys.executable, "-c", take.format(number), *COMMAND)
        environment = {**os.environ, "LISTEN_FDS": "1"}
        with serving(desk, command, env=environment, pass_fds=(number,)) as (process, url):
            assert url == f"http://127.0.0.1:{listener.getsockname()[1]}/allot/"
            assert health(url) == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


def test_sockets_for_another_process_are_not_taken():
    assert handed_sockets({"LISTEN_PID": "1", "LISTEN_FDS": "2"}) == []
    assert handed_sockets({}) == []


def test_a_port_that_is_taken_and_a_token_that_is_not_set_are_told(desk: Desk, monkeypatch):
    monkeypatch.setenv("PEOPLE_TOKEN", "")
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = desk.call("serve", "--port", other.getsockname()[1])
    assert (done.code, "cannot be used" in done.err) == (2, True)
    warning = (
        "warning: the environment variable PEOPLE_TOKEN, named by serve.token_env, is not set: nothing can be changed"
    )
    assert warning in done.err


@pytest.mark.slow
@pytest.mark.parametrize("gone", ["starlette", "uvicorn"])
def test_a_part_that_is_not_installed_is_told(desk: Desk, gone: str):
    without = f"import sys; sys.modules['{gone}'] = None"
    run = "from scheduler.cli.app import run; sys.exit(run(['serve']))"
    done = subprocess.run(
        [sys.executable, "-c", f"{without}; {run}"], cwd=desk.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 5
    assert "allot serve needs a part that is not installed; install it with: pip install 'allot[serve]'" in done.stderr


def test_the_clock_runs_on_from_the_moment_it_is_set_to(monkeypatch):
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T08:00:00Z")
    clock = running_clock()
    first = clock()
    assert first.isoformat().startswith("2026-03-02T08:00:0")
    assert clock() > first
