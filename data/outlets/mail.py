"""A mail server that takes messages by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal

from data.outlets.side import OutletError, one_line

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_PATIENCE_S = 20
_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ics": ("text", "calendar"),
}


class PartlyTakenError(OutletError):
    """A letter that went to some of its addresses alone."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where messages go, and who sends them. Without encryption no password is sent."""

    host: str
    sender: str
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.host}:{self.port or _PORTS[self.security]}"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message: the same ``name`` says that it is the same, so that a server or reader may drop a copy."""

    to: Sequence[str]
    subject: str
    text: str
    name: str
    files: Sequence[Path] = ()


class Post:
    """A connection to a mail server on which letters are sent."""

    def __init__(self, server: MailServer, client: smtplib.SMTP) -> None:
        self._server, self._client = server, client

    def send(self, letter: Letter) -> None:
        """Sends a letter to all its addresses.

        Raises:
            PartlyTakenError: the server takes it for some of them alone.
            OutletError: the server does not take it.
        """
        message = _message(self._server.sender, letter)
        try:
            refused = self._client.send_message(message, self._server.sender, list(letter.to))
        except (smtplib.SMTPException, OSError) as error:
            raise OutletError(f"{self._server.name}: {_said(error)}") from error
        if refused:
            raise PartlyTakenError(f"{self._server.name}: takes nothing for {', '.join(refused)}")


def _message(sender: str, letter: Letter) -> EmailMessage:
    """The message; a line break in a subject, which would begin another header, becomes a space."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    message["To"] = tuple(Address(addr_spec=address) for address in letter.to)
    message["Subject"] = one_line(letter.subject)
    message["Message-ID"] = f"<{letter.name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    for file in letter.files:
        main, sub = _TYPES[file.suffix]
        message.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=one_line(file.name))
    return message


@contextmanager
def opened_post(server: MailServer) -> Iterator[Post]:
    """A connection to a mail server.

    Raises:
        OutletError: it does not answer, or refuses us.
    """
    try:
        client = _connected(server)
    except (smtplib.SMTPException, OSError) as error:
        raise OutletError(f"{server.name}: {_said(error)}") from error
    try:
        yield Post(server, client)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


def _connected(server: MailServer) -> smtplib.SMTP:
    port = server.port or _PORTS[server.security]
    context = ssl.create_default_context()
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, port, timeout=_PATIENCE_S, context=context)
    else:
        client = smtplib.SMTP(server.host, port, timeout=_PATIENCE_S)
    try:
        if server.security == "starttls":
            client.starttls(context=context)
        if server.username is not None and server.password is not None:
            client.login(server.username, server.password)
    except BaseException:
        client.close()
        raise
    return client


def _said(error: Exception) -> str:
    """Why a server does not take something; what it says is told, but no password, which servers do not repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "takes nothing for " + ", ".join(error.recipients)
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"answers {error.smtp_code} {one_line(said)}"
    return f"does not answer: {getattr(error, 'strerror', None) or one_line(str(error)) or type(error).__name__}"


def reach_mail(server: MailServer) -> None:
    """Connects to a mail server, with the name and password if there are any, and lets go again.

    Raises:
        OutletError: it does not answer, or refuses us.
    """
    with opened_post(server):
        pass
