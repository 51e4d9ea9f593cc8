"""Key figures: what a run comes to for the enterprise, its parts and its clients, in one table.

``measure`` works them out from a run's facts; ``by_key`` looks them up. docs/key-figures.md says what each means.
Belongs here: each measure, worked out once. Not here: what it is called (`words/kpi_names`) or how it is shown.
"""

from reports.kpis.book import as_tree, by_key
from reports.kpis.facts import ASKED_COLUMNS, PERIOD_COLUMNS, SUPPLY_COLUMNS, TASK_COLUMNS, Facts
from reports.kpis.levels import LEVELS, measure

__all__ = [
    "ASKED_COLUMNS",
    "LEVELS",
    "PERIOD_COLUMNS",
    "SUPPLY_COLUMNS",
    "TASK_COLUMNS",
    "Facts",
    "as_tree",
    "by_key",
    "measure",
]
