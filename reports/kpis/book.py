"""Key figures looked up, and as other programs read them."""

from functools import cached_property
from typing import Any

import polars as pl

MOST_KEYS = 50
"""run.json has the levels with at most so many keys; kpis.parquet has all."""


class KpiBook:
    """The key figures of a run, by level, key and measure."""

    def __init__(self, kpis: pl.DataFrame) -> None:
        self._kpis = kpis

    @cached_property
    def _enterprise(self) -> dict[str, float]:
        return dict(self._kpis.filter(pl.col("level") == "enterprise").select("measure", "value").iter_rows())

    def whole(self, measure: str) -> float | None:
        """A measure of the enterprise; ``None`` where there is none."""
        return self._enterprise.get(measure)

    def level(self, level: str) -> pl.DataFrame:
        """One row a key, one column a measure, keys and measures in their order; null where there is none."""
        rows = self._kpis.filter(pl.col("level") == level)
        return rows.pivot("measure", index="key", values="value", maintain_order=True)


def as_tree(kpis: pl.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """The figures by level, key and measure, for run.json: levels with at most :data:`MOST_KEYS` keys."""
    tree: dict[str, Any] = {}
    small = kpis.filter(pl.col("key").n_unique().over("level") <= MOST_KEYS)
    for level, key, name, value in small.iter_rows():
        whole = int(value) if value.is_integer() else value
        tree.setdefault(level, {}).setdefault(key, {})[name] = whole
    return tree
