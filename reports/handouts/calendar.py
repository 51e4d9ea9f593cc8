"""A person's tasks as an iCalendar file (RFC 5545), for any calendar program."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from reports.content.view import RunView
from reports.words.language import ENGLISH, _, speaking
from reports.words.wording import moment
from reports.workbook.file_names import file_names

CALENDARS = "calendars"
"""The folder of calendars."""

_LONGEST_LINE = 75  # in bytes, RFC 5545, 3.1
_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


def write_calendars(
    view: RunView, folder: str | PathLike[str], language: str = ENGLISH, only: frozenset[str] | None = None
) -> dict[str, Path]:
    """Writes a calendar for each person who has working time or tasks, or only for some, into a folder of ``folder``.

    The file of each, by id. The same run gives the same bytes.
    """
    target = Path(folder) / CALENDARS
    target.mkdir(parents=True, exist_ok=True)
    here = (pl.col("working_minutes") > 0) | (pl.col("tasks") > 0)
    people = view.agents.filter(here).sort("agent_id").select("agent_id", "name")
    names = dict(zip(people["agent_id"], file_names(people["agent_id"]), strict=True))
    tasks = view.plan.sort("agent_id", "sequence").partition_by("agent_id", as_dict=True)
    files = {}
    with speaking(language):
        for agent, name in people.iter_rows():
            if only is None or agent in only:
                files[agent] = target / f"{names[agent]}.ics"
                text = calendar_text(view, name or agent, tasks.get((agent,), view.plan.clear()))
                files[agent].write_text(text, encoding="utf-8", newline="")
    return files


def calendar_text(view: RunView, person: str, tasks: pl.DataFrame) -> str:
    """The calendar of a person with these tasks."""
    title = _("Plan of {person}", person=person)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//allot//plan//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(title)}",
        f"X-WR-TIMEZONE:{_escaped(view.timezone)}",
    ]
    for task in tasks.iter_rows(named=True):
        lines += _event(view, task)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event(view: RunView, task: dict[str, Any]) -> Iterator[str]:
    # a later plan changes the entry of the same task: its number is the moment of the plan
    number = int(view.as_of.timestamp()) // 60
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(task['task_id'].encode()).hexdigest()[:32]}@allot"
    yield f"SEQUENCE:{number}"
    yield f"DTSTAMP:{_utc(view.as_of)}"
    yield f"DTSTART:{_utc(task['start_at'])}"
    yield f"DTEND:{_utc(task['end_at'])}"
    summary = f"{task['sequence']}. {task['process']}: {task['task_id']}"
    yield f"SUMMARY:{_escaped(summary)}"
    if task["due_at"] is not None:
        due = _("Due {moment}", moment=moment(task["due_at"]))
        yield f"DESCRIPTION:{_escaped(due)}"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as a value: nothing in it ends the line or the value."""
    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign, escaped in _ESCAPES:
        plain = plain.replace(sign, escaped)
    return plain


def _folded(line: str) -> str:
    """The line in pieces of at most 75 bytes, none of which ends within a character."""
    if len(line.encode()) <= _LONGEST_LINE:
        return line
    pieces, piece, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += width
    return "\r\n".join([*pieces, piece])
