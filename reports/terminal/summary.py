"""The closing lines of a run on the terminal."""

from collections.abc import Sequence
from os import PathLike

from reports.content.headline import Figures, check_sentence, key_figures
from reports.content.quality import quality
from reports.content.view import RunView
from reports.words.language import ENGLISH, _, counted, listed, speaking
from reports.words.notices import notice_lines
from reports.words.wording import STOPS, Unit, in_words, reason_words, shown

_MANY_HOURS = 10
"""From so many working hours on, tenths of them say nothing."""


def summary_lines(view: RunView, files: Sequence[str | PathLike[str]] = (), language: str = ENGLISH) -> list[str]:
    """The run in a few sentences: quality, notices, tasks, people, what to correct, the ``files``.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        return _lines(view, files)


def _lines(view: RunView, files: Sequence[str | PathLike[str]]) -> list[str]:
    found, figures = quality(view.run), key_figures(view)
    lines = [
        _("{phrase} ({points})", phrase=found.phrase, points=found.points),
        *(_("but: {notice}", notice=notice) for notice in notice_lines(view.run.notices, view.messages)),
        _tasks(figures),
        _people(figures),
    ]
    if view.rejects.height:
        bad = counted(view.rejects.height, "{n} row set aside as bad data", "{n} rows set aside as bad data")
        lines.append(_("{rows}: see {file}", rows=bad, file="rejects.csv"))
    warnings = view.run.warnings
    if warnings:
        many = counted(len(warnings), "{n} warning", "{n} warnings")
        lines.append(_("{warnings}, the first: {first}", warnings=many, first=view.messages.said(warnings[0])))
    lines.append(_("checked: {sentence}", sentence=check_sentence(view.run)))
    if files:
        lines.append(_("written: {files}", files=", ".join(str(file) for file in files)))
    if lacking := view.run.not_written:
        lines.append(_("not written: {files}", files=", ".join(lacking)))
    if view.run.engine_reason:
        reason, stop = view.messages.said(view.run.engine_reason), in_words(STOPS, view.run.stop)
        lines.append(_("engine: {reason}; stopped: {stop}", reason=reason, stop=stop))
    return lines


def _tasks(figures: Figures) -> str:
    """How the tasks end, in numbers that add up."""
    if not figures.tasks:
        return _("no tasks")
    parts = [
        _("{n} on time", n=f"{figures.on_time.tasks:,}"),
        _late(figures.late, figures.late_overdue.tasks),
        *([_("{n} rejected", n=f"{figures.rejected:,}")] if figures.rejected else []),
        _not_planned(figures),
    ]
    tasks = counted(figures.tasks, "{n} task", "{n} tasks")
    return _("{tasks}: {parts}", tasks=tasks, parts=listed(parts))


def _late(late: int, overdue: int) -> str:
    if not overdue:
        return _("{n} late", n=f"{late:,}")
    were = counted(overdue, "of which {n} was overdue already", "of which {n} were overdue already")
    return _("{n} late ({were})", n=f"{late:,}", were=were)


def _not_planned(figures: Figures) -> str:
    if not figures.reasons:
        return _("{n} not planned", n=f"{figures.unplanned:,}")
    reasons = [
        _("{n} {reason}", n=f"{total.tasks:,}", reason=reason_words(reason)[0])
        for reason, total in figures.reasons.items()
    ]
    return _("{n} not planned: {reasons}", n=f"{figures.unplanned:,}", reasons=listed(reasons))


def _people(figures: Figures) -> str:
    """What the people's time is used for."""
    if not figures.people:
        return _("no people")
    unit = Unit.COUNT if figures.working_minutes >= _MANY_HOURS * 60 else Unit.HOURS
    planned, working = (shown(m / 60, unit) for m in (figures.planned_minutes, figures.working_minutes))
    people = counted(figures.people, "{n} person", "{n} people")
    if figures.utilization is None:
        return _("{people}: {planned} of {working} hours planned", people=people, planned=planned, working=working)
    return _(
        "{people}: {planned} of {working} hours planned, utilization {share}",
        people=people,
        planned=planned,
        working=working,
        share=shown(figures.utilization, Unit.SHARE),
    )
