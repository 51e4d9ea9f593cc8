"""Handling minutes by process and efficiencies by person and skill, proposed from what was done, with their interval.

Nothing is taken over by itself.
"""

from datetime import datetime
from math import ceil, floor, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from data import parse_requirement
from models import AllotError

if TYPE_CHECKING:
    from data import Store

LEAST = 20
"""Fewer tasks than this say nothing of a person or a process."""
_Z = 1.96  # 95 %
_MEASURED = {"count": pl.Int64(), "median": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()}
MINUTES = {"process": pl.String(), **_MEASURED, "now": pl.Float64(), "judged": pl.Boolean()}
EFFICIENCY = {
    **dict.fromkeys(("agent_id", "skill"), pl.String()),
    **_MEASURED,
    "now": pl.Float64(),
    "judged": pl.Boolean(),
}


def standards(
    store: "Store", since: datetime, until: datetime | None, least: int = LEAST
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The minutes of processes and the efficiencies of people, with the columns of ``MINUTES`` and ``EFFICIENCY``.

    The median of tasks that were said to begin and were completed, with an interval in which the true median lies in 95
    of 100 cases. ``now`` is what the tables of people say. Without ``least`` tasks nobody is judged: no median.

    An efficiency is how many times as fast a person is as the process takes: its median here, else the task's standard
    minutes. Only tasks that ask for one skill count; those that ask for several say nothing of one of them.
    """
    from data import people_tables, read_actuals

    with store.reading() as connection:
        done = read_actuals(connection, since, until)
        tables = people_tables(connection, tables=("processes", "agent_skills"))
    done = done.filter(pl.col("result") == "completed", pl.col("minutes") > 0)
    processes = _column(tables.get("processes"), ["process"], "minutes")
    found = _measured(done.filter(pl.col("process").is_not_null()), ["process"], "minutes", least)
    minutes = found.join(processes, on="process", how="left").select(*MINUTES)
    told = done.join(minutes.select("process", "median"), on="process", how="left")
    told = told.join(processes.rename({"now": "usual"}), on="process", how="left")
    usual = pl.coalesce("median", "standard_minutes", "usual")
    told = told.with_columns(ratio=usual / pl.col("minutes"), skill=_one_skill(told, tables.get("processes")))
    told = told.filter(pl.col("skill").is_not_null() & pl.col("ratio").is_not_null() & pl.col("agent_id").is_not_null())
    keys = ["agent_id", "skill"]
    people = _measured(told, keys, "ratio", least)
    known = _column(tables.get("agent_skills"), keys, "efficiency")
    return minutes, people.join(known, on=keys, how="left").select(*EFFICIENCY)


def _measured(rows: pl.DataFrame, keys: list[str], column: str, least: int) -> pl.DataFrame:
    """The count, median and its interval of each group; only the count where that is too small."""
    found = []
    for names, group in rows.sort(column).group_by(keys, maintain_order=True):
        values = group[column].to_list()
        count = len(values)
        told = dict(zip(keys, names, strict=True)) | {"count": count, "judged": count >= least}
        if count >= least:
            middle, half = count / 2, _Z * sqrt(count) / 2  # ranks of the interval, by the normal approximation
            low, high = max(0, floor(middle - half) - 1), min(count - 1, ceil(middle + half))
            told |= {"median": group[column].median(), "low": values[low], "high": values[high]}
        found.append(told)
    schema = {**dict.fromkeys(keys, pl.String()), **_MEASURED, "judged": pl.Boolean()}
    return pl.DataFrame(found, schema=schema).sort(keys)


def _column(table: pl.DataFrame | None, keys: list[str], name: str) -> pl.DataFrame:
    """What a table of people says now, by its keys; the last row of a key counts."""
    if table is None:
        return pl.DataFrame(schema={**dict.fromkeys(keys, pl.String()), "now": pl.Float64()})
    return table.select(*keys, now=pl.col(name).cast(pl.Float64, strict=False)).unique(keys, keep="last")


def _one_skill(done: pl.DataFrame, processes: pl.DataFrame | None) -> pl.Series:
    """The skill that each task asks for, empty if it asks for none or several; the task's own, else the process's."""
    asked = done["skills"]
    if processes is not None:
        of_process = processes.unique("process", keep="last").select("process", of_process="skills")
        joined = done.join(of_process, on="process", how="left", maintain_order="left")
        asked = joined.select(pl.coalesce("skills", "of_process")).to_series()
    words = {text: _only(text) for text in asked.drop_nulls().unique()}
    return asked.replace_strict(words, default=None, return_dtype=pl.String)


def _only(text: str) -> str | None:
    try:
        names = {name for clause in parse_requirement(text) for name, _ in clause}
    except AllotError:
        return None
    return names.pop() if len(names) == 1 else None


def write_proposals(store: "Store", minutes: pl.DataFrame, people: pl.DataFrame, folder: Path) -> dict[str, int]:
    """Writes processes.csv and agent_skills.csv: the rows of today with what is proposed, to be taken over; how many.

    Only what is judged is there. Count and interval stand beside it.
    """
    from data import people_tables

    with store.reading() as connection:
        tables = people_tables(connection, tables=("processes", "agent_skills"))
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "processes": (minutes, ["process"], "minutes"),
        "agent_skills": (people, ["agent_id", "skill"], "efficiency"),
    }
    counts = {}
    for name, (found, keys, column) in made.items():
        proposed = found.filter("judged").select(
            *keys, pl.col("median").round(2).alias(column), "count", pl.col("low", "high").round(2), "now"
        )
        today = tables.get(name)
        if today is not None:
            others = today.drop(column, strict=False).unique(keys, keep="last")
            proposed = proposed.join(others, on=keys, how="left", maintain_order="left")
        proposed.write_csv(folder / f"{name}.csv")
        counts[name] = proposed.height
    return counts
