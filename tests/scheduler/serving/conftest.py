"""A desk whose plan is published, and its service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scheduler.handout.desk import Desk, make_desk
from tests.scheduler.serving.served import CRM, PEOPLE, SERVE, Served, served


@pytest.fixture
def desk(tmp_path: Path, store_url: str, inside, monkeypatch) -> Desk:
    """People and tasks, a plan of them published at eight, and a service configured."""
    made = make_desk(tmp_path, store_url, inside, monkeypatch)
    file = tmp_path / "allot.toml"
    file.write_text(file.read_text(encoding="utf-8") + SERVE, encoding="utf-8")
    monkeypatch.setenv("PEOPLE_TOKEN", PEOPLE)
    monkeypatch.setenv("CRM_TOKEN", CRM)
    return made


@pytest.fixture
def service(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The service of the desk, which believes nothing for longer because this machine is slow."""
    monkeypatch.setattr("scheduler.handout.kept._QUICK_S", float("inf"))
    with served(desk.folder) as running:
        yield running
