"""The cube of counts: corridor (or leg) × time × nationality × measure, as an xarray Dataset.

NaN is "not published", 0 is a published 0. The sum over the cube is the sum over the rows it was made from;
what does not fit is dropped and counted in ``attrs["ledger"]`` (JSON), by reason. A cube holds one series
for each corridor and measure: two would be spliced or added, and that is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import _sums, disclosure, terms
from geo._cube_files import COUNT, COVERAGE, read_cube, write_cube
from geo.checks import check_choice
from geo.counts import as_known, check_counts, period_kinds, select_counts, series_info
from geo.errors import GeometryError, InvalidInputError, MixedUnitsError, NotCoveredError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import xarray as xr

__all__ = ["COUNT", "COVERAGE", "FREQUENCIES", "build_cube", "cube_total", "read_cube", "write_cube"]

FREQUENCIES: Final = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}
_DIMS: Final = {terms.CORRIDOR: terms.CORRIDOR, terms.LEG: terms.PLACE}
_MOST_CELLS: Final = 100_000_000


class _Ledger:
    """What was dropped on the way into the cube, by reason."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.withheld: dict[str, Any] = {}

    def empty(self, rows: pd.DataFrame) -> None:
        """Count the withheld rows that stay as empty cells; their sum would give them away."""
        hidden = int(_sums.has_flag(rows, "suppressed").sum())
        if hidden:
            self.entries.append(
                {"reason": "withheld by the publisher or as small cells", "rows": hidden, "value": None}
            )

    def keep(self, rows: pd.DataFrame, keep: pd.Series[bool], reason: str) -> pd.DataFrame:
        dropped = rows[~keep]
        if len(dropped):
            value = float(dropped[terms.VALUE].sum())
            self.entries.append({"reason": reason, "rows": len(dropped), "value": value})
        return rows[keep]


def build_cube(
    counts: pd.DataFrame,
    *,
    corridors: gpd.GeoDataFrame | None = None,
    dim: str = terms.CORRIDOR,
    frequency: str = "month",
    sources: str | Iterable[str] | None = None,
    measures: str | Iterable[str] | None = None,
    bases: str | Iterable[str] | None = None,
    as_published: bool = False,
) -> xr.Dataset:
    """Arrange counts as corridor (or leg) × time × nationality × measure.

    Parameters
    ----------
    counts : DataFrame
        A tidy table (:func:`geo.counts.read_counts`). Of several vintages the newest counts.
    corridors : GeoDataFrame, optional
        Shapes of the dimension, by id in the index: corridors, or legs (for ``dim="corridor"`` legs are
        merged by their column ``corridor``). Their geometry becomes the dimension coordinate, their ids
        ``corridor_id`` or ``leg_id``. Rows without a shape are dropped and counted.
    dim : {"corridor", "leg"}
        What the first dimension is. For legs, the ids stand in the column ``place``.
    frequency : {"month", "day", "week", "quarter", "year"}
        Length of a step in time. Shorter rows are added up; rows that are longer, or reach across two steps,
        and weeks in anything but weeks, are dropped and counted.
    sources, measures, bases : str or iterable of str, optional
        Only these.
    as_published : bool
        Whether the publisher's own small cells are shown; default they are withheld, and counted by reason
        (:func:`geo.disclosure.suppress_counts`).

    Returns
    -------
    cube : Dataset
        ``count`` (float, in the unit of the measure) and ``coverage`` (share of the days of a step that its
        rows cover). Coordinates: ``time`` (first day of the step, bounds in ``time_bnds``), ``nationality``
        ("" for all), ``measure`` with ``unit``, and for each corridor and measure ``source``, ``basis``,
        ``licence`` and ``known_on``.

    Raises
    ------
    InvalidInputError
        If the table breaks a rule, the shapes have no or another CRS than WGS 84, or the cube would be too
        large.
    UnknownNameError
        If ``dim`` or ``frequency``, or a source, measure or basis is not known.
    MixedUnitsError
        If two series, or overlapping periods of one, would fill the same cells; the message names both.
    GeometryError
        If lines and areas stand in one set of shapes, or a shape is empty.
    NotCoveredError
        If no row is left; the message says why.

    Notes
    -----
    A step with a value that was not published or was withheld is NaN as a whole. Where a series gives both
    all nationalities and each of them for a step, the row for all is left out, so that sums hold nobody
    twice.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> cube = build_cube(read_counts(source="home_office_daily"), measures=["arrival", "boat"])
    >>> dict(cube.sizes)
    {'corridor': 1, 'time': 104, 'nationality': 1, 'measure': 2, 'bnds': 2}
    >>> float(cube["count"].sel(time="2024", measure="boat").sum())
    695.0
    """
    check_choice(dim, _DIMS, name="dim")
    check_choice(frequency, FREQUENCIES, name="frequency")
    rows = check_counts(counts)
    rows.attrs |= {key: value for key, value in counts.attrs.items() if key == disclosure.RECORD}
    rows = select_counts(rows, source=sources, measure=measures, basis=bases)
    rows = disclosure.as_published(rows) if as_published else disclosure.protected(rows)
    ledger = _Ledger()
    ledger.withheld = rows.attrs[disclosure.RECORD]
    shapes = None if corridors is None else _shapes(corridors, dim)
    rows = _fitting(rows, dim, frequency, ledger)
    if shapes is not None:
        rows = ledger.keep(rows, rows[_DIMS[dim]].isin(shapes.index), f"no shape for the {dim}")
    rows = rows.assign(
        label=rows[_DIMS[dim]], step=rows[terms.PERIOD_START].dt.to_period(FREQUENCIES[frequency])
    )
    rows = _whole_or_parts(rows, ledger)
    if rows.empty:
        reasons = "; ".join(f"{entry['reason']} ({entry['rows']} rows)" for entry in ledger.entries)
        raise NotCoveredError(
            f"Invalid counts for a cube by {frequency}. No row is left: {reasons or 'none given'}."
        )
    _check_one_series(rows, dim)
    ledger.empty(rows)
    return _arrange(rows, shapes, dim, frequency, ledger)


def _shapes(corridors: gpd.GeoDataFrame, dim: str) -> gpd.GeoSeries:
    """Return one geometry per id, in WGS 84 and of one kind."""
    geometry = corridors.geometry
    if geometry.crs is None or geometry.crs.to_epsg() != 4326:
        found = "no CRS" if geometry.crs is None else geometry.crs.to_string()
        raise InvalidInputError(f"Invalid shapes in '{found}'. They must be in {terms.CRS}.")
    if (
        dim == terms.CORRIDOR
        and corridors.index.name != terms.CORRIDOR
        and terms.CORRIDOR in corridors.columns
    ):
        geometry = geometry.groupby(corridors[terms.CORRIDOR], sort=False).agg(
            lambda parts: parts.union_all()
        )
        geometry = corridors.geometry.__class__(geometry, crs=terms.CRS)
    empty = [str(name) for name in geometry.index[geometry.isna() | geometry.is_empty]]
    if empty:
        raise GeometryError(f"Invalid shapes '{', '.join(empty)}'. Each needs a geometry that is not empty.")
    kinds = sorted(set(geometry.geom_type.str.removeprefix("Multi")))
    if len(kinds) > 1:
        raise GeometryError(
            f"Invalid shapes of kinds '{', '.join(kinds)}'. Lines and areas go into two cubes, not one."
        )
    if not geometry.index.is_unique:
        raise InvalidInputError("Invalid shapes. Their ids, in the index, must be unique.")
    return geometry


def _fitting(rows: pd.DataFrame, dim: str, frequency: str, ledger: _Ledger) -> pd.DataFrame:
    """Keep the rows that lie within one step and describe what the dimension names."""
    newest = (
        rows.index.isin(as_known(rows, rows[terms.KNOWN_ON].max()).index) if len(rows) else rows.index.notna()
    )
    rows = ledger.keep(rows, pd.Series(newest, index=rows.index), "superseded by a newer vintage")
    rows = ledger.keep(rows, ~_sums.has_flag(rows, "cumulative"), "running total, holds the ones before it")
    whole = (rows[terms.SEX] == "") & (rows[terms.AGE_GROUP] == "")
    rows = ledger.keep(rows, whole, "by sex or age, which are no dimensions of the cube")
    if dim == terms.CORRIDOR:
        rows = ledger.keep(rows, rows[terms.PLACE] == "", "describes a place, not the whole corridor")
        if len(rows[terms.CORRIDOR].unique()) > 1:
            single = rows[terms.CORRIDOR] != terms.ALL_ROUTES
            rows = ledger.keep(rows, single, "sum of all routes, never added to its parts")
    else:
        rows = ledger.keep(rows, rows[terms.PLACE] != "", "describes the whole corridor, not a leg")
    if frequency not in {"day", "week"}:
        rows = ledger.keep(rows, period_kinds(rows) != "week", f"weeks do not fill a {frequency}")
    step = FREQUENCIES[frequency]
    within = rows[terms.PERIOD_START].dt.to_period(step) == rows[terms.PERIOD_END].dt.to_period(step)
    return ledger.keep(rows, within, f"longer than a {frequency}, or across two")


def _whole_or_parts(rows: pd.DataFrame, ledger: _Ledger) -> pd.DataFrame:
    """Leave out the row for all nationalities beside the rows for each, and steps that are not whole."""
    series = ["label", terms.MEASURE, *terms.SERIES_COLUMNS[::2], "step"]
    detailed = (rows[terms.NATIONALITY] != "").groupby([rows[name] for name in series]).transform("any")
    rows = ledger.keep(
        rows,
        ~(detailed.astype(bool) & (rows[terms.NATIONALITY] == "")),
        "all nationalities, beside a row for each of them",
    )
    cell = [*series, terms.NATIONALITY]
    gap = rows[terms.VALUE].isna().groupby([rows[name] for name in cell]).transform("any").astype(bool)
    return ledger.keep(
        rows, ~(gap & rows[terms.VALUE].notna()), "in a step with a value that was not published"
    )


def _check_one_series(rows: pd.DataFrame, dim: str) -> None:
    """Refuse a cube in which two series would stand in for one another, or one would overlap itself."""
    for (label, measure), part in rows.groupby(["label", terms.MEASURE]):
        series = part[[terms.SOURCE, terms.BASIS, terms.UNIT, terms.CORRIDOR]].drop_duplicates()
        if len(series) > 1:
            named = [" ".join(filter(None, row)) for row in series[[terms.SOURCE, terms.BASIS]].to_numpy()]
            caveats = dict.fromkeys(
                series_info(str(name), str(measure))["caveat"] for name in series[terms.SOURCE]
            )
            raise MixedUnitsError(
                f"Invalid counts for one cube: {dim} '{label}', measure '{measure}' would be filled by "
                f"{' and '.join(named)}. Choose one with sources or bases. {' '.join(caveats)}"
            )
    cell = ["label", terms.MEASURE, terms.NATIONALITY]
    ordered = rows.sort_values([*cell, terms.PERIOD_START, terms.PERIOD_END])
    same = (ordered[cell] == ordered[cell].shift()).all(axis=1)
    overlap = same & (ordered[terms.PERIOD_START] <= ordered[terms.PERIOD_END].shift())
    if overlap.any():
        second = int(overlap.to_numpy().argmax())
        spans = [
            f"{row[terms.PERIOD_START]:%Y-%m-%d} to {row[terms.PERIOD_END]:%Y-%m-%d}"
            for _, row in ordered.iloc[second - 1 : second + 1].iterrows()
        ]
        row = ordered.iloc[second]
        raise MixedUnitsError(
            f"Invalid counts for one cube: rows of {row[terms.SOURCE]}, {row[terms.MEASURE]}, overlap "
            f"({spans[0]} and {spans[1]}) and would be added in one cell."
        )


def _arrange(
    rows: pd.DataFrame, shapes: gpd.GeoSeries | None, dim: str, frequency: str, ledger: _Ledger
) -> xr.Dataset:
    """Pour the rows into arrays and describe them."""
    import xarray as xr

    labels = pd.Index(sorted(rows["label"].unique()) if shapes is None else shapes.index.astype(str))
    steps = pd.period_range(rows["step"].min(), rows["step"].max(), freq=FREQUENCIES[frequency])
    nationalities = pd.Index(sorted(rows[terms.NATIONALITY].unique()))
    measures = pd.Index([code for code in terms.MEASURES if code in set(rows[terms.MEASURE])])
    axes = (labels, steps, nationalities, measures)
    shape = tuple(len(axis) for axis in axes)
    if np.prod(shape, dtype=float) > _MOST_CELLS:
        raise InvalidInputError(
            f"Invalid cube of {' × '.join(map(str, shape))} cells. Choose fewer measures or longer steps."
        )
    columns = ("label", "step", terms.NATIONALITY, terms.MEASURE)
    at = tuple(axis.get_indexer(pd.Index(rows[name])) for axis, name in zip(axes, columns, strict=True))
    count, covered, seen = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    np.add.at(count, at, rows[terms.VALUE].to_numpy())
    np.add.at(covered, at, ((rows[terms.PERIOD_END] - rows[terms.PERIOD_START]).dt.days + 1).to_numpy())
    seen[at] = True
    start = steps.start_time.to_numpy().astype("datetime64[ns]")
    end = (steps + 1).start_time.to_numpy().astype("datetime64[ns]")
    days = ((end - start) / np.timedelta64(1, "D")).reshape(1, -1, 1, 1)
    dims = (dim, terms.TIME, terms.NATIONALITY, terms.MEASURE)
    cube = xr.Dataset(
        {
            COUNT: (dims, np.where(seen, count, np.nan)),
            COVERAGE: (dims, np.where(seen, covered / days, np.nan)),
        },
        coords={
            dim: (dim, labels.to_numpy(dtype=str)),
            f"{dim}_id": (dim, labels.to_numpy(dtype=str)),
            terms.TIME: (terms.TIME, start),
            "time_bnds": ((terms.TIME, "bnds"), np.stack([start, end], axis=1)),
            terms.NATIONALITY: (terms.NATIONALITY, nationalities.to_numpy(dtype=str)),
            terms.MEASURE: (terms.MEASURE, measures.to_numpy(dtype=str)),
            terms.UNIT: (
                terms.MEASURE,
                np.array([terms.MEASURES[code].unit for code in measures], dtype=str),
            ),
            **_origins(rows, labels, measures, dim),
        },
    )
    _describe(cube, rows, dim, frequency, ledger)
    return cube if shapes is None else _with_geometry(cube, dim, list(shapes))


def _origins(rows: pd.DataFrame, labels: pd.Index[Any], measures: pd.Index[Any], dim: str) -> dict[str, Any]:
    """Return source, basis, licence and newest publication date for each label and measure."""
    newest = rows.sort_values(terms.KNOWN_ON).drop_duplicates(["label", terms.MEASURE], keep="last")
    newest = newest.set_index(["label", terms.MEASURE])
    newest[terms.KNOWN_ON] = newest[terms.KNOWN_ON].dt.strftime("%Y-%m-%d")
    whole = pd.MultiIndex.from_product([labels, measures])
    names = [terms.SOURCE, terms.BASIS, terms.LICENCE, terms.KNOWN_ON]
    found = newest[names].reindex(whole).fillna("")
    size = (len(labels), len(measures))
    origins: dict[str, Any] = {
        name: ((dim, terms.MEASURE), found[name].to_numpy(dtype=str).reshape(size)) for name in names
    }
    if dim == terms.LEG:
        of = rows.drop_duplicates("label").set_index("label")[terms.CORRIDOR].reindex(labels).fillna("")
        origins[terms.CORRIDOR] = (dim, of.to_numpy(dtype=str))
    return origins


def _describe(cube: xr.Dataset, rows: pd.DataFrame, dim: str, frequency: str, ledger: _Ledger) -> None:
    """Write the attributes: what it is, by the CF conventions, and where it comes from."""
    pairs = rows[[terms.SOURCE, terms.MEASURE]].drop_duplicates().sort_values([terms.SOURCE, terms.MEASURE])
    infos = [series_info(*pair) for pair in pairs.itertuples(index=False)]
    cube.attrs = {
        "Conventions": "CF-1.11",
        "title": f"Published counts by {dim}, {frequency}, nationality and measure",
        "source": "; ".join(dict.fromkeys(f"{info['publisher']}: {info['title']}" for info in infos)),
        "attribution": " ".join(dict.fromkeys(info["attribution"] for info in infos)),
        "license": "; ".join(sorted(set(rows[terms.LICENCE]) - {""})),
        "comment": " ".join(dict.fromkeys(info["caveat"] for info in infos)),
        "frequency": frequency,
        "ledger": json.dumps(ledger.entries, ensure_ascii=False),
        disclosure.RECORD: json.dumps(ledger.withheld, ensure_ascii=False),
    }
    cube[COUNT].attrs = {
        "long_name": "published count",
        "units": "1",
        "comment": "in the unit of each measure (coordinate unit); NaN: not published; 0: published as 0",
        "ancillary_variables": COVERAGE,
    }
    cube[COVERAGE].attrs = {"long_name": "share of the days of the step that the rows cover", "units": "1"}
    cube[terms.TIME].attrs = {
        "standard_name": "time",
        "long_name": f"first day of the {frequency}",
        "axis": "T",
    }
    cube[terms.TIME].attrs["bounds"] = "time_bnds"
    cube[f"{dim}_id"].attrs = {"long_name": f"{dim} id"}
    cube[terms.NATIONALITY].attrs = {"long_name": "nationality, ISO 3166-1 alpha-3 (empty: all)"}
    cube[terms.MEASURE].attrs = {"long_name": "what is counted"}
    cube[terms.KNOWN_ON].attrs = {"long_name": "publication date of the newest value (YYYY-MM-DD)"}


def _with_geometry(cube: xr.Dataset, dim: str, shapes: list[Any]) -> xr.Dataset:
    import xvec  # noqa: F401 - registers the accessor

    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    made: xr.Dataset = cube.assign_coords({dim: (dim, geometry)}).xvec.set_geom_indexes(dim, crs=4326)
    return made


def cube_total(cube: xr.Dataset) -> pd.Series[float]:
    """Add up a cube by measure.

    Returns
    -------
    total : Series of float
        By measure, over all cells that hold a value; NaN where none does.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> cube_total(build_cube(read_counts(source="frontex"), frequency="year"))["detection_entry"]
    np.float64(2694173.0)
    """
    other = [name for name in cube[COUNT].dims if name != terms.MEASURE]
    total = cube[COUNT].sum(other, min_count=1)
    return pd.Series(total.to_numpy(), index=pd.Index(cube[terms.MEASURE].to_numpy(), name=terms.MEASURE))
