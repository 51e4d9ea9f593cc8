"""One sample and one run of each engine, made once for the whole session, whichever worker asks first.

And the one rule about data that is no part of the project: tests that read it run where it is, and only there.
"""

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from data import Store, open_store, upgrade_store, write_sample
from scheduler.cli.app import run
from tests.quick import SEARCHING, tried
from tests.scheduler.command import Done, allot, contents
from tests.services.postgres import new_database, postgres

Shared = Callable[[str, Callable[[Path], None]], Path]

settings.register_profile(
    "allot", deadline=None, max_examples=tried(100), derandomize=not SEARCHING
)  # how long an example takes says how busy the machine is
settings.load_profile("allot")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


ON_DEMAND = {"browser": "make test-browser", "services": "make test-services", "shared_data": "make test-data"}
"""Marks of tests that need more than Python's packages, with what runs them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests marked `shared_data` when the data are not there and those run by commands of their own
    unless asked for, and says so."""
    absent = [] if SHARED_DATA.is_dir() else ["shared_data"]
    absent += _not_asked_for(config)
    out = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if not out:
        return
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """The lines that say whether tests are left out."""
    there = "" if SHARED_DATA.is_dir() else "not there: "
    return [
        f"data from outside the project: {there}{SHARED_DATA}",
        *(f"tests marked {marker} are run by {ON_DEMAND[marker]}" for marker in _not_asked_for(config)),
    ]


def _not_asked_for(config: pytest.Config) -> list[str]:
    """The marks of tests that are left out, as no option asks for them."""
    return [marker for marker in ON_DEMAND if marker not in str(config.option.markexpr)]


BAD_TASKS = {
    "BAD-VALUE": {"value": "-1"},
    "BAD-STATUS": {"status": "asleep"},
}
"""Rows that are set aside, by task id, with what is wrong with them."""


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Makes a folder by name unless some worker of this session has made it already."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder = root / "shared" / name
        folder.parent.mkdir(exist_ok=True)
        with FileLock(folder.with_name(f"{name}.lock")):
            if not folder.exists():
                unfinished = folder.with_name(f"{name}.unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server, ``{name}`` for the database."""
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'allot.db'}"
    return new_database(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def empty_store(shared: Shared) -> Path:
    """The file of a store with nothing in it, to be copied: that is sooner done than making one."""
    return shared("empty store", lambda folder: _make_store(f"sqlite:///{folder / 'allot.db'}")) / "allot.db"


@pytest.fixture
def store(store_url: str, empty_store: Path) -> Iterator[Store]:
    """A store with nothing in it, of either kind."""
    if store_url.startswith("sqlite"):
        shutil.copy(empty_store, store_url.removeprefix("sqlite:///"))
    else:
        _make_store(store_url)
    opened = open_store(store_url)
    yield opened
    opened.close()


def _make_store(url: str) -> None:
    made = Store(url)
    upgrade_store(made)
    made.close()


@pytest.fixture(scope="session")
def sample(shared: Shared) -> Path:
    """A day of 40 tasks and 5 people, with two bad rows, an unknown agent and a column of its own."""

    def make(folder: Path) -> None:
        write_sample(folder, tasks=40, agents=5, seed=8)
        tasks = folder / "tasks.csv"
        header, *rows = csv.reader(tasks.read_text(encoding="utf-8-sig").splitlines())
        extra = [{"task_id": task_id, "process": rows[0][1], **wrong} for task_id, wrong in BAD_TASKS.items()]
        extra.append({"task_id": "LEFT", "process": rows[0][1], "status": "assigned", "agent_id": "A-GONE"})
        rows += [[row.get(name, "") for name in header] for row in extra]
        with tasks.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([[*header, "note"], *([*row, f"=note {i}"] for i, row in enumerate(rows))])

    return shared("sample", make)


@pytest.fixture(scope="session")
def run_of(sample: Path, shared: Shared) -> Callable[[str], Path]:
    """The run of an engine on the sample, by the engine's name: its folder, with what it said beside it."""

    def run_by(engine: str) -> Path:
        def make(folder: Path) -> None:
            options = ("--engine", engine, "--effort", 1, "--gap", 0, "--json", "--csv")
            # only one run needs the slow files for people
            options += () if engine == "exact" else ("--no-xlsx", "--no-html")
            done = allot("plan", sample, "--out", folder / "run", *options, hash_seed=1)
            assert done.code == 0, done.err
            (folder / "stdout").write_bytes(done.out.encode())
            (folder / "stderr").write_text(done.err, encoding="utf-8")

        return shared(f"run of {engine}", make) / "run"

    return run_by


@pytest.fixture(scope="session")
def whole_run(run_of: Callable[[str], Path]) -> Path:
    """The folder of a run with every file a run can have."""
    return run_of("exact")


@pytest.fixture
def earlier(run_of: Callable[[str], Path], tmp_path: Path) -> Iterator[Path]:
    """A run from before, which must be there byte for byte, with nothing beside it, when the test is over."""
    out = tmp_path / "out" / "run"
    shutil.copytree(run_of("greedy"), out)
    before = contents(out)
    yield out
    assert contents(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["run"]


@pytest.fixture
def inside(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command line called within this process: sooner done, and open to monkeypatching."""

    def call(*arguments: object) -> Done:
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        said = capsys.readouterr()
        return Done(code=code, out=said.out, err=said.err)

    return call
