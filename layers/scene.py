"""What goes on a picture of corridors: legs, places, figures, and the words that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InvalidInputError, NotCoveredError
from layers.areas import MOST_SENTENCES, corridor_sentences
from layers.captions import as_of_text, latest_day, widths_text
from layers.features import KOSOVO_CODES, view_bounds
from layers.legend import DISCLAIMER
from layers.lines import credit_line
from layers.palette import figure_class
from layers.texts import number, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series

COAST_CREDIT: Final = "Coast and borders: Natural Earth (public domain)."
ROADS_CREDIT: Final = "Land legs: © OpenStreetMap contributors (ODbL)."
_CROSSINGS: Final = ("road_crossing", "rail_crossing", "port")


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg as it is drawn.

    Attributes
    ----------
    leg, corridor, title, mode : str
        Ids, title, and ``sea`` or ``land``.
    line : shapely.LineString
        Longitude and latitude.
    kind : str
        Of :func:`layers.palette.figure_class`.
    low, high : float
        Its published figure or range; NaN without one.
    vague : bool
        Whether its line is schematic.
    possible : bool
        Whether the range is one of :func:`geo.flow_ranges`.
    """

    leg: str
    corridor: str
    title: str
    mode: str
    line: Any
    kind: str
    low: float
    high: float
    vague: bool
    possible: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a picture shows, gathered once.

    Attributes
    ----------
    title, asof : str
        Heading and line of dates.
    titles : dict of str to str
        Titles of corridors by id.
    corridors : GeoDataFrame
        As they were given.
    legs : tuple of Leg
    places : GeoDataFrame or None
        On a leg, or a crossing or port inside a corridor.
    used : frozenset of str
        Ids of the places on a leg.
    sentences : tuple of (title, sentence)
        The headline of each corridor that has one; of a single corridor, the next ones too.
    notes : tuple of str
        Widths, sources and disclaimers, in the order in which they are set.
    countries : frozenset of str
        Codes of the countries the legs pass.
    """

    title: str
    asof: str
    titles: dict[str, str]
    corridors: GeoDataFrame
    legs: tuple[Leg, ...]
    places: GeoDataFrame | None
    used: frozenset[str]
    sentences: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    countries: frozenset[str]

    def bounds(self, corridor: str | None = None) -> tuple[float, float, float, float]:
        """Return west, south, east and north of one corridor, or of all."""
        import geopandas as gpd

        frame = self.corridors if "geometry" in self.corridors.columns else None
        if frame is not None and corridor is not None:
            frame = frame[[str(key) == corridor for key in frame.index]]
        lines = [leg.line for leg in self.legs if corridor in (None, leg.corridor)]
        return view_bounds(frame, gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326"))

    @property
    def kosovo(self) -> bool:
        """Whether a leg passes Kosovo."""
        return bool(self.countries & KOSOVO_CODES)


def gather_scene(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    counts: DataFrame | None,
    *,
    routes: GeoDataFrame | None = None,
    places: GeoDataFrame | None = None,
    title: str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: str | None = None,
    figures: DataFrame | None = None,
) -> Scene:
    """Gather what a picture of corridors shows; the parameters are those of :func:`layers.build_map`.

    Raises
    ------
    InvalidInputError
        If ``corridors`` has no column ``title``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, box
    >>> corridors = gpd.GeoDataFrame({"title": ["A strait"]}, geometry=[box(0, 0, 1, 1)], index=["a"],
    ...                              crs="EPSG:4326")
    >>> legs = gpd.GeoDataFrame({"corridor": ["a"], "title": ["A to B"], "mode": ["sea"]},
    ...                         geometry=[LineString([(0, 0), (1, 1)])], index=["a_b"], crs="EPSG:4326")
    >>> scene = gather_scene(corridors, None, None, routes=legs)
    >>> scene.title, scene.legs[0].kind
    ('Routes and crossings: A strait', 'none')
    """
    if "title" not in corridors.columns:
        raise InvalidInputError(
            "Invalid corridors. Column 'title' is missing: take what geo.build_corridors gives."
        )
    routes = _routes_of(corridors) if routes is None else routes
    titles = {str(corridor): text_of(name) or str(corridor) for corridor, name in corridors["title"].items()}
    through = as_of or latest_day(stats, "as_of")
    if figures is None:
        figures = _figures_of(counts, corridors, routes, as_of=through, known_on=known_on, period=period)
    places = _places_of(routes) if places is None else places
    used = _stops(routes)
    most = 1 if len(titles) > 1 else MOST_SENTENCES
    told = [(name, corridor_sentences(stats, corridor, most=most)) for corridor, name in titles.items()]
    return Scene(
        title=title or f"Routes and crossings: {', '.join(titles.values()) or 'none'}",
        asof=as_of_text(stats, through, corridors),
        titles=titles,
        corridors=corridors,
        legs=_legs(routes, figures),
        places=_near(places, corridors, used),
        used=used,
        sentences=tuple((name, line.replace(f" {name}. ", " ", 1)) for name, lines in told for line in lines),
        notes=(
            *(line.replace(" Each leg tells its own.", "") for line in widths_text(figures)),
            *_credits(routes, stats, figures),
            DISCLAIMER,
        ),
        countries=_countries(routes),
    )


def _legs(routes: GeoDataFrame | None, figures: DataFrame | None) -> tuple[Leg, ...]:
    if routes is None:
        return ()
    return tuple(
        _leg(str(leg), row, figures)
        for leg, row in routes.iterrows()
        if row.geometry is not None and not row.geometry.is_empty
    )


def _leg(leg: str, row: Series, figures: DataFrame | None) -> Leg:
    known = figures is not None and leg in figures.index
    low, high = (number(figures.loc[leg].get(key)) if known else float("nan") for key in ("low", "high"))  # type: ignore[union-attr]  # known says so
    return Leg(
        leg=leg,
        corridor=text_of(row.get("corridor")),
        title=text_of(row.get("title")) or leg,
        mode=text_of(row.get("mode")),
        line=row.geometry,
        kind=figure_class(low, high),
        low=low,
        high=high,
        vague=text_of(row.get("certainty")) == "schematic",
        possible=figures is not None and "status" in figures.columns,
    )


def _routes_of(corridors: GeoDataFrame) -> GeoDataFrame:
    """Read the legs of the corridors, from the file they came from."""
    from geo.routes import read_routes

    file = corridors.attrs.get("routes_file")
    if file is None and "routes_file" in corridors.columns and len(corridors):
        file = text_of(corridors["routes_file"].iloc[0]) or None
    return read_routes([str(corridor) for corridor in corridors.index], routes=file)


def _places_of(routes: GeoDataFrame) -> GeoDataFrame:
    """Read the embedded places, and those of the file the legs came from."""
    from geo.definitions import own_places, read_definitions
    from geo.places import read_places

    file = routes.attrs.get("routes_file")
    return read_places(extra=(own_places(read_definitions(routes=file)) or None) if file else None)


def _figures_of(
    counts: DataFrame | None,
    corridors: GeoDataFrame,
    routes: GeoDataFrame,
    **question: Any,  # noqa: ANN401 - what geo.leg_figures takes
) -> DataFrame | None:
    """Return the figures of legs, or None where the counts do not reach them."""
    if counts is None or not len(counts):
        return None
    from geo.stats import leg_figures

    try:
        return leg_figures(counts, corridors, routes, **question)
    except NotCoveredError:
        return None


def _stops(routes: GeoDataFrame) -> frozenset[str]:
    """Return the ids of the places on a leg."""
    found: set[str] = set()
    for _, row in routes.iterrows():
        crossings = row.get("crossings")
        found |= {text_of(row.get("from_place")), text_of(row.get("to_place"))}
        found |= {text_of(one) for one in crossings} if isinstance(crossings, tuple | list) else set()
    return frozenset(found - {""})


def _near(places: GeoDataFrame, corridors: GeoDataFrame, used: frozenset[str]) -> GeoDataFrame:
    """Return the places on a leg, and the crossings and ports inside a corridor."""
    if not len(places):
        return places
    chosen = places.index.isin(list(used))
    if "geometry" in corridors.columns and len(corridors):
        known = places["kind"].isin(_CROSSINGS)
        chosen = chosen | (known & places.geometry.within(corridors.geometry.union_all()))
    return places[chosen]


def _countries(routes: GeoDataFrame) -> frozenset[str]:
    if "countries" not in routes.columns:
        return frozenset()
    return frozenset(
        str(code) for codes in routes["countries"] if isinstance(codes, tuple | list) for code in codes
    )


def _credits(routes: GeoDataFrame, stats: DataFrame | None, figures: DataFrame | None) -> Sequence[str]:
    """Return who made the figures and the geography, as sentences."""
    told = []
    for frame in (stats, figures):
        if frame is None or not {"source", "measure"} <= set(frame.columns):
            continue
        for source, measure in (
            frame[["source", "measure"]].dropna().drop_duplicates().itertuples(index=False)
        ):
            if source:
                line = credit_line({"source": source, "measure": measure})
                told.append(line.removeprefix("Source: ").removesuffix("."))
    roads = (
        "method" in routes.columns and routes["method"].astype(str).str.contains("road|OSM", case=False).any()
    )
    ground = f"{COAST_CREDIT} {ROADS_CREDIT}" if roads else COAST_CREDIT
    return [*([f"Figures: {'; '.join(dict.fromkeys(told))}."] if told else []), ground]
