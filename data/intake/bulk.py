"""Writes many new tasks at once: what `apply_operations` does with creates of unknown tasks, column by column.

All other operations, and doubtful ones, take the ordinary path. Both paths write the same rows.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.codec import values_text
from data.intake.form import FAULT, Formed
from data.intake.operations import AHEAD, OperationKind, OutcomeKind, Ruled, Ruling, version_of
from data.intake.rulebook import usable
from data.intake.sound import LONGEST_ID, LONGEST_TEXT, fault_of_values
from data.intake.state import WAITING
from data.store.rows import among, insert_rows
from data.store.tables import TASK_COLUMNS, event, failure, task

LEAST = 50
"""The least number of rows for which this is worth its effort."""

_NO_TEXT = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_SPECIAL = r'[\x00-\x1f"\\]'
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
EVENT, PLAIN, CONTENT, EXTRA = "\0event", "\0plain", "\0content", "\0extra"
"""Columns of prepared rows: the number of the event, whether it may create a task at once, its values as JSON, those
of them that are not columns of tasks.
"""
_IDS = ("task_id", "capture_id", "key", "agent_id")
_OWN = tuple(column.name for column in TASK_COLUMNS)


def _spoken_of(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the tasks about which there are operations."""
    chosen = sa.select(event.c.task_id).where(among(connection, event.c.task_id, ids))
    return set(connection.execute(chosen).scalars())


def repeated_keys(connection: Connection, source: str, keys: Sequence[str]) -> set[str]:
    """The keys that have arrived before."""
    first = event.c.repeat_of.is_(None) & (event.c.source == source)
    chosen = sa.select(event.c.key).where(among(connection, event.c.key, keys) & first)
    return set(connection.execute(chosen).scalars())


def recorded_repeats(connection: Connection, source: str, rows: pl.DataFrame) -> set[str]:
    """The keys of rows that have arrived twice, and the second time was recorded."""
    about = among(connection, event.c.task_id, rows["task_id"].unique().to_list())
    chosen = sa.select(event.c.key).where(about, event.c.repeat_of.is_not(None), event.c.source == source)
    return set(connection.execute(chosen).scalars())


def prepared(formed: Formed) -> Formed:
    """The rows with all that is needed to write new tasks and can be worked out without the store."""
    frame = formed.frame
    if PLAIN in frame.columns:
        return formed
    special = _special(frame, (*_IDS, *formed.values))
    texts = _in_json(frame, formed.values, special)
    content = _whole(formed.values) if formed.rows.cleared is None else _object(formed.values)
    extra = _object([name for name in formed.values if name not in _OWN])
    made = texts.select(content.alias(CONTENT), extra.alias(EXTRA))
    return replace(formed, frame=frame.with_columns(_is_plain(formed, special).alias(PLAIN), *made))


def _is_plain(formed: Formed, special: Collection[str]) -> pl.Series:
    """The rows that create one task each, without a fault or other peculiarity."""
    frame = formed.frame
    ids, texts = _IDS, [name for name in (*_IDS, *formed.values) if frame.schema[name] == pl.String]
    sizes = frame.select(pl.col(texts).str.len_bytes().max().fill_null(0))
    plain = [~pl.col(name).str.contains(_NO_TEXT).fill_null(value=False) for name in special]
    plain += [pl.col(n).str.len_chars().fill_null(0) <= LONGEST_ID for n in ids if sizes[n].item() > LONGEST_ID]
    plain += [pl.col(n).str.len_chars().fill_null(0) <= LONGEST_TEXT for n in texts if sizes[n].item() > LONGEST_TEXT]
    simple = (
        pl.col(FAULT).is_null()
        & (pl.col("operation") == OperationKind.CREATE.value)
        & (pl.col("status").is_null() | pl.col("status").is_in(sorted(WAITING)))
        & pl.col("task_id").is_unique()
        & pl.col("key").is_unique()
    )
    mask = frame.select(pl.all_horizontal(simple, *plain)).to_series()
    if formed.rows.cleared is not None:
        mask &= pl.Series([not cleared for cleared in formed.rows.cleared], dtype=pl.Boolean)
    return mask if fault_of_values(dict.fromkeys(formed.values)) is None else mask & False


def new_tasks(connection: Connection, formed: Formed, *, keys_are_new: bool = False) -> pl.Series:
    """The rows, all prepared, that create tasks without stored operations, and have no fault or other peculiarity."""
    frame = formed.frame
    mask = frame[PLAIN]
    if mask.sum() < LEAST:
        return mask & False
    if connection.execute(sa.select(event.c.event_id).limit(1)).first() is None:
        return mask
    some = frame.filter(mask)
    known = _spoken_of(connection, some["task_id"].to_list())
    if known:
        mask &= ~frame["task_id"].is_in(list(known))
    if keys_are_new:
        return mask
    repeated = repeated_keys(connection, formed.terms.source, some["key"].to_list())
    return mask & ~frame["key"].is_in(list(repeated)) if repeated else mask


def inserted_if_new(connection: Connection, formed: Formed, now: datetime, ruling: Ruling | None) -> bool:
    """Writes rows, all prepared, if all of them create tasks without stored operations; whether they do.

    The database itself refuses a known task or key, which takes a third less time than to ask for each of them first.
    """
    waiting = sa.select(event.c.event_id).where(event.c.outcome == OutcomeKind.EARLY.value).limit(1)
    if not formed.frame[PLAIN].all() or connection.execute(waiting).first() is not None:
        return False
    try:
        with connection.begin_nested():
            insert_new_tasks(connection, formed, now, ruling)
    except connection.dialect.loaded_dbapi.IntegrityError:
        return False
    return True


def insert_new_tasks(connection: Connection, formed: Formed, now: datetime, ruling: Ruling | None) -> None:
    """Writes rows, all prepared and of new tasks, as tasks and events."""
    frame = numbered(connection, formed.frame)
    ruled = None if ruling is None else _ruled(frame, formed, ruling)
    insert_rows(connection, task, *_tasks(frame, formed, now, ruled))
    insert_rows(connection, event, *event_columns(frame, formed, now))
    if ruled is not None:
        ids = frame[EVENT].to_list()
        failed = [{"event_id": n, "rule": r.failed} for n, r in zip(ids, ruled, strict=True) if r.failed is not None]
        if failed:
            connection.execute(failure.insert(), failed)


def numbered(connection: Connection, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the numbers of the events that they become."""
    first = (connection.execute(sa.select(sa.func.max(event.c.event_id))).scalar() or 0) + 1
    return frame.with_row_index(EVENT, offset=first).with_columns(pl.col(EVENT).cast(pl.Int64))


def event_columns(frame: pl.DataFrame, formed: Formed, now: datetime) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The columns of the events that differ from row to row, and what is the same in all."""
    terms = formed.terms
    rows = frame.select(
        pl.col(EVENT).alias("event_id"),
        *("key", "task_id", "capture_id", "version"),
        pl.col("at").dt.convert_time_zone("UTC"),
        *("agent_id", "status"),
        pl.col(CONTENT).alias("content"),
    )
    same = {
        "source": terms.source,
        "operation": OperationKind.CREATE.value,
        "person": False,
        "shared": terms.shared,
        "reopen": terms.reopen,
        "received_at": now,
        "outcome": OutcomeKind.APPLIED.value,
        "reason": "",
    }
    return rows, same


def _tasks(
    frame: pl.DataFrame, formed: Formed, now: datetime, ruled: Sequence[Ruled] | None
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The columns of the tasks that differ from row to row, and what is the same in all."""
    own = [name for name in _OWN if name in formed.values]
    others = [name for name in formed.values if name not in _OWN]
    rows = frame.select("task_id", "capture_id", *own, _states(formed, now).alias("state"))
    same = {"source": formed.terms.source, "status": "queued", "set_by": "{}", "came": "", "changed_at": now}
    if others:
        rows = rows.with_columns(frame[EXTRA].alias("extra"))
    else:
        same["extra"] = "{}"
    if ruled is not None:
        rows = _with_rules(rows, _came(frame, formed), ruled)
    return rows, {name: value for name, value in same.items() if name not in rows.columns}


def _came(frame: pl.DataFrame, formed: Formed) -> pl.Series:
    """The values as received, as JSON."""
    texts = _in_json(frame, formed.values, _special(frame, formed.values))
    return texts.select(_object(formed.values)).to_series()


def _states(formed: Formed, now: datetime) -> pl.Expr:
    """The state from which the fold continues, as `codec` writes it."""
    at = pl.col("at").dt.convert_time_zone("UTC")
    moment = pl.when(at <= now + AHEAD).then(at.dt.epoch("us")).otherwise(version_of(now)).fill_null(version_of(now))
    source = json.dumps(formed.terms.source, ensure_ascii=False)
    place = [moment, pl.lit(","), pl.col(EVENT)]
    chain = pl.concat_str(pl.lit(f"{source}:["), pl.col("version"), pl.lit(","), *place, pl.lit("]"))
    chains = pl.concat_str(pl.lit(',"chains":{'), chain, pl.lit("}")).fill_null("")
    shared = '"shared":true,' if formed.terms.shared else ""
    return pl.concat_str(pl.lit(f'{{{shared}"last":['), *place, pl.lit("]"), chains, pl.lit("}"))


def _ruled(frame: pl.DataFrame, formed: Formed, ruling: Ruling) -> list[Ruled]:
    """Each task after the rules."""
    names = ["task_id", *formed.values]
    asked = [{n: v for n, v in row.items() if v is not None} for row in frame.select(names).iter_rows(named=True)]
    return [usable(answer) for answer in ruling(asked)]


def _with_rules(rows: pl.DataFrame, came: pl.Series, ruled: Sequence[Ruled]) -> pl.DataFrame:
    """The tasks with their values after the rules; a task for which a rule failed is held for an error."""
    touched = {name for answer in ruled for name in answer.set_by}
    columns = []
    for name in (name for name in _OWN if name in touched):
        dtype = rows.schema.get(name) or task.c[name].type
        values = [answer.values.get(name) for answer in ruled]
        columns.append(pl.Series(name, values, dtype=dtype if isinstance(dtype, pl.DataType) else None))
    beside = pl.DataFrame(
        {
            "set_by": [values_text(dict(answer.set_by)) for answer in ruled],
            "came": came,
            "failed": _json(pl.Series([answer.failed for answer in ruled], dtype=pl.String), special=True),
            "state": rows["state"],
        }
    )
    failed, state = pl.col("failed"), pl.col("state")
    return rows.with_columns(
        *columns,
        *beside.select(
            "set_by",
            came=pl.when(pl.col("set_by") == "{}").then(pl.lit("")).otherwise("came"),
            state=pl.when(failed.is_null())
            .then(state)
            .otherwise(pl.concat_str(pl.lit('{"error":'), failed, pl.lit(","), state.str.slice(1))),
            status=pl.when(failed.is_null()).then(pl.lit("queued")).otherwise(pl.lit("errorheld")),
        ),
    )


def _special(frame: pl.DataFrame, names: Sequence[str]) -> set[str]:
    """The columns with a character that JSON has to escape."""
    texts = [name for name in names if frame.schema[name] == pl.String]
    found = frame.select(pl.col(texts).str.contains(_SPECIAL).any())
    return {name for name in texts if found[name].item()}


def _in_json(frame: pl.DataFrame, names: Sequence[str], special: Collection[str]) -> pl.DataFrame:
    """The columns as JSON, beside the ids of the tasks."""
    texts = [_json(frame[name], special=name in special).alias(name) for name in names]
    return pl.DataFrame([frame["task_id"], *texts])


def _json(values: pl.Series, *, special: bool) -> pl.Series:
    """The values as JSON; null for a missing value."""
    if values.dtype == pl.String:
        for sign, escaped in _ESCAPES if special else ():
            values = values.str.replace_all(sign, escaped, literal=True)
        return '"' + values + '"'
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.convert_time_zone("UTC").dt.strftime('"%Y-%m-%dT%H:%M:%S%.6fZ"')
    return values.cast(pl.String)


def _object(names: Sequence[str]) -> pl.Expr:
    """A JSON object of the values that are not null."""
    named = [pl.concat_str(pl.lit(f"{json.dumps(name, ensure_ascii=False)}:"), pl.col(name)) for name in names]
    if not named:
        return pl.concat_str(pl.lit("{}"), pl.col("task_id").str.head(0))
    return pl.concat_str(pl.lit("{"), pl.concat_str(named, separator=",", ignore_nulls=True), pl.lit("}"))


def _whole(names: Sequence[str]) -> pl.Expr:
    """A JSON object of all values."""
    named = [
        pl.concat_str(pl.lit(f"{json.dumps(name, ensure_ascii=False)}:"), pl.col(name).fill_null("null"))
        for name in names
    ]
    if not named:
        return pl.concat_str(pl.lit("{}"), pl.col("task_id").str.head(0)).alias("content")
    return pl.concat_str(pl.lit("{"), pl.concat_str(named, separator=","), pl.lit("}")).alias("content")
