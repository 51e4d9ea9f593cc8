"""A web service that takes rows as JSON by POST. The same rows come with the same Idempotency-Key, however often."""

import base64
import hashlib
import hmac
import socket
import time
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

import polars as pl

from data.outlets.side import Done, OutletError, batches, messages, one_line

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_HERE = ("localhost", "127.0.0.1", "::1")
_LATER = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which the same may well be taken."""


@dataclass(frozen=True)
class WebTarget:
    """Where to post, and how often to try; ``token`` is sent as a bearer token, ``secret`` signs the body.

    A user and a password in the URL are sent as HTTP's basic authentication (RFC 7617), where there is no token.
    """

    url: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    at_once: int = 500
    tries: int = 4
    timeout_s: float = 15
    secret: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What people call it: the URL without what may be secret in it, of a webhook also the path."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"

    @property
    def place(self) -> str:
        """The URL without user and password."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    @property
    def authorization(self) -> str | None:
        """Who asks, as a service expects it."""
        if self.token is not None:
            return f"Bearer {self.token}"
        given, at, _ = urlsplit(self.url).netloc.rpartition("@")
        if not at:
            return None
        user, _, password = given.partition(":")
        return f"Basic {base64.b64encode(f'{unquote(user)}:{unquote(password)}'.encode()).decode()}"

    def without_secrets(self, text: str) -> str:
        """What a service says, which may repeat what it was asked."""
        parts = urlsplit(self.url)
        passwords = (parts.password, unquote(parts.password or ""), (self.authorization or "").partition(" ")[2])
        secrets = (self.token, self.secret, *passwords, parts.query, parts.path.rstrip("/"))
        for secret in sorted((each for each in secrets if each), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def require_web(target: WebTarget) -> None:
    """Refuses what is no address of a web service.

    Raises:
        OutletError: it is none.
    """
    parts = urlsplit(target.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OutletError("its url is not the address of a web service; write it like https://host/path")


def hand_to_web(target: WebTarget, rows: pl.DataFrame, done: Done) -> None:
    """Posts the rows, some at a time, as a JSON array.

    Raises:
        OutletError: the service does not answer or refuses, also when asked again; what it has taken is done.
    """
    require_web(target)
    opener = _opener(target)
    for some in batches(rows, target.at_once):
        body = b"[" + b",".join(each for _, each in messages(some)) + b"]"
        _post(target, opener, body)
        done(some)


def post_to_web(target: WebTarget, body: bytes) -> None:
    """Posts one body.

    Raises:
        OutletError: the service does not answer or refuses, also when asked again.
    """
    require_web(target)
    _post(target, _opener(target), body)


def _opener(target: WebTarget) -> OpenerDirector:
    """What sends requests: never to where an answer redirects, as the token would go there, too."""
    here = urlsplit(target.url).hostname in _HERE
    return build_opener(_NoRedirect, *([ProxyHandler({})] if here else []))


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        return None


def _post(target: WebTarget, opener: OpenerDirector, body: bytes) -> None:
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": hashlib.sha256(body).hexdigest(),
        "User-Agent": "allot",
    }
    if target.authorization is not None:
        headers["Authorization"] = target.authorization
    if target.secret is not None:
        signature = hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Allot-Signature"] = f"sha256={signature}"
    wait = _FIRST_WAIT_S
    for left in range(target.tries - 1, -1, -1):
        asked, fault, may_help = _tried(target, opener, Request(target.place, body, headers, method="POST"))
        if fault is None:
            return
        if not may_help or not left:
            raise OutletError(f"{target.name}: {target.without_secrets(fault)}")
        time.sleep(min(asked or wait, _LONGEST_WAIT_S))
        wait *= 2


def _tried(target: WebTarget, opener: OpenerDirector, request: Request) -> tuple[float | None, str | None, bool]:
    """How long to wait if the service says so, why it was not taken, and whether asking again may help."""
    try:
        with opener.open(request, timeout=target.timeout_s) as answer:
            answer.read(1)
        return None, None, False
    except HTTPError as error:
        said = _said(error)
        if 300 <= error.code < 400:
            return None, f"answers {error.code} and redirects; give the address it redirects to", False
        told = f"answers {error.code} {error.reason}" + (f": {said}" if said else "")
        return _asked(error.headers), told, error.code in _LATER
    except URLError as error:
        return None, f"does not answer: {one_line(str(error.reason))}", True
    except (OSError, HTTPException) as error:
        return None, f"does not answer: {one_line(str(error)) or type(error).__name__}", True


def _said(error: HTTPError) -> str:
    """The beginning of an answer, or what has come of it."""
    try:
        with error:
            return one_line(error.read(200).decode(errors="replace"))
    except (OSError, HTTPException):
        return ""


def _asked(headers: Message | None) -> float | None:
    given = str(headers["Retry-After"]) if headers is not None else ""
    return float(given) if given.isdecimal() else None


def reach_web(target: WebTarget) -> None:
    """Connects to the host of a web service and lets go again: nothing is posted.

    Raises:
        OutletError: it does not answer.
    """
    require_web(target)
    parts = urlsplit(target.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=5).close()
    except OSError as error:
        raise OutletError(f"{parts.hostname}:{port} does not answer: {error.strerror or error}") from error
