"""The page: figures, findings and data in one document with its stylesheet, scripts and drawing library."""

from os import PathLike
from typing import Any

from markupsafe import Markup

from models import PEOPLE_LEVELS
from reports.content.charts import BACKLOGS, SKILLS, backlog_bars, enterprise, periods, skill_bars
from reports.content.findings import findings
from reports.content.headline import (
    Fact,
    check_sentence,
    headline_facts,
    key_figures,
    outcome_table,
    people_facts,
    run_facts,
    value_facts,
)
from reports.content.kpi_tables import CLIENTS
from reports.content.quality import quality
from reports.content.replan_tables import changes_in_short, short_changes_table
from reports.content.run_tables import hours_table, policy_table
from reports.content.table import columns
from reports.content.view import RunView
from reports.content.watched import alert_table, target_table
from reports.page.data import page_data
from reports.page.templates import asset, library, render, write_in
from reports.page.texts import script_texts
from reports.words.language import ENGLISH, _, counted
from reports.words.notices import notice_lines
from reports.words.wording import Unit, moment

TASKS = 100_000
"""Tasks listed one by one: a page that still answers at once."""
HOURS = 15
"""Rows shown of what one more hour is worth."""
FIRST_CHANGES = 5
"""Rows of a re-plan's list of changes that are seen at once."""
CHANGES = 200
"""Rows shown of a re-plan's list of changes."""
WATCHED = 50
"""Rows shown of alerts, and of targets."""
TILES = ("objective", "on_time", "late", "unplanned", "utilization", "sla")
"""What the script calls the headline figures, in their order."""
LISTED = {
    "tasks": ("task_id", "@state", "process", "agent_id", "start_at", "end_at", "due_at", "payoff"),
    "people": (
        "agent_id", "name", "team", "site", "organisation", "@utilization", "@free_hours", "tasks", "late",
        "first_start", "last_end",
    ),
}  # fmt: skip
"""The columns of the lists to search."""
_SCRIPTS = ("store.js", "format.js", "bars.js", "tables.js", "drawing.js", "charts.js", "timeline.js", "dashboard.js")


def write_page(view: RunView, path: str | PathLike[str], most_tasks: int = TASKS, language: str = ENGLISH) -> None:
    """Writes the page of a run; the same run gives the same bytes.

    At most ``most_tasks`` tasks can be searched; the page says where the others are, and its figures include them.

    Raises:
        ValueError: there is no such ``language``.
    """
    write_in(language, path, lambda: _page(view, most_tasks))


def _page(view: RunView, most_tasks: int) -> str:
    """The text of the page."""
    figures = key_figures(view)
    span = {"begin": moment(view.as_of), "end": moment(view.horizon_end)}
    heading = _("Plan from {begin} to {end}", **span)
    return render(
        "page/page.html.j2",
        title=heading,
        heading=heading,
        view=view,
        quality=quality(view.run),
        notices=notice_lines(view.run.notices, view.messages),
        reached=_reached(view),
        check=check_sentence(view.run),
        headline=dict(zip(TILES, (*headline_facts(view, figures), _sla_fact(view)), strict=True)),
        figures=figures,
        findings=findings(view),
        watched=[made for made in (alert_table(view), target_table(view)) if made is not None and made.height],
        most_watched=WATCHED,
        outcomes=outcome_table(view, figures),
        backlog={_(title): backlog_bars(view, bands) for title, bands in BACKLOGS.items()},
        skills=skill_bars(view),
        most_skills=SKILLS,
        target=view.run.policy.target_utilization,
        hours=hours_table(view),
        most_hours=HOURS,
        changes=short_changes_table(view),
        changed=changes_in_short(view),
        first_changes=FIRST_CHANGES,
        most_changes=CHANGES,
        value=value_facts(view, figures),
        people=people_facts(figures),
        people_levels=PEOPLE_LEVELS,
        clients=CLIENTS,
        left_out=_left_out(view, most_tasks),
        made=run_facts(view),
        policy=policy_table(view),
        data=_data(view, most_tasks),
        library=library(),
        script=Markup("\n").join(asset("page", name) for name in _SCRIPTS),
    )


def _data(view: RunView, most_tasks: int) -> dict[str, Any]:
    """Everything that the script works with."""
    more = {"periods": periods(view), "columns": _titles(), "texts": script_texts()}
    return page_data(view, most_tasks) | more


def _sla_fact(view: RunView) -> Fact:
    """How many of the tasks that fall due within the horizon end on time."""
    whole = enterprise(view)
    due = int(whole.get("sla_due") or 0)
    note = counted(due, "of {n} task due within the horizon", "of {n} tasks due within the horizon")
    return Fact(_("SLA kept"), whole.get("sla_share"), Unit.SHARE, note)


def _titles() -> dict[str, list[dict[str, str]]]:
    """The columns of the lists as the script wants them."""
    return {
        name: [{"name": c.name, "title": c.title, "kind": c.kind.value} for c in columns(*names)]
        for name, names in LISTED.items()
    }


def _left_out(view: RunView, most: int) -> str:
    """What the list of tasks leaves out; empty when it has all."""
    gone = int(view.rest["tasks"].sum())
    rest = view.plan.height + view.unplanned.height - most + gone
    if rest <= 0:
        return ""
    if gone:
        return _(
            "The first {most} tasks can be searched here; the other {rest} are in plan.parquet and unplanned.parquet. "
            "Totals are of all tasks; what people and places do leaves out {gone} of them.",
            most=f"{most:,}",
            rest=f"{rest:,}",
            gone=f"{gone:,}",
        )
    return _(
        "The first {most} tasks can be searched here, beginning with those that hurt; the other {rest} are in "
        "plan.parquet and unplanned.parquet. Figures and charts are of all tasks.",
        most=f"{most:,}",
        rest=f"{rest:,}",
    )


def _reached(view: RunView) -> float | None:
    """The part of what could be gained that was reached, 0 to 1, where it can be stated."""
    gap = view.run.gain_gap
    return 1 - gap if quality(view.run).share and gap is not None else None
