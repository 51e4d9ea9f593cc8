"""`allot cycle`, the command for cron: takes in, makes a snapshot of the task list, plans it, hands the plan out.

Each stage reports its result. A failed stage stops later ones only if they depend on it: if a source is down, what it
has sent before is planned nevertheless.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from data import OutcomeKind, held, is_stale, parse_duration
from models import AllotError, CheckError, Observer, silent
from reports import change_lines, notice_lines, quality_phrase
from scheduler.alerts import counts_of, look, watch_by, worded
from scheduler.audit import audit_folder
from scheduler.config import Config, opened_store
from scheduler.cycle.planning import Planning, folder_beside, plan_near
from scheduler.cycle.retention import NAME, clear_left_behind, remove_runs_before
from scheduler.cycle.snapshot import take_snapshot
from scheduler.handout import Handout
from scheduler.history import catch_up, note_earlier
from scheduler.intake import age_in_words, max_ages, run_intake
from scheduler.publishing import distribute, publish_run, published_run
from scheduler.run.request import SNAPSHOT


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The result of a stage: numbers by name, and a line for people."""

    name: str
    ok: bool
    seconds: float = 0
    counts: Mapping[str, int | float] = field(default_factory=dict)
    message: str = ""

    def record(self) -> dict[str, object]:
        """The stage as JSON."""
        return {
            "name": self.name,
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "counts": dict(self.counts),
            "message": self.message,
        }


@dataclass(frozen=True)
class Cycle:
    """A finished cycle: the run it wrote, or the error because of which there is none."""

    stages: tuple[Stage, ...]
    run: Path | None = None
    error: Exception | None = None


def run_cycle(
    config: Config,
    planning: Planning,
    *,
    as_of: datetime,
    horizon: str | None = None,
    tell: Callable[[Stage], None] = lambda stage: None,
    observer: Observer = silent,
) -> Cycle:
    """Runs all stages, one cycle at a time.

    Raises:
        LockError: another cycle is running.
    """
    runs = config.path(config.runs.folder)
    runs.mkdir(parents=True, exist_ok=True)
    with held(runs / "cycle", f"another cycle is running, with its runs in {runs}; wait until it has ended"):
        clear_left_behind(runs)
        out = runs / f"{as_of.astimezone(UTC):{NAME}}"
        note_earlier(out, config.file)
        return _Course(config, planning, tell).go(out, as_of, horizon, observer)


class _Course:
    """The stages of one cycle, each reported when it ends."""

    def __init__(self, config: Config, planning: Planning, tell: Callable[[Stage], None]) -> None:
        self._config, self._tell = config, tell
        self._watched = replace(planning, options={**planning.options, "watch": watch_by(config)})
        self._stages: list[Stage] = []
        self._unreached: list[str] = []

    def go(self, out: Path, as_of: datetime, horizon: str | None, observer: Observer) -> Cycle:
        self._stage("intake", self._take_in)
        with folder_beside(out) as folder:
            failed = self._stage("snapshot", lambda: self._list(folder, as_of, horizon))
            if failed is None:
                failed = self._stage("plan", lambda: self._plan(folder, out, observer))
        if failed is None:
            self._use(out, as_of)
        self._stage("alerts", lambda: _looked(self._config))  # also without a run, which is something to be told
        return Cycle(tuple(self._stages), error=failed) if failed else Cycle(tuple(self._stages), run=out)

    def _use(self, out: Path, as_of: datetime) -> None:
        """Checks the run, remembers it, hands it out, and removes runs that are too old."""
        if self._stage("check", lambda: _checked(out)) is None:
            self._stage("history", lambda: _remembered(self._config, out))
            if self._config.cycle.publish:
                self._hand_out(out)
        if self._config.runs.keep is not None:
            keep = parse_duration(self._config.runs.keep)
            self._stage("prune", lambda: self._pruned(out.parent, as_of - keep))

    def _hand_out(self, out: Path) -> None:
        """Makes the run the current plan, and tells the outlets."""
        outlets = [name for name, outlet in self._config.outlet.items() if outlet.cycle]
        if self._stage("publish", lambda: _published(self._config, out)) is None:
            self._stage("distribute", lambda: _distributed(self._config, outlets))

    def _stage(self, name: str, work: Callable[[], Stage]) -> Exception | None:
        """Runs a stage and reports its result; returns the error that ended it, if any."""
        began, failed = time.monotonic(), None
        try:
            done = work()
        except (AllotError, OSError) as error:
            failed = error
            done = Stage(name=name, ok=False, message=str(error))
        told = replace(done, seconds=time.monotonic() - began)
        self._stages.append(told)
        self._tell(told)
        return failed

    def _take_in(self) -> Stage:
        counts = {kind.value: 0 for kind in OutcomeKind}
        said = []
        with opened_store(self._config) as store:
            Handout(self._config, store).settle()
            for taken in run_intake(self._config, store):
                for name, count in taken.counts.by_outcome.items():
                    counts[name] += count
                said += [f"{taken.source}: {line}" for line in (*taken.said, *([taken.fault] if taken.fault else []))]
                if taken.fault:
                    self._unreached.append(taken.source)
        return Stage(name="intake", ok=not self._unreached, counts=counts, message="; ".join(said))

    def _list(self, folder: Path, as_of: datetime, horizon: str | None) -> Stage:
        taken = take_snapshot(self._config, folder, as_of=as_of, horizon=horizon)
        allowed = max_ages(self._config)
        stale = [
            f"what {name} has sent is {age_in_words(age)} old"
            for name, age in taken.ages.items()
            if name in self._unreached or is_stale(age, allowed.get(name))
        ]
        return Stage(
            name="snapshot", ok=True, counts=dict(taken.rows), message="; ".join([*stale, *filter(None, [taken.held])])
        )

    def _published(self) -> Path | None:
        """Where the current plan is, if there is one and it is still what was published."""
        from data import current_publication

        try:
            with opened_store(self._config) as store, store.reading() as connection:
                publication = current_publication(connection)
            if publication is not None:
                published_run(publication)
                return publication.folder
        except AllotError:  # then the last run will do
            pass
        return None

    def _pruned(self, runs: Path, moment: datetime) -> Stage:
        published = self._published()
        removed = remove_runs_before(moment, runs, [published] if published else [])
        return Stage(name="prune", ok=True, counts={"removed": removed})

    def _plan(self, folder: Path, out: Path, observer: Observer) -> Stage:
        result, how = plan_near(self._watched, folder, out, observer, self._published())
        said = result.record
        counts: dict[str, int | float] = {"objective": said.objective}
        if said.counts is not None:
            counts = {"planned": said.counts.planned, "unplanned": said.counts.unplanned, **counts}
        view = result.view()
        good = [quality_phrase(said), *change_lines(view)[:1]]
        lost = notice_lines(said.notices, view.messages)
        return Stage(name="plan", ok=True, counts=counts, message="; ".join([how, *good, *lost]))


def _checked(out: Path) -> Stage:
    report = audit_folder(out / SNAPSHOT, out)
    if not report.ok:
        raise CheckError(f"{out} breaks a rule: run `allot check {out / SNAPSHOT} {out}` to see why")
    return Stage(name="check", ok=True)


def _remembered(config: Config, out: Path) -> Stage:
    """Adds the run to the history, and those of cycles that came to no end, and works out what was done."""
    from data import refresh_actuals

    with opened_store(config) as store:
        added = catch_up(config, store, out)
        with store.writing() as connection:
            tasks = refresh_actuals(connection)
    counts = {"runs": sum(one.is_new for one in added), "tasks": tasks}
    faults = [one.fault for one in added if one.fault]
    return Stage(name="history", ok=not faults, counts=counts, message="; ".join(faults))


def _published(config: Config, out: Path) -> Stage:
    done = publish_run(config, out, checked=True)
    counts = {"version": done.publication.version, "changed": done.changed, "withdrawn": done.withdrawn}
    return Stage(name="publish", ok=True, counts=counts, message="" if done.is_new else "was the current plan already")


def _distributed(config: Config, outlets: Sequence[str]) -> Stage:
    """Tells the outlets; one that fails keeps its rows for the next cycle."""
    if not outlets:
        return Stage(name="distribute", ok=True, message="no outlet is configured")
    counts, said, ok = {"rows": 0, "withdrawn": 0, "left": 0}, [], True
    for handed in distribute(config, outlets):
        for name in counts:
            counts[name] += getattr(handed, name)
        said += [f"{handed.outlet}: {line}" for line in (*handed.said, *([handed.fault] if handed.fault else []))]
        ok &= handed.fault is None
    return Stage(name="distribute", ok=ok, counts=counts, message="; ".join(said))


def _looked(config: Config) -> Stage:
    """Looks for what is to be told; what could not be delivered is delivered by the next cycle or check."""
    if not config.alert:
        return Stage(name="alerts", ok=True, message="none is configured")
    looked = look(config)
    said = [] if looked.message is None else [str(worded(looked.message, config.timezone)["subject"])]
    said += [f"{one.notify}: {one.fault}" for one in looked.delivered if one.fault]
    counts = {**counts_of(looked.alerts), "waiting": sum(one.left for one in looked.delivered)}
    ok = all(one.fault is None for one in looked.delivered)
    return Stage(name="alerts", ok=ok, counts=counts, message="; ".join(said))
