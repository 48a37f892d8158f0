from layers.points import (
    FAMILIES,
    cluster_points,
    point_labels,
    point_layers,
    point_looks,
    together_entries,
)


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


def port(at, lon, *, used=True, kind="port"):
    return {
        "id": f"p{at}",
        "kind": kind,
        "at": [round(lon * 1e4), 0],
        "name": f"Port {at}",
        "used": used,
        "countries": "XX – YY",
    }


def test_close_places_stand_under_one_sign_in_far_views_alone():
    ports = [port(at, 0.02 * at) for at in range(4)] + [port(9, 30.0)]
    (sign,) = cluster_points(ports, family="Ports")
    assert (sign["name"], sign["count"], sign["hide"]) == ("4 ports", 4, ["near"])
    assert sign["at"] == [300, 0]
    assert [one.get("hide") for one in ports] == [["overview", "far"]] * 4 + [None]
    assert sign["facts"] == [["Places", "Port 0; Port 1; Port 2; Port 3"]]
    assert sign["countries"] == "XX, YY"


def test_places_that_are_close_only_from_afar_part_earlier():
    ports = [port(at, 0.35 * at) for at in range(3)]
    (sign,) = cluster_points(ports, family="Ports")
    assert sign["hide"] == ["far", "near"]
    assert {tuple(one["hide"]) for one in ports} == {("overview",)}


def test_pairs_and_places_on_no_leg_stay_as_they_are():
    pair = [port(0, 0.0), port(1, 0.01)]
    unused = [port(at, 0.01 * at, used=False) for at in range(5)]
    assert cluster_points(pair, family="Ports") == cluster_points(unused, family="Ports") == []
    assert "hide" not in pair[0]


def test_every_place_is_seen_alone_or_under_one_sign_in_every_view():
    import geo

    places = geo.read_places()
    layers = point_layers(places, used=list(places.index), cluster=True)
    for layer in layers:
        for view in ("overview", "far", "near"):
            shown = [one for one in layer["features"] if view not in one.get("hide", ())]
            total = sum(one.get("count", 1) for one in shown)
            assert total == sum("count" not in one for one in layer["features"])
    looks = point_looks(layers)
    signs = [one for layer in layers for one in layer["features"] if "count" in one]
    assert signs
    assert all(not looks[one["look"]]["small"] for one in signs)
    assert layers == point_layers(places, used=list(places.index), cluster=True)


def test_signs_are_told_in_the_legend_and_have_no_name_on_the_map():
    ports = [port(at, 0.02 * at) for at in range(4)]
    layers = [{"features": ports + cluster_points(ports, family="Ports")}]
    assert together_entries(layers)[0]["count"] == 4
    assert together_entries([{"features": ports[:1]}]) == []
    labels = point_labels(layers)
    assert [label["text"] for label in labels] == [one["name"] for one in ports]
    assert {label["from"] for label in labels} == {6.5}
