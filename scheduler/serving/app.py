"""The application: routes, errors as answers, what is counted."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from data import StoreUnreachableError
from models import AllotError
from scheduler.config import Config
from scheduler.handout import UnknownAgentError
from scheduler.serving.asked import RefusedError, Tokens, body_of
from scheduler.serving.board import Board
from scheduler.serving.metrics import Metrics
from scheduler.serving.openapi import description
from scheduler.serving.service import Answer, Service

if TYPE_CHECKING:
    from data import Store

_log = logging.getLogger(__name__)

_AT_ONCE = 8
"""Requests that read the store at the same time; the others wait, in the order in which they came."""
_SETTLE_S = 30.0
_JSON = "application/json"
_SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(config: Config, store: "Store", clock: Callable[[], datetime], tokens: Tokens | None = None) -> ASGIApp:
    """The application of a configuration and its store; ``tokens`` instead of those of the environment."""
    routes = _Routes(config, store, clock, tokens or Tokens.of(config))
    table: list[tuple[str, str, Endpoint]] = [
        ("/v1/tasks", "POST", routes.take),
        ("/v1/tasks/{task_id:path}/{operation}", "POST", routes.operate),
        ("/v1/tasks/{task_id:path}", "GET", routes.task),
        ("/v1/agents/{agent_id:path}/next", "POST", routes.next),
        ("/v1/plan", "GET", routes.plan),
        ("/v1/board", "GET", routes.board),
        ("/health", "GET", routes.health),
        ("/metrics", "GET", routes.metrics),
        ("/openapi.json", "GET", routes.openapi),
        ("/", "GET", routes.page),
        ("/board.js", "GET", partial(routes.asset, "board.js", "text/javascript")),
        ("/board.css", "GET", partial(routes.asset, "board.css", "text/css")),
        ("/report", "GET", routes.report),
    ]
    found = [Route(path, routes.guarded(path, act), methods=[method]) for path, method, act in table]
    app = Starlette(
        routes=found, lifespan=routes.lifespan, exception_handlers={404: _no_such, 405: _no_such, 500: _broken}
    )
    app.router.redirect_slashes = False
    return _Prefixed(app, config.serve.prefix)


class _Prefixed:
    """Takes requests with the prefix of a proxy, and those from which the proxy has taken it."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if self._prefix and path == self._prefix:
            await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
            return
        if self._prefix and path.startswith(f"{self._prefix}/"):
            scope = {**scope, "path": path.removeprefix(self._prefix)}
        await self._app(scope, receive, send)


class _Routes:
    """The endpoints."""

    def __init__(self, config: Config, store: "Store", clock: Callable[[], datetime], tokens: Tokens) -> None:
        self._service = Service(config, store, clock)
        self._tokens, self._metrics = tokens, Metrics()
        self._board = Board(config, store, clock)
        self._prefix = config.serve.prefix
        # a store has one writer at a time: those who wait for it here get their turn in order, and soon
        self._readers, self._writers = CapacityLimiter(_AT_ONCE), CapacityLimiter(1 if store.is_sqlite else 2)

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """While the service runs, tasks whose leases have ended go back."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self._settle(stopping))
        yield
        stopping.set()  # not cancelled: a thread that uses the store would outlive it
        await task

    async def _settle(self, stopping: asyncio.Event) -> None:
        with contextlib.suppress(AllotError):  # the first call will say why
            await self._read(self._service.handout.make_ready)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _SETTLE_S)
            if stopping.is_set():
                return
            try:
                await self._write(self._service.handout.settle)
            except AllotError as error:
                _log.warning("leases could not be settled: %s", error)

    async def _read(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Reads from the store, in a thread."""
        return await to_thread.run_sync(partial(act, *arguments), limiter=self._readers)

    async def _write(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """Writes to the store, in a thread."""
        return await to_thread.run_sync(partial(act, *arguments), limiter=self._writers)

    def guarded(self, route: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint, its errors being answers, counted."""

        async def answer(request: Request) -> Response:
            began = time.perf_counter()
            try:
                response = await endpoint(request)
            except RefusedError as error:
                response = _error(error.status, error.reason)
            except AllotError as error:
                response = _error(_status_of(error), str(error))
            except Exception:
                _log.exception("%s failed", route)
                response = _error(500, "allot failed; its log says why")
            self._metrics.count(route, request.method, response.status_code, time.perf_counter() - began)
            response.headers.update({name: text for name, text in _SECURE.items() if name not in response.headers})
            return response

        return answer

    async def take(self, request: Request) -> Response:
        who = self._tokens.whose(request)
        source, key = request.query_params.get("source"), _key(request)
        return _json(*await self._write(self._service.take, who, source, await body_of(request), key))

    async def operate(self, request: Request) -> Response:
        who = self._tokens.whose(request)
        task_id, kind = _id(request.path_params["task_id"]), request.path_params["operation"]
        body = await body_of(request)
        return _json(*await self._write(self._service.operate, who, task_id, kind, body, _key(request)))

    async def next(self, request: Request) -> Response:
        self._tokens.require_people(request)
        agent_id = _id(request.path_params["agent_id"])
        return _json(*await self._write(self._service.next, agent_id, await body_of(request), _key(request)))

    async def task(self, request: Request) -> Response:
        task_id = _id(request.path_params["task_id"], 404, "no operation has ever been about this task")
        return _json(*await self._read(self._service.task, task_id))

    async def plan(self, request: Request) -> Response:
        agent = request.query_params.get("agent")
        return _tagged(request, *await self._read(self._service.plan, None if agent is None else _id(agent)))

    async def health(self, request: Request) -> Response:
        return _json(*await self._read(self._service.health))

    async def metrics(self, request: Request) -> Response:
        lines = [*self._metrics.lines(), *await self._read(self._service.metrics)]
        return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")

    async def openapi(self, request: Request) -> Response:
        return _json(200, description(self._prefix))

    async def board(self, request: Request) -> Response:
        return _tagged(request, 200, await self._read(self._board.facts, dict(request.query_params)))

    async def page(self, request: Request) -> Response:
        asked, accepted = request.query_params.get("lang"), request.headers.get("accept-language", "")
        page = await self._read(self._board.page, asked, accepted)
        return Response(page, media_type="text/html", headers={"content-security-policy": _PAGE_POLICY})

    async def asset(self, name: str, media_type: str, request: Request) -> Response:
        return Response(self._board.asset(name), media_type=media_type)

    async def report(self, request: Request) -> Response:
        page = await self._read(self._board.report)
        if page is None:
            raise RefusedError(404, "the published run has no page")
        return Response(page, media_type="text/html")


def _id(given: str, status: int = 422, reason: str = "an id has no such characters") -> str:
    """An id as it was given.

    Raises:
        RefusedError: it has a character that no id has and no database keeps.
    """
    if "\0" in given:
        raise RefusedError(status, reason)
    return given


def _key(request: Request) -> str | None:
    """The key that makes a request count once.

    Raises:
        RefusedError: it is too long or empty.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= 255 and key.isprintable()):
        raise RefusedError(422, "an Idempotency-Key has 1 to 255 printable characters")
    return key


def _status_of(error: AllotError) -> int:
    if isinstance(error, StoreUnreachableError):
        return 503
    return 404 if isinstance(error, UnknownAgentError) else 409


def _json(status: int, content: Any) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(errors="replace"), status, media_type=_JSON)


def _tagged(request: Request, status: int, content: Any) -> Response:
    """An answer that is not sent again when the client has it already."""
    response = _json(status, content)
    tag = f'"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        response = Response(status_code=304)
    response.headers.update({"etag": tag, "cache-control": "no-cache"})
    return response


def _error(status: int, reason: str) -> Response:
    response = _json(status, {"error": reason})
    if status == 401:
        response.headers["www-authenticate"] = "Bearer"
    if status in (408, 413):
        response.headers["connection"] = "close"
    return response


async def _no_such(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    allowed = getattr(error, "headers", None) or {}
    response = _error(status, "there is nothing here" if status == 404 else "this is not done here")
    response.headers.update({**_SECURE, **allowed})
    return response


async def _broken(request: Request, error: Exception) -> Response:
    return _error(500, "allot failed; its log says why")


__all__ = ["Answer", "make_app"]
