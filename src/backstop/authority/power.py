"""Power indices: how often a member decides, before anything is known of its wishes.

Votes are yes or no; every index is exact, as integers and fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any

from backstop.authority.diagram import PASS, Diagram, diagram
from backstop.authority.tally import NO, YES, formula
from backstop.scenario.body import Body


@dataclass(frozen=True, slots=True)
class MemberPower:
    """One member's power in a body."""

    actor: str
    swings: int
    """Coalitions of the others that this member turns from losing to winning."""
    banzhaf: Fraction
    """Its share of all swings (Banzhaf 1965)."""
    shapley_shubik: Fraction
    """Share of the orders of arrival in which it is pivotal (Shapley & Shubik 1954)."""

    def to_dict(self) -> dict[str, Any]:
        """The contract's form, with the exact fractions beside the numbers."""
        return {
            "actor": self.actor,
            "shapley_shubik": float(self.shapley_shubik),
            "banzhaf": float(self.banzhaf),
            "swings": self.swings,
            "shapley_shubik_exact": str(self.shapley_shubik),
            "banzhaf_exact": str(self.banzhaf),
        }


def power(body: Body) -> tuple[MemberPower, ...]:
    """Power of every member of a body, strongest first.

    With ``w(s)`` the winning coalitions of size ``s`` and ``w_i(s)`` those with member ``i``, a
    monotone rule gives ``i`` exactly ``w_i(s) - (w(s - 1) - w_i(s - 1))`` swings in which it is
    the last of ``s`` to join; these add up to the Banzhaf count and, weighted with
    ``(s - 1)! (n - s)! / n!``, to the Shapley-Shubik index. Counting is by size polynomials over
    the decision diagram (a generating function: Mann & Shapley 1962).

    Members of an automatic rule have no power: there is nothing to decide.
    """
    graph = diagram(formula(body, question=""))
    total = len(body.members)
    counted = {ballot[0]: swings for ballot, swings in _swings(graph, total).items()}
    sums = {actor: sum(counted.get(actor, ())) for actor in body.members}
    every = sum(sums.values())
    orders = factorial(total)
    powers = [
        MemberPower(
            actor=actor,
            swings=sums[actor],
            banzhaf=Fraction(sums[actor], every) if every else Fraction(0),
            shapley_shubik=Fraction(
                sum(
                    count * factorial(size - 1) * factorial(total - size)
                    for size, count in enumerate(counted.get(actor, ()))
                    if size
                ),
                orders,
            ),
        )
        for actor in body.members
    ]
    return tuple(sorted(powers, key=lambda p: (-p.shapley_shubik, -p.swings, p.actor)))


def _swings(graph: Diagram, total: int) -> dict[tuple[str, str], list[int]]:
    """For each ballot the swings by size of the coalition it completes, index 0 to ``total``.

    A polynomial in the coalition's size is kept in one integer, ``slot`` bits a coefficient
    (Kronecker substitution); no coefficient exceeds ``2 ** total``.
    """
    slot = total + 2
    ones = [1]
    for _ in range(total):
        ones.append(ones[-1] + (ones[-1] << slot))
    depth = len(graph.order)
    idle = ones[total - depth]
    after = _winning_from(graph, slot, ones)
    every = _digits((after[0][graph.root] if graph.root >= 2 else 0) * idle, slot, total)
    reaching = {graph.root: 1}
    found: dict[tuple[str, str], list[int]] = {}
    for level, layer in enumerate(graph.layers):
        with_yes = 0
        onward: dict[int, int] = {}
        for node, ways in reaching.items():
            if node < 2:
                continue
            yes, no = int(layer[node - 2, YES]), int(layer[node - 2, NO])
            with_yes += (ways * after[level + 1].get(yes, 0)) << slot
            onward[yes] = onward.get(yes, 0) + (ways << slot)
            onward[no] = onward.get(no, 0) + ways
        with_yes += (reaching.get(PASS, 0) * ones[depth - level - 1]) << slot
        own = _digits(with_yes * idle, slot, total)
        passed = reaching.get(PASS, 0)
        onward[PASS] = onward.get(PASS, 0) + passed + (passed << slot)
        found[graph.order[level]] = [
            own[size] - (every[size - 1] - own[size - 1]) if size else 0
            for size in range(total + 1)
        ]
        reaching = onward
    return found


def _winning_from(graph: Diagram, slot: int, ones: list[int]) -> list[dict[int, int]]:
    """For each layer and node the winning completions by number of yes votes still to come."""
    depth = len(graph.order)
    after: list[dict[int, int]] = [{PASS: 1}]
    for level in range(depth - 1, -1, -1):
        below = after[-1]
        here = {PASS: ones[depth - level]}
        for index, row in enumerate(graph.layers[level]):
            yes, no = int(row[YES]), int(row[NO])
            here[index + 2] = (below.get(yes, 0) << slot) + below.get(no, 0)
        after.append(here)
    return after[::-1]


def _digits(packed: int, slot: int, top: int) -> list[int]:
    mask = (1 << slot) - 1
    return [(packed >> (slot * size)) & mask for size in range(top + 1)]
