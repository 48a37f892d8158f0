"""Whose country borders a page shows, and what it says of them.

A page draws the embedded borders of Natural Earth, or official ones that its maker hands in, or none. Every
page says which, and that lines and names endorse nothing; where Kosovo is in view, on the map or in the data,
it carries the note on Security Council resolution 1244.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from geo.checks import check_choice
from geo.errors import InvalidInputError
from layers.features import BASE_DECIMALS, KOSOVO_CODES, encode_shape, view_bounds
from layers.legend import FOOTNOTE_KOSOVO
from layers.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    Bounds = tuple[float, float, float, float]

POLICIES: Final = ("default", "own", "none")
"""Natural Earth's borders, those handed in, or coast alone."""
REACH_DEG: Final = (12.0, 8.0)
"""How far around the view own boundaries are shipped, in degrees of longitude and latitude."""
TOLERANCE_DEG: Final = 0.005
"""How far a line of own boundaries is moved at most when it is made simpler, in degrees."""

_DRAWN: Final = {
    "default": "Country borders are those of Natural Earth at 1:10,000,000, generalised.",
    "own": "Country borders are those of {source}, generalised.",
    "none": "No country borders are drawn.",
}
_DISCLAIMER: Final = (
    "The boundaries, names and lines shown on this page do not imply any opinion on the status of any "
    "territory, nor any official endorsement or acceptance. Lines are generalised between named places: they "
    "are no tracks, and nobody's way."
)
_CODES: Final = ("iso_a3", "adm0_a3", "iso3", "iso3_code", "iso_3", "code")
_NAMES: Final = ("name", "name_en", "adm0_name", "country", "romnam", "cntry_name", "nam_en")
_PLACE_COLUMNS: Final = ("countries", "country_a", "country_b", "country", "nationality", "iso_a3")


@dataclass(frozen=True, slots=True)
class Borders:
    """What a page says of the borders on it.

    Attributes
    ----------
    policy : str
        One of :data:`POLICIES`.
    source : str
        Whose borders they are; empty where none are drawn.
    kosovo : bool
        Whether Kosovo is in view, on the map or in the data.
    """

    policy: str
    source: str
    kosovo: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the page: whose borders, the disclaimer, and the footnote where it is due."""
        return (_DRAWN[self.policy].format(source=self.source), *self.cautions)

    @property
    def cautions(self) -> tuple[str, ...]:
        """The disclaimer, and the footnote where it is due, for files and pages that draw no borders."""
        return (_DISCLAIMER, *([FOOTNOTE_KOSOVO] if self.kosovo else []))

    @property
    def record(self) -> dict[str, Any]:
        """The same as plain data, for the metadata of exports and pictures."""
        return {"policy": self.policy, "source": self.source, "notes": list(self.notes)}


def border_policy(
    policy: str | None = None,
    *,
    boundaries: GeoDataFrame | str | os.PathLike[str] | None = None,
    source: str | None = None,
    bounds: Bounds | None = None,
    frames: Iterable[DataFrame | None] = (),
) -> Borders:
    """Return what a page has to say of its borders.

    Parameters
    ----------
    policy : str, optional
        ``default``, ``own`` or ``none``; by default ``own`` where boundaries are handed in.
    boundaries : GeoDataFrame or path, optional
        The maker's own country borders, as :func:`read_boundaries` takes them.
    source : str, optional
        Whose they are, in words; by default their ``attrs["source"]``, or the name of the file.
    bounds : (west, south, east, north) in degrees, optional
        What is in view; where it touches Kosovo, the footnote is due.
    frames : iterable of DataFrame, optional
        Tables behind the page; a code of Kosovo in a column of countries makes the footnote due as well.

    Raises
    ------
    InvalidInputError
        If boundaries are missing for ``own``, or handed in for another policy.
    UnknownNameError
        If there is no such policy.

    Examples
    --------
    >>> border_policy(bounds=(20, 41, 22, 43)).notes[-1][:31]
    '* References to Kosovo shall be'
    >>> border_policy("none", bounds=(0, 50, 3, 52)).notes[0]
    'No country borders are drawn.'
    """
    chosen = policy or ("default" if boundaries is None else "own")
    check_choice(chosen, POLICIES, name="boundary policy")
    if (chosen == "own") != (boundaries is not None):
        raise InvalidInputError(
            f"Invalid boundary policy '{chosen}'. "
            + ("Hand in your own borders as boundaries." if boundaries is None else "It takes no boundaries.")
        )
    kosovo = kosovo_in_view(bounds) or any(_names_kosovo(frame) for frame in frames)
    owner = {"default": "Natural Earth", "none": ""}.get(chosen) if chosen != "own" else None
    return Borders(chosen, _owner(boundaries, source) if owner is None else owner, kosovo)


def borders_of(sheet: object, *frames: GeoDataFrame | None) -> Borders:
    """Return what a map says of its borders; where it says nothing, what is due for these shapes.

    Examples
    --------
    >>> borders_of(None).policy
    'default'
    """
    said = getattr(sheet, "borders", None)
    return said if isinstance(said, Borders) else border_policy(bounds=bounds_of(*frames), frames=frames)


def bounds_of(*frames: GeoDataFrame | None) -> Bounds | None:
    """Return west, south, east and north around the shapes of all tables; None where there are none.

    Examples
    --------
    >>> bounds_of(None) is None
    True
    """
    held = [frame for frame in frames if frame is not None and "geometry" in frame.columns]
    drawn = [frame for frame in held if not (frame.geometry.isna() | frame.geometry.is_empty).all()]
    return view_bounds(*drawn) if drawn else None


def kosovo_in_view(bounds: Bounds | None) -> bool:
    """Tell whether a view touches Kosovo, by the embedded shape, whoever draws the borders.

    Examples
    --------
    >>> kosovo_in_view((20, 41, 22, 43)), kosovo_in_view((0, 50, 3, 52)), kosovo_in_view(None)
    (True, False, False)
    """
    if bounds is None:
        return False
    from shapely import box

    return bool(box(*bounds).intersects(_kosovo()))


@cache
def _kosovo() -> Any:  # noqa: ANN401 - shapely
    from geo.coast import read_countries

    countries = read_countries()
    return countries.geometry[countries.index.isin(KOSOVO_CODES)].union_all()


def _names_kosovo(frame: DataFrame | None) -> bool:
    if frame is None:
        return False
    found = (str(code) for code in frame.index) if frame.index.name in _PLACE_COLUMNS else ()
    if any(code in KOSOVO_CODES for code in found):
        return True
    for column in _PLACE_COLUMNS:
        if column not in frame.columns:
            continue
        for value in frame[column].drop_duplicates() if column != "countries" else frame[column]:
            codes = value if isinstance(value, tuple | list | set) else (value,)
            if any(str(code) in KOSOVO_CODES for code in codes):
                return True
    return False


def _owner(boundaries: GeoDataFrame | str | os.PathLike[str] | None, source: str | None) -> str:
    if source:
        return source
    if boundaries is None or isinstance(boundaries, str | os.PathLike):
        return os.path.basename(os.fspath(boundaries or ""))  # noqa: PTH119 - a name, not a file
    return text_of(boundaries.attrs.get("source")) or "the maker of this page"


def read_boundaries(boundaries: GeoDataFrame | str | os.PathLike[str]) -> GeoDataFrame:
    """Return a maker's own country borders in one form.

    Parameters
    ----------
    boundaries : GeoDataFrame or path
        One row per country, polygons, with a CRS. A path is read by GDAL (GeoPackage, GeoJSON, Shapefile, …).
        Names come from a column such as ``name``, codes from one such as ``iso_a3``, in either case.

    Returns
    -------
    frame : GeoDataFrame
        Columns ``name``, ``code`` (empty where there is none) and ``geometry`` in EPSG:4326.

    Raises
    ------
    InvalidInputError
        If the file cannot be read or is an address; if there are no rows or no CRS; if a shape is no area.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> own = gpd.GeoDataFrame({"NAME": ["A"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:4326")
    >>> read_boundaries(own)[["name", "code"]].to_numpy().tolist()
    [['A', '']]
    """
    import geopandas as gpd

    frame = _read(boundaries) if isinstance(boundaries, str | os.PathLike) else boundaries
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InvalidInputError(
            f"Invalid boundaries '{type(frame).__name__}'. Hand in a GeoDataFrame or a file."
        )
    if frame.crs is None:
        raise InvalidInputError("Invalid boundaries. They have no CRS: set it, as set_crs('EPSG:4326').")
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    kinds = sorted(set(frame.geom_type) - {"Polygon", "MultiPolygon"})
    if kinds or not len(frame):
        raise InvalidInputError(
            f"Invalid boundaries '{', '.join(kinds) or 'no rows'}'. They are areas, one row per country."
        )
    known = {str(column).lower(): column for column in frame.columns}

    def words(names: tuple[str, ...]) -> list[str]:
        found = next((known[name] for name in names if name in known), None)
        return [""] * len(frame) if found is None else [text_of(value) for value in frame[found]]

    shapes = frame.geometry.to_crs("EPSG:4326").make_valid()
    return gpd.GeoDataFrame(
        {"name": words(_NAMES), "code": words(_CODES)}, geometry=list(shapes), crs="EPSG:4326"
    )


def _read(path: str | os.PathLike[str]) -> GeoDataFrame:
    import geopandas as gpd

    name = os.fspath(path)
    if "://" in str(name) or str(name).startswith("/vsi"):
        raise InvalidInputError(f"Invalid boundaries '{name}'. Nothing is fetched: hand in a file.")
    try:
        return gpd.read_file(name)
    except Exception as error:  # GDAL and its drivers raise what they like
        raise InvalidInputError(f"Invalid boundaries '{name}'. The file cannot be read: {error}.") from error


def apply_borders(
    base: Mapping[str, Any],
    bounds: Bounds,
    borders: Borders,
    boundaries: GeoDataFrame | str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Return a basemap with the borders of the policy.

    Parameters
    ----------
    base : mapping
        Of :func:`layers.areas.basemap_features`.
    bounds : (west, south, east, north) in degrees
        What is in view.
    borders : Borders
        Of :func:`border_policy`.
    boundaries : GeoDataFrame or path, optional
        The maker's own, for the policy ``own``.

    Returns
    -------
    base : dict
        The same keys. Own boundaries replace land, borders and country names, as far as they reach.

    Examples
    --------
    >>> base = {"boxes": [[0, 0, 1, 1]], "land": [], "borders": [[0, 0, 1, 1]], "labels": [{"country": True}]}
    >>> apply_borders(base, (0, 0, 1, 1), Borders("none", "", False))["borders"]
    []
    """
    if borders.policy == "none":
        kept = [label for label in base["labels"] if not label.get("country")]
        return {**base, "borders": [], "labels": kept}
    if borders.policy == "default" or boundaries is None:
        return dict(base)
    return {**base, **_own_base(read_boundaries(boundaries), bounds), "backdrop": base.get("backdrop", [])}


def draw_borders(
    base: Mapping[str, Any],
    bounds: Bounds,
    policy: str | None = None,
    boundaries: GeoDataFrame | str | os.PathLike[str] | None = None,
    *,
    frames: Iterable[DataFrame | None] = (),
) -> tuple[dict[str, Any], Borders]:
    """Return a basemap with the borders of a policy, and what the page has to say of them.

    Both steps in one, for a map: :func:`border_policy` and :func:`apply_borders`. The footnote is due as well
    where Kosovo is among the countries that the basemap draws around the view.

    Examples
    --------
    >>> base = {"boxes": [], "land": [], "borders": [], "labels": [], "kosovo": False}
    >>> draw_borders(base, (0, 50, 3, 52))[1].kosovo
    False
    """
    borders = border_policy(policy, boundaries=boundaries, bounds=bounds, frames=frames)
    drawn = apply_borders(base, bounds, borders, boundaries)
    return drawn, replace(borders, kosovo=borders.kosovo or bool(drawn.get("kosovo")))


def _own_base(frame: GeoDataFrame, bounds: Bounds) -> dict[str, Any]:
    """Return land, borders and names of own boundaries around a view, encoded as the embedded ones are."""
    import shapely

    west, south = max(-180.0, bounds[0] - REACH_DEG[0]), max(-85.0, bounds[1] - REACH_DEG[1])
    east, north = min(180.0, bounds[2] + REACH_DEG[0]), min(85.0, bounds[3] + REACH_DEG[1])
    frame = frame.clip(shapely.box(west, south, east, north), keep_geom_type=True)
    shapes = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-BASE_DECIMALS)
    if shapely.coverage_is_valid(shapes):
        shapes = shapely.coverage_simplify(shapes, TOLERANCE_DEG, simplify_boundary=True)
    names = [
        name + "*" * (code in KOSOVO_CODES) for name, code in zip(frame["name"], frame["code"], strict=True)
    ]
    return {
        "boxes": [[round(edge, 4) for edge in (west, south, east, north)]],
        "land": [part for shape in shapes for part in encode_shape(shape, decimals=BASE_DECIMALS)],
        "borders": [
            ring
            for line in _shared(shapes)
            for part in encode_shape(line, decimals=BASE_DECIMALS)
            for ring in part
        ],
        "labels": _names(shapes, names),
        "kosovo": any(code in KOSOVO_CODES for code in frame["code"]),
    }


def _shared(shapes: Any) -> list[Any]:  # noqa: ANN401 - array of shapely
    """Return the lines that two areas share, each once."""
    import shapely

    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    lines = shapely.intersection(
        shapely.boundary(shapes[first[once]]), shapely.boundary(shapes[second[once]])
    )
    parts = shapely.get_parts(shapely.line_merge(shapely.get_parts(lines)))
    return [part for part in parts if part.geom_type == "LineString" and not part.is_empty]


def _names(shapes: Any, names: list[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - array of shapely
    """Return names at a point well inside each area, the larger ones first."""
    labels = []
    for shape, name in zip(shapes, names, strict=True):
        if not name or shape.is_empty:
            continue
        largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
        point = largest.representative_point()
        at = [round(point.x * 1e4), round(point.y * 1e4)]
        labels.append((-largest.area, {"text": name, "at": at, "from": 3.0, "country": True}))
    return [label for _, label in sorted(labels, key=lambda pair: pair[0])]
