"""The units for systemd, the script for IBM MQ and the Dockerfile that the documents hand out."""

import json
import runpy
import shutil
import subprocess
from base64 import b64encode
from configparser import RawConfigParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer"), *DEPLOY.glob("*.socket")])


def unit(name: str) -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(DEPLOY / name, encoding="utf-8")
    return read


def test_the_service_runs_as_a_user_of_its_own_into_a_folder_of_the_day():
    service = unit("allot.service")
    assert service["Unit"]["OnFailure"] == "allot-failed@%n.service"
    assert (DEPLOY / "allot-failed@.service").exists()
    run = service["Service"]
    assert (run["User"], run["CacheDirectory"]) == ("allot", "allot")
    assert run["Environment"] == "NUMBA_CACHE_DIR=/var/cache/allot"
    assert '--out "runs/$$(date +%%F)"' in run["ExecStart"]


def test_the_http_service_waits_behind_its_socket_and_has_its_tokens_from_a_file():
    service = unit("allot-serve.service")
    assert service["Unit"]["Requires"] == "allot-serve.socket"
    assert "allot serve" in service["Service"]["ExecStart"]
    assert service["Service"]["EnvironmentFile"] == "-/etc/allot/secrets"
    assert unit("allot-serve.socket")["Socket"]["ListenStream"] == "127.0.0.1:8321"


def test_the_cycle_has_its_secrets_from_a_file_and_ends_before_the_next_one():
    run = unit("allot-cycle.service")["Service"]
    assert run["EnvironmentFile"] == "-/etc/allot/secrets"
    assert "exec allot cycle" in run["ExecStart"]
    assert int(run["TimeoutStartSec"].removesuffix("min")) < 15
    assert unit("allot-cycle.timer")["Timer"]["OnCalendar"] == "*:0/15"


def test_systemd_finds_nothing_wrong_where_there_is_one():
    verify = shutil.which("systemd-analyze")
    if verify is not None:
        done = subprocess.run([verify, "verify", *UNITS], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def queue(monkeypatch):
    """What answers as the REST interface of IBM MQ does: its address, and the messages that wait."""
    monkeypatch.setenv("MQ_USER", "app")
    monkeypatch.setenv("MQ_PASSWORD", "hush")
    waiting = {f"414d51{n:042x}": f'{{"task_id": "T{n}", "process": "claim"}}' for n in range(3)}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            assert self.path == "/ibmmq/rest/v2/messaging/qmgr/QM%2F1/queue/TASKS/message"
            assert self.headers["Authorization"] == "Basic " + b64encode(b"app:hush").decode()
            assert self.headers["ibm-mq-rest-csrf-token"] is not None
            name = next(iter(waiting), None)
            self.send_response(204 if name is None else 200)
            if name is not None:
                self.send_header("ibm-mq-md-messageId", name)
            self.end_headers()
            self.wfile.write(waiting.get(name, "").encode())

        def do_DELETE(self):
            del waiting[self.path.partition("?messageId=")[2]]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *said):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", waiting
        server.shutdown()


def test_messages_of_ibm_mq_become_files(queue, tmp_path):
    server, waiting = queue
    names = list(waiting)
    move = runpy.run_path(str(DEPLOY / "ibm_mq.py"))["move"]
    assert move(server, "QM/1", "TASKS", tmp_path) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.json" for name in names]
    assert json.loads((tmp_path / f"{names[1]}.json").read_text("utf-8"))["task_id"] == "T1"
    assert (waiting, move(server, "QM/1", "TASKS", tmp_path)) == ({}, 0)


def test_the_image_is_plain_by_name_and_does_not_run_as_root():
    lines = [line.split() for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines() if line.strip()]
    images = [words[1] for words in lines if words[0] == "FROM"]
    assert all("/" not in image for image in images)
    assert ["USER", "allot"] in lines
