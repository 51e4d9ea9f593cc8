"""`allot intake`: run, status, rejects and send, as people and cron call it."""

import json
import sqlite3
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from data import held
from tests.data.feeds.case import drop

NOW = "2026-03-02T12:00:00+00:00"
CONFIG = """
timezone = "Europe/Berlin"
[source.files]
kind = "folder"
path = "files"
prefix = "F-"
max_age = "1h"
map.value = "TRY_CAST(amount AS DOUBLE)"
[source.host]
kind = "sql"
url_env = "HOST_DB"
read = "SELECT id AS task_id, kind AS process FROM work"
full = true
missing = "cancel"
[source.hr]
kind = "folder"
path = "hr"
tables = ["agents", "shifts"]
[[rule]]
name = "gold"
when = "segment = 'gold'"
set.value = "value * 10"
"""


@pytest.fixture
def desk(tmp_path, monkeypatch, inside) -> Path:
    """A folder with a configuration and a store, in which commands are called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOT_NOW", NOW)
    monkeypatch.setenv("HOST_DB", f"sqlite:///{tmp_path / 'host.db'}")
    (tmp_path / "allot.toml").write_text(CONFIG, encoding="utf-8")
    for name in ("files", "hr"):
        (tmp_path / name).mkdir()
    with sqlite3.connect(tmp_path / "host.db") as host:
        host.execute("CREATE TABLE work (id TEXT, kind TEXT)")
        host.executemany("INSERT INTO work VALUES (?, 'claim')", [(f"H{n}",) for n in range(30)])
    assert inside("store", "upgrade").code == 0
    return tmp_path


def counts(done: Any) -> dict[str, tuple[bool, int, int, int]]:
    """Of each source: whether it is well, and how many operations were applied, duplicates and refused."""
    sources = json.loads(done.out)["sources"]
    return {s["source"]: (s["ok"], s["applied"], s["duplicate"], s["refused"]) for s in sources}


def test_all_sources_are_taken_in_and_again_nothing_changes(desk, inside):
    drop(desk / "files", "a.csv", "capture_id,process,amount,segment\n1,claim,5,gold\n2,claim,x,\n")
    drop(desk / "hr", "agents.csv", "agent_id\nA1\n")
    first = inside("intake", "run", "--json")
    assert first.code == 0
    assert counts(first) == {"files": (True, 1, 0, 1), "host": (True, 30, 0, 0), "hr": (True, 1, 0, 0)}
    assert f"warning: the clock is set to {NOW}" in first.err
    assert "files: row 3: create F-2 refused: map.value: a value cannot be cast from amount 'x'" in first.err
    assert counts(inside("intake", "run", "--json"))["host"] == (True, 0, 30, 0)
    listed = {task["task_id"]: task for task in json.loads(inside("tasks", "list", "--json").out)}
    assert (len(listed), listed["F-1"]["value"], listed["F-1"]["set_by"]) == (31, 50.0, {"value": "gold"})
    assert inside("store", "check").code == 0


def test_a_source_that_fails_is_told_and_takes_no_other_down(desk, inside, monkeypatch):
    monkeypatch.setenv("HOST_DB", "postgresql+psycopg://me:hush@127.0.0.1:1/x")
    drop(desk / "files", "a.csv", "task_id,amount\nT1,5\n")
    done = inside("intake", "run", "--json")
    assert done.code == 5
    assert counts(done)["files"] == (True, 1, 0, 0)
    assert counts(done)["host"][0] is False
    assert "host: could not be taken in: " in done.err
    told = inside("intake", "status").err
    assert "host: nothing yet" in told
    assert "hush" not in done.out + done.err + told
    monkeypatch.delenv("HOST_DB")
    missing = inside("intake", "run", "host")
    assert missing.code == 5
    assert "HOST_DB, named by source.host.url_env, is not set" in missing.err


def test_too_many_tasks_gone_wait_until_that_is_accepted(desk, inside):
    inside("intake", "run")
    with sqlite3.connect(desk / "host.db") as host:
        host.execute("DELETE FROM work WHERE id > 'H1'")
    refused = inside("intake", "run", "host")
    assert refused.code == 5
    assert "of 30 open tasks are missing in the source at once" in refused.err
    assert inside("intake", "run", "host", "--accept-missing").code == 0
    listed = json.loads(inside("tasks", "list", "--json", "--where", "status = 'canceled'").out)
    assert len(listed) == 28


def test_status_tells_age_counts_and_what_is_stale(desk, inside, monkeypatch):
    drop(desk / "files", "a.csv", "task_id,amount\nT1,5\nT1,5\nT2,x\n")
    drop(desk / "files", "b.csv", "task_id,operation,version,amount\nT3,,1,5\nT3,update,3,6\nT3,update,2,7\n")
    inside("intake", "run")
    fresh = json.loads(inside("intake", "status", "--json").out)["sources"]
    files = next(source for source in fresh if source["source"] == "files")
    assert (files["age"], files["is_stale"], files["error"]) == (0, False, None)
    assert [files[name] for name in ("applied", "duplicate", "stale", "early", "refused")] == [3, 1, 1, 0, 1]
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T13:30:00+00:00")
    told = inside("intake", "status").err
    assert "files: last event 2026-03-02T13:00:00+01:00 (1 h 30 min ago), applied 3, duplicate 1, stale 1" in told
    assert "STALE" in told


def test_status_tells_of_files_that_could_not_be_read_until_they_are_gone(desk, inside):
    for name in ("a.csv", "b.csv"):
        drop(desk / "files", name, "no,such,columns\n1,2,3\n")
    assert inside("intake", "run", "files").code == 0
    assert "its max_age; 2 files in its folder error could not be read\n" in inside("intake", "status").err
    (desk / "files" / "error" / "a.csv").unlink()
    sources = json.loads(inside("intake", "status", "--json").out)["sources"]
    assert {source["source"]: source["files_in_error"] for source in sources} == {"files": 1, "host": 0, "hr": 0}


def test_rejects_are_listed_and_tried_again_under_the_configuration_of_now(desk, inside):
    drop(desk / "files", "a.csv", "task_id,amount\nT1,5 EUR\nT2,x\n")
    inside("intake", "run", "files")
    (first, second) = json.loads(inside("intake", "rejects", "--json").out)
    assert (first["task_id"], first["row"]) == ("T1", {"task_id": "T1", "amount": "5 EUR"})
    assert second["key"].endswith(":3")
    mended = CONFIG.replace("TRY_CAST(amount", "TRY_CAST(REPLACE(amount, ' EUR', '')")
    (desk / "allot.toml").write_text(mended, encoding="utf-8")
    assert counts(inside("intake", "rejects", "--retry", "--json")) == {"files": (True, 1, 0, 1)}
    (left,) = json.loads(inside("intake", "rejects", "--json").out)
    assert left["task_id"] == "T2"
    assert "T2: map.value" in inside("intake", "rejects").err
    again = drop(desk / "files", "b.csv", "task_id,amount\nT1,5 EUR\nT2,x\n")
    inside("intake", "run", "files")
    assert not again.exists()
    assert inside("store", "check").code == 0


PLAIN = CONFIG.replace('map.value = "TRY_CAST(amount AS DOUBLE)"', "")


def test_numbers_of_a_retried_row_are_read_as_its_file_wrote_them(desk, inside):
    (desk / "allot.toml").write_text(PLAIN + '[source.old]\nkind = "folder"\npath = "old"\nmap.skills = "needs"\n')
    (desk / "old").mkdir()
    drop(desk / "old", "a.csv", "capture_id;value;needs\n1;1250,5;>=\n2;3,5;\n")
    assert counts(inside("intake", "run", "old", "--json")) == {"old": (True, 1, 0, 1)}
    (refused,) = json.loads(inside("intake", "rejects", "--json").out)
    assert refused["row"]["value"] == "1250,5"
    changed = (desk / "allot.toml").read_text().replace('map.skills = "needs"', "map.skills = \"NULLIF(needs, '>=')\"")
    (desk / "allot.toml").write_text(changed)
    assert counts(inside("intake", "rejects", "--retry", "--json")) == {"old": (True, 1, 0, 0)}
    listed = {task["task_id"]: task["value"] for task in json.loads(inside("tasks", "list", "--json").out)}
    assert listed == {"1": 1250.5, "2": 3.5}


def test_a_number_that_could_mean_two_things_stays_refused_when_it_is_tried_again(desk, inside):
    (desk / "allot.toml").write_text(PLAIN)
    drop(desk / "files", "a.csv", "capture_id;value\n1;1.250\n")
    for command in (("run", "files"), ("rejects", "--retry")):
        assert counts(inside("intake", *command, "--json")) == {"files": (True, 0, 0, 1)}


def test_a_column_that_looks_like_a_note_of_ours_is_a_column(desk, inside):
    (desk / "allot.toml").write_text(PLAIN)
    drop(desk / "files", "a.jsonl", '{"task_id": "T1", "value": "x", "(read as)": {"decimal": ","}}\n')
    inside("intake", "run", "files")
    assert counts(inside("intake", "rejects", "--retry", "--json")) == {"files": (True, 0, 0, 1)}


def test_two_intakes_do_not_take_the_same_files(desk, inside):
    waits = drop(desk / "files", "a.csv", "task_id,amount\nT1,5\n")
    with held(desk / "files" / "intake"):
        done = inside("intake", "run", "files")
    assert (done.code, waits.exists()) == (0, True)
    assert "files: another intake is at work on its files" in done.err
    assert counts(inside("intake", "run", "files", "--json")) == {"files": (True, 1, 0, 0)}
    assert sorted(path.name for path in (desk / "files").iterdir()) == ["error", "inbound", "processed"]


def test_a_source_that_nobody_knows_has_no_rejects(desk, inside):
    done = inside("intake", "rejects", "hosts")
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "there is no source 'hosts'; did you mean 'host'?; sources: files, host, hr",
    )


def test_what_waits_too_long_is_refused_though_nothing_new_comes(desk, inside, monkeypatch):
    drop(desk / "files", "a.csv", "operation,task_id,amount\nhold,T9,1\n")
    inside("intake", "run", "files")
    monkeypatch.setenv("ALLOT_NOW", "2026-03-03T12:01:00+00:00")
    inside("intake", "run")
    (refused,) = json.loads(inside("intake", "rejects", "--json").out)
    assert (refused["task_id"], refused["reason"]) == ("T9", "no such task came within 24 h")


@pytest.mark.parametrize(
    "source",
    [
        'kind = "amqp"\nurl = "amqp://me:hush@127.0.0.1:1/"\nqueue = "tasks"',
        'kind = "kafka"\nservers = "127.0.0.1:1"\ntopic = "tasks"\nusername = "me"\npassword_env = "KAFKA"',
    ],
)
def test_a_broker_that_is_not_there_is_told_in_one_line(desk, inside, monkeypatch, source):
    monkeypatch.setenv("KAFKA", "hush")
    monkeypatch.setattr("data.brokers.reach._PATIENCE_S", 1.0)
    monkeypatch.setattr("data.feeds.topic._PATIENCE_S", 1.0)
    (desk / "allot.toml").write_text(f"[source.broker]\n{source}\n")
    check, run = inside("config", "check"), inside("intake", "run", "--json")
    assert (check.code, run.code) == (5, 5)
    (said,) = [line for line in check.err.splitlines() if line.startswith("source broker")]
    assert ": 127.0.0.1" in said
    assert " does not answer: " in said
    (message,) = [one["message"] for one in json.loads(run.out)["sources"]]
    assert message.startswith("127.0.0.1")
    assert " does not answer" in message
    assert "\n" not in message
    assert "hush" not in check.err + run.err + run.out


def test_a_retried_operation_stands_where_it_first_came(desk, inside, monkeypatch):
    drop(desk / "files", "a.jsonl", '{"task_id": "T1", "amount": "x", "segment": "old"}\n{"task_id": "T3"}\n')
    inside("intake", "run", "files")
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T13:00:00+00:00")
    drop(desk / "files", "b.jsonl", '{"task_id": "T1", "amount": 7, "segment": "new"}\n')
    inside("intake", "run", "files")
    (desk / "allot.toml").write_text(CONFIG.replace('"TRY_CAST(amount AS DOUBLE)"', '"5"'), encoding="utf-8")
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T14:00:00+00:00")
    inside("intake", "rejects", "--retry")
    listed = {task["task_id"]: task for task in json.loads(inside("tasks", "list", "--json").out)}
    assert listed["T1"]["segment" if "segment" in listed["T1"] else "extra"] == "new"


def test_send_hands_a_file_to_a_source_once(desk, inside):
    file = desk / "one.json"
    file.write_text('[{"capture_id": "1", "process": "claim"}, {"capture_id": "2", "process": "claim"}]')
    assert counts(inside("intake", "send", file, "--source", "files", "--json")) == {"files": (True, 2, 0, 0)}
    assert counts(inside("intake", "send", file, "--source", "files", "--json")) == {"files": (True, 0, 2, 0)}
    people = desk / "agents.csv"
    people.write_text("agent_id\nA1\n")
    assert counts(inside("intake", "send", people, "--source", "hr", "--json")) == {"hr": (True, 1, 0, 0)}
    file.write_text("[{")
    broken = inside("intake", "send", file, "--source", "files")
    assert (broken.code, "one.json is not JSON" in broken.err) == (3, True)
    unknown = inside("intake", "send", file, "--source", "flies")
    assert (unknown.code, "did you mean 'files'?" in unknown.err) == (2, True)


def test_what_sources_say_is_shown_as_text(desk, inside):
    hostile = "T\x1b[31m'; DROP TABLE task; --"
    drop(desk / "files", "a.jsonl", json.dumps({"task_id": hostile, "amount": "=1+1"}) + "\n")
    drop(desk / "files", "b.jsonl", json.dumps({"task_id": "../../$(touch x)", "amount": "1", "segment": "<b>"}) + "\n")
    done = inside("intake", "run", "files")
    said = done.err + inside("intake", "rejects").err + inside("intake", "status").err
    assert "\x1b" not in said
    assert inside("tasks", "list").code == 0
    assert not (desk / "x").exists()


def test_follow_looks_again_until_it_is_told_to_stop(desk, inside, monkeypatch):
    from scheduler.cli import intake as command

    rounds = []

    class Told:
        """Stops after the third round."""

        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> bool:
            rounds.append(seconds)
            drop(desk / "files", f"{len(rounds)}.csv", f"task_id,amount\nT{len(rounds)},5\n")
            return len(rounds) == 3

    monkeypatch.setattr(command, "cancellable", lambda told: nullcontext(Told()))
    assert inside("intake", "run", "files", "--follow", "30s").code == 0
    assert rounds == [30, 30, 30]
    assert len(json.loads(inside("tasks", "list", "--json").out)) == 2


def test_rules_see_what_a_process_has_by_default(desk, inside):
    rule = '[[rule]]\nname = "claims"\nwhen = "value > 7"\nset.segment = "\'big\'"\n'
    tables = CONFIG.replace('"agents", "shifts"', '"processes"')
    (desk / "allot.toml").write_text(tables + rule, encoding="utf-8")
    drop(desk / "hr", "processes.csv", "process,value\nclaim,8\nmail,2\n")
    inside("intake", "run", "hr")
    drop(desk / "files", "a.csv", "task_id,process,amount\nT1,claim,\nT2,mail,\n")
    assert inside("intake", "run", "files").code == 0
    listed = {task["task_id"]: task["segment"] for task in json.loads(inside("tasks", "list", "--json").out)}
    assert listed == {"T1": "big", "T2": None}


def test_following_goes_on_while_the_store_does_not_answer(desk, inside, monkeypatch):
    from data import StoreUnreachableError
    from scheduler.cli import intake as command

    class Told:
        """Stops after the first round."""

        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> bool:
            return True

    def away(*arguments: object) -> int:
        raise StoreUnreachableError("the store does not answer")

    monkeypatch.setattr(command, "cancellable", lambda told: nullcontext(Told()))
    monkeypatch.setattr(command, "_run_once", away)
    done = inside("intake", "run", "--follow", "30s")
    assert (done.code, "the store does not answer; trying again" in done.err) == (0, True)
