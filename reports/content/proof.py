"""Prevents false proof: a bound that a known value refutes is never shown as proved."""

from collections.abc import Mapping
from typing import Any, TypeVar

import polars as pl

UNUSABLE = "unusable"
"""What stop and proof of a run are called whose bound is refuted."""
_OF_BOUND = ("bound", "gap_points", "gap", "gain_gap")
_Number = TypeVar("_Number", int, float)


def usable_bound(bound: _Number | None, *values: _Number) -> _Number | None:
    """The bound, if it is at least all ``values``; ``None`` without a bound, or if one of them is above it."""
    return bound if bound is not None and all(value <= bound for value in values) else None


def is_refuted(run: Mapping[str, Any]) -> bool:
    """Whether the bound of a run is known to be below a value that it should not be below."""
    return bool(run.get("proof") == UNUSABLE)


def without_false_proof(run: Mapping[str, Any], kpis: pl.DataFrame, *others: float) -> tuple[Any, pl.DataFrame]:
    """run.json and key figures as reports may show them.

    They are unchanged, unless the run's objective, or one of the ``others`` (values of plans of the same problem), is
    above the bound: then the bound, and everything that follows from it, is removed.
    """
    figures = dict(kpis.filter(pl.col("level") == "enterprise").select("measure", "value").iter_rows())
    values = [float(run["objective"]), *others]
    again = figures.get("bound")
    stated = [bound for bound in (run["bound"], again) if bound is not None]
    if is_refuted(run) or any(usable_bound(float(bound), *values) is None for bound in stated):
        kept = (pl.col("level") != "enterprise") | ~pl.col("measure").is_in(_OF_BOUND)
        return _disclaimed(run), kpis.filter(kept)
    return run, kpis


def _disclaimed(run: Mapping[str, Any]) -> dict[str, Any]:
    """The run with nothing that it claims by its bound."""
    stop = UNUSABLE if run["stop"] in ("optimal", "gap") else run["stop"]
    claims = {"bound": None, "gap": None, "gain_gap": None, "bound_source": "", "engine_reason": ""}
    return {**run, **claims, "stop": stop, "proof": UNUSABLE}


def proved_costs(cost: Mapping[str, Any]) -> dict[str, Any]:
    """A cost in ``points`` with its proved range, ``at_least`` and ``at_most``; ``None`` if that is false."""
    points = cost["points"]
    least = None if cost["at_least"] is None else usable_bound(-cost["at_least"], -points)
    return {**cost, "at_least": None if least is None else -least, "at_most": usable_bound(cost["at_most"], points)}
