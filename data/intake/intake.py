"""Takes in what a source has sent. Its operations and how far it was read are written in one transaction."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from data.intake.apply import apply_operations, cursor_of, known_keys, note_events
from data.intake.bulk import (
    LEAST,
    insert_new_tasks,
    inserted_if_new,
    new_tasks,
    prepared,
    recorded_repeats,
)
from data.intake.changes import write_changes
from data.intake.form import Formed
from data.intake.operations import Operation, Outcome, OutcomeKind, Ruling
from data.intake.rows import Terms
from data.store.numbers import last_number
from data.store.store import Store
from data.store.tables import event, reject
from models import AllotError

BATCH = 1000
"""Operations per transaction."""

_MOST_REASONS = 200


class UnreadableSourceError(AllotError):
    """A source cannot be reached or read; operations already in the store stay there."""


@dataclass
class Counts:
    """How many of a source's operations had which outcome, with the reasons of those not applied."""

    applied: int = 0
    duplicate: int = 0
    stale: int = 0
    early: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, place: str, operation: Operation, outcome: Outcome) -> None:
        """Counts one operation."""
        setattr(self, outcome.kind.value, getattr(self, outcome.kind.value) + 1)
        if outcome.kind is OutcomeKind.DUPLICATE or not outcome.reason:
            return
        if len(self.reasons) < _MOST_REASONS:
            name = f" {operation.task_id}" if operation.task_id else ""
            self.reasons.append(f"{place}: {operation.kind}{name} {outcome.kind}: {outcome.reason}")
        elif len(self.reasons) == _MOST_REASONS:
            self.reasons.append("... and more: allot intake rejects lists what was refused")

    def join(self, other: "Counts") -> None:
        """Adds the counts of another."""
        for kind in OutcomeKind:
            setattr(self, kind.value, getattr(self, kind.value) + getattr(other, kind.value))
        self.reasons += other.reasons[: max(0, _MOST_REASONS - len(self.reasons))]

    @property
    def by_outcome(self) -> dict[str, int]:
        """The number of operations with each outcome."""
        return {kind.value: getattr(self, kind.value) for kind in OutcomeKind}

    @property
    def total(self) -> int:
        """The number of operations."""
        return sum(self.by_outcome.values())

    def record(self) -> dict[str, Any]:
        """The counts as JSON."""
        return asdict(self)


@dataclass
class Intake:
    """Takes in one source. ``said`` collects notes for people, ``faults`` collects what could not be read.

    ``ruling`` returns the rules for a moment, ``None`` if there are none.
    """

    store: Store
    terms: Terms
    clock: Callable[[], datetime]
    ruling: Callable[[datetime], Ruling | None] | None = None
    counts: Counts = field(default_factory=Counts)
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The name of the source."""
        return self.terms.source

    def rules(self, now: datetime) -> Ruling | None:
        """The rules as they apply at a moment."""
        return None if self.ruling is None else self.ruling(now)

    def cursor(self) -> Any:
        """How far the source has been read; ``None`` before its first read."""
        with self.store.reading() as connection:
            return cursor_of(connection, self.source)

    def take(
        self,
        formed: Formed,
        start: int = 0,
        end: int | None = None,
        *,
        counts: Counts | None = None,
        cursor: Callable[[], Any] | None = None,
        also: Callable[[Connection], None] | None = None,
        reads_again: bool = False,
    ) -> None:
        """Takes in the rows ``start .. end`` (exclusive) in one transaction.

        ``counts`` counts them in addition to the counts of the source. ``cursor`` returns how far the source has then
        been read; ``also`` writes more in the same transaction. ``reads_again``: the source is read again and again,
        so a row that comes once more is recorded as a duplicate the first time, and then only counted.
        """
        now, mine = self.clock(), Counts()
        some = formed.slice(start, end)
        with self.store.writing(by_batches=True) as connection:
            if not self._put_in_new(connection, some, now, mine):
                if reads_again:
                    some = self._without_repeats(connection, some, now, mine)
                self._put_in(connection, some, now, mine, keys_are_new=reads_again)
            if counts is not None:
                counts.join(mine)
            if cursor is not None:
                note_cursor(connection, self.source, cursor())
            if also is not None:
                also(connection)
        self.counts.join(mine)

    def _put_in_new(self, connection: Connection, some: Formed, now: datetime, counts: Counts) -> bool:
        """Writes rows to the store if there are many and each is a new task; whether they are."""
        if some.height < LEAST or not inserted_if_new(connection, prepared(some), now, self.rules(now)):
            return False
        counts.applied += some.height
        note_events(connection, self.source, now)
        return True

    def _without_repeats(self, connection: Connection, some: Formed, now: datetime, counts: Counts) -> Formed:
        """The rows whose keys are new; of the others those are recorded that have not been before."""
        keys = known_keys(connection, self.source, some.frame["key"].to_list())
        if not keys:
            return some
        repeated = some.frame["key"].is_in(list(keys))
        told = recorded_repeats(connection, self.source, some.frame.filter(repeated))
        first = repeated & ~some.frame["key"].is_in(list(told))
        if first.any():
            apply_operations(connection, some.only(first).operations(now), is_news=False)
        counts.duplicate += int(repeated.sum())
        return some.only(~repeated)

    def _put_in(
        self, connection: Connection, some: Formed, now: datetime, counts: Counts, *, keys_are_new: bool
    ) -> None:
        """Writes rows to the store: new tasks in bulk, all others one by one."""
        if some.height >= LEAST:
            some = self._put_in_at_once(connection, prepared(some), now, counts, keys_are_new=keys_are_new)
        if some.height:
            self._apply(connection, some, now, counts)

    def _put_in_at_once(
        self, connection: Connection, some: Formed, now: datetime, counts: Counts, *, keys_are_new: bool
    ) -> Formed:
        """Writes changes of known tasks where no rules run, and new tasks; returns all other rows."""
        ruling = self.rules(now)
        if ruling is None:
            known, changed = write_changes(connection, some, now, keys_are_new=keys_are_new)
            counts.applied += changed
            counts.duplicate += int(known.sum()) - changed
            some = some.only(~known) if known.any() else some
        new = new_tasks(connection, some, keys_are_new=keys_are_new)
        if new.any():
            insert_new_tasks(connection, some if new.all() else some.only(new), now, ruling)
            counts.applied += int(new.sum())
            some = some.only(~new)
        if counts.total:
            note_events(connection, self.source, now)
        return some

    def _apply(self, connection: Connection, some: Formed, now: datetime, counts: Counts) -> None:
        first = last_number(connection, event.c.event_id) + 1
        operations = some.operations(now)
        outcomes = apply_operations(connection, operations, ruling=self.rules(now))
        places, texts = some.rows.places or some.rows.keys, []
        for number, (operation, outcome) in enumerate(zip(operations, outcomes, strict=True)):
            counts.add(places[number], operation, outcome)
            if outcome.kind is OutcomeKind.REFUSED:
                texts.append({"event_id": first + number, "text": some.rows.text_of(number)})
        if texts:
            connection.execute(reject.insert(), texts)


def note_cursor(connection: Connection, source: str, cursor: Any) -> None:
    """Records how far the source has been read, in the same transaction as its operations."""
    apply_operations(connection, [], cursors={source: cursor})
