"""What people read of a run: the workbook, the page, and the closing lines on the terminal.

Imports ``models`` only. Everything starts from a :class:`RunView`; figures are computed once and only shown
by the writers.
"""

from reports.changes import change_lines
from reports.explanation import agent_lines, task_lines
from reports.page import write_page
from reports.quality import quality_phrase
from reports.text import summary_lines
from reports.view import RunView
from reports.workbook import write_workbook

__all__ = [
    "RunView",
    "agent_lines",
    "change_lines",
    "quality_phrase",
    "summary_lines",
    "task_lines",
    "write_page",
    "write_workbook",
]
