from layers.captions import corridors_html, figure_html, heading_html, legs_html, widths_text
from layers.lines import leg_layers


def test_all_text_is_escaped(make):
    for payload in make.payloads:
        routes = make.routes(texts=(payload, "b", "c", "d"), names=(payload, "B", "C", "D"))
        figures = make.figures(unit=payload, sentence=payload)
        layers = leg_layers(routes, figures, titles={"strait": payload})
        text = (
            heading_html(payload, payload, [(payload, [payload])])
            + "".join(figure_html([payload]))
            + legs_html(layers)
            + corridors_html([(payload, [payload])])
        )
        for mark in ("<script", "<img", "<svg", "{{", "{%", "${", "`"):
            assert mark not in text


def test_the_table_holds_every_leg_once(make):
    text = legs_html(leg_layers(make.routes(), make.figures(), titles={"strait": "Strait"}))
    assert text.count('<th scope="row">') == 4
    assert "no published figure" in text
    assert "between 0 and 50,000 persons" in text


def test_a_corridor_without_figures_says_so():
    assert corridors_html([("A", [])]) == ""
    assert "No published figures." in corridors_html([("A", []), ("B", ["x"])])


def test_widths_name_the_periods_they_stand_for(make):
    told = widths_text(make.figures())
    assert told == [
        "Widths of legs: published figures of 1 January 2024 to 30 November 2024. Each leg tells its own."
    ]
    assert widths_text(make.figures().iloc[[2]]) == []


def test_ranges_that_are_possible_are_not_called_published():
    import geo
    from layers.captions import legs_html, widths_text
    from layers.legend import build_legend
    from layers.lines import leg_layers

    counts, routes = geo.read_counts(), geo.read_routes("western_balkans")
    figures = geo.flow_ranges(counts, routes, "western_balkans", period="2022", drivers=False)
    layers = leg_layers(routes, figures, titles={})
    table = legs_html(layers)
    assert "Possible range" in table
    assert "no upper bound from the counts" in table
    assert "ublished figure" not in table
    (line,) = widths_text(figures)
    assert "ranges that are possible" in line
    features = [feature for layer in layers for feature in layer["features"]]
    labels = [entry["label"] for part in build_legend(features, [])["parts"] for entry in part["entries"]]
    assert "Possible range, from counts and assumptions" in labels
    assert not any("published" in label for label in labels)
