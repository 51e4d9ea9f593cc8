"""Native charts of the workbook: horizontal bars, from top to bottom in the order of their table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from reports.content.palette import LIGHT
from reports.words.language import _, spoken
from reports.words.wording import Unit
from reports.workbook.style import FORMATS

_GAP, _WIDEST_GAP, _MANY = 40, 300, 12
"""The gap between so many bars, in per cent of a bar; a few do not fill the chart."""

Colour = str
"""A role of the palette."""


@dataclass(frozen=True)
class Bars:
    """A chart to be drawn from a table: its title, the columns of its series with their colours.

    ``kind`` is that of the values. ``stacked`` lays the series end to end as shares of 100 %. A share has an axis
    from 0 to 1.
    """

    title: str
    series: tuple[tuple[str, Colour], ...]
    kind: Unit
    stacked: bool = False


def draw(bars: Bars, worksheet: Any, places: Sequence[int], header: int, rows: int) -> Any:
    """The chart of the first ``rows`` rows below the row ``header``, names in the first column.

    ``places`` are the columns of the series, counted from 1.
    """
    chart: Any = BarChart()  # the stubs know no parts of titles
    chart.type, chart.gapWidth = "bar", min(_WIDEST_GAP, max(_GAP, _GAP * _MANY // rows))
    names = Reference(worksheet, min_col=1, min_row=header + 1, max_row=header + rows)
    for place, (_column, colour) in zip(places, bars.series, strict=True):
        values = Reference(worksheet, min_col=place, min_row=header, max_row=header + rows)
        series = Series(values, title_from_data=True)
        series.graphicalProperties = GraphicalProperties(solidFill=LIGHT[colour])
        series.cat = AxDataSource(strRef=StrRef(f=str(names)))
        series.graphicalProperties.line = LineProperties(noFill=True)
        chart.series.append(series)
    if bars.stacked:
        chart.grouping, chart.overlap = "percentStacked", 100
    _dress(chart, bars)
    return chart


def _dress(chart: Any, bars: Bars) -> None:
    """Title, axes and legend in the workbook's face and colours."""
    chart.title = bars.title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1100, bold=True))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    chart.x_axis.txPr = chart.y_axis.txPr = _text(800)
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LIGHT["line"]))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=LIGHT["line"]))
    chart.y_axis.number_format = _("0 %") if bars.stacked or bars.kind is Unit.SHARE else FORMATS[Unit.COUNT]
    chart.y_axis.crosses = "max"  # with the order turned round, this is the bottom
    chart.y_axis.scaling.min = 0
    if bars.kind is Unit.SHARE and not bars.stacked:
        chart.y_axis.scaling.max = 1
    if len(bars.series) == 1:
        chart.legend = None
    else:
        chart.legend.position, chart.legend.txPr = "b", _text(800)


def _letters(size: int, *, bold: bool = False) -> CharacterProperties:
    """Letters of a size in hundredths of a point."""
    return CharacterProperties(sz=size, b=bold, solidFill=LIGHT["ink"], latin=Font(typeface=spoken().face))


def _text(size: int) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_letters(size)), endParaRPr=_letters(size))])
