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
