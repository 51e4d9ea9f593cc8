"""The figures for the page's script: a block for each level, packed, as a year of days has millions of them.

A block is JSON, compressed and in Base64: ``keys``, and for each measure a row for each key, which has whole numbers:
how many steps of ``scale`` a value is above the one before, ``null`` where there is none.
"""

import gzip
import json
from base64 import b64encode
from typing import Any

import numpy as np
import polars as pl

from models import Measure, Quantity
from reports.history.view import KNOWN, LEVELS_SHOWN, HistoryView, way_of
from reports.words.kpi_names import measure_title
from reports.words.wording import Unit

_SCALES = {Unit.COUNT: 1, Unit.HOURS: 10, Unit.MINUTES: 10, Unit.DAYS: 10, Unit.POINTS: 100, Unit.SHARE: 10_000}
"""Steps of a unit: finer than people read."""


def page_figures(view: HistoryView) -> dict[str, Any]:
    """The periods, the measures, and the packed blocks by level."""
    levels = {level: view.figures.filter(pl.col("level") == level) for level in LEVELS_SHOWN}
    there = set(view.figures["measure"].unique())
    return {
        "periods": [period.isoformat() for period in view.periods],
        "measures": {name: _measure(known, _scale(view, known)) for name, known in KNOWN.items() if name in there},
        "blocks": {level: _packed(view, frame) for level, frame in levels.items() if frame.height},
    }


def unit_of_measure(known: Measure) -> Unit:
    """How people read a measure: sums of minutes as hours."""
    if known.quantity is Quantity.MINUTES and known.ratio is None:
        return Unit.HOURS
    return Unit(known.quantity.value)


def _scale(view: HistoryView, known: Measure) -> int:
    """Steps to a unit; means of counts have decimals."""
    unit = unit_of_measure(known)
    return 10 if unit is Unit.COUNT and view.by != "day" else _SCALES[unit]


def _measure(known: Measure, scale: int) -> dict[str, Any]:
    return {
        "title": measure_title(known.name),
        "unit": unit_of_measure(known).value,
        "scale": scale,
        "less": known.less_is_better,
        "way": way_of(known.name),
    }


def _packed(view: HistoryView, frame: pl.DataFrame) -> str:
    keys = frame["key"].unique().sort().to_list()
    place = {key: number for number, key in enumerate(keys)}
    moment = {period: number for number, period in enumerate(view.periods)}
    blocks = {}
    for (name,), rows in frame.partition_by("measure", as_dict=True, maintain_order=True).items():
        known = KNOWN[str(name)]
        unit = unit_of_measure(known)
        values = np.full((len(keys), len(view.periods)), np.nan)
        factor = _scale(view, known) / (60 if unit is Unit.HOURS else 1)
        where = rows["key"].replace_strict(place, return_dtype=pl.Int64), rows["period"].replace_strict(moment)
        values[where[0].to_numpy(), where[1].to_numpy()] = rows["value"].to_numpy() * factor
        if np.nanmax(np.abs(values), initial=0) > 0:
            blocks[name] = _steps(values)
    text = json.dumps({"keys": keys, "figures": blocks}, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _steps(values: np.ndarray) -> list[list[int | None]]:
    """Each value less the last one before it that there is."""
    there = ~np.isnan(values)
    whole = np.where(there, np.rint(np.nan_to_num(values)), 0)
    width = values.shape[1]
    last = np.maximum.accumulate(np.where(there, np.arange(width), -1), axis=1)
    before = np.hstack([np.full((len(values), 1), -1), last[:, :-1]])
    earlier = np.where(before >= 0, np.take_along_axis(whole, np.maximum(before, 0), axis=1), 0)
    steps = (whole - earlier).astype(np.int64)
    return [
        [step if is_there else None for step, is_there in zip(row, row_there, strict=True)]
        for row, row_there in zip(steps.tolist(), there.tolist(), strict=True)
    ]
