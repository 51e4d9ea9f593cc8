"""The figures of ``run.json``, recomputed (contract sections 5 and 6)."""

from fractions import Fraction
from math import isclose
from typing import Any

import numpy as np
import polars as pl

from data import Snapshot
from scheduler.audit.columns import REJECTS
from scheduler.audit.exact import decimal, is_number, nearest_float
from scheduler.audit.facts import Facts
from scheduler.audit.planned import Planned
from scheduler.audit.report import Ledger
from scheduler.audit.worth import Worth, points

SCHEMA_VERSION = 1


def count(snapshot: Snapshot, rows: Planned, unplanned: pl.DataFrame, facts: Facts) -> dict[str, int]:
    """The counts of a run: rejected, planned and unplanned add up to the rows read."""
    read = snapshot.rows_read["tasks"]
    late = int(rows.late.sum())
    return {
        "tasks": read,
        "rejected": read - snapshot.tasks.height,
        "plannable": int(facts.tasks.plannable.sum()),
        "planned": len(rows.task),
        "on_time": len(rows.task) - late,
        "late": late,
        "unplanned": unplanned.height,
    }


def agent_minutes(rows: Planned, facts: Facts) -> dict[str, float]:
    """Working time, capacity and planned time of all agents together, and their utilization."""
    working, capacity = (int(grains.sum()) for grains in facts.clocks.horizons())
    planned = int(rows.grains.sum())
    minutes = facts.span.grain_s / 60
    return {
        "working_minutes": working * minutes,
        "capacity_minutes": capacity * minutes,
        "planned_minutes": planned * minutes,
        "utilization": planned / working if working else 0.0,
    }


def check_figures(
    run: dict[str, Any], counts: dict[str, int], agents: dict[str, float], worth: Worth, ledger: Ledger
) -> None:
    """Compares the figures of ``run.json`` with the recomputed ones."""
    if run.get("schema_version") != SCHEMA_VERSION:
        ledger.add("run", f"schema_version is {run.get('schema_version')!r}, this audit reads {SCHEMA_VERSION}")
    if counts["tasks"] != counts["rejected"] + counts["planned"] + counts["unplanned"]:
        ledger.add("counts", f"rejected + planned + unplanned do not add up to the tasks read: {counts}")
    for rule, given, truth in (("counts", run.get("counts"), counts), ("agents", run.get("agents"), agents)):
        for key, right in truth.items():
            said = given.get(key) if isinstance(given, dict) else None
            if not _same(said, right) and not (key == "utilization" and said is None and not right):
                ledger.add(rule, f"{key} is {said!r}, must be {right!r}")
    for rule, key, hundredths in (
        ("objective", "objective", worth.objective),
        ("objective", "empty_objective", worth.empty),
    ):
        if not is_number(run.get(key)) or run[key] != hundredths / 100:
            ledger.add(rule, f"{key} is {run.get(key)!r}, must be {points(hundredths)}")
    _check_gap(run, worth, ledger)


def _check_gap(run: dict[str, Any], worth: Worth, ledger: Ledger) -> None:
    """Bound, gap and gain_gap go together; a proof says no more than they do."""
    bound, proof = run.get("bound"), run.get("proof")
    if not is_number(bound):
        for key, wanted in (("bound", None), ("gap", None), ("gain_gap", None), ("proof", "none")):
            if run.get(key) != wanted:
                ledger.add("gap", f"{key} is {run.get(key)!r}; without a bound it must be {wanted!r}")
        return
    limit, objective, empty = decimal(bound), Fraction(worth.objective, 100), Fraction(worth.empty, 100)
    above = limit - objective
    if above < 0:
        ledger.add("bound", f"bound {bound} is {float(-above)} below the objective {points(worth.objective)}")
    if proof not in ("optimal", "gap"):
        ledger.add("bound", f"proof is {proof!r} though there is a bound")
    if proof == "optimal" and above:
        ledger.add("bound", f"proof is 'optimal', but bound {bound} is not the objective {points(worth.objective)}")
    gap = above / max(abs(limit), Fraction(1, 10**9))
    gain_gap = above / (limit - empty) if limit != empty else None
    _compare_gap("gap", run.get("gap"), gap, ledger)
    if gain_gap is not None:
        _compare_gap("gain_gap", run.get("gain_gap"), gain_gap, ledger)
    elif run.get("gain_gap") not in (None, 0):
        ledger.add("gap", f"gain_gap is {run['gain_gap']!r} though nothing could be gained")


def _compare_gap(key: str, said: Any, right: Fraction, ledger: Ledger) -> None:
    share = nearest_float(right)
    if not is_number(said) or not isclose(said, share, rel_tol=1e-9, abs_tol=1e-9):
        ledger.add("gap", f"{key} is {said!r}, must be {share}")


def check_rejects(snapshot: Snapshot, rejects: pl.DataFrame, ledger: Ledger) -> None:
    """Checks that ``rejects.csv`` has the rows, rules and columns that reading the snapshot again rejects."""
    if rejects.columns != list(REJECTS):
        ledger.add("columns", f"rejects: its columns must be {', '.join(REJECTS)}")
        return
    key = [c for c in REJECTS if c not in ("value", "message")]
    said, truth = (
        frame.select(pl.col(key).cast(pl.String).fill_null("")).with_columns(
            nth=pl.int_range(pl.len()).over(key)  # the same line twice is two lines
        )
        for frame in (rejects, snapshot.rejects)
    )
    for missing, message in (
        (truth.join(said, on=said.columns, how="anti"), "set aside ({}), but not in rejects.csv"),
        (said.join(truth, on=said.columns, how="anti"), "in rejects.csv ({}), but not set aside"),
    ):
        found = missing.rows(named=True)
        ledger.each(
            "rejects",
            np.arange(len(found)),
            lambda i, found=found, message=message: (  # type: ignore[misc]
                (found[i]["table"], f"row {found[i]['row']}", found[i]["id"]),
                message.format(f"{found[i]['rule']} {found[i]['column']}".strip()),
            ),
        )


def _same(said: Any, right: float) -> bool:
    return is_number(said) and isclose(said, right, rel_tol=1e-9, abs_tol=0.0 if isinstance(right, int) else 1e-9)
