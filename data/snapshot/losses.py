"""What reading the tables lost, in numbers: for all who are to know it beside the headline of a plan."""

from collections.abc import Iterator, Mapping

import polars as pl

from data.snapshot.period import Period
from data.snapshot.restrictions import Restrictions
from data.snapshot.validate import Checked
from data.tables.rejects import own_faults
from data.tables.schemas import ROW
from models import Code, Notice

_SHOWN = 3
_SET_ASIDE = {
    "agents": Code.AGENTS_SET_ASIDE,
    "agent_skills": Code.AGENT_SKILLS_SET_ASIDE,
    "shifts": Code.SHIFTS_SET_ASIDE,
    "pairs": Code.PAIRS_SET_ASIDE,
    "processes": Code.PROCESSES_SET_ASIDE,
    "tasks": Code.TASKS_SET_ASIDE,
}


def losses(
    checked: Mapping[str, Checked], found: Restrictions, period: Period, origins: Mapping[str, str]
) -> list[Notice]:
    """A notice of all that is lost, with the rows to mend; people and work first."""
    return list(_losses(checked, found, period, origins))


def _losses(
    checked: Mapping[str, Checked], found: Restrictions, period: Period, origins: Mapping[str, str]
) -> Iterator[Notice]:
    def notice(code: Code, table: str, rows: pl.DataFrame, count: int | None = None, of: str = "") -> Notice:
        """One of rows with ``row`` and ``id``."""
        return Notice(
            code=code,
            count=rows.height if count is None else count,
            of=checked[of or table].rows_read,
            table=table,
            place=origins[table],
            names=tuple(name or "" for name in rows["id"].head(_SHOWN)),
            rows=tuple(rows[ROW].head(_SHOWN)),
        )

    for table, code in _SET_ASIDE.items():
        lost = own_faults(checked[table].rejects)
        if lost.height:
            yield notice(code, table, lost)
    cascaded = checked["tasks"].rejects.filter(pl.col("rule") == "cascade")
    if cascaded.height:
        with_them = checked["processes"].rejects.filter(pl.col("id").is_in(cascaded["value"].implode()))
        yield notice(Code.TASKS_CASCADED, "processes", with_them, cascaded.height, of="tasks")
    pair = pl.concat_str("task_id", "agent_id", separator="|")
    tasks, agents = (checked[table] for table in ("tasks", "agents"))
    excluded, taken = found.excluded.with_columns(id=pair), found.taken.with_columns(id="agent_id")
    some = _among("task_id", tasks.good["task_id"]) & _among("agent_id", agents.good["agent_id"])
    nobody = ~_among("task_id", tasks.keys) | ~_among("agent_id", agents.keys)
    now = (pl.col("start") < period.horizon_end) & (pl.col("end") > period.as_of)
    for code, table, rows in (
        (Code.TIME_TAKEN, "shifts", taken.filter(_among("agent_id", agents.good["agent_id"]) & now)),
        (Code.PAIRS_EXCLUDED, "pairs", excluded.filter(some).unique("id", keep="first", maintain_order=True)),
        (Code.NOBODY_RESTRICTED, "shifts", taken.filter(~_among("agent_id", agents.keys))),
        (Code.NOBODY_RESTRICTED, "pairs", excluded.filter(nobody)),
    ):
        if rows.height:
            yield notice(code, table, rows)


def _among(column: str, known: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(known.drop_nulls().implode())
