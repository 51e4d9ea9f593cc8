"""What tests of the command line, of handing out and of the service have in common."""

import shutil
from pathlib import Path

import pytest

from tests.scheduler.handout.desk import Desk, copied_desk, make_desk


@pytest.fixture
def berlin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Path:
    """The current folder, with an empty store and a configuration that has Berlin's time."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allot.toml").write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    shutil.copy(empty_store, tmp_path / "allot.db")
    return tmp_path


@pytest.fixture
def desk(tmp_path: Path, store_url: str, inside, monkeypatch, shared) -> Desk:
    """People and tasks, a plan of them published at eight; in a file it is a copy of one that is made once."""
    if not store_url.startswith("sqlite"):
        return make_desk(tmp_path, store_url, inside, monkeypatch)
    made = shared("desk", lambda folder: make_desk(folder, "sqlite:///allot.db", inside, monkeypatch))
    return copied_desk(made, tmp_path, inside, monkeypatch)
