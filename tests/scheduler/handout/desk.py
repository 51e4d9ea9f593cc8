"""A store with people and tasks whose plan is published, in a folder of its own."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from data import Store, open_store
from scheduler.config import read_config, store_url
from tests.scheduler.command import Done

Call = Callable[..., Done]

CONFIG = """
timezone = "UTC"
horizon = "8h"
[store]
url = "{url}"
[next]
lease = "10m"
[source.crm]
kind = "http"
token_env = "CRM_TOKEN"
[source.people]
kind = "folder"
path = "people"
tables = ["agents", "agent_skills", "shifts", "processes", "pairs"]
"""
PEOPLE = {
    "agents": "agent_id\nA\nB\nC\n",
    "agent_skills": "agent_id,skill,level\nA,motor,2\nB,motor,1\nC,home,1\n",
    "shifts": "agent_id,start,end\n"
    + "".join(f"{who},2026-03-02T08:00Z,2026-03-02T16:00Z\n" for who in ("A", "B", "C")),
    "processes": "process,minutes,value,skills\nmotor,30,10,motor\nhome,30,8,home\nhard,30,20,motor>=2\n",
    "pairs": "task_id,agent_id,allowed\nM3,A,false\n",
}
TASKS = "task_id,process,due_at\nM1,motor,2026-03-02T10:00Z\nM2,motor,\nM3,motor,\nX1,hard,\nH1,home,\n"


def drop(file: Path, text: str) -> None:
    """A file that somebody dropped a while ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1, 1))


class Desk:
    """The folder, and what is done in it, each as a command at a moment of 2026-03-02."""

    def __init__(self, folder: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._inside, self._monkeypatch = folder, inside, monkeypatch

    def at(self, time: str) -> "Desk":
        """The same at a moment."""
        self._monkeypatch.setenv("ALLOT_NOW", f"2026-03-02T{time}:00Z")
        return self

    def store(self) -> Store:
        """The store that the commands use, of either kind."""
        config = read_config(self.folder / "allot.toml")
        return open_store(store_url(config), config.folder)

    def call(self, *arguments: object) -> Done:
        """A command, whatever comes of it."""
        return self._inside(*arguments)

    def done(self, *arguments: object) -> Done:
        """A command that does what it should."""
        done = self.call(*arguments)
        assert done.code == 0, done.err
        return done

    def send(self, text: str) -> None:
        """Operations, from the source crm."""
        (self.folder / "sent.csv").write_text(text, encoding="utf-8")
        self.done("intake", "send", "sent.csv", "--source", "crm")

    def plan(self, name: str) -> None:
        """A plan of the list, published."""
        self.done("plan", "store:", "--out", name, "--engine", "greedy", "--no-xlsx", "--no-html")
        self.done("publish", name)

    def next(self, agent: str, *options: object) -> Any:
        """What a person is handed."""
        return json.loads(self.done("next", "--agent", agent, "--json", *options).out)

    def task(self, name: str) -> dict[str, Any]:
        """A task as it stands."""
        found: dict[str, Any] = json.loads(self.done("tasks", "show", name, "--json").out)["task"]
        return found


def make_desk(folder: Path, url: str, inside: Call, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """People and tasks taken in, a plan of them published at eight."""
    desk = _desk(folder, inside, monkeypatch)
    (folder / "allot.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
    desk.done("store", "upgrade")
    for name, text in PEOPLE.items():
        drop(folder / "people" / "inbound" / f"{name}.csv", text)
    desk.done("intake", "run")
    desk.send(TASKS)
    desk.plan("first")
    return desk


def copied_desk(made: Path, folder: Path, url: str, inside: Call, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of a desk, whose store is in a file of the folder or has been copied to ``url``."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    (folder / "allot.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
    desk = _desk(folder, inside, monkeypatch)
    store = desk.store()
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE run SET folder = :folder"), {"folder": str(folder / "first")})
    store.close()
    return desk


def _desk(folder: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ALLOT_CONFIG", raising=False)
    return Desk(folder, inside, monkeypatch).at("08:00")
