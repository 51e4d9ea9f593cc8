"""A small day of two teams, planned again and again, whose runs are published and handed out."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.scheduler.command import QUICK, Done

Call = Callable[..., Done]

AGENTS = "agent_id,name,team\nA,Ana,=Team 1\nB,Bo,=Team 1\nC,Cy,Team 2\n"
SHIFTS = "agent_id,start,end\n" + "".join(f"{agent},2026-03-02T08:00Z,2026-03-02T12:00Z\n" for agent in "ABC")


class Desk:
    """A folder with a configuration and a store, in which commands are called."""

    def __init__(self, folder: Path, call: Call, outlets: str) -> None:
        self.folder, self.call = folder, call
        (folder / "allot.toml").write_text(outlets, encoding="utf-8")
        assert call("store", "upgrade").code == 0
        self.number = 0

    def plan(self, tasks: Mapping[str, str], *more: object) -> Path:
        """A run in which people do these tasks, each in a skill that only they have; published."""
        self.number += 1
        snapshot = self.folder / f"snapshot-{self.number}"
        snapshot.mkdir()
        skills = "".join(f"{agent},of {agent}\n" for agent in "ABC")
        rows = "".join(f'"{task}",work,of {agent},2026-03-02T10:00Z\n' for task, agent in tasks.items())
        for name, text in {
            "agents.csv": AGENTS,
            "shifts.csv": SHIFTS,
            "agent_skills.csv": f"agent_id,skill\n{skills}",
            "processes.csv": "process,minutes,value\nwork,10,5\n",
            "tasks.csv": f"task_id,process,skills,due_at\n{rows}",
            "snapshot.toml": 'as_of = "2026-03-02T08:00Z"\nhorizon = "4h"\ntimezone = "Europe/Berlin"\n',
        }.items():
            (snapshot / name).write_text(text, encoding="utf-8")
        run = self.folder / f"run-{self.number}"
        done = self.call("plan", snapshot, "--out", run, "--allow-empty", *QUICK, *more)
        assert done.code == 0, done.err
        done = self.call("publish", run)
        assert done.code == 0, done.err
        return run

    def distribute(self, *arguments: object) -> dict[str, Any]:
        """What came of handing out, by outlet, with the exit code."""
        done = self.call("distribute", "--json", *arguments)
        assert done.out, done.err
        found: dict[str, Any] = {each["outlet"]: each for each in json.loads(done.out)["outlets"]}
        return found | {"code": done.code, "err": done.err}


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a folder: when it was changed, and its content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (os.stat(path).st_mtime_ns, path.read_bytes()) for path in files}
