"""What is around the cycles: a folder that a system drops files into, a database, and people, all with their faults."""

import os
import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

CONFIG = """
timezone = "UTC"
horizon = "8h"
[runs]
keep = "12h"
[source.crm]
kind = "folder"
path = "crm"
max_age = "30m"
[source.host]
kind = "sql"
url = "sqlite:///host.db"
read = "SELECT id AS task_id, kind AS process, amount AS value, status, changed FROM work"
cursor = "changed"
[source.people]
kind = "folder"
path = "people"
tables = ["agents", "agent_skills", "shifts", "processes"]
"""
_OPEN = 4  # tasks of a system, about: a plan of few is made at once


class World:
    """The systems around allot. ``expected`` is the status of each task that they have spoken of."""

    def __init__(self, place: Path, dice: random.Random) -> None:
        self.place, self.dice = place, dice
        self.expected: dict[str, str] = {}
        self._number = 0
        self._copying: tuple[Path, str] | None = None
        (place / "allot.toml").write_text(CONFIG, encoding="utf-8")
        with closing(sqlite3.connect(place / "host.db")) as database:
            database.execute(
                "CREATE TABLE work (id TEXT PRIMARY KEY, kind TEXT, amount REAL, status TEXT, changed TEXT)"
            )

    def people_come(self, moment: datetime) -> None:
        """The people of a day and of the next one."""
        days = [f"{moment + timedelta(days=day):%Y-%m-%d}T00:00Z" for day in range(3)]
        shifts = "".join(f"{agent},{start},{end}\n" for agent in "ABC" for start, end in pairwise(days))
        for name, text in {
            "agents": "agent_id\nA\nB\nC\n",
            "agent_skills": "agent_id,skill,level\nA,motor,1\nB,motor,1\nB,home,1\nC,home,1\n",
            "shifts": f"agent_id,start,end\n{shifts}",
            "processes": "process,minutes,value,skills\nmotor,30,10,motor\nhome,45,20,home\n",
        }.items():
            self._drop("people", f"{name}.csv", text)

    def crm_sends(self, *, half: bool = False) -> None:
        """A file of new tasks, and of older ones that are done; ``half``: it is still being copied."""
        self.finish_copying()
        new = [f"create,{task},{self.dice.choice(('motor', 'home'))},{self._number}" for task in self._new("C")]
        done = [f"complete,{task},," for task in self._done("C")]
        self._number += 1
        name, text = f"f{self._number}.csv", "\n".join(["operation,task_id,process,value", *new, *done]) + "\n"
        if half:
            self._copying = self._drop("crm", f"{name}.part", text[: len(text) // 2]), text
        else:
            self._drop("crm", name, text)

    def finish_copying(self) -> None:
        """A file that was being copied is whole."""
        if self._copying is not None:
            file, text = self._copying
            file.unlink()
            self._drop("crm", file.name.removesuffix(".part"), text)
            self._copying = None

    def host_changes(self, moment: datetime) -> None:
        """Rows come and change in the database, wherever that is just now."""
        changed = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        file = next(file for file in self.place.glob("host.db*") if file.suffix in (".db", ".away"))
        with closing(sqlite3.connect(file)) as database, database:
            for task in self._new("H"):
                database.execute("INSERT INTO work VALUES (?, 'motor', ?, 'queued', ?)", (task, self._number, changed))
            for task in self._done("H"):
                database.execute("UPDATE work SET status = 'completed', changed = ? WHERE id = ?", (changed, task))

    def host_goes(self) -> None:
        """The database is away."""
        (self.place / "host.db").rename(self.place / "host.db.away")

    def host_returns(self) -> None:
        """The database is there again."""
        (self.place / "host.db.away").rename(self.place / "host.db")

    def damaged_file_comes(self) -> None:
        """A file that cannot be read as a whole."""
        name, content = self.dice.choice(
            [
                ("book.xlsx", self.dice.randbytes(500)),
                ("none.csv", b"colour,size\nred,3\n"),
                ("torn.xml", b"<tasks><task><task_id>X1</task_id>"),
            ]
        )
        self._number += 1
        self._drop("crm", f"{self._number}{name}", content)

    def _new(self, prefix: str) -> list[str]:
        made = []
        for _ in range(self.dice.choice((0, 1, 1, 2))):
            self._number += 1
            made.append(f"{prefix}{self._number}")
            self.expected[made[-1]] = "queued"
        return made

    def _done(self, prefix: str) -> list[str]:
        """Open tasks of a system that are done now, the oldest first: as many as come in the long run."""
        still = [task for task, status in self.expected.items() if status == "queued" and task[0] == prefix]
        done = still[: max(0, min(3, len(still) - _OPEN))]
        self.expected.update(dict.fromkeys(done, "completed"))
        return done

    def _drop(self, source: str, name: str, content: str | bytes) -> Path:
        file = self.place / source / "inbound" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(file, (1, 1))  # it was changed a while ago
        return file
