"""The snapshots that are measured, and with which options."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.benchmarks import families, gap
from tests.benchmarks.changed import Change, one_in_a_hundred, one_out_and_five_urgent
from tests.benchmarks.commands import run_allot
from tests.benchmarks.gap import SHARED_DATA

RULES = ("priority", "due-date", "greedy")
SOLVERS = ("cp-sat", "highs")
AGAIN = {"again": 1 / 4, "again-soon": 1 / 10}
"""The ways of planning a changed snapshot again, with their share of a fresh plan's time."""
_AT_SEVERAL_SIZES = (1, 2, 4, 8)
_QUICK_S = 5.0
_TO_THE_LAST = ("--gap", "0")
"""To the last point: where the default gap of a thousandth would end a run early."""


@dataclass(frozen=True)
class Case:
    """A snapshot with the options of `allot plan` and the ways of planning it is compared with.

    ``snapshot`` makes it in the folder it is given, which does not exist, and returns where it is. ``limit_s`` is
    the time limit of all ways but the solvers when ``solver_limit_s`` names another; ``None`` for no clock. With a
    ``change`` the snapshot is planned, changes, and what is measured is how the changed one is planned. ``busy``: it is
    measured beside other work, by a clock of processor time.
    """

    name: str
    snapshot: Callable[[Path], Path]
    limit_s: float | None
    options: tuple[str, ...] = ()
    rivals: tuple[str, ...] = RULES + SOLVERS
    solver_limit_s: float | None = None
    instance: Callable[[], gap.Instance] | None = None
    change: Change | None = None
    busy: bool = False

    @property
    def group(self) -> str:
        """The part of the name that cases of one kind share."""
        return self.name.split("/")[0]

    @property
    def modes(self) -> tuple[str, ...]:
        """How the case is planned: by `allot plan`, and by what it is compared with."""
        return "allot", *self.rivals

    def limit_of(self, way: str) -> float | None:
        """The time limit of a way of planning, in seconds."""
        if way in AGAIN and self.limit_s is not None:
            return self.limit_s * AGAIN[way]
        return self.solver_limit_s if way in SOLVERS and self.solver_limit_s else self.limit_s

    def without_solvers(self) -> "Case":
        """The same case without the solvers that it is compared with."""
        return replace(self, rivals=tuple(rival for rival in self.rivals if rival not in SOLVERS))

    def quick(self) -> "Case":
        """The same case with a few seconds for each way."""
        limit = None if self.limit_s is None else min(self.limit_s, _QUICK_S)
        return replace(self, limit_s=limit, solver_limit_s=None)


def all_cases() -> list[Case]:
    """Every case, in the order of the table; those whose data are not there are left out."""
    return [*_profiles(), *_families(), *_boston(), *_changed(), *_gap_sets(), *_ten_seeds(), *_sizes()]


QUICK = ("desk", "families/office/seed1", "families/fines/seed1", "boston311", "gapa/a05100", "tasks/x1")
"""The cases of a quick run."""
NIGHTLY = ("desk", "insurer-day", "families", "boston311", "changed", "gapb", "gapc", "400x40")
"""The cases and groups of a nightly run, an hour or so, which leaves out the solvers and what takes minutes each."""


def _sample(profile: str, *options: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        finished = run_allot("sample", folder, "--profile", profile, *options)
        if finished.exit_code:
            raise RuntimeError(f"allot sample --profile {profile} failed:\n{finished.stderr}")
        return folder

    return write


def _profiles() -> list[Case]:
    limits = {"desk": 10.0, "insurer-day": 60.0, "backlog": 180.0}
    return [Case(profile, _sample(profile), limit_s) for profile, limit_s in limits.items()]


def _families() -> list[Case]:
    """Kinds of day, three of each, and a large one."""
    kinds = families.FAMILIES if families.program() is not None else ()
    return [
        Case(f"families/{family}/seed{seed}", partial(families.write_day, family, seed), 10.0, rivals=RULES)
        for family in kinds
        for seed in families.SEEDS
    ] + [Case(f"large/{family}", partial(_write_large, family), 60.0, rivals=("greedy",)) for family in kinds]


def _write_large(family: str, folder: Path) -> Path:
    return families.write_day(family, families.SEEDS[0], folder, *families.LARGE)


def _boston() -> list[Case]:
    week = SHARED_DATA / "boston311" / "week-2011-11-14"
    return [Case("boston311", lambda _: week, 30.0, _TO_THE_LAST)] if week.is_dir() else []


def _changed() -> list[Case]:
    """Cases again, after something has happened."""
    happens = {"insurer-day": one_in_a_hundred, "boston311": one_out_and_five_urgent}
    return [
        replace(case, name=f"changed/{case.name}", rivals=tuple(AGAIN), change=happens[case.name])
        for case in (*_profiles(), *_boston())
        if case.name in happens
    ]


def _gap_sets() -> list[Case]:
    """The instances of the literature."""
    cases = []
    for letter in "abc" if gap.FOLDER.is_dir() else "":
        for name in (f"{letter}{agents:02}{jobs}" for jobs in (100, 200) for agents in (5, 10, 20)):
            instance = partial(_instance, letter, name)
            case = Case(f"gap{letter}/{name}", partial(_convert, instance), 60.0, _TO_THE_LAST, instance=instance)
            cases.append(case)
    return cases


def _instance(letter: str, name: str) -> gap.Instance:
    return next(instance for instance in gap.read_set(letter) if instance.name == name)


def _convert(instance: Callable[[], gap.Instance], folder: Path) -> Path:
    gap.write_snapshot(instance(), folder)
    return folder


def _ten_seeds() -> list[Case]:
    """Small enough for a solver to be the better judge, and it has twelve times as long."""
    size = ("--tasks", 400, "--agents", 40)
    return [
        Case(f"400x40/seed{seed}", _sample("desk", *size, "--seed", seed), 10.0, solver_limit_s=120.0)
        for seed in range(10)
    ]


def _sizes() -> list[Case]:
    """How time and memory grow: a fixed amount of search, so that no clock hides it."""
    sizes = [(f"tasks/x{k}", 12_500 * k, 1_000) for k in _AT_SEVERAL_SIZES]
    sizes += [(f"agents/x{k}", 50_000, 625 * k) for k in _AT_SEVERAL_SIZES]
    effort = ("--engine", "scale", "--effort", "1")
    return [
        Case(name, _sample("insurer-day", "--tasks", tasks, "--agents", agents), None, effort, RULES)
        for name, tasks, agents in sizes
    ]
