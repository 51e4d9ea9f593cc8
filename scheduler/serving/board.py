"""What the board shows, read from the store and kept for a moment, as many screens ask for the same."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from data import (
    Build,
    Publication,
    Snapshot,
    actions_on,
    build_problem,
    current_publication,
    list_open_work,
    planned_work,
    read_rules,
)
from models import AllotError
from reports import Board as Shown
from reports import board_asset, board_facts, board_language, board_page
from scheduler.alerts import shown_now
from scheduler.config import Config
from scheduler.cycle.snapshot import policy_of
from scheduler.handout import Kept, snapshot_of_list
from scheduler.intake import source_status
from scheduler.publishing import published_run
from scheduler.run.policy import Policy

if TYPE_CHECKING:
    from data import Store

_HOURS = 8
_AGE_S = 2.0
_HOUR = timedelta(hours=1)


class Board:
    """The board of a store; used from many threads."""

    def __init__(self, config: Config, store: "Store", clock: Callable[[], datetime]) -> None:
        self._config, self._store, self._clock = config, store, clock
        self._policy = policy_of(config)
        self._lock = threading.Lock()
        self._shown: Kept[Shown] = Kept()

    def facts(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What the board shows of what is asked for, with the texts in the language ``lang``."""
        return board_facts(self._fresh(), asked, board_language(asked.get("lang"), ""))

    def page(self, asked: str | None, accepted: str) -> str:
        """The page, in the language asked for, else one that is accepted."""
        return board_page(board_language(asked, accepted))

    def asset(self, name: str) -> str:
        """A stylesheet or script of the page."""
        return board_asset(name)

    def report(self) -> bytes | None:
        """The page of the published run; ``None`` where there is none."""
        with self._store.reading() as connection:
            publication = current_publication(connection)
        if publication is None or not _has_report(publication):
            return None
        return (publication.folder / "report.html").read_bytes()

    def _fresh(self) -> Shown:
        with self._lock:
            return self._shown.get(None, self._read, _AGE_S)

    def _read(self) -> Shown:
        now, config = self._clock(), self._config
        rules, _ = read_rules(config.rule)
        with self._store.reading() as connection:
            listed = list_open_work(connection, now, rules, config.timezone, as_planned=False)
            work, publication = planned_work(connection), current_publication(connection)
            alerts, targets = shown_now(config, connection, now)
            done = {action.alert_id: action.text for action in actions_on(connection)} if alerts else {}
        first = now.replace(minute=0, second=0, microsecond=0)
        policy, period = self._policy, (first, _HOURS * _HOUR)
        snapshot = snapshot_of_list(listed.tables, config.timezone, *period, policy.calendar, policy.time.grain_s)
        build = build_problem(snapshot, self._policy.terms())
        return Shown(
            now=now,
            timezone=config.timezone,
            unit=self._policy.report.unit,
            tasks=_tasks(listed.tables["tasks"], build, work),
            people=snapshot.agents.select("name", "team", "site", agent="agent_id"),
            capacity=_capacity(build, snapshot, self._policy),
            sources=self._sources(now),
            run=None if publication is None else _run(publication, now),
            alerts=alerts,
            done=done,
            targets=targets,
        )

    def _sources(self, now: datetime) -> list[dict[str, Any]]:
        found = []
        for one in source_status(self._config, self._store, now):
            age = None if one.age is None else round(one.age.total_seconds() / 60, 1)
            found.append({"source": one.source, "age_minutes": age, "stale": one.stale, "error": one.error})
        return found


def _tasks(listed: pl.DataFrame, build: Build, work: pl.DataFrame) -> pl.DataFrame:
    """The open tasks, also those that no plan takes, with what their process adds and what the plan says of them.

    Who has a task counts before who is planned to.
    """
    added = ("tenant", "due_at", "value", "minutes")
    known = build.tasks.select("task_id", *(pl.col(name).alias(f"{name} built") for name in added))
    planned = work.select("task_id", "start_at", "end_at", planned="agent_id")
    joined = listed.join(known, on="task_id", how="left", maintain_order="left")
    joined = joined.join(planned, on="task_id", how="left", maintain_order="left")
    has = pl.when(pl.col("status").is_in(["assigned", "in_progress"])).then("agent_id")
    return joined.select(
        *("task_id", "status", "process", "segment", "start_at", "end_at"),
        *(pl.coalesce(f"{name} built", name).alias(name) for name in added),
        agent=pl.coalesce(has, "planned"),
    )


def _capacity(build: Build, snapshot: Snapshot, policy: Policy) -> pl.DataFrame:
    """The minutes of each hour that may be planned, by agent."""
    problem, grain_s = build.problem, policy.time.grain_s
    people = np.arange(problem.n_agents)
    frames = [pl.DataFrame(schema={"agent": pl.String, "hour": pl.Datetime("us", "UTC"), "minutes": pl.Float64})]
    for number in range(_HOURS):
        begin, end = (min(problem.horizon, n * 3600 // grain_s) for n in (number, number + 1))
        grains = problem.clocks.capacity(people, np.full(len(people), end)) - problem.clocks.capacity(
            people, np.full(len(people), begin)
        )
        hour = pl.lit(snapshot.as_of + number * _HOUR).cast(pl.Datetime("us", "UTC"))
        minutes = pl.Series(grains * grain_s / 60, dtype=pl.Float64)
        frames.append(pl.DataFrame({"agent": problem.agent_ids}).with_columns(hour=hour, minutes=minutes))
    return pl.concat(frames, how="vertical_relaxed")


def _run(publication: Publication, now: datetime) -> dict[str, Any]:
    return {
        "version": publication.version,
        "run_id": publication.run_id,
        "as_of": publication.as_of,
        "age_minutes": round((now - publication.as_of).total_seconds() / 60, 1),
        "has_report": _has_report(publication),
    }


def _has_report(publication: Publication) -> bool:
    """Whether the published run is still there and has a page."""
    try:
        published_run(publication)
    except AllotError:
        return False
    return (publication.folder / "report.html").is_file()
