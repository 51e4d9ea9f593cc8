"""The cost of stability as a chart of the workbook: value and bound by number of changes."""

from openpyxl.chart import Reference, ScatterChart, Series

from reports.content.table import Table
from reports.words.language import _

_FIRST_ROW = 2
"""Of the sheet's rows, behind the header."""


def curve_chart(table: Table, unit: str) -> ScatterChart:
    """The chart of the curve's table, which has a sheet of its own; values are in ``unit``."""
    chart = ScatterChart()
    chart.title, chart.style, chart.height, chart.width = _("Value by number of changes"), 13, 9, 18
    chart.x_axis.title, chart.y_axis.title = _("Changes"), unit
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = _floor(table)
    for column, title in (("objective", _("Value")), ("bound", _("No plan is worth more"))):
        series = Series(_cells(table, column), _cells(table, "allowed"), title=title)
        series.marker.symbol = "circle" if column == "objective" else "none"
        series.smooth = False
        chart.series.append(series)
    return chart


def _cells(table: Table, column: str) -> Reference:
    letter = "ABCDEFGH"[[each.name for each in table.columns].index(column)]
    return Reference(range_string=f"'{table.title}'!${letter}${_FIRST_ROW}:${letter}${table.height + _FIRST_ROW - 1}")


def _floor(table: Table) -> float:
    """A little below the least value: the differences are small against the whole."""
    values = [float(v) for name in ("objective", "bound") for v in table.frame[name].drop_nulls()]
    return min(values) - 0.1 * (max(values) - min(values))
