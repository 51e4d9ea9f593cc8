"""The history by its commands, on runs of a small snapshot."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data import open_store
from tests.data.store.planned import EIGHT
from tests.data.store.test_history import add, content
from tests.scheduler.command import QUICK, Done

Call = Callable[..., Done]


@pytest.fixture
def place(berlin: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and an empty store."""
    monkeypatch.setenv("ALLOT_NOW", "2026-05-20T12:00:00Z")
    return berlin


def test_runs_add_themselves_and_a_rebuild_gives_the_same_rows(place: Path, inside: Call) -> None:
    assert inside("sample", "snapshot", "--tasks", 20, "--agents", 3).code == 0
    done = inside("plan", "snapshot", "--out", "runs/one", *QUICK)
    assert (done.code, "history" in done.err) == (0, False)
    store = open_store(f"sqlite:///{place / 'allot.db'}")
    before = content(store)
    assert len(before[2]) > 100
    assert "added 0 runs; 1 was in the history already" in inside("history", "add", "runs/one").err
    assert content(store) == before
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE kpi SET value = 7")
        connection.exec_driver_sql("DELETE FROM kpi_day")
    assert inside("history", "rebuild").code == 0
    assert content(store) == before
    store.close()


def test_a_store_that_fails_takes_no_plan_down(place: Path, inside: Call) -> None:
    assert inside("sample", "snapshot", "--tasks", 20, "--agents", 3).code == 0
    (place / "allot.db").write_bytes(b"no database at all" * 100)
    done = inside("plan", "snapshot", "--out", "runs/one", *QUICK)
    assert done.code == 0
    assert "warning: the run is not in the history" in done.err


def test_april_is_judged_by_the_target_of_april(place: Path, inside: Call) -> None:
    store = open_store(f"sqlite:///{place / 'allot.db'}")
    for month, day in ((4, 10), (4, 11), (5, 10)):
        add(store, f"{month}-{day}", EIGHT.replace(month=month, day=day), 0.9 if day == 10 else 0.8)
    store.close()
    assert inside("target", "set", "site:Köln", "sla_share", 0.85, "--from", "2026-04-01").code == 0
    said = inside("target", "set", "site:Köln", "sla_share", 0.95, "--from", "2026-05-01").err
    assert "the earlier target ends on 2026-04-30" in said
    shown = inside("history", "show", "--level", "site", "--measure", "sla_share", "--json", "--by", "day")
    assert [(row["period"], row["value"], row["target"], row["met"]) for row in json.loads(shown.out)] == [
        ("2026-04-10", 0.9, 0.85, True),
        ("2026-04-11", 0.8, 0.85, False),
        ("2026-05-10", 0.9, 0.95, False),
    ]
    by_month = inside("history", "show", "--level", "site", "--key", "Köln", "--json", "--by", "run")
    assert len(json.loads(by_month.out)) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("target", "set", "sight:Köln", "sla_share", 0.9), 2, "did you mean 'site'"),
        (("target", "set", "site:Köln", "sla_shar", 0.9), 2, "did you mean 'sla_share'"),
        (("history", "show", "--measure", "utilisation"), 2, "did you mean 'utilization'"),
        (("history", "show", "--from", "yesterday"), 2, "write it like -8w"),
        (("target", "end", "enterprise", "planned"), 2, "has no target"),
    ],
)
def test_what_is_misspelt_is_refused(
    place: Path, inside: Call, arguments: tuple[object, ...], code: int, said: str
) -> None:
    done = inside(*arguments)
    assert done.code == code
    assert said in " ".join(done.err.split())
