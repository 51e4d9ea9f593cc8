"""The key figures of runs as alerts look at them: from the history, those of single people from the run's folder."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import read_further, read_record
from models import AGENT, AllotError
from scheduler.alerts.conditions import Figures, Target
from scheduler.alerts.places import Ancestors, Node, ancestors_of

if TYPE_CHECKING:
    from data import Connection

_NEXT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Moment:
    """A run as alerts look at it: its figures, and what its people belong to."""

    run_id: str
    as_of: datetime
    folder: Path
    figures: Figures
    ancestors: Ancestors


def moments(
    connection: "Connection", runs: pl.DataFrame, measures: Iterable[str], *, people: bool = True
) -> Iterator[Moment]:
    """Runs, with the columns of `data.known_runs`, each with the figures that are asked for.

    Without ``people`` no folder is read: those of single people are missing, and nothing belongs to anything.
    """
    from data import read_figures

    if not runs.height:
        return
    since, until = runs["as_of"][0], runs["as_of"][-1] + _NEXT
    found: dict[str, dict[str, dict[Node, float]]] = defaultdict(lambda: defaultdict(dict))
    for measure in sorted(set(measures)):
        frame = read_figures(connection, measure=measure, since=since, until=until)
        for run_id, level, key, value in frame.select("run_id", "level", "key", "value").iter_rows():
            found[run_id][measure][level, key] = value
    for run_id, as_of, folder in runs.select("run_id", "as_of", "folder").iter_rows():
        figures = found[run_id]
        if people:
            for measure, key, value in _of_people(Path(folder), set(measures)):
                figures[measure][AGENT, key] = value
        yield Moment(run_id, as_of, Path(folder), figures, places_in(run_id, Path(folder)) if people else {})


def figures_of(kpis: pl.DataFrame) -> Figures:
    """The figures of a run, from rows with the columns of kpis.parquet."""
    found: dict[str, dict[Node, float]] = defaultdict(dict)
    rows = kpis.filter(pl.col("value").is_not_null()).select("measure", "level", "key", "value")
    for measure, level, key, value in rows.iter_rows():
        found[measure][level, key] = value
    return found


def _of_people(folder: Path, measures: set[str]) -> list[tuple[str, str, float]]:
    """Measure, agent and value; nothing where the folder is gone."""
    try:
        kpis = read_further(folder, "kpis")
    except AllotError:
        return []
    if kpis is None:
        return []
    own = kpis.filter((pl.col("level") == AGENT) & pl.col("measure").is_in(measures) & pl.col("value").is_not_null())
    return own.select("measure", "key", "value").rows()


def places_in(run_id: str, folder: Path) -> Ancestors:
    """What belongs to what in a run; nothing where its folder is gone."""
    try:
        people = read_further(folder, "agents") if read_record(folder).run_id == run_id else None
    except AllotError:
        return {}
    return {} if people is None else ancestors_of(people)


def held_on(targets: pl.DataFrame, day: date) -> pl.DataFrame:
    """The targets of a day, of those that `data.read_targets` gives."""
    return targets.filter(pl.col("valid_from") <= day, pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))


def targets_on(targets: pl.DataFrame, as_of: datetime, zone: str) -> Target:
    """The targets of the day of a moment, of those that `data.read_targets` gives."""
    held = held_on(targets, as_of.astimezone(ZoneInfo(zone)).date())
    known = {(*row[:3],): float(row[3]) for row in held.select("level", "key", "measure", "value").iter_rows()}
    return lambda node, measure: known.get((*node, measure))
