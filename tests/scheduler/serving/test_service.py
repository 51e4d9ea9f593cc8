"""What the service answers."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from tests.scheduler.handout.desk import Desk
from tests.scheduler.serving.served import CRM, PEOPLE, Served, served

MOTOR = {"task_id": "N1", "process": "motor", "value": 3}


def counts(said) -> dict[str, int]:
    return {name: count for name, count in said.json.items() if count and name != "reasons"}


def test_tasks_come_in_once(service: Served):
    first = service.post("/v1/tasks", [MOTOR, {**MOTOR, "task_id": "N2"}], CRM)
    assert (first.status, counts(first)) == (200, {"applied": 2})
    assert counts(service.post("/v1/tasks", [MOTOR, {**MOTOR, "task_id": "N2"}], CRM)) == {"duplicate": 2}
    keyed = {"operation": "hold", "task_id": "N1"}
    again = [service.post("/v1/tasks", keyed, CRM, idempotency_key=key) for key in ("k1", "k1", "k2")]
    assert [counts(said) for said in again] == [{"applied": 1}, {"duplicate": 1}, {"duplicate": 1}]
    assert service.get("/v1/tasks/N1").json["task"]["status"] == "held"
    assert service.get("/v1/tasks/N1").json["task"]["source"] == "crm"


def test_the_token_of_people_sends_for_the_only_source(service: Served, desk: Desk):
    assert counts(service.post("/v1/tasks", MOTOR)) == {"applied": 1}
    changes = [{**MOTOR, "value": 5, "status": "assigned", "agent_id": "A"}, {**MOTOR, "status": "queued", "value": 6}]
    assert counts(service.post("/v1/tasks", changes)) == {"applied": 2}
    many = [{**MOTOR, "task_id": f"N{n}", "value": n} for n in range(100, 200)]
    assert counts(service.post("/v1/tasks", many)) == {"applied": 100}
    assert counts(service.post("/v1/tasks", [{**one, "value": 1} for one in many])) == {"applied": 100}
    assert desk.done("store", "check")
    assert service.post("/v1/tasks?source=crm", MOTOR).status == 200
    assert service.post("/v1/tasks?source=nobody", MOTOR).status == 404
    assert service.post("/v1/tasks?source=people", MOTOR).status == 403


def test_the_token_of_people_needs_no_source_and_no_ownership(desk: Desk):
    file = desk.folder / "allot.toml"
    config = file.read_text(encoding="utf-8")
    start = config.index("[source.crm]")
    file.write_text(config[:start] + config[config.index("[source.people]") :], encoding="utf-8")
    with served(desk.folder) as service:
        assert counts(service.post("/v1/tasks", MOTOR)) == {"applied": 1}
        assert service.get("/v1/tasks/N1").json["task"]["source"] == "(http)"
        several = [{"operation": "hold", "task_id": "M1"}, {**MOTOR, "value": 4}, {"task_id": "M2", "value": 9}]
        assert counts(service.post("/v1/tasks", several)) == {"applied": 3}
        assert service.get("/v1/tasks/M2").json["task"]["source"] == "crm"
        assert service.get("/v1/tasks/M2").json["task"]["value"] == 9
    assert desk.done("store", "check")


def test_what_was_refused_is_refused_again_and_not_acknowledged(service: Served):
    bad, held = {**MOTOR, "value": -1}, {"operation": "assign", "task_id": "M1", "agent_id": "A"}
    assert [service.post("/v1/tasks", bad, CRM).status for _ in range(2)] == [422, 422]
    service.post("/v1/tasks/M1/hold")
    first, second = (service.post("/v1/tasks", held, CRM) for _ in range(2))
    assert (first.status, second.status) == (409, 409)
    assert second.json["error"].startswith("assign M1 duplicate: it came before and was refused: the task is held; to")
    service.post("/v1/tasks/M1/resume")
    assert service.post("/v1/tasks", held, CRM).status == 409
    assert service.post("/v1/tasks", held, CRM, idempotency_key="again").status == 200
    kept = [service.post("/v1/tasks/M2/start", {"agent_id": who}, idempotency_key="k") for who in ("B", "A", "B")]
    assert [said.status for said in kept] == [200, 200, 200]
    assert [len(said.json["reasons"]) for said in kept] == [0, 1, 0]
    assert "its key came before with other content (start M2), and only that counts" in kept[1].json["reasons"][0]
    assert service.post("/v1/tasks", {**MOTOR, "value": 1}, CRM, idempotency_key="bad").status == 200
    later = service.post("/v1/tasks", [{**MOTOR, "value": "x"}, {**MOTOR, "value": 2}], CRM, idempotency_key="two")
    assert counts(later) == {"applied": 1, "refused": 1}
    mended = service.post("/v1/tasks", [{**MOTOR, "value": 3}, {**MOTOR, "value": 2}], CRM, idempotency_key="two")
    assert (mended.status, counts(mended)) == (200, {"duplicate": 2})
    assert "came before with other content" in mended.json["reasons"][0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b'"text"',
        b"17",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"task_id": "N", "value": "x"}',
        b'{"value": NaN}',
    ],
)
def test_what_cannot_be_read_is_422(service: Served, body: bytes):
    assert service.post("/v1/tasks", body).status == 422


def test_each_of_several_is_told(service: Served):
    said = service.post("/v1/tasks", [MOTOR, 17, {"operation": "start", "task_id": "M1"}])
    assert said.status == 200
    assert counts(said) == {"applied": 1, "refused": 2}
    assert len(said.json["reasons"]) == 2


def test_what_was_done_is_known_at_once(service: Served, desk: Desk):
    """The view `actuals` had it only after the next cycle."""
    service.post("/v1/tasks/M1/start", {"agent_id": "A"})
    service.post("/v1/tasks", [{"operation": "complete", "task_id": "M1"}], CRM)
    with closing(desk.store()) as store, store.reading() as connection:
        rows = connection.execute(sa.text("SELECT task_id, agent_id, result FROM actuals")).all()
    assert rows == [("M1", "A", "completed")]


def test_operations_of_people_need_no_ownership_and_refusals_are_409(service: Served):
    assert counts(service.post("/v1/tasks/M1/hold")) == {"applied": 1}
    assert counts(service.post("/v1/tasks/M1/hold")) == {"duplicate": 1}
    refused = service.post("/v1/tasks/M1/start", {"agent_id": "A"})
    assert (refused.status, refused.json["error"]) == (409, "start: start M1 refused: the task is held")
    assert counts(service.post("/v1/tasks/M1/resume", {})) == {"applied": 1}
    assert counts(service.post("/v1/tasks/M1/hold")) == {"applied": 1}
    assert service.post("/v1/tasks/M1/fly").status == 404
    assert service.post("/v1/tasks/M2/update", {"value": 12.5}).status == 200
    assert service.get("/v1/tasks/M2").json["task"]["value"] == 12.5
    early = service.post("/v1/tasks/unknown/hold")
    assert (early.status, counts(early)) == (202, {"early": 1})
    unknown = service.get("/v1/tasks/unknown")
    assert (unknown.status, unknown.json["error"]) == (404, "nothing has created this task yet")
    assert [one["outcome"] for one in unknown.json["operations"]] == ["early"]
    for other in ({"task_id": "M2"}, {"operation": "cancel"}):
        assert service.post("/v1/tasks/M1/hold", other).status == 422
    assert service.post("/v1/tasks/M1/update", {"task_id": "M1", "operation": "update"}).status == 200
    assert service.get("/v1/tasks/never").status == 404


def test_a_source_may_not_do_what_people_do(service: Served):
    service.post("/v1/tasks", MOTOR, CRM)
    assert counts(service.post("/v1/tasks/N1/hold", token=CRM)) == {"applied": 1}
    assert service.post("/v1/agents/A/next", token=CRM).status == 403
    assert service.post("/v1/tasks/N1/decline", {"reason": "no"}, CRM).status == 403


def test_ids_may_have_any_characters(service: Served):
    odd = "a/b c?ü\u6f22"
    assert service.post("/v1/tasks", {**MOTOR, "task_id": odd}).status == 200
    path = "/v1/tasks/a%2Fb%20c%3F%C3%BC%E6%BC%A2"
    assert service.get(path).json["task"]["task_id"] == odd
    assert counts(service.post(f"{path}/hold")) == {"applied": 1}
    assert service.get("/v1/tasks/%00").status == 404
    assert service.post("/v1/tasks/%00/hold").status in (409, 422)


def test_people_get_their_next_task(service: Served):
    first = service.post("/v1/agents/C/next")
    assert (first.status, first.json["task_id"], first.json["planned"]) == (200, "H1", True)
    assert service.post("/v1/agents/C/next").json is None
    assert service.post("/v1/tasks/H1/decline", {"reason": "knows them"}).json == {"task_id": "H1", "agent_id": "C"}
    assert service.post("/v1/tasks/H1/decline", {"reason": "knows them"}).status == 409
    assert service.post("/v1/tasks/H1/decline", {}).status == 422
    assert service.post("/v1/agents/nobody/next").status == 404
    package = service.post("/v1/agents/B/next", {"choice": 2}).json
    assert len(package["choices"]) == 2
    started = service.post("/v1/agents/A/next", {"start": True}).json
    assert service.get(f"/v1/tasks/{started['task_id']}").json["task"]["status"] == "in_progress"
    for wrong in ({"choice": 0}, {"choice": "many"}, {"start": 1}, {"other": 1}, [1], {"choice": 99}):
        assert service.post("/v1/agents/A/next", wrong).status == 422


def test_who_asks_again_for_a_next_task_gets_the_same(service: Served):
    asked = [service.post("/v1/agents/A/next", {"start": True}, idempotency_key=key).json for key in ("k", "k", "l")]
    assert asked[0] == asked[1]
    assert asked[0]["task_id"] != asked[2]["task_id"]
    assert service.post("/v1/agents/B/next", idempotency_key="k").json["task_id"] not in (
        asked[0]["task_id"],
        asked[2]["task_id"],
    )
    assert service.post("/v1/agents/B/next", {"choice": 0}, idempotency_key="m").status == 422
    assert service.post("/v1/agents/B/next", idempotency_key="m").status == 200


def test_what_has_just_come_in_is_handed_out(service: Served):
    assert service.post("/v1/agents/C/next").json["task_id"] == "H1"
    assert service.post("/v1/agents/C/next").json is None
    service.post("/v1/tasks", {"task_id": "H2", "process": "home"})
    one = service.post("/v1/agents/C/next").json
    assert (one["task_id"], one["planned"]) == ("H2", False)


def test_many_ask_at_once_and_none_gets_what_another_has(service: Served):
    service.post("/v1/tasks", [{"task_id": f"N{n}", "process": "motor"} for n in range(20)])

    def pull(who: str) -> list[str]:
        taken = []
        while one := service.post(f"/v1/agents/{who}/next").json:
            taken.append(one["task_id"])
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [name for names in pool.map(pull, "ABCABC") for name in names]
    assert sorted(taken) == sorted(["M1", "M2", "M3", "X1", "H1", *(f"N{n}" for n in range(20))])


def test_the_plan_is_shown_and_not_sent_twice(service: Served):
    plan = service.get("/v1/plan")
    assert (plan.json["version"], len(plan.json["tasks"])) == (1, 5)
    assert service.get("/v1/plan", if_none_match=plan.headers["etag"]).status == 304
    assert [task["task_id"] for task in service.get("/v1/plan?agent=C").json["tasks"]] == ["H1"]


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/tasks/M1/hold", "/v1/agents/A/next", "/v1/tasks/M1/decline"])
def test_nothing_is_changed_without_the_right_token(service: Served, path: str):
    body = {"task_id": "M1", "reason": "no"}
    for token in (None, "", "wrong", PEOPLE[:-1], f"{PEOPLE}x", "ü"):
        said = service.post(path, body, None if token is None else token.encode().decode("latin-1"))
        assert (said.status, said.headers["www-authenticate"]) == (401, "Bearer")
    assert service.ask("POST", path, body, authorization=f"Basic {PEOPLE}").status == 401
    assert [one["operation"] for one in service.get("/v1/tasks/M1").json["operations"]] == ["create"]


def test_health_metrics_and_the_description(service: Served):
    assert service.get("/health").json["status"] == "ok"
    service.get("/v1/tasks/M1")
    figures = service.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'allot_tasks{status="queued"} 5' in figures.text
    assert 'allot_http_requests_total{route="/v1/tasks/{task_id:path}",method="GET",status="200"} 1' in figures.text
    assert all(re.fullmatch(r"# TYPE \w+ \w+|\w+(\{.*\})? \S+", line) for line in figures.text.splitlines())
    described = service.get("/openapi.json").json
    assert described["servers"] == [{"url": "/allot"}]
    assert set(described["paths"]) >= {"/v1/tasks", "/v1/tasks/{task_id}/{operation}", "/v1/agents/{agent_id}/next"}


def test_a_proxy_may_leave_its_prefix(service: Served):
    assert service.get("/allot/health").status == 200
    assert service.get("/allot").headers["location"] == "/allot/"
    assert service.get("/allot/").text == service.get("/").text
    assert service.get("/allotted/health").status == 404


@pytest.mark.parametrize(
    "path", ["/../etc/passwd", "/%2e%2e/allot.toml", "/board.js/..", "/report/../allot.toml", "/x"]
)
def test_no_path_leads_to_a_file(service: Served, path: str):
    assert service.get(path).status == 404


def test_a_source_and_a_page_may_not_do_everything(service: Served):
    page = service.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert service.ask("DELETE", "/v1/tasks").status == 405
    assert service.ask("PUT", "/v1/plan", {}).status == 405
