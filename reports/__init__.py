"""Reports of a run for people: the workbook, the page, and the closing lines on the terminal.

Imports only ``models``. Every report is made from a :class:`RunView`; figures are computed once, and the writers only
present them. Each kind of report is imported at first use: whoever wants lines on a terminal waits for no workbook.
"""

from typing import TYPE_CHECKING

from models import loaded_later
from reports.content.edit_columns import NEW_AGENT, NEW_DUE, WORD, EditWords, edit_words
from reports.content.proof import usable_bound
from reports.content.quality import quality_phrase
from reports.content.replan_tables import change_lines
from reports.content.rest import counted_rest, no_rest
from reports.content.run_tables import SPLITS
from reports.content.view import RunView
from reports.kpis import KpiInputs, Scope, Sums, as_tree, figures_of, measure, scope_of, sums_of, sums_together
from reports.terminal.explain_agent import agent_lines
from reports.terminal.explain_task import task_lines
from reports.terminal.summary import summary_lines
from reports.words.alerts import (
    AlertMessage,
    alert_line,
    alert_message,
    by_gravity,
    place_words,
    watched_title,
    watched_value,
)
from reports.words.language import ENGLISH, LANGUAGES, speaking
from reports.words.messages import Messages
from reports.words.notices import notice_lines
from reports.words.plain import as_text

if TYPE_CHECKING:
    from reports.board import BOARD_DIMENSIONS, Board, board_asset, board_facts, board_language, board_page
    from reports.comparison import (
        CHANGE_COLUMNS,
        Comparison,
        Difference,
        compare_runs,
        comparison_lines,
        comparison_record,
        plan_changes,
        write_comparison_page,
        write_comparison_workbook,
    )
    from reports.fleet.page import write_fleet_page
    from reports.fleet.sites import Fleet, Site, fleet_frame
    from reports.fleet.text import fleet_lines, site_line
    from reports.handouts import CALENDARS, Handout, person_letter, team_handouts, write_calendars
    from reports.history import HistoryView, write_history_page, write_history_workbook
    from reports.page import write_page
    from reports.workbook import write_lists, write_task_list, write_workbook

_MODULES = {
    "reports.board": "BOARD_DIMENSIONS Board board_asset board_facts board_language board_page",
    "reports.comparison": (
        "CHANGE_COLUMNS Comparison Difference compare_runs comparison_lines "
        "comparison_record plan_changes write_comparison_page write_comparison_workbook"
    ),
    "reports.fleet.page": "write_fleet_page",
    "reports.fleet.sites": "Fleet Site fleet_frame",
    "reports.fleet.text": "fleet_lines site_line",
    "reports.handouts": "CALENDARS Handout person_letter team_handouts write_calendars",
    "reports.history": "HistoryView write_history_page write_history_workbook",
    "reports.page": "write_page",
    "reports.workbook": "write_lists write_task_list write_workbook",
}
__getattr__ = loaded_later(__name__, _MODULES)

__all__ = [
    "BOARD_DIMENSIONS",
    "CALENDARS",
    "CHANGE_COLUMNS",
    "ENGLISH",
    "LANGUAGES",
    "NEW_AGENT",
    "NEW_DUE",
    "SPLITS",
    "WORD",
    "AlertMessage",
    "Board",
    "Comparison",
    "Difference",
    "EditWords",
    "Fleet",
    "Handout",
    "HistoryView",
    "KpiInputs",
    "Messages",
    "RunView",
    "Scope",
    "Site",
    "Sums",
    "agent_lines",
    "alert_line",
    "alert_message",
    "as_text",
    "as_tree",
    "board_asset",
    "board_facts",
    "board_language",
    "board_page",
    "by_gravity",
    "change_lines",
    "compare_runs",
    "comparison_lines",
    "comparison_record",
    "counted_rest",
    "edit_words",
    "figures_of",
    "fleet_frame",
    "fleet_lines",
    "measure",
    "no_rest",
    "notice_lines",
    "person_letter",
    "place_words",
    "plan_changes",
    "quality_phrase",
    "scope_of",
    "site_line",
    "speaking",
    "summary_lines",
    "sums_of",
    "sums_together",
    "task_lines",
    "team_handouts",
    "usable_bound",
    "watched_title",
    "watched_value",
    "write_calendars",
    "write_comparison_page",
    "write_comparison_workbook",
    "write_fleet_page",
    "write_history_page",
    "write_history_workbook",
    "write_lists",
    "write_page",
    "write_task_list",
    "write_workbook",
]
