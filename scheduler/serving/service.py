"""What requests ask for, done with the store; nothing here knows HTTP but the statuses of answers."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from data import (
    BY_HAND,
    BY_HTTP,
    OperationCounts,
    OperationKind,
    Terms,
    act_by_hand,
    count_tasks,
    current_publication,
    json_object,
    open_alerts,
    plain_row,
    planned_work,
    take_body,
    take_operation,
    task_history,
)
from models import FIRING, RED, YELLOW
from scheduler.config import Config, HttpSource
from scheduler.handout import Handout
from scheduler.intake import intake_of, rules_of, source_status
from scheduler.serving.asked import PEOPLE, RefusedError
from scheduler.serving.metrics import gauge

if TYPE_CHECKING:
    from data import Received, Store

OPERATIONS = tuple(kind.value for kind in OperationKind if kind is not OperationKind.CREATE)
"""The operations on one task."""

_MOST_CHOICES = 10
_MOST_ANSWERS = 10_000

Answer = tuple[int, Any]
"""The status of an answer and what it says, for JSON."""


class Service:
    """The store of a configuration as requests use it, from many threads."""

    def __init__(self, config: Config, store: "Store", clock: Callable[[], datetime]) -> None:
        self.config, self.store, self.clock = config, store, clock
        self.handout = Handout(config, store, clock)
        self._counting = OperationCounts()
        self._asking, self._answers = threading.Lock(), dict[tuple[str, str], Answer]()

    def take(self, who: str, source: str | None, body: bytes, key: str | None) -> Answer:
        """Tasks, as an object or an array."""
        name = self._source(who, source)
        intake = self._intake_by(BY_HTTP) if name is None else intake_of(self.config, self.store, name)
        intake = replace(intake, clock=self.clock, terms=replace(intake.terms, person=who == PEOPLE))
        try:
            received = take_body(intake, body, key or hashlib.sha256(body).hexdigest())
        except ValueError as error:
            raise RefusedError(422, f"the body is no JSON of tasks: {error}") from error
        self.handout.look_again()
        return _answer(received)

    def _source(self, who: str, asked: str | None) -> str | None:
        """The source that tasks come from; ``None`` for people, where no source of kind http is configured.

        Raises:
            RefusedError: there is none, or it is not said which.
        """
        names = [name for name, source in self.config.source.items() if isinstance(source, HttpSource)]
        if who != PEOPLE:
            names = [who]
        if asked is not None and asked not in names:
            raise RefusedError(
                403 if asked in self.config.source else 404, f"'{asked[:80]}' is no source of this token"
            )
        if asked is None and len(names) > 1:
            raise RefusedError(422, f"say which source of kind http sends, ?source=NAME: {', '.join(names)}")
        return asked or next(iter(names), None)

    def operate(self, who: str, task_id: str, kind: str, body: bytes, key: str | None) -> Answer:
        """An operation on one task, of a source or of people."""
        values = _object(body)
        for name, ours in (("task_id", task_id), ("operation", kind)):
            if values.get(name, ours) not in (ours, None):
                raise RefusedError(422, f"the body's {name} is not that of the path, '{ours[:80]}'")
        if kind == "decline":
            return self._decline(who, task_id, values)
        if kind not in OPERATIONS:
            raise RefusedError(
                404, f"there is no operation '{kind[:40]}'; there are {', '.join((*OPERATIONS, 'decline'))}"
            )
        if who == PEOPLE:
            intake = self._intake_by(BY_HAND)
            reopening = [name for name, source in self.config.source.items() if source.reopen]
            done = act_by_hand(intake, kind, task_id, values, f"http {key or uuid4()}", reopening)
        else:
            intake = replace(intake_of(self.config, self.store, who), clock=self.clock)
            digest = hashlib.sha256(f"{kind} {task_id} ".encode(errors="replace") + body).hexdigest()
            done = take_operation(intake, kind, task_id, values, key or digest)
        self.handout.look_again()
        return _answer(done)

    def _intake_by(self, source: str) -> Any:
        from data import Intake

        terms = Terms(source=source, zone=self.config.timezone)
        return Intake(self.store, terms, self.clock, rules_of(self.config, self.store))

    def _decline(self, who: str, task_id: str, values: Mapping[str, Any]) -> Answer:
        if who != PEOPLE:
            raise RefusedError(403, "this needs the token of [serve] token_env, not that of a source")
        reason, agent = values.get("reason"), values.get("agent_id")
        if not isinstance(reason, str) or not reason.strip() or not isinstance(agent, str | None):
            raise RefusedError(422, 'say why: {"reason": "...", "agent_id": "A17"}, the agent being optional')
        had = self.handout.decline(task_id, _sound(reason), agent)
        return 200, {"task_id": task_id, "agent_id": had}

    def next(self, agent_id: str, body: bytes, key: str | None = None) -> Answer:
        """A person's next task; who asks again with the same ``key`` gets the same answer, as long as it is kept."""
        if key is None:
            return self._next(agent_id, body)
        with self._asking:
            answer = self._answers.get((agent_id, key)) or self._next(agent_id, body)
            self._answers[agent_id, key] = answer
            while len(self._answers) > _MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
        return answer

    def _next(self, agent_id: str, body: bytes) -> Answer:
        asked = _object(body)
        unknown = asked.keys() - {"start", "choice"}
        start, choice = asked.get("start", False), asked.get("choice", "1")
        choice = choice.removesuffix(".0") if isinstance(choice, str) else choice  # 3.0 is an integer of JSON
        sound = isinstance(choice, str) and choice.isascii() and choice.isdigit() and len(choice) < 4
        if unknown or not isinstance(start, bool) or not sound or not 1 <= int(choice) <= _MOST_CHOICES:
            raise RefusedError(
                422, f'write it like {{"start": true, "choice": 3}}, at most {_MOST_CHOICES} to choose from'
            )
        found = self.handout.next(agent_id, start=start, choice=int(choice))
        return 200, None if found is None else found.record()

    def task(self, task_id: str) -> Answer:
        """A task with its history."""
        with self.store.reading() as connection:
            found, operations = task_history(connection, task_id)
        if found is None and not operations:
            raise RefusedError(404, "no operation has ever been about this task")
        zone = self.config.timezone
        history = [plain_row(operation, zone) for operation in operations]
        if found is None:
            return 404, {"error": "nothing has created this task yet", "task": None, "operations": history}
        return 200, {"task": plain_row(found, zone), "operations": history}

    def plan(self, agent_id: str | None) -> Answer:
        """The published plan."""
        with self.store.reading() as connection:
            publication = current_publication(connection)
            work = planned_work(connection, agent_id)
        if publication is None:
            raise RefusedError(404, "no plan is published yet")
        told = plain_row({**vars(publication), "folder": publication.folder.name}, self.config.timezone)
        tasks = [plain_row(row, self.config.timezone) for row in work.drop("state").iter_rows(named=True)]
        return 200, {**told, "tasks": tasks}

    def health(self) -> Answer:
        """Whether the store answers."""
        with self.store.reading() as connection:
            publication = current_publication(connection)
        plan = None if publication is None else publication.version
        return 200, {"status": "ok", "version": version("allot"), "plan_version": plan}

    def metrics(self) -> list[str]:
        """How the store stands, in Prometheus' text format."""
        now = self.clock()
        with self.store.reading() as connection:
            tasks, publication = count_tasks(connection), current_publication(connection)
            fires = Counter(row.severity for row in open_alerts(connection) if row.state == FIRING)
        sources = source_status(self.config, self.store, now, self._counting)
        lines = gauge("allot_tasks", [({"status": name}, count) for name, count in sorted(tasks.items())])
        ages = [({"source": one.source}, one.age.total_seconds()) for one in sources if one.age is not None]
        lines += gauge("allot_source_age_seconds", ages)
        counts = [({"source": s.source, "outcome": name}, n) for s in sources for name, n in sorted(s.counts.items())]
        lines += gauge("allot_source_operations", counts)
        lines += gauge("allot_alerts_firing", [({"severity": name}, fires[name]) for name in (RED, YELLOW)])
        if publication is not None:
            lines += gauge("allot_plan_version", [({}, publication.version)])
            lines += gauge("allot_plan_age_seconds", [({}, (now - publication.as_of).total_seconds())])
        return lines


def _object(body: bytes) -> dict[str, Any]:
    try:
        return json_object(body)
    except ValueError as error:
        raise RefusedError(422, f"the body is no JSON object: {error}") from error


def _sound(text: str) -> str:
    """Text that any database takes."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:1000]


def _answer(received: "Received") -> Answer:
    """What became of operations: 409 where all were refused, 422 where none could be read, 202 where one waits.

    So it is where they come again: what has been refused has no effect, and is not acknowledged as if it had.
    """
    counts = received.counts
    status = 202 if counts.total and counts.early == counts.total else 200
    if counts.total and received.refused == counts.total:
        status = 422 if received.unreadable == counts.total else 409
        return status, {"error": counts.reasons[0], **counts.record()}
    return status, counts.record()
