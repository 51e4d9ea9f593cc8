"""What tests of the command line, of handing out and of the service have in common."""

import os
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduler.config import read_config
from tests.scheduler.handout.desk import Desk, copied_desk, make_desk
from tests.services.postgres import new_database


@pytest.fixture
def berlin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Path:
    """The current folder, with an empty store and a configuration that has Berlin's time."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allot.toml").write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    shutil.copy(empty_store, tmp_path / "allot.db")
    return tmp_path


@pytest.fixture
def desk(tmp_path: Path, store_url: str, inside, monkeypatch, shared, request) -> Desk:
    """People and tasks, a plan of them published at eight: a copy of one that is made once on each server."""
    in_file, server = store_url.startswith("sqlite"), os.environ.get("PYTEST_XDIST_WORKER", "")
    url = "sqlite:///allot.db" if in_file else store_url
    made = shared("desk" if in_file else f"desk {server}", lambda folder: make_desk(folder, url, inside, monkeypatch))
    if not in_file:
        like = sa.make_url(read_config(made / "allot.toml").store.url).database
        url = new_database(request.getfixturevalue("postgres_url"), like)
    return copied_desk(made, tmp_path, url, inside, monkeypatch)
