"""Why a task is not in the plan: the first reason that holds (contract section 6)."""

import numpy as np
import polars as pl

from scheduler.audit.exact import Bools, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.market import doable
from scheduler.audit.report import Ledger
from scheduler.audit.tasks import index_in


def check_reasons(unplanned: pl.DataFrame, facts: Facts, ledger: Ledger) -> None:
    """Every unplanned task gives the reason that the snapshot does."""
    task = index_in(unplanned["task_id"], facts.tasks.ids)
    known = np.flatnonzero(task >= 0)
    right = reasons_of(facts, task[known])
    said, ids = unplanned["reason"].gather(known).fill_null(""), unplanned["task_id"].gather(known)
    ledger.each(
        "reason",
        np.flatnonzero((said != right).to_numpy()),
        lambda row: ((ids[row],), f"reason is {said[row]!r}, must be {right[row]!r}"),
    )


def reasons_of(facts: Facts, task: Ints) -> pl.Series:
    """The reason of each task, were it not planned."""
    tasks, pinned = facts.tasks, facts.pins.agent[task] >= 0
    holds = [
        tasks.held[task],
        tasks.final[task],
        # H7: of the work in progress only what does not fit is left, whatever else may hold
        pinned,
        tasks.expired[task],
        tasks.not_yet[task],
        _nobody(facts, task),
    ]
    reasons = np.array(["held", "final", "no_time", "expired", "not_yet", "no_skill", "outbid"])
    chosen = reasons[np.select(holds, range(len(holds)), len(holds))]
    open_ = np.flatnonzero(chosen == "outbid")
    chosen[open_[~doable(facts, task[open_])]] = "no_time"
    return pl.Series(chosen, dtype=pl.String)


def _nobody(facts: Facts, task: Ints) -> Bools:
    """Whether no agent is allowed under H2 and H8."""
    pairs, kinds = facts.pairs, facts.kinds
    able = np.diff(kinds.first)[facts.tasks.kind]
    excluded = ~pairs.allowed & ~np.isnan(kinds.efficiencies(facts.tasks.kind[pairs.task], pairs.agent))
    able -= np.bincount(pairs.task[excluded], minlength=len(able))
    none: Bools = able[task] <= 0
    return none
