"""The audit of a run that is too large for one place: piece by piece, each with all people and all work in progress.

A piece is an ordinary snapshot, and goes through the ordinary checks. Work in progress is in every piece; a piece of it
alone is taken from the sums of each of the others, and counts once. What an agent's rows must keep together is checked
on the rows of all pieces, as numbers. The pieces are this audit's own: nothing is taken from how the plan was made.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from data import InParts, read_in_parts
from models import CheckError
from scheduler.audit.bound import check_bound, of_people_at, of_tasks_at, read_prices, rounded_up
from scheduler.audit.exact import Ints
from scheduler.audit.facts import Facts, derive, reading_of
from scheduler.audit.figures import agent_minutes, check_figures, check_rejects, count
from scheduler.audit.planned import Planned
from scheduler.audit.report import SHOWN_PER_RULE, AuditReport, Ledger, Violation
from scheduler.audit.rules import check_days
from scheduler.audit.verdict import check_rows, report_of
from scheduler.audit.worth import Worth, check_worth

_SHARED = "shared.pickle"

Each = Callable[[Callable[["Piece", Any], "Found"], Sequence["Piece"]], Iterable["Found | None"]]
"""Does work on all pieces, by whoever there is, and gives the results in their order."""


@dataclass(frozen=True)
class Piece:
    """A piece to be audited: the file of its tasks, ``None`` for work in progress alone."""

    place: Path
    run_dir: Path
    tasks: Path | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a piece comes to, work in progress included."""

    violations: tuple[Violation, ...]
    totals: Counter[str]
    worth: Worth
    counts: dict[str, int]
    kept: int | None
    rows: Planned


@dataclass(frozen=True)
class _Shared:
    snapshot: InParts
    run: dict[str, Any]
    tasks_each: pl.DataFrame
    certificate: pl.DataFrame | None


def one_by_one(work: Callable[[Piece, Any], "Found"], pieces: Sequence[Piece]) -> list["Found | None"]:
    """Does work on all pieces here, one after the other."""
    return [work(piece, None) for piece in pieces]


def audit_in_parts(
    snapshot_path: Path,
    run_dir: Path,
    run: dict[str, Any],
    rejects: pl.DataFrame,
    certificate: pl.DataFrame | None,
    place: Path,
    each: Each,
) -> AuditReport:
    """Audits a run piece by piece; ``place`` is a folder that whoever works can read.

    Raises:
        SnapshotError, CheckError: as for :func:`scheduler.audit.files.audit_folder`.
    """
    snapshot = read_in_parts(snapshot_path, place / "pieces", **reading_of(run), each=each)
    plan, unplanned = (pl.scan_parquet(run_dir / f"{name}.parquet") for name in ("plan", "unplanned"))
    tasks_each = plan.group_by("agent_id").agg(tasks=pl.len()).collect()
    shared = _Shared(snapshot, run, tasks_each, certificate)
    (place / _SHARED).write_bytes(pickle.dumps(shared, protocol=5))
    pieces = [Piece(place, run_dir, tasks) for tasks in (None, *snapshot.files)]
    base, *others = _all_of(each(audit_piece, pieces))
    facts, ledger = derive(snapshot.people, run), Ledger()
    _note(ledger, base, others)
    check_rejects(snapshot.people, rejects, ledger)
    rows = _together([base.rows, *(_own(found.rows, base.rows) for found in others)])
    check_days(rows, facts, ledger)
    sizes = {
        name: frame.select(pl.len()).collect().item() for name, frame in (("plan", plan), ("unplanned", unplanned))
    }
    counts = {key: _sum(base.counts[key], [found.counts[key] for found in others]) for key in base.counts}
    counts |= {key: base.counts[key] for key in ("tasks", "rejected")}
    counts["rejected"] = counts["tasks"] - snapshot.tasks
    for name, known in (("plan", counts["planned"]), ("unplanned", counts["unplanned"])):
        if sizes[name] > known:
            ledger.add("tasks", f"{name} has {sizes[name] - known} rows of tasks or agents that the snapshot lacks")
    worth = Worth(
        _sum(base.worth.objective, [found.worth.objective for found in others]),
        _sum(base.worth.empty, [found.worth.empty for found in others]),
    )
    agents = agent_minutes(rows, facts)
    check_figures(run, counts, agents, worth, ledger)

    def prove() -> int:
        people = 0 if certificate is None else of_people_at(facts, read_prices(certificate, facts))
        return rounded_up(people + _sum(base.kept or 0, [found.kept or 0 for found in others]))

    bound = check_bound(run, certificate, None, facts, ledger, prove)
    return report_of(snapshot.people, run, worth, counts, agents, bound, ledger)


def audit_piece(piece: Piece, _: Any = None) -> Found:
    """Audits one piece."""
    shared = _shared(piece.place)
    snapshot = shared.snapshot.people
    if piece.tasks is not None:
        snapshot = shared.snapshot.view(pl.read_parquet(piece.tasks))
    facts, ledger = derive(snapshot, shared.run), Ledger()
    plan, unplanned = (_rows_of(piece.run_dir / f"{name}.parquet", facts) for name in ("plan", "unplanned"))
    rows, unplanned = check_rows(snapshot, plan, unplanned, facts, ledger, _count(shared.tasks_each, facts))
    worth = check_worth(rows, unplanned, facts, ledger)
    return Found(
        violations=tuple(ledger.violations),
        totals=ledger.totals,
        worth=worth,
        counts=count(snapshot, rows, unplanned, facts),
        kept=_kept(shared.certificate, facts),
        rows=replace(rows, file=rows.file.select("task_id", "agent_id", "sequence")),
    )


def _kept(certificate: pl.DataFrame | None, facts: Facts) -> int | None:
    """What tasks add to the bound; ``None`` without prices that prove one, which is said once, not by every piece."""
    try:
        return None if certificate is None else of_tasks_at(facts, read_prices(certificate, facts))
    except CheckError:
        return None


def _rows_of(file: Path, facts: Facts) -> pl.DataFrame:
    """The rows of a file that are of the tasks of a piece."""
    ids = pl.LazyFrame({"task_id": facts.tasks.ids})
    return pl.scan_parquet(file).join(ids, on="task_id", how="semi").collect()


def _count(tasks_each: pl.DataFrame, facts: Facts) -> Ints:
    """How many tasks each agent has in the whole plan."""
    named = pl.DataFrame({"agent_id": facts.agents.ids})
    found = named.join(tasks_each, on="agent_id", how="left", maintain_order="left")["tasks"]
    each: Ints = found.fill_null(0).cast(pl.Int64).to_numpy()
    return each


def _note(ledger: Ledger, base: Found, others: Sequence[Found]) -> None:
    """Notes the violations of all pieces, those of work in progress once."""
    ledger.totals += base.totals
    for found in others:
        ledger.totals += found.totals - base.totals
    shown: Counter[str] = Counter()
    for violation in dict.fromkeys(violation for found in (base, *others) for violation in found.violations):
        shown[violation.rule] += 1
        if shown[violation.rule] <= SHOWN_PER_RULE:
            ledger.violations.append(violation)


def _own(rows: Planned, base: Planned) -> Planned:
    """The rows of a piece without those of work in progress."""
    mine = ~rows.file["task_id"].is_in(base.file["task_id"].implode()).to_numpy()
    return Planned(**{name: column.filter(mine) if name == "file" else column[mine] for name, column in _columns(rows)})


def _together(parts: Sequence[Planned]) -> Planned:
    """The rows of all pieces; their tasks are numbers within a piece, and mean nothing here."""
    columns: dict[str, Any] = {}
    for name, _ in _columns(parts[0]):
        pieces = [getattr(part, name) for part in parts]
        columns[name] = pl.concat(pieces) if name == "file" else np.concatenate(pieces)
    return Planned(**columns)


def _columns(rows: Planned) -> list[tuple[str, Any]]:
    return [(field.name, getattr(rows, field.name)) for field in fields(rows)]


def _sum(base: int, others: Iterable[int]) -> int:
    """A sum over all pieces in which work in progress counts once."""
    return base + sum(each - base for each in others)


def _all_of(found: Iterable["Found | None"]) -> list[Found]:
    return [each for each in found if each is not None]


def _shared(place: Path) -> _Shared:
    return _loaded(place / _SHARED)


@lru_cache(maxsize=1)
def _loaded(file: Path) -> _Shared:
    shared: _Shared = pickle.loads(file.read_bytes())
    return shared
