"""What rejected rows of pairs and shifts still forbid (contract section 2), row by row.

A pair excludes its agent unless ``allowed`` is missing or true. A shift takes its time from its agent; if its time is
unreadable, it takes all of the agent's time, unless its kind is work.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from unicodedata import normalize

import polars as pl

from models import CheckError
from scheduler.audit.span import Span, micros

_YES = ("true", "t", "yes", "y", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "是", "1")
_CALENDAR = micros(datetime(1900, 1, 1, tzinfo=UTC)), micros(datetime.max.replace(tzinfo=UTC))
_TIME = pl.Datetime("us", "UTC")


def with_exclusions(pairs: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """The pairs, with those that rejected rows exclude.

    Raises:
        CheckError: a row does not say whom it excludes.
    """
    excluded = set(_excluded(aside))
    known = list(zip(pairs["task_id"], pairs["agent_id"], strict=True)) if excluded else []
    kept = pairs.select("task_id", "agent_id", "allowed", "minutes", "bonus")
    if known:
        kept = kept.filter(pl.Series([pair not in excluded for pair in known], dtype=pl.Boolean))
    more = [{"task_id": task, "agent_id": agent, "allowed": False} for task, agent in sorted(excluded)]
    return pl.concat([kept, pl.DataFrame(more, schema=kept.schema)])


def _excluded(aside: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for task, agent, allowed, row in aside.select("task_id", "agent_id", "allowed", "row").iter_rows():
        if allowed is None or _is_yes(allowed):
            continue
        if task is None or agent is None:
            raise CheckError(f"pairs row {row} excludes somebody nobody knows: no run of this snapshot holds")
        yield task, agent


def _is_yes(text: str) -> bool:
    word = normalize("NFC", text).lower()
    return word in _YES or word.replace(",", ".").rstrip("0") == "1."


def with_taken_time(shifts: pl.DataFrame, aside: pl.DataFrame, agent_ids: pl.Series, span: Span) -> pl.DataFrame:
    """The shifts of work and all others; the others include the time that rejected rows take from known agents.

    Raises:
        CheckError: a row does not say from whom it takes time.
    """
    known, kept = set(agent_ids), shifts.select("agent_id", "start", "end", "kind")
    taken = [window for window in _taken(aside, span) if window[0] in known]
    columns = {name: [window[n] for window in taken] for n, name in enumerate(("agent_id", "start", "end"))}
    more = pl.DataFrame(columns, schema={"agent_id": pl.String, "start": pl.Int64, "end": pl.Int64})
    more = more.with_columns(pl.col("start", "end").cast(_TIME), kind=pl.lit("taken"))
    return pl.concat([kept, more])


def _taken(aside: pl.DataFrame, span: Span) -> Iterator[tuple[str, int, int]]:
    """Agent, start and end in microseconds, within the span."""
    first, last = _CALENDAR
    times = pl.col("start", "end").to_physical()
    for agent, start, end, kind, row in aside.select("agent_id", times, "kind", "row").iter_rows():
        if agent is None:
            raise CheckError(f"shifts row {row} is of an agent nobody knows: no run of this snapshot holds")
        works = kind is None or kind.lower() == "work"
        told = start is not None and end is not None and start < end
        if not works and not (told and first <= start and end <= last):
            yield agent, span.as_of, span.horizon_end
        elif told and max(start, span.as_of) < min(end, span.horizon_end):
            yield agent, max(start, span.as_of), min(end, span.horizon_end)
