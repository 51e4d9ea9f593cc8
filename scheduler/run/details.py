"""Why a task is not planned, with its particulars: the messages of the reasons."""

from collections.abc import Iterator

import polars as pl

from models import Code, MessageColumn, Reason, message_table

Case = tuple[pl.Expr, MessageColumn]
"""When something is to be said, and what."""


def with_details(rows: pl.DataFrame, zone: str, *, late_is_worthless: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of unplanned tasks with their ``detail``, and the table of its messages; times are told in ``zone``."""
    cases = list(_cases(zone, late_is_worthless))
    number = pl.coalesce(pl.when(holds).then(pl.lit(k)) for k, (holds, _) in enumerate(cases))
    numbered = rows.with_row_index("nth").with_columns(case=number)
    told, tables = [], []
    for k, (_, message) in enumerate(cases):
        of_case = numbered.filter(pl.col("case") == k).with_columns(detail=message.text())
        told.append(of_case.select("nth", "detail"))
        tables.append(message.table(of_case.unique("detail", maintain_order=True)))
    return rows.with_columns(pl.concat(told).sort("nth")["detail"]), message_table((), *tables)


def _cases(zone: str, late_is_worthless: bool) -> Iterator[Case]:
    """What is said of each reason; of several cases, the first that holds counts."""

    def when(column: str) -> pl.Expr:
        return pl.col(column).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M")

    def told(reason: Reason, code: Code, *, only: pl.Expr | None = None, **parts: pl.Expr) -> Case:
        holds = pl.col("reason") == reason.value
        return (holds if only is None else holds & only), MessageColumn(code, parts)

    minutes, short = (pl.col(c).round(1).cast(pl.String) for c in ("minutes", "short"))
    skilled, allowed = (pl.col(c).cast(pl.String) for c in ("skilled", "allowed"))
    value = pl.col("value").cast(pl.String).str.strip_suffix(".0")
    skills, asks = pl.col("skills"), pl.col("skills").is_not_null()
    some, worthless = pl.col("skilled") > 0, pl.col("worth") == 0
    yield told(Reason.HELD, Code.HAS_STATUS, status=pl.col("status"))
    yield told(Reason.FINAL, Code.HAS_STATUS, status=pl.col("status"))
    yield told(Reason.EXPIRED, Code.EXPIRED, time=when("expires_at"))
    yield told(Reason.NOT_YET, Code.NOT_YET, time=when("not_before"))
    yield told(Reason.NO_SKILL, Code.ALL_EXCLUDED, only=some & asks, n=skilled, skills=skills)
    yield told(Reason.NO_SKILL, Code.ALL_PEOPLE_EXCLUDED, only=some, n=skilled)
    yield told(Reason.NO_SKILL, Code.NOBODY_SKILLED, only=asks, skills=skills)
    yield told(Reason.NO_SKILL, Code.NOBODY_THERE)
    yield told(Reason.NO_GAIN, Code.NO_WEIGHT, only=worthless & (pl.col("value") > 0), value=value)
    yield told(Reason.NO_GAIN, Code.NO_VALUE, only=worthless, value=value)
    yield told(Reason.NO_GAIN, Code.LATE_WORTHLESS, only=pl.col("overdue") & late_is_worthless)
    yield told(Reason.NO_GAIN, Code.ROUNDS_TO_NOTHING, only=pl.col("most") <= 0, value=value)
    yield told(Reason.NO_GAIN, Code.COSTS_MORE)
    yield told(Reason.NO_TIME, Code.STARTED_TOO_LONG, only=pl.col("stuck"), agent=pl.col("agent_id"))
    yield told(Reason.NO_TIME, Code.TIME_SHORT, agent=pl.col("nearest"), minutes=short)
    yield told(Reason.NO_PLACES, Code.PLACES_TAKEN)
    yield told(Reason.OUTBID, Code.OUTBID, minutes=minutes, n=allowed)
