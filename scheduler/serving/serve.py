"""Starts the service, on a port or on sockets that systemd hands over, and has it stop cleanly."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from data import missing_extra
from models import OptionError
from scheduler.config import Config, opened_store
from scheduler.run.clock import now

_FIRST_SOCKET = 3
_STOPS = (signal.SIGTERM, signal.SIGINT)


def serve(config: Config, tell: Callable[[str], None], host: str | None = None, port: int | None = None) -> None:
    """Serves until it is told to stop by SIGTERM or SIGINT; requests that are under way are finished.

    Raises:
        MissingExtraError: the extra `serve` is not installed.
        StoreError: the store is not there.
        OptionError: the address cannot be used.
    """
    try:
        from scheduler.serving.app import make_app
        from scheduler.serving.asked import Tokens
        from scheduler.serving.server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn", "anyio", "h11"):
            raise
        raise missing_extra("allot serve", "serve") from error
    tokens = Tokens.of(config)
    for missing in tokens.missing:
        tell(f"warning: {missing}")
    with opened_store(config) as store:
        app = make_app(config, store, running_clock(), tokens)
        with _listening(host or config.serve.host, config.serve.port if port is None else port) as sockets:
            for one in sockets:
                tell(f"serving {_address(one)}{config.serve.prefix}/")
            server = make_server(app)
            with _stopping(server.stop):
                server.run(sockets=sockets)
    tell("stopped")


def running_clock(start: datetime | None = None) -> Callable[[], datetime]:
    """A clock that begins at the present moment, or at the one that ALLOT_NOW names, and runs on from there."""
    began, first = time.monotonic(), start or now()
    return lambda: first + timedelta(seconds=time.monotonic() - began)


@contextmanager
def _listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    sockets = handed_sockets()
    if not sockets:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            sockets = [socket.create_server((host, port), family=family, backlog=512)]
        except OSError as error:
            why = error.strerror or str(error)
            raise OptionError(f"{host}:{port} cannot be used: {why}; see [serve] host and port") from error
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


def handed_sockets(environment: Mapping[str, str] = os.environ) -> list[socket.socket]:
    """The sockets that systemd has opened for this process, none where it has not."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(environment.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=number) for number in range(_FIRST_SOCKET, _FIRST_SOCKET + count)]


def _address(one: socket.socket) -> str:
    if one.family not in (socket.AF_INET, socket.AF_INET6):
        return f"on {one.getsockname()}"
    host, port = one.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    earlier = {number: signal.signal(number, lambda *_: stop()) for number in _STOPS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
