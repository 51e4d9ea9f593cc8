"""Two runs side by side: the figures of each, and which people and tasks changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from models import ENTERPRISE, LEVELS
from reports.comparison.differences import Difference, change_order, plan_changes
from reports.content.proof import is_refuted, without_false_proof
from reports.content.run_tables import settings
from reports.content.view import RunView
from reports.words.language import _, listed
from reports.words.notices import notice_lines
from reports.words.wording import moment

ABSENT = "absent"
"""The state of a task that a run does not have: it was finished before, or came later."""
_RANKS = {"on_time": 2, "late": 1}
"""How good an outcome is; a task that is not planned has 0."""
_PEOPLE = ("planned_minutes", "working_minutes", "tasks", "late")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two runs and their differences.

    ``figures`` has level, key and measure with the figure ``before`` and ``after`` and the ``difference``; ``tasks``
    the columns of :func:`reports.plan_changes` with the state in each run (an outcome, a reason or ``absent``),
    whether that is better or worse (``effect``), process, due time and what is gained (``gain``, in points);
    ``agents`` the people with their load in each run, and how many tasks they gained, lost and do at another time.
    What a run does not have is null.
    """

    before: RunView
    after: RunView
    figures: pl.DataFrame
    tasks: pl.DataFrame
    agents: pl.DataFrame

    def __repr__(self) -> str:
        runs = f"{self.before.run.run_id} with {self.after.run.run_id}"
        return f"Comparison({runs}: {self.tasks.height} tasks changed)"

    @cached_property
    def counts(self) -> Mapping[Difference, int]:
        """How many tasks changed in which way."""
        found = dict(self.tasks.group_by("change").len().iter_rows())
        return {change: found.get(change.value, 0) for change in Difference}

    @cached_property
    def people_changed(self) -> int:
        """The number of people whose day has changed: a task more, a task less, or one at another time."""
        moved = self.tasks.filter(pl.col("change") != Difference.OUTCOME.value)
        return pl.concat([moved["from_agent"], moved["to_agent"]]).drop_nulls().n_unique()

    @cached_property
    def whole(self) -> Mapping[str, tuple[float | None, float | None]]:
        """Each measure of the enterprise, before and after."""
        rows = self.figures.filter(pl.col("level") == ENTERPRISE).select("measure", "before", "after")
        return {measure: (before, after) for measure, before, after in rows.iter_rows()}

    @property
    def like(self) -> bool:
        """Whether both runs solve the same problem, so that a bound of the one holds for the other."""
        return not list(_differences(self.before, self.after))

    def warnings(self) -> list[str]:
        """The differences between the runs before any planning, in words."""
        return [*_differences(self.before, self.after), *_broken(self), *_refuted(self), *_lacking(self)]


def compare_runs(before: RunView, after: RunView) -> Comparison:
    """Compares an earlier and a later run, or any two.

    If both solve the same problem, the bound of each has to be at least the value of both.
    """
    if not list(_differences(before, after)):
        values = [view.run.objective for view in (before, after)]
        before, after = (_beside(view, values) for view in (before, after))
    tasks = _tasks(before, after)
    return Comparison(before, after, _figures(before, after), tasks, _agents(before, after, tasks))


def _beside(view: RunView, values: list[float]) -> RunView:
    """The run without claims that values of the same problem refute."""
    run, kpis = without_false_proof(view.run, view.kpis, *values)
    return replace(view, run=run, kpis=kpis)


def _figures(before: RunView, after: RunView) -> pl.DataFrame:
    """Every key figure of either run, in the order of levels, keys and measures."""
    where = ["level", "key", "measure"]
    measures = pl.concat([before.kpis["measure"], after.kpis["measure"]]).unique(maintain_order=True)
    first, second = (
        view.kpis.select(*where, pl.col("value").alias(side)) for view, side in ((before, "before"), (after, "after"))
    )
    both = first.join(second, on=where, how="full", coalesce=True)
    order = (pl.col("level").cast(pl.Enum(list(LEVELS))), "key", pl.col("measure").cast(pl.Enum(measures)))
    return both.with_columns(difference=pl.col("after") - pl.col("before")).sort(order)


def _tasks(before: RunView, after: RunView) -> pl.DataFrame:
    """The changed tasks with their state in both runs and what the change gains."""
    changes = plan_changes(before.plan, after.plan)
    for view, side in ((before, "from"), (after, "to")):
        changes = changes.join(_states(view, side), on="task_id", how="left", maintain_order="left")
    rank = {side: pl.col(f"{side}_state").replace_strict(_RANKS, default=0) for side in ("from", "to")}
    in_both = (pl.col("from_state") != ABSENT) & (pl.col("to_state") != ABSENT)
    zone = after.plan.schema["start_at"].time_zone  # type: ignore[attr-defined]  # polars: start_at is a Datetime
    return (
        changes.with_columns(pl.col("from_state", "to_state").fill_null(ABSENT))
        .select(
            *changes.columns[:8],
            "from_state",
            "to_state",
            pl.when(in_both & (rank["to"] > rank["from"]))
            .then(pl.lit("better"))
            .when(in_both & (rank["to"] < rank["from"]))
            .then(pl.lit("worse"))
            .alias("effect"),
            pl.coalesce("to_process", "from_process").alias("process"),
            pl.coalesce("to_due", pl.col("from_due").dt.convert_time_zone(zone)).alias("due_at"),
            (pl.col("to_payoff") - pl.col("from_payoff")).round(2).alias("gain"),
        )
        .sort(change_order(), "gain", "task_id", nulls_last=True)
    )


def _states(view: RunView, side: str) -> pl.DataFrame:
    """How each task ends in a run, its process and due time, and what it earns."""
    states = [(view.plan, "outcome"), (view.unplanned, "reason")]
    columns = {"state": "", "process": "process", "due": "due_at", "payoff": "payoff"}
    return pl.concat(
        frame.select("task_id", *(pl.col(column or state).alias(f"{side}_{name}") for name, column in columns.items()))
        for frame, state in states
    )


def _agents(before: RunView, after: RunView, tasks: pl.DataFrame) -> pl.DataFrame:
    """Everybody in either run, those whose day changed most first."""
    first, second = (
        view.agents.select("agent_id", *_PEOPLE).rename({name: f"{side}_{name}" for name in _PEOPLE})
        for view, side in ((before, "from"), (after, "to"))
    )
    names = pl.concat([view.agents.select("agent_id", "name", "team") for view in (after, before)])
    moved = tasks.filter(pl.col("change") != Difference.OUTCOME.value, pl.col("change") != Difference.MOVED.value)
    retimed = tasks.filter(pl.col("change") == Difference.MOVED.value)
    changed = {
        "lost": moved.group_by(agent_id="from_agent").len("lost"),
        "gained": moved.group_by(agent_id="to_agent").len("gained"),
        "moved": retimed.group_by(agent_id="to_agent").len("moved"),
    }
    people = names.unique("agent_id", keep="first", maintain_order=True)
    for frame in (first, second, *changed.values()):
        people = people.join(frame, on="agent_id", how="left", maintain_order="left")
    return people.with_columns(pl.col(*changed).fill_null(0)).sort(
        pl.col("lost") + pl.col("gained"), "moved", "agent_id", descending=[True, True, False]
    )


def _differences(before: RunView, after: RunView) -> Iterator[str]:
    """In what the problems of two runs differ."""
    if before.as_of != after.as_of:
        yield _("they begin at different moments: {before} and {after}", **_moments(before.as_of, after.as_of))
    if before.horizon_end != after.horizon_end:
        yield _(
            "they end at different moments: {before} and {after}", **_moments(before.horizon_end, after.horizon_end)
        )
    if files := _unlike(before.run.inputs, after.run.inputs):
        yield _("their snapshots differ: {files}", files=listed(files))
    keys = _unlike(*(dict(settings(view.run.policy.settings)) for view in (before, after)))
    if keys := [key for key in keys if not key.startswith("report.")]:
        yield _("their policies differ: {keys}", keys=listed(keys))
    if before.edits != after.edits:
        yield _("their edits or frozen work differ")


def _moments(before: datetime, after: datetime) -> dict[str, str]:
    return {"before": moment(before), "after": moment(after)}


def _unlike(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names that do not have the same in both."""
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def _refuted(comparison: Comparison) -> Iterator[str]:
    for view in (comparison.before, comparison.after):
        if is_refuted(view.run):
            yield _(
                "the upper limit that run {run} states is below the value of a plan, and not usable: nothing is proved",
                run=view.run.run_id,
            )


def _lacking(comparison: Comparison) -> Iterator[str]:
    for view in (comparison.before, comparison.after):
        for notice in notice_lines(view.run.notices, view.messages):
            yield _("run {run}: {notice}", run=view.run.run_id, notice=notice)


def _broken(comparison: Comparison) -> Iterator[str]:
    for view in (comparison.before, comparison.after):
        if not view.run.check.ok:
            yield _("the plan of run {run} breaks rules: do not use it", run=view.run.run_id)
