"""Writes many changes at once: what `apply_operations` does with rows of a table on known tasks, column by column.

Only the usual case: tasks that wait in the queue and belong to the source, rows without a version or a moment, and no
rules. All others take the ordinary path. Both paths write the same rows.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import known_keys
from data.intake.bulk import EVENT, EXTRA, LEAST, PLAIN, event_columns, numbered
from data.intake.form import Formed
from data.intake.operations import OutcomeKind, version_of
from data.intake.state import SAME_CONTENT
from data.store.further import have_texts
from data.store.rows import among, insert_rows, read_frame, update_rows
from data.store.tables import STATUS_OF_NAMED, TASK_COLUMNS, event, task
from data.tables.schemas import DTYPES

_WAITS = r'^\{((?:"shared":true,)?)"last":\[(-?\d+),\d+\]\}$'  # the state of a task to which nothing special happened
_OWN = {column.name: DTYPES[column.kind] for column in TASK_COLUMNS}
_ROW, _SAME, _KNOWN = "\0row", "\0same", "\0known "


def write_changes(
    connection: Connection, formed: Formed, now: datetime, *, keys_are_new: bool = False
) -> tuple[pl.Series, int]:
    """Writes those of the rows, all prepared, that change a waiting task or repeat what it is.

    Returns which these are, and how many change something.
    """
    frame = formed.frame
    none = frame[PLAIN] & False
    if formed.rows.cleared is not None:
        return none, 0
    usual = frame[PLAIN] & frame["version"].is_null() & frame["at"].is_null()
    if usual.sum() < LEAST:
        return none, 0
    found = _with_known(connection, frame.with_row_index(_ROW).filter(usual), formed, now)
    if not keys_are_new and found.height:
        repeated = known_keys(connection, formed.terms.source, found["key"].to_list())
        found = found.filter(~pl.col("key").is_in(list(repeated)))
    if found.height < LEAST:
        return none, 0
    rows = numbered(connection, found)
    _write(connection, formed, rows, now)
    return none.scatter(rows[_ROW], True), rows.height - int(rows[_SAME].sum())


def _with_known(connection: Connection, frame: pl.DataFrame, formed: Formed, now: datetime) -> pl.DataFrame:
    """The rows on tasks that wait, with what is known of the task, and whether that is the same."""
    own = [name for name in _OWN if name in formed.values]
    types = {"task_id": pl.String(), EXTRA: pl.String(), "state": pl.String(), **{name: _OWN[name] for name in own}}
    columns = [task.c.task_id, task.c.extra, task.c.state, *(task.c[name] for name in own)]
    chosen = sa.select(*columns).where(
        among(connection, task.c.task_id, frame["task_id"].to_list()),
        task.c.source == formed.terms.source,
        STATUS_OF_NAMED == "queued",
        task.c.set_by == "{}",
    )
    known = read_frame(connection, chosen, types)
    known = known.rename({name: _KNOWN + name for name in known.columns if name != "task_id"})
    both = frame.join(known, on="task_id", maintain_order="left")
    both = both.filter(pl.col(_KNOWN + "state").str.extract(_WAITS, 2).cast(pl.Int64) <= version_of(now))
    equal = [pl.col(name).eq_missing(pl.col(_KNOWN + name)) for name in own]
    alike = both.select(pl.all_horizontal(pl.lit(value=True), *equal)).to_series()
    fits, same = _compared(alike, both[EXTRA], both[_KNOWN + EXTRA], set(formed.values))
    return both.with_columns(same.alias(_SAME)).filter(fits)


def _compared(
    alike: pl.Series, ours: pl.Series, theirs: pl.Series, names: Collection[str]
) -> tuple[pl.Series, pl.Series]:
    """Whether each row brings all columns of the source that its task has, and whether all its values are the same.

    ``alike``: whether those that are columns of tasks are; the others are ``ours`` and ``theirs``, as JSON.
    """
    equal, usual = ours == theirs, have_texts(theirs, names)
    doubtful = (~equal & (alike | ~usual)).arg_true()
    read = [(json.loads(ours[row]), json.loads(theirs[row])) for row in doubtful]
    fits = (equal | usual).scatter(doubtful, [before.keys() <= set(names) for _, before in read])
    same = equal.scatter(doubtful, [after == before for after, before in read])
    return fits, alike & same


def _write(connection: Connection, formed: Formed, rows: pl.DataFrame, now: datetime) -> None:
    """Writes the rows as events, then what has become of their tasks."""
    events, alike = event_columns(rows, formed, now)
    outcome = pl.when(rows[_SAME]).then(pl.lit(SAME_CONTENT.kind.value)).otherwise(pl.lit(OutcomeKind.APPLIED.value))
    reason = pl.when(rows[_SAME]).then(pl.lit(SAME_CONTENT.reason)).otherwise(pl.lit(""))
    alike = {name: value for name, value in alike.items() if name not in ("outcome", "reason")}
    insert_rows(connection, event, events.with_columns(outcome=outcome, reason=reason), alike)
    place = [pl.lit(version_of(now)), pl.lit(","), pl.col(EVENT)]
    shared = pl.col(_KNOWN + "state").str.extract(_WAITS, 1)
    rows = rows.with_columns(
        state=pl.concat_str(pl.lit("{"), shared, pl.lit('"last":['), *place, pl.lit("]}")),
        changed_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
        extra=pl.col(EXTRA),
    )
    still, changed = rows.filter(_SAME), rows.filter(~pl.col(_SAME))
    own = [name for name in (*_OWN, "extra") if name in changed.columns and _differs(changed, name)]
    _update(connection, still, ["state", "changed_at"])
    _update(connection, changed, ["state", "changed_at", *own])


def _differs(rows: pl.DataFrame, name: str) -> bool:
    """Whether any of the rows changes a column; where none does, it need not be handed over."""
    return not rows[name].equals(rows[_KNOWN + (EXTRA if name == "extra" else name)])


def _update(connection: Connection, rows: pl.DataFrame, names: Sequence[str]) -> None:
    if rows.height:
        update_rows(connection, task, "task_id", rows.select("task_id", *names))
