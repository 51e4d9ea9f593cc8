"""What the groups of a plan come to together: sums, people, key figures, and tables too long for memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from data import Snapshot, write_tables
from models import (
    AGENTS_TABLE,
    BoundSource,
    CheckResult,
    Code,
    Counts,
    IdlePeople,
    InternalError,
    Message,
    PartsRecord,
    Prices,
    RunRecord,
    Stop,
    bound_of_parts,
    message_table,
    relative_gap,
)
from reports import as_text, figures_of, sums_together
from scheduler.parts.hours import hours_together
from scheduler.parts.jobs import Told
from scheduler.parts.view import Shared, View
from scheduler.run import written
from scheduler.run.account import Totals
from scheduler.run.certificates import certificate
from scheduler.run.idle import NAMED, Spare, idle_record
from scheduler.run.key_figures import calendars_of, hour_value_of, people_of
from scheduler.run.request import Request

_LONG = ("plan", "unplanned", "messages")
"""The tables of a run that are as long as its snapshot."""


def totals_of(
    shared: Shared,
    people: View,
    told: Sequence[Told],
    prices: Prices,
    agents: pl.DataFrame,
    hours: pl.DataFrame | None,
    request: Request,
    rounds: int,
) -> Totals:
    """What a plan in parts comes to; its run adds the stages' times, and what else is to be warned of."""
    kept = [each.kept for each in told if each.kept is not None]
    bound = None
    if len(kept) == len(told):
        bound = bound_of_parts(people.problem, prices, sum(each.left for each in told), sum(kept))
    objective = sum(each.objective for each in told)
    used = sorted({name for each in told for name in each.calendars})
    return Totals(
        engine="scale" if request.engine == "auto" else request.engine,
        engine_reason=Message(Code.IN_PARTS, n=len(told)),
        stop=_stop(objective, bound, request),
        objective=objective,
        bound=bound,
        bound_source=BoundSource.NONE if bound is None else BoundSource.CERTIFICATE,
        empty=sum(each.empty for each in told),
        counts=_counts(shared, told),
        agents=people_of(agents),
        hour_value=hour_value_of(hours),
        timings=(),
        checked=_checked(told, bound, objective),
        warnings=_left_out(told),
        calendars=calendars_of(people.snapshot, used) or None,
        parts=PartsRecord(groups=len(told), rounds=rounds),
    )


def _counts(shared: Shared, told: Sequence[Told]) -> Counts:
    rejects = shared.snapshot.people.rejects
    planned, late = sum(each.planned for each in told), sum(each.late for each in told)
    return Counts(
        tasks=shared.snapshot.people.rows_read["tasks"],
        rejected=rejects.filter(pl.col("table") == "tasks").height,
        plannable=shared.snapshot.plannable,
        planned=planned,
        on_time=planned - late,
        late=late,
        unplanned=sum(each.unplanned for each in told),
    )


def _stop(objective: int, bound: int | None, request: Request) -> Stop:
    if bound is not None and bound == objective:
        return Stop.OPTIMAL
    if request.cancelled.is_set():
        return Stop.INTERRUPTED
    if bound is not None and relative_gap(bound, objective) <= request.gap:
        return Stop.GAP
    return Stop.TIME if request.effort is None else Stop.EFFORT


def _checked(told: Sequence[Told], bound: int | None, objective: int) -> CheckResult:
    """The checks of the groups: each has all tasks of its people, and none that another has."""
    if bound is not None and objective > bound:
        raise InternalError(f"a plan worth {objective} stands above its bound {bound}")
    return CheckResult(
        violations=tuple(violation for each in told for violation in each.checked.violations),
        total=sum(each.checked.total for each in told),
        objective=objective,
    )


def _left_out(told: Sequence[Told]) -> tuple[Message, ...]:
    """What workbook and page leave out."""
    each = (sum(group.planned for group in told), sum(group.unplanned for group in told))
    left = sum(max(0, tasks - written.LISTED) for tasks in each)
    files = {"plan": "plan.parquet", "unplanned": "unplanned.parquet", "workbook": "plan.xlsx", "page": "report.html"}
    return (Message(Code.TASKS_NOT_LISTED, n=left, **files),) if left else ()


def idle_of(people: View, told: Sequence[Told], spare: Spare) -> IdlePeople | None:
    """Who is idle while work of any group waits."""
    idle = np.any([each.idle for each in told], axis=0)
    examples = pl.concat([each.examples for each in told]).sort("row").head(NAMED)["task_id"].to_list()
    return idle_record(people.problem, spare, idle, sum(each.waiting for each in told), examples)


def hours_of(people: View, told: Sequence[Told]) -> pl.DataFrame | None:
    """What one more hour is worth; ``None`` where values are too large for a proof."""
    found = [each.hours for each in told if each.hours is not None]
    return hours_together(people, found) if len(found) == len(told) else None


def agents_of(places: Sequence[Path], people: View) -> pl.DataFrame:
    """The table of all agents, in the order of the snapshot."""
    found = pl.concat([pl.read_parquet(place / "agents.parquet") for place in places])
    order = people.build.agents.select("agent_id")
    return order.join(found, on="agent_id", how="left", maintain_order="left").select(AGENTS_TABLE.names)


def kpis_of(said: RunRecord, told: Sequence[Told], agents: pl.DataFrame) -> pl.DataFrame:
    """The key figures of all groups together."""
    first = told[0].facts
    planned = pl.DataFrame([each.facts.periods["planned_minutes"].alias(str(each.group)) for each in told])
    facts = replace(
        first,
        agents=agents,
        asked=pl.concat([each.facts.asked for each in told]).unique(maintain_order=True),
        periods=first.periods.with_columns(planned_minutes=planned.sum_horizontal()),
    )
    return figures_of(said, sums_together([each.sums for each in told]), facts)


def messages_of(said: RunRecord, snapshot: Snapshot) -> pl.DataFrame:
    """The messages of all texts that do not stand in the long tables."""
    places = (notice.place for notice in snapshot.notices)
    return message_table(
        (*said.warnings, said.engine_reason, *said.check.violations, *places, *snapshot.reject_messages)
    )


def single_tables(
    people: View,
    prices: Prices,
    agents: pl.DataFrame,
    kpis: pl.DataFrame,
    hours: pl.DataFrame | None,
    messages: pl.DataFrame,
) -> Mapping[str, pl.DataFrame]:
    """The tables of a run that are not put together from those of its groups."""
    return {
        "rejects": people.snapshot.rejects,
        "certificate": certificate(people.problem, prices, prices.fee_of_time),
        "agents": agents,
        "kpis": kpis,
        **({} if hours is None else {"hours": hours}),
        "messages": messages,
    }


def write_together(folder: Path, places: Sequence[Path], single: Mapping[str, pl.DataFrame]) -> None:
    """Writes the tables of a run into its folder, the long ones from those of its groups without reading them whole."""
    write_tables(folder, {name: table for name, table in single.items() if name != "messages"}, as_text)
    for name in _LONG:
        frames = [pl.scan_parquet(place / f"{name}.parquet") for place in places]
        own = [single[name].lazy()] if name in single else []
        pl.concat([*own, *frames]).sink_parquet(folder / f"{name}.parquet")
