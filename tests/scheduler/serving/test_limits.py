"""Bodies that are too long, clients that are too slow: refused, and the service lives on."""

import socket
from typing import Any

from scheduler.serving.server import Protocol
from tests.scheduler.serving.served import PEOPLE, Served

HEAD = f"POST /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {PEOPLE}\r\n".encode()


def test_a_long_body_is_refused_before_it_is_read(service: Served):
    said = service.raw(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")
    assert service.get("/health").status == 200


def test_a_client_that_sends_all_of_a_long_body_reads_the_answer(service: Served, monkeypatch):
    """The connection was reset under clients that read only after sending."""
    monkeypatch.setattr("scheduler.serving.asked.body_of.__defaults__", (1000, 30.0))
    assert service.post("/v1/tasks", b" " * 5_000_000).status == 413
    assert service.get("/health").status == 200


def test_a_body_of_unknown_length_is_refused_when_it_gets_too_long(service: Served, monkeypatch):
    monkeypatch.setattr("scheduler.serving.asked.body_of.__defaults__", (1000, 30.0))
    monkeypatch.setattr("scheduler.serving.asked.DROPPING_S", 0.05)
    chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
    assert service.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk).startswith(b"HTTP/1.1 413 ")
    assert service.get("/health").status == 200


def test_a_slow_body_is_not_waited_for(service: Served, monkeypatch):
    monkeypatch.setattr("scheduler.serving.asked.body_of.__defaults__", (1000, 0.2))
    assert service.raw(HEAD + b"Content-Length: 10\r\n\r\n", b"{").startswith(b"HTTP/1.1 408 ")
    assert service.get("/health").status == 200


def test_a_slow_head_is_not_waited_for(service: Served, monkeypatch):
    monkeypatch.setattr("scheduler.serving.server._SILENT_S", 0.2)
    assert service.raw(b"GET /health HTTP/1.1\r\nHost") == b""
    assert service.get("/health").status == 200


def test_a_head_without_end_is_refused(service: Served):
    assert service.raw(b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 20_000).startswith((b"HTTP/1.1 4", b""))
    assert service.get("/health").status == 200


def test_a_wrong_length_is_refused(service: Served):
    assert service.raw(HEAD + b"Content-Length: many\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert service.get("/health").status == 200


def test_an_idempotency_key_has_limits(service: Served):
    body = {"task_id": "N1", "process": "motor"}
    assert service.post("/v1/tasks", body, idempotency_key="k" * 256).status == 422
    assert service.post("/v1/tasks", body, idempotency_key="k" * 255).status == 200


def test_answers_are_sent_at_once(service: Served, monkeypatch):
    made = []

    def noted(self: object, transport: Any) -> None:
        original(self, transport)
        made.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    original = Protocol.connection_made
    monkeypatch.setattr(Protocol, "connection_made", noted)
    assert service.get("/health").status == 200
    assert made
    assert all(made)
