"""Who has working time in the period at all; nobody, while there is work to plan, refuses a snapshot."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from data.snapshot.build import PLANNABLE, restricted_shifts, working_grains
from data.snapshot.refusals import ALLOW_EMPTY
from data.snapshot.snapshot import Snapshot
from data.tables.cells import row_name
from data.tables.places import placed_notice
from data.tables.schemas import ROW
from models import Code, Notice, SnapshotError

_SHOWN = 3
_TOLD = (Code.AGENTS_WITHOUT_TIME, Code.AGENTS_BLOCKED)


def with_presence(snapshot: Snapshot, grain_s: int, *, allow_empty: bool, plannable: int | None = None) -> Snapshot:
    """The snapshot with notices of the people who have no working grain in the period, said once.

    ``plannable`` tasks there are to plan, by default those of the snapshot.

    Raises:
        SnapshotError: nobody has one while tasks are plannable, unless ``allow_empty``.
    """
    if snapshot.horizon_end - snapshot.as_of < timedelta(seconds=grain_s):
        return snapshot  # not one grain: refused for that when it is built
    people = snapshot.agents.select("agent_id", ROW)
    absent = people.filter(working_grains(snapshot, restricted_shifts(snapshot), grain_s) == 0)
    blocked = snapshot.taken
    if not blocked.is_empty():
        there = people.filter(working_grains(snapshot, snapshot.shifts, grain_s) > 0)
        now = (pl.col("start") < snapshot.horizon_end) & (pl.col("end") > snapshot.as_of)
        blocked = blocked.filter(now).join(absent, on="agent_id", how="semi", maintain_order="left")
        blocked = blocked.join(there, on="agent_id", how="semi", maintain_order="left")
    if absent.height == people.height and not allow_empty:
        if plannable is None:
            plannable = int(snapshot.tasks["status"].is_in(PLANNABLE).sum())
        if plannable:
            raise SnapshotError(_refusal(snapshot, plannable, blocked), rejects=snapshot.rejects)
    whom = blocked.unique("agent_id", keep="first", maintain_order=True)
    notices = [
        Notice(
            code=code,
            count=rows.height,
            of=people.height,
            table=table,
            place=snapshot.origins[table],
            names=tuple(rows["agent_id"].head(_SHOWN)),
            rows=tuple(rows[ROW].head(_SHOWN)),
        )
        for code, table, rows in (
            (Code.AGENTS_WITHOUT_TIME, "agents", absent),
            (Code.AGENTS_BLOCKED, "shifts", whom),
        )
        if rows.height
    ]
    told = (placed_notice(notice, snapshot.places, snapshot.origins) for notice in notices)
    others = (notice for notice in snapshot.notices if notice.code not in _TOLD)
    return replace(snapshot, notices=(*others, *told))


def _refusal(snapshot: Snapshot, plannable: int, blocked: pl.DataFrame) -> str:
    zone = ZoneInfo(snapshot.timezone)

    def local(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

    period = f"from {local(snapshot.as_of)} to {local(snapshot.horizon_end)}"
    who = f"none of the {snapshot.agents.height:,} people" if snapshot.agents.height else "nobody"
    tasks = "1 task is" if plannable == 1 else f"{plannable:,} tasks are"
    shifts, origin = snapshot.shifts.filter(pl.col("kind") == "work"), snapshot.origins["shifts"]
    if blocked.height:
        named = (row_name(row, snapshot.places) for row in blocked[ROW].head(_SHOWN))
        rows = ", ".join(named) + (", ..." if blocked.height > _SHOWN else "")
        why = f"mend what takes it from them: {origin}, rows {rows}"
    elif shifts.height:
        first, last = (local(moment) for moment in shifts.select(pl.col("start").min(), pl.col("end").max()).row(0))
        why = f"the work in {origin} lies between {first} and {last}: is as_of right?"
    else:
        why = f"{origin} has no rows of work"
    return f"{who} has any working time {period}, while {tasks} to be planned; {why} ({ALLOW_EMPTY})"
