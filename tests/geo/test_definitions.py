"""Definition files: the embedded ones are sound, and a user's own shows every fault at once."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from geo import terms
from geo.definitions import (
    _embedded_ids,
    _path_text,
    _read_data,
    check_document,
    own_places,
    read_definitions,
)
from geo.errors import InvalidInputError, UnknownNameError

EMBEDDED = list(_embedded_ids())
ORIGIN = {"id": "alpha", "name": "Alpha", "kind": "town", "country_a": "QA", "lon": 10.0, "lat": 10.0}
GATE = {
    "id": "gate",
    "name": "Gate",
    "kind": "road_crossing",
    "country_a": "QA",
    "country_b": "QB",
    "lon": 11,
    "lat": 10,
}
GOAL = {"id": "beta", "name": "Beta", "kind": "town", "country_a": "QB", "lon": 12.0, "lat": 10.0}
LEG = {"id": "x_a_b", "from": "alpha", "to": "beta", "via": ["gate"], "mode": "land"}


def document(legs=(LEG,), places=(ORIGIN, GATE, GOAL), **corridor):
    return {
        "schema_version": 1,
        "places": list(places),
        "corridors": [{"id": "own", "title": "Own", "legs": list(legs), **corridor}],
    }


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


class TestEmbedded:
    @pytest.mark.parametrize("corridor", EMBEDDED)
    def test_file_is_sound(self, corridor):
        assert check_document(yaml.safe_load(_read_data("routes", f"{corridor}.yaml"))) == []

    @pytest.mark.parametrize(
        ("corridor", "least"), [("channel", 5), ("central_med", 10), ("western_balkans", 15)]
    )
    def test_has_the_legs_it_should(self, corridor, least):
        assert len(read_definitions(corridor)[corridor]["legs"]) >= least

    def test_leg_ids_are_unique_over_all(self):
        ids = [leg["id"] for definition in read_definitions().values() for leg in definition["legs"]]
        assert len(ids) == len(set(ids))

    def test_every_leg_has_a_title_and_says_whether_it_is_counted(self):
        for corridor in EMBEDDED:
            for leg in yaml.safe_load(_read_data("routes", f"{corridor}.yaml"))["corridors"][0]["legs"]:
                assert leg["title"]
                assert isinstance(leg["counted"], bool)

    def test_headlines(self):
        headlines = {name: definition["headline"] for name, definition in read_definitions().items()}
        assert {name: (line["source"], line["measure"]) for name, line in headlines.items()} == {
            "channel": ("home_office_daily", "arrival"),
            "central_med": ("italy_ministry", "arrival"),
            "western_balkans": ("frontex", "detection_entry"),
        }

    def test_central_med_counts_the_legs_that_end_in_italy(self):
        from geo.places import read_places

        country = read_places()["country_a"]
        for leg in read_definitions("central_med")["central_med"]["legs"]:
            assert leg["counted"] == (country[leg["to"]] == "IT"), leg["id"]

    def test_western_balkans_count_the_legs_that_enter_the_eu_from_the_region(self):
        from geo.routes import read_routes

        legs = read_routes("western_balkans")
        region, entered = {"AL", "BA", "ME", "MK", "RS", "XK"}, {"RO", "HU", "HR"}
        for leg, countries in legs["countries"].items():
            enters = countries[0] in region and countries[-1] in entered
            assert legs.loc[leg, "counted"] == enters, leg

    def test_no_figure_of_a_country_falls_on_a_single_leg_by_omission(self):
        for definition in read_definitions("western_balkans").values():
            assert all(len(figure["legs"]) > 1 for figure in definition["figures"])

    def test_schema_is_sound_and_knows_the_measures_and_kinds(self):
        schema = json.loads(_read_data("schemas", "routes.schema.json"))
        jsonschema.Draft202012Validator.check_schema(schema)
        parts = schema["$defs"]
        assert tuple(parts["measure"]["enum"]) == tuple(terms.MEASURES)
        assert set(parts["basis"]["enum"]) == set(terms.BASES)
        assert tuple(parts["place"]["properties"]["kind"]["enum"]) == terms.PLACE_KINDS
        assert tuple(parts["leg"]["properties"]["mode"]["enum"]) == terms.MODES

    def test_callers_may_change_what_they_get(self):
        read_definitions("channel")["channel"]["legs"].clear()
        assert read_definitions("channel")["channel"]["legs"]


class TestChoice:
    def test_all_in_their_order(self):
        assert list(read_definitions()) == EMBEDDED

    def test_as_asked_for(self):
        assert list(read_definitions(["western_balkans", "channel"])) == ["western_balkans", "channel"]

    def test_unknown(self):
        with pytest.raises(UnknownNameError, match=r"Invalid corridor 'chanel'.*Did you mean 'channel'"):
            read_definitions("chanel")

    def test_own_file_stands_instead_of_the_embedded(self, tmp_path):
        path = write(tmp_path / "own.json", document())
        assert list(read_definitions(routes=path)) == ["own"]
        both = read_definitions(["own", "channel"], routes=path)
        assert both["own"]["file"] == str(path)
        assert both["channel"]["file"] is None

    def test_own_file_may_take_an_embedded_id(self, tmp_path):
        content = document()
        content["corridors"][0]["id"] = "channel"
        found = read_definitions("channel", routes=write(tmp_path / "own.json", content))
        assert found["channel"]["title"] == "Own"

    def test_leg_ids_of_own_and_embedded_must_differ(self, tmp_path):
        content = document(legs=[{**LEG, "id": "ch_calais_kent"}])
        path = write(tmp_path / "own.json", content)
        with pytest.raises(
            InvalidInputError, match="'ch_calais_kent' is used by corridor 'own' and by 'channel'"
        ):
            read_definitions(["own", "channel"], routes=path)


class TestOwnFile:
    def test_defaults_are_written_out(self, tmp_path):
        found = read_definitions(routes=write(tmp_path / "own.json", document()))["own"]
        assert found["headline"] is None
        assert found["legs"][0]["counted"] is False
        assert [place["id"] for place in own_places({"own": found})] == ["alpha", "gate", "beta"]

    def test_a_headline_covers_legs_that_do_not_say(self, tmp_path):
        content = document(headline={"source": "mine", "measure": "arrival"})
        content["corridors"][0]["figures"] = [
            {"id": "f", "label": "F", "source": "mine", "measure": "arrival", "legs": "all"}
        ]
        found = read_definitions(routes=write(tmp_path / "own.json", content))["own"]
        assert found["legs"][0]["counted"] is True
        assert found["figures"][0]["legs"] == ["x_a_b"]

    def test_yaml_keeps_the_code_of_norway(self, tmp_path):
        text = "schema_version: 1\nplaces:\n"
        text += "  - {id: a, name: A, kind: port, country_a: NO, lon: 5, lat: 60}\n"
        text += "  - {id: b, name: B, kind: port, country_a: NO, lon: 6, lat: 62}\n"
        text += "corridors: [{id: n, title: N, legs: [{id: n_a_b, from: a, to: b, mode: sea}]}]\n"
        found = read_definitions(routes=write(tmp_path / "own.yaml", text))["n"]
        assert found["places"][0]["country_a"] == "NO"

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            ("a.json", "{", r"a\.json'\. It is no YAML or JSON: line 1, column 2"),
            ("a.yaml", "a: [1", r"a\.yaml'\. It is no YAML or JSON: line \d"),
        ],
    )
    def test_unreadable_text(self, tmp_path, name, text, message):
        with pytest.raises(InvalidInputError, match=message):
            read_definitions(routes=write(tmp_path / name, text))

    def test_no_file(self, tmp_path):
        with pytest.raises(InvalidInputError, match="It cannot be read: No such file"):
            read_definitions(routes=tmp_path / "none.yaml")

    def test_no_text(self, tmp_path):
        (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00\xd8")
        with pytest.raises(InvalidInputError, match="It is not UTF-8 text"):
            read_definitions(routes=tmp_path / "a.yaml")


FAULTS = [
    ({"schema_version": 2}, "schema_version: 1 was expected"),
    ({"corridors": []}, "corridors: .*"),
    ({"speed": 1}, "top level: Additional properties are not allowed"),
    (document(legs=[{**LEG, "mode": "see"}]), r"corridors\[0\]\.legs\[0\]\.mode: 'see' is not one of"),
    (
        document(legs=[{**LEG, "from": "alphaa"}]),
        r"legs\[0\]\.from: 'alphaa' is no place.*did you mean 'alpha'",
    ),
    (document(legs=[{**LEG, "to": "alpha"}]), r"legs\[0\]\.to: 'alpha' is also where the leg begins"),
    (document(legs=[{**LEG, "via": []}]), r"legs\[0\]\.to: 'beta' is in QB, but the leg is in QA there"),
    (document(legs=[{**LEG, "mode": "sea"}]), r"legs\[0\]\.via\[0\]: 'gate' is a border crossing on land"),
    (document(legs=[LEG, LEG]), r"legs\[1\]\.id: 'x_a_b' is the id of an earlier leg"),
    (document(legs=[{**LEG, "geometry": [[10, 10]]}]), r"legs\[0\]\.geometry: "),
    (
        document(legs=[{**LEG, "geometry": [[10, 10], [10, 10]]}]),
        r"legs\[0\]\.geometry: the line has no length",
    ),
    (
        document(legs=[{**LEG, "geometry": [[10, 10], [12, 11]]}]),
        r"legs\[0\]\.geometry\[1\]: the line is 111 km from 'beta' there; 25 km is the most",
    ),
    (document(places=[ORIGIN, GATE, GOAL, GOAL]), r"places\[3\]\.id: 'beta' is the id of an earlier place"),
    (document(places=[{**ORIGIN, "lon": 190}, GATE, GOAL]), r"places\[0\]\.lon: 190 is greater than"),
    (document(places=[{**ORIGIN, "country_b": "QB"}, GATE, GOAL]), r"country_b: 'QB' must be empty"),
    (document(places=[{**ORIGIN, "country_a": "qa"}, GATE, GOAL]), r"country_a: 'qa' does not have the form"),
    (
        document(places=[ORIGIN, GATE, GOAL, {**GOAL, "id": "calais"}]),
        r"places\[3\]\.id: 'calais' is the id of an embedded place",
    ),
    (document(headline={"source": "s", "measure": "people"}), r"headline\.measure: 'people' is not one of"),
    (
        document(figures=[{"id": "f", "label": "F", "source": "s", "measure": "arrival", "legs": "none"}]),
        r"figures\[0\]\.legs: write 'all' or a list of leg ids",
    ),
    (
        document(figures=[{"id": "f", "label": "F", "source": "s", "measure": "arrival", "legs": ["y"]}]),
        r"figures\[0\]\.legs\[0\]: 'y' is no leg of this corridor",
    ),
    (
        document(routes=[{"id": "r", "title": "R", "legs": ["x_a_b", "x_a_b"]}]),
        r"routes\[0\]\.legs\[1\]: 'x_a_b' begins at 'alpha', but 'x_a_b' ends at 'beta'",
    ),
]


@pytest.mark.parametrize(("content", "message"), FAULTS)
def test_each_fault_is_named_with_its_path(tmp_path, content, message):
    path = write(tmp_path / "own.json", content if "corridors" in content else {**document(), **content})
    with pytest.raises(InvalidInputError, match=rf"(?s)own\.json'\. \d+ faults?:.*{message}"):
        read_definitions(routes=path)


def test_two_corridors_of_one_id():
    content = document()
    content["corridors"].append({**content["corridors"][0], "legs": [{**LEG, "id": "other"}]})
    assert check_document(content) == ["corridors[1].id: 'own' is the id of an earlier corridor"]


def test_every_fault_is_reported_at_once():
    legs = [
        {**LEG, "mode": "see"},
        {**LEG, "id": "b", "from": "nowhere"},
        {**LEG, "id": "c", "speed": 3},
        {**LEG, "id": "d", "via": []},
    ]
    places = [ORIGIN, GATE, GOAL, {**GOAL, "id": "calais"}, {**GOAL, "id": "delta", "kind": "hut"}]
    routes = [{"id": "r", "title": "R", "legs": ["d", "missing"]}]
    faults = check_document(document(legs=legs, places=places, routes=routes))
    paths = [fault.partition(":")[0] for fault in faults]
    assert sorted(paths) == [
        "corridors[0].legs[0].mode",
        "corridors[0].legs[1].from",
        "corridors[0].legs[2]",
        "corridors[0].legs[3].to",
        "corridors[0].routes[0].legs[1]",
        "places[3].id",
        "places[4].kind",
    ]


@pytest.mark.parametrize(
    "content", [None, 3, [], "text", {"corridors": 3}, {"corridors": [3]}, {"places": {"a": 1}}]
)
def test_whatever_a_file_holds_gives_faults_and_no_crash(content):
    assert check_document(content)


def test_long_faults_are_shortened():
    faults = check_document(document(headline={"source": "s", "measure": "people" * 50}))
    assert max(map(len, faults)) < 220


def test_path_of_the_whole():
    assert _path_text([]) == "top level"
