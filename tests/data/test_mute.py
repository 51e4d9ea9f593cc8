"""A host that takes connections and then says nothing, or nonsense: an error in one line, in time, and no password."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread

import pytest

from data import (
    AmqpReading,
    Intake,
    KafkaReading,
    MailServer,
    QueueTarget,
    SqlReading,
    TableTarget,
    TopicTarget,
    WebTarget,
    hand_to_queue,
    hand_to_table,
    hand_to_topic,
    hand_to_web,
    open_store,
    reach_amqp,
    reach_database,
    reach_kafka,
    reach_mail,
    take_queue,
    take_sql,
    take_topic,
)
from models import AllotError
from tests.data.feeds.case import intake_of
from tests.data.outlets.rows import Known, frame, row

_SAID = {
    "nothing": b"",
    "nonsense": b"\0\1\2 what?\r\n" * 20,
    "half of an answer": b"HTTP/1.1 503 Unavailable\r\nContent-Length: 100\r\n\r\nlater",
}


class Host:
    """Where it listens, and what it says to everybody."""

    def __init__(self, listener: socket.socket, said: bytes) -> None:
        self.port, self._listener, self._said = listener.getsockname()[1], listener, said
        self._callers: list[socket.socket] = []
        self._thread = Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                caller, _ = self._listener.accept()
                self._callers.append(caller)
                with suppress(OSError):
                    caller.sendall(self._said)

    def end(self) -> None:
        """Lets everybody go."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for caller in self._callers:
            caller.close()


@pytest.fixture(params=_SAID)
def host(request, monkeypatch) -> Iterator[str]:
    """Address of a host that listens and no more."""
    for place in ("brokers.amqp", "brokers.reach", "feeds.topic", "outlets.topic", "outlets.mail"):
        monkeypatch.setattr(f"data.{place}._PATIENCE_S", 0.3)
    monkeypatch.setattr("data.store.reach._PATIENCE_S", 1)
    monkeypatch.setattr("data.store.store._CONNECT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = Host(listener, _SAID[request.param])
        yield f"127.0.0.1:{there.port}"
        there.end()


@pytest.fixture
def intake(tmp_path, empty_store) -> Iterator[Intake]:
    """Of one kind of store, which is enough here."""
    shutil.copy(empty_store, tmp_path / "allot.db")
    store = open_store(f"sqlite:///{tmp_path / 'allot.db'}")
    yield intake_of(store)
    store.close()


_URL = "postgresql+psycopg://ann:hush@{}/x"
_AMQP = "amqp://ann:hush@{}/"
_KAFKA = {"log_level": 0, "sasl.username": "ann", "sasl.password": "hush"}


def _kafka(host: str) -> dict[str, str | int | bool]:
    return {"bootstrap.servers": host, **_KAFKA}


def _mail(host: str, **more: str) -> MailServer:
    name, port = host.split(":")
    return MailServer(host=name, port=int(port), sender="a@example.org", username="me", password="hush", **more)


_ACTS: dict[str, Callable[[str, Intake], object]] = {
    "amqp source": lambda host, intake: take_queue(intake, AmqpReading(_AMQP.format(host), "q")),
    "amqp reached": lambda host, _: reach_amqp(_AMQP.format(host)),
    "amqp outlet": lambda host, _: hand_to_queue(QueueTarget(_AMQP.format(host), "q"), frame(row("T1")), Known()),
    "kafka source": lambda host, intake: take_topic(intake, KafkaReading(_kafka(host), "t")),
    "kafka reached": lambda host, _: reach_kafka(_kafka(host)),
    "kafka outlet": lambda host, _: hand_to_topic(TopicTarget(_kafka(host), "t"), frame(row("T1")), Known()),
    "sql source": lambda host, intake: take_sql(intake, SqlReading(url=_URL.format(host), read="SELECT 1", full=True)),
    "sql reached": lambda host, _: reach_database(_URL.format(host)),
    "sql outlet": lambda host, _: hand_to_table(TableTarget(_URL.format(host), "plan"), frame(row("T1")), Known()),
    "store": lambda host, _: open_store(_URL.format(host)),
    "web outlet": lambda host, _: hand_to_web(
        WebTarget(f"http://{host}/plan", token="hush", timeout_s=0.3, tries=1), frame(row("T1")), Known()
    ),
    "mail": lambda host, _: reach_mail(_mail(host)),
    "mail over tls": lambda host, _: reach_mail(_mail(host, security="tls")),
}


@pytest.mark.slow
@pytest.mark.parametrize("act", _ACTS)
def test_what_says_nothing_or_nonsense_is_an_error_in_one_line(host, intake, act):
    with pytest.raises(AllotError) as told:
        _ACTS[act](host, intake)
    assert str(told.value).isprintable()
    assert "hush" not in str(told.value)
