"""The audit of a run: recomputes everything from the snapshot, and compares it with what the run says."""

from typing import Any

import polars as pl

from data import Snapshot
from scheduler.audit.bound import check_bound
from scheduler.audit.columns import PLAN, UNPLANNED, check_descriptions, conform
from scheduler.audit.edits import Edits, edited
from scheduler.audit.exact import Ints
from scheduler.audit.facts import Facts, derive
from scheduler.audit.figures import agent_minutes, check_figures, check_rejects, count
from scheduler.audit.planned import Planned, read_planned
from scheduler.audit.reasons import check_reasons
from scheduler.audit.report import AuditReport, Ledger
from scheduler.audit.rules import check_days, check_places, check_row_figures, check_rules
from scheduler.audit.worth import Worth, check_worth


def audit(
    snapshot: Snapshot,
    run: dict[str, Any],
    plan: pl.DataFrame,
    unplanned: pl.DataFrame,
    rejects: pl.DataFrame,
    certificate: pl.DataFrame | None = None,
    edits: Edits | None = None,
    of_tasks: pl.DataFrame | None = None,
) -> AuditReport:
    """Audits a run; ``run`` is the content of ``run.json``, ``edits`` are those of a re-plan.

    The certificate consists of the agents' prices, and optionally of prices ``of_tasks``.

    Raises:
        CheckError: ``run.json`` lacks what a check needs: as_of, horizon_end, timezone, a readable policy.
    """
    ledger = Ledger()
    snapshot = snapshot if edits is None else edited(snapshot, edits)
    facts = derive(snapshot, run, edits)
    check_rejects(snapshot, rejects, ledger)
    rows, unplanned = check_rows(snapshot, plan, unplanned, facts, ledger)
    check_days(rows, facts, ledger)
    worth = check_worth(rows, unplanned, facts, ledger)
    counts, agents = count(snapshot, rows, unplanned, facts), agent_minutes(rows, facts)
    check_figures(run, counts, agents, worth, ledger)
    certified, vouched = check_bound(run, certificate, of_tasks, facts, ledger)
    return report_of(snapshot, run, worth, counts, agents, (certified, vouched), ledger)


def check_rows(
    snapshot: Snapshot,
    plan: pl.DataFrame,
    unplanned: pl.DataFrame,
    facts: Facts,
    ledger: Ledger,
    tasks_each: Ints | None = None,
) -> tuple[Planned, pl.DataFrame]:
    """Checks both files task by task; the plan's rows with their places, and the rows of unplanned.

    ``tasks_each`` is how many tasks each agent has, where these are not all tasks of the run.
    """
    plan = conform(plan, PLAN, "plan", facts.span.timezone, ledger)
    unplanned = conform(unplanned, UNPLANNED, "unplanned", facts.span.timezone, ledger)
    check_descriptions(plan, PLAN, "plan", facts, snapshot, ledger)
    check_descriptions(unplanned, UNPLANNED, "unplanned", facts, snapshot, ledger)
    check_places(plan, unplanned, facts, ledger)
    rows = read_planned(plan, facts, ledger)
    check_rules(rows, facts, ledger)
    check_row_figures(rows, facts, ledger)
    check_reasons(unplanned, rows, facts, ledger, tasks_each)
    return rows, unplanned


def report_of(
    snapshot: Snapshot,
    run: dict[str, Any],
    worth: Worth,
    counts: dict[str, int],
    agents: dict[str, float],
    bound: tuple[int | None, str],
    ledger: Ledger,
) -> AuditReport:
    """The report of an audit; ``bound`` is the certified one, and what is to be said of it."""
    certified, vouched = bound
    changed = _changed_inputs(snapshot, run)
    return AuditReport(
        violations=tuple(ledger.violations),
        totals=dict(ledger.totals),
        notes=tuple(note for note in (vouched, *_differences(snapshot, run, changed)) if note),
        changed_inputs=changed,
        objective=worth.objective,
        empty_objective=worth.empty,
        counts=counts,
        agents=agents,
        certified_bound=certified,
    )


def _changed_inputs(snapshot: Snapshot, run: dict[str, Any]) -> tuple[str, ...]:
    """Names of inputs whose content is no longer what the run read, or that came or went."""
    then = run.get("inputs") or {}
    names = sorted(then.keys() | snapshot.inputs.keys())
    return tuple(name for name in names if then.get(name) != snapshot.inputs.get(name))


def _differences(snapshot: Snapshot, run: dict[str, Any], changed: tuple[str, ...]) -> list[str]:
    notes = []
    if changed:
        notes.append(f"inputs changed since the run: {', '.join(changed)}")
    if snapshot.timezone != run["timezone"]:
        notes.append(f"the run's time zone is {run['timezone']}, the snapshot's {snapshot.timezone}")
    return notes
