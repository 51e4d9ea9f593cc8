"""What the plan is worth: the payoff of every row, their sum, and what the empty plan would be worth."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scheduler.audit.exact import Bools, Ints
from scheduler.audit.facts import Facts
from scheduler.audit.payoffs import Done
from scheduler.audit.planned import Planned
from scheduler.audit.report import Ledger
from scheduler.audit.tasks import index_in


@dataclass(frozen=True)
class Worth:
    """Objective of the plan and of the empty plan, in hundredths."""

    objective: int
    empty: int


def points(hundredths: int) -> str:
    """Hundredths as points, for people."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def payoffs_of(facts: Facts, task: Ints, agent: Ints, late: Bools, grains: Ints) -> Ints:
    """The payoff, in hundredths, of tasks done by agents."""
    requested = facts.tasks.requested[task] == agent
    bonus, cost = facts.pairs.bonus_of(task, agent), facts.agents.cost[agent]
    return facts.payoffs.planned(Done(task, late, bonus, requested, cost, grains))


def check_worth(rows: Planned, unplanned: pl.DataFrame, facts: Facts, ledger: Ledger) -> Worth:
    """The worth of the plan; payoffs in the files that differ are noted."""
    worth = payoffs_of(facts, rows.task, rows.agent, rows.late, rows.grains)
    _compare(rows.file, worth, ledger)
    nothing = facts.payoffs.unplanned()
    task = index_in(unplanned["task_id"], facts.tasks.ids)
    known = np.flatnonzero(task >= 0)
    _compare(unplanned[known], nothing[task[known]], ledger)
    # what is in neither file is not planned either
    left = np.ones(len(nothing), bool)
    left[rows.task] = False
    return Worth(sum(worth.tolist()) + sum(nothing[left].tolist()), sum(nothing.tolist()))


def _compare(file: pl.DataFrame, worth: Ints, ledger: Ledger) -> None:
    given = file["payoff"].fill_null(np.nan).to_numpy()
    wrong = ~np.isclose(given * 100, worth, rtol=1e-12, atol=1e-6)
    ids = file["task_id"]
    ledger.each(
        "payoff",
        np.flatnonzero(wrong),
        lambda row: ((ids[row],), f"payoff is {given[row]}, must be {points(int(worth[row]))}"),
    )
