"""The key figures of a run, computed once for workbook, page and terminal."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from models import WEIGHT_FIELDS, RunRecord
from reports.content.proof import is_refuted
from reports.content.table import Column, Table, columns
from reports.content.view import RunView
from reports.words.language import _, counted
from reports.words.wording import (
    PROOFS,
    PROVERS,
    REASONS,
    STOPS,
    Unit,
    in_words,
    reason_words,
    shown,
    unit_of,
    unit_title,
)

LEFT_OVER = ("outbid", "no_places", "no_time", "no_skill")
"""The reasons of tasks that more people, time or skills could have had done."""


@dataclass(frozen=True)
class Total:
    """A number of tasks, and their points in total; fines are negative."""

    tasks: int
    points: float


@dataclass(frozen=True)
class Fact:
    """One figure with its label; ``note`` says what it means."""

    label: str
    value: float | str | None
    kind: Unit = Unit.TEXT
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """The figures of a run; minutes of all agents together, fines in points.

    ``late_fresh`` are late tasks that were not overdue when planning began, ``late_overdue`` those that were.
    ``reasons`` has the tasks not planned, in the order of :data:`reports.words.wording.REASONS`. ``utilization`` is
    planned per working minute, ``None`` when nobody works.
    """

    tasks: int
    rejected: int
    on_time: Total
    late_fresh: Total
    late_overdue: Total
    reasons: Mapping[str, Total]
    late_fines: float
    unplanned_fines: float
    people: int
    working_minutes: float
    capacity_minutes: float
    planned_minutes: float
    utilization: float | None

    @property
    def late(self) -> int:
        """All late tasks."""
        return self.late_fresh.tasks + self.late_overdue.tasks

    @property
    def unplanned(self) -> int:
        """All tasks that are neither planned nor rejected."""
        return sum(total.tasks for total in self.reasons.values())

    @property
    def left_over(self) -> int:
        """Unplanned tasks that could be done with more people, time or skills."""
        return sum(total.tasks for reason, total in self.reasons.items() if reason in LEFT_OVER)


def key_figures(view: RunView) -> Figures:
    """The figures of a run: rejected rows and minutes as in run.json, the rest added up from the frames."""
    counts, time = view.run.counted, view.run.people_time
    overdue = view.plan.select(was_overdue(view)).to_series()
    late = view.plan["outcome"] == "late"
    reasons = dict(view.unplanned.partition_by("reason", as_dict=True, maintain_order=True))
    found = {str(reason): _total(frame) for (reason,), frame in reasons.items()}
    rest = _totals_of_rest(view)
    for state in rest.keys() - {"on_time", "late", "overdue"}:
        found[state] = _sum(found.get(state), rest.get(state))
    unplanned = view.rest.filter(~pl.col("state").is_in(["on_time", "late", "overdue"]))
    order = [*REASONS, *sorted(set(found) - set(REASONS))]
    return Figures(
        tasks=counts.tasks,
        rejected=counts.rejected,
        on_time=_sum(_total(view.plan.filter(~late)), rest.get("on_time")),
        late_fresh=_sum(_total(view.plan.filter(late & ~overdue)), rest.get("late")),
        late_overdue=_sum(_total(view.plan.filter(late & overdue)), rest.get("overdue")),
        reasons={reason: found[reason] for reason in order if reason in found},
        late_fines=float(view.plan.filter(late & ~overdue)["penalty"].sum())
        + float(view.rest.filter(state="late")["penalty"].sum()),
        unplanned_fines=abs(float(view.unplanned["payoff"].sum()) + float(unplanned["payoff"].sum())),
        people=view.agents.height,
        working_minutes=time.working_minutes,
        capacity_minutes=time.capacity_minutes,
        planned_minutes=time.planned_minutes,
        utilization=time.utilization if time.working_minutes else None,
    )


def _total(tasks: pl.DataFrame) -> Total:
    return Total(tasks.height, float(tasks["payoff"].sum()))


def _totals_of_rest(view: RunView) -> dict[str, Total]:
    """The totals of tasks that are in no frame, by how they end."""
    by_state = view.rest.group_by("state").agg(pl.col("tasks", "payoff").sum())
    return {state: Total(int(tasks), float(points)) for state, tasks, points in by_state.iter_rows()}


def _sum(some: Total | None, others: Total | None) -> Total:
    there = [total for total in (some, others) if total is not None]
    return Total(sum(total.tasks for total in there), sum(total.points for total in there))


def was_overdue(view: RunView) -> pl.Expr:
    """Whether a task was overdue when planning began."""
    return (pl.col("due_at") <= view.as_of).fill_null(False)


def worth(view: RunView) -> pl.Expr:
    """The value of each task times the policy's weights, in points."""
    result = pl.col("value").fill_null(0.0)
    for field in WEIGHT_FIELDS:
        weights = view.run.policy.weights(field)
        if weights:
            factors = [float(weight) for weight in weights.values()]
            result *= pl.col(field).replace_strict(list(weights), factors, default=1.0)
    return result


def lost_by_lateness(view: RunView) -> pl.Expr:
    """How much more a late task that was not overdue would earn on time with the same agent, in points."""
    share = view.run.policy.late_share
    lost = worth(view) * (1 - share) + pl.col("penalty").fill_null(0.0)
    return pl.when((pl.col("outcome") == "late") & ~was_overdue(view)).then(lost)


def outcome_table(view: RunView, figures: Figures) -> Table:
    """The outcomes of all tasks read, in parts that add up."""
    parts = [
        (_("On time"), figures.on_time, _("finished by the due time, or has none")),
        (_("Late"), figures.late_fresh, _("finished after the due time")),
        (_("Late, overdue before"), figures.late_overdue, _("the due time had passed when planning began")),
    ]
    for reason, total in figures.reasons.items():
        what, meaning = reason_words(reason)
        parts.append((_("Not planned: {reason}", reason=what), total, meaning))
    parts.append((_("Rejected"), Total(figures.rejected, 0.0), _("bad data, not part of this plan")))
    points = sum(total.points for _, total, _ in parts)
    total_row = _("All tasks")
    parts.append((total_row, Total(figures.tasks, points), _("every task row of the snapshot")))
    frame = pl.DataFrame(
        {
            "@what": [what for what, _, _ in parts],
            "tasks": [total.tasks for _, total, _ in parts],
            "@share": [total.tasks / figures.tasks if figures.tasks else None for _, total, _ in parts],
            "@points": [total.points for _, total, _ in parts],
            "@meaning": [meaning for _, _, meaning in parts],
            "@total": [what == total_row for what, _, _ in parts],
        },
        schema_overrides={"@share": pl.Float64},
    )
    earned = Column("@points", unit_title(view.run), Unit.POINTS)
    shape = (*columns("@what", "tasks", "@share"), earned, *columns("@meaning"))
    return Table(_("Tasks"), frame, shape, marks="@total")


def team_table(view: RunView) -> Table:
    """The teams with their hours and utilization, the most utilized first."""
    minutes = {"@working_hours": "working_minutes", "@planned_hours": "planned_minutes"}
    teams = (
        view.agents.with_columns(pl.col("team").fill_null(_("(no team)")))
        .group_by("team")
        .agg(
            pl.len().alias("@people"),
            *((pl.col(column).sum() / 60).alias(name) for name, column in minutes.items()),
            pl.col("tasks").sum(),
            pl.col("late").sum(),
        )
        .with_columns(utilization("@planned_hours", "@working_hours"))
        .sort("@utilization", "team", descending=[True, False], nulls_last=True)
    )
    shape = ("team", "@people", "@utilization", "@planned_hours", "@working_hours", "tasks", "late")
    return Table(_("Utilization by team"), teams, columns(*shape))


def utilization(planned: str, working: str) -> pl.Expr:
    """Planned per working time, null where nobody works."""
    return pl.when(pl.col(working) > 0).then(pl.col(planned) / pl.col(working)).alias("@utilization")


def headline_facts(view: RunView, figures: Figures) -> tuple[Fact, ...]:
    """The five most important figures of a run."""
    bound = view.run.bound
    best = _("best possible: not usable") if is_refuted(view.run) else _("best possible: not known")
    if bound is not None:
        best = _("best possible {points}", points=shown(bound, Unit.POINTS))
    overdue = figures.late_overdue.tasks
    late = _("{n} of them overdue before", n=f"{overdue:,}") if overdue else _("none of them overdue before")
    planned, working = (shown(m / 60, Unit.COUNT) for m in (figures.planned_minutes, figures.working_minutes))
    return (
        Fact(_("Value of the plan"), view.run.objective, Unit.POINTS, best),
        Fact(_("On time"), figures.on_time.tasks, Unit.COUNT, counted(figures.tasks, "of {n} task", "of {n} tasks")),
        Fact(_("Late"), figures.late, Unit.COUNT, late if figures.late else _("nothing is late")),
        Fact(
            _("Not planned"),
            figures.unplanned,
            Unit.COUNT,
            _("{n} for want of people or time", n=f"{figures.left_over:,}"),
        ),
        Fact(
            _("Utilization"),
            figures.utilization,
            Unit.SHARE,
            _("{planned} of {working} working hours", planned=planned, working=working),
        ),
    )


def value_facts(view: RunView, figures: Figures) -> tuple[Fact, ...]:
    """The value of the plan compared with the best possible."""
    run = view.run
    bound, points = run.bound, Unit.POINTS
    best = _("no upper limit was proved")
    if is_refuted(run):
        best = _("the upper limit stated is below the value of a plan, and not usable")
    if bound is not None:
        source = in_words(PROVERS, run.bound_source)
        best = _("no plan that keeps the rules is worth more; proved by {source}", source=source)
    gap = None if bound is None else bound - run.objective
    return (
        Fact(_("This plan"), run.objective, points, _("{unit}, the sum over all tasks", unit=unit_of(run))),
        Fact(_("Best possible"), bound, points, best),
        Fact(_("Gap"), gap, points, _("a better plan could be worth this much more at most")),
        Fact(_("Gap as a share"), run.gap, Unit.SHARE, _("of the best possible value")),
        Fact(_("All work left undone"), run.empty_objective, points, _("what it would cost to plan nothing")),
        Fact(_("Fines of late tasks"), figures.late_fines, points, _("already taken off the value of this plan")),
        Fact(_("Fines of tasks not planned"), figures.unplanned_fines, points, _("already taken off, too")),
    )


def people_facts(figures: Figures) -> tuple[Fact, ...]:
    """How people's time is used."""
    hours = Unit.HOURS
    return (
        Fact(_("People"), figures.people, Unit.COUNT),
        Fact(_("Working hours"), figures.working_minutes / 60, hours, _("shifts less breaks and reserved time")),
        Fact(_("Available hours"), figures.capacity_minutes / 60, hours, _("the part of them that may be planned")),
        Fact(_("Planned hours"), figures.planned_minutes / 60, hours),
        Fact(_("Utilization"), figures.utilization, Unit.SHARE, _("planned of the working hours")),
    )


def run_facts(view: RunView) -> tuple[Fact, ...]:
    """How the plan was made."""
    run = view.run
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        Fact(_("Run"), run.run_id),
        Fact(_("Engine"), run.engine, note=view.messages.said(run.engine_reason)),
        Fact(_("Ended because"), in_words(STOPS, run.stop)),
        Fact(_("Proof"), in_words(PROOFS, run.proof)),
        Fact(_("Checked"), check_sentence(run)),
        Fact(_("Random seed"), str(run.seed)),
        Fact(_("Made with"), versions),
        *(Fact(_("Input {name}", name=name), f"sha256 {digest}") for name, digest in run.inputs.items()),
    )


def check_sentence(run: RunRecord) -> str:
    """The result of the check before writing; `allot check` is a different one, which recomputes everything."""
    if run.check.ok:
        return _("the plan keeps every rule, and its points add up")
    return _("THE PLAN BREAKS RULES ({n} listed): do not use it", n=f"{len(run.check.violations):,}")
