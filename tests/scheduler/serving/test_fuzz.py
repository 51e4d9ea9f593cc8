"""Whatever is asked, the service answers, and never that it has failed itself."""

from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.serving.service import OPERATIONS
from tests.scheduler.serving.served import CRM, PEOPLE, Served
from tests.strange import STRANGE

NAMES = (
    "operation",
    "task_id",
    "capture_id",
    "key",
    "version",
    "at",
    "agent_id",
    "process",
    "value",
    "due_at",
    "status",
)
IDS = st.sampled_from(["M1", "N1", "A", "..", "../..", "a/b", "%2e%2e", " ", "\0", "\ud7ff\U0001f600"]) | st.text(
    max_size=8
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["M1", "A", *OPERATIONS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(
    st.sampled_from((*NAMES, "start", "choice", "reason", "", *STRANGE)) | st.text(max_size=8), VALUES, max_size=6
)
BODIES = OBJECTS | st.lists(OBJECTS | VALUES, max_size=4) | st.binary(max_size=40) | VALUES
PATHS = st.one_of(
    st.just("/v1/tasks"),
    st.builds("/v1/tasks/{}/{}".format, IDS.map(quote), st.sampled_from([*OPERATIONS, "decline", "fly"])),
    st.builds("/v1/tasks/{}".format, IDS.map(quote)),
    st.builds("/v1/agents/{}/next".format, IDS.map(quote)),
    st.builds("/{}".format, st.text(max_size=10).map(quote)),
    st.sampled_from(["/v1/plan", "/v1/board", "/health", "/metrics", "/", "/report"]),
)
QUERIES = st.dictionaries(st.sampled_from(["source", "agent", "lang", "site", "team", "x"]), IDS, max_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "POST", "POST", "PUT", "HEAD"]),
    path=PATHS,
    query=QUERIES,
    body=BODIES,
    token=st.sampled_from([PEOPLE, PEOPLE, CRM, None]),
)
def test_no_request_makes_it_fail(
    service: Served, method: str, path: str, query: dict[str, str], body: Any, token: str | None
) -> None:
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    said = service.ask(method, f"{path}?{asked}" if asked else path, body, token)
    assert said.status < 500, (said.status, said.text)
    assert said.status not in (401, 403) or method != "GET"
