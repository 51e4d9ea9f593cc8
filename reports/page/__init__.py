"""report.html: the dashboard of a run, one file that needs nothing but itself.

Belongs here: the page's document, its data and scripts. Not here: what it says (`content`, `words`).
"""

from reports.page.document import write_page

__all__ = ["write_page"]
