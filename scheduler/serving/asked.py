"""What requests may be: who asks, how long a body may be and how long it may take."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from scheduler.config import Config, ConfigError, HttpSource, secret

MOST_BYTES = 10 * 2**20
MOST_DROPPED = 10 * MOST_BYTES
DROPPING_S = 3.0
PATIENCE_S = 30.0

PEOPLE = ""
"""Who has the token of `[serve]`, in place of the name of a source."""


class RefusedError(Exception):
    """A request that is answered with an error: the status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Tokens:
    """The tokens that may change something, each with whose it is; ``missing`` says which others are not set."""

    tokens: Mapping[str, str]
    missing: Sequence[str] = ()

    @classmethod
    def of(cls, config: Config) -> "Tokens":
        """Those of a configuration, from the environment."""
        named = [
            (f"source.{n}.token_env", s.token_env, n) for n, s in config.source.items() if isinstance(s, HttpSource)
        ]
        found, missing = {}, []
        for key, variable, whose in (*named, ("serve.token_env", config.serve.token_env, PEOPLE)):
            if variable:
                try:
                    found[secret(variable, key)] = whose
                except ConfigError as error:
                    missing.append(f"{error}: nothing can be changed with it")
        return cls(found, missing)

    def whose(self, request: Request) -> str:
        """Whose token a request has: the name of a source, or PEOPLE. Takes the same time whatever is wrong with it.

        Raises:
            RefusedError: it has none that is known.
        """
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        found = None
        for token, name in self.tokens.items():
            if hmac.compare_digest(token.encode(), given.strip().encode()):
                found = name
        if found is None or scheme.lower() != "bearer":
            none = "none is set" if self.missing else "none is configured"
            missing = "" if self.tokens else f"; {none}, so nothing can be changed: see [serve] token_env"
            raise RefusedError(401, f"a bearer token is needed{missing}")
        return found

    def require_people(self, request: Request) -> None:
        """Refuses who may only send tasks.

        Raises:
            RefusedError: the token is a source's, or none that is known.
        """
        if self.whose(request) != PEOPLE:
            raise RefusedError(403, "this needs the token of [serve] token_env, not that of a source")


async def body_of(request: Request, most: int = MOST_BYTES, patience_s: float = PATIENCE_S) -> bytes:
    """The body of a request.

    Raises:
        RefusedError: it is too long, or does not come in time.
    """
    too_long = RefusedError(413, f"a body may have {most:,} bytes")
    declared, coming = int(request.headers.get("content-length", "0")), request.stream()
    if declared > most:
        if declared <= MOST_DROPPED and "expect" not in request.headers:
            await _drop(coming)
        raise too_long
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience_s):
            async for part in coming:
                size += len(part)
                if size > most:
                    break
                parts.append(part)
    except TimeoutError as error:
        raise RefusedError(408, f"the body did not come within {patience_s:g} s") from error
    except ClientDisconnect as error:
        raise RefusedError(400, "the body broke off") from error
    if size > most:
        await _drop(coming)
        raise too_long
    return b"".join(parts)


async def _drop(coming: AsyncIterator[bytes]) -> None:
    """Reads what still comes of a body and forgets it: a client that sends until the end reads no answer before."""
    size = 0
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(DROPPING_S):
            async for part in coming:
                size += len(part)
                if size > MOST_DROPPED:
                    return
