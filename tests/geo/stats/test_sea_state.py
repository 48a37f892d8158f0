"""The sea of boxes by week or month: cells with sea, whole days, nothing shorter than a week."""

import datetime as dt

import numpy as np
import pytest
import shapely
import xarray as xr

from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats.sea_state import sea_box, sea_days, sea_state

STRAIT = (0.75, 50.25, 2.25, 51.25)


def make_waves(values, first="2031-01-06", hours=6):
    """A cube of 0.5° over the Dover Strait; values by step, or by step and cell."""
    values = np.asarray(values, dtype=float)
    lat, lon = np.arange(50.0, 51.6, 0.5), np.arange(0.5, 2.6, 0.5)
    if values.ndim == 1:
        values = np.broadcast_to(values[:, None, None], (len(values), len(lat), len(lon)))
    time = np.datetime64(first, "ns") + np.arange(len(values)) * np.timedelta64(hours, "h")
    return xr.DataArray(
        values.copy(),
        dims=("time", "lat", "lon"),
        coords={"time": time.astype("datetime64[ns]"), "lat": lat, "lon": lon},
        attrs={"units": "m"},
    )


def test_weeks_give_mean_maximum_and_calmer_days():
    daily = np.r_[np.full(7, 0.4), np.full(7, 1.5)]
    state = sea_state(make_waves(np.repeat(daily, 4)), {"strait": STRAIT}, calm_m=0.5, by="week")
    assert state.index.names == ["box", "period_start"]
    assert state["mean_m"].round(6).tolist() == [0.4, 1.5]
    assert state["calmer_days"].tolist() == [7, 0]
    assert state["n_days"].tolist() == [7, 7]
    assert state["complete"].all()


def test_land_is_left_out_and_told():
    values = np.ones((28, 4, 5))
    values[:, 1:3, 1:4] = 0.8
    values[:, 1, 1] = np.nan  # 50.5, 1.0
    state = sea_state(make_waves(values), {"strait": STRAIT}, calm_m=2.0, by="week").iloc[0]
    assert state["n_cells"] == 5
    assert state["land_share"] == pytest.approx(1 / 6, abs=0.01)
    assert state["mean_m"] == pytest.approx(0.8)


def test_cells_weigh_by_their_area_in_the_box_and_the_highest_cell_is_the_maximum():
    values = np.ones((28, 4, 5))
    values[:, 0] = 3.0  # the row of 50.0, of which the box has the upper half
    state = sea_state(make_waves(values), {"a": (0.75, 50.0, 2.25, 51.25)}, calm_m=1.0, by="week").iloc[0]
    edges = np.sin(np.radians([50.0, 50.25, 51.25]))
    share = (edges[1] - edges[0]) / (edges[2] - edges[0])
    assert state["mean_m"] == pytest.approx(3 * share + 1 - share)
    assert state["max_m"] == 3.0


def test_a_day_with_missing_steps_is_no_whole_day():
    waves = make_waves(np.ones(31 * 4), first="2031-01-01")
    waves = waves.isel(time=np.delete(np.arange(31 * 4), [9, 50, 51]))
    waves.values[80:84] = np.nan
    state = sea_state(waves, {"a": STRAIT}, calm_m=2.0).iloc[0]
    assert (state["n_days"], state["missing_days"], state["calmer_days"]) == (27, 4, 27)
    assert not state["complete"]


def test_fewer_than_seven_days_are_not_told():
    state = sea_state(make_waves(np.ones(13 * 4)), {"a": STRAIT}, calm_m=2.0, by="week")
    assert state["n_days"].tolist() == [7, 6]
    assert np.isnan(state["mean_m"].iloc[1])
    assert np.isnan(state["calmer_days"].iloc[1])


def test_nothing_shorter_than_a_week_can_be_asked_for():
    for by in ("day", "hour"):
        with pytest.raises(UnknownNameError, match=f"Invalid by '{by}'. It must be one of: month, week"):
            sea_state(make_waves(np.ones(28)), {"a": STRAIT}, calm_m=1.0, by=by)


def test_days_after_the_data_date_are_left_out():
    state = sea_state(make_waves(np.ones(56)), {"a": STRAIT}, calm_m=2.0, by="week", as_of="2031-01-12")
    assert len(state) == 1
    assert sea_state(make_waves(np.ones(56)), {"a": STRAIT}, calm_m=2.0, as_of="2030-01-01").empty


def test_many_boxes_are_read_in_one_pass_and_give_what_each_gives_alone(monkeypatch):
    rng = np.random.default_rng(5)
    waves = make_waves(rng.random((56, 4, 5)))
    boxes = {"a": STRAIT, "b": shapely.box(0.4, 49.9, 1.9, 51.0), "c": (1.0, 50.0, 2.5, 51.5)}
    monkeypatch.setattr("geo.stats.zones._BLOCK", 100)
    together = sea_state(waves, boxes, calm_m=0.5, by="week")
    for name, box in boxes.items():
        alone = sea_state(waves, {name: box}, calm_m=0.5, by="week")
        assert together.loc[[name]].equals(alone)


def test_means_of_stretches_need_every_day():
    days = sea_days(make_waves(np.repeat(np.arange(14.0), 4)), {"a": STRAIT})["a"]
    monday = dt.date(2031, 1, 6).toordinal()
    found = days.means_of(
        np.array([monday, monday + 7, monday + 8]), np.array([monday + 6, monday + 13, monday + 14])
    )
    np.testing.assert_allclose(found, [3.0, 10.0, np.nan])


def test_the_sea_box_of_a_corridor_is_the_extent_of_its_legs_over_sea():
    west, south, east, north = sea_box("channel", margin_deg=0)
    assert west < 1 < 2 < east
    assert south < 50.5 < 51 < north
    narrow = sea_box("channel", legs=["ch_calais_kent"], margin_deg=0)
    assert narrow[0] >= west
    assert narrow[3] <= north


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"corridor": "western_balkans"}, InvalidInputError, "It has no leg over sea"),
        ({"corridor": "channel", "margin_deg": -1}, InvalidInputError, "Invalid margin_deg '-1'"),
        ({"corridor": "channel", "legs": "ch_calais"}, UnknownNameError, "Invalid leg over sea 'ch_calais'"),
        ({"corridor": "nowhere"}, UnknownNameError, "Invalid corridor 'nowhere'"),
    ],
)
def test_a_sea_box_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        sea_box(**options)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((1.8, 50.9, 1.9, 51.0), "Invalid box 'a' of 78 km². A sea box has 1,000 km² or more"),
        ((2, 50, 1, 51), "Invalid box 'a'. Give west, south, east, north"),
        ("strait", "Invalid box 'a'. Give west, south, east, north"),
        (shapely.Point(1, 51), "Invalid box 'a'. It must be a polygon"),
        (shapely.Polygon([(0, 50), (2, 51), (2, 50), (0, 51)]), "that does not cross itself"),
    ],
)
def test_a_box_of_another_form_or_too_small_is_refused(box, message):
    with pytest.raises(InvalidInputError, match=message):
        sea_state(make_waves(np.ones(28)), {"a": box}, calm_m=1.0)


def test_a_box_off_the_grid_or_on_land_is_refused():
    with pytest.raises(NotCoveredError, match="The wave grid covers 67 % of it"):
        sea_state(make_waves(np.ones(28)), {"a": (1.75, 50.25, 3.25, 51.25)}, calm_m=1.0)
    with pytest.raises(NotCoveredError, match="No cell of the wave grid in it holds sea"):
        sea_state(make_waves(np.full(28, np.nan)), {"a": STRAIT}, calm_m=1.0)


@pytest.mark.parametrize("calm_m", [0, -1, np.nan, np.inf])
def test_a_height_that_bounds_nothing_is_refused(calm_m):
    with pytest.raises(InvalidInputError, match="Invalid calm_m"):
        sea_state(make_waves(np.ones(28)), {"a": STRAIT}, calm_m=calm_m)


def test_a_cube_of_another_form_is_refused():
    waves = make_waves(np.ones(28))
    for cube in (waves.transpose("lat", "lon", "time"), waves.assign_attrs(units="ft")):
        with pytest.raises(InvalidInputError, match=r"Invalid waves\. They must be a cube of metres"):
            sea_state(cube, {"a": STRAIT}, calm_m=1.0)
    for cube in (
        make_waves(np.ones(5), hours=24 * 30),
        waves.isel(time=[0]),
        waves.isel(time=slice(None, None, -1)),
    ):
        with pytest.raises(InvalidInputError, match="Invalid times of the waves"):
            sea_state(cube, {"a": STRAIT}, calm_m=1.0)
