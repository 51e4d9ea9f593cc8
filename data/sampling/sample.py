"""Writes a sample snapshot of any size, for trials, demonstrations and measurements."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from data.sampling.columns import AS_OF, TIME_FORMAT, TIMEZONE, as_csv
from data.sampling.mess import spoil
from data.sampling.people import invent_people
from data.sampling.processes import invent_processes, process_table
from data.sampling.profiles import PROFILES, Profile
from data.sampling.telecom import Telecom
from data.sampling.work import CLOSED, invent_work
from models import AllotError, disk_errors_at, nearest

FileFormat = Literal["parquet", "csv"]
LARGEST_CSV = 50_000
"""Tasks up to which a sample is written as CSV, which people can open."""

PARTITIONED = "telecom"
"""The profile whose tasks are written part by part."""

_MARK = "# written by allot sample; sha256 of the tables: "
_SETTINGS = "snapshot.toml"


class SampleError(AllotError):
    """A sample cannot be made or written as asked; nothing was written."""


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    ``load`` is the handling time of the plannable tasks over the capacity of the agents within the
    horizon, ``overdue_share`` is of all tasks. Both and ``requirements``, the distinct texts, describe
    the sample before a messy profile adds its bad rows; ``rows`` counts those too.
    """

    folder: Path
    profile: str
    seed: int
    file_format: FileFormat
    as_of: datetime
    horizon_end: datetime
    rows: dict[str, int]
    load: float
    overdue_share: float
    requirements: int
    replaced: bool
    """Whether an earlier sample, unchanged since it was written, had to go."""


def write_sample(
    out_dir: str | Path,
    *,
    tasks: int | None = None,
    agents: int | None = None,
    days: int | None = None,
    seed: int = 0,
    profile: str = "desk",
    file_format: FileFormat | None = None,
) -> SampleSummary:
    """Writes a snapshot folder and says what is in it; the same arguments write the same bytes.

    Tasks, agents and days default to the profile's, the format to CSV for up to 50,000 tasks.

    Raises:
        SampleError: unknown profile, a number below its least, or a folder with other files in it.
    """
    shape = _shape(profile, tasks, agents, days, seed)
    folder = Path(out_dir)
    earlier = _earlier_sample(folder)
    if profile == PARTITIONED:
        if file_format == "csv":
            raise SampleError(f"the profile '{profile}' is written as Parquet only")
        return _write_partitioned(folder, shape, seed, earlier)
    chosen: FileFormat = file_format or ("csv" if shape.tasks <= LARGEST_CSV else "parquet")
    tables = _invent(shape, seed)
    horizon_end = AS_OF + timedelta(days=shape.days)
    load, overdue_share, requirements = _figures(tables, horizon_end)
    if shape.messy:
        tables = spoil(tables)
    with _written(folder, shape.days, earlier) as place:
        for name, table in tables.items():
            _write_table(place, name, table, chosen)
    return SampleSummary(
        folder=folder,
        profile=profile,
        seed=seed,
        file_format=chosen,
        as_of=AS_OF,
        horizon_end=horizon_end,
        rows={name: table.height for name, table in tables.items()},
        load=load,
        overdue_share=overdue_share,
        requirements=requirements,
        replaced=bool(earlier),
    )


def _shape(profile: str, tasks: int | None, agents: int | None, days: int | None, seed: int) -> Profile:
    """The profile with the numbers asked for."""
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise SampleError(f"no profile '{profile}'{nearest(profile, PROFILES)}; known are {known}")
    usual = PROFILES[profile]
    shape = replace(
        usual,
        tasks=usual.tasks if tasks is None else tasks,
        agents=usual.agents if agents is None else agents,
        days=usual.days if days is None else days,
    )
    for name in ("tasks", "agents", "days"):
        if getattr(shape, name) < 1:
            raise SampleError(f"a sample with {getattr(shape, name)} {name}: at least 1 is needed")
    if seed < 0:
        raise SampleError(f"seed {seed} is below 0: take 0 or more")
    return shape


def _invent(shape: Profile, seed: int) -> dict[str, pl.DataFrame]:
    """The tables by name; each part draws from a stream of its own, so that parts do not shift each other."""
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)]
    processes = invent_processes(shape, streams[0])
    people = invent_people(shape, processes, streams[1])
    tasks, pairs = invent_work(shape, processes, people, streams[2])
    return {
        "tasks": tasks,
        "processes": process_table(processes),
        "agents": people.agents,
        "agent_skills": people.agent_skills,
        "shifts": people.shifts,
        "pairs": pairs,
    }


def _figures(tables: dict[str, pl.DataFrame], horizon_end: datetime) -> tuple[float, float, int]:
    """Load, overdue share and distinct requirements."""
    work, overdue_share, asked = _work(tables["tasks"], tables["processes"])
    return work / _capacity(tables, horizon_end), overdue_share, len(asked)


def _work(tasks: pl.DataFrame, processes: pl.DataFrame) -> tuple[float, float, list[str]]:
    """The minutes of tasks to be planned, which share is overdue, and what they ask for."""
    per_task = tasks.join(processes, on="process", suffix="_of_process")
    due = pl.coalesce("due_at", pl.col("created_at") + pl.duration(minutes="sla_minutes"))
    minutes = pl.coalesce("minutes", "minutes_of_process").filter(~pl.col("status").is_in(CLOSED))
    asked = per_task.select(pl.coalesce("skills", "skills_of_process").unique()).to_series().to_list()
    work, overdue_share = per_task.select(minutes.sum(), (due <= AS_OF).fill_null(False).mean().alias("due")).row(0)
    return work, overdue_share, asked


def _capacity(tables: dict[str, pl.DataFrame], horizon_end: datetime) -> float:
    """Minutes of work that can be planned; breaks and reserved time lie within work, and never overlap."""
    inside = pl.col("end").clip(AS_OF, horizon_end) - pl.col("start").clip(AS_OF, horizon_end)
    sign = pl.when(pl.col("kind") == "work").then(1).otherwise(-1)
    minutes = inside.dt.total_minutes() * sign * pl.col("max_utilization")
    return float(tables["shifts"].join(tables["agents"], on="agent_id").select(minutes.sum()).item())


def _write_partitioned(folder: Path, shape: Profile, seed: int, earlier: list[Path]) -> SampleSummary:
    """Writes a snapshot whose tasks come part by part, and never all at once."""
    made, horizon_end = Telecom(shape, seed), AS_OF + timedelta(days=shape.days)
    staff = made.staff
    tables = {
        "processes": made.processes,
        "agents": staff.agents,
        "agent_skills": staff.agent_skills,
        "shifts": staff.shifts,
    }
    work, overdue, asked, pairs = 0.0, 0.0, set[str](), []
    with _written(folder, shape.days, earlier) as place:
        for name, table in tables.items():
            _write_table(place, name, table, "parquet")
        (place / "tasks").mkdir()
        for number, part in enumerate(made.invent_parts()):
            part.tasks.write_parquet(place / "tasks" / f"part-{number:05d}.parquet")
            pairs.append(part.pairs)
            minutes, share, texts = _work(part.tasks, made.processes)
            work, overdue = work + minutes, overdue + share * part.tasks.height
            asked.update(texts)
        tables["pairs"] = pl.concat(pairs)
        _write_table(place, "pairs", tables["pairs"], "parquet")
    return SampleSummary(
        folder=folder,
        profile=shape.name,
        seed=seed,
        file_format="parquet",
        as_of=AS_OF,
        horizon_end=horizon_end,
        rows={"tasks": shape.tasks, **{name: table.height for name, table in tables.items()}},
        load=work / _capacity(tables, horizon_end),
        overdue_share=overdue / shape.tasks,
        requirements=len(asked),
        replaced=bool(earlier),
    )


@contextmanager
def _written(folder: Path, days: int, earlier: list[Path]) -> Iterator[Path]:
    """A place for all files of a sample; they are put into the folder when the last file of an earlier one is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    with disk_errors_at(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as name:
        partial = Path(name)
        yield partial
        made = sorted(partial.iterdir())
        settings = f'as_of = "{AS_OF:{TIME_FORMAT}}"\nhorizon = "{days}d"\ntimezone = "{TIMEZONE}"\n'
        digest = _digest(settings, partial, _files(made))
        (partial / _SETTINGS).write_text(f"{_MARK}{digest}\n{settings}", encoding="utf-8")
        for old in earlier:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        for file in [*made, partial / _SETTINGS]:
            file.replace(folder / file.name)


def _write_table(place: Path, name: str, table: pl.DataFrame, file_format: FileFormat) -> None:
    file = place / f"{name}.{file_format}"
    if file_format == "csv":
        file.write_bytes(as_csv(table))
    else:
        table.write_parquet(file)


def _files(found: list[Path]) -> list[Path]:
    """The files, and those in folders."""
    return sorted(file for path in found for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def _digest(settings: str, folder: Path, files: list[Path]) -> str:
    digest = hashlib.sha256(settings.encode())
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _earlier_sample(folder: Path) -> list[Path]:
    """The files of an earlier sample, not touched since; none when the folder is empty or absent.

    Raises:
        SampleError: the folder holds anything else.
    """
    if folder.exists() and not folder.is_dir():
        raise SampleError(f"{folder} is a file; name a folder for the sample")
    found = sorted(folder.iterdir()) if folder.exists() else []
    if not found or _is_untouched(found):
        return found
    names = ", ".join(path.name for path in found[:3]) + (", ..." if len(found) > 3 else "")
    raise SampleError(
        f"{folder} holds files ({names}) that are no sample, or a sample changed since it was written; "
        "name a new folder, or remove this one first"
    )


def _is_untouched(found: list[Path]) -> bool:
    settings = next((path for path in found if path.name == _SETTINGS and path.is_file()), None)
    if settings is None or not all(path.is_file() or path.name == "tasks" for path in found):
        return False
    mark, _, rest = settings.read_text(encoding="utf-8", errors="replace").partition("\n")
    tables = [path for path in found if path != settings]
    return mark == f"{_MARK}{_digest(rest, settings.parent, _files(tables))}"
