"""A service in a thread of the test, asked over a real connection."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import open_store
from scheduler.config import read_config, store_url
from scheduler.serving.app import make_app
from scheduler.serving.serve import running_clock
from scheduler.serving.server import Server, make_server

PEOPLE, CRM = "the token of people", "the token of the crm"
SERVE = '\n[serve]\ntoken_env = "PEOPLE_TOKEN"\nprefix = "/allot"\n'


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.text)


class Served:
    """A running service."""

    def __init__(self, port: int, server: Server) -> None:
        self.port, self.server = port, server

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Said:
        """An answer to a request; a body that is not bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        said = Said(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode())
        connection.close()
        return said

    def get(self, path: str, **headers: str) -> Said:
        """An answer to a request that changes nothing."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, token: str | None = PEOPLE, **headers: str) -> Said:
        """An answer to a request that changes something."""
        return self.ask("POST", path, body, token, **headers)

    def raw(self, *parts: bytes) -> bytes:
        """What comes back for bytes as they are, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            for part in parts:
                connection.sendall(part)
            found = b""
            while got := connection.recv(65536):
                found += got
            return found


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The service of the configuration in a folder, while the body runs."""
    config = read_config(folder / "allot.toml")
    store = open_store(store_url(config), config.folder)
    server = make_server(make_app(config, store, running_clock()))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Served(listener.getsockname()[1], server)
    finally:
        server.stop()
        thread.join()
        listener.close()
        store.close()
