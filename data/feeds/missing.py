"""Full reads of a database: compares all rows with those of the last read, to find new, changed and missing ones."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import apply_operations, known_keys
from data.intake.codec import state_of
from data.intake.form import FAULT, Formed
from data.intake.intake import Intake, UnreadableSourceError
from data.intake.operations import Operation, OperationKind
from data.intake.state import FINAL
from data.store.tables import STATUS_OF_NAMED, AnyRow, source_row, task

_AT_ONCE = 5000
_MOST_GONE, _SHARE_GONE = 20, 0.2


class FullRead:
    """One full read: takes in new and changed rows, and records which rows there are."""

    def __init__(self, intake: Intake, load: int) -> None:
        self.intake = intake
        self.load = load
        self._seen: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []

    def take(self, whole: Formed, hashes: Sequence[str]) -> None:
        """Takes in the rows of a batch that are new or changed since the last read."""
        capture = whole.frame["capture_id"]
        self._seen.append(capture.hash().to_numpy())
        frame = pl.DataFrame({"capture_id": capture, "hash": pl.Series(hashes, dtype=pl.String)})
        known = self._known(capture.to_list())
        before = capture.replace_strict(known, default=None, return_dtype=pl.String) if known else None
        fresh = frame["hash"] != before if before is not None else frame["hash"].is_not_null()
        fresh = fresh.fill_null(value=True) & (frame["capture_id"].is_last_distinct() | (capture == ""))
        changed, rows = whole.only(fresh), frame.filter(fresh)
        self.intake.counts.duplicate += whole.height - changed.height
        if changed.height:
            changed, rows = self._unrepeated(changed, rows)
        if changed.height:
            self._restart(changed.only(~rows["capture_id"].is_in(list(known))))
            kept = rows.with_columns(changed.frame["task_id"]).filter(pl.col("capture_id") != "")
            self.intake.take(changed, also=lambda connection: self._keep(connection, kept, known))

    def _known(self, captures: list[str]) -> dict[str, str]:
        """The hashes of the last read, by row."""
        found: dict[str, str] = {}
        with self.intake.store.reading() as connection:
            for start in range(0, len(captures), _AT_ONCE):
                chosen = sa.select(source_row.c.capture_id, source_row.c.hash).where(
                    source_row.c.source == self.intake.source,
                    source_row.c.capture_id.in_(captures[start : start + _AT_ONCE]),
                )
                found.update((row.capture_id, row.hash) for row in connection.execute(chosen))
        return found

    def _unrepeated(self, changed: Formed, rows: pl.DataFrame) -> tuple[Formed, pl.DataFrame]:
        """The rows without those whose key has arrived before, such as rows that name no task in every read."""
        with self.intake.store.reading() as connection:
            keys = known_keys(connection, self.intake.source, changed.frame["key"].to_list())
        new = ~changed.frame["key"].is_in(list(keys))
        self.intake.counts.duplicate += int((~new).sum())
        return changed.only(new), rows.filter(new)

    def _restart(self, back: Formed) -> None:
        """Restarts the tasks of rows that have come back, and state no status, if this source ended them.

        Where it may not reopen tasks, that is refused, and so the list of rejects says that the row is there again.
        """
        brings = pl.col("operation").is_in(["create", "update"]) & pl.col("status").is_null() & pl.col(FAULT).is_null()
        ids = dict(back.frame.filter(brings).select("task_id", "capture_id").iter_rows())
        intake, now = self.intake, self.intake.clock()
        ended = _ended_by(intake, list(ids))
        if not ended:
            return
        operations = [
            Operation(
                source=intake.source,
                key=f"load {self.load}|{ids[name]}|restart|back",
                kind=OperationKind.RESTART,
                task_id=name,
                capture_id=ids[name],
                received_at=now,
                reopen=intake.terms.reopen,
            )
            for name in ended
        ]
        with intake.store.writing() as connection:
            outcomes = apply_operations(connection, operations, ruling=intake.rules(now))
        for operation, outcome in zip(operations, outcomes, strict=True):
            intake.counts.add("missing before", operation, outcome)

    def _keep(self, connection: Connection, rows: pl.DataFrame, known: dict[str, str]) -> None:
        new = [
            {"source": self.intake.source, **row}
            for row in rows.filter(~pl.col("capture_id").is_in(list(known))).iter_rows(named=True)
        ]
        if new:
            connection.execute(source_row.insert(), new)
        changed = [
            {"known": row["capture_id"], "hash": row["hash"], "task_id": row["task_id"]}
            for row in rows.filter(pl.col("capture_id").is_in(list(known))).iter_rows(named=True)
        ]
        if changed:
            mine = (source_row.c.source == self.intake.source) & (source_row.c.capture_id == sa.bindparam("known"))
            values: dict[str, Any] = {"hash": sa.bindparam("hash"), "task_id": sa.bindparam("task_id")}
            connection.execute(source_row.update().where(mine).values(values), changed)

    def gone(self) -> tuple[list[AnyRow], int]:
        """The rows of the last read that are missing now, and how many rows of the last read belong to open tasks."""
        seen = np.unique(np.concatenate(self._seen)) if self._seen else np.array([], dtype=np.uint64)
        gone, open_rows = [], 0
        for rows in self._pages():
            hashes = pl.Series([row.capture_id for row in rows], dtype=pl.String).hash().to_numpy()
            open_rows += sum(_is_open(row) for row in rows)
            gone += [rows[number] for number in np.flatnonzero(~np.isin(hashes, seen))]
        return gone, open_rows

    def _pages(self) -> Iterator[list[AnyRow]]:
        after = ""
        columns = (source_row.c.capture_id, source_row.c.task_id, task.c.status)
        joined = source_row.outerjoin(task, task.c.task_id == source_row.c.task_id)
        while True:
            chosen = (
                sa.select(*columns)
                .select_from(joined)
                .where(source_row.c.source == self.intake.source, source_row.c.capture_id > after)
                .order_by(source_row.c.capture_id)
                .limit(_AT_ONCE)
            )
            with self.intake.store.reading() as connection:
                rows = list(connection.execute(chosen))
            if not rows:
                return
            yield rows
            after = rows[-1].capture_id


def _ended_by(intake: Intake, ids: Sequence[str]) -> list[str]:
    """Those of the tasks that are final because this source said so, also by what it lacked."""
    mine = (task.c.source == intake.source) & STATUS_OF_NAMED.in_(sorted(FINAL))
    found: list[AnyRow] = []
    with intake.store.reading() as connection:
        for start in range(0, len(ids), _AT_ONCE):
            named = task.c.task_id.in_(ids[start : start + _AT_ONCE])
            found += connection.execute(sa.select(task).where(mine, named))
    return [row.task_id for row in found if state_of(row)[0].stated == row.status]


def _is_open(row: AnyRow) -> bool:
    return row.status is not None and row.status not in FINAL


def settle_missing(full: FullRead, missing: str, *, accepted: bool) -> None:
    """Completes or cancels the tasks whose rows are missing.

    Raises:
        UnreadableSourceError: too many rows are missing at once, which suggests an incomplete read.
    """
    gone, known = full.gone()
    lost = [row for row in gone if _is_open(row)]
    if not accepted and len(lost) > _MOST_GONE and len(lost) > _SHARE_GONE * known:
        raise UnreadableSourceError(
            f"{len(lost):,} of {known:,} open tasks are missing in the source at once; none of them was touched. If "
            f"they are really gone, run: allot intake run {full.intake.source} --accept-missing"
        )
    kind = OperationKind.COMPLETE if missing == "complete" else OperationKind.CANCEL
    for start in range(0, len(gone), _AT_ONCE):
        _settle(full, gone[start : start + _AT_ONCE], kind)


def _settle(full: FullRead, rows: list[AnyRow], kind: OperationKind) -> None:
    intake, now = full.intake, full.intake.clock()
    operations = [
        Operation(
            source=intake.source,
            key=f"load {full.load}|{row.capture_id}|{kind}|missing",
            kind=kind,
            task_id=row.task_id,
            capture_id=row.capture_id,
            received_at=now,
        )
        for row in rows
        if _is_open(row)
    ]
    captures = [row.capture_id for row in rows]
    with intake.store.writing() as connection:
        outcomes = apply_operations(connection, operations, ruling=intake.rules(now))
        mine = source_row.c.source == intake.source
        connection.execute(source_row.delete().where(mine & source_row.c.capture_id.in_(captures)))
    for operation, outcome in zip(operations, outcomes, strict=True):
        intake.counts.add("missing", operation, outcome)
