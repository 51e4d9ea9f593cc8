"""The headline figures and tables of a comparison, for workbook, page and terminal."""

from dataclasses import dataclass, replace

import polars as pl

from reports.comparison.compared import ABSENT, Comparison
from reports.comparison.differences import Difference
from reports.content.table import Column, Table, columns
from reports.content.view import names_of
from reports.words.kpi_names import level_title, measure_kind, measure_title
from reports.words.language import _, counted, listed, msg
from reports.words.wording import OUTCOMES, Unit, in_words, moment, reason_words, shown, signed, unit_of

HEADLINES = (
    "objective", "bound", "gain_gap", "on_time", "late", "late_chosen", "unplanned", "backlog_after", "sla_share",
    "fines", "minutes_planned", "utilization", "load_median", "rejected",
)  # fmt: skip
"""The key figures of the enterprise to look at first."""
CHANGES = {
    Difference.DROPPED: msg("no longer planned"),
    Difference.PLANNED: msg("newly planned"),
    Difference.REASSIGNED: msg("another person"),
    Difference.MOVED: msg("another time"),
    Difference.OUTCOME: msg("another outcome"),
}
"""What happened to a task, in a few words."""
_EFFECTS = {"better": msg("better"), "worse": msg("worse")}
_UNITS = {Unit.SHARE: msg("%"), Unit.MINUTES: msg("minutes")}


@dataclass(frozen=True)
class Versus:
    """One figure of both runs; ``None`` where a run does not have it."""

    label: str
    before: float | None
    after: float | None
    kind: Unit

    @property
    def difference(self) -> float | None:
        """The later run's figure less the earlier run's."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """The label, both figures and the difference with its sign."""
        return (
            self.label,
            shown(self.before, self.kind),
            shown(self.after, self.kind),
            signed(self.difference, self.kind),
        )


def headlines(comparison: Comparison) -> list[Versus]:
    """The figures to look at first, those that either run has."""
    known = [measure for measure in HEADLINES if measure in comparison.whole]
    return [Versus(_capital(measure_title(name)), *comparison.whole[name], measure_kind(name)) for name in known]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def headline_table(comparison: Comparison) -> Table:
    """The headline figures as text."""
    names = ("@what", "@before", "@after", "@difference")
    rows = [dict(zip(names, line.texts, strict=True)) for line in headlines(comparison)]
    titles = ("", _("Before"), _("After"), _("Difference"))
    kinds = (Unit.TEXT, *[Unit.COUNT] * 3)  # text already, but set to the right as figures are
    shape = tuple(map(Column, names, titles, kinds))
    return Table(_("Headline figures"), pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)), shape)


def title(comparison: Comparison) -> str:
    """Which runs are compared."""
    runs = {side: view.run.run_id for side, view in (("before", comparison.before), ("after", comparison.after))}
    return _("Run {after} compared with {before}", **runs)


def spans(comparison: Comparison) -> list[str]:
    """Begin and end of each run, and how it was made."""
    return [
        _(
            "{side}: {start} to {end}, engine {engine}",
            side=side,
            start=moment(view.as_of),
            end=moment(view.horizon_end),
            engine=view.run.engine,
        )
        for side, view in ((_("Before"), comparison.before), (_("After"), comparison.after))
    ]


def common_bound(comparison: Comparison) -> str:
    """What the bounds of both runs prove together; empty if the runs are of different problems."""
    before, after = comparison.before.run.bound, comparison.after.run.bound
    if not comparison.like or before is None or after is None:
        return ""
    best = shown(min(before, after), Unit.POINTS)
    return _(
        "Both runs solve the same problem: the lower bound holds for both, no plan is worth more than {best}.",
        best=best,
    )


def changed(comparison: Comparison) -> str:
    """How much is different, in a sentence."""
    if comparison.tasks.is_empty():
        return _("No task changed.")
    kinds = [_("{n} {reason}", n=f"{n:,}", reason=_(CHANGES[change])) for change, n in comparison.counts.items() if n]
    return _(
        "{tasks}, {people}: {kinds}",
        tasks=counted(comparison.tasks.height, "{n} task changed", "{n} tasks changed"),
        people=counted(comparison.people_changed, "{n} person has another day", "{n} people have another day"),
        kinds=listed(kinds),
    )


def task_table(comparison: Comparison) -> Table:
    """The changed tasks, no longer planned ones first, those that end worse marked."""
    words = {change.value: _(text) for change, text in CHANGES.items()}
    frame = comparison.tasks.with_columns(
        pl.col("change").replace(words).alias("@change"),
        *(_states(comparison.tasks[f"{side}_state"]).alias(f"@{side}_state") for side in ("from", "to")),
        *(
            names_of(view, comparison.tasks[f"{side}_agent"]).alias(f"@{side}_name")
            for side, view in (("from", comparison.before), ("to", comparison.after))
        ),
        pl.col("effect").replace({effect: _(text) for effect, text in _EFFECTS.items()}).alias("@effect"),
        (pl.col("effect") == "worse").fill_null(value=False).alias("@worse"),
    )
    shape = (
        *columns("task_id", "process"),
        Column("@change", _("Difference"), Unit.TEXT),
        Column("from_agent", _("Agent before"), Unit.TEXT),
        Column("@from_name", _("Name"), Unit.TEXT),
        Column("from_start", _("Start before"), Unit.TIME),
        Column("@from_state", _("Outcome before"), Unit.TEXT),
        Column("to_agent", _("Agent after"), Unit.TEXT),
        Column("@to_name", _("Name"), Unit.TEXT),
        Column("to_start", _("Start after"), Unit.TIME),
        Column("@to_state", _("Outcome after"), Unit.TEXT),
        *columns("due_at"),
        Column("@effect", _("Effect"), Unit.TEXT),
        Column("gain", _("Gain"), Unit.POINTS),
    )
    return Table(_("Changed tasks"), frame, shape, marks="@worse", rest=_("the workbook"))


def _states(states: pl.Series) -> pl.Series:
    """States in words: an outcome, why a task is not planned, or that the run does not have it."""
    words = {state: _state(state) for state in states.drop_nulls().unique()}
    return states.replace(words)


def _state(state: str) -> str:
    if state == ABSENT:
        return _("not in this run")
    return in_words(OUTCOMES, state) if state in OUTCOMES else reason_words(state)[0]


def people_table(comparison: Comparison) -> Table:
    """Everybody with the load before and after, those whose day changed most first."""
    sides = {"from": _("before"), "to": _("after")}
    hours = {f"@{side}_hours": pl.col(f"{side}_planned_minutes") / 60 for side in sides}
    loads = {f"@{side}_load": _share(side) for side in sides}
    shape = (
        *columns("agent_id", "name", "team"),
        Column("gained", _("Tasks gained"), Unit.COUNT),
        Column("lost", _("Tasks lost"), Unit.COUNT),
        Column("moved", _("Tasks moved"), Unit.COUNT),
        *(Column(f"{side}_tasks", _("Tasks {side}", side=word), Unit.COUNT) for side, word in sides.items()),
        *(Column(f"@{side}_hours", _("Planned h {side}", side=word), Unit.HOURS) for side, word in sides.items()),
        *(Column(f"@{side}_load", _("Utilization {side}", side=word), Unit.SHARE) for side, word in sides.items()),
        *(Column(f"{side}_late", _("Late {side}", side=word), Unit.COUNT) for side, word in sides.items()),
    )
    return Table(_("People"), comparison.agents.with_columns(**hours, **loads), shape, rest=_("the workbook"))


def people_changed(comparison: Comparison) -> Table:
    """Those whose day changed."""
    table = people_table(comparison)
    return replace(table, frame=table.frame.filter(pl.sum_horizontal("gained", "lost", "moved") > 0))


def _share(side: str) -> pl.Expr:
    working = pl.col(f"{side}_working_minutes")
    return pl.when(working > 0).then(pl.col(f"{side}_planned_minutes") / working)


def figure_table(comparison: Comparison) -> Table:
    """Every key figure of both runs; shares in per cent."""
    frame = comparison.figures
    measures = frame["measure"].unique(maintain_order=True).to_list()
    kinds = {name: measure_kind(name) for name in measures}
    factor = pl.col("measure").replace_strict({m: 100.0 if k is Unit.SHARE else 1.0 for m, k in kinds.items()})
    units = {kind: _(text) for kind, text in _UNITS.items()} | {Unit.POINTS: unit_of(comparison.after.run)}
    told = frame.with_columns(
        pl.col("level").replace({level: level_title(level) for level in frame["level"].unique()}).alias("@level"),
        pl.col("measure").replace({name: measure_title(name) for name in measures}).alias("@measure"),
        pl.col("measure").replace({name: units.get(kind, "") for name, kind in kinds.items()}).alias("@unit"),
        *((pl.col(name) * factor).round(2) for name in ("before", "after", "difference")),
    )
    shape = (
        Column("@level", _("Level"), Unit.TEXT),
        Column("key", _("Which"), Unit.TEXT),
        Column("@measure", _("Measure"), Unit.TEXT),
        Column("@unit", _("Unit"), Unit.TEXT),
        Column("before", _("Before"), Unit.NUMBER),
        Column("after", _("After"), Unit.NUMBER),
        Column("difference", _("Difference"), Unit.NUMBER),
    )
    return Table(_("Key figures"), told, shape, rest="kpis.parquet")
