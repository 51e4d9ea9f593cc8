"""uvicorn, made patient with few and short with slow ones."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

_SILENT_S = 10
"""A connection that has not brought the head of a request for so long is closed."""
_MOST_REQUESTS = 256
_GRACE_S = 10


class Protocol(H11Protocol):
    """HTTP/1.1, which does not wait forever for the head of a request."""

    def connection_made(self, transport: Any) -> None:
        """Sends answers at once, and looks after a while whether the client has asked for anything."""
        super().connection_made(transport)
        _send_at_once(transport.get_extra_info("socket"))
        self._waiting_for = self.cycle
        self._look = self.loop.call_later(_SILENT_S, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Looks no more."""
        self._look.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        """Closes the connection if no request is under way and none has come since the last look."""
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.cycle is self._waiting_for:
            self.transport.abort()
            return
        self._waiting_for = self.cycle
        self._look = self.loop.call_later(_SILENT_S, self._close_if_silent)


def _send_at_once(connection: Any) -> None:
    """Has the body of an answer not wait till its head is acknowledged, up to 40 ms.

    asyncio does so only for sockets that were made for TCP by name, which those that are handed over need not be.
    """
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Server(uvicorn.Server):
    """A server that ends well when it is told to stop, instead of passing the signal on."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to who has started it."""
        yield

    def stop(self) -> None:
        """Has it finish what is under way and end; at once, when it is told so again."""
        self.force_exit = self.should_exit
        self.should_exit = True


def make_server(app: Any) -> Server:
    """The server of an application."""
    return Server(
        uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_MOST_REQUESTS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=_GRACE_S,
            h11_max_incomplete_event_size=32 * 1024,
        )
    )
