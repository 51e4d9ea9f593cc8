"""Resolves edits as people write them: looks up every name and parses every time."""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from data import AmbiguousNameError, People, Snapshot, like_tasks_of, parse_moment, read_added_tasks, with_tasks
from models import WEIGHT_FIELDS, SnapshotError, nearest
from scheduler.edit_kinds import KINDS, TIMES_FORM
from scheduler.edits.edit import FINAL, HELD, Edit, EditError, Written

_MOST_FACTOR = 1e9
_TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?")


def resolve(
    written: Iterable[tuple[str, str] | Written],
    snapshot: Snapshot,
    earlier: Iterable[Edit] = (),
    faults: Iterable[str] = (),
) -> list[Edit]:
    """The edits that (kind, text) pairs stand for, equal ones once; ``earlier`` ones may be taken back.

    Raises:
        EditError: texts cannot be read, or name something unknown; all are listed, after other ``faults``.
    """
    # others may name a task that is added
    each_once = {pair[:2]: Written(*pair) for pair in written}
    in_order = sorted(each_once.values(), key=lambda one: one.kind != "add_task")
    known = _Known(snapshot, tuple(earlier))
    found: dict[tuple[object, ...], Edit] = {}
    told = list(faults)
    for kind, text, place in in_order:
        if kind not in KINDS:
            raise EditError(f"there is no edit '{kind}'{nearest(kind, KINDS) or '.'} Edits: {', '.join(KINDS)}")
        try:
            edit = known.read(kind, text.strip(), place)
        except EditError as error:
            told.append(str(error))
            continue
        if edit.kind == "add_task":
            known = known.with_added(edit)
        found.setdefault((edit.subject(), edit.says()), edit)
    if told:
        many = f"edits that cannot be made: {len(told)}\n  " if len(told) > 1 else ""
        raise EditError(many + "\n  ".join(told))
    return list(found.values())


class _Known:
    """What edits may name, and how their texts are read; ``snapshot`` has the tasks that new edits added so far."""

    def __init__(self, snapshot: Snapshot, earlier: tuple[Edit, ...]) -> None:
        self._snapshot, self._earlier = snapshot, earlier
        added = {row["task_id"]: row.get("status", "queued") for edit in earlier for row in edit.rows}
        self._status: Mapping[str, str] = added | dict(snapshot.tasks.select("task_id", "status").iter_rows())
        self._agents = People(snapshot.agents.select("agent_id", "name").iter_rows())

    def with_added(self, edit: Edit) -> "_Known":
        """The same when the tasks of an edit are there."""
        return _Known(with_tasks(self._snapshot, tasks_of(edit, self._snapshot)), self._earlier)

    def read(self, kind: str, text: str, place: str) -> Edit:
        """The edit a text stands for."""
        self._kind, self._where = kind, ": ".join(filter(None, (place, f"{kind} {text}".strip())))
        if not text:
            raise self._unreadable(kind)
        return getattr(self, f"_{kind}")(text)  # type: ignore[no-any-return]

    def _agent_out(self, text: str) -> Edit:
        if text in self._agents or "@" not in text:
            return Edit(kind="agent_out", text=text, agent=self._agent(text), at=self._snapshot.as_of)
        agent, _, time = (part.strip() for part in text.rpartition("@"))
        if not agent or not time:
            raise self._unreadable("agent_out")
        if agent not in self._agents and not time[0].isdigit():  # the sign is part of a name such as ann@example.com
            agent = text
        agent = self._agent(agent)
        at = max(self._moment(time), self._snapshot.as_of)
        return Edit(kind="agent_out", text=text, agent=agent, at=at)

    def _agent_late(self, text: str) -> Edit:
        agent, time = self._split(text, "=", self._agents)
        at = self._moment(time)
        if at <= self._snapshot.as_of:
            raise EditError(f"{self._where}: {time} is not after the moment of the snapshot, {self._shown()}")
        return Edit(kind="agent_late", text=text, agent=self._agent(agent), at=at)

    def _add_task(self, text: str) -> Edit:
        path = Path(text)
        if not path.is_file():
            raise EditError(f"{self._where}: there is no file {path}")
        try:
            added, _ = read_added_tasks(path, self._snapshot)
        except SnapshotError as error:
            raise EditError(f"{self._where}: {error}") from error
        return Edit(kind="add_task", text=text, rows=tuple(added.iter_rows(named=True)))

    def _pin(self, text: str) -> Edit:
        return self._pair("pin", text)

    def _forbid(self, text: str) -> Edit:
        return self._pair("forbid", text)

    def _pair(self, kind: str, text: str) -> Edit:
        task, agent = self._split(text, "=", self._status, self._agents)
        return Edit(kind=kind, text=text, task=self._task(task), agent=self._agent(agent))

    def _unpin(self, text: str) -> Edit:
        pinned = [edit.task for edit in self._earlier if edit.kind == "pin"]
        if text not in pinned:
            hint = nearest(text, pinned) or (f"; pinned are {', '.join(pinned[:5])}" if pinned else "; nothing is")
            raise EditError(f"{self._where}: task '{text}' is not pinned by an earlier run{hint}")
        return Edit(kind="unpin", text=text, task=text)

    def _hold(self, text: str) -> Edit:
        return Edit(kind="hold", text=text, task=self._task(text))

    def _cancel(self, text: str) -> Edit:
        return Edit(kind="cancel", text=text, task=self._task(text))

    def _resume(self, text: str) -> Edit:
        task = self._task(text)
        status = self._status[task]
        stopped = any(edit.kind in ("hold", "cancel") and edit.task == task for edit in self._earlier)
        if status not in HELD and (status in FINAL or not stopped):
            raise EditError(f"{self._where}: the task is not on hold, its status is {status}")
        return Edit(kind="resume", text=text, task=task)

    def _due(self, text: str) -> Edit:
        task, time = self._split(text, "=", self._status)
        return Edit(kind="due", text=text, task=self._task(task), at=self._moment(time))

    def _boost(self, text: str) -> Edit:
        what, _, number = text.rpartition("=")
        level, _, key = what.partition(":")
        if not number or not key:
            raise self._unreadable("boost")
        if level not in WEIGHT_FIELDS:
            hint, known = nearest(level, WEIGHT_FIELDS), ", ".join(WEIGHT_FIELDS)
            raise EditError(f"{self._where}: work is not weighted by '{level}'{hint or '.'} Known: {known}")
        values = self._values(level)
        if key not in values:
            raise EditError(f"{self._where}: no task has the {level} '{key}'{nearest(key, values)}")
        try:
            factor = float(number)
        except ValueError:
            factor = -1.0
        if not 0 <= factor <= _MOST_FACTOR:
            raise EditError(f"{self._where}: '{number}' is not a factor; write a number from 0 to {_MOST_FACTOR:.0e}")
        return Edit(kind="boost", text=text, level=level, key=key, factor=factor)

    def _values(self, level: str) -> set[str]:
        """What tasks have in a column that a policy can weight by, their process's default included."""
        added = [row.get(level) for edit in self._earlier for row in edit.rows]
        values = {*self._snapshot.tasks[level], *added}
        if level in self._snapshot.processes.columns:
            values |= set(self._snapshot.processes[level])
        return {value for value in values if value is not None}

    def _task(self, name: str) -> str:
        if name not in self._status:
            raise EditError(f"{self._where}: there is no task '{name}'{nearest(name, self._status)}")
        return name

    def _agent(self, name: str) -> str:
        try:
            agent = self._agents.id_of(name)
        except AmbiguousNameError as error:
            raise EditError(f"{self._where}: {error}") from error
        if agent is None:
            raise EditError(f"{self._where}: there is no agent '{name}'{nearest(name, self._agents)}")
        return agent

    def _split(
        self, text: str, sign: str, known: Container[str], right: Container[str] | None = None
    ) -> tuple[str, str]:
        """Both sides of a sign; where it occurs more than once, the left side is a known name, and so is the right."""
        places = [i for i, letter in enumerate(text) if letter == sign]
        if not places or not text[places[-1] + 1 :].strip() or not text[: places[0]].strip():
            raise self._unreadable(self._kind)
        pairs = [(text[:i].strip(), text[i + 1 :].strip()) for i in places]
        likely = [pair for pair in pairs if pair[0] in known] or pairs
        return next((pair for pair in likely if right is not None and pair[1] in right), likely[0])

    def _moment(self, text: str) -> datetime:
        zone = self._snapshot.timezone
        if _TIME.fullmatch(text):
            day = self._snapshot.as_of.astimezone(ZoneInfo(zone)).date().isoformat()
            text = f"{day}T{text.zfill(8) if text.count(':') == 2 else text.zfill(5)}"
        try:
            return parse_moment(text, zone)
        except ValueError as error:
            raise EditError(f"{self._where}: {error}; {TIMES_FORM}") from error

    def _shown(self) -> str:
        return f"{self._snapshot.as_of.astimezone(ZoneInfo(self._snapshot.timezone)):%Y-%m-%d %H:%M}"

    def _unreadable(self, kind: str) -> EditError:
        return EditError(f"{self._where}: it is written {kind} {KINDS[kind].form}. {KINDS[kind].meaning}")


def tasks_of(edit: Edit, snapshot: Snapshot) -> pl.DataFrame:
    """The tasks an edit adds, as a frame like the snapshot's tasks."""
    return like_tasks_of(snapshot, edit.rows)
