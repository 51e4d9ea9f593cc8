"""Many processes ask for tasks at once: none is handed out twice, and what killed ones had comes back.

As a script, ``python -m tests.hammer --tasks 1000 --workers 8 [--kill 3] [--cycles] [--postgres]`` prints how many
tasks a second were handed out.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import sqlalchemy as sa

from data import apply_operations, check_store, open_store, upgrade_store
from data.store.people import keep_people_rows
from data.store.store import Store
from models import silent
from scheduler.config import read_config
from scheduler.cycle.cycle import run_cycle
from scheduler.cycle.planning import Planning, plan_list
from scheduler.cycle.snapshot import policy_of
from scheduler.handout import Handout
from scheduler.publishing import publish_run
from tests.data.intake.operation_case import op
from tests.services.postgres import new_database, postgres

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
_SKILLS = 4
_PATIENCE_S = 300


@dataclass(frozen=True)
class Case:
    """Tasks for as many people as there are processes; of four kinds, of which each knows two."""

    folder: Path
    tasks: int
    workers: int

    @property
    def people(self) -> list[str]:
        """Who asks."""
        return [f"A{number}" for number in range(self.workers)]

    @staticmethod
    def may(person: int, task: int) -> bool:
        """Whether a person knows a task's kind."""
        return (task - person) % _SKILLS < 2


def prepared(folder: Path, url: str, tasks: int, workers: int) -> Case:
    """A store with a published plan of all tasks."""
    (folder / "allot.toml").write_text(f'horizon = "8h"\n[store]\nurl = "{url}"\n', encoding="utf-8")
    store = Store(url, folder)
    upgrade_store(store)
    case = Case(folder, tasks, workers)
    with store.writing() as connection:
        for first in range(0, tasks, 5000):
            made = range(first, min(first + 5000, tasks))
            values = [{"process": f"P{n % _SKILLS}", "value": 10.0 + n % 7} for n in made]
            pairs = zip(made, values, strict=True)
            apply_operations(connection, [op("create", task_id=f"T{n}", values=v, received_at=NOW) for n, v in pairs])
        _keep_people(connection, case)
    store.close()
    config = read_config(folder / "allot.toml")
    options = {"out": folder / "run", "engine": "greedy", "xlsx": False, "html": False}
    plan_list(config, options, silent, as_of=NOW.isoformat(), horizon=None)
    publish_run(config, folder / "run", checked=True)
    return case


def _keep_people(connection: object, case: Case) -> None:
    skills = [
        {"agent_id": who, "skill": f"S{kind}", "level": "1"}
        for number, who in enumerate(case.people)
        for kind in range(_SKILLS)
        if case.may(number, kind)
    ]
    until = NOW + timedelta(hours=8)
    tables = {
        "agents": [{"agent_id": who} for who in case.people],
        "agent_skills": skills,
        "shifts": [{"agent_id": who, "start": NOW.isoformat(), "end": until.isoformat()} for who in case.people],
        "processes": [{"process": f"P{n}", "minutes": "1", "skills": f"S{n}"} for n in range(_SKILLS)],
    }
    for name, rows in tables.items():
        keyed = [(str(number), json.dumps(row)) for number, row in enumerate(rows)]
        keep_people_rows(connection, "hr", name, keyed, merge=False)  # type: ignore[arg-type]


def pull(case: Case, person: int, together: Barrier, options: Sequence[str] = ()) -> list[str]:
    """Asks for tasks until there are none, once all are there; each is written to a log as soon as it is there."""
    config = read_config(case.folder / "allot.toml")
    store, taken = open_store(config.store.url or "", case.folder), []
    handout = Handout(config, store, lambda: NOW)
    handout.make_ready()
    together.wait(_PATIENCE_S)
    with (case.folder / f"{person}.log").open("a") as file:
        while (one := handout.next(f"A{person}", start="start" in options)) is not None:
            name = one.choices[0].task_id
            taken.append(name)
            print(name, file=file, flush=True)
    store.close()
    return taken


def cycles(case: Case) -> Callable[[], None]:
    """Runs a cycle, a minute after the one before, within the time of a lease."""
    config = read_config(case.folder / "allot.toml")
    planning = Planning(policy=policy_of(config), options={"effort": 1, "xlsx": False, "html": False})
    minutes = itertools.cycle(range(1, 9))

    def cycle() -> None:
        moment = NOW + timedelta(minutes=next(minutes))
        os.environ["ALLOT_NOW"] = moment.isoformat()
        failed = [
            f"{stage.name}: {stage.message}"
            for stage in run_cycle(config, planning, as_of=moment).stages
            if not stage.ok
        ]
        assert failed == []
        print("a cycle has run")  # noqa: T201  a script

    return cycle


def hammered(
    case: Case, options: Sequence[str] = (), killed: int = 0, meanwhile: Callable[[], None] | None = None
) -> tuple[list[list[str]], float]:
    """What each process was handed, and how many tasks a second that were; so many are killed on the way.

    ``meanwhile`` is done again and again while they ask.
    """
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(case.workers + 1)
    workers = [context.Process(target=pull, args=(case, n, together, options)) for n in range(case.workers)]
    for worker in workers:
        worker.start()
    logs = [case.folder / f"{n}.log" for n in range(case.workers)]
    together.wait(_PATIENCE_S)
    began = time.time()
    while not all(map(_count, logs[:killed])) and any(w.is_alive() for w in workers):
        time.sleep(0.005)
    for worker in workers[:killed]:
        worker.kill()  # nothing, if it has come to its end: others may have been quicker than it was
    while meanwhile is not None and any(worker.is_alive() for worker in workers):
        meanwhile()
    for worker in workers:
        worker.join()
    taken = [log.read_text().split() for log in logs]
    last = max(log.stat().st_mtime for log in logs)  # then each looks once more at all that is open
    return taken, sum(map(len, taken)) / max(last - began, 1e-9)


def _count(log: Path) -> int:
    return len(log.read_text().split()) if log.exists() else 0


def refuse_twice(case: Case, taken: Sequence[Sequence[str]]) -> None:
    """Asserts that no task was handed out twice, and only to who may do it."""
    every = Counter(name for names in taken for name in names)
    assert [name for name, times in every.items() if times > 1] == []
    assert [name for n, names in enumerate(taken) for name in names if not case.may(n, int(name[1:]))] == []


def refuse_lost(case: Case, url: str) -> None:
    """Asserts that the list is what its operations say, and that all that was not begun is handed out again later."""
    config, store = read_config(case.folder / "allot.toml"), open_store(url, case.folder)
    with store.reading() as connection:
        assert check_store(connection).differences == []
        begun = set(connection.execute(sa.text("SELECT task_id FROM task WHERE status = 'in_progress'")).scalars())
    later, left = Handout(config, store, lambda: NOW + timedelta(minutes=11)), []
    for who in case.people:
        while one := later.next(who, start=True):
            left.append(one.choices[0].task_id)
    store.close()
    assert sorted([*left, *begun]) == sorted(f"T{n}" for n in range(case.tasks))


def main() -> None:
    """Runs it once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--start", action="store_true")
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--cycles", action="store_true", help="cycles run meanwhile")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        url = new_database(opened.enter_context(postgres())) if asked.postgres else "sqlite:///allot.db"
        case = prepared(Path(name), url, asked.tasks, asked.workers)
        cycle = cycles(case) if asked.cycles else None
        taken, speed = hammered(case, ("start",) if asked.start else (), asked.kill, cycle)
        refuse_twice(case, taken)
        refuse_lost(case, url)
        each = f"{min(map(len, taken))} to {max(map(len, taken))} each"
        print(f"{sum(map(len, taken)):,} of {case.tasks:,} tasks, {each}, {speed:.0f} a second")  # noqa: T201  a script


if __name__ == "__main__":
    main()
