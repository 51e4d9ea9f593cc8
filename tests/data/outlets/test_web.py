"""A web service that the tests run: rows arrive in batches with a key, failures are tried again, tokens stay secret."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from data import OutletError, WebTarget, hand_to_web, post_to_web, reach_web
from data.outlets import web
from tests.data.outlets.rows import Known, frame, row


class Service(ThreadingHTTPServer):
    """Keeps what it takes by its Idempotency-Key; ``answers`` are the next codes, then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.taken: dict[str, list[dict[str, object]]] = {}
        self.asked: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}/plan"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(dict(self.headers))
        code = self.server.answers.pop(0) if self.server.answers else 200
        if code == 0:  # goes away in the middle
            self.close_connection = True
            return
        if code == 200:
            self.server.taken.setdefault(self.headers["Idempotency-Key"], json.loads(body))
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        said = f"{self.headers['Authorization']} so at {self.path}\r\n".encode()
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch) -> Iterator[Service]:
    """A service that runs while the test does; waits are short."""
    monkeypatch.setattr(web, "_FIRST_WAIT_S", 0.01)
    with Service() as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def rows(count):
    return frame(*(row(f"T{number}") for number in range(count)))


def test_rows_arrive_in_batches_each_with_its_key(service):
    known, target = Known(), WebTarget(service.url, token="s3cret", at_once=2)
    hand_to_web(target, rows(5), known)
    hand_to_web(target, rows(5), Known())
    assert known.tasks == [f"T{number}" for number in range(5)]
    assert [len(batch) for batch in service.taken.values()] == [2, 2, 1]
    assert len(service.asked) == 6
    assert {headers["Authorization"] for headers in service.asked} == {"Bearer s3cret"}
    first = next(iter(service.taken.values()))[0]
    assert first == {
        "task_id": "T0",
        "version": 1,
        "agent_id": "A",
        "sequence": 1,
        "start_at": "2026-03-02T08:00:00Z",
        "end_at": "2026-03-02T08:30:00Z",
        "state": "planned",
    }
    assert "s3cret" not in repr(target)


@pytest.mark.parametrize("answer", [503, 429, 0])
def test_what_may_pass_is_tried_again(service, answer):
    service.answers = [answer, answer]
    known = Known()
    hand_to_web(WebTarget(service.url), rows(1), known)
    assert (known.tasks, len(service.taken)) == (["T0"], 1)


def test_a_service_that_fails_in_the_middle_keeps_what_it_has_taken_and_gets_the_rest_later(service):
    service.answers = [200, 503, 503]
    known, target = Known(), WebTarget(service.url, at_once=2, tries=2)
    with pytest.raises(OutletError, match="answers 503 Service Unavailable: None so"):
        hand_to_web(target, rows(6), known)
    assert known.tasks == ["T0", "T1"]
    hand_to_web(target, rows(6).tail(4), known)
    assert [entry["task_id"] for batch in service.taken.values() for entry in batch] == [f"T{n}" for n in range(6)]


@pytest.mark.parametrize(("answer", "said"), [(401, "answers 401"), (302, "redirects"), (422, "answers 422")])
def test_what_will_not_pass_is_not_tried_again(service, answer, said):
    service.answers = [answer]
    with pytest.raises(OutletError, match=said) as refused:
        hand_to_web(WebTarget(service.url, token="s3cret"), rows(1), Known())
    assert len(service.asked) == 1
    assert "s3cret" not in str(refused.value)


def test_a_path_may_be_the_secret_of_a_webhook(service):
    """It was in what was said of a fault, and kept in the store."""
    service.answers = [404]
    path = "/services/T0/hidden?key=secret"
    for url in (service.url.replace("/plan", path), f"http://127.0.0.1:1{path}"):
        with pytest.raises(OutletError) as refused:
            post_to_web(WebTarget(url, tries=1), b"{}")
        assert "127.0.0.1" in str(refused.value)
        assert not {"hidden", "secret"} & set(str(refused.value).replace("/", " ").replace("=", " ").split())


def test_a_user_and_a_password_in_the_url_are_sent_and_not_said(service):
    """They were taken for the name of the host."""
    target = WebTarget(service.url.replace("//", "//bob:p%40ss@"), tries=1)
    reach_web(target)
    post_to_web(target, b"{}")
    assert service.asked[-1]["Authorization"] == f"Basic {base64.b64encode(b'bob:p@ss').decode()}"
    assert "@" not in service.asked[-1]["Host"]
    service.answers = [404]
    with pytest.raises(OutletError) as refused:
        post_to_web(target, b"{}")
    for secret in ("p@ss", "p%40ss", base64.b64encode(b"bob:p@ss").decode()):
        assert secret not in str(refused.value)
    service.answers = [404]
    with pytest.raises(OutletError):
        post_to_web(replace(target, token="t0ken"), b"{}")
    assert service.asked[-1]["Authorization"] == "Bearer t0ken"


def test_what_is_no_service_is_told(service):
    reach_web(WebTarget(service.url))
    assert service.asked == []
    gone = WebTarget("http://127.0.0.1:1/plan?key=hidden", tries=1)
    with pytest.raises(OutletError, match="does not answer"):
        reach_web(gone)
    with pytest.raises(OutletError, match="does not answer") as refused:
        hand_to_web(gone, rows(1), Known())
    assert "hidden" not in str(refused.value)
    with pytest.raises(OutletError, match="not the address of a web service"):
        hand_to_web(WebTarget("file:///etc/passwd"), rows(1), Known())
