"""report.html: the dashboard of a run, one self-contained file.

Belongs here: the page's document, its data and scripts. Not here: its content (`content`, `words`).
"""

from reports.page.document import write_page

__all__ = ["write_page"]
