"""Reads a whole snapshot: finds, matches, converts and checks its tables, and refuses it if too much is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.calendars import Calendars, read_calendars
from data.snapshot.beside import with_sheets_beside
from data.snapshot.losses import losses
from data.snapshot.period import Period, read_period
from data.snapshot.presence import with_presence
from data.snapshot.refusals import all_lost, no_rows, strict_refusal, too_many
from data.snapshot.restrictions import restrict_nobody_knows_whom, restrictions
from data.snapshot.snapshot import Snapshot
from data.snapshot.unmet import requirements_of, skills_nobody_has
from data.snapshot.validate import Checked, validate, value_rejects
from data.sources.sources import Found, open_source
from data.tables.faults import SourceError, collected
from data.tables.places import placed, placed_notice
from data.tables.schemas import TABLES
from models import SnapshotError

if TYPE_CHECKING:
    from data.sources.sources import Source


def read_snapshot(
    source: "Source",
    *,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | datetime | None = None,
    strict: bool = False,
    max_reject_share: Fraction | float = Fraction(1, 20),
    allow_empty: bool = False,
    grain_s: int | None = 60,
    calendars: Mapping[str, object] | None = None,
    defaults: Mapping[str, object] | None = None,
) -> Snapshot:
    """Reads the snapshot in a folder, an .xlsx workbook, or a mapping of table names to polars or pandas frames.

    A mapping may hold ``snapshot``: a mapping of as_of, horizon_end or horizon, and timezone.
    ``as_of`` and ``horizon`` (a length such as ``10h``, or its end as a moment) override those of
    the source; ``defaults`` are a ``timezone`` and a ``horizon`` where the source has none. Rows that break a rule
    are set aside in ``rejects``. ``grain_s`` is the policy's grain in seconds; without it, working time is not checked
    here but by :func:`with_presence`. ``calendars`` are the tables ``[calendar.NAME]`` of the policy, that processes
    may name.

    Raises:
        SnapshotError: the source cannot be read as a snapshot, or a calendar; or a row breaks a rule and ``strict``;
            or more than ``max_reject_share`` of a table's rows do, and more than 20 of tasks or one of another table;
            or a row set aside does not say whom it restricts. Unless ``allow_empty``, also: tasks, agents or shifts
            have no rows, a table loses all its rows, or nobody has working time while there are tasks to plan.
    """
    known = calendars_of(calendars or {})
    found = open_source(source)
    period = period_of(found, as_of, horizon, defaults)
    complete(found, period)
    if not allow_empty and (empty := no_rows(found.tables)):
        raise SnapshotError("\n".join(empty))
    checked = validate(found.tables, period.timezone, known.by_name)
    asked = requirements_of(checked["tasks"].good, checked["processes"].good)
    terms = Accepting(strict=strict, max_reject_share=max_reject_share, allow_empty=allow_empty)
    snapshot = accepted(found, period, known, checked, asked, terms)
    return snapshot if grain_s is None else with_presence(snapshot, grain_s, allow_empty=allow_empty)


class Accepting(NamedTuple):
    """How much may be wrong with a snapshot: as the parameters of :func:`read_snapshot` say."""

    strict: bool
    max_reject_share: Fraction | float
    allow_empty: bool


def complete(found: Found, period: Period) -> None:
    """Adds the rows of sheets beside the tables to these.

    Raises:
        SourceError: something in the sheets is certainly wrong.
    """
    found.tables, faults = with_sheets_beside(found.tables, found.beside, found.matrix, period)
    if faults:
        raise SourceError(faults)


def accepted(
    found: Found,
    period: Period,
    known: Calendars,
    checked: Mapping[str, Checked],
    asked: pl.DataFrame,
    terms: Accepting,
) -> Snapshot:
    """The snapshot of checked tables; ``asked`` is what its tasks require.

    Raises:
        SnapshotError: too much of it is set aside.
    """
    found_at = {name: placed(checked[name].rejects, checked[name].wrongs, raw) for name, raw in found.tables.items()}
    told = {**checked, **{name: replace(checked[name], rejects=rejects) for name, (rejects, _) in found_at.items()}}
    rejects = pl.concat([table.rejects for table in told.values()])
    places = {row: place for raw in found.tables.values() for row, place in raw.places.items()}
    origins = {name: found.tables[name].origin if name in found.tables else name for name in TABLES}
    origins |= found.origins_beside
    if terms.strict and rejects.height:
        raise SnapshotError(strict_refusal(rejects, origins), rejects=rejects)
    pairs, shifts = checked["pairs"].aside, checked["shifts"].aside
    refused = [
        *(too_much := too_many(told, terms.max_reject_share, origins)).values(),
        *(text for name, text in all_lost(told, origins).items() if not terms.allow_empty and name not in too_much),
        *restrict_nobody_knows_whom(pairs, shifts, origins, places),
    ]
    if refused:
        raise SnapshotError("\n".join(refused), rejects=rejects)
    restricted = restrictions(pairs, shifts, period.as_of, period.horizon_end)
    warnings = [warning for table in checked.values() for warning in table.warnings]
    beside = [warning for raw in found.beside.values() for warning in raw.warnings]
    lost = (placed_notice(notice, places, origins) for notice in losses(checked, restricted, period, origins))
    notices = [*lost, *found.notices, *(notice for raw in found.tables.values() for notice in raw.notices)]
    unmet = skills_nobody_has(asked, checked["agent_skills"].good)
    return Snapshot(
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
        reject_messages=tuple(message for _, messages in found_at.values() for message in messages),
        warnings=(*found.warnings, *period.warnings, *beside, *warnings, *unmet),
        rows_read={name: table.rows_read for name, table in checked.items()},
        inputs=found.inputs,
        origins=origins,
        notices=tuple(notices),
        places=places,
        calendars=known,
    )


def period_of(
    found: Found,
    as_of: str | datetime | None,
    horizon: str | timedelta | datetime | None,
    defaults: Mapping[str, object] | None = None,
) -> Period:
    """The period of a source without faults.

    Raises:
        SourceError: all that is wrong with it, its settings and cells that cannot be read included.
    """
    faults, settings, origin = list(found.faults), found.settings, found.settings_origin
    if settings is None:
        raise SourceError(faults)
    period = collected(faults, lambda: read_period(settings, origin, as_of=as_of, horizon=horizon, defaults=defaults))
    if period is None or faults:
        zone = "UTC" if period is None else period.timezone
        tables = found.tables.values() if found.faults else ()
        cells = [str(message) for raw in tables for message in placed(*value_rejects(raw, zone), raw)[1]]
        raise SourceError([*faults, *cells])
    return period


def calendars_of(tables: Mapping[str, object]) -> Calendars:
    """The calendars of a policy.

    Raises:
        SnapshotError: one of them cannot be read.
    """
    calendars, faults = read_calendars(tables)
    if faults:
        raise SnapshotError("\n".join(faults))
    return calendars
