"""The plots of a report's workbook. Pure: each takes the sheet its figures are on."""

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

#: Blue and green for what is told, grey for what it is compared with, red for what somebody has to act on.
TOLD, ALSO_TOLD, COMPARED, ALARMING = "0072B2", "009E73", "B0B0B0", "D55E00"
_WIDTH_CM, _HEIGHT_CM = 17.0, 8.5
_LINE_EMU = 28_575


def bars(
    sheet: Worksheet, title: str, columns: dict[int, str], *, rows: tuple[int, int], head: int, lying: bool = False
) -> BarChart:
    """Return bars of some columns (number to colour) over the rows from first to last, named by column 1.

    Row `head` has the columns' headings. `lying` bars have room for long names.
    """
    chart = BarChart()
    chart.type = "bar" if lying else "col"
    _dress(chart, title)
    chart.gapWidth = 60
    names = Reference(sheet, min_col=1, min_row=rows[0], max_row=rows[1])
    for column, colour in columns.items():
        series = _series(sheet, column, rows, head)
        series.graphicalProperties.solidFill = colour
        chart.series.append(series)
    chart.set_categories(names)
    if lying:
        # The first row is on top, and figures are below.
        chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"
        chart.x_axis.tickLblSkip = 1  # every district is named
        chart.height = _HEIGHT_CM + 0.5 * max(0, rows[1] - rows[0] - 10)
    if len(columns) == 1:
        chart.legend = None
        chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return chart


def lines(sheet: Worksheet, title: str, columns: dict[int, str], *, rows: tuple[int, int], head: int) -> LineChart:
    """Return lines of some columns, like `bars`."""
    chart = LineChart()
    _dress(chart, title)
    for column, colour in columns.items():
        series = _series(sheet, column, rows, head)
        series.graphicalProperties.line.solidFill = colour
        series.graphicalProperties.line.width = _LINE_EMU
        series.marker = Marker(symbol="circle", spPr=GraphicalProperties(solidFill=colour))
        series.smooth = False
        chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=1, min_row=rows[0], max_row=rows[1]))
    chart.y_axis.scaling.min = 0
    return chart


def _series(sheet: Worksheet, column: int, rows: tuple[int, int], head: int) -> Series:
    values = Reference(sheet, min_col=column, min_row=rows[0], max_row=rows[1])
    heading = StrRef(f"'{sheet.title}'!${get_column_letter(column)}${head}")
    series: Series = SeriesFactory(values)
    series.tx = SeriesLabel(strRef=heading)
    return series


def _dress(chart: BarChart | LineChart, title: str) -> None:
    chart.title = title
    chart.width, chart.height = _WIDTH_CM, _HEIGHT_CM  # type: ignore[assignment]  # whole centimetres in the stubs
    chart.legend = Legend()
    chart.legend.position = "b"
    # Without this, programs that follow the standard's default leave the axes out.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt = "#,##0"
