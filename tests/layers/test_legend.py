from layers.legend import build_legend
from layers.palette import WIDTH_MARKS, line_width


def leg(mode="sea", kind="own"):
    return {"mode": mode, "kind": kind}


def entries(legend, part=0):
    return legend["parts"][part]["entries"]


def test_widths_in_the_legend_are_those_of_the_map():
    assert [entry["w"] for entry in entries(build_legend([leg()], []), 1)] == [
        line_width(v) for v in WIDTH_MARKS
    ]


def test_widths_do_not_follow_the_data():
    few, many = build_legend([leg()], []), build_legend([leg("land", "none")] * 50, [])
    assert [e["w"] for e in entries(few, 1)] == [e["w"] for e in entries(many, 1)]


def test_what_is_missing_is_explained_even_where_all_is_known():
    assert "No published figure" in [entry["label"] for entry in entries(build_legend([leg()], []))]


def test_a_zero_is_explained_only_where_there_is_one():
    labels = [[e["label"] for e in entries(build_legend([leg(kind=kind)], []))] for kind in ("own", "zero")]
    assert "A published 0" not in labels[0]
    assert "A published 0" in labels[1]


def test_only_kinds_that_are_drawn_are_listed():
    legend = build_legend([], [{"kind": "port"}, {"kind": "lighthouse"}], width_km=40)
    assert [e["label"] for e in entries(legend)] == [
        "Ports and landing places",
        "Other places",
        "Corridor, 40 km wide, for orientation",
    ]


def test_an_empty_map_has_an_empty_legend():
    assert build_legend([], [])["parts"] == []
