"""plan.xlsx and the lists for handing out.

Long tables go through ``sheet`` and ``rows``, sheets to read through ``grid``; ``archive`` makes the file.
"""

from reports.workbook.book import ROWS_PER_SHEET, write_workbook
from reports.workbook.lists import SPLITS, write_lists

__all__ = ["ROWS_PER_SHEET", "SPLITS", "write_lists", "write_workbook"]
