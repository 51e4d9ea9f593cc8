"""Generalized assignment problems of Beasley's OR-Library, and each of them as a snapshot.

A file `gapX.txt` holds the number of problems and, for each, m agents, n jobs, m rows of n amounts, m rows of n loads
and m capacities. Every job must be assigned. The amounts of gapa-gapc are costs. Those of gap1-gap12 are profits by
tradition, but `optima.csv` holds their smallest totals; their largest are in `gap_maxima.csv` beside this module, each
proved by CP-SAT on the problem's own model.

Source: D. G. Cattrysse, M. Salomon, L. N. Van Wassenhove, A set partitioning heuristic for the generalized
assignment problem, EJOR 72 (1994); P. C. Chu, J. E. Beasley, A genetic algorithm for the generalised assignment
problem, Computers & OR 24 (1997).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
FOLDER = SHARED_DATA / "gap"
"""Where the files and `optima.csv` lie: beside the project, which does not hold them."""
MINIMA = FOLDER / "optima.csv"
MAXIMA = Path(__file__).with_name("gap_maxima.csv")

_AS_OF = datetime(2026, 1, 5)  # noqa: DTZ001  (local, in the snapshot's time zone)
Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Instance:
    """One problem: a row per agent, a column per job; ``amount`` is profit when ``maximise``, else cost."""

    name: str
    amount: Matrix
    load: Matrix
    capacity: tuple[int, ...]
    maximise: bool = False

    @property
    def n_agents(self) -> int:
        """The number of agents."""
        return len(self.capacity)

    @property
    def n_jobs(self) -> int:
        """The number of jobs."""
        return len(self.load[0])

    @property
    def bonus(self) -> Matrix:
        """What each agent doing each job adds to what is maximised."""
        sign = 1 if self.maximise else -1
        return tuple(tuple(sign * x for x in row) for row in self.amount)


def read_set(name: str, folder: Path = FOLDER) -> list[Instance]:
    """The instances of `gapname.txt`, named as in `optima.csv`: gap1-0, ..., a05100, ...

    Raises:
        ValueError: the file holds less or more numbers than it announces.
    """
    file = folder / f"gap{name}.txt"
    numbers = iter([int(word) for word in file.read_text(encoding="ascii").split()])
    try:
        instances = [_read_instance(name, k, numbers) for k in range(next(numbers))]
    except StopIteration:
        raise ValueError(f"{file} ends in the middle of an instance") from None
    if next(numbers, None) is not None:
        raise ValueError(f"{file} goes on after its last instance")
    return instances


def _read_instance(name: str, number: int, numbers: Iterator[int]) -> Instance:
    m, n = next(numbers), next(numbers)
    rows = [_row(numbers, n) for _ in range(2 * m)]
    return Instance(
        name=f"gap{name}-{number}" if name.isdigit() else f"{name}{m:02}{n:03}",
        amount=tuple(rows[:m]),
        load=tuple(rows[m:]),
        capacity=_row(numbers, m),
    )


def _row(numbers: Iterator[int], length: int) -> tuple[int, ...]:
    row = tuple(islice(numbers, length))
    if len(row) < length:
        raise StopIteration
    return row


def read_optima(file_name: Path = MINIMA) -> dict[str, int]:
    """The best possible total of every instance, by its name."""
    with file_name.open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["best_value"]) for row in csv.DictReader(file)}


def value(instance: Instance) -> int:
    """A value per job that no choice of agents for the other jobs can make up for."""
    columns: Iterable[tuple[int, ...]] = zip(*instance.bonus, strict=True)
    return 1 + sum(max(0, *column) - min(0, *column) for column in columns)


def constant(instance: Instance) -> int:
    """What assigning every job is worth by itself; the rest of an objective is profit, or minus the cost."""
    return instance.n_jobs * value(instance)


def total(instance: Instance, objective: float) -> float:
    """The total profit or cost in an objective, or in a bound on it."""
    rest = round(objective - constant(instance), 2)
    return rest if instance.maximise else -rest


def write_snapshot(instance: Instance, folder: Path) -> None:
    """Writes the instance as a snapshot: pairs say how long each agent takes, and what it adds."""
    jobs = [f"job-{j + 1}" for j in range(instance.n_jobs)]
    agents = [f"agent-{a + 1}" for a in range(instance.n_agents)]
    shortest = [min(column) for column in zip(*instance.load, strict=True)]
    tables: dict[str, dict[str, Sequence[object]]] = {
        "tasks": {"task_id": jobs, "process": ["gap"] * len(jobs), "minutes": shortest},
        "processes": {"process": ["gap"], "value": [value(instance)]},
        "agents": {"agent_id": agents},
        "agent_skills": {"agent_id": [], "skill": []},
        "shifts": {
            "agent_id": agents,
            "start": [_AS_OF.isoformat()] * len(agents),
            "end": [(_AS_OF + timedelta(minutes=c)).isoformat() for c in instance.capacity],
        },
        "pairs": {
            "task_id": jobs * len(agents),
            "agent_id": [agent for agent in agents for _ in jobs],
            "minutes": [x for row in instance.load for x in row],
            "bonus": [x for row in instance.bonus for x in row],
        },
    }
    folder.mkdir(parents=True)
    for name, columns in tables.items():
        pl.DataFrame(columns).write_csv(folder / f"{name}.csv")
    horizon = f'as_of = "{_AS_OF.isoformat()}"\nhorizon = "{max(instance.capacity)}m"\n'
    (folder / "snapshot.toml").write_text(horizon, encoding="utf-8")
