"""A desk whose plan is published, and its service."""

from collections.abc import Iterator

import pytest

from tests.scheduler.handout.desk import Desk
from tests.scheduler.serving.served import CRM, PEOPLE, SERVE, Served, served


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk with a service configured."""
    file = desk.folder / "allot.toml"
    file.write_text(file.read_text(encoding="utf-8") + SERVE, encoding="utf-8")
    monkeypatch.setenv("PEOPLE_TOKEN", PEOPLE)
    monkeypatch.setenv("CRM_TOKEN", CRM)
    return desk


@pytest.fixture
def service(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The service of the desk, which believes nothing for longer because this machine is slow."""
    monkeypatch.setattr("scheduler.handout.kept._QUICK_S", float("inf"))
    with served(desk.folder) as running:
        yield running
