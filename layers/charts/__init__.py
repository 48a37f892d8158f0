"""Small static charts as SVG text: pure functions, no clock, no script, nothing fetched.

Every chart carries ``role="img"`` with a ``<title>`` and a ``<desc>`` that holds its main message, scales
to the width of its box, and keeps its meaning in greyscale: lines differ in weight and are labelled
directly, part months are hatched, months that were not published are gaps with a dash, zeros are bars of no
height. Intervals are whiskers, ranges without a figure are bands, what is withheld is hatched. Text is 11
units or more in a drawing 360 units wide, so that it reads on a phone; on a wide screen, set charts in
columns. Only presentation attributes are used, so a page may forbid inline styles. All text is escaped, and
inert in templates.
"""

from layers.charts.bars import monthly_bars, seasonal_profile
from layers.charts.choice import chart_for
from layers.charts.intervals import flow_bars, interval_chart, share_bars
from layers.charts.ladder import Row
from layers.charts.lines import sparkline, year_lines
from layers.charts.own import altair_svg
from layers.charts.revisions import revision_triangle_chart
from layers.charts.trends import ChangeBand, change_bands, monitoring_chart_svg, trend_chart

__all__ = [
    "ChangeBand",
    "Row",
    "altair_svg",
    "change_bands",
    "chart_for",
    "flow_bars",
    "interval_chart",
    "monitoring_chart_svg",
    "monthly_bars",
    "revision_triangle_chart",
    "seasonal_profile",
    "share_bars",
    "sparkline",
    "trend_chart",
    "year_lines",
]
