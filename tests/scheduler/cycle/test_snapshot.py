"""The task list as a snapshot."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data import (
    Operation,
    OperationKind,
    Store,
    apply_operations,
    list_open_work,
    read_rules,
    read_snapshot,
    write_snapshot,
)
from data.store.people import keep_people_rows

NOW = datetime(2026, 3, 2, 8, 30, 15, 250_000, tzinfo=UTC)
ROWS = {
    "T1": {"process": "motor", "value": 5.0, "created_at": NOW, "note": 'a, "b"'},
    "T2": {"process": "motor", "due_at": NOW, "amount": 3},
    "T3": {"process": "life"},
}
PEOPLE = {
    "processes": pl.DataFrame({"process": ["motor", "life"], "minutes": [10.0, 20.0]}),
    "agents": pl.DataFrame({"agent_id": ["A"]}),
    "agent_skills": pl.DataFrame({"agent_id": ["A"], "skill": ["x"], "level": [1]}),
    "shifts": pl.DataFrame({"agent_id": ["A"], "start": ["2026-03-02T08:00Z"], "end": ["2026-03-02T16:00Z"]}),
}


def fill(store: Store) -> None:
    kinds = {"T3": OperationKind.COMPLETE, "T2": OperationKind.HOLD}
    creates = [operation(name, OperationKind.CREATE, values) for name, values in ROWS.items()]
    with store.writing() as connection:
        apply_operations(connection, [*creates, *(operation(name, kind) for name, kind in kinds.items())])


def operation(name: str, kind: OperationKind, values: dict[str, object] | None = None) -> Operation:
    return Operation(source="crm", key=f"{name} {kind}", kind=kind, task_id=name, received_at=NOW, values=values or {})


def test_open_work_is_listed_with_its_values_and_final_tasks_are_not(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        listed = list_open_work(connection, NOW)
    tasks = {row["task_id"]: row for row in listed.tables["tasks"].to_dicts()}
    assert {name: row["status"] for name, row in tasks.items()} == {"T1": "queued", "T2": "held"}
    assert (tasks["T1"]["value"], tasks["T1"]["created_at"], tasks["T1"]["note"]) == (5.0, NOW, 'a, "b"')
    assert (tasks["T2"]["due_at"], tasks["T2"]["amount"]) == (NOW, 3)


def test_rules_run_again_from_the_values_that_came(store: Store) -> None:
    fill(store)
    tables = [
        {"name": "dear", "when": "value > 3", "set": {"value": "value * 2"}},
        {"name": "later", "when": "as_of > created_at", "set": {"segment": "'old'"}},
        {"name": "broken", "process": "motor", "when": "due_at IS NOT NULL", "set": {"skills": "'>=2'"}},
    ]
    rules, faults = read_rules(tables)
    assert not faults
    with store.reading() as connection:
        again = [list_open_work(connection, NOW + timedelta(hours=1), rules).tables["tasks"] for _ in range(2)]
    assert again[0].equals(again[1])
    first, second = again[0].to_dicts()
    assert (first["value"], first["segment"], first["status"]) == (10.0, "old", "queued")
    assert (second["skills"], second["status"]) == (None, "held")


def test_the_folder_is_a_snapshot_and_says_how_old_its_sources_are(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.reading() as connection:
        listed = list_open_work(connection, NOW)
    write_snapshot(listed, tmp_path, as_of=NOW, horizon="10h", zone="Europe/Berlin")
    for name, table in PEOPLE.items():
        table.write_csv(tmp_path / f"{name}.csv")
    read = read_snapshot(tmp_path)
    assert read.as_of == NOW
    assert read.rejects.is_empty()
    assert read.tasks["task_id"].to_list() == ["T1", "T2"]
    assert read.tasks["created_at"][0] == NOW
    sources = pl.read_csv(tmp_path / "sources.csv")
    assert sources.columns == ["source", "last_event", "age"]
    assert sources["source"].to_list() == ["crm"]


def test_a_snapshot_takes_the_place_of_the_one_before(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "now"
    folder.mkdir()
    for name in ("tasks.parquet", "sources.csv"):
        (folder / name).write_bytes(b"old")
    with store.reading() as connection:
        listed = list_open_work(connection, NOW)
    write_snapshot(listed, folder, as_of=NOW, horizon="10h", zone="UTC")
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [*(f"{name}.csv" for name in ("tasks", *PEOPLE)), "snapshot.toml", "sources.csv"]
    )


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allot.toml").write_text('timezone = "Europe/Berlin"\nhorizon = "10h"\n', encoding="utf-8")
    return tmp_path


def test_the_command_says_what_it_wrote(configured: Path, inside: Callable[..., object]) -> None:
    assert inside("store", "upgrade").code == 0
    done = inside("snapshot", "--out", "now", "--as-of", "2026-03-02T08:00")
    assert done.code == 0
    assert done.err.startswith("wrote now: 0 rows of tasks, 0 rows of processes")
    assert 'as_of = "2026-03-02T08:00:00+01:00"' in (configured / "now" / "snapshot.toml").read_text("utf-8")


def test_the_command_says_which_tasks_a_rule_holds(configured: Path, inside: Callable[..., object]) -> None:
    """A rule that a change of allot.toml broke took work out of the plan without a word."""
    (configured / "crm").mkdir()
    (configured / "work.csv").write_text("task_id,process,value\nT1,motor,1\nT2,motor,2\nT3,motor,\n", "utf-8")
    file = configured / "allot.toml"
    good = file.read_text("utf-8") + '[source.crm]\nkind = "folder"\npath = "crm"\n'
    file.write_text(good, "utf-8")
    assert inside("store", "upgrade").code == 0
    assert inside("intake", "send", "work.csv", "--source", "crm").code == 0
    file.write_text(f'{good}[[rule]]\nname = "dear"\nset.value = "value * -2"\n', "utf-8")
    done = inside("snapshot", "--out", "now")
    assert done.code == 0
    held = "2 tasks are held, as a rule fails, such as T1: rule 'dear': set.value: -2.0 is not at least 0"
    assert held in done.err
    assert held in inside("plan", "store:", "--out", "run", "--effort", 1, "--no-xlsx", "--no-html").err
    stages = json.loads(inside("cycle", "--effort", 1, "--no-xlsx", "--no-html", "--json").out)["stages"]
    assert next(stage["message"] for stage in stages if stage["name"] == "snapshot").startswith(held)


def test_a_clock_that_is_set_is_told(
    configured: Path, inside: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T08:00+01:00")
    assert inside("store", "upgrade").code == 0
    assert "the clock is set to 2026-03-02T08:00+01:00" in inside("snapshot", "--out", "now").err
    quick = ("--effort", 1, "--no-xlsx", "--no-html")
    assert "the clock is set to 2026-03-02T08:00+01:00" in inside("plan", "store:", "--out", "run", *quick).err


def test_somebody_has_to_say_how_far_to_plan(configured: Path, inside: Callable[..., object]) -> None:
    (configured / "allot.toml").write_text("", encoding="utf-8")
    assert inside("store", "upgrade").code == 0
    done = inside("snapshot", "--out", "now")
    assert done.code == 3
    assert "there is no horizon" in done.err


def test_pairs_of_tasks_that_are_done_are_left_out(store: Store) -> None:
    fill(store)
    pairs = [("T1", "A"), ("T3", "A"), ("T9", "A")]
    rows = [(f"{task} {agent}", json.dumps({"task_id": task, "agent_id": agent})) for task, agent in pairs]
    with store.writing() as connection:
        keep_people_rows(connection, "hr", "pairs", rows, merge=False)
        listed = list_open_work(connection, NOW)
    assert listed.tables["pairs"]["task_id"].to_list() == ["T1", "T9"]  # the snapshot tells that nobody knows T9


def test_a_folder_with_files_of_others_is_left_alone(configured: Path, inside: Callable[..., object]) -> None:
    assert inside("store", "upgrade").code == 0
    (configured / "mine").mkdir()
    (configured / "mine" / "agents.csv").write_text("agent_id\nA\n", encoding="utf-8")
    done = inside("snapshot", "--out", "mine")
    assert done.code == 2
    assert "mine holds files that do not belong to a snapshot (agents.csv)" in done.err
    assert (configured / "mine" / "agents.csv").read_text("utf-8") == "agent_id\nA\n"
