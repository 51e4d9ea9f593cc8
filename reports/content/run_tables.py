"""The long tables of a run: the plan, the people, what is not planned, the rejected rows, the policy."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from models import AGENT, AGENTS_TABLE, PLACES, PLAN_TABLE, UNPLANNED_TABLE, parse_duration
from reports.content.headline import LEFT_OVER, lost_by_lateness, utilization, was_overdue, worth
from reports.content.table import Column, Table, columns, passed
from reports.content.view import RunView
from reports.words.language import _
from reports.words.wording import HOURS_NOTE, OUTCOMES, Unit, policy_meaning, reason_words, unit_title

SPLITS: Mapping[str, str] = {level: f"{level}s" for level in (*reversed(PLACES), AGENT)}
"""What lists may be split by, with the folder they are written to."""


def plan_table(view: RunView) -> Table:
    """The planned tasks by agent and sequence, late ones marked."""
    frame, further = passed(view.plan, PLAN_TABLE.names, view.timezone)
    people = view.agents.select("agent_id", **{"@agent_name": "name", "@agent_team": "team"})
    late = pl.col("outcome") == "late"
    words = {outcome: _(text) for outcome, text in OUTCOMES.items()}
    lateness = (pl.col("end_at") - pl.col("due_at")).dt.total_seconds() / 60
    frame = frame.join(people, on="agent_id", how="left", maintain_order="left").sort("agent_id", "sequence")
    frame = frame.with_columns(
        late.alias("@late"),
        pl.when(late).then(lateness.ceil()).alias("@late_minutes"),
        pl.when(late & was_overdue(view))
        .then(pl.lit(words["overdue"]))
        .otherwise(pl.col("outcome").replace(words))
        .alias("@outcome"),
        pl.when(pl.col("pinned").cast(pl.Boolean)).then(pl.lit(_("yes"))).alias("@pinned"),
        lost_by_lateness(view).alias("@lost"),
    )
    shape = (
        "agent_id", "@agent_name", "@agent_team", "sequence", "task_id", "process", "start_at", "end_at",
        "minutes", "due_at", "@outcome", "@late_minutes", "payoff", "value", "penalty", "@pinned", "tenant",
        "department", "segment", "channel",
    )  # fmt: skip
    rest = _("{file} (and in {csv} of a run with --csv)", file="plan.parquet", csv="plan.csv")
    return Table(_("Plan"), frame, (*columns(*shape), *further), marks="@late", rest=rest)


def risk_table(view: RunView) -> Table:
    """The tasks planned to finish no more than the policy's warning margin before their due time, closest first."""
    margin = view.run.policy.warning_margin
    plan = plan_table(view)
    spare = (pl.col("due_at") - pl.col("end_at")).alias("@spare")
    frame = (
        plan.frame.with_columns(spare)
        .filter(~pl.col("@late"), pl.col("@spare") <= parse_duration(margin))
        .with_columns(pl.col("@spare").dt.total_minutes().alias("@spare_minutes"), worth(view).alias("@worth"))
        .sort("@spare", "due_at", "task_id")
    )
    shape = (
        "@spare_minutes", "task_id", "process", "agent_id", "@agent_name", "@agent_team", "start_at", "end_at",
        "due_at", "@worth", "penalty", "tenant", "segment", "channel",
    )  # fmt: skip
    note = _(
        "Tasks that are planned to be on time with {margin} to spare or less: a small delay makes them late.",
        margin=margin,
    )
    return Table(_("SLA risk"), frame, columns(*shape), rest="plan.parquet", note=note)


def agent_table(view: RunView) -> Table:
    """The people with their time and load, by id."""
    frame, further = passed(view.agents, AGENTS_TABLE.names, view.timezone)
    free = (pl.col("capacity_minutes") - pl.col("planned_minutes")) / 60
    frame = frame.sort("agent_id").with_columns(
        utilization("planned_minutes", "working_minutes"), free.alias("@free_hours")
    )
    shape = (
        "agent_id", "name", "team", "site", "organisation", "working_minutes", "capacity_minutes",
        "planned_minutes", "@utilization", "@free_hours", "tasks", "late", "first_start", "last_end",
    )  # fmt: skip
    return Table(_("Agents"), frame, (*columns(*shape), *further), rest=_("the snapshot"))


def unplanned_table(view: RunView) -> Table:
    """The unplanned tasks with their reasons, those that could have earned or saved most first."""
    frame, further = passed(view.unplanned, UNPLANNED_TABLE.names, view.timezone)
    words = {reason: reason_words(reason)[0] for reason in frame["reason"].unique().sort()}
    could_earn = pl.when(pl.col("reason").is_in(LEFT_OVER)).then(pl.col("@worth")).otherwise(0.0)
    frame = (
        frame.with_columns(
            worth(view).alias("@worth"),
            pl.col("reason").replace(words).alias("@reason"),
            view.messages.all_said(frame["detail"]),
        )
        .with_columns((could_earn - pl.col("payoff")).alias("@stake"))
        .sort("@stake", "@worth", "task_id", descending=[True, True, False])
    )
    shape = (
        "task_id", "process", "@reason", "detail", "due_at", "@worth", "payoff", "value", "penalty", "tenant",
        "department", "segment", "channel",
    )  # fmt: skip
    rest = _("{file} (and in {csv} of a run with --csv)", file="unplanned.parquet", csv="unplanned.csv")
    return Table(_("Unplanned"), frame, (*columns(*shape), *further), rest=rest)


def hours_table(view: RunView) -> Table | None:
    """What one more hour of work is worth, highest first; ``None`` if the run has no prices."""
    if view.hours is None:
        return None
    needs = pl.when(pl.col("requirement") == "").then(pl.lit(_("no skill"))).otherwise("requirement")
    frame = view.hours.with_columns(needs.alias("@needs"), (pl.col("minutes_asked") / 60).alias("@asked_hours"))
    per_hour = Column("points_per_hour", _("{unit} per hour", unit=unit_title(view.run)), Unit.POINTS)
    shape = (*columns("@needs", "from_time", "until_time"), per_hour, *columns("agents", "@asked_hours"))
    return Table(_("What one more hour is worth"), frame, shape, rest="hours.parquet", note=_(HOURS_NOTE))


def reject_table(view: RunView) -> Table:
    """The rows that were set aside, as found."""
    frame = view.rejects.with_columns(view.messages.all_said(view.rejects["message"])).rename({"value": "@bad_value"})
    shape = ("table", "row", "id", "column", "rule", "@bad_value", "message")
    return Table(_("Rejected rows"), frame, columns(*shape), rest="rejects.csv")


def policy_table(view: RunView) -> Table:
    """The whole policy, key by key, with the meaning of each."""
    keys = list(settings(view.run.policy.settings))
    frame = pl.DataFrame(
        {
            "@key": [key for key, _value in keys],
            "@setting": [value for _key, value in keys],
            "@meaning": [policy_meaning(key) for key, _value in keys],
        },
        schema={"@key": pl.String, "@setting": pl.String, "@meaning": pl.String},
    )
    return Table(_("Policy"), frame, columns("@key", "@setting", "@meaning"), rest="run.json")


def settings(policy: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys with their values as text."""
    for key, value in policy.items():
        if isinstance(value, Mapping):
            yield from settings(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value if isinstance(value, str) else json.dumps(value, default=str)
