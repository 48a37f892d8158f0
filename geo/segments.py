"""Segments: the stretches of line that the legs of a corridor share, each once, with both directions kept.

Legs on one road have the road's own points. Where one leg has a point on another's edge that the other
lacks, the point is added to it first; from then on legs that share a stretch share its edges, and edges can
be counted.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import geodesic, terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    _Points = list[tuple[float, float]]

ON_EDGE_DEG = 2e-6
"""A point this near to an edge lies on it: 0.2 m, a fifth of the last decimal that legs keep."""

_Edge = tuple[tuple[float, float], tuple[float, float]]
_Label = tuple[tuple[str, ...], tuple[str, ...]]


def build_segments(routes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Merge the overlapping legs of each corridor into shared segments.

    Parameters
    ----------
    routes : GeoDataFrame
        Legs, from :func:`geo.routes.read_routes`.

    Returns
    -------
    segments : GeoDataFrame, one row per segment
        Index ``segment``; columns ``corridor``, ``legs_forward`` and ``legs_backward`` (tuples of the legs
        that pass it in the direction of its line, and against it), ``n_legs`` (how many passages these
        are), ``length_km`` and ``geometry`` (LineString, in the direction of the first leg that passes it).

    Notes
    -----
    Within a corridor Σ ``length_km`` × ``n_legs`` is the sum of the lengths of its legs. A leg that passes a
    stretch twice is named twice. Legs that only cross share nothing.

    Examples
    --------
    >>> from geo.routes import read_routes
    >>> segments = build_segments(read_routes("western_balkans"))
    >>> segments.query("n_legs == 2 and length_km > 150")["legs_forward"].iloc[0]
    ('wb_belgrade_subotica', 'wb_belgrade_szeged')
    """
    import geopandas as gpd
    import pandas as pd

    rows, names = [], []
    for corridor in dict.fromkeys(routes["corridor"]):
        legs = routes[routes["corridor"] == corridor]
        lines = dict(
            zip(legs.index, _with_shared_points([list(line.coords) for line in legs.geometry]), strict=True)
        )
        for number, (points, (forward, backward)) in enumerate(_runs(lines), start=1):
            names.append(f"{corridor}-{number:03d}")
            rows.append(_row(corridor, points, forward, backward))
    columns = ["corridor", "legs_forward", "legs_backward", "n_legs", "length_km", "geometry"]
    index = pd.Index(names, name=terms.SEGMENT, dtype=object)
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, index=index, columns=columns), geometry="geometry", crs=routes.crs or terms.CRS
    )
    frame.attrs["routes_file"] = routes.attrs.get("routes_file")
    return frame


def _row(
    corridor: str, points: _Points, forward: tuple[str, ...], backward: tuple[str, ...]
) -> dict[str, Any]:
    from shapely import LineString

    return {
        "corridor": corridor,
        "legs_forward": forward,
        "legs_backward": backward,
        "n_legs": len(forward) + len(backward),
        "length_km": round(geodesic.line_length_km(points), 6),
        "geometry": LineString(points),
    }


def _with_shared_points(lines: Sequence[_Points]) -> list[_Points]:
    """Add to each line the points of the others that lie on one of its edges."""
    import shapely

    points = np.unique(np.array([point for line in lines for point in line]), axis=0)
    edges = [(number, at) for number, line in enumerate(lines) for at in range(len(line) - 1)]
    shapes = shapely.linestrings([lines[number][at : at + 2] for number, at in edges])
    found = shapely.STRtree(shapes).query(shapely.points(points), predicate="dwithin", distance=ON_EDGE_DEG)
    on_edge: dict[tuple[int, int], list[int]] = defaultdict(list)
    for point, edge in found.T:
        on_edge[edges[edge]].append(int(point))
    return [
        [
            point
            for at in range(len(line) - 1)
            for point in (line[at], *_between(line[at], line[at + 1], points[on_edge[number, at]]))
        ]
        + [line[-1]]
        for number, line in enumerate(lines)
    ]


def _between(start: tuple[float, float], end: tuple[float, float], points: NDArray[np.float64]) -> _Points:
    """Sort the points on an edge from its start to its end, both left out."""
    step = np.subtract(end, start)
    share = (points - start) @ step / float(step @ step or 1.0)
    order = np.argsort(share, kind="stable")
    inner = [(float(lon), float(lat)) for lon, lat in points[order]]
    return [point for point in inner if point not in (start, end)]


def _runs(lines: dict[str, _Points]) -> Iterator[tuple[_Points, _Label]]:
    """Walk along the legs and yield each run of new edges that the same legs pass in the same directions."""
    passes = _passes(lines)
    done: set[_Edge] = set()
    for points in lines.values():
        run: _Points = []
        label: _Label | None = None
        for edge in itertools.pairwise(points):
            key = min(edge, edge[::-1])
            new = None if key in done else _label(passes[key], forward=edge == key)
            if new is None or new != label:
                if label is not None:
                    yield run, label
                run = [edge[0]]
            run.append(edge[1])
            label = new
            done.add(key)
        if label is not None:
            yield run, label


def _passes(lines: dict[str, _Points]) -> dict[_Edge, list[tuple[str, bool]]]:
    """List for each edge, whichever way round, the legs that pass it and whether along it."""
    passes: dict[_Edge, list[tuple[str, bool]]] = defaultdict(list)
    for leg, points in lines.items():
        for edge in itertools.pairwise(points):
            key = min(edge, edge[::-1])
            passes[key].append((leg, edge == key))
    return passes


def _label(passes: Sequence[tuple[str, bool]], *, forward: bool) -> _Label:
    """Sort the legs of an edge into those that go along with the walk and those that go against it."""
    along = tuple(leg for leg, same in passes if same == forward)
    against = tuple(leg for leg, same in passes if same != forward)
    return along, against
