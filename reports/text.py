"""The closing lines of a run on the terminal."""

from collections.abc import Sequence
from os import PathLike

from reports.figures import Figures, check_sentence, key_figures
from reports.quality import quality
from reports.view import RunView
from reports.wording import Kind, counted, reason_words, shown


def summary_lines(view: RunView, files: Sequence[str | PathLike[str]] = ()) -> list[str]:
    """The run in a few sentences: how good, the tasks, the people, what to correct, the ``files`` written."""
    found, figures = quality(view.run), key_figures(view)
    lines = [f"{found.phrase} ({found.points})", _tasks(figures), _people(figures)]
    if view.rejects.height:
        lines.append(f"{counted(view.rejects.height, 'row')} set aside as bad data: see rejects.csv")
    warnings = view.run["warnings"]
    if warnings:
        lines.append(f"{counted(len(warnings), 'warning')}, the first: {warnings[0]}")
    lines.append(f"checked: {check_sentence(view.run)}")
    if files:
        lines.append(f"written: {', '.join(str(file) for file in files)}")
    return lines


def _tasks(figures: Figures) -> str:
    """How the tasks end, in numbers that add up."""
    if not figures.tasks:
        return "no tasks"
    late, overdue = figures.late, figures.late_overdue.tasks
    were = f" (of which {counted(overdue, 'was', 'were')} overdue already)" if overdue else ""
    reasons = [f"{total.tasks:,} {reason_words(reason)[0]}" for reason, total in figures.reasons.items()]
    parts = [
        f"{figures.on_time.tasks:,} on time",
        f"{late:,} late{were}",
        *([f"{figures.rejected:,} rejected"] if figures.rejected else []),
        f"{figures.unplanned:,} not planned" + (f": {', '.join(reasons)}" if reasons else ""),
    ]
    return f"{counted(figures.tasks, 'task')}: {', '.join(parts)}"


def _people(figures: Figures) -> str:
    """What the people's time is used for."""
    if not figures.people:
        return "no people"
    planned, working = (shown(m / 60, Kind.COUNT) for m in (figures.planned_minutes, figures.working_minutes))
    used = "" if figures.utilization is None else f", utilization {shown(figures.utilization, Kind.SHARE)}"
    return f"{counted(figures.people, 'person', 'people')}: {planned} of {working} hours planned{used}"
