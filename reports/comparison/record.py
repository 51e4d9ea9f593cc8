"""A comparison for other programs."""

from typing import Any

import polars as pl
import polars.selectors as cs

from models import RunRecord
from reports.comparison.compared import Comparison
from reports.comparison.tables import HEADLINES


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """The comparison in plain values, for JSON: names as in run.json and kpis.parquet, times in ISO 8601."""
    sides = {"before": comparison.before, "after": comparison.after}
    return {
        **{side: _of_run(view.run) for side, view in sides.items()},
        "warnings": comparison.warnings(),
        "headlines": {
            name: dict(zip(sides, comparison.whole[name], strict=True))
            for name in HEADLINES
            if name in comparison.whole
        },
        "changes": {change.value: n for change, n in comparison.counts.items()},
        "people_changed": comparison.people_changed,
        "tasks": _rows(comparison.tasks),
        "agents": _rows(comparison.agents),
        "figures": _rows(comparison.figures),
    }


def _of_run(run: RunRecord) -> dict[str, str]:
    return {"run_id": run.run_id, "as_of": run.as_of.isoformat(), "horizon_end": run.horizon_end.isoformat()}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.with_columns(cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%:z")).to_dicts()
