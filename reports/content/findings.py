"""Findings: the few things in a run that a planner should look at first, most serious first."""

from dataclasses import dataclass, replace

import polars as pl

from models import FIRING, RED
from reports.content.headline import key_figures
from reports.content.proof import is_refuted
from reports.content.run_tables import agent_table, plan_table, unplanned_table
from reports.content.table import Table, columns
from reports.content.view import RunView
from reports.content.watched import alert_table, target_table
from reports.words.language import _, counted, listed
from reports.words.wording import Unit, shown, unit_of

SHOWN = 5
"""Rows that stand for the others."""
IDLE_HOURS = 0.5
"""An agent with more free time than this is worth a look while work is left: half an hour."""


@dataclass(frozen=True)
class Finding:
    """Something to look at: what it is, what it means, and the rows that show it best, if any."""

    title: str
    advice: str
    table: Table | None = None
    grave: bool = False


def findings(view: RunView) -> tuple[Finding, ...]:
    """All findings of a run; may be empty."""
    of_the_plan = (
        _broken_rules,
        _false_proof,
        _alerts,
        _targets,
        _late,
        _left_out,
        _without_places,
        _processes,
        _unskilled,
        _waiting,
        _idle,
    )
    tried = (*of_the_plan, _rejects, _warnings)
    return tuple(found for look in tried if (found := look(view)) is not None)


def _broken_rules(view: RunView) -> Finding | None:
    """The violations the check found."""
    if view.run.check.ok:
        return None
    violations = [view.messages.said(violation) for violation in view.run.check.violations]
    title = counted(
        len(violations), "The plan breaks rules: {n} violation listed", "The plan breaks rules: {n} violations listed"
    )
    advice = _("Do not use this plan. This is a defect of the program.")
    return Finding(title, advice, _list(violations), grave=True)


def _false_proof(view: RunView) -> Finding | None:
    """A bound that cannot be one."""
    if not is_refuted(view.run):
        return None
    title = _("What the run states as the best possible value is less than a plan is worth")
    return Finding(title, _("Nothing is proved of this plan. Run `allot check`, and plan again."), grave=True)


def _alerts(view: RunView) -> Finding | None:
    """Alerts that fire with the figures of this run."""
    table = alert_table(view)
    fires = pl.DataFrame() if table is None else table.frame.filter("@fires")
    if table is None or fires.is_empty():
        return None
    red = any(alert.state == FIRING and alert.severity == RED for alert in view.run.alerts or ())
    title = counted(fires.height, "{n} alert fires", "{n} alerts fire")
    advice = _("As allot.toml says. `allot alerts list` shows them, `allot alerts act` keeps what is done about one.")
    return Finding(title, advice, replace(table, frame=fires.head(SHOWN)).without("@state"), grave=red)


def _targets(view: RunView) -> Finding | None:
    """Targets of the day that this run misses."""
    table = target_table(view)
    missed = pl.DataFrame() if table is None else table.frame.filter("@missed")
    if table is None or missed.is_empty():
        return None
    title = counted(missed.height, "{n} target of the day is missed", "{n} targets of the day are missed")
    met = sum(target.met is True for target in view.run.targets or ())
    advice = _("{met} of {all} are met.", met=met, all=table.height)
    return Finding(title, advice, replace(table, frame=missed.head(SHOWN)).without("@met"))


def _late(view: RunView) -> Finding | None:
    """Tasks that could still have been on time when planning began, and will be late."""
    plan = plan_table(view)
    late = plan.frame.filter(pl.col("@lost").is_not_null()).sort("@lost", "task_id", descending=[True, False])
    if late.is_empty():
        return None
    lost = shown(float(late["@lost"].sum()), Unit.POINTS)
    shape = ("task_id", "process", "agent_id", "@agent_name", "due_at", "end_at", "@late_minutes", "@lost")
    title = counted(
        late.height,
        "{n} task will be late without having been overdue",
        "{n} tasks will be late without having been overdue",
    )
    advice = _("On time they would earn {points} {unit} more. The costliest:", points=lost, unit=unit_of(view.run))
    return Finding(title, advice, _first("Late", late, *shape))


def _left_out(view: RunView) -> Finding | None:
    """Tasks somebody could do, and that are left out."""
    left = unplanned_table(view).frame.filter(pl.col("reason").is_in(["outbid", "no_time"]))
    if left.is_empty():
        return None
    shape = ("task_id", "process", "@reason", "due_at", "@worth", "payoff")
    title = counted(left.height, "{n} task left out for want of time", "{n} tasks left out for want of time")
    advice = _("{worth} The most valuable:", worth=_worth(left, unit_of(view.run)))
    return Finding(title, advice, _first("Left out", left, *shape))


def _without_places(view: RunView) -> Finding | None:
    """Tasks whose people may have no more."""
    left = unplanned_table(view).frame.filter(pl.col("reason") == "no_places")
    if left.is_empty():
        return None
    shape = ("task_id", "process", "due_at", "@worth", "payoff")
    title = counted(left.height, "{n} task left out for want of places", "{n} tasks left out for want of places")
    advice = _("Everybody who could do them has max_tasks tasks. {worth}", worth=_worth(left, unit_of(view.run)))
    return Finding(title, advice, _first("Left out", left, *shape))


def _processes(view: RunView) -> Finding | None:
    """Where outbid work piles up."""
    outbid = unplanned_table(view).frame.filter(pl.col("reason") == "outbid")
    if outbid["process"].n_unique() < 2:
        return None
    advice = _("More hours of people with these skills would gain most.")
    return Finding(_("Where work is outbid most"), advice, _by_process(outbid))


def _unskilled(view: RunView) -> Finding | None:
    """Tasks nobody may do."""
    unskilled = unplanned_table(view).frame.filter(pl.col("reason") == "no_skill")
    if unskilled.is_empty():
        return None
    title = counted(unskilled.height, "{n} task that nobody may do", "{n} tasks that nobody may do")
    advice = _(
        "{worth} Train or lend somebody, or correct the skills asked for and the exclusions.",
        worth=_worth(unskilled, unit_of(view.run)),
    )
    return Finding(title, advice, _by_process(unskilled))


def _idle(view: RunView) -> Finding | None:
    """People with free time while work is left."""
    left = key_figures(view).left_over
    idle = agent_table(view).frame.filter(pl.col("@free_hours") > IDLE_HOURS)
    if not left or idle.is_empty():
        return None
    idle = idle.sort("@free_hours", "agent_id", descending=[True, False])
    title = _(
        "{people} more than half an hour free, {hours} in all, while {tasks} left",
        people=counted(idle.height, "{n} person has", "{n} people have"),
        hours=counted(round(float(idle["@free_hours"].sum())), "{n} hour", "{n} hours"),
        tasks=counted(left, "{n} task is", "{n} tasks are"),
    )
    if view.run.proof == "optimal":
        advice = _(
            "Work that is left needs skills they lack, is closed to them, does not fit when they are free, or costs "
            "more than it earns. The most free:"
        )
    else:
        advice = _(
            "Work that is left needs skills they lack, is closed to them, does not fit when they are free, or costs "
            "more than it earns; a longer search might still place some of it. The most free:"
        )
    shape = ("agent_id", "name", "team", "@free_hours", "@utilization")
    return Finding(title, advice, _first("Free", idle, *shape))


def _waiting(view: RunView) -> Finding | None:
    """People with free time while work waits that they have the skills for."""
    idle = view.run.idle
    if not idle:
        return None
    title = _(
        "{people} idle for {hours} in all, while {tasks} that they have the skills for",
        people=counted(idle.people, "{n} person is", "{n} people are"),
        hours=counted(round(idle.hours), "{n} hour", "{n} hours"),
        tasks=counted(idle.tasks, "{n} task waits", "{n} tasks wait"),
    )
    advice = _(
        "It does not fit when they are free, or would earn less with them. The most free: {agents}; waiting: {tasks}.",
        agents=listed(idle.agents),
        tasks=listed(idle.examples),
    )
    return Finding(title, advice)


def _rejects(view: RunView) -> Finding | None:
    """Rows to correct in the source."""
    if view.rejects.is_empty():
        return None
    groups = (
        view.rejects.group_by("table", "rule", "column", maintain_order=True)
        .agg(pl.len().alias("@rows"), pl.col("message").first().alias("@example"))
        .sort("@rows", descending=True, maintain_order=True)
    )
    groups = groups.with_columns(view.messages.all_said(groups["@example"]))
    title = counted(view.rejects.height, "{n} row of the snapshot set aside", "{n} rows of the snapshot set aside")
    advice = _("Correct them in the source; every one is on the sheet Rejected rows and in rejects.csv.")
    return Finding(title, advice, _first("Rejected", groups, "table", "rule", "column", "@rows", "@example"))


def _warnings(view: RunView) -> Finding | None:
    """What the run warned of."""
    warnings = [view.messages.said(warning) for warning in view.run.warnings]
    if not warnings:
        return None
    title = counted(len(warnings), "{n} warning", "{n} warnings")
    return Finding(title, _("The run took note and went on."), _list(warnings))


def _by_process(tasks: pl.DataFrame) -> Table:
    """Tasks, worth and fines of the processes with the most to gain."""
    groups = tasks.group_by("process").agg(
        pl.len().alias("tasks"), pl.col("@worth").sum(), pl.col("payoff").sum().abs().alias("@fines")
    )
    groups = groups.sort(pl.col("@worth") + pl.col("@fines"), "process", descending=[True, False])
    return _first("Processes", groups, "process", "tasks", "@worth", "@fines")


def _first(title: str, frame: pl.DataFrame, *names: str) -> Table:
    """The first rows of a frame as a table."""
    return Table(title, frame.head(SHOWN), columns(*names))


def _list(lines: list[str]) -> Table:
    """Lines of text, the first of them."""
    more = [_("and {n} more", n=f"{len(lines) - 4 * SHOWN:,}")] if len(lines) > 4 * SHOWN else []
    frame = pl.DataFrame({"message": lines[: 4 * SHOWN] + more}, schema={"message": pl.String})
    return Table("Messages", frame, columns("message"))


def _worth(tasks: pl.DataFrame, unit: str) -> str:
    """What doing the tasks on time would be worth, and what leaving them costs."""
    value, fines = float(tasks["@worth"].sum()), abs(float(tasks["payoff"].sum()))
    points = shown(value, Unit.POINTS)
    if not fines:
        return _("Their value is {points} {unit}.", points=points, unit=unit)
    return _(
        "Their value is {points} {unit}, and leaving them costs {fines} in fines.",
        points=points,
        unit=unit,
        fines=shown(fines, Unit.POINTS),
    )
