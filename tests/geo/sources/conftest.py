"""Small workbooks written by hand, cell by cell, so that tests can spoil any of them."""

import datetime as dt
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from xml.sax.saxutils import escape, quoteattr

import pytest

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass(frozen=True)
class Raw:
    """A cell in the XML of both formats."""

    xlsx: str
    ods: str


ERROR = Raw(
    '<c r="{ref}" t="e"><v>#DIV/0!</v></c>',
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="">'
    "<text:p>#DIV/0!</text:p></table:table-cell>",
)
FORMULA = Raw('<c r="{ref}"><f>A1+1</f></c>', '<table:table-cell table:formula="of:=[.A1]+1"/>')
MERGED = Raw(
    '<c r="{ref}"><v>7</v></c>',
    '<table:table-cell office:value-type="float" office:value="7" table:number-columns-spanned="2" '
    'table:number-rows-spanned="1"/>',
)
COVERED = Raw("", "<table:covered-table-cell/>")


def letters(column):
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _xlsx_cell(cell, ref):
    if isinstance(cell, Raw):
        return cell.xlsx.format(ref=ref)
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return f'<c r="{ref}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, dt.date):
        return f'<c r="{ref}" s="1"><v>{(cell - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{ref}"><v>{cell}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def xlsx(sheets, merges=None):
    """Return the bytes of a workbook from rows by sheet name; ``merges`` holds ranges by sheet name."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    names, links, types = "", "", ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        names += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
        links += (
            f'<Relationship Id="r{number}" Type="{_REL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        types += f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        types += 'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        body = "".join(
            f'<row r="{r}">'
            + "".join(_xlsx_cell(cell, f"{letters(c)}{r}") for c, cell in enumerate(row, 1))
            + "</row>"
            for r, row in enumerate(rows, 1)
        )
        merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in (merges or {}).get(name, ()))
        merged = f"<mergeCells>{merged}</mergeCells>" if merged else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{merged}</worksheet>'
        )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship Id="s1" Type="{_REL}/styles" '
        'Target="styles.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/'
        f'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>'
    )
    return _zip({name: f'<?xml version="1.0" encoding="UTF-8"?>{text}' for name, text in parts.items()})


def _ods_cell(cell):
    if isinstance(cell, Raw):
        return cell.ods
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def ods(sheets):
    """Return the bytes of an OpenDocument workbook from rows by sheet name."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _zip(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        }
    )


def _zip(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2031, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- tables in the shape of publishers, small and made up ---
def home_office_sheets(days=21, *, uncontrolled=True):
    """Return SB_01 and SB_02 from 2018-01-01 on, with made-up counts that hold together."""
    first = dt.date(2018, 1, 1)
    daily = [
        [
            "Date",
            "Migrants arrived",
            "Boats arrived",
            "Boats arrived - involved in uncontrolled landings",
            "Notes",
        ]
    ]
    for number in range(days):
        people = (number * 37) % 120 if number % 3 else 0
        daily.append(
            [
                first + dt.timedelta(days=number),
                people,
                people // 20 + (people > 0),
                0 if uncontrolled else "-",
                "Revised" if number == 4 else "",
            ]
        )
    weekly = [
        [
            "Week ending",
            "Migrants arrived",
            "Boats arrived",
            "Boats arrived - involved in uncontrolled landings",
            "Migrants prevented",
            "Events prevented",
            "Notes",
        ]
    ]
    for week in range(days // 7):
        rows = daily[1 + 7 * week : 8 + 7 * week]
        told = ["-", "-"] if week == 0 else [100 + week, 5 + week]
        weekly.append([rows[-1][0], sum(row[1] for row in rows), sum(row[2] for row in rows), "-", *told, ""])
    return {"Cover_sheet": [["Made up"]], "SB_01": daily, "SB_02": weekly}


def detailed_rows():
    """Return the sheet of a detailed dataset."""
    rows = [
        ["Made up, 2018 to 2018 Q2 - dataset"],
        [
            "Year",
            "Quarter",
            "Method of entry",
            "Nationality",
            "Region",
            "Sex",
            "Age Group",
            "Number of detections",
        ],
    ]
    for quarter in ("2018 Q1", "2018 Q2"):
        for name, region in (
            ("Syria", "Middle East"),
            ("Gambia, The", "Africa"),
            ("Not currently recorded", "Other"),
        ):
            for sex in ("Female", "Male"):
                rows.append([2018, quarter, "Small boat arrivals", name, region, sex, "18 to 24", len(rows)])
        rows.append(
            [2018, quarter, "Recorded detections in the UK", "Syria", "Middle East", "Male", "18 to 24", 50]
        )
    return [*rows, ["End of table"]]


MONTHS = ("JAN2031", "FEB2031", "MAR2031", "APR2031")


def frontex_rows(border="Border type or inland", nationality="Nationality", months=MONTHS):
    """Return the sheet of the monthly workbook, header first."""
    labels = [
        ("Central Mediterranean Route", "Sea", "Syria"),
        ("Central Mediterranean Route", "Sea", "Unknown"),
        ("Western Balkan Route", "Land", "Syria"),
        ("Western Balkan Route", "Land", "Kosovo*"),
        ("Western Balkan Route", "Inland", "Syria"),
        ("Other", "Sea", "Palestine^"),
    ]
    body = [
        [*label, *((7 * row + 3 * column) % 50 for column in range(len(months)))]
        for row, label in enumerate(labels)
    ]
    return [["Route", border, nationality, *months], *body]


@pytest.fixture
def office():
    return SimpleNamespace(
        xlsx=xlsx,
        ods=ods,
        letters=letters,
        ERROR=ERROR,
        FORMULA=FORMULA,
        MERGED=MERGED,
        COVERED=COVERED,
        Raw=Raw,
        home_office=home_office_sheets,
        detailed=detailed_rows,
        frontex=frontex_rows,
        months=MONTHS,
    )


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def run(name, data):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return run


@pytest.fixture(scope="session")
def raw():
    """Return the folder of publishers' own files, or skip: they stay outside this repository."""
    named = os.environ.get("ROUTEWAYS_RAW")
    above = [parent / "shared" / "raw" for parent in Path(__file__).resolve().parents]
    found = next((folder for folder in ([Path(named)] if named else above) if folder.is_dir()), None)
    if found is None:
        pytest.skip("no publishers' files here")
    return found


@pytest.fixture
def embedded():
    """Join a table with the embedded rows of the same numbers."""
    from geo import counts
    from geo.sources._frames import KEY

    held = counts.read_counts()

    def run(table):
        return table.merge(held, on=list(KEY), suffixes=("", "_embedded"), how="inner", validate="1:1")

    return run
