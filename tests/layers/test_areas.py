import geopandas as gpd
import pytest
from shapely import Polygon

from geo.coast import read_countries
from layers.areas import MOST_SENTENCES, area_layer, basemap_features, corridor_sentences
from layers.features import decode_line


def test_a_basemap_near_the_channel_holds_one_box():
    base = basemap_features((0, 50, 3, 51.5))
    assert len(base["boxes"]) == 1
    assert {label["text"] for label in base["labels"]} >= {"France", "Belgium"}
    assert not base["kosovo"]


def test_kosovo_has_its_mark_and_says_so():
    base = basemap_features((12, 38, 28, 47))
    assert base["kosovo"]
    assert "Kosovo*" in {label["text"] for label in base["labels"]}


def test_far_from_the_clips_there_is_only_coarse_land():
    base = basemap_features((176.0, -19.0, 182.0, -16.0))
    assert base["boxes"] == base["land"] == base["borders"] == []
    assert base["backdrop"]
    lons = [lon for part in base["backdrop"] for lon, _ in decode_line(part[0], decimals=2)]
    assert max(lons) > 180


def test_land_keeps_its_area():
    base = basemap_features((0, 50, 3, 51.5))
    drawn = sum(Polygon(decode_line(part[0], decimals=3)).area for part in base["land"])
    known = sum(shape.area for shape in read_countries(base["boxes"][0]).geometry)
    assert drawn == pytest.approx(known, rel=0.01)


def test_areas_tell_their_headline(make):
    layer = area_layer(make.corridors(), make.stats(), order={"strait": 0})[0]
    assert layer["features"][0]["aria"] == "A strait, corridor. 12,345 people arrived in 2024."
    assert layer["features"][0]["series"] == 0


def test_corridors_without_shapes_make_no_layer(make):
    assert area_layer(make.corridors().drop(columns="geometry"), None) == []
    empty = gpd.GeoDataFrame(make.corridors()).assign(geometry=[Polygon()])
    assert area_layer(empty, None) == []


def test_the_change_is_told_rather_than_the_figure_alone(make):
    import pandas as pd

    both = pd.concat(
        [make.stats("12."), make.stats("12, 3 % more.").rename(index={"year_to_date": "year_to_date_change"})]
    )
    assert corridor_sentences(both, "strait") == ["12, 3 % more."]


def test_no_more_sentences_than_can_be_read(make):
    import pandas as pd

    names = [f"statistic_{at}" for at in range(9)]
    index = pd.MultiIndex.from_product([["strait"], names], names=["corridor", "statistic"])
    stats = pd.DataFrame({"sentence": [f"Sentence {name}." for name in names]}, index=index)
    assert len(corridor_sentences(stats, "strait")) == MOST_SENTENCES
    assert corridor_sentences(stats, "elsewhere") == []
