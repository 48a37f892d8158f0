"""Series with their trend and changes, watched series, and the chart that suits a table."""

import datetime as dt
import math
import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError
from layers.charts import ChangeBand, chart_for, monitoring_chart_svg, trend_chart
from layers.charts.ladder import PALE
from layers.charts.trends import BAND
from layers.palette import BLUE

SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan
HOSTILE = "</title><script>alert(1)</script>{{ 7 }}${1}`"
MARCH = ChangeBand(dt.date(2016, 2, 1), dt.date(2016, 3, 1), dt.date(2016, 6, 1), "−92 %")


def parse(svg):
    return ET.fromstring(svg)


def description(svg):
    return parse(svg).find(f"{SVG}desc").text


def series(values=range(100, 148), start="2014-01", freq="MS"):
    values = [float(value) for value in values]
    return pd.Series(values, index=pd.date_range(start, periods=len(values), freq=freq))


def watched(signal=True, period=12, n=48):
    index = pd.date_range("2014-01", periods=n, freq="MS")
    table = pd.DataFrame(
        {
            "observed": np.r_[np.full(n - 12, 100.0), np.full(12, 160.0)],
            "reference": 100.0,
            "in_reference": np.arange(n) < 24,
            "up": np.r_[np.zeros(n - 12), np.arange(12.0)],
            "down": 0.0,
            "limit": 5.0,
            "signal": "",
        },
        index=index,
    )
    signals = (SimpleNamespace(direction="above", start=n - 12, crossed=n - 6, end=n - 1),) if signal else ()
    return SimpleNamespace(
        table=table, signals=signals, method="cusum", limit=5.0, arl=240.0, n_reference=24, period=period
    )


def test_a_trend_lies_over_its_series_with_its_interval():
    values = series()
    trend = pd.DataFrame({"trend": values, "trend_low": values - 9, "trend_high": values + 9})
    svg = trend_chart(values, trend=trend, title="Arrivals")
    strong = [one for one in parse(svg).iter(f"{SVG}path") if one.get("stroke-width") == "2.8"]
    assert {one.get("stroke") for one in strong} == {BLUE}
    shaded = [one for one in parse(svg).iter(f"{SVG}path") if one.get("fill") == PALE]
    heights = [float(number) for number in re.findall(r"[-\d.]+", shaded[0].get("d"))[1::2]]
    line = [float(number) for number in re.findall(r"[-\d.]+", strong[0].get("d"))[1::2]]
    assert min(heights) < min(line) < max(line) < max(heights)
    assert "Trend: from 100 to 147." in description(svg)


def test_a_change_is_a_band_over_its_dates_with_a_number_told_below():
    svg = trend_chart(series(), changes=[MARCH], title="Arrivals")
    band = next(one for one in parse(svg).iter(f"{SVG}rect") if one.get("fill") == BAND)
    dashed = next(one for one in parse(svg).iter(f"{SVG}path") if one.get("stroke-dasharray") == "2 2")
    at = float(re.findall(r"[-\d.]+", dashed.get("d"))[0])
    left, width = float(band.get("x")), float(band.get("width"))
    days = [(day - dt.date(2014, 1, 1)).days for day in (MARCH.first, MARCH.at, MARCH.last)]
    assert (at - left) / width == pytest.approx((days[1] - days[0]) / (days[2] - days[0]), abs=0.02)
    assert "The level changed: March 2016 (February 2016 to June 2016): −92 %." in description(svg)
    assert "1" in [element.text for element in parse(svg).iter(f"{SVG}text")]


def test_a_missing_month_is_a_gap_and_said():
    values = series()
    values.iloc[10] = NAN
    svg = trend_chart(values, title="Arrivals")
    faint = [one for one in parse(svg).iter(f"{SVG}path") if one.get("stroke-linejoin")]
    assert len(faint) == 2
    assert "1 period was not published." in description(svg)


def test_long_series_stay_small_and_keep_their_peaks():
    values = series(np.arange(4000) % 97, start="2014-01-01", freq="D")
    values.iloc[2500] = 500.0
    svg = trend_chart(values, title="Arrivals", per="a day")
    assert len(svg.encode()) < 25_000
    assert "(500)" in description(svg)


@pytest.mark.parametrize("values", [[], [NAN], [NAN, NAN]])
def test_nothing_is_said_in_words(values):
    assert description(trend_chart(series(values), title="t")) == "No figures published for this period."


@pytest.mark.parametrize("values", [[5], [0], [0, 0]])
def test_one_value_and_only_zeros_draw(values):
    svg = trend_chart(series(values), title="t")
    assert "nan" not in svg
    assert "not published" not in description(svg)


def test_a_watched_series_shows_signals_limits_and_reference():
    svg = monitoring_chart_svg(watched(), title="Arrivals")
    limits = [one for one in parse(svg).iter(f"{SVG}path") if one.get("stroke-dasharray") == "2 3"]
    assert len(limits) == 3, "two limits and their sign"
    assert "Signals: July 2017, above." in description(svg)
    assert "first 24 months are the reference" in description(svg)
    assert "No signal." in description(monitoring_chart_svg(watched(signal=False), title="t"))
    assert "240 weeks" in description(monitoring_chart_svg(watched(period=52), title="t"))


def test_hostile_text_stays_text():
    change = ChangeBand(MARCH.at, MARCH.at, MARCH.at, HOSTILE)
    svgs = [
        trend_chart(series(), changes=[change], title=HOSTILE, unit=HOSTILE),
        monitoring_chart_svg(watched(), title=HOSTILE, unit=HOSTILE, message=HOSTILE),
    ]  # fmt: skip
    for svg in svgs:
        assert parse(svg).find(f"{SVG}title").text == HOSTILE
        assert not re.search(r"<script|\{\{|\{%|\$\{|`", svg)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: trend_chart(pd.Series([1.0]), title="t"), "index must be days"),
        (lambda: trend_chart(series([1, 2]).iloc[::-1], title="t"), "in order, each once"),
        (lambda: trend_chart(series([1, math.inf]), title="t"), "must be finite"),
        (lambda: monitoring_chart_svg(watched_empty(), title="t"), "holds no values"),
    ],
)
def test_series_that_cannot_be_drawn_are_refused(call, match):
    with pytest.raises(InvalidInputError, match=match):
        call()


def watched_empty():
    chart = watched()
    chart.table = chart.table.iloc[:0]
    return chart


# --- the chart for a table ---


def table(*rows):
    index = pd.MultiIndex.from_tuples(
        [(row.pop("corridor", "sea"), row.pop("statistic")) for row in rows], names=["corridor", "statistic"]
    )
    plain = {"value": NAN, "low": NAN, "high": NAN, "unit": "", "interval": "", "flags": (), "detail": {}}
    return pd.DataFrame([plain | row for row in rows], index=index)


def year(number):
    return {"period_start": pd.Timestamp(number, 1, 1), "period_end": pd.Timestamp(number, 12, 31)}


def test_rates_become_whiskers_with_the_naive_interval():
    svg = chart_for(
        table(
            {
                "statistic": "death_rate", "value": 16.0, "low": 10.0, "high": 36.4, "unit": "per 1,000",
                "interval": "95 % confidence", "detail": {"naive_low": 15.4, "naive_high": 16.7},
                **year(2023),
            },
            {"statistic": "death_rate", "flags": ("unavailable", "small_base"), **year(2019)},
        )
    )  # fmt: skip
    assert "2023: 16.0 (10.0 to 36.4). 2019: too few to give." in description(svg)
    assert "too narrow" in svg


def test_bounds_of_a_rate_are_drawn_inside():
    row = {"statistic": "death_rate", "low": 0.92, "high": 3.8, "detail": {"rate_bounds": [1.68, 2.23]}}
    assert "1.68 to 2.23 (0.92 to 3.80)" in description(chart_for(table(row)))


def test_shares_become_bars_with_the_unknown():
    detail = {"category": "ALB", "recorded": 45_573.0, "unknown": 201.0, "by": "nationality"}
    rows = [
        {"statistic": "share_of_recorded", "value": 27.8, "unit": "%", "detail": detail},
        {
            "statistic": "share_of_recorded",
            "value": 0.1,
            "unit": "%",
            "detail": detail | {"category": "other"},
        },
    ]
    told = description(chart_for(table(*rows)))
    assert "Albania: 27.8 %. Other: 0.1 %. Nationality not recorded: 201, 0.4 % of all 45,774." in told


def test_flows_become_bands_with_names_and_two_digits():
    detail = {"leg": "a_b"}
    row = {"statistic": "flow_range", "low": 0.0, "high": 47_917.0, "unit": "persons", "detail": detail}
    assert "A to B: 0 to 48,000." in description(chart_for(table(row), names={"a_b": "A to B"}))


def test_counters_stand_beside_the_range_of_persons():
    svg = chart_for(
        table(
            {"statistic": "unique_persons", "low": 94_772.0, "high": 392_223.0, "unit": "persons"},
            {"statistic": "counter", "value": 144_118.0, "unit": "detections", "source": "frontex"},
        )
    )
    assert "Different people: 95,000 to 390,000." in description(svg)
    assert "detections: 144,118." in description(svg)


def test_changes_are_drawn_over_their_series():
    row = {
        "statistic": "change_point", "value": -92.0, "low": -95.0, "high": -88.0, "unit": "%",
        "detail": {"date": "2016-03-01", "first": "2016-02", "last": "2016-06-01"},
    }  # fmt: skip
    over = chart_for(table(dict(row)), values=series())
    assert "March 2016 (February 2016 to June 2016): −92 % (−95 to −88)" in description(over)
    alone = chart_for(table(dict(row)))
    assert "Sea: −92.0 (−95.0 to −88.0)." in description(alone)


def test_other_statistics_with_intervals_are_drawn_and_units_never_share_an_axis():
    svg = chart_for(
        table(
            {
                "statistic": "total",
                "value": 10.0,
                "low": 8.0,
                "high": 12.0,
                "unit": "persons",
                "corridor": "a",
            },
            {
                "statistic": "total",
                "value": 99.0,
                "low": 1.0,
                "high": 100.0,
                "unit": "boats",
                "corridor": "b",
            },
        )
    )
    assert "boats" not in svg
    assert "99" not in description(svg)


def test_a_table_without_intervals_has_no_chart():
    assert chart_for(table({"statistic": "total", "value": 10.0})) == ""
    assert (
        chart_for(table({"statistic": "total", "value": 1.0, "low": 0.0, "high": 2.0}), corridor="other")
        == ""
    )


def test_real_statistics_have_their_charts():
    import geo

    counts = geo.read_counts()
    rates = geo.stats.death_rate(
        counts, ["central_med", "channel"], denominator="arrivals", period=["2023", "2024"], replicates=199
    )
    svg = chart_for(rates, names={"central_med": "Central Mediterranean"})
    assert "Central Mediterranean, 2023: 16.0" in description(svg)
    assert "too few" not in description(chart_for(rates, corridor="channel"))
