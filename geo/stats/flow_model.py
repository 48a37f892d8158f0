"""The linear programme of flows: what each leg can have carried, given counts and assumptions.

Pure mathematics over a graph, counts and assumptions; :mod:`geo.stats.flows` reads them from the tidy table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.checks import raise_faults
from geo.display import Displayed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.stats.flow_assumptions import FlowAssumptions

MEASURES: Final = {
    "arrival": "legs",
    "detection_entry": "legs",
    "illegal_entry": "legs",
    "registration": "nodes",
    "asylum_intention": "nodes",
}
"""What bounds a flow, and whether it counts people on legs or people in countries."""
_AT_LEAST: Final = frozenset({"over", "more than", "at least"})
_AT_MOST: Final = frozenset({"at most", "fewer than"})
_HEDGED: Final = {"about": (1, 1), "almost": (1, 0), "nearly": (1, 0)}


@dataclass(frozen=True, slots=True)
class FlowCount(Displayed):
    """One published count, and what it covers.

    Attributes
    ----------
    label : str
        Its name in sentences.
    measure : str
        Code of the measure (:data:`MEASURES`).
    value : float
        As published.
    on : frozenset of str
        Ids of the legs, or of the nodes, that it covers together.
    qualifier : str
        ``about``, ``at least``, …
    whole : bool
        Whether it also counts people who used no drawn leg (a border of a country does, a single leg not).
    """

    label: str
    measure: str
    value: float
    on: frozenset[str]
    qualifier: str = ""
    whole: bool = True

    @property
    def kind(self) -> str:
        """``legs`` or ``nodes``."""
        return MEASURES[self.measure]

    def needs(self) -> tuple[str, ...]:
        """Name the assumptions that turn it into bounds.

        >>> FlowCount("a", "arrival", 9, frozenset("x")).needs()
        ('undercount', 'revision', 'leak_share')
        """
        own = {
            "arrival": ("undercount",),
            "registration": ("registered_share", "registrations_per_person"),
            "asylum_intention": ("registrations_per_person",),
        }.get(self.measure, ("detected_share", "attempts_per_person"))
        hedged = ("rounding",) if self.qualifier in _HEDGED else ()
        leaks = ("leak_share",) if self.kind == "legs" and self.whole else ()
        return (*own, "revision", *hedged, *leaks)

    def people(self, assumed: FlowAssumptions) -> tuple[float, float]:
        """Return the least and the greatest number of people that it allows on its legs or in its nodes.

        Notes
        -----
        A count v = x n of n people with x counts per person in [x_low, x_high] gives v/x_high ≤ n ≤ v/x_low.
        On legs the least is taken times 1 − leak_share, for some of the people used none of the drawn legs.

        Examples
        --------
        >>> from geo.stats.flow_assumptions import FlowAssumptions
        >>> FlowCount("b", "detection_entry", 300, frozenset("x")).people(FlowAssumptions(revision=0))
        (50.0, 600.0)
        """
        least, most = 1.0, 1.0
        if self.measure == "arrival":
            least = 1 - assumed.undercount
        elif self.measure == "registration":
            least, most = assumed.registered_share, assumed.registrations_per_person
        elif self.measure == "asylum_intention":
            least, most = 0.0, assumed.registrations_per_person
        else:
            least = assumed.detected_share * assumed.attempts_per_person[0]
            most = assumed.attempts_per_person[1]
        below, above = _HEDGED.get(self.qualifier, (0, 0))
        low = self.value * (1 - assumed.revision) * (1 - below * assumed.rounding) / most
        high = self.value * (1 + assumed.revision) * (1 + above * assumed.rounding)
        high = high / least if least > 0 else math.inf
        if self.kind == "legs" and self.whole:
            low *= 1 - assumed.leak_share
        if self.qualifier in _AT_LEAST:
            high = math.inf
        if self.qualifier in _AT_MOST:
            low = 0.0
        return low, high


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Rows ``matrix @ x ≤ limit`` over people per leg, per node and per region, all ≥ 0.

    Attributes
    ----------
    names : tuple of str
        What each column of the matrix stands for: ``leg:…``, ``node:…``, ``region:…``.
    matrix : array, shape (rows, columns)
    limit : array, shape (rows,)
        In people over `scale`.
    count : array of int, shape (rows,)
        Which count a row comes from; -1 for the rows of the graph.
    scale : float
        People per unit of `limit`.
    """

    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    limit: NDArray[np.float64]
    count: NDArray[np.int64]
    scale: float

    def solve(
        self, cost: NDArray[np.float64], rows: NDArray[np.bool_] | None = None
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Minimise ``cost @ x``.

        Returns
        -------
        least : float
            In people; NaN where no x fulfils the rows, -inf where nothing bounds it.
        x : array
            Where it is reached; empty where it is not.
        prices : array, shape (rows,)
            Dual values; empty likewise.
        """
        from scipy.optimize import linprog

        matrix = self.matrix if rows is None else self.matrix[rows]
        limit = self.limit if rows is None else self.limit[rows]
        found = linprog(cost, A_ub=matrix, b_ub=limit, bounds=(0, None), method="highs-ds")
        nothing = np.empty(0)
        if found.status == 0:
            return float(found.fun) * self.scale, found.x, found.ineqlin.marginals
        if found.status == 2 or not self.feasible(rows):
            return math.nan, nothing, nothing
        return -math.inf, nothing, nothing

    def holds(self, x: NDArray[np.float64]) -> bool:
        """Say whether given flows fulfil the rows."""
        return bool((self.matrix @ x <= self.limit + 1e-9).all())

    def feasible(self, rows: NDArray[np.bool_] | None = None) -> bool:
        """Say whether any flows fulfil the rows."""
        from scipy.optimize import linprog

        matrix = self.matrix if rows is None else self.matrix[rows]
        limit = self.limit if rows is None else self.limit[rows]
        cost = np.zeros(matrix.shape[1])
        found = linprog(cost, A_ub=matrix, b_ub=limit, bounds=(0, None), method="highs-ds")
        return bool(found.status == 0)


def build_program(
    edges: Mapping[str, Sequence[str]],
    counts: Sequence[FlowCount],
    assumed: FlowAssumptions,
    regions: Mapping[str, Iterable[str]] | None = None,
    joins: Iterable[str] = (),
) -> Program:
    """Write the rows of graph and counts.

    Parameters
    ----------
    edges : dict
        Leg id to the nodes that it passes in order; a leg inside one node names it alone.
    counts : sequence of FlowCount
    assumed : FlowAssumptions
    regions : dict, optional
        Name to a set of nodes whose different people are wanted together.
    joins : iterable of str
        Nodes where any number of people may join from outside the graph; the leak share is not assumed there.

    Raises
    ------
    InvalidInputError
        If a count covers a leg or node that the graph lacks, has another measure or no value.

    Notes
    -----
    f_l is the number of different people who passed leg l, P_n of those on the move in node n, P_R in region
    R. With leak λ, legs per person m and stay share in [s, S]:
    (1 − λ) P_n ≤ Σ_in f ≤ m P_n where legs lead in (the first part not where people join);
    (1 − S) P_n ≤ Σ_out f ≤ m (1 − s) P_n where legs lead out; f_l ≤ P_n for each leg into, out of or inside
    n; the same for regions; max P_n ≤ P_R ≤ Σ P_n.

    Examples
    --------
    >>> from geo.stats.flow_assumptions import FlowAssumptions
    >>> build_program({"a": ("X", "Y")}, [], FlowAssumptions()).names
    ('leg:a', 'node:X', 'node:Y')
    """
    nodes = list(dict.fromkeys(node for chain in edges.values() for node in chain))
    groups = {name: frozenset(members) & set(nodes) for name, members in (regions or {}).items()}
    _check_counts(edges, nodes, counts)
    names = (
        *(f"leg:{leg}" for leg in edges),
        *(f"node:{node}" for node in nodes),
        *(f"region:{name}" for name in groups),
    )
    place = {name: at for at, name in enumerate(names)}
    rows: list[tuple[dict[int, float], float, int]] = []
    free = frozenset(joins)
    for node in nodes:
        leak = 1.0 if node in free else assumed.leak_share
        _balance(rows, edges, frozenset({node}), place[f"node:{node}"], place, assumed, leak)
    for name, members in groups.items():
        region = place[f"region:{name}"]
        leak = 1.0 if members & free else assumed.leak_share
        _balance(rows, edges, members, region, place, assumed, leak)
        rows += [({place[f"node:{node}"]: 1.0, region: -1.0}, 0.0, -1) for node in sorted(members)]
        rows.append(({region: 1.0, **{place[f"node:{node}"]: -1.0 for node in members}}, 0.0, -1))
    scale = max([1.0, *(count.value for count in counts)])
    for at, count in enumerate(counts):
        low, high = count.people(assumed)
        covered = {place[f"{count.kind[:-1]}:{item}"]: 1.0 for item in count.on}
        rows.append((dict.fromkeys(covered, -1.0), -low / scale, at))
        if math.isfinite(high):
            rows.append((covered, high / scale, at))
    matrix = np.zeros((len(rows), len(names)))
    for at, (row, _, _) in enumerate(rows):
        for column, factor in row.items():
            matrix[at, column] = factor
    return Program(
        names,
        matrix,
        np.array([row[1] for row in rows], dtype=np.float64),
        np.array([row[2] for row in rows], dtype=np.int64),
        scale,
    )


def _balance(
    rows: list[tuple[dict[int, float], float, int]],
    edges: Mapping[str, Sequence[str]],
    inside: frozenset[str],
    people: int,
    place: Mapping[str, int],
    assumed: FlowAssumptions,
    leak: float,
) -> None:
    """Tie the people of a node or region to the legs into, out of and inside it."""
    into, out = [], []
    for leg, chain in edges.items():
        held = [node in inside for node in chain]
        if not any(held):
            continue
        column = place[f"leg:{leg}"]
        rows.append(({column: 1.0, people: -1.0}, 0.0, -1))
        steps = list(pairwise(held))
        if (False, True) in steps:
            into.append(column)
        if (True, False) in steps:
            out.append(column)
    least, most = assumed.stay_share
    several = assumed.legs_per_person
    if into:
        rows.append(({people: 1 - leak, **dict.fromkeys(into, -1.0)}, 0.0, -1))
    if out:
        rows.append(({people: 1 - most, **dict.fromkeys(out, -1.0)}, 0.0, -1))
    if into and math.isfinite(several):
        rows.append(({people: -several, **dict.fromkeys(into, 1.0)}, 0.0, -1))
    if out and math.isfinite(several):
        rows.append(({people: -several * (1 - least), **dict.fromkeys(out, 1.0)}, 0.0, -1))


def _check_counts(
    edges: Mapping[str, Sequence[str]], nodes: Sequence[str], counts: Sequence[FlowCount]
) -> None:
    """Check that counts fit the graph."""
    faults = []
    for count in counts:
        if count.measure not in MEASURES:
            faults.append(f"'{count.label}': measure '{count.measure}' bounds no flow")
            continue
        if not (math.isfinite(count.value) and count.value >= 0):
            faults.append(f"'{count.label}': {count.value} is no count")
        known = set(edges) if count.kind == "legs" else set(nodes)
        lacking = sorted(count.on - known)
        if lacking or not count.on:
            faults.append(f"'{count.label}': the graph has no {count.kind} {', '.join(lacking) or 'of it'}")
    raise_faults("counts of flows", faults)
