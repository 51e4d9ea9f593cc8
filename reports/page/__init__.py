"""report.html: the dashboard of a run, one file that needs nothing but itself."""

from reports.page.document import write_page

__all__ = ["write_page"]
