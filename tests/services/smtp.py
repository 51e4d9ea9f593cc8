"""A mail server of the tests' own, in a thread: what it takes can be read, and it can fail when it is told to."""

import email
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from threading import Thread


class MailServer(socketserver.ThreadingTCPServer):
    """Takes messages; ``goes_after`` is how many it still takes before it closes every connection."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.goes_after: int | None = None
        self.refused: set[str] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def to(self, address: str) -> list[EmailMessage]:
        """The messages for an address."""
        return [message for receivers, message in self.taken if address in receivers]


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        receivers: list[str] = []
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("DATA"):
                if not self._take(receivers):
                    return
                receivers = []
            elif word.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                if address in self.server.refused:
                    self._say("550 nobody of that name")
                    continue
                receivers.append(address)
                self._say("250 fine")
            elif word.startswith("QUIT"):
                self._say("221 bye")
                return
            else:
                receivers = [] if word.startswith(("MAIL", "RSET")) else receivers
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _take(self, receivers: list[str]) -> bool:
        if self.server.goes_after == 0:
            return False
        if self.server.goes_after is not None:
            self.server.goes_after -= 1
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(message, EmailMessage)
        self.server.taken.append((receivers, message))
        self._say("250 taken")
        return True


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that runs while the body does."""
    with MailServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
