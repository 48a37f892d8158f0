"""IOM Missing Migrants: both forms, imprecise dates, and what is never kept."""

import csv
import io

import pytest

from geo.counts import read_incidents as embedded_incidents
from geo.errors import InvalidInputError
from geo.sources import iom, read_source

OLD = [
    "Main ID",
    "Incident ID",
    "Incident Type",
    "Region of Incident",
    "Incident Date",
    "Incident Year",
    "Month",
    "Number of Dead",
    "Minimum Estimated Number of Missing",
    "Total Number of Dead and Missing",
    "Number of Survivors",
    "Number of Females",
    "Number of Males",
    "Number of Children",
    "Country of Origin",
    "Region of Origin",
    "Cause of Death",
    "Country of Incident",
    "Migration Route",
    "Location of Incident",
    "Coordinates",
    "UNSD Geographical Grouping",
    "Information Source",
    "URL",
    "Source Quality",
]
NEW = [
    "Main ID",
    "Incident ID",
    "Region",
    "Incident Date",
    "Year",
    "Reported Month",
    "Number Dead",
    "Minimum Estimated Number of Missing",
    "Number of Survivors",
    "Number of Females",
    "Number of Males",
    "Number of Children",
    "Region of Origin",
    "Cause of Death",
    "Country of Origin",
    "Location of death",
    "Information Source",
    "Coordinates",
    "Migration route",
    "URL",
    "UNSD Geographical Grouping",
    "Source Quality",
]
SECRET = "Beach of the made-up village"


def _row(head, number, **cells):
    base = dict.fromkeys(head, "")
    old = head is OLD
    base |= {
        "Main ID": f"31.M{number}",
        "Incident ID": f"31.I{number}",
        "Source Quality": "45",
        "Minimum Estimated Number of Missing": "0",
        "Coordinates": "35.7, 12.3",
        "URL": "https://example.org",
    }
    base |= {"Number of Dead" if old else "Number Dead": "2", "Incident Year" if old else "Year": "2031"}
    base |= {
        "Month" if old else "Reported Month": "January",
        "Migration Route" if old else "Migration route": "Central Mediterranean",
        "Incident Date": "2031-01-10" if old else "Fri, 01/10/2031 - 12:00",
    }
    base |= {"Location of Incident" if old else "Location of death": SECRET}
    if old:
        base |= {"Incident Type": "Incident", "Total Number of Dead and Missing": "2"}
    return base | cells


def _csv(head, rows, *, mark="\ufeff"):
    out = io.StringIO()
    writer = csv.DictWriter(out, head)
    writer.writeheader()
    writer.writerows(rows)
    return mark + out.getvalue()


def _old(**cells):
    return _row(OLD, cells.pop("number", 1), **cells)


def _new(**cells):
    return _row(NEW, cells.pop("number", 1), **cells)


def _months(table, corridor="central_med"):
    rows = table[table["corridor"] == corridor].sort_values("period_start")
    return rows["value"].tolist()


@pytest.mark.parametrize(("head", "make"), [(OLD, _old), (NEW, _new)])
def test_both_forms_give_months_by_corridor(write, head, make):
    month = {"Month": "March"} if head is OLD else {"Reported Month": "March"}
    date = {"Incident Date": "2031-03-04" if head is OLD else "Tue, 03/04/2031 - 12:00"}
    table = read_source(write("m.csv", _csv(head, [make(), make(number=2, **month, **date)])))
    assert _months(table) == [2, 0, 2]
    assert _months(table, "channel") == [0, 0, 0]
    assert set(table["qualifier"]) == {"at least"}
    last = table[table["period_start"] == "2031-03-01"]
    assert last["period_end"].dt.day.eq(4).all()
    assert last["flag"].str.contains("partial").all()
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2031-03-05", True)


def test_the_workbook_form_reads_like_the_table(write, office):
    rows = [_old(), _old(number=2)]
    book = office.xlsx({"Worksheet": [OLD, *([row[name] for name in OLD] for row in rows)]})
    assert _months(read_source(write("m.xlsx", book))) == [4]


@pytest.mark.parametrize("date", ["2031-01-??", "8-9.01.2031", "January", "", "unknown"])
def test_an_imprecise_date_never_becomes_a_day(write, date):
    table = read_source(write("m.csv", _csv(OLD, [_old(**{"Incident Date": date})])))
    assert _months(table) == [2]
    assert table["period_end"].dt.day.eq(31).all()
    assert table["flag"].str.contains("partial").all()


@pytest.mark.parametrize("date", ["47858", "2031-01-10", "10 January 2031", "01/10/2031"])
def test_a_precise_date_is_read_in_every_writing(write, date):
    table = read_source(write("m.csv", _csv(OLD, [_old(**{"Incident Date": date})])))
    assert table["period_end"].dt.day.isin([10]).all()


def test_split_incidents_are_merged_and_cumulative_ones_left_out(write):
    rows = [
        _old(),
        _old(number=2, **{"Main ID": "31.M1", "Incident Type": "Split Incident"}),
        _old(
            number=3,
            **{
                "Incident Type": "Cumulative Incident",
                "Number of Dead": "",
                "Total Number of Dead and Missing": "50",
            },
        ),
    ]
    path = write("m.csv", _csv(OLD, rows))
    table = read_source(path)
    assert _months(table) == [4]
    assert {
        "reason": "cumulative incidents: several events in one row",
        "rows": 1,
        "value": 50.0,
    } in table.attrs["ledger"]
    assert len(iom.read_incidents(path)) == 1


def test_routes_match_by_membership_never_by_a_part_of_a_name(write):
    routes = [
        "Central Mediterranean,Sahara Desert crossing",
        "Mainland Europe to the UK",
        "English Channel to the UK",
        "Eastern Mediterranean",
        "Western Balkans",
        "",
    ]
    rows = [_old(number=i, **{"Migration Route": route}) for i, route in enumerate(routes)]
    table = read_source(write("m.csv", _csv(OLD, rows)))
    assert (_months(table), _months(table, "channel"), _months(table, "western_balkans")) == ([2], [4], [2])
    assert [entry["reason"] for entry in table.attrs["ledger"]] == [
        "on a route that is no corridor here: Eastern Mediterranean",
        "on a route that is no corridor here: none given",
    ]


def test_corrections_below_zero_are_taken_off_their_event(write):
    rows = [
        _new(**{"Minimum Estimated Number of Missing": "10"}),
        _new(
            number=2, **{"Main ID": "31.M1", "Number Dead": "3", "Minimum Estimated Number of Missing": "-3"}
        ),
        _new(number=3, **{"Number Dead": "", "Minimum Estimated Number of Missing": "-1"}),
    ]
    table = read_source(write("m.csv", _csv(NEW, rows)))
    assert _months(table) == [12]
    assert any("corrections without what they correct" in entry["reason"] for entry in table.attrs["ledger"])


def test_places_links_and_exact_positions_are_never_kept(write):
    path = write("m.csv", _csv(OLD, [_old(), _old(number=2, Coordinates="POINT (-1.5 50.9)")]))
    incidents = iom.read_incidents(path)
    assert tuple(incidents.columns) == iom.INCIDENT_COLUMNS == tuple(embedded_incidents().columns)
    assert incidents["cell_lat"].tolist() == [35, 50]
    assert incidents["cell_lon"].tolist() == [12, -2]
    assert incidents["month"].tolist() == ["2031-01", "2031-01"]
    shown = incidents.to_csv() + read_source(path).to_csv()
    for kept in (SECRET, "example.org", "35.7", "12.3", "31.M1", "31.I1"):
        assert kept not in shown


@pytest.mark.parametrize("position", ["", "north of it", "95.0, 12.0", "nan, nan", "35.7"])
def test_a_position_that_is_none_gives_no_cell(write, position):
    incidents = iom.read_incidents(write("m.csv", _csv(OLD, [_old(Coordinates=position)])))
    assert incidents[["cell_lat", "cell_lon"]].isna().all(axis=None)


SPOILED = {
    "a month": ({"Month": "Brumaire"}, "'Brumaire' is no month"),
    "a year": ({"Incident Year": "1900"}, "'1900' is no year from 2014 on"),
    "a far year": ({"Incident Year": "9999"}, "'9999' is no year"),
    "a date of another year": ({"Incident Date": "2029-01-10"}, "contradicts January 2031"),
    "a date of 1900": ({"Incident Date": "1900-01-10"}, "lies outside"),
    "text in a number": ({"Number of Dead": "two"}, "row 2, column 'Number of Dead': 'two' is no count"),
    "a total of other parts": (
        {"Total Number of Dead and Missing": "7"},
        "the total 7 is not 2 dead and 0 missing",
    ),
    "no number at all": (
        {
            "Number of Dead": "",
            "Minimum Estimated Number of Missing": "",
            "Total Number of Dead and Missing": "",
        },
        "neither dead nor missing nor their total",
    ),
    "almost a route": (
        {"Migration Route": "Central Mediteranean"},
        "reads almost like 'central mediterranean'",
    ),
    "a corridor under a new name": (
        {"Migration Route": "Central Med"},
        "row 2, column 'Migration Route': the route 'Central Med' is not known, and may be a corridor's",
    ),
    "the Channel under a new name": (
        {"Migration Route": "Europe to the United Kingdom"},
        "may be a corridor's",
    ),
    "no id": ({"Main ID": "", "Incident ID": ""}, "has no id"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_row_is_refused_with_its_place(write, case):
    cells, message = SPOILED[case]
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("m.csv", _csv(OLD, [_old(**cells)])))


def test_an_id_twice_is_one_incident_or_a_fault(write):
    assert _months(read_source(write("m.csv", _csv(OLD, [_old(), _old()])))) == [2]
    with pytest.raises(InvalidInputError, match=r"the id '31.I1' stands twice, with different cells"):
        read_source(
            write(
                "m.csv",
                _csv(OLD, [_old(), _old(**{"Number of Dead": "1", "Total Number of Dead and Missing": "1"})]),
            )
        )


@pytest.mark.parametrize(
    "column",
    ["Incident Year", "Month", "Migration Route", "Incident Date", "Minimum Estimated Number of Missing"],
)
def test_a_missing_column_is_named(write, column):
    head = [name for name in OLD if name != column]
    row = {name: cell for name, cell in _old().items() if name in head}
    with pytest.raises(InvalidInputError, match="is missing; found"):
        read_source(write("m.csv", _csv(head, [row])))


def test_a_file_without_numbers_is_refused(write):
    head = [name for name in OLD if name not in {"Number of Dead", "Total Number of Dead and Missing"}]
    row = {name: cell for name, cell in _old().items() if name in head}
    with pytest.raises(
        InvalidInputError, match="'Total Number of Dead and Missing' or 'Number Dead' is missing"
    ):
        read_source(write("m.csv", _csv(head, [row])))


def test_the_publishers_own_file_equals_the_embedded_months(raw, embedded):
    table = read_source(raw / "iom_missing_migrants_2026.csv")
    overlap = embedded(table)
    assert len(overlap) == len(table) == 15
    assert (overlap["value"] == overlap["value_embedded"]).all()
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2026-05-04", True)
    mine = iom.read_incidents(raw / "iom_missing_migrants_2026.csv")
    held = embedded_incidents()
    held = held[held["month"] >= "2026-01"]
    assert len(mine) == len(held)
    columns = ["month", "corridor", "dead_missing", "cell_lat", "cell_lon", "cause", "region"]
    assert mine["dead_missing"].sum() == held["dead_missing"].sum()
    assert mine[columns[:2]].value_counts().to_dict() == held[columns[:2]].value_counts().to_dict()
