"""Alerts and targets of a run that is about to be written, and of the last one."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from models import FIRING, MEASURES, RESOLVED, AlertRecord, AllotError, Code, Message, RunRecord, TargetRecord
from scheduler.alerts.figures import Moment, figures_of, held_on
from scheduler.alerts.places import Node, ancestors_of
from scheduler.alerts.watch import AHEAD, judge_new
from scheduler.alerts.words import record_of
from scheduler.config import Config, find_config, has_store, opened_store, read_config
from scheduler.intake import source_status
from scheduler.run.clock import now
from scheduler.run.watch import Watch, Watched

if TYPE_CHECKING:
    from data import Connection, Store


def watch_here(config_file: Path | None = None) -> Watch | None:
    """Watches a run as a configuration says: the file given, else the one that is found; ``None`` if there is none."""
    return None if find_config(config_file) is None else partial(_watch_by_file, config_file)


def watch_by(config: Config) -> Watch:
    """Watches a run as a configuration says."""
    return partial(_watch, config)


def _watch_by_file(config_file: Path | None, record: RunRecord, kpis: pl.DataFrame, people: pl.DataFrame) -> Watched:
    try:
        file = find_config(config_file)
        config = None if file is None else read_config(file)
    except (AllotError, OSError) as error:
        return Watched(warning=_fault(error))
    return Watched() if config is None else _watch(config, record, kpis, people)


def _watch(config: Config, record: RunRecord, kpis: pl.DataFrame, people: pl.DataFrame) -> Watched:
    """What is watched in a run, by its own figures; whatever is wrong with the store, the plan is there."""
    if not has_store(config):
        return Watched()
    try:
        with opened_store(config) as store:
            return Watched(
                alerts=_alerts(config, store, record, kpis, people), targets=_targets(config, store, record, kpis)
            )
    except (AllotError, OSError) as error:
        return Watched(warning=_fault(error))


def _fault(error: BaseException) -> Message:
    return Message(Code.NOT_WATCHED, reason=" ".join(str(error).split()))


def _alerts(
    config: Config, store: "Store", record: RunRecord, kpis: pl.DataFrame, people: pl.DataFrame
) -> tuple[AlertRecord, ...] | None:
    """What `allot alerts check` will find in the run; ``None`` if nothing is watched, or not in such a run."""
    from data import seen_runs

    if not any(alert.enabled for alert in config.alert):
        return None
    at = now()
    sources = source_status(config, store, at)
    with store.reading() as connection:
        newest, seen = seen_runs(connection)
        if record.as_of > at + AHEAD or record.run_id in seen or (newest is not None and record.as_of < newest):
            return None
        coming = Moment(record.run_id, record.as_of, Path(), figures_of(kpis), ancestors_of(people))
        judged = judge_new(connection, config, sources, at, coming)
    return tuple(record_of(row, record.timezone) for row in judged.rows if row.state != RESOLVED)


def _targets(config: Config, store: "Store", record: RunRecord, kpis: pl.DataFrame) -> tuple[TargetRecord, ...] | None:
    day = record.as_of.astimezone(ZoneInfo(config.timezone)).date()
    with store.reading() as connection:
        found = tuple(targets_of(connection, day, figures_of(kpis)))
    return found or None


def targets_of(
    connection: "Connection", day: date, figures: Mapping[str, Mapping[Node, float]]
) -> Iterator[TargetRecord]:
    """The targets of a day, each with the figure that a run has, and whether that is as good."""
    from data import read_targets

    held = held_on(read_targets(connection), day)
    for level, key, measure, target in held.select("level", "key", "measure", "value").iter_rows():
        value = figures.get(measure, {}).get((level, key))
        met = None if value is None or measure not in MEASURES else MEASURES[measure].meets(value, target)
        yield TargetRecord(level=level, key=key, measure=measure, value=value, target=target, met=met)


def shown_now(config: Config, connection: "Connection", at: datetime) -> tuple[list[AlertRecord], list[TargetRecord]]:
    """What fires now, and the targets of the day with the figures of the last run."""
    from data import known_runs, open_alerts, read_figures, read_targets

    alerts = [record_of(row, config.timezone) for row in open_alerts(connection) if row.state == FIRING]
    targets = read_targets(connection)
    runs = known_runs(connection).filter(pl.col("as_of") <= at + AHEAD).tail(1)
    if not targets.height or not runs.height:
        return alerts, []
    last = runs["as_of"][0]
    wanted = targets["measure"].unique().to_list()
    found = [read_figures(connection, measure=name, since=last).filter(pl.col("as_of") == last) for name in wanted]
    figures = figures_of(pl.concat(found).filter(pl.col("run_id") == runs["run_id"][0]))
    return alerts, list(targets_of(connection, at.astimezone(ZoneInfo(config.timezone)).date(), figures))
