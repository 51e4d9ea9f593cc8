"""Whatever step a run is killed at: after the next one, or a rebuild, the history has every run, and each once."""

import shutil
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from data import known_runs, open_store, read_days, read_figures, run_id_of, write_sample
from scheduler.history import add_runs
from tests.killed.states import every_state
from tests.scheduler.command import QUICK, Done, Started
from tests.scheduler.cycle.test_cycle import CONFIG, PEOPLE, drop

Call = Callable[..., Done]
Places = Callable[[Callable[[], object]], Iterator[Path]]
_EMPTY = "empty.db"
_FIGURE = ("level", "key", "measure")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Path:
    """A folder with a configuration, an empty store and three snapshots."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    (place / "allot.toml").write_text(CONFIG, encoding="utf-8")
    for number in range(3):
        write_sample(place / f"day{number}", tasks=8 + number, agents=2, seed=1)
    for store in (place / "allot.db", place.with_name(_EMPTY)):
        shutil.copy(empty_store, store)
    return place


@pytest.fixture
def killed(place: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """The place as it would be, had an act been killed at each of its steps, one after the other."""

    def every(act: Callable[[], object]) -> Iterator[Path]:
        states = place.with_name("states")
        with every_state(place, states, mark):
            act()
        assert len(list(states.iterdir())) > 2
        for state in sorted(states.iterdir()):
            monkeypatch.chdir(states)
            shutil.rmtree(place)
            state.rename(place)
            monkeypatch.chdir(place)
            yield place

    return every


def mark(place: Path) -> Hashable:
    """The folders of runs and whether they are whole, and what the store has of runs."""
    folders = tuple((path.name, run_id_of(path)) for path in sorted((place / "runs").glob("*")))
    with TemporaryDirectory() as beside:  # a second opening in this process would end the locks of the first
        for path in place.glob("allot.db*"):
            shutil.copy(path, beside)
        with closing(sqlite3.connect(Path(beside) / "allot.db")) as store:
            counts = [
                store.execute(f"SELECT count(*), total(value) FROM {name}").fetchone() for name in ("kpi", "kpi_day")
            ]
            runs = store.execute("SELECT run_id, folder, number FROM run").fetchall()
            plans = store.execute("SELECT max(version) FROM publication").fetchone()
    return folders, tuple(counts), tuple(runs), plans


def whole(place: Path) -> dict[str, Path]:
    """The runs that are whole in the runs folder."""
    folders = (path for path in (place / "runs").glob("[!.]*") if path.is_dir())
    return {name: path for path in folders if (name := run_id_of(path))}


def refuse_wrong(place: Path, *known: dict[str, Path]) -> None:
    """Asserts that the history has the runs that are whole, and those known before, each once, with their figures."""
    there = whole(place)
    shutil.copy(place.with_name(_EMPTY), place / "anew.db")
    store, anew = (open_store(f"sqlite:///{place / name}") for name in ("allot.db", "anew.db"))
    list(add_runs(anew, there.values()))
    with store.reading() as connection, anew.reading() as again:
        runs, figures, days = known_runs(connection), read_figures(connection), read_days(connection)
        fresh = read_figures(again)
    for opened in (store, anew):
        opened.close()
    assert set(runs["run_id"]) == {*there, *(name for names in known for name in names)}
    assert runs["run_id"].is_unique().all()
    assert runs["number"].is_unique().all()
    assert figures.select("run_id", *_FIGURE).is_unique().all()
    assert days.select("day", *_FIGURE).is_unique().all()
    assert figures.filter(figures["run_id"].is_in(list(there))).equals(fresh)


def plan(inside: Call, snapshot: str, out: str) -> None:
    done = inside("plan", snapshot, "--out", out, *QUICK)
    assert (done.code, "history" in done.err) == (0, False), done.err


@pytest.mark.slow
@pytest.mark.parametrize("out", ["runs/first", "runs/next"])
def test_a_plan_that_takes_the_place_of_another(place: Path, inside: Call, killed: Places, out: str) -> None:
    plan(inside, "day0", "runs/first")
    before = whole(place)
    for _ in killed(lambda: plan(inside, "day1", "runs/first")):
        left = whole(place)
        plan(inside, "day2", out)  # whether or not it takes the same place
        refuse_wrong(place, before, left, {run_id_of(place / out) or "": place / out})


@pytest.mark.slow
def test_a_plan_and_a_rebuild(place: Path, inside: Call, killed: Places) -> None:
    plan(inside, "day0", "runs/first")
    before = whole(place)
    for _ in killed(lambda: plan(inside, "day1", "runs/second")):
        assert inside("history", "rebuild").code == 0
        refuse_wrong(place, before)


@pytest.mark.slow
def test_a_rebuild_and_another(place: Path, inside: Call, killed: Places) -> None:
    for number in range(2):
        plan(inside, f"day{number}", f"runs/{number}")
    store = open_store(f"sqlite:///{place / 'allot.db'}")
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE kpi SET value = 7")
    store.close()
    for _ in killed(lambda: inside("history", "rebuild")):
        assert inside("history", "rebuild").code == 0
        refuse_wrong(place)


def cycle(inside: Call, monkeypatch: pytest.MonkeyPatch, minute: int) -> None:
    monkeypatch.setenv("ALLOT_NOW", f"2026-03-02T08:{minute:02}:00Z")
    done = inside("cycle", "--effort", "1", "--no-xlsx", "--no-html")
    assert done.code == 0, done.err


@pytest.mark.slow
@pytest.mark.parametrize("minute", [0, 15])
def test_a_cycle(place: Path, inside: Call, killed: Places, monkeypatch: pytest.MonkeyPatch, minute: int) -> None:
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\nT2,motor\n")
    cycle(inside, monkeypatch, 0)
    before = whole(place)
    drop(place / "crm" / "inbound" / "more.csv", "task_id,process\nT3,motor\n")
    for _ in killed(lambda: cycle(inside, monkeypatch, minute)):
        left = whole(place)
        cycle(inside, monkeypatch, 30)
        refuse_wrong(place, before, left)
        assert all(path.name.startswith("2026") for path in (place / "runs").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["reading the snapshot", "looking for a plan", "writing the plan"])
def test_a_process(place: Path, inside: Call, stage: str) -> None:
    with Started("plan", "day0", "--out", "runs/first", *QUICK) as started:
        started.wait_for(stage)
    plan(inside, "day1", "runs/first")
    refuse_wrong(place)
