"""The OpenAPI description of the service, written by hand: it is short."""

from importlib.metadata import version
from typing import Any

from data import OutcomeKind
from reports import BOARD_DIMENSIONS
from scheduler.serving.asked import MOST_BYTES
from scheduler.serving.service import OPERATIONS

_TEXT, _OBJECT = {"type": "string"}, {"type": "object"}
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_NAME = {"type": "string", "pattern": f"^[^{_CONTROL}]*$"}
_NO_NUL = {"type": "string", "pattern": r"^[^\x00]*$"}
_ID = {"type": "string", "pattern": rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"}
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": _TEXT}}
_COUNTS = {
    "type": "object",
    "required": [*(kind.value for kind in OutcomeKind), "reasons"],
    "properties": {
        **{kind.value: {"type": "integer"} for kind in OutcomeKind},
        "reasons": {"type": "array", "items": _TEXT},
    },
}
_CHOICE = {"task_id": _TEXT, "planned": {"type": "boolean"}, "why": _TEXT}
_HANDED = {
    "type": ["object", "null"],
    "required": ["task_id", "planned", "why", "lease_until", "choices"],
    "properties": {
        **_CHOICE,
        "lease_until": {"type": ["string", "null"], "format": "date-time"},
        "choices": {"type": "array", "items": {"type": "object", "properties": _CHOICE}},
    },
}
_TASK = {
    "type": "object",
    "description": "An operation: `operation` (default create), task_id or capture_id, key, version, at, agent_id, "
    "and any column of tasks.",
    "additionalProperties": True,
}
_NEW = {**_TASK, "anyOf": [{"required": [name], "properties": {name: _ID}} for name in ("task_id", "capture_id")]}
_DECLINED = {
    "type": "object",
    "required": ["reason"],
    "properties": {"reason": {"type": "string", "pattern": r"\S"}, "agent_id": _NAME},
}
_REASONS = {
    400: "The request cannot be read.",
    401: "No token, or an unknown one.",
    403: "The token is of somebody who may not do this.",
    404: "There is no such thing.",
    405: "This is not done here.",
    408: "The body did not come in time.",
    409: "Refused: the state of the task or the list does not allow it.",
    413: f"The body has more than {MOST_BYTES} bytes.",
    422: "The content cannot be read.",
    503: "The store does not answer, or there are too many requests.",
}
_WRITES = (400, 401, 403, 404, 405, 408, 409, 413, 422, 503)
_READS = (400, 404, 405, 422, 503)


def description(prefix: str) -> dict[str, Any]:
    """The OpenAPI description; ``prefix`` is the path under which a proxy shows the service."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "allot", "version": version("allot"), "description": "Task list, plan and next tasks."},
        "servers": [{"url": prefix or "/"}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/v1/tasks": {"post": _take()},
            "/v1/tasks/{task_id}/{operation}": {"post": _operate()},
            "/v1/tasks/{task_id}/decline": {"post": _decline()},
            "/v1/tasks/{task_id}": {"get": _read("A task with its history", _OBJECT, _path("task_id"))},
            "/v1/agents/{agent_id}/next": {"post": _next()},
            "/v1/plan": {
                "get": _read("The published plan", _OBJECT, _query("agent", "The tasks of one agent only.", _NO_NUL))
            },
            "/v1/board": {"get": _read("What the board shows", _OBJECT, *_board_queries())},
            "/health": {"get": _read("Whether the store answers", _OBJECT)},
            "/metrics": {"get": _read_as("Figures for Prometheus", "text/plain")},
            "/openapi.json": {"get": _read("This description", _OBJECT)},
            "/": {"get": _read_as("The board", "text/html", _query("lang", "en or zh"))},
            "/report": {"get": _read_as("The page of the published run", "text/html")},
        },
    }


def _take() -> dict[str, Any]:
    body = {"oneOf": [_NEW, {"type": "array", "items": _NEW}]}
    return _write(
        "Tasks and operations on them, one or an array",
        {"200": ("What became of them", _COUNTS), "202": ("All wait for their task", _COUNTS)},
        body,
        _query(
            "source", "The source of kind http that sends; needed with the token of [serve] where there are several."
        ),
        _IDEMPOTENCY,
        needed=True,
    )


def _operate() -> dict[str, Any]:
    known = {"type": "string", "enum": list(OPERATIONS)}
    operation = {**_path("operation"), "schema": known}
    return _write(
        "An operation on one task",
        {"200": ("What became of it", _OBJECT), "202": ("It waits for its task", _COUNTS)},
        _TASK,
        _path("task_id"),
        operation,
        _IDEMPOTENCY,
    )


def _decline() -> dict[str, Any]:
    found = {"200": ("Who had it", _OBJECT)}
    return _write("Gives a task back that was handed out", found, _DECLINED, _path("task_id"), needed=True)


def _next() -> dict[str, Any]:
    body = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "start": {"type": "boolean", "default": False},
            "choice": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
        },
    }
    found = {"200": ("The task, or null where there is none", _HANDED)}
    return _write("A person's next task", found, body, _path("agent_id"), _IDEMPOTENCY)


def _write(
    summary: str, answers: dict[str, tuple[str, Any]], body: Any, *parameters: Any, needed: bool = False
) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [{"token": []}],
        "parameters": list(parameters),
        "requestBody": {"required": needed, "content": {"application/json": {"schema": body}}},
        "responses": {**{code: _said(*answer) for code, answer in answers.items()}, **_errors(_WRITES)},
    }


def _read(summary: str, schema: Any, *parameters: Any) -> dict[str, Any]:
    answers = {"200": _said(summary, schema), "304": {"description": "Not changed."}, **_errors(_READS)}
    return {"summary": summary, "parameters": list(parameters), "responses": answers}


def _read_as(summary: str, media_type: str, *parameters: Any) -> dict[str, Any]:
    found = {"200": {"description": summary, "content": {media_type: {"schema": _TEXT}}}, **_errors(_READS)}
    return {"summary": summary, "parameters": list(parameters), "responses": found}


def _errors(codes: tuple[int, ...]) -> dict[str, Any]:
    return {str(code): _said(_REASONS[code], _ERROR) for code in codes}


def _said(text: str, schema: Any) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _NAME}


def _query(name: str, text: str, schema: Any = _TEXT) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _board_queries() -> list[dict[str, Any]]:
    named = [_query(name, f"Only what belongs to one {name}.") for name in BOARD_DIMENSIONS]
    return [*named, _query("lang", "en or zh")]


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the request count once; by default the body's hash.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": rf"^[^{_CONTROL}\xa0\xad]*$"},
}
