"""Turn the compiled tables into the tidy form, geo/data/counts/*.csv.

Run ``python tools/build_counts.py [FOLDER] [-o OUT]``. FOLDER holds the compiled tables (default:
``shared/figures`` beside the checkout). Same tables in, same bytes out. What a table holds and the tidy form
leaves out is counted in ``ledger.csv``, by reason.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import datetime as dt
import io
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from geo import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
COUNTS = ROOT / "geo" / "data" / "counts"
FIGURES = ROOT.parent / "shared" / "figures"
CATALOGUE = yaml.safe_load((ROOT / "geo" / "data" / "series.yaml").read_text(encoding="utf-8"))["sources"]

HOME_OFFICE_KNOWN = "2026-08-21"
FRONTEX_KNOWN = "2026-08-04"
UNHCR_KNOWN = "2026-08-22"
IOM_KNOWN = "2026-05-03"
INFERRED = "inferred_known_on"
SIX_ECONOMIES = "AL BA ME MK RS XK"
SB01 = {
    "arrival": ("arrivals", "Migrants arrived"),
    "boat": ("boats", "Boats arrived"),
    "boat_uncontrolled": ("uncontrolled_landings", "Boats arrived - involved in uncontrolled landings"),
}
SB02 = {
    "prevention": ("prevented_people", "Migrants prevented"),
    "prevention_event": ("prevented_events", "Events prevented"),
}
IOM_LABELS = {
    "channel": "English Channel to the UK / Mainland Europe to the UK",
    "central_med": "Central Mediterranean",
    "western_balkans": "Western Balkans",
}
FRONTEX_LABELS = {
    "central_med": "Central Mediterranean Route",
    "western_balkans": "Western Balkan Route",
    terms.ALL_ROUTES: "",
}
PUBLISHERS = {
    "IOM": "iom_western_balkans",
    "UNHCR": "unhcr_western_balkans",
    "Croatian Ministry of the Interior": "croatia_interior",
    "Slovenian Police": "slovenia_police",
    "Hungarian Police": "hungary_police",
}
NATIONALITIES = {
    "Afghanistan": "AFG",
    "Albania": "ALB",
    "Algeria": "DZA",
    "American Samoa (United States)": "ASM",
    "Andorra": "AND",
    "Antigua and Barbuda": "ATG",
    "Argentina": "ARG",
    "Austria": "AUT",
    "Azerbaijan": "AZE",
    "Bahrain": "BHR",
    "Bangladesh": "BGD",
    "Belarus": "BLR",
    "Benin": "BEN",
    "Bolivia": "BOL",
    "Bosnia and Herzegovina": "BIH",
    "Brazil": "BRA",
    "Burkina Faso": "BFA",
    "Burundi": "BDI",
    "Cameroon": "CMR",
    "Central African Republic": "CAF",
    "Chad": "TCD",
    "China": "CHN",
    "Congo": "COG",
    "Congo (Democratic Republic)": "COD",
    "Cyprus (Northern part of)": "CYP",
    "Denmark": "DNK",
    "Djibouti": "DJI",
    "Egypt": "EGY",
    "Eritrea": "ERI",
    "Ethiopia": "ETH",
    "France": "FRA",
    "French Guiana (French)": "GUF",
    "Gambia, The": "GMB",
    "Georgia": "GEO",
    "Germany": "DEU",
    "Ghana": "GHA",
    "Guinea": "GIN",
    "Guinea-Bissau": "GNB",
    "Guyana": "GUY",
    "Haiti": "HTI",
    "India": "IND",
    "Indonesia": "IDN",
    "Iran": "IRN",
    "Iraq": "IRQ",
    "Israel": "ISR",
    "Italy": "ITA",
    "Ivory Coast": "CIV",
    "Jamaica": "JAM",
    "Jordan": "JOR",
    "Kazakhstan": "KAZ",
    "Kenya": "KEN",
    "Kosovo": "XKX",
    "Kuwait": "KWT",
    "Kyrgyzstan": "KGZ",
    "Lebanon": "LBN",
    "Liberia": "LBR",
    "Libya": "LBY",
    "Mali": "MLI",
    "Malta": "MLT",
    "Mauritania": "MRT",
    "Moldova": "MDA",
    "Montenegro": "MNE",
    "Morocco": "MAR",
    "Myanmar (Burma)": "MMR",
    "Nepal": "NPL",
    "Niger": "NER",
    "Nigeria": "NGA",
    "North Macedonia": "MKD",
    "Not currently recorded": "not_recorded",
    "Occupied Palestinian Territories": "PSE",
    "Other and unknown": "unknown",
    "Pakistan": "PAK",
    "Philippines": "PHL",
    "Poland": "POL",
    "Qatar": "QAT",
    "Refugee": "other",
    "Russia": "RUS",
    "Saudi Arabia": "SAU",
    "Senegal": "SEN",
    "Sierra Leone": "SLE",
    "Somalia": "SOM",
    "South Africa": "ZAF",
    "South Georgia and the South Sandwich Islands (British)": "SGS",
    "South Sudan": "SSD",
    "Sri Lanka": "LKA",
    "Stateless": "stateless",
    "Sudan": "SDN",
    "Suriname": "SUR",
    "Syria": "SYR",
    "Tajikistan": "TJK",
    "Tanzania": "TZA",
    "Thailand": "THA",
    "Togo": "TGO",
    "Tunisia": "TUN",
    "Turkey": "TUR",
    "Ukraine": "UKR",
    "United Arab Emirates": "ARE",
    "Uzbekistan": "UZB",
    "Vietnam": "VNM",
    "Western Sahara": "ESH",
    "Yemen": "YEM",
    "Zimbabwe": "ZWE",
}

Row = dict[str, Any]
Ledger = list[tuple[str, str, int, int]]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> str:
    """Return a count as text: empty stays empty, 0 stays 0, 4504.0 reads 4504."""
    return "" if text == "" else f"{float(text):.15g}"


def row(
    source: str, corridor: str, measure: str, start: str, end: str, value: str, known_on: str, **other: str
) -> Row:
    entry = CATALOGUE[source]
    made = dict.fromkeys(terms.COUNT_COLUMNS, "") | {
        terms.SOURCE: source,
        terms.CORRIDOR: corridor,
        terms.MEASURE: measure,
        terms.UNIT: terms.MEASURES[measure].unit,
        terms.BASIS: entry["measures"][measure]["basis"],
        terms.PERIOD_START: start,
        terms.PERIOD_END: end,
        terms.VALUE: number(value),
        terms.KNOWN_ON: known_on,
        terms.LICENCE: entry["licence"],
    }
    return made | other


def month(text: str) -> tuple[str, str]:
    year, number_ = map(int, text.split("-"))
    return f"{text}-01", f"{text}-{calendar.monthrange(year, number_)[1]:02d}"


def day_after(text: str) -> str:
    return (dt.date.fromisoformat(text) + dt.timedelta(days=1)).isoformat()


def home_office_daily(folder: Path, measure: str) -> list[Row]:
    column, label = SB01[measure]
    return [
        row(
            "home_office_daily",
            "channel",
            measure,
            line["date"],
            line["date"],
            line[column],
            HOME_OFFICE_KNOWN,
            flag="revised" if line["revised"] == "1" else "",
            native_label=label,
        )
        for line in read(folder, "channel_daily.csv")
    ]


def home_office_weekly(folder: Path, ledger: Ledger) -> list[Row]:
    rows: list[Row] = []
    lines = read(folder, "channel_weekly_preventions.csv")
    for measure, (column, label) in SB02.items():
        for line in lines:
            end = dt.date.fromisoformat(line["week_ending"])
            start = (end - dt.timedelta(days=6)).isoformat()
            rows.append(
                row(
                    "home_office_weekly",
                    "channel",
                    measure,
                    start,
                    line["week_ending"],
                    line[column],
                    HOME_OFFICE_KNOWN,
                    native_label=label,
                )
            )
    for column in ("arrivals", "boats"):
        reason = f"weekly {column} repeat the daily ones (Monday to Sunday)"
        ledger.append(("home_office_weekly", reason, len(lines), sum(int(line[column]) for line in lines)))
    return rows


def home_office_detailed(folder: Path) -> list[Row]:
    lines = read(folder, "channel_nationality_quarter.csv")
    quarters: dict[tuple[str, str], int] = defaultdict(int)
    rows = []
    last = max((int(line["year"]), int(line["quarter"])) for line in lines)
    known = day_after(month(f"{last[0]}-{3 * last[1]:02d}")[1])
    for line in lines:
        year, quarter = line["year"], int(line["quarter"])
        start, end = month(f"{year}-{3 * quarter - 2:02d}")[0], month(f"{year}-{3 * quarter:02d}")[1]
        quarters[start, end] += int(line["number_of_detections"])
        rows.append(
            row(
                "home_office_detailed",
                "channel",
                "arrival",
                start,
                end,
                line["number_of_detections"],
                known,
                nationality=NATIONALITIES[line["nationality"]],
                flag=INFERRED,
                native_label=line["nationality"],
            )
        )
    rows += [
        row(
            "home_office_detailed",
            "channel",
            "arrival",
            start,
            end,
            str(total),
            known,
            flag=INFERRED,
            native_label="all nationalities (sum of this table)",
        )
        for (start, end), total in quarters.items()
    ]
    return rows


def frontex(folder: Path) -> list[Row]:
    lines = read(folder, "frontex_monthly_detections.csv")
    newest = sorted(line["month"] for line in lines)[-CATALOGUE["frontex"]["preliminary_periods"] :]
    return [
        row(
            "frontex",
            corridor,
            "detection_entry",
            *month(line["month"]),
            line[corridor],
            FRONTEX_KNOWN,
            flag="preliminary" if line["month"] in newest else "",
            native_label=label,
            scope="all nine routes" if corridor == terms.ALL_ROUTES else "",
        )
        for corridor, label in FRONTEX_LABELS.items()
        for line in lines
    ]


def italy_monthly(folder: Path) -> list[Row]:
    """Months as differences of the year-to-date, over two months where one was not published."""
    rows: list[Row] = []
    year, reached, next_start = "", 0, ""
    for line in read(folder, "italy_monthly_landings.csv"):
        if line["month"][:4] != year:
            year, reached, next_start = line["month"][:4], 0, f"{line['month'][:4]}-01-01"
        end = month(line["month"])[1]
        total = int(line["year_to_date"])
        rows.append(
            row(
                "italy_ministry",
                "central_med",
                "arrival",
                next_start,
                end,
                str(total - reached),
                end,
                scope="Italy",
            )
        )
        reached, next_start = total, day_after(end)
    return rows


def italy_daily(folder: Path) -> list[Row]:
    return [
        row(
            "italy_ministry_daily",
            "central_med",
            "arrival",
            line["date"],
            line["date"],
            line["landings"],
            line["report_date"],
            scope="Italy",
            flag="partial" if line["partial_day"] == "True" else "",
        )
        for line in read(folder, "italy_daily_landings.csv")
    ]


def italy_nationality(folder: Path) -> list[Row]:
    return [
        row(
            "italy_ministry_nationality",
            "central_med",
            "arrival",
            f"{line['report_date'][:4]}-01-01",
            line["report_date"],
            line["year_to_date"],
            line["report_date"],
            nationality=line["nationality"],
            scope="Italy",
            flag="cumulative",
            native_label=line["native_label"],
        )
        for line in read(folder, "italy_year_to_date_by_nationality.csv")
    ]


def italy_departures(folder: Path) -> list[Row]:
    lines = read(folder, "central_med_departures_yearly.csv")
    known = day_after(max(line["year"] for line in lines) + "-12-31")
    entries = [(line["departure"], line["year"], line["arrivals"]) for line in lines]
    entries += [
        ("", year, total) for year, total in sorted({(line["year"], line["italy_total"]) for line in lines})
    ]
    return [
        row(
            "italy_ministry_departures",
            "central_med",
            "arrival",
            f"{year}-01-01",
            f"{year}-12-31",
            value,
            known,
            place=place,
            scope="Italy",
            flag=INFERRED,
        )
        for place, year, value in entries
    ]


def unhcr(folder: Path, ledger: Ledger) -> list[Row]:
    rows, spain = [], []
    lines = read(folder, "unhcr_monthly_2026.csv")
    newest = max(line["month"] for line in lines)
    for line in lines:
        if line["country"] != "Italy":
            spain.append(int(line["arrivals"]))
            continue
        start, end = month(line["month"])
        last = line["month"] == newest
        rows.append(
            row(
                "unhcr",
                "central_med",
                "arrival",
                start,
                UNHCR_KNOWN if last else end,
                line["arrivals"],
                UNHCR_KNOWN,
                scope="Italy",
                flag="partial preliminary" if last else "",
                native_label=line["route"],
            )
        )
    ledger.append(("unhcr", "arrivals in Spain belong to other routes", len(spain), sum(spain)))
    return rows


def iom_missing(folder: Path) -> list[Row]:
    lines = read(folder, "iom_missing_migrants_incidents.csv")
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        totals[line["corridor"], line["month"]] += int(line["dead_missing"])
    first, last = min(line["month"] for line in lines), IOM_KNOWN[:7]
    months = [
        f"{year}-{number_:02d}"
        for year in range(int(first[:4]), int(last[:4]) + 1)
        for number_ in range(1, 13)
        if first <= f"{year}-{number_:02d}" <= last
    ]
    return [
        row(
            "iom_missing_migrants",
            corridor,
            "dead_missing",
            f"{each}-01",
            IOM_KNOWN if each == last else month(each)[1],
            str(totals[corridor, each]),
            IOM_KNOWN,
            qualifier="at least",
            flag="partial" if each == last else "",
            native_label=label,
        )
        for corridor, label in IOM_LABELS.items()
        for each in months
    ]


def western_balkans(folder: Path) -> list[Row]:
    return [
        row(
            PUBLISHERS[line["publisher"]],
            "western_balkans",
            line["measure"],
            line["period_start"],
            line["period_end"],
            line["value"],
            day_after(line["period_end"]),
            qualifier=line["qualifier"],
            place="" if line["node"] == "region" else line["node"],
            scope=SIX_ECONOMIES if line["node"] == "region" else "",
            flag=INFERRED,
        )
        for line in read(folder, "western_balkans_counts.csv")
    ]


def mixed_movements() -> list[Row]:
    """Return the one cited estimate that no compiled table holds, beside the other counters of 2022."""
    return [
        row(
            "unhcr_mixed_movements",
            "western_balkans",
            "mixed_movement",
            "2022-01-01",
            "2022-09-30",
            "26500",
            "2022-10-01",
            qualifier="about",
            flag=INFERRED,
            native_label="Western Balkans mixed movements",
        )
    ]


def text_of(columns: Iterable[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def tidy(rows: list[Row]) -> str:
    """Write rows in a stable order that reads like a series: what it is, then whom and where, then when."""
    order = [name for name in terms.COUNT_COLUMNS if name not in {*terms.DATE_COLUMNS, terms.VALUE}]
    key = (
        terms.SOURCE,
        terms.MEASURE,
        terms.BASIS,
        terms.CORRIDOR,
        terms.PLACE,
        terms.NATIONALITY,
        terms.PERIOD_START,
        terms.PERIOD_END,
        terms.KNOWN_ON,
        *order,
    )
    return text_of(terms.COUNT_COLUMNS, sorted(rows, key=lambda entry: [entry[name] for name in key]))


def build(folder: Path) -> dict[str, str]:
    """Return every file of geo/data/counts by its name."""
    ledger: Ledger = []
    files = {f"home_office_daily_{measure}": home_office_daily(folder, measure) for measure in SB01}
    files |= {
        "home_office_weekly": home_office_weekly(folder, ledger),
        "home_office_detailed": home_office_detailed(folder),
        "frontex": frontex(folder),
        "italy_ministry": italy_monthly(folder),
        "italy_ministry_daily": italy_daily(folder),
        "italy_ministry_nationality": italy_nationality(folder),
        "italy_ministry_departures": italy_departures(folder),
        "unhcr": unhcr(folder, ledger),
        "iom_missing_migrants": iom_missing(folder),
        "unhcr_mixed_movements": mixed_movements(),
    }
    balkans = western_balkans(folder)
    files |= {
        source: [entry for entry in balkans if entry["source"] == source] for source in PUBLISHERS.values()
    }
    texts = {f"{name}.csv": tidy(rows) for name, rows in files.items()}
    incidents = read(folder, "iom_missing_migrants_incidents.csv")
    texts["iom_incidents.csv"] = text_of(incidents[0], incidents)
    header = ("source", "reason", "rows", "value")
    texts["ledger.csv"] = text_of(header, [dict(zip(header, entry, strict=True)) for entry in ledger])
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FIGURES, help="folder of the compiled tables")
    parser.add_argument("-o", "--out", type=Path, default=COUNTS, help="where the tidy files go")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in build(options.folder).items():
        (options.out / name).write_text(text, encoding="utf-8", newline="")
        print(f"{name}: {text.count(chr(10)) - 1} rows, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
