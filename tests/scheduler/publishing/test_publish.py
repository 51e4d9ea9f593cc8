"""`allot publish`: a run that holds becomes the current plan, any other is refused."""

import json
import shutil
from pathlib import Path

import pytest

from data import current_publication, planned_work
from scheduler.config import opened_store, read_config
from scheduler.publishing import published_run


@pytest.fixture
def desk(tmp_path, monkeypatch, inside, run_of) -> Path:
    """A folder with a configuration, an empty store and a run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allot.toml").write_text("", encoding="utf-8")
    assert inside("store", "upgrade").code == 0
    shutil.copytree(run_of("greedy"), tmp_path / "run")
    return tmp_path


def test_a_run_is_published_once(desk, inside):
    done = inside("publish", "run", "--json")
    said = json.loads(done.out)
    assert (done.code, said["version"], said["new"], said["withdrawn"]) == (0, 1, True, 0)
    assert said["planned"] == said["changed"] > 0
    assert "published run as version 1" in done.err
    again = inside("publish", "run", "--json")
    assert (again.code, json.loads(again.out)["new"]) == (0, False)
    assert "current plan already" in again.err
    with opened_store(read_config(desk / "allot.toml")) as store, store.reading() as connection:
        publication = current_publication(connection)
        assert publication is not None
        assert publication.folder == desk / "run"
        assert planned_work(connection).height == said["planned"]
    assert published_run(publication).run_id == said["run_id"]


def test_a_run_that_fails_the_check_is_refused(desk, inside):
    record = json.loads((desk / "run" / "run.json").read_text(encoding="utf-8"))
    (desk / "run" / "run.json").write_text(json.dumps(record | {"objective": 1e9}), encoding="utf-8")
    done = inside("publish", "run")
    assert done.code == 6
    assert "is not published" in done.err
    with opened_store(read_config(desk / "allot.toml")) as store, store.reading() as connection:
        assert current_publication(connection) is None


def test_a_run_whose_snapshot_is_gone_asks_for_it(desk, inside, sample):
    record = json.loads((desk / "run" / "run.json").read_text(encoding="utf-8"))
    (desk / "run" / "run.json").write_text(json.dumps(record | {"snapshot": "gone"}), encoding="utf-8")
    done = inside("publish", "run")
    assert done.code == 3
    assert "name its snapshot with --snapshot" in done.err
    assert inside("publish", "run", "--snapshot", sample).code == 0
    shutil.move(desk / "run", desk / "moved")
    assert inside("publish", "moved", "--snapshot", sample).code == 0


def test_a_folder_without_a_run_is_refused(desk, inside):
    (desk / "empty").mkdir()
    done = inside("publish", "empty")
    assert done.code == 2
    assert "is not the folder of a run" in done.err
