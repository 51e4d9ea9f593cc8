"""The history as a page and a workbook: trends with their targets, what changed most, plan against actual.

Belongs here: what people read of many runs. Not here: looking figures up (`scheduler/history`), the report of one run
(`page`, `workbook`), two runs side by side (`comparison`).
"""

from reports.history.page import write_history_page
from reports.history.view import FEATURED, HistoryView
from reports.history.workbook import write_history_workbook

__all__ = ["FEATURED", "HistoryView", "write_history_page", "write_history_workbook"]
