"""Key figures of a run for the enterprise, its parts and its clients, in one table.

``measure`` computes them from a run's facts; ``by_key`` looks them up. docs/key-figures.md explains each.
Belongs here: each measure, computed once. Not here: its name and meaning (`models.MEASURES`) or its presentation.
"""

from reports.kpis.book import as_tree, by_key
from reports.kpis.inputs import ASKED_COLUMNS, PERIOD_COLUMNS, SUPPLY_COLUMNS, TASK_COLUMNS, KpiInputs
from reports.kpis.levels import Scope, Sums, figures_of, measure, scope_of, sums_of, sums_together

__all__ = [
    "ASKED_COLUMNS",
    "PERIOD_COLUMNS",
    "SUPPLY_COLUMNS",
    "TASK_COLUMNS",
    "KpiInputs",
    "Scope",
    "Sums",
    "as_tree",
    "by_key",
    "figures_of",
    "measure",
    "scope_of",
    "sums_of",
    "sums_together",
]
