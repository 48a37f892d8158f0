"""The linear programme of flows: hand-solved graphs, simulated ones with known truth, planted conflicts."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest

from geo.errors import InvalidInputError, UnknownNameError
from geo.stats.flow_assumptions import NAMES, FlowAssumptions
from geo.stats.flow_conflicts import find_conflict, nodes_after_sources
from geo.stats.flow_model import FlowCount, build_program
from geo.stats.flow_programme import flow_bounds

SURE = FlowAssumptions(
    stay_share=(0.0, 0.0),
    leak_share=0,
    legs_per_person=1,
    registered_share=1,
    registrations_per_person=1,
    detected_share=1,
    attempts_per_person=(1.0, 1.0),
    undercount=0,
    revision=0,
    rounding=0,
)
"""Assumptions that leave no room: everybody passes on, by one leg, and is counted once."""
CHAIN = {"a": ("X", "Y"), "b": ("Y", "Z")}


def _with(**changes):
    return dataclasses.replace(SURE, **changes)


def _legs(value, *on, measure="arrival", **more):
    return FlowCount(
        more.pop("label", "/".join(on)), measure, value, frozenset(on), **{"whole": False, **more}
    )


def _range(edges, counts, assumed, target, **more):
    return flow_bounds(edges, counts, assumed, drivers=False, **more).loc[target, ["low", "high"]].tolist()


# --- hand-solved graphs


def test_without_room_a_chain_carries_one_number():
    assert _range(CHAIN, [_legs(100, "a")], SURE, "leg:b") == [100, 100]


def test_people_who_stay_widen_what_follows_and_what_came_before():
    assumed = _with(stay_share=(0.1, 0.4))
    assert _range(CHAIN, [_legs(100, "a")], assumed, "leg:b") == [60, 90]
    assert _range(CHAIN, [_legs(90, "b")], assumed, "leg:a") == [100, 150]


def test_people_who_join_off_the_legs_lower_what_came_before():
    assert _range(CHAIN, [_legs(100, "b")], _with(leak_share=0.25), "leg:a") == [75, 100]
    assert _range(CHAIN, [_legs(75, "a")], _with(leak_share=0.25), "leg:b") == [75, 100]


def test_where_people_join_freely_nothing_follows_for_what_came_before():
    assert _range(CHAIN, [_legs(100, "b")], SURE, "leg:a", joins=["Y"]) == [0, 100]
    assert _range(CHAIN, [_legs(100, "a")], SURE, "leg:b", joins=["Y"]) == [100, math.inf]


def test_a_person_may_leave_by_several_legs():
    fork = {"a": ("X", "Y"), "b": ("Y", "Z"), "c": ("Y", "W")}
    bounds = flow_bounds(fork, [_legs(100, "a")], _with(legs_per_person=1.5), drivers=False)
    assert bounds.loc["leg:b", ["low", "high"]].tolist() == [0, 100], "each leg carries a person once"
    total = flow_bounds(fork, [_legs(100, "a"), _legs(60, "b")], _with(legs_per_person=1.5), drivers=False)
    assert total.loc["leg:c", ["low", "high"]].tolist() == [40, 90], "100 to 150 in all"


def test_a_count_over_several_legs_bounds_their_sum_only():
    fork = {"a": ("X", "Y"), "b": ("X", "Z")}
    bounds = flow_bounds(fork, [_legs(100, "a", "b"), _legs(30, "b")], SURE, drivers=False)
    assert bounds.loc["leg:a", ["low", "high"]].tolist() == [70, 70]


def test_registrations_bound_the_people_of_a_country_and_so_its_legs():
    count = FlowCount("r", "registration", 120, frozenset({"Y"}))
    assumed = _with(registered_share=0.5, registrations_per_person=1.2, leak_share=0.2)
    bounds = flow_bounds(CHAIN, [count], assumed, drivers=False)
    assert bounds.loc["node:Y", ["low", "high"]].tolist() == [100, 240]
    assert bounds.loc["leg:a", ["low", "high"]].tolist() == [80, 240]


def test_intentions_are_a_lower_bound_only():
    count = FlowCount("i", "asylum_intention", 120, frozenset({"Y"}))
    assert _range(CHAIN, [count], SURE, "node:Y") == [120, math.inf]


def test_repeated_attempts_and_missed_crossings_pull_apart():
    count = _legs(300, "a", measure="detection_entry")
    assumed = _with(detected_share=0.5, attempts_per_person=(1.0, 3.0))
    assert _range(CHAIN, [count], assumed, "leg:a") == [100, 600]


def test_people_off_the_legs_are_inside_a_whole_count():
    assert _range(CHAIN, [_legs(100, "a", whole=True)], _with(leak_share=0.3), "leg:a") == [70, 100]


@pytest.mark.parametrize(
    ("qualifier", "low", "high"),
    [
        ("", 98, 102),
        ("about", 88.2, 112.2),
        ("almost", 88.2, 102),
        ("over", 98, math.inf),
        ("at least", 98, math.inf),
        ("at most", 0, 102),
        ("fewer than", 0, 102),
    ],
)
def test_qualifiers_are_kept_to(qualifier, low, high):
    found = _legs(100, "a", qualifier=qualifier).people(_with(revision=0.02, rounding=0.1))
    assert found == pytest.approx((low, high))


def test_legs_through_and_inside_a_country():
    edges = {"a": ("X", "Y", "Z"), "b": ("Y",), "c": ("Z", "W")}
    bounds = flow_bounds(edges, [_legs(100, "a")], SURE, drivers=False)
    assert bounds.loc["node:Y", ["low", "high"]].tolist() == [100, 100]
    assert bounds.loc["leg:b", ["low", "high"]].tolist() == [0, 100]
    assert bounds.loc["leg:c", ["low", "high"]].tolist() == [100, 100]


def test_a_region_holds_its_people_once():
    counts = [FlowCount(n, "registration", v, frozenset({n})) for n, v in (("Y", 100), ("Z", 80))]
    found = _range(
        CHAIN, counts, _with(stay_share=(0.0, 1.0), leak_share=1), "region:both", regions={"both": "YZ"}
    )
    assert found == [100, 180]


def test_what_no_count_sees_has_no_upper_bound():
    edges = {**CHAIN, "c": ("P", "Q")}
    bounds = flow_bounds(edges, [_legs(100, "a")], SURE)
    assert bounds.loc["leg:c", ["low", "high", "driver"]].tolist() == [0, math.inf, ""]
    assert bounds.loc["leg:c", "counts"] == ()


def test_a_zero_is_a_count():
    bounds = flow_bounds(CHAIN, [_legs(0, "a")], SURE)
    assert bounds.loc["leg:b", ["low", "high", "driver"]].tolist() == [0, 0, ""]


# --- what drives a range


def test_the_assumption_that_moves_the_range_most_drives_it():
    count = _legs(300, "a", measure="detection_entry")
    assumed = _with(detected_share=0.9, attempts_per_person=(1.0, 3.0))
    assert flow_bounds(CHAIN, [count], assumed).loc["leg:a", "driver"] == "attempts_per_person"
    assumed = _with(detected_share=0.1, attempts_per_person=(1.0, 1.2))
    row = flow_bounds(CHAIN, [count], assumed).loc["leg:a"]
    assert row["driver"] == "detected_share"
    # [250, 3000] becomes [250, 300 / 0.55]
    assert row["narrowing"]["detected_share"] == pytest.approx((3000 - 300 / 0.55) / 2750)
    assert row["counts"] == (0,)


def test_an_unbounded_range_is_driven_by_what_would_bound_it():
    row = flow_bounds(CHAIN, [_legs(100, "b")], _with(stay_share=(0.0, 1.0))).loc["leg:a"]
    assert row[["low", "high", "driver"]].tolist() == [100, math.inf, "stay_share"]


def test_an_assumption_that_the_counts_contradict_when_halved_is_told_apart():
    counts = [_legs(100, "a"), _legs(60, "b")]
    row = flow_bounds(CHAIN, counts, _with(stay_share=(0.0, 0.45), legs_per_person=1.2)).loc["leg:a"]
    assert math.isnan(row["narrowing"]["stay_share"])


# --- simulated graphs


def _walk(rng, edges, people):
    """Send people over a graph; return the legs that each passed and the nodes that each was in."""
    passed, been = [], []
    nodes = sorted({node for chain in edges.values() for node in chain})
    sources = [node for node in nodes if not any(node in chain[1:] for chain in edges.values())]
    for _ in range(people):
        at = rng.choice(sources if rng.random() < 0.85 else nodes)
        legs, visited = set(), {at}
        for _ in range(8):
            inner = [leg for leg, chain in edges.items() if chain == (at,)]
            legs |= {leg for leg in inner if rng.random() < 0.5}
            out = [leg for leg, chain in edges.items() if len(chain) > 1 and chain[0] == at]
            if not out or rng.random() < 0.15:
                break
            leg = rng.choice(out)
            legs.add(leg)
            visited |= set(edges[leg])
            at = edges[leg][0] if rng.random() < 0.2 else edges[leg][-1]  # turned back, or on
        passed.append(legs)
        been.append(visited)
    return passed, been


def _shares(edges, inside, passed, been):
    """Measure leak, legs per person and stay of a set of nodes in the simulated truth."""

    def crosses(leg, way):
        held = [node in inside for node in edges[leg]]
        return way in pairwise(held)

    into = [leg for leg in edges if crosses(leg, (False, True))]
    out = [leg for leg in edges if crosses(leg, (True, False))]
    here = [legs for legs, visited in zip(passed, been, strict=True) if visited & inside]
    if not here:
        return 0.0, 1.0, None
    come = [sum(leg in legs for leg in into) for legs in here]
    gone = [sum(leg in legs for leg in out) for legs in here]
    leak = 1 - sum(come) / len(here) if into else 0.0
    several = max([1.0, *(sum(one) / sum(map(bool, one)) for one in (come, gone) if any(one))])
    stay = 1 - sum(map(bool, gone)) / len(here) if out else None
    return max(0.0, leak), several, stay


def _simulate(seed):
    """Draw a graph, people on it, true assumptions and counts that fulfil them."""
    rng = np.random.default_rng(seed)
    nodes = list("ABCDEF")[: rng.integers(3, 7)]
    edges = {}
    for at, node in enumerate(nodes[1:], 1):
        for start in rng.choice(nodes[:at], size=min(at, rng.integers(1, 3)), replace=False):
            edges[f"{start}{node}"] = (str(start), node)
    edges["inner"] = (nodes[1],)
    if len(nodes) > 4:
        edges["through"] = (nodes[0], nodes[2], nodes[4])
    passed, been = _walk(rng, edges, 120)
    region = frozenset(nodes[1:3])
    found = [_shares(edges, frozenset(one), passed, been) for one in (*nodes, region)]
    stays = [stay for _, _, stay in found if stay is not None]
    assumed = FlowAssumptions(
        stay_share=(min(stays) * 0.99, min(1.0, max(stays) * 1.01)),
        leak_share=min(1.0, max(leak for leak, _, _ in found) * 1.01),
        legs_per_person=max(several for _, several, _ in found) * 1.01,
    )
    flow = {leg: sum(leg in legs for legs in passed) for leg in edges}
    there = {node: sum(node in visited for visited in been) for node in nodes}
    truth = {f"leg:{leg}": value for leg, value in flow.items()}
    truth |= {f"node:{node}": value for node, value in there.items()}
    truth["region:some"] = sum(bool(visited & region) for visited in been)
    return edges, _draw_counts(rng, assumed, flow, there), assumed, truth, {"some": region}


def _draw_counts(rng, assumed, flow, there):
    """Count some nodes and some sets of legs as the assumptions allow."""
    counts = []
    for node, people in there.items():
        if rng.random() < 0.5:
            per = rng.uniform(assumed.registered_share, assumed.registrations_per_person)
            counts.append(FlowCount(node, "registration", _print(rng, people * per), frozenset({node})))
    for at in range(rng.integers(1, 4)):
        on = frozenset(str(leg) for leg in rng.choice(list(flow), size=rng.integers(1, 4)))
        people, whole = sum(flow[leg] for leg in on), bool(rng.random() < 0.5)
        if whole and assumed.leak_share < 1:
            people /= 1 - assumed.leak_share * rng.random()
        if rng.random() < 0.3:
            value = _print(rng, people * (1 - assumed.undercount * rng.random()))
            counts.append(FlowCount(f"arrived {at}", "arrival", value, on, whole=whole))
            continue
        least, most = assumed.attempts_per_person
        value = _print(rng, people * rng.uniform(assumed.detected_share * least, most))
        how = str(rng.choice(["", "at least", "at most"]))
        value *= {"at least": 0.8, "at most": 1.3}.get(how, 1.0)
        counts.append(FlowCount(f"seen {at}", "detection_entry", value, on, how, whole))
    return counts


def _print(rng, settled):
    """Publish a number that is revised later by up to 2 %."""
    return settled / (1 + 0.02 * rng.uniform(-1, 1))


@pytest.mark.parametrize("block", range(4))
def test_every_range_contains_the_truth_where_the_assumptions_hold(block):
    """120 random graphs, seeds 0 to 119; at least half of the upper bounds are finite."""
    finite = []
    for seed in range(30 * block, 30 * (block + 1)):
        edges, counts, assumed, truth, regions = _simulate(seed)
        bounds = flow_bounds(edges, counts, assumed, regions=regions, drivers=False)
        for target, value in truth.items():
            low, high = bounds.loc[target, ["low", "high"]]
            assert low <= value <= high, (seed, target)
            finite.append(math.isfinite(high))
    assert np.mean(finite) > 0.5


def test_halving_an_assumption_never_widens_a_range():
    for seed in range(300, 303):
        edges, counts, assumed, _, _ = _simulate(seed)
        wide = flow_bounds(edges, counts, assumed, kinds=["leg"], drivers=False)
        for name in NAMES[:-2]:
            tight = assumed.halved(name)
            if find_conflict(edges, counts, tight) is None:
                found = flow_bounds(edges, counts, tight, kinds=["leg"], drivers=False)
                assert (found["low"] >= wide["low"]).all(), (seed, name)
                assert (found["high"] <= wide["high"]).all(), (seed, name)


def test_leaving_out_an_assumption_never_narrows_a_range():
    edges, counts, assumed, _, _ = _simulate(310)
    tight = flow_bounds(edges, counts, assumed, kinds=["leg"], drivers=False)
    for name in NAMES[:-2]:
        found = flow_bounds(edges, counts, assumed.without(name), kinds=["leg"], drivers=False)
        assert (found["low"] <= tight["low"]).all(), name
        assert (found["high"] >= tight["high"]).all(), name


# --- contradictions


def test_counts_that_agree_have_no_conflict():
    assert find_conflict(CHAIN, [_legs(100, "a"), _legs(100, "b")], SURE) is None


@pytest.mark.parametrize("seed", range(5))
def test_the_planted_culprits_are_found_among_true_counts(seed):
    """What leaves the last node by a new leg is far more than all people of the graph; seeds 0 to 4."""
    edges, counts, assumed, truth, _ = _simulate(seed)
    last = max(key for key in truth if key.startswith("node:"))[5:]
    edges |= {"away": (last, "away")}
    people = truth[f"node:{last}"]
    planted = [
        FlowCount("few came", "registration", people, frozenset({last})),
        _legs(50 * people + 50, "away", label="many left"),
    ]
    kept = [count for count in counts if count.on != frozenset({last})]
    kept = [count for count in kept if count.kind == "nodes"]
    all_ = [planted[0], *kept, planted[1]]
    found = find_conflict(edges, all_, dataclasses.replace(assumed, stay_share=(0.0, 1.0), leak_share=1.0))
    assert {all_[at].label for at in found.counts} == {"few came", "many left"}
    assert found.people > 0
    assert found.percent > 0
    assert "registered_share" in found.eased_by


def test_a_conflict_says_by_how_much():
    assumed = _with(stay_share=(0.0, 1.0), revision=0)
    found = find_conflict(CHAIN, [_legs(100, "a"), _legs(150, "b")], assumed)
    assert (found.counts, found.people, found.percent) == ((0, 1), 50, 20)
    assert "leak_share" in found.eased_by
    assert "attempts_per_person" not in found.eased_by


def test_leaving_out_any_one_of_the_found_counts_ends_the_conflict():
    counts = [_legs(100, "a"), _legs(60, "b", label="b"), _legs(300, "c"), _legs(10, "d")]
    edges = {"a": ("X", "Y"), "b": ("W", "Y"), "c": ("Y", "Z"), "d": ("P", "Q")}
    found = find_conflict(edges, counts, _with(stay_share=(0.0, 1.0)))
    assert found.counts == (0, 1, 2)
    for at in found.counts:
        assert find_conflict(edges, counts[:at] + counts[at + 1 :], _with(stay_share=(0.0, 1.0))) is None


def test_bounds_of_contradicting_counts_are_refused():
    with pytest.raises(InvalidInputError, match="No flows fulfil them"):
        flow_bounds(CHAIN, [_legs(100, "a"), _legs(900, "b")], SURE)


# --- input


@pytest.mark.parametrize(
    ("count", "rule"),
    [
        (_legs(1, "nowhere"), "the graph has no legs nowhere"),
        (FlowCount("r", "registration", 1, frozenset({"Q"})), "the graph has no nodes Q"),
        (FlowCount("e", "arrival", 1, frozenset()), "the graph has no legs of it"),
        (_legs(1, "a", measure="prevention"), "measure 'prevention' bounds no flow"),
        (_legs(math.nan, "a"), "nan is no count"),
        (_legs(-1, "a"), "-1 is no count"),
    ],
)
def test_counts_that_do_not_fit_the_graph_are_refused(count, rule):
    with pytest.raises(InvalidInputError, match=rule):
        build_program(CHAIN, [count], SURE)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"leak_share": 1.1}, "leak_share: 1.1 is not from 0 to 1"),
        ({"legs_per_person": 0.5}, "legs_per_person: 0.5 is not from 1 to inf"),
        ({"stay_share": (0.8, 0.2)}, "stay_share: 0.8 is above 0.2"),
        ({"stay_share": 0.5}, "stay_share: 0.5 is not a pair"),
        ({"leak_share": (0.1, 0.2)}, r"leak_share: \(0.1, 0.2\) is not one number"),
        ({"sources": {"luck": "a coin"}}, "sources: 'luck' is no assumption"),
        ({"undercount": math.nan}, "undercount: nan is not from 0 to 1"),
    ],
)
def test_assumptions_outside_their_range_are_refused(changes, rule):
    with pytest.raises(InvalidInputError, match=rule):
        FlowAssumptions(**changes)


def test_every_assumption_can_be_halved_and_left_out():
    base = FlowAssumptions()
    for name in NAMES:
        assert getattr(base.halved(name), name) != getattr(base, name)
        free = base.without(name)
        assert free.halved(name) is not None
    assert base.without("legs_per_person").halved("legs_per_person").legs_per_person == math.inf
    assert (
        base.without("attempts_per_person").halved("attempts_per_person").attempts_per_person[1] == math.inf
    )
    with pytest.raises(UnknownNameError, match="Invalid assumption 'luck'"):
        base.halved("luck")


def test_nodes_of_first_arrival_come_straight_after_a_source():
    edges = {"a": ("TR", "GR"), "b": ("TR", "BG"), "c": ("GR", "BG"), "d": ("BG", "RS"), "e": ("TR",)}
    assert nodes_after_sources(edges) == ("BG", "GR")
