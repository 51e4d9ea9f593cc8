"""Looks up key figures, and arranges them for other programs."""

from typing import Any

import polars as pl

MOST_KEYS = 50
"""run.json has the levels with at most so many keys; kpis.parquet has all."""


def by_key(kpis: pl.DataFrame, level: str) -> pl.DataFrame:
    """The figures of a level, one row per key and one column per measure; null where there is none."""
    rows = kpis.filter(pl.col("level") == level)
    return rows.pivot("measure", index="key", values="value", maintain_order=True)


def as_tree(kpis: pl.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """The figures by level, key and measure, for run.json: levels with at most :data:`MOST_KEYS` keys."""
    tree: dict[str, Any] = {}
    small = kpis.filter(pl.col("key").n_unique().over("level") <= MOST_KEYS)
    for level, key, name, value in small.select("level", "key", "measure", "value").iter_rows():
        whole = int(value) if value.is_integer() else value
        tree.setdefault(level, {}).setdefault(key, {})[name] = whole
    return tree
