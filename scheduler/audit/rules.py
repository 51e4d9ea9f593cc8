"""The hard rules H1 to H10 (contract section 4), E1 and E2 and the figures of each row, checked on the plan's rows."""

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

from scheduler.audit.exact import Bools, Ints
from scheduler.audit.facts import NO_LIMIT, Facts
from scheduler.audit.planned import NOWHERE, Planned
from scheduler.audit.report import Ledger
from scheduler.audit.tasks import index_in

_TOLERANCE = 1e-9  # figures in files are floats


def check_places(plan: pl.DataFrame, unplanned: pl.DataFrame, facts: Facts, ledger: Ledger) -> None:
    """Every good task is in exactly one row of plan and unplanned together (H1)."""
    tasks = len(facts.tasks.ids)
    task, other = index_in(plan["task_id"], facts.tasks.ids), index_in(unplanned["task_id"], facts.tasks.ids)
    planned, left = (np.bincount(found[found >= 0], minlength=tasks) for found in (task, other))

    def note(rule: str, wrong: Bools, message: Callable[[int], str]) -> None:
        ledger.each(rule, np.flatnonzero(wrong), lambda i: ((facts.tasks.ids[i],), message(i)))

    note("H1", planned > 1, lambda i: f"planned {planned[i]} times")
    note("tasks", left > 1, lambda i: f"{left[i]} rows in unplanned")
    note("tasks", (planned > 0) & (left > 0), lambda i: "both planned and unplanned")
    note("tasks", (planned == 0) & (left == 0), lambda i: "neither planned nor unplanned")
    ledger.each(
        "tasks",
        np.flatnonzero(other < 0),
        lambda row: ((str(unplanned["task_id"][row]),), "unplanned, but not among the good rows of tasks"),
    )


def check_rules(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """H2 to H10, E1 and E2 for every planned row; work in progress is held to H3, H5's horizon and H7 only.

    What one agent's rows must keep together is checked by :func:`check_days`.
    """
    tasks, span = facts.tasks, facts.span
    free, placed = ~rows.started, rows.start != NOWHERE

    def note(rule: str, wrong: Bools, message: Callable[[int], str]) -> None:
        ledger.each(rule, np.flatnonzero(wrong), lambda row: (_who(rows, row), message(row)))

    def beyond(grain: Ints) -> Ints:
        return rows.end - facts.clocks.capacity(rows.agent, grain)

    def grains_of(count: int) -> str:
        return f"{count} grain{'s' if count != 1 else ''} of {span.grain_s} s"

    note(
        "H2",
        free & np.isnan(rows.efficiency),
        lambda row: f"the agent lacks {facts.kinds.lacking(int(tasks.kind[rows.task[row]]), int(rows.agent[row]))}",
    )
    horizon = beyond(np.full_like(rows.task, span.grains))
    note("H5", placed & (horizon > 0), lambda row: f"ends {grains_of(horizon[row])} after the horizon")
    early = facts.clocks.capacity(rows.agent, tasks.since[rows.task]) - rows.start
    note("H4", free & placed & (early > 0), lambda row: f"starts {grains_of(early[row])} before not_before")
    expired = beyond(tasks.expires[rows.task])
    sooner = free & placed & (tasks.expires[rows.task] < span.grains)
    note("H5", sooner & (expired > 0), lambda row: f"ends {grains_of(expired[row])} after expires_at")
    if facts.numbers.hard:
        missed = beyond(tasks.due[rows.task])
        timely = free & placed & ~tasks.overdue[rows.task]
        note("H6", timely & (missed > 0), lambda row: f"ends {grains_of(missed[row])} after due_at")
    note("H8", free & ~facts.pairs.allows(rows.task, rows.agent), lambda _: "pairs excludes this agent")
    note("H10", ~tasks.plannable[rows.task], lambda row: "its status lets nobody plan it")
    _check_pins(rows, facts, ledger)
    _check_fixed(rows, facts, ledger)


def check_days(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """H3 and H9, and the sequence, for all rows of each agent together."""
    _check_overlap(rows, facts, ledger)
    _check_max_tasks(rows, facts, ledger)


def check_row_figures(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """Charged minutes, outcome and the ``pinned`` mark of every planned row."""
    file = rows.file
    minutes = rows.grains * facts.span.grain_s / 60
    wrong = ~np.isclose(file["minutes"].fill_null(np.nan).to_numpy(), minutes, rtol=_TOLERANCE, atol=0)
    ledger.each(
        "duration",
        np.flatnonzero(wrong),
        lambda row: (_who(rows, row), f"charged {file['minutes'][row]} minutes, it takes {minutes[row]}"),
    )
    outcome = np.where(rows.late, "late", "on_time")
    wrong = (file["outcome"].fill_null("") != pl.Series(outcome, dtype=pl.String)).to_numpy()
    ledger.each(
        "outcome",
        np.flatnonzero(wrong),
        lambda row: (_who(rows, row), f"outcome is {file['outcome'][row]}, its times say {outcome[row]}"),
    )
    pinned = rows.pinned | (facts.fixed[rows.task] == rows.agent)
    wrong = file["pinned"].ne_missing(pl.Series(pinned)).to_numpy()
    ledger.each(
        "H7",
        np.flatnonzero(wrong),
        lambda row: (_who(rows, row), f"pinned is {file['pinned'][row]}, must be {pinned[row]}"),
    )


def _who(rows: Planned, row: int) -> tuple[str, ...]:
    return rows.file["task_id"][row], rows.file["agent_id"][row]


def _check_overlap(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """H3: one task at a time; and the sequence counts an agent's tasks in the order of their start."""
    order = np.lexsort((rows.start, rows.agent))
    agent, start, end = rows.agent[order], rows.start[order], rows.end[order]
    first = np.concatenate([[True], agent[1:] != agent[:-1]])[: len(order)]
    # the furthest end so far, not only the last one: a long task may cover several
    clock = facts.span.grains + 1
    reach = np.maximum.accumulate(agent * clock + np.minimum(end, clock - 1)) - agent * clock
    overlap = np.where(first[1:], 0, np.minimum(reach[:-1], end[1:]) - start[1:])
    overlap = np.where(start[1:] == NOWHERE, 0, overlap)
    ledger.each(
        "H3",
        np.flatnonzero(overlap > 0),
        lambda at: (
            _who(rows, int(order[at + 1])),
            f"shares {overlap[at]} grains of its agent's time with an earlier task",
        ),
    )
    position = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0)) + 1
    sequence = rows.file["sequence"].fill_null(0).to_numpy()[order]
    ledger.each(
        "sequence",
        np.flatnonzero(sequence != position),
        lambda at: (_who(rows, int(order[at])), f"sequence is {sequence[at]}, by its start {position[at]}"),
    )


def _check_pins(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """H7, E2: work in progress and frozen work is where and when it must be; what does not fit is not planned."""
    pins, ids = facts.pins, facts.tasks.ids
    pinned = pins.agent >= 0
    fits = pins.start >= 0
    here = np.zeros(len(ids), bool)
    here[rows.task[rows.pinned]] = True

    def note(wrong: Bools, task: Ints, who: Callable[[int], tuple[str, ...]], message: Callable[[int], str]) -> None:
        for rule, of_rule in (("H7", ~pins.frozen[task]), ("E2", pins.frozen[task])):
            state = "in progress" if rule == "H7" else "frozen"
            ledger.each(
                rule,
                np.flatnonzero(wrong & of_rule),
                lambda k, state=state: (who(k), message(k).format(state)),  # type: ignore[misc]
            )

    everything = np.arange(len(ids))
    note(
        fits & ~here,
        everything,
        lambda i: (ids[i], facts.agents.ids[int(pins.agent[i])]),
        lambda _: "{}, but not planned with its agent",
    )
    own, start = partial(_who, rows), pins.start[rows.task]
    note(pinned[rows.task] & ~rows.pinned, rows.task, own, lambda _: "{} with another agent")
    note(rows.pinned & ~fits[rows.task], rows.task, own, lambda _: "does not fit, must not be planned")
    note(
        rows.pinned & fits[rows.task] & (rows.start != NOWHERE) & (rows.start != start),
        rows.task,
        own,
        lambda row: f"{{}}, starts at {rows.start[row]} on its agent's clock, must at {start[row]}",
    )


def _check_fixed(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """E1: what an edit pins to an agent is done by that agent."""
    doer = np.full(len(facts.tasks.ids), -1)
    doer[rows.task] = rows.agent
    ledger.each(
        "E1",
        np.flatnonzero((facts.fixed >= 0) & (doer != facts.fixed)),
        lambda i: ((facts.tasks.ids[i], facts.agents.ids[int(facts.fixed[i])]), "pinned to this agent, not done by it"),
    )


def _check_max_tasks(rows: Planned, facts: Facts, ledger: Ledger) -> None:
    """H9: work in progress counts, but is never too much itself."""
    agents = len(facts.agents.ids)
    started, free = (np.bincount(rows.agent[some], minlength=agents) for some in (rows.started, ~rows.started))
    limit = facts.agents.max_tasks
    left = np.where(limit == NO_LIMIT, NO_LIMIT, np.maximum(0, limit - started))
    ledger.each(
        "H9",
        np.flatnonzero(free > left),
        lambda a: (
            (facts.agents.ids[a],),
            f"{free[a]} {'task' if free[a] == 1 else 'tasks'} beside {started[a]} in progress, max_tasks is {limit[a]}",
        ),
    )
