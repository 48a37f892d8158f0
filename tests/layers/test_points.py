from layers.points import FAMILIES, point_labels, point_layers, point_looks


def test_every_place_is_in_exactly_one_family(make):
    layers = point_layers(make.places(), used=["p0"])
    assert [layer["name"] for layer in layers] == list(FAMILIES)
    assert sorted(one["id"] for layer in layers for one in layer["features"]) == ["p0", "p1", "p2", "p3"]


def test_looks_are_by_kind_unknown_kinds_too(make):
    layers = point_layers(make.places())
    looks = point_looks(layers)
    shown = {one["kind"]: looks[one["look"]]["shape"] for layer in layers for one in layer["features"]}
    assert shown == {"port": "triangle", "road_crossing": "square", "city": "disc", "lighthouse": "circle"}


def test_only_places_on_a_leg_are_named_and_crossings_wait(make):
    labels = point_labels(point_layers(make.places(), used=["p1", "p2"]))
    assert [(label["text"], label["from"]) for label in labels] == [("C", 5.5), ("B", 8.0)]


def test_places_tell_their_legs(make):
    layers = point_layers(make.places(), legs={"p0": ["A to D", "A to B"]})
    facts = [one["facts"] for layer in layers for one in layer["features"] if one["id"] == "p0"]
    assert ["Legs", "A to B; A to D"] in facts[0]


def test_no_places_no_layers():
    assert point_layers(None) == []
