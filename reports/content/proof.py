"""Prevents false proof: a bound that a known value refutes is never shown as proved."""

from dataclasses import replace
from typing import TypeVar

import polars as pl

from models import ENTERPRISE, EditCost, RunRecord

UNUSABLE = "unusable"
"""What stop and proof of a run are called whose bound is refuted."""
_OF_BOUND = ("bound", "gap_points", "gap", "gain_gap")
_Number = TypeVar("_Number", int, float)


def usable_bound(bound: _Number | None, *values: _Number) -> _Number | None:
    """The bound, if it is at least all ``values``; ``None`` without a bound, or if one of them is above it."""
    return bound if bound is not None and all(value <= bound for value in values) else None


def is_refuted(run: RunRecord) -> bool:
    """Whether the bound of a run is known to be below a value that it should not be below."""
    return run.proof == UNUSABLE


def without_false_proof(run: RunRecord, kpis: pl.DataFrame, *others: float) -> tuple[RunRecord, pl.DataFrame]:
    """What a run says of itself, and its key figures, as reports may show them.

    They are unchanged, unless the run's objective, or one of the ``others`` (values of plans of the same problem), is
    above the bound: then the bound, and everything that follows from it, is removed.
    """
    figures = dict(kpis.filter(pl.col("level") == ENTERPRISE).select("measure", "value").iter_rows())
    values = [run.objective, *others]
    again = figures.get("bound")
    stated = [bound for bound in (run.bound, again) if bound is not None]
    if is_refuted(run) or any(usable_bound(float(bound), *values) is None for bound in stated):
        kept = (pl.col("level") != ENTERPRISE) | ~pl.col("measure").is_in(_OF_BOUND)
        return _disclaimed(run), kpis.filter(kept)
    return run, kpis


def _disclaimed(run: RunRecord) -> RunRecord:
    """The run with nothing that it claims by its bound."""
    stop = UNUSABLE if run.stop in ("optimal", "gap") else run.stop
    claims = replace(run, bound=None, gap=None, gain_gap=None, bound_source="", engine_reason="")
    return replace(claims, stop=stop, proof=UNUSABLE)


def proved_costs(cost: EditCost) -> EditCost:
    """A cost with what is proved of it, ``at_least`` and ``at_most``: ``None`` where that is false."""
    least = None if cost.at_least is None else usable_bound(-cost.at_least, -cost.points)
    most = usable_bound(cost.at_most, cost.points)
    return replace(cost, at_least=None if least is None else -least, at_most=most)
