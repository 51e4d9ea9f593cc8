"""plan.xlsx and the lists for handing out.

``book`` lists the sheets. Long tables go through ``sheet`` and ``rows``, sheets to read through ``grid``; ``archive``
makes the file.
Belongs here: writing Excel files of reports. Not here: their content (`content`), reading Excel (`data/sources`).
"""

from reports.workbook.archive import empty_book, new_book, save
from reports.workbook.book import ROWS_PER_SHEET, write_workbook
from reports.workbook.grid import Grid
from reports.workbook.lists import write_lists
from reports.workbook.sheet import Sheet, footer
from reports.workbook.task_list import write_task_list

__all__ = [
    "ROWS_PER_SHEET",
    "Grid",
    "Sheet",
    "empty_book",
    "footer",
    "new_book",
    "save",
    "write_lists",
    "write_task_list",
    "write_workbook",
]
