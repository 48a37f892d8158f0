"""Deaths and disappearances as a coarse grid: cells of at least one degree with at least five incidents.

A cell is a place that several incidents share. Nothing finer is made here, whoever asks; each figure is the
least number of people, and what is left out is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.errors import InvalidInputError, NotCoveredError
from layers.features import BASE_DECIMALS, encode_shape

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from geopandas import GeoDataFrame

    from geo.stats import Period

CLASSES: Final = (
    (5, "5 to 24 people"),
    (25, "25 to 99 people"),
    (100, "100 to 499 people"),
    (500, "500 people and more"),
)
"""The least number of people of each class and its words, the same on every map."""
PATTERNS: Final = ("dots", "lines", "cross", "close")
LAYER_NAME: Final = "Dead and missing, at least, in cells of 1° and more"
FEWEST_MONTHS: Final = 12
SOURCE: Final = "iom_missing_migrants"


def incident_cells(
    incidents: pd.DataFrame | None = None,
    corridors: Iterable[str] | None = None,
    *,
    size_deg: float = 1,
    least: int = 5,
    period: Period | str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
) -> GeoDataFrame:
    """Return the cells of incidents in which people died or went missing, with how many at least.

    Parameters
    ----------
    incidents : DataFrame, optional
        As :func:`geo.counts.read_incidents` gives them, which is the default. Incidents of your own need
        corridor, month (``2031-05``), dead, missing, dead_missing, and ``cell_lon`` and ``cell_lat``; where
        they have ``lon`` and ``lat`` instead, these are replaced by corners of cells first.
    corridors : iterable of str, optional
        Ids of corridors; default all.
    size_deg : float
        Edge of the finest cells in degrees: a whole number from 1, never finer.
    least : int
        Fewest incidents of a cell that is given: 5 or more.
    period : Period or str, optional
        Whole months, twelve at least; default all that are held.
    as_of : date or str, optional
        Data date: only months that end by then.
    known_on : date or str, optional
        Publication date; the embedded incidents are one vintage, known on one day.

    Returns
    -------
    cells : GeoDataFrame
        One row per corridor and cell: ``corridor``, ``cell_lon``, ``cell_lat`` (south-west corner),
        ``size_deg``, ``incidents``, ``dead``, ``missing``, ``dead_missing``, ``people_class``,
        ``period_start``, ``period_end``, ``known_on``, ``source``, ``sentence`` and the outline, from which
        finer cells that are given are cut out. WGS 84, index ``cell``. ``attrs["incident_grid"]`` holds the
        rule, what was given and what left out, and ``sentence``.

    Raises
    ------
    InvalidInputError
        If cells would be finer than 1° or hold fewer than 5 incidents, the period is not made of at least
        twelve whole months, or the incidents lack a column or hold data of single persons.
    NotCoveredError
        If nothing was known by ``known_on``, or no month of the period is held.

    Notes
    -----
    Grids of two stretches of time, or of two editions of the data, can be subtracted from each other: show
    one.

    Examples
    --------
    >>> cells = incident_cells(corridors=["channel"])
    >>> int(cells["incidents"].min()) >= 5, float(cells["size_deg"].min())
    (True, 1.0)
    >>> cells.loc["channel_1E_50N_1", "sentence"][:65]
    'At least 189 people died or went missing here, in 132 incidents, '
    """
    import geopandas
    import pandas as pd
    from shapely import box

    from geo.disclosure import check_no_identities, generalise_places, incident_grid

    table = _embedded(known_on) if incidents is None else incidents
    if incidents is not None:
        check_no_identities(incidents, place="table of incidents")
    if incidents is not None and "cell_lon" not in table.columns and {"lon", "lat"} <= set(table.columns):
        table = generalise_places(table, size_deg=1)
    table, months = _within(table, corridors, period, as_of)
    grid = incident_grid(table, size_deg=size_deg, least=least)
    grid = grid.sort_values([terms.CORRIDOR, "size_deg", "cell_lat", "cell_lon"], ignore_index=True)
    squares = [
        box(west, max(south, -90.0), min(west + edge, 180.0), min(south + edge, 90.0))
        for west, south, edge in grid[["cell_lon", "cell_lat", "size_deg"]].itertuples(index=False)
    ]
    grid["people_class"] = [CLASSES[_class(people)][1] for people in grid["dead_missing"]]
    grid["period_start"], grid["period_end"] = months
    grid["known_on"] = _known_on() if incidents is None else None
    grid["source"] = SOURCE if incidents is None else ""
    grid["sentence"] = [_sentence(row, months) for row in grid.itertuples(index=False)]
    shapes = [_cut(square, at, grid, squares) for at, square in enumerate(squares)]
    cells = geopandas.GeoDataFrame(grid, geometry=shapes, crs=terms.CRS)
    cells.index = pd.Index([_name(row) for row in grid.itertuples(index=False)], name="cell")
    told = dict(grid.attrs["disclosure"])
    cells.attrs = {"incident_grid": told | {"sentence": _told(cells, told, months)}}
    return cells


def density_layer(
    cells: GeoDataFrame | None, *, titles: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the cells as one layer of areas that a map leaves off until it is asked for.

    Parameters
    ----------
    cells : GeoDataFrame or None
        As :func:`incident_cells` gives them.
    titles : mapping of str to str, optional
        Titles of corridors by their ids.

    Returns
    -------
    layers : list of dict
        One layer of type ``cell`` with ``hidden``, or none without cells. A feature has ``id``, ``shape``,
        ``pattern`` (of :data:`PATTERNS`), ``title``, ``figure``, ``facts`` and ``caption``: text, and
        whole degrees; those of wider cells are ``coarse``.

    Examples
    --------
    >>> layer = density_layer(incident_cells(corridors=["channel"]))[0]
    >>> layer["hidden"], layer["features"][0]["title"], layer["features"][0]["pattern"]
    (True, '0° to 4° E, 48° to 52° N', 'dots')
    """
    if cells is None or not len(cells):
        return []
    features, finest = [], float(cells["size_deg"].min())
    for row in cells.sort_values("size_deg", ascending=False, kind="stable").itertuples():
        where = _where(row.cell_lon, row.cell_lat, row.size_deg)
        corridor = (titles or {}).get(row.corridor, str(row.corridor))
        facts = [
            ["Corridor", corridor],
            ["Dead, at least", f"{row.dead:,.0f}"],
            ["Missing, at least", f"{row.missing:,.0f}"],
            ["Incidents", f"{row.incidents:,}"],
            ["Period", f"{row.period_start:%B %Y} to {row.period_end:%B %Y}"],
        ]
        finer = row.geometry.area < row.size_deg**2 - 1e-6
        note = "Finer cells inside it are shown on their own and are not counted here." if finer else ""
        features.append(
            {
                "id": str(row.Index),
                "shape": encode_shape(row.geometry, decimals=BASE_DECIMALS),
                "pattern": PATTERNS[_class(row.dead_missing)],
                "title": where,
                "figure": f"At least {row.dead_missing:,.0f} people died or went missing here.",
                "facts": facts,
                "caption": note,
                **({"coarse": True} if row.size_deg > finest else {}),
            }
        )
    return [{"type": "cell", "name": LAYER_NAME, "hidden": True, "features": features}]


def density_legend(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the patterns mean, as a part of :func:`layers.legend.build_legend`; nothing without cells.

    Examples
    --------
    >>> density_legend([{"type": "cell", "features": [{"pattern": "dots"}]}])[0]["entries"][0]
    {'label': '5 to 24 people', 'pattern': 'dots'}
    """
    layers = list(layers)
    if not any(layer["type"] == "cell" and layer["features"] for layer in layers):
        return []
    entries: list[dict[str, Any]] = [
        {"label": words, "pattern": pattern} for (_, words), pattern in zip(CLASSES, PATTERNS, strict=True)
    ]
    if any(one.get("coarse") for layer in layers if layer["type"] == "cell" for one in layer["features"]):
        words = "Dashed edge: a wider cell, for incidents that are too few in finer ones"
        entries.append({"label": words, "pattern": PATTERNS[0], "coarse": True})
    return [{"title": "Dead and missing, at least, by cell (layer off at first)", "entries": entries}]


def _class(people: float) -> int:
    return max(at for at, (least, _) in enumerate(CLASSES) if people >= least or not at)


def _known_on() -> dt.date:
    from geo.stats import load_incidents

    day = load_incidents().known_on
    if day is None:
        raise NotCoveredError("Invalid incidents. Their publication date is not known.")
    return day


def _embedded(known_on: dt.date | str | None) -> pd.DataFrame:
    """Return the embedded incidents of the months for which they are complete."""
    from geo.counts import read_incidents
    from geo.stats import load_incidents

    covers = load_incidents(known_on=known_on).covers
    table = read_incidents()
    return table[table["month"] <= f"{covers.end:%Y-%m}"]


def _within(
    table: pd.DataFrame,
    corridors: Iterable[str] | None,
    period: Period | str | None,
    as_of: dt.date | str | None,
) -> tuple[pd.DataFrame, tuple[dt.date, dt.date]]:
    """Return the incidents of corridors and months, and the first and last day they are of."""
    import pandas as pd

    from geo.checks import check_date

    if "month" not in table.columns or "corridor" not in table.columns:
        lacking = "month" if "month" not in table.columns else "corridor"
        raise InvalidInputError(f"Invalid incidents. They lack the column '{lacking}'.")
    if not table["month"].astype(str).str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])").all():
        raise InvalidInputError("Invalid incidents. Column 'month' must hold months such as 2031-05.")
    starts = pd.to_datetime(table["month"].astype(str), format="%Y-%m")
    ends = starts + pd.offsets.MonthEnd(0)
    first, last = _months(starts, ends, period)
    if as_of is not None:
        day = check_date(as_of, name="as_of")
        last = min(last, (pd.Timestamp(day) + pd.Timedelta(days=1)).replace(day=1) - pd.Timedelta(days=1))
    inside = (starts >= first) & (ends <= last)
    if not inside.any():
        raise NotCoveredError(f"Invalid period '{first:%Y-%m} to {last:%Y-%m}'. No incident of it is held.")
    wanted = inside if corridors is None else inside & table["corridor"].isin(list(corridors))
    return table[wanted], (first.date(), last.date())


def _months(
    starts: pd.Series[pd.Timestamp], ends: pd.Series[pd.Timestamp], period: Period | str | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of a period of whole months, or of all incidents."""
    import pandas as pd

    from geo.stats import parse_period

    if period is None:
        if not len(starts):
            raise NotCoveredError("Invalid incidents. There are none.")
        return starts.min(), ends.max()
    wanted = parse_period(period)
    first, last = pd.Timestamp(wanted.start), pd.Timestamp(wanted.end)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day != 1 or last != last + pd.offsets.MonthEnd(0) or count < FEWEST_MONTHS:
        raise InvalidInputError(
            f"Invalid period '{period}'. A grid of incidents needs at least {FEWEST_MONTHS} whole months: "
            "shorter ones can be subtracted from each other until single incidents are left."
        )
    return first, last


def _cut(square: Any, at: int, grid: pd.DataFrame, squares: list[Any]) -> Any:  # noqa: ANN401 - shapely
    """Return a cell without the finer ones of its corridor that are given."""
    from shapely import union_all

    own, edge = grid[terms.CORRIDOR].iloc[at], grid["size_deg"].iloc[at]
    finer = [
        other
        for other, corridor, size in zip(squares, grid[terms.CORRIDOR], grid["size_deg"], strict=True)
        if corridor == own and size < edge and square.contains(other.centroid)
    ]
    rest = square.difference(union_all(finer)) if finer else square
    return square if rest.is_empty else rest


def _name(row: Any) -> str:  # noqa: ANN401 - a row of a table
    """Return an id such as ``channel_1E_50N_1``: corridor, corner, edge."""
    lon, lat = int(row.cell_lon), int(row.cell_lat)
    corner = f"{abs(lon)}{'E' if lon >= 0 else 'W'}_{abs(lat)}{'N' if lat >= 0 else 'S'}"
    return f"{row.corridor}_{corner}_{row.size_deg:g}"


def _where(lon: float, lat: float, edge: float) -> str:
    """Return a cell in words.

    >>> _where(12, 33, 1), _where(-2, -1, 1)
    ('12° to 13° E, 33° to 34° N', '2° to 1° W, 1° to 0° S')
    """
    words = []
    for start, signs in ((lon, "EW"), (lat, "NS")):
        ends = abs(start), abs(start + edge)
        words.append(f"{ends[0]:g}° to {ends[1]:g}° {signs[start < 0]}")
    return ", ".join(words)


def _sentence(row: Any, months: tuple[dt.date, dt.date]) -> str:  # noqa: ANN401 - a row of a table
    return (
        f"At least {row.dead_missing:,.0f} people died or went missing here, in {row.incidents:,} incidents, "
        f"{months[0]:%B %Y} to {months[1]:%B %Y}."
    )


def _told(cells: GeoDataFrame, record: Mapping[str, Any], months: tuple[dt.date, dt.date]) -> str:
    """Return what the grid holds and what it leaves out, in words."""
    people = float(cells["dead_missing"].sum())
    span = f"{months[0]:%B %Y} to {months[1]:%B %Y}"
    shown = (
        f"The grid shows at least {people:,.0f} dead and missing people in {record['given']:,} incidents, "
        f"{span}. "
        if len(cells)
        else f"No cell holds {record['least']} incidents or more, {span}. "
    )
    out, lost = record["left_out"], record["without_cell"]
    reasons = [f"{out:,} where fewer than {record['least']} share a cell"] * bool(out)
    reasons += [f"{lost:,} without a place"] * bool(lost)
    left = f"Left out: {' and '.join(reasons)}. " if reasons else "No incident is left out. "
    known = cells["known_on"].iloc[0] if len(cells) else None
    dated = f" As known on {known.day} {known:%B %Y}." if known is not None else ""
    return (
        f"{shown}{left}Cells are at least 1° wide and never finer; exact positions are not shown. "
        f"More people die than are recorded.{dated}"
    )


def add_cells(
    data: dict[str, Any], cells: GeoDataFrame | None, *, titles: Mapping[str, str] | None = None
) -> list[str]:
    """Put the cells on a page's data, off at first, and return what the page has to say of them.

    Parameters
    ----------
    data : dict
        What a page draws: ``layers``, ``legend`` and ``credits`` are added to.
    cells : GeoDataFrame or None
        As :func:`incident_cells` gives them.
    titles : mapping of str to str, optional
        Titles of corridors by their ids.

    Examples
    --------
    >>> data = {"layers": [], "legend": {"parts": []}, "credits": []}
    >>> told = add_cells(data, incident_cells(corridors=["channel"], as_of="2024-12-31"))
    >>> data["layers"][0]["type"], data["credits"], told[0].startswith("Layer of dead and missing: the grid")
    ('cell', ['IOM Missing Migrants Project (CC BY 4.0).'], True)
    """
    layers = density_layer(cells, titles=titles)
    if cells is None or not layers:
        return []
    at = sum(layer["type"] == "area" for layer in data["layers"])
    data["layers"][at:at] = layers
    data["legend"]["parts"] += density_legend(layers)
    sources = [source for source in dict.fromkeys(cells["source"]) if source]
    if sources:
        from geo.counts import series_info

        data["credits"] += [str(series_info(source, None)["attribution"]) for source in sources]
    told = cells.attrs["incident_grid"]["sentence"]
    return [f"Layer of dead and missing: {told[:1].lower()}{told[1:]}"]
