"""The days themselves: what happens before each cycle, the cycle, and what must be true after it."""

import os
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from data import Store, check_store, open_store, upgrade_store
from models import AllotError
from scheduler.config import read_config
from scheduler.cycle.cycle import run_cycle
from scheduler.cycle.planning import Planning
from scheduler.cycle.snapshot import policy_of
from tests.days.world import World

EVERY = timedelta(minutes=5)
CYCLES_A_DAY = timedelta(days=1) // EVERY
_START = datetime(2026, 3, 2, tzinfo=UTC)
_MOST_RUNS = 12 * 12 + 3  # as long as they are kept, the last and the published one
_MOST_LEFT = 3  # by a cycle that was killed at last: its unfinished run and two locks
_LIKELY = {"half copied": 0.05, "damaged": 0.02, "killed": 0.02, "lock left": 0.03, "away": 0.01, "silent": 0.005}
_LASTS = {"away": 4, "silent": 14}
_ROOT = Path(__file__).parents[2]


class Days:
    """Cycles in a folder of their own. ``due`` counts those that were not killed, ``planned`` those that planned,
    ``stale`` those that said that a source is silent."""

    def __init__(self, place: Path, seed: int = 0) -> None:
        self.place, self.dice = place, random.Random(seed)
        self.world = World(place, self.dice)
        self.due = self.planned = 0
        self.stale = 0
        self.faults: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._moment = _START
        self._still = dict.fromkeys(_LASTS, 0)
        self._kill_within_s = 3.0
        store = Store(self._store_url)
        upgrade_store(store)
        store.close()
        self._config = read_config(place / "allot.toml")
        options = {"effort": 1, "xlsx": False, "html": False}
        self._planning = Planning(policy=policy_of(self._config), options=options)

    @property
    def _store_url(self) -> str:
        return f"sqlite:///{self.place / 'allot.db'}"

    def run(self, cycles: int) -> None:
        """So many cycles, then a look at the store and the disk."""
        for _ in range(cycles):
            self._before()
            self._cycle()
            self._moment += EVERY
        store = open_store(self._store_url)
        with store.reading() as connection:
            self.wrong += check_store(connection).differences
        store.close()
        left = [path.name for path in (self.place / "runs").iterdir()]
        unfinished = [name for name in left if name.startswith(".")]
        if len(left) - len(unfinished) > _MOST_RUNS or len(unfinished) > _MOST_LEFT:
            self.wrong.append(f"{self._moment}: {len(left)} names in runs, of which {len(unfinished)} unfinished")

    def _before(self) -> None:
        """What happens in the five minutes before a cycle."""
        if self._moment.time() == _START.time():
            self.world.people_come(self._moment)
        if self._still["away"] == 1:
            self.world.host_returns()
        for name, cycles in self._still.items():
            self._still[name] = max(0, cycles - 1)
        self.world.host_changes(self._moment)
        self.world.finish_copying()
        if not self._still["silent"]:
            self.world.crm_sends(half=self._happens("half copied"))
        if not self._still["away"] and self._happens("away"):
            self.world.host_goes()
        self._happens("silent")
        if self._happens("damaged"):
            self.world.damaged_file_comes()
        if self._happens("lock left"):
            (self.place / "runs").mkdir(exist_ok=True)
            for name in ("cycle", f"{self._moment:%Y%m%dT%H%MZ}"):
                (self.place / "runs" / f".{name}.lock").touch()

    def _happens(self, fault: str) -> bool:
        if self._still.get(fault) or self.dice.random() >= _LIKELY[fault]:
            return False
        self.faults[fault] += 1
        self._still[fault] = _LASTS.get(fault, 0)
        return True

    def _cycle(self) -> None:
        os.environ["ALLOT_NOW"] = f"{self._moment:%Y-%m-%dT%H:%M:%SZ}"
        if self.dice.random() < _LIKELY["killed"] and self._killed():
            self.faults["killed"] += 1
            return
        self.due += 1
        try:
            done = run_cycle(self._config, self._planning, as_of=self._moment)
        except AllotError as error:
            self.wrong.append(f"{self._moment}: {error}")
            return
        failed = [f"{stage.name}: {stage.message}" for stage in done.stages if not stage.ok]
        excused = [stage for stage in failed if stage.startswith("intake") and ("host: " in stage or "crm: " in stage)]
        self.wrong += [f"{self._moment}: {stage}" for stage in failed if stage not in excused]
        if self._still["away"] and not any("host: " in stage for stage in failed):
            self.wrong.append(f"{self._moment}: nobody is told that the database is away")
        self.stale += any(stage.name == "snapshot" and "crm" in stage.message for stage in done.stages)
        self.planned += done.run is not None

    def _killed(self) -> bool:
        """Whether a cycle in a process of its own was killed; otherwise it had come to its end before."""
        command = [sys.executable, "-m", "scheduler", "cycle", "--effort", "1", "--no-xlsx", "--no-html"]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=self.place, env=environment, stdout=quiet, stderr=quiet) as process:
            try:
                process.wait(timeout=self.dice.uniform(0.2, 1) * self._kill_within_s)
            except subprocess.TimeoutExpired:
                process.kill()
                self._kill_within_s *= 1.1
                return True
        self._kill_within_s *= 0.8
        return False

    def sizes(self) -> dict[str, int]:
        """Bytes on disk: of runs, of the store, of all else."""
        sizes = {"runs": 0, "store": 0, "files": 0}
        for file in self.place.rglob("*"):
            if file.is_file():
                first = file.relative_to(self.place).parts[0]
                kind = "runs" if first == "runs" else "store" if first.startswith("allot.db") else "files"
                sizes[kind] += file.stat().st_size
        return sizes

    def lost(self) -> list[str]:
        """After two more cycles without faults: tasks that are not as their systems have them."""
        self.world.finish_copying()
        if self._still["away"]:
            self.world.host_returns()
        for _ in range(2):
            os.environ["ALLOT_NOW"] = f"{self._moment:%Y-%m-%dT%H:%M:%SZ}"
            run_cycle(self._config, self._planning, as_of=self._moment)
            self._moment += EVERY
        store = open_store(self._store_url)
        with store.reading() as connection:
            found = dict(connection.execute(sa.text("SELECT task_id, status FROM task_list")).all())
        store.close()
        expected = self.world.expected
        return [
            f"task {name}: {found.get(name)}, not {expected.get(name)}"
            for name in sorted(found.keys() | expected.keys())
            if found.get(name) != expected.get(name)
        ]
