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

from data.intake.apply import known_keys
from data.intake.codec import values_text
from data.intake.form import FAULT, Formed
from data.intake.objects import json_objects, json_texts, special_columns
from data.intake.operations import AHEAD, OperationKind, OutcomeKind, Ruled, Ruling, version_of
from data.intake.rulebook import usable
from data.intake.sound import LONGEST_ID, LONGEST_TEXT, fault_of_values
from data.intake.state import WAITING
from data.store.numbers import last_number
from data.store.rows import among, insert_rows
from data.store.tables import TASK_COLUMNS, event, failure, task
from data.tables.schemas import DTYPES

LEAST = 50
"""The least number of rows for which this is worth its effort."""

_NO_TEXT = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
EVENT, PLAIN, CONTENT, EXTRA = "\0event", "\0plain", "\0content", "\0extra"
"""Columns of prepared rows: the number of the event, whether it may create a task at once, its values as JSON, those
of them that are not columns of tasks.
"""
_IDS = ("task_id", "capture_id", "key", "agent_id")
_OWN = {column.name: DTYPES[column.kind] for column in TASK_COLUMNS}
_TEXT = "\0text "  # before the name of a column of moments: they as text, as stores take it


def _spoken_of(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the tasks about which there are operations."""
    chosen = sa.select(event.c.task_id).where(among(connection, event.c.task_id, ids))
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
    special = special_columns(frame, (*_IDS, *formed.values))
    columns = json_texts(frame, formed.values, special)
    content = json_objects(columns, frame.height, nulls=formed.rows.cleared is None)
    extra = json_objects([column for column in columns if column.name not in _OWN], frame.height, nulls=False)
    moments = [column for column in columns if isinstance(frame.schema[column.name], pl.Datetime)]
    texts = [column.bare.str.replace("T", " ", literal=True).alias(_TEXT + column.name) for column in moments]
    made = [_is_plain(formed, special).alias(PLAIN), content.alias(CONTENT), extra.alias(EXTRA), *texts]
    return replace(formed, frame=frame.with_columns(made))


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
    repeated = known_keys(connection, formed.terms.source, some["key"].to_list())
    return mask & ~frame["key"].is_in(list(repeated)) if repeated else mask


def inserted_if_new(connection: Connection, formed: Formed, now: datetime, ruling: Ruling | None) -> bool:
    """Writes rows, all prepared, if all of them create tasks without stored operations; whether they do.

    The database itself refuses a known task or key, which takes a third less time than to ask for each of them first.
    """
    waiting = sa.select(event.c.event_id).where(event.c.outcome == OutcomeKind.EARLY.value).limit(1)
    if not formed.frame[PLAIN].all() or connection.execute(waiting).first() is not None:
        return False
    if _spoken_of(connection, formed.frame["task_id"].head(1).to_list()):
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
    first = last_number(connection, event.c.event_id) + 1
    return pl.DataFrame([pl.int_range(first, first + frame.height, eager=True).alias(EVENT), *frame])


def event_columns(frame: pl.DataFrame, formed: Formed, now: datetime) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The columns of the events that differ from row to row, and what is the same in all."""
    terms = formed.terms
    names = ("key", "task_id", "capture_id", "version", "at", "agent_id", "status")
    rows = [frame[EVENT].alias("event_id"), *(frame[name] for name in names), frame[CONTENT].alias("content")]
    same = {
        "source": terms.source,
        "operation": OperationKind.CREATE.value,
        "person": terms.person,
        "shared": terms.shared,
        "reopen": terms.reopen,
        "received_at": now,
        "outcome": OutcomeKind.APPLIED.value,
        "reason": "",
    }
    return pl.DataFrame(rows), same


def _tasks(
    frame: pl.DataFrame, formed: Formed, now: datetime, ruled: Sequence[Ruled] | None
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The columns of the tasks that differ from row to row, and what is the same in all."""
    own = [_as_kept(frame, name) for name in _OWN if name in formed.values]
    columns = [frame["task_id"], frame["capture_id"], *own, _states(frame, formed, now).alias("state")]
    same = {"source": formed.terms.source, "status": "queued", "set_by": "{}", "came": "", "changed_at": now}
    if any(name not in _OWN for name in formed.values):
        columns.append(frame[EXTRA].alias("extra"))
    else:
        same["extra"] = "{}"
    rows = pl.DataFrame(columns)
    if ruled is not None:
        rows = _with_rules(rows, _came(frame, formed), ruled)
    return rows, {name: value for name, value in same.items() if name not in rows.columns}


def _came(frame: pl.DataFrame, formed: Formed) -> pl.Series:
    """The values as received, as JSON."""
    texts = json_texts(frame, formed.values, special_columns(frame, formed.values))
    return json_objects(texts, frame.height, nulls=False)


def _as_kept(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column of values; moments as text, which was made while earlier rows were put in."""
    return frame[_TEXT + name].alias(name) if _TEXT + name in frame.columns else frame[name]


def _states(frame: pl.DataFrame, formed: Formed, now: datetime) -> pl.Series:
    """The state from which the fold continues, as `codec` writes it."""
    shared = '"shared":true,' if formed.terms.shared else ""
    if not frame["at"].count() and not frame["version"].count():
        return f'{{{shared}"last":[{version_of(now)},' + frame[EVENT].cast(pl.String) + "]}"
    at = pl.col("at").dt.convert_time_zone("UTC")
    moment = pl.when(at <= now + AHEAD).then(at.dt.epoch("us")).otherwise(version_of(now)).fill_null(version_of(now))
    source = json.dumps(formed.terms.source, ensure_ascii=False)
    place = [moment, pl.lit(","), pl.col(EVENT)]
    chain = pl.concat_str(pl.lit(f"{source}:["), pl.col("version"), pl.lit(","), *place, pl.lit("]"))
    chains = pl.concat_str(pl.lit(',"chains":{'), chain, pl.lit("}")).fill_null("")
    whole = pl.concat_str(pl.lit(f'{{{shared}"last":['), *place, pl.lit("]"), chains, pl.lit("}"))
    return frame.select(whole).to_series()


def _ruled(frame: pl.DataFrame, formed: Formed, ruling: Ruling) -> list[Ruled]:
    """Each task after the rules."""
    names = ["task_id", *formed.values]
    asked = [{n: v for n, v in row.items() if v is not None} for row in frame.select(names).iter_rows(named=True)]
    return [usable(answer) for answer in ruling(asked)]


def _with_rules(rows: pl.DataFrame, came: pl.Series, ruled: Sequence[Ruled]) -> pl.DataFrame:
    """The tasks with their values after the rules; a task for which a rule failed is held for an error."""
    touched = {name for answer in ruled for name in answer.set_by}
    changed = {name: [answer.values.get(name) for answer in ruled] for name in _OWN if name in touched}
    columns = [pl.Series(name, values, dtype=_OWN[name]) for name, values in changed.items()]
    beside = pl.DataFrame(
        {
            "set_by": [values_text(dict(answer.set_by)) for answer in ruled],
            "came": came,
            "failed": pl.Series([_text(answer.failed) for answer in ruled], dtype=pl.String),
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


def _text(text: str | None) -> str | None:
    return None if text is None else json.dumps(text, ensure_ascii=False)
