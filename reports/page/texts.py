"""The texts that the page's script shows."""

from models import LEVELS, PEOPLE_LEVELS, TASK_LEVELS
from reports.words.language import _, msg, spoken

TEXTS = {
    "none": msg("(none)"),
    "everything": msg("Everything"),
    "hint": msg("Click a site, a team, a person, a tenant … in a chart to look closer."),
    "remove": msg("Remove the choice {what}"),
    "clear": msg("Show everything again"),
    **{f"dimension_{level}": LEVELS[level].title for level in (*PEOPLE_LEVELS, *TASK_LEVELS)},
    "dimension_agent": msg("Person"),
    "on_time": msg("on time"),
    "late": msg("late"),
    "unplanned": msg("not planned"),
    "of_tasks": msg("of {tasks} tasks chosen"),
    "of_nobody": msg("what nobody does belongs to no place"),
    "of_due": msg("of {tasks} tasks due within the horizon"),
    "of_choice": msg("of what is chosen"),
    "of_hours": msg("{planned} of {working} working hours"),
    "bar_utilization": msg("{name}: {share} of {working} working hours planned"),
    "bar_sla": msg("{name}: {share} of what falls due; {on_time} on time, {late} late, {unplanned} not planned"),
    "nothing_here": msg("Nothing to show for this choice."),
    "show_all": msg("Show all {count}"),
    "show_fewer": msg("Show fewer"),
    "shown": msg("{shown} of {found} shown"),
    "people_of": msg("People {first} to {last} of {count}"),
    "nobody": msg("Nobody of this choice has a planned task."),
    "listed": msg("{listed} of the {tasks} tasks of these people are on this page; the others are in plan.parquet."),
    "sort": msg("sort by {title}"),
    "demand": msg("due then"),
    "capacity": msg("working time that may be planned"),
    "planned": msg("planned"),
    "hours": msg("hours"),
    "share": msg("{number} %"),
}
"""By name; what is in braces is filled in by the script."""


def script_texts() -> dict[str, str]:
    """The texts in the current language, and its ``locale``, which decides how numbers are written."""
    return {"locale": spoken().tag, **{name: _(text) for name, text in TEXTS.items()}}
