"""Two runs side by side: figures, people and tasks, on the terminal, in a workbook, on a page and for programs.

Belongs here: what needs two runs. Not here: the changes of a re-plan (`content/replan_tables`).
"""

from reports.comparison.compared import Comparison, compare_runs
from reports.comparison.differences import CHANGE_COLUMNS, Difference, plan_changes
from reports.comparison.page import write_comparison_page
from reports.comparison.record import comparison_record
from reports.comparison.text import comparison_lines
from reports.comparison.workbook import write_comparison_workbook

__all__ = [
    "CHANGE_COLUMNS",
    "Comparison",
    "Difference",
    "compare_runs",
    "comparison_lines",
    "comparison_record",
    "plan_changes",
    "write_comparison_page",
    "write_comparison_workbook",
]
