"""What a re-plan begins with: the snapshot, and the edits of the earlier run and of now that count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from data import Snapshot
from models import Message
from scheduler.edits import (
    Edit,
    Edited,
    Written,
    apply_edits,
    carry_over,
    read_edits_file,
    read_edits_workbook,
    refuse_conflicts,
    resolve,
    without_taken_back,
    without_unfit,
)
from scheduler.replanning.earlier import EarlierRun
from scheduler.replanning.request import ReplanRequest
from scheduler.run.policy import Policy, parse_freeze
from scheduler.run.stages import present, read_source


@dataclass(frozen=True, kw_only=True)
class ReplanInput:
    """A snapshot with its edits: ``plain`` is without them, ``edited`` with them and with what is to be said of them.

    ``edits`` are all that count. ``same`` tells that snapshot, policy and edits are those of the earlier run.
    """

    plain: Snapshot
    edits: tuple[Edit, ...]
    edited: Edited
    same: bool

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot with its edits."""
        return self.edited.snapshot


def read_edited(request: ReplanRequest, policy: Policy, earlier: EarlierRun) -> ReplanInput:
    """The snapshot with the edits that count.

    Raises:
        SnapshotError: the snapshot is refused.
        EditError: an edit cannot be made, or some cannot hold together.
    """
    snapshot, terms = _read(request, policy, earlier), policy.terms()
    old = [] if request.forget else without_taken_back(earlier.edits, request.take_back)
    filed, faults, remarks = _filed(request, earlier)
    new = resolve([*request.edits, *filed], snapshot, old, faults)
    carried, notes = carry_over(old, new, snapshot, same=earlier.is_of_files(snapshot))
    edits, unfit = without_unfit(snapshot, terms, [*carried, *new])
    refuse_conflicts(snapshot, terms, edits)
    edited = apply_edits(snapshot, terms, edits)
    warnings = (*snapshot.warnings, *remarks, *notes, *unfit)
    return ReplanInput(
        plain=snapshot,
        edits=tuple(edits),
        edited=replace(edited, snapshot=replace(edited.snapshot, warnings=warnings)),
        same=earlier.is_of(snapshot, policy) and not new and len(edits) == earlier.standing,
    )


def _read(request: ReplanRequest, policy: Policy, earlier: EarlierRun) -> Snapshot:
    """The snapshot; if it is the earlier run's, at that run's moment and horizon, unless others are given."""
    snapshot, then = read_source(request, policy), earlier.run
    if earlier.is_of_files(snapshot) and request.as_of is None and request.horizon is None:
        moments = {"as_of": then.as_of, "horizon": then.horizon_end}
        snapshot = read_source(request, policy, **moments, defaults={"timezone": then.timezone})
    return present(snapshot, request, policy)


def _filed(request: ReplanRequest, earlier: EarlierRun) -> tuple[Sequence[Written], Sequence[str], Sequence[Message]]:
    """The edits of the file, what is wrong in it, and what is to be said of it."""
    file = request.edits_file
    if file is None:
        return (), (), ()
    if file.suffix.lower() not in (".xlsx", ".xlsm"):
        return read_edits_file(file), (), ()
    found = read_edits_workbook(file, earlier.run.run_id, earlier.plan)
    return found.written, found.faults, found.remarks


def is_untouched(request: ReplanRequest, read: ReplanInput) -> bool:
    """Whether there is nothing to plan again."""
    return read.same and not request.asks_for_change


def to_freeze(request: ReplanRequest, policy: Policy, earlier: EarlierRun, read: ReplanInput) -> pl.DataFrame:
    """What of the earlier plan is to be frozen (E2), each agent's work in order.

    When nothing has changed, that is what was frozen and nothing else: it is the same problem.
    """
    plan = earlier.plan.sort("agent_id", "sequence")
    if is_untouched(request, read):
        return plan.filter(pl.col("task_id").is_in([task for task, _ in earlier.frozen]))
    length = parse_freeze(request.freeze if request.freeze is not None else policy.replan.freeze)
    return plan.filter((pl.col("start_at") < read.snapshot.as_of + length) & pl.lit(bool(length)))
