"""The map as a picture: every leg and word on it, the same bytes every time, text that stays text."""

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pypdf
import pytest
from PIL import Image
from shapely import LineString, Point, box

from geo.errors import InvalidInputError, UnknownNameError
from layers import palette
from layers.legend import DISCLAIMER, FOOTNOTE_KOSOVO
from layers.picture import draw_map, save_picture, thumbnail
from layers.picture_base import View, read_ground, scale_length
from layers.picture_files import picture_bytes, picture_format, small_png
from layers.picture_layout import lay_panels
from layers.picture_marks import PT_PER_PX, beside, leg_look
from layers.picture_text import Label, place_labels, plain, text_width, wrap_text
from layers.scene import gather_scene

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parents[2]


def drawn(make, **options):
    given = {"routes": make.routes(), "places": make.places(), "figures": make.figures()} | options
    return draw_map(make.corridors(), make.stats(), make.counts(), **given)


def tree_of(figure):
    return ET.fromstring(picture_bytes(figure, "svg"))


def words_of(tree):
    return [" ".join("".join(one.itertext()).split()) for one in tree.iter(f"{SVG}text")]


def ids_of(tree, part):
    return [one.get("id") for one in tree.iter() if (one.get("id") or "").startswith(f"{part}-")]


@pytest.fixture
def kinds(make):
    """A picture of one leg of each class, as SVG."""
    return tree_of(drawn(make))


# --- what is on it ---------------------------------------------------------------------------------
def test_every_leg_is_drawn_once_with_its_arrow(kinds):
    legs = [f"leg-leg_{at}" for at in range(4)]
    assert sorted(ids_of(kinds, "leg")) == legs
    assert len(ids_of(kinds, "arrow")) == 4


def test_a_range_has_a_band_and_a_missing_figure_is_dashed(kinds):
    assert ids_of(kinds, "band") == ["band-leg_1"]
    styles = {
        one.get("id"): " ".join(path.get("style", "") for path in one.iter(f"{SVG}path"))
        for one in kinds.iter(f"{SVG}g")
        if (one.get("id") or "").startswith("leg-")
    }
    assert [name for name, style in styles.items() if "stroke-dasharray" in style] == ["leg-leg_2"]
    assert "stroke-opacity: 0.45" in styles["leg-leg_3"]
    width = palette.line_width(10_000) * PT_PER_PX
    assert f"stroke-width: {width:g}" in styles["leg-leg_0"]


def test_title_dates_legend_sources_and_disclaimer_are_text(kinds):
    words = " ".join(words_of(kinds))
    for told in (
        "Routes and crossings: A strait",
        "Data through 12 December 2024; figures published up to 20 December 2024.",
        "12,345 people arrived in 2024.",
        "A published figure of its own",
        "No published figure",
        "100,000 and more",
        "Figures: tally.",
        "Coast and borders: Natural Earth (public domain).",
        "1 January 2024 to 30 November 2024",
    ):
        assert told in words, told
    assert DISCLAIMER.split(".", maxsplit=1)[0] in re.sub(r"\s+", " ", words)


def test_an_svg_says_what_it_is_and_in_which_language(kinds):
    assert kinds.get("role") == "img"
    assert kinds.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"
    assert "A strait" in kinds.get("aria-label")


def test_the_page_is_a4_landscape_and_has_no_axes_of_degrees(make):
    figure = drawn(make)
    assert (figure.get_size_inches() * 25.4).round(1).tolist() == [297.0, 210.0]
    assert all(not axes.get_xticks().size for axes in figure.axes if axes.axison)


def test_the_kosovo_footnote_follows_what_is_seen(make):
    routes = make.routes()
    assert FOOTNOTE_KOSOVO[:30] not in " ".join(words_of(tree_of(drawn(make, routes=routes))))
    routes.at["leg_1", "countries"] = ("RS", "XK")
    assert FOOTNOTE_KOSOVO[:30] in " ".join(words_of(tree_of(drawn(make, routes=routes))))


def test_several_corridors_have_a_panel_each(make):
    corridors = gpd.GeoDataFrame(
        {"title": [f"Strait {at}" for at in range(3)], "width_km": 40.0},
        geometry=[box(10 * at, 0, 10 * at + 2, 2) for at in range(3)],
        index=[f"c{at}" for at in range(3)],
        crs="EPSG:4326",
    )
    routes = gpd.GeoDataFrame(
        {"corridor": list(corridors.index), "title": "A to B", "mode": "sea"},
        geometry=[LineString([(10 * at, 0), (10 * at + 2, 2)]) for at in range(3)],
        index=[f"l{at}" for at in range(3)],
        crs="EPSG:4326",
    )
    figure = draw_map(corridors, None, None, routes=routes, places=make.places())
    assert len([axes for axes in figure.axes if axes.axison]) == 3
    assert sorted(ids_of(tree_of(figure), "leg")) == ["leg-l0", "leg-l1", "leg-l2"]


def test_corridors_far_from_the_embedded_coast_and_over_the_antimeridian_are_drawn(make):
    for line in ([(-75.0, 8.0), (-77.5, 9.0)], [(178.0, -17.0), (-179.0, -16.0)], [(20, 78), (30, 81)]):
        routes = make.routes(texts=("Far away",)).set_geometry([LineString(line)])
        figure = draw_map(
            make.corridors().drop(columns="geometry"), None, None, routes=routes, places=make.places()
        )
        tree = tree_of(figure)
        assert ids_of(tree, "leg") == ["leg-leg_0"]
        assert "it is no coast" in " ".join(words_of(tree))


def test_corridors_need_titles(make):
    with pytest.raises(InvalidInputError, match=r"Invalid corridors\. Column 'title' is missing"):
        draw_map(make.corridors().drop(columns="title"), None, None)


def test_nothing_given_is_changed(make):
    given = (make.corridors(), make.stats(), make.counts(), make.routes(), make.places(), make.figures())
    before = [one.copy() for one in given]
    draw_map(*given[:3], routes=given[3], places=given[4], figures=given[5])
    assert all(one.equals(other) for one, other in zip(given, before, strict=True))


# --- files -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("format_", ["png", "pdf", "svg"])
def test_the_same_input_gives_the_same_bytes_whatever_the_clock_and_the_settings(make, format_, monkeypatch):
    first = picture_bytes(drawn(make), format_)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "savefig.dpi": 30}
    ):
        assert picture_bytes(drawn(make), format_) == first


def test_a_pdf_has_text_title_language_and_one_page_of_a4(make):
    reader = pypdf.PdfReader(io.BytesIO(picture_bytes(drawn(make), "pdf")), strict=True)
    (page,) = reader.pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
    assert reader.metadata.title == "Routes and crossings: A strait"
    assert reader.metadata.creation_date is None
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    text = re.sub(r"\s+", " ", page.extract_text())
    assert "No published figure" in text
    assert "Figures: tally." in text
    assert not page.images


def test_a_picture_is_written_whole_by_its_ending(make, tmp_path):
    figure = drawn(make)
    assert save_picture(figure, tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    assert save_picture(figure, tmp_path / "b", format="png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "b"]


def test_formats_fail(make, tmp_path):
    with pytest.raises(InvalidInputError, match=r"Its ending is none of \.png, \.pdf, \.svg: give a format"):
        picture_format(Path("map.jpg"))
    with pytest.raises(InvalidInputError, match=r"Its ending means png, the format is pdf"):
        picture_format(Path("map.png"), "pdf")
    with pytest.raises(UnknownNameError, match="Invalid format 'jpg'"):
        picture_format(Path("map"), "jpg")
    with pytest.raises(UnknownNameError, match="Invalid format 'eps'"):
        picture_bytes(None, "eps")
    with pytest.raises(InvalidInputError, match="does not exist"):
        save_picture(drawn(make), tmp_path / "none" / "a.png")


def test_a_thumbnail_is_small_and_told_in_words(make):
    small = thumbnail(
        make.corridors(),
        make.stats(),
        make.counts(),
        routes=make.routes(),
        places=make.places(),
        figures=make.figures(),
    )
    assert small.png.startswith(b"\x89PNG")
    assert len(small.png) <= 60_000
    seen = np.asarray(Image.open(io.BytesIO(small.png)).convert("RGB"), dtype=int).reshape(-1, 3)
    for colour in palette.MODE_COLOURS.values():
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(seen - wanted).sum(axis=1).min() < 30
    assert small.alt.startswith("Map. Routes and crossings: A strait. Data through 12 December 2024")
    assert small.alt.endswith(
        "4 legs: 1 with a figure of its own, 1 with an upper bound, 1 with a published 0, "
        "1 without a published figure."
    )


def test_a_picture_of_noise_is_made_small_enough():
    from matplotlib.figure import Figure

    figure = Figure((6, 4))
    figure.add_axes((0, 0, 1, 1)).imshow(np.random.default_rng(3).random((300, 300)))
    assert len(small_png(figure, most=20_000)) <= 20_000


def test_a_notebook_shows_the_picture(make):
    shown = drawn(make)._repr_png_()
    assert Image.open(io.BytesIO(shown)).size[0] > 1200
    assert len(shown) < 300_000


def test_importing_the_command_does_not_import_matplotlib():
    code = "import sys, layers.cli, layers.sheet; print('matplotlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == "False", done.stderr


# --- text stays text -------------------------------------------------------------------------------
NAMES = (
    "$\\frac{1}{0}$",
    "$x",
    "a\nb",
    "<b>&\"'",
    "\\textbf{x}",
    "\u2028|\x00|\x0b|",
    "]]><svg onload=alert(1)>",
    "٣ 渡口",
)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_literal(make, name):
    routes = make.routes(texts=(name, "b", "c", "d"), names=(name, "B", "C", "D"))
    routes.index = [name, "l1", "l2", "l3"]
    figure = draw_map(
        make.corridors(name),
        make.stats(name),
        make.counts(),
        routes=routes,
        places=make.places((name, "B", "C", "D")).assign(kind=name),
        figures=make.figures(),
        title=name,
    )
    tree = tree_of(figure)
    assert plain(name) in words_of(tree)
    assert tree.find(f"{SVG}title").text == plain(name)
    assert not [
        one for one in tree.iter() if one.get("onload") or one.tag.endswith(("script", "foreignObject"))
    ]
    assert pypdf.PdfReader(io.BytesIO(picture_bytes(figure, "pdf"))).metadata.title == plain(name)
    assert picture_bytes(figure, "png").startswith(b"\x89PNG")


# --- the parts -------------------------------------------------------------------------------------
def test_both_directions_lie_side_by_side():
    there = np.array([[0.0, 0.0], [50.0, 0.0], [100.0, 30.0]])
    right, left = beside(there, 5.0), beside(there[::-1], 5.0)
    assert right[0][1] == pytest.approx(-5)
    assert left[-1][1] == pytest.approx(5)
    assert LineString(right).distance(LineString(left)) == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("seed", range(8))
def test_a_wiggly_line_keeps_its_way_and_its_distance(seed):
    rng = np.random.default_rng(seed)
    line = np.cumsum(rng.normal([3, 0.5], [1, 3], (60, 2)), axis=0)
    moved = beside(line, 6.0)
    assert np.hypot(*(moved[0] - line[0])) < 13
    assert np.hypot(*(moved[-1] - line[-1])) < 13
    assert np.isfinite(moved).all()


def test_a_line_of_one_point_and_a_closed_one_are_survived():
    assert np.isfinite(beside(np.array([[1.0, 1.0], [1.0, 1.0]]), 3.0)).all()
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    assert np.isfinite(beside(ring, 8.0)).all()


@pytest.mark.parametrize("value", [0, 1_000, 10_000, 100_000, 900_000])
def test_widths_are_those_of_the_page(value):
    kind = "own" if value else "zero"
    assert leg_look(kind, "sea", value).width == palette.line_width(value) * PT_PER_PX
    assert leg_look("bound", "sea", max(1, value)).band == palette.line_width(max(1, value)) * PT_PER_PX


def test_the_least_of_a_range_is_drawn_inside_its_band():
    look = leg_look("bound", "land", 50_000, 10_000)
    assert look.line == palette.line_width(10_000) * PT_PER_PX
    assert look.band == palette.line_width(50_000) * PT_PER_PX


def test_a_view_keeps_what_has_to_be_seen_inside_and_in_proportion():
    view = View((6.0, 30.0, 30.0, 49.0), (500.0, 300.0), pad=10)
    corners = view.points(np.array([[6.0, 30.0], [30.0, 30.0], [6.0, 49.0], [30.0, 49.0]]))
    assert corners.min() >= 9.9
    assert corners[:, 0].max() <= 490.1
    assert corners[:, 1].max() <= 290.1
    north, east = (
        view.points(np.array([[18.0, 39.0], [18.0, 40.0]])),
        view.points(np.array([[17.5, 40], [18.5, 40]])),
    )
    ratio = np.ptp(east[:, 0]) / np.ptp(north[:, 1])
    assert ratio == pytest.approx(np.cos(np.radians(40)), rel=0.02)


def test_a_world_wide_view_is_drawn():
    view = View((-170.0, -55.0, 170.0, 75.0), (500.0, 300.0))
    assert view.km_per_pt > 30
    assert read_ground(view).backdrop.area > 5_000


def test_the_bar_of_scale_is_round_and_fits():
    for km_per_pt in (0.003, 0.07, 0.5, 1.9, 33.0):
        length = scale_length(km_per_pt, 80)
        assert length / km_per_pt <= 80
        assert f"{length:.0e}"[0] in "125"


def test_lines_of_text_fit_and_lose_nothing():
    text = "Irregular entries counted by Slovenia (cited figures; no licence stated), 35.5 % fewer"
    lines = wrap_text(text, 90, 7)
    assert all(text_width(line, 7) <= 90 for line in lines)
    assert " ".join(lines).replace("\xa0", " ") == text
    assert not any(line.startswith("%") for line in lines)
    assert len(wrap_text("x" * 400, 90, 7)) > 10
    assert wrap_text(text, 90, 7, most=2)[-1].endswith("…")


def test_names_never_overlap_and_stay_inside():
    rng = np.random.default_rng(11)
    labels = [Label(f"Name {at}", tuple(rng.uniform(0, 300, 2)), 4.0, 7.0, "#000000") for at in range(80)]
    placed = place_labels(labels, [(100, 100, 160, 160)], (0, 0, 300, 300))
    boxes = [box(x, y - 1.5, x + text_width(label.text, 7), y + 5.8) for label, x, y in placed]
    assert 20 < len(placed) < 80
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[:at])
    assert all(
        box(0, 0, 300, 300).contains(one) and not one.intersects(box(101, 101, 159, 159)) for one in boxes
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_panels_fill_the_room_and_keep_apart(count):
    frames = lay_panels(
        [1.0, 2.0, 0.5, 1.3][:count], (10.0, 20.0, 600.0, 400.0), weights=[1, 2, 3, 4][:count]
    )
    boxes = [box(x, y, x + w, y + h) for x, y, w, h in frames]
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[:at])
    assert all(box(9.9, 19.9, 610.1, 420.1).contains(one) for one in boxes)
    assert sum(one.area for one in boxes) > 0.9 * 600 * 400


def test_a_scene_reads_legs_and_places_by_itself():
    import geo

    corridors = geo.build_corridors(geo.read_routes(["channel"]))
    scene = gather_scene(corridors, None, None)
    assert len(scene.legs) == 8
    assert {leg.kind for leg in scene.legs} == {"none"}
    assert scene.asof == "No published figures."
    assert "dover" in set(scene.places.index)


def test_places_without_a_point_are_left_out(make):
    places = make.places()
    places.loc["p1", "geometry"] = Point()
    words = words_of(tree_of(drawn(make, places=places)))
    assert "A" in words
    assert "B" not in words


def test_no_legs_at_all_make_a_picture_of_the_world(make):
    corridors = make.corridors().drop(columns="geometry")
    tree = tree_of(
        draw_map(corridors, None, None, routes=make.routes().iloc[:0], places=make.places().iloc[:0])
    )
    assert ids_of(tree, "leg") == []
    assert "No published figures." in words_of(tree)


def test_more_corridors_than_panels_share_one_map_and_long_words_stay_on_the_page(make):
    names = [f"A corridor with a rather long name, number {at}, that goes on" for at in range(7)]
    corridors = gpd.GeoDataFrame(
        {"title": names}, geometry=[box(at, 0, at + 1, 1) for at in range(7)], index=range(7), crs="EPSG:4326"
    )
    figure = draw_map(corridors, None, None, routes=make.routes(), places=make.places())
    assert len([axes for axes in figure.axes if axes.axison]) == 1
    words = words_of(tree_of(figure))
    assert any(word.endswith("…") for word in words)
    assert max(text_width(word, 17, bold=True) for word in words if word.startswith("Routes")) < 790
