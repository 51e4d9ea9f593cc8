"""A snapshot read whole: found, matched, typed, checked, and refused when too much of it is broken."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from data.losses import losses
from data.period import read_period
from data.presence import with_presence
from data.refusals import all_lost, no_rows, strict_refusal, too_many
from data.restrictions import restrict_nobody_knows_whom, restrictions
from data.schemas import TABLES
from data.snapshot import Snapshot
from data.sources import open_source
from data.unmet import skills_nobody_has
from data.validate import Checked, validate
from models import SnapshotError

if TYPE_CHECKING:
    from data.sources import Source


def read_snapshot(
    source: "Source",
    *,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | datetime | None = None,
    strict: bool = False,
    max_reject_share: Fraction | float = Fraction(1, 20),
    allow_empty: bool = False,
    grain_s: int | None = 60,
) -> Snapshot:
    """The snapshot in a folder, an .xlsx workbook, or a mapping of table names to polars or pandas frames.

    A mapping may hold ``snapshot``: a mapping of as_of, horizon_end or horizon, and timezone.
    ``as_of`` and ``horizon`` (a length such as ``10h``, or the moment it ends) count instead of what
    the source says. Rows that break a rule are set aside in ``rejects``. ``grain_s`` is the policy's grain in
    seconds; without one, it is not looked at who has working time: :func:`with_presence` does.

    Raises:
        SnapshotError: the source cannot be read as a snapshot; or a row breaks a rule and ``strict``; or more than
            ``max_reject_share`` of a table's rows do, and more than 20 of tasks or one of another table; or a row
            set aside restricts nobody knows whom. Unless ``allow_empty``, also: tasks, agents or shifts have no
            rows, a table loses all its rows, or nobody has working time while there are tasks to plan.
    """
    found = open_source(source)
    period = read_period(found.settings, found.settings_origin, as_of=as_of, horizon=horizon)
    if not allow_empty and (empty := no_rows(found.tables)):
        raise SnapshotError("\n".join(empty))
    checked = validate(found.tables, period.timezone)
    rejects = pl.concat([table.rejects for table in checked.values()])
    origins = {name: found.tables[name].origin if name in found.tables else name for name in TABLES}
    if strict and rejects.height:
        raise SnapshotError(strict_refusal(rejects, origins), rejects=rejects)
    pairs, shifts = checked["pairs"].aside, checked["shifts"].aside
    refused = [
        *(too_much := too_many(checked, max_reject_share, origins)).values(),
        *(text for name, text in all_lost(checked, origins).items() if not allow_empty and name not in too_much),
        *restrict_nobody_knows_whom(pairs, shifts, origins),
    ]
    if refused:
        raise SnapshotError("\n".join(refused), rejects=rejects)
    restricted = restrictions(pairs, shifts, period.as_of, period.horizon_end)
    warnings = [warning for table in checked.values() for warning in table.warnings]
    notices = [*found.notices, *(notice for raw in found.tables.values() for notice in raw.notices)]
    snapshot = Snapshot(
        as_of=period.as_of,
        horizon_end=period.horizon_end,
        timezone=period.timezone,
        tasks=checked["tasks"].good,
        processes=checked["processes"].good,
        agents=checked["agents"].good,
        agent_skills=checked["agent_skills"].good,
        shifts=checked["shifts"].good,
        pairs=checked["pairs"].good,
        excluded=restricted.excluded,
        taken=restricted.taken,
        set_aside={"pairs": pairs, "shifts": shifts},
        rejects=rejects,
        warnings=(*found.warnings, *period.warnings, *warnings, *_unmet(checked)),
        rows_read={name: table.rows_read for name, table in checked.items()},
        inputs=found.inputs,
        origins=origins,
        notices=(*losses(checked, restricted, period, origins), *notices),
    )
    return snapshot if grain_s is None else with_presence(snapshot, grain_s, allow_empty=allow_empty)


def _unmet(checked: Mapping[str, Checked]) -> list[str]:
    return skills_nobody_has(*(checked[name].good for name in ("tasks", "processes", "agent_skills")))
