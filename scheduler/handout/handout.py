"""Hands out tasks one by one: the next one planned for a person, else the open one that is worth most at the prices.

Nobody chooses from the list. Each answer is one transaction that writes, of which a store has one at a time: what it
hands out is leased to one person, and no other call sees it as open.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from data import (
    Lease,
    OperationKind,
    OutcomeKind,
    act_on_tasks,
    add_leases,
    end_leases,
    lease_of,
    note_declined,
    open_among,
    parse_duration,
    planned_for,
    settle_leases,
)
from models import AllotError, nearest
from scheduler.config import Config, ruling_of
from scheduler.handout.known import Known, NothingPublishedError, State
from scheduler.handout.market import Market, Offer
from scheduler.handout.staff import Staff
from scheduler.handout.words import why_offered, why_planned
from scheduler.intake import process_defaults
from scheduler.run.clock import now as present

if TYPE_CHECKING:
    from data import OpenTask, Store

__all__ = ["Choice", "HandedOut", "Handout", "NotLeasedError", "NothingPublishedError", "UnknownAgentError"]

_AT_ONCE, _MORE = 25, 3


class UnknownAgentError(AllotError):
    """Nobody has this id."""


class NotLeasedError(AllotError):
    """The task was not handed out, or not to this person."""


@dataclass(frozen=True)
class Choice:
    """A task that somebody may have, and why."""

    task_id: str
    planned: bool
    why: str

    def record(self) -> dict[str, object]:
        """The choice as JSON has it."""
        return vars(self).copy()


@dataclass(frozen=True)
class HandedOut:
    """What somebody was handed: the first of the choices, or all of them to choose from.

    ``lease_until``: by then it has to be started; ``None`` where it is.
    """

    choices: tuple[Choice, ...]
    lease_until: datetime | None
    timezone: str = "UTC"
    is_package: bool = False

    def record(self) -> dict[str, object]:
        """What was handed out, as JSON has it."""
        until = None if self.lease_until is None else self.lease_until.astimezone(ZoneInfo(self.timezone)).isoformat()
        choices = [choice.record() for choice in self.choices] if self.is_package else []
        return {**self.choices[0].record(), "lease_until": until, "choices": choices}


class Handout:
    """Hands out the tasks of a store; kept by who asks often, as it remembers what has not changed."""

    def __init__(self, config: Config, store: "Store", clock: Callable[[], datetime] = present) -> None:
        self._config, self._store, self._clock = config, store, clock
        self._known = Known(config, store)
        self._lease = parse_duration(config.next.lease)

    def next(self, agent_id: str, *, start: bool = False, choice: int = 1) -> HandedOut | None:
        """The next task of a person, leased to them; ``None`` where there is none.

        ``start``: it is started at once. ``choice``: up to so many tasks are handed out together, of which the person
        begins one; the others go back then.

        Raises:
            NothingPublishedError: there is no plan.
            UnknownAgentError: nobody has this id.
            SnapshotError: the list cannot be planned, as the message says.
        """
        most = 1 if start else choice
        found = self._hand_out(self._asked(agent_id, start, most), None, most)
        for whole in (False, True):
            if found is None:
                asked = self._asked(agent_id, start, most, afresh=True)
                market = self._known.market(asked.state, asked.now, whole=whole)
                found = self._hand_out(asked, market, 1)
        return found

    def _asked(self, agent_id: str, start: bool, most: int, *, afresh: bool = False) -> "_Asked":
        now, state = self._clock(), self._known.state(afresh=afresh)
        staff = self._known.staff(state, now)
        if agent_id not in staff.levels:
            raise UnknownAgentError(f"nobody has the id '{agent_id}'{nearest(agent_id, staff.levels)}")
        return _Asked(agent_id, now, state, staff, start, most)

    def _hand_out(self, asked: "_Asked", market: Market | None, least: int) -> HandedOut | None:
        """Leases what is found, unless that is too little."""
        with self._store.writing() as connection:
            self._settle(connection, asked.now, asked.agent_id)
            chosen = list(self._choices(connection, asked, market))
            if len(chosen) < least or not chosen:
                return None
            return self._give(connection, asked, chosen)

    def _choices(self, connection: Any, asked: "_Asked", market: Market | None) -> Iterator[Choice]:
        """What the person may have, best first."""
        left = asked.most
        zone, version = self._config.timezone, asked.state.publication.version
        for most in (left + _MORE, None):
            some = planned_for(connection, asked.agent_id, version, most)
            planned = [task for task in some if asked.allows(task)][:left]
            if len(planned) == left or len(some) != most:
                break
        for task in planned:
            yield Choice(task.task_id, True, why_planned(task, asked.agent_id, asked.now, zone))
        left -= len(planned)
        if market is None or left <= 0:
            return
        taken = {task.task_id for task in planned}
        for task, offer in self._offered(connection, asked, market, taken):
            yield Choice(task.task_id, False, why_offered(task, offer, asked.now, zone, market.unit))
            left -= 1
            if not left:
                return

    def _offered(
        self, connection: Any, asked: "_Asked", market: Market, taken: set[str]
    ) -> "Iterator[tuple[OpenTask, Offer]]":
        """The offers of the market that are still open."""
        offers = [offer for offer in market.offers(asked.agent_id) if offer.task_id not in taken]
        for first in range(0, len(offers), _AT_ONCE):
            some = {offer.task_id: offer for offer in offers[first : first + _AT_ONCE]}
            for task in open_among(connection, asked.agent_id, asked.state.publication.version, list(some)):
                if asked.allows(task):
                    yield task, some[task.task_id]

    def _give(self, connection: Any, asked: "_Asked", chosen: Sequence[Choice]) -> HandedOut:
        kind = OperationKind.START if asked.start else OperationKind.ASSIGN
        names = [choice.task_id for choice in chosen]
        outcomes = act_on_tasks(connection, kind, names, by="next", now=asked.now, agent_id=asked.agent_id)
        if asked.start:
            return HandedOut(tuple(chosen), None, self._config.timezone)
        until, package = asked.now + self._lease, str(uuid4())
        leases = [
            Lease(
                task_id=choice.task_id,
                agent_id=asked.agent_id,
                package=package,
                planned=choice.planned,
                assigned=outcome.kind is OutcomeKind.APPLIED,
                leased_at=asked.now,
                lease_until=until,
            )
            for choice, outcome in zip(chosen, outcomes, strict=True)
        ]
        add_leases(connection, leases)
        return HandedOut(tuple(chosen), until, self._config.timezone, is_package=asked.wants_package)

    def decline(self, task_id: str, reason: str, agent_id: str | None = None) -> str:
        """Takes a task back that was handed out; who had it. They do not get it again under the same plan.

        Raises:
            NothingPublishedError: there is no plan.
            NotLeasedError: nobody has been handed the task, or somebody other than ``agent_id``.
        """
        now, state = self._clock(), self._known.state()
        with self._store.writing() as connection:
            self._settle(connection, now, agent_id)
            found = lease_of(connection, task_id)
            if found is None:
                raise NotLeasedError(f"task '{task_id}' is not handed out: nobody was, or the lease has ended")
            lease, is_assigned = found
            if agent_id not in (None, lease.agent_id):
                raise NotLeasedError(f"task '{task_id}' was handed to {lease.agent_id}, not to {agent_id}")
            end_leases(connection, [task_id])
            note_declined(connection, task_id, lease.agent_id, state.publication.version, reason, now)
            if is_assigned:
                self._queue(connection, [task_id], now)
        return lease.agent_id

    def make_ready(self) -> None:
        """Reads what does not change from call to call, so that the first one need not.

        Raises:
            NothingPublishedError: there is no plan yet.
            SnapshotError: the people cannot be read.
        """
        self._known.staff(self._known.state(), self._clock())

    def look_again(self) -> None:
        """Has the next call see what has just come in."""
        self._known.look_again()

    def settle(self) -> None:
        """Puts back into the queue what nobody took up in time."""
        with self._store.writing() as connection:
            self._settle(connection, self._clock(), None)

    def _settle(self, connection: Any, now: datetime, agent_id: str | None) -> None:
        self._queue(connection, settle_leases(connection, now, agent_id), now)

    def _queue(self, connection: Any, task_ids: Sequence[str], now: datetime) -> None:
        if task_ids:
            ruling = ruling_of(self._config, now, process_defaults(connection)) if self._config.rule else None
            act_on_tasks(connection, OperationKind.RESTART, task_ids, by="next", now=now, ruling=ruling)


@dataclass(frozen=True)
class _Asked:
    """Who asks for what, and what is known then."""

    agent_id: str
    now: datetime
    state: State
    staff: Staff
    start: bool
    most: int

    @property
    def wants_package(self) -> bool:
        """Whether there is something to choose from."""
        return self.most > 1

    def allows(self, task: "OpenTask") -> bool:
        """Whether the person may do the task now."""
        return task.is_due_now(self.now) and self.staff.may(self.agent_id, task)
