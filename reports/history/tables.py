"""The history's tables: what changed most, targets, what was done beside the plan, people whose plan changed."""

import polars as pl

from reports.content.table import Column, Table
from reports.history.pack import unit_of_measure
from reports.history.view import KNOWN, HistoryView
from reports.words.alerts import alert_word, place_words, watched_title, watched_value
from reports.words.kpi_names import level_title, measure_title
from reports.words.language import _
from reports.words.wording import Unit, shown, signed

ALERTS = 50
"""Alerts on the page."""
PEOPLE = 20
"""People whose plan changed most, on the page."""
_UNITS = {Unit.HOURS: "h", Unit.MINUTES: "min", Unit.DAYS: "d"}


def written(measure: str, value: float | None) -> str:
    """A figure as text, with its unit; sums of minutes as hours."""
    if value is None:
        return ""
    unit = unit_of_measure(KNOWN[measure])
    number = value / 60 if unit is Unit.HOURS else value
    if unit in _UNITS:
        return f"{shown(number, Unit.HOURS)} {_UNITS[unit]}"
    kind = Unit.COUNT if unit is Unit.COUNT and number == int(number) else Unit.HOURS if unit is Unit.COUNT else unit
    return shown(number, kind)


def difference_written(measure: str, value: float | None) -> str:
    """A difference as text, with its sign."""
    if value is None:
        return ""
    if unit_of_measure(KNOWN[measure]) is Unit.SHARE:
        return signed(value, Unit.SHARE)
    return f"+{written(measure, value)}" if value > 0 else written(measure, value)


def which(level: str, key: str) -> str:
    """A level's member in words."""
    if level == "enterprise":
        return _("Everything")
    return f"{level_title(level)}: {key or _('(none)')}"


def change_table(view: HistoryView) -> Table:
    """What changed most, worse ones marked."""
    rows = [
        {
            "@which": which(row["level"], row["key"]),
            "@measure": measure_title(row["measure"]),
            "@before": written(row["measure"], row["before"]),
            "@now": written(row["measure"], row["now"]),
            "@difference": difference_written(row["measure"], row["difference"]),
            "@effect": {1: _("better"), -1: _("worse")}.get(int(row["better"]), ""),
            "@worse": row["better"] < 0,
        }
        for row in view.changes.iter_rows(named=True)
    ]
    titles = (_("Which"), _("Measure"), _("Before that"), _("Now"), _("Difference"), _("Effect"))
    names = ("@which", "@measure", "@before", "@now", "@difference", "@effect")
    kinds = (Unit.TEXT, Unit.TEXT, Unit.COUNT, Unit.COUNT, Unit.COUNT, Unit.TEXT)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"@worse": pl.Boolean})
    return Table(_("What changed most"), frame, tuple(map(Column, names, titles, kinds)), marks="@worse")


def target_table(view: HistoryView) -> Table:
    """Every target with the figure of its last period and how often it was met, missed ones marked."""
    names = ["level", "key", "measure"]
    judged = view.figures.filter(pl.col("target").is_not_null()).sort("period")
    held = judged.group_by(*names, "target", maintain_order=True).agg(
        pl.col("value").last(), pl.col("met").last().alias("last_met"), pl.col("met").mean().alias("kept"), pl.len()
    )
    targets = view.targets.rename({"value": "target"})
    both = targets.join(held, on=[*names, "target"], how="left", maintain_order="left")
    rows = [
        {
            "level": row["level"],
            "key": row["key"],
            "measure": row["measure"],
            "@which": which(row["level"], row["key"]),
            "@measure": measure_title(row["measure"]),
            "@target": written(row["measure"], row["target"]),
            "@from": row["valid_from"].isoformat(),
            "@to": "" if row["valid_to"] is None else row["valid_to"].isoformat(),
            "@now": written(row["measure"], row["value"]),
            "@kept": row["kept"],
            "@missed": row["last_met"] is False,
        }
        for row in both.iter_rows(named=True)
    ]
    shape = (
        Column("@which", _("Which"), Unit.TEXT),
        Column("@measure", _("Measure"), Unit.TEXT),
        Column("@target", _("Target"), Unit.COUNT),
        Column("@from", _("From day"), Unit.TEXT),
        Column("@to", _("To day"), Unit.TEXT),
        Column("@now", _("Last figure"), Unit.COUNT),
        Column("@kept", _("Kept in"), Unit.SHARE),
    )
    texts = ("level", "key", "measure", "@which", "@measure", "@target", "@from", "@to", "@now")
    schema = dict.fromkeys(texts, pl.String) | {"@kept": pl.Float64, "@missed": pl.Boolean}
    return Table(_("Targets"), pl.DataFrame(rows, schema=schema), shape, marks="@missed")


def alert_table(view: HistoryView) -> Table:
    """The alerts that have fired, those that still do first, then the last ones, with what was done about them."""
    rows = [
        {
            "@alert": alert.name,
            "@which": place_words(alert.level, alert.key, alert.measure),
            "@measure": watched_title(alert.measure),
            "@figure": watched_value(alert.value, alert.measure),
            "@limit": "" if alert.threshold is None else watched_value(alert.threshold, alert.measure),
            "@severity": alert_word(alert.severity),
            "@from": f"{alert.since:%Y-%m-%d %H:%M}",
            "@to": "" if alert.until is None else f"{alert.until:%Y-%m-%d %H:%M}",
            "@done": "; ".join(view.done.get(alert.alert_id or 0, ())),
            "level": alert.level,
            "key": alert.key,
            "@fires": alert.until is None,
        }
        for alert in sorted(view.alerts, key=lambda each: (each.until is None, each.since), reverse=True)
    ]
    titles = {
        "@alert": _("Alert"),
        "@which": _("For"),
        "@measure": _("Measure"),
        "@figure": _("Figure"),
        "@limit": _("Threshold"),
        "@severity": _("Severity"),
        "@from": _("Since"),
        "@to": _("Until"),
        "@done": _("What was done"),
    }
    shape = tuple(Column(name, title, Unit.PROSE if name == "@done" else Unit.TEXT) for name, title in titles.items())
    schema = dict.fromkeys((*titles, "level", "key"), pl.String) | {"@fires": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema)
    return Table(_("Alerts"), frame, shape, marks="@fires", rest=_("the workbook"))


_DONE = ("done", "done_as_planned", "done_by_other", "done_outside", "done_due", "done_on_time")
_RATIOS = ("as_planned_share", "on_time_share", "worked_to_standard")


def done_table(view: HistoryView, level: str = "enterprise") -> Table:
    """What was done beside the plan, period by period, the last one first; of a level's members as a whole."""
    names = (*_DONE, "minutes_worked", "minutes_standard", *_RATIOS)
    rows = view.figures.filter(pl.col("level") == level, pl.col("measure").is_in(names))
    by = "period" if level == "enterprise" else "key"
    wide = rows.group_by(by, "measure").agg(pl.col("value").sum()).pivot("measure", index=by, values="value")
    wide = wide.with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in names if name not in wide.columns),
    ).with_columns(
        as_planned_share=pl.col("done_as_planned")
        / (pl.col("done_as_planned") + pl.col("done_by_other") + pl.col("done_outside")),
        on_time_share=pl.col("done_on_time") / pl.col("done_due"),
        worked_to_standard=pl.col("minutes_worked") / pl.col("minutes_standard"),
    )
    wide = wide.with_columns(pl.col(name).fill_nan(None) for name in _RATIOS).with_columns(
        pl.col(name).round().cast(pl.Int64) for name in _DONE
    )
    if by == "period":
        first = Column("@when", _("From day"), Unit.TEXT)
        wide = wide.sort("period", descending=True).with_columns(
            pl.col("period").dt.strftime("%Y-%m-%d").alias("@when")
        )
    else:
        first = Column("@when", level_title(level), Unit.TEXT)
        named = pl.when(pl.col("key") == "").then(pl.lit(_("(none)"))).otherwise("key")
        wide = wide.sort("done", "key", descending=[True, False]).with_columns(named.alias("@when"))
    wide = wide.with_columns((pl.col(name) / 60).alias(name) for name in ("minutes_worked", "minutes_standard"))
    shape = (
        first,
        Column("done", _("Done"), Unit.COUNT),
        Column("done_as_planned", _("By whom the plan said"), Unit.COUNT),
        Column("done_by_other", _("By somebody else"), Unit.COUNT),
        Column("done_outside", _("Outside the plan"), Unit.COUNT),
        Column("as_planned_share", _("As planned"), Unit.SHARE),
        Column("minutes_worked", _("Worked h"), Unit.HOURS),
        Column("minutes_standard", _("Standard h"), Unit.HOURS),
        Column("worked_to_standard", _("Worked to standard"), Unit.SHARE),
        Column("done_due", _("With a due time"), Unit.COUNT),
        Column("done_on_time", _("On time"), Unit.COUNT),
        Column("on_time_share", _("On time"), Unit.SHARE),
    )
    return Table(_("Plan against actual"), wide, shape, rest=_("the workbook"))


def people_table(view: HistoryView) -> Table:
    """How often a new plan told people otherwise, those with the most changes first."""
    share = pl.when(pl.col("plan_told") > 0).then(pl.col("plan_changes") / pl.col("plan_told"))
    frame = view.people.with_columns(share.alias("@share"), (pl.col("plan_changes") / pl.col("days")).alias("@a_day"))
    shape = (
        Column("agent_id", _("Agent"), Unit.TEXT),
        Column("days", _("Days with a plan"), Unit.COUNT),
        Column("plan_changes", _("Tasks told otherwise"), Unit.COUNT),
        Column("@a_day", _("A day"), Unit.HOURS),
        Column("@share", _("Of what was told"), Unit.SHARE),
    )
    frame = frame.sort("plan_changes", "agent_id", descending=[True, False])
    return Table(_("People whose plan changed"), frame, shape, rest=_("the workbook"))


def figure_table(view: HistoryView) -> Table:
    """Every figure of every period, the last period first; shares as parts of 1, minutes as minutes."""
    measures = {name: measure_title(name) for name in view.figures["measure"].unique()}
    levels = {name: level_title(name) for name in view.figures["level"].unique()}
    frame = view.figures.select(
        pl.col("period").dt.strftime("%Y-%m-%d").alias("@when"),
        pl.col("level").replace(levels).alias("@level"),
        "key",
        "measure",
        pl.col("measure").replace(measures).alias("@measure"),
        pl.col("value").round(4),
        "target",
        (~pl.col("met")).fill_null(value=False).alias("@missed"),
        "level",
        "period",
    ).sort("period", "level", "key", "measure", descending=[True, False, False, False])
    shape = (
        Column("@when", _("From day"), Unit.TEXT),
        Column("@level", _("Level"), Unit.TEXT),
        Column("key", _("Which"), Unit.TEXT),
        Column("@measure", _("Measure"), Unit.TEXT),
        Column("measure", _("Name"), Unit.TEXT),
        Column("value", _("Value"), Unit.NUMBER),
        Column("target", _("Target"), Unit.NUMBER),
    )
    return Table(_("Figures"), frame, shape, marks="@missed", rest="allot history export")
