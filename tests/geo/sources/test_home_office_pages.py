"""GOV.UK pages: the last 7 days laid over the time series, and the weekly summary."""

import json

import pytest

from geo.errors import InvalidInputError
from geo.sources import read_source
from geo.sources.home_office_pages import overlay

HEAD = ("Date", "Migrants arrived", "Boats arrived", "Boats involved in uncontrolled landings", "Notes")


def _table(rows, head=HEAD):
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


DAYS = [
    ("20 January 2018", 76, 4, 0, " "),
    ("21 January 2018", 113, 6, 0, "Revised"),
    ("22 January 2018", 0, 0, 0, " "),
]
ESCAPED = (
    '<script type="application/ld+json">{"text": "'
    + _table([("1 May 2031", 9, 9, 9, "")]).replace('"', '\\"')
    + '"}</script>'
)


def _page(table, meta='<meta name="govuk:public-updated-at" content="2018-01-23T11:00:00+00:00">'):
    return f"<!DOCTYPE html><html><head>{meta}</head><body>{ESCAPED}<h1>Last 7 days</h1>{table}</body></html>"


def _api(table):
    return json.dumps({"public_updated_at": "2018-01-23T11:00:00Z", "details": {"body": f"<p>x</p>{table}"}})


@pytest.mark.parametrize("make", [_page, _api])
def test_the_last_days_are_read_from_the_page_and_from_the_api(write, make):
    table = read_source(write("page", make(_table(DAYS))))
    arrivals = table[table["measure"] == "arrival"]
    assert arrivals["value"].tolist() == [76, 113, 0]
    assert arrivals["flag"].tolist() == ["", "revised", ""]
    assert set(table["source"]) == {"home_office_daily"}
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-01-23", False)


def test_a_page_without_a_date_is_inferred(write):
    table = read_source(write("page.html", _page(_table(DAYS), meta="")))
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-01-23", True)


WEEKLY = _table(
    [("5", 6, 7, 8)], ("Migrants arrived", "Boats arrived", "Migrants prevented", "Events prevented")
)


def test_the_weekly_page_gives_preventions_of_monday_to_sunday(write):
    page = _page(f"<h2>Week ending 21 January 2018</h2>{WEEKLY}")
    table = read_source(write("page.html", page)).set_index("measure")
    assert table["value"].to_dict() == {"prevention": 7, "prevention_event": 8}
    assert f"{table['period_start'].iloc[0]:%a %Y-%m-%d}" == "Mon 2018-01-15"


SPOILED = {
    "no table": ("<p>Migrants arrived</p>", "0 of its 0 tables have the columns of the page"),
    "two tables": (_table(DAYS) * 2, "2 of its 2 tables"),
    "merged": (_table(DAYS).replace("<td>113", '<td colspan="2">113'), "merged cells"),
    "a cell less": (_table(DAYS).replace("<td>113</td>", ""), "row 3: has 4 cells, the header 5"),
    "text": (_table(DAYS).replace("113", "many"), "row 3, column 'Migrants arrived': 'many' is no count"),
    "a date": (_table(DAYS).replace("21 January 2018", "Sunday"), "column 'Date': 'Sunday' is no day"),
    "1900": (_table(DAYS[:1]).replace("2018", "1900"), "lies outside 1990"),
    "9999": (_table(DAYS[:1]).replace("2018", "9999"), "lies outside 1990"),
    "before the series": (_table(DAYS[:1]).replace("2018", "2017"), "lies before the series"),
    "a gap": (_table([DAYS[0], DAYS[2]]), "does not follow"),
    "another column": (
        _table(DAYS).replace("Boats arrived", "Ships arrived"),
        "column 'Boats arrived' is missing",
    ),
    "no week": (WEEKLY, "One heading 'Week ending …' must stand over one row; found 0 and 1"),
    "no Sunday": (f"<h2>Week ending 20 January 2018</h2>{WEEKLY}", "is no Sunday"),
    "an old week": (f"<h2>Week ending 24 December 2017</h2>{WEEKLY}", "lies before the series"),
    "no week of the calendar": (f"<h2>Week ending 41 January 2018</h2>{WEEKLY}", "is no day"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_page_is_refused(write, case):
    table, message = SPOILED[case]
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("page.html", _page(table)))


def test_an_answer_without_a_body_is_refused(write):
    with pytest.raises(InvalidInputError, match=r"holds no details.body"):
        read_source(write("x.json", json.dumps({"details": {}, "title": "Migrants arrived"})))


@pytest.fixture
def series(office, write):
    return read_source(
        write("19_January_2018_Small_boats.ods", office.ods(office.home_office())), published="2018-01-22"
    )


def _value(table, day, measure="arrival"):
    return table[(table["measure"] == measure) & (table["period_end"] == day)]["value"].tolist()


def test_the_page_adds_new_days_and_later_values(series, write):
    page = read_source(write("page.html", _page(_table([("21 January 2018", 113, 6, 0, ""), *DAYS[2:]]))))
    laid = overlay(series, page)
    assert len(laid) == len(series) + 3
    assert _value(laid, "2018-01-21") == [113]
    assert _value(laid, "2018-01-20") == [703 % 120]
    assert laid.attrs["ledger"][-1]["rows"] == 3


def test_a_revised_row_wins_over_a_later_one(series, write):
    later = read_source(write("page.html", _page(_table([("5 January 2018", 999, 9, 0, "")]))))
    assert _value(overlay(series, later), "2018-01-05") == _value(series, "2018-01-05")
    earlier = read_source(
        write("page.html", _page(_table([("20 January 2018", 7, 1, 0, "Revised")]))), published="2018-01-21"
    )
    assert _value(overlay(series, earlier), "2018-01-20") == [7]


def test_on_equal_terms_the_time_series_wins(series, write):
    page = read_source(
        write("page.html", _page(_table([("20 January 2018", 7, 1, 0, "")]))), published="2018-01-22"
    )
    assert _value(overlay(series, page), "2018-01-20") == _value(series, "2018-01-20")
