"""A crisis redone from the printed page alone: the text of ``--explain`` in, each number out again.

Nothing of the model is imported: the tree, Bayes' rule, the softmax and the curve are written out
here as a reader would, from what the page says.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from backstop.assessment.alone import deter_alone
from backstop.report.render import as_text
from backstop.report.stage import deter_page
from backstop.scenario.load import load

#: The page prints utilities to nine decimals and chances to ten figures; with what is rounded on
#: the way seven decimals come out again.
NEAR = 1e-7

#: A number as it is printed.
NUMBER = r"(-?\d[\d.]*(?:e[-+]?\d+)?)"
SIGNALS = ("attributed", "ambiguous")


@dataclass
class Printed:
    """What the page says, by player and type."""

    rationality: float = 0.0
    attributed: float = 0.0
    prior: dict[str, list[float]] = field(default_factory=dict)
    utility: dict[tuple[str, int, str], float] = field(default_factory=dict)
    made_of: dict[tuple[str, int, str], str] = field(default_factory=dict)
    curve: list[tuple[float, float]] = field(default_factory=list)
    belief: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    expected: dict[tuple[str, int, str], float] = field(default_factory=dict)
    chance: dict[tuple[str, int, str], float] = field(default_factory=dict)
    by: dict[tuple[str, int], str] = field(default_factory=dict)
    outcome: dict[str, float] = field(default_factory=dict)

    @property
    def types(self) -> range:
        return range(len(self.prior["challenger"]))

    def p(self, place: str, action: str) -> list[float]:
        """The printed chance of an action at a place, by type."""
        return [self.chance[place, kind, action] for kind in self.types]


def _cells(line: str, header: str, names: list[str]) -> list[str]:
    """The cells of a row, by where the heads of the columns stand."""
    starts = [header.index(name) for name in names]
    ends = [*starts[1:], len(line)]
    return [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]


def _rows(lines: list[str], names: list[str]) -> list[list[str]]:
    """The rows of the table with these heads; a cell of several lines is one text."""
    at = next(i for i, line in enumerate(lines) if _heads(line, names))
    rows: list[list[str]] = []
    for line in lines[at + 2 :]:
        cells = _cells(line, lines[at], names)
        if not any(cells) or (rows and cells[0] and len(cells[0].split()) > 1):
            break
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1] = [f"{a}\n{b}".strip() for a, b in zip(rows[-1], cells, strict=True)]
    return rows


def _heads(line: str, names: list[str]) -> bool:
    return re.split(r" {2,}", line.strip()) == names


def read(text: str) -> Printed:
    """The numbers of the page, nothing else."""
    lines = text.splitlines()
    found = Printed()
    flat = " ".join(text.split())
    found.rationality = float(re.search(f"rationality λ = {NUMBER};", flat)[1])
    found.attributed = float(re.search(rf"attributed with {NUMBER}\. ", flat)[1])
    prior = re.search(
        r"type 0, 1, … with ([-\d., e]+), the guarantor with ([-\d., e]+)\. Redone", flat
    )
    for player, said in zip(("challenger", "guarantor"), prior.groups(), strict=True):
        found.prior[player] = [float(x) for x in said.split(", ")]
    for player, kind, outcome, utility, made in _rows(
        lines, ["player", "type", "outcome", "utility", "made of"]
    ):
        key = player, int(kind), outcome
        found.utility[key], found.made_of[key] = float(utility), made
    curve = flat[flat.index("Fritsch and Butland") :]
    found.curve = [(float(x), float(p)) for x, p in re.findall(rf"{NUMBER}: {NUMBER}(?= )", curve)]
    heads = ["player", "type", "choice", "belief", "expected utility", "probability", "by"]
    for _, kind, place, belief, expected, chances, by in _rows(lines, heads):
        at = place, int(kind)
        found.belief[at] = [float(x) for x in belief.split()]
        found.by[at] = by
        for said, chance in zip(expected.split("\n"), chances.split("\n"), strict=True):
            action, value = said.split()
            found.expected[place, int(kind), action] = float(value)
            found.chance[place, int(kind), action] = float(chance)
    for outcome, share in _rows(lines, ["outcome", "probability"]):
        found.outcome[outcome] = float(share)
    return found


# --- the arithmetic of a reader ------------------------------------------------------------------


def bayes(prior: list[float], *chances: list[float]) -> list[float]:
    joint = [math.prod(one) for one in zip(prior, *chances, strict=True)]
    return [one / sum(joint) for one in joint]


def mean(weights: list[float], values: list[float]) -> float:
    return math.fsum(w * v for w, v in zip(weights, values, strict=True))


def on_the_curve(points: list[tuple[float, float]], x: float) -> float:
    if x <= points[0][0]:
        return points[0][1]
    if x >= points[-1][0]:
        return points[-1][1]
    rises = [b[1] - a[1] for a, b in pairwise(points)]
    at = next(i for i, (a, b) in enumerate(pairwise(points)) if a[0] <= x <= b[0])

    def slope(place: int) -> float:
        if place in (0, len(points) - 1) or not rises[place - 1] * rises[place] > 0:
            return 0.0
        return 2 / (1 / rises[place - 1] + 1 / rises[place])

    t = (x - points[at][0]) / (points[at + 1][0] - points[at][0])
    a, b = slope(at), slope(at + 1)
    # Hermite's cubic through two points with two slopes.
    return (
        points[at][1] * (1 + 2 * t) * (1 - t) ** 2
        + points[at + 1][1] * t * t * (3 - 2 * t)
        + a * t * (1 - t) ** 2
        - b * t * t * (1 - t)
    )


def beliefs(page: Printed) -> dict[str, list[float]]:
    """What is believed of the other side at each place."""
    prior_c, prior_g = page.prior["challenger"], page.prior["guarantor"]
    probe, attack = page.p("opening", "probe"), page.p("opening", "attack")
    found = {"opening": prior_g, "answer to an attack": bayes(prior_c, attack)}
    for signal in SIGNALS:
        escalate = page.p(f"after the answer, {signal}", "escalate")
        respond = page.p(f"answer to a probe, {signal}", "respond")
        found[f"answer to a probe, {signal}"] = bayes(prior_c, probe)
        found[f"after the answer, {signal}"] = bayes(prior_g, respond)
        found[f"answer to an escalation, {signal}"] = bayes(prior_c, probe, escalate)
    return found


def worth(page: Printed) -> dict[tuple[str, int, str], float]:
    """Expected utility of every action of every type."""
    c, g, found = _sides(page), _sides(page, "guarantor"), {}
    prior_g, known = page.prior["guarantor"], beliefs(page)
    for kind in page.types:
        for place, stage in (("escalation", "escalated"), ("attack", "attack")):
            found[f"honoured after an {place}", kind, "press"] = c(kind, f"{stage}_pressed")
            found[f"honoured after an {place}", kind, "retreat"] = c(kind, f"{stage}_retreated")
        found |= _answers(page, kind, g, known)
        met = {place: _met(page, kind, place, c) for place in ("escalation", "attack")}
        probe = 0.0
        for signal, share in zip(SIGNALS, (page.attributed, 1 - page.attributed), strict=True):
            after = f"after the answer, {signal}"
            back = c(kind, f"probe_backed_down_{signal}")
            honours = page.p(f"answer to an escalation, {signal}", "honour")
            found[after, kind, "escalate"] = met["escalation"](mean(known[after], honours))
            found[after, kind, "back_down"] = back
            escalates = page.chance[after, kind, "escalate"]
            for one, prior in enumerate(prior_g):
                answered = page.chance[f"answer to a probe, {signal}", one, "respond"]
                then = escalates * met["escalation"](honours[one]) + (1 - escalates) * back
                ignored = c(kind, f"probe_ignored_{signal}")
                probe += share * prior * (answered * then + (1 - answered) * ignored)
        honours = mean(prior_g, page.p("answer to an attack", "honour"))
        found["opening", kind, "comply"] = c(kind, "comply")
        found["opening", kind, "probe"] = probe
        found["opening", kind, "attack"] = met["attack"](honours)
    return found


def _sides(page, player="challenger"):
    return lambda kind, outcome: page.utility[player, kind, outcome]


def _met(page, kind, place, c):
    """A challenger's expected utility, given how likely it is honoured against."""
    stage = "escalated" if place == "escalation" else "attack"
    presses = page.chance[f"honoured after an {place}", kind, "press"]
    fought = presses * c(kind, f"{stage}_pressed") + (1 - presses) * c(kind, f"{stage}_retreated")
    return lambda honours: honours * fought + (1 - honours) * c(kind, f"{stage}_reneged")


def _answers(page, kind, g, known):
    """The guarantor's expected utilities: to honour or renege, to respond or ignore."""
    found = {}
    places = [("answer to an attack", "attack", "honoured after an attack")]
    places += [
        (f"answer to an escalation, {s}", "escalated", "honoured after an escalation")
        for s in SIGNALS
    ]
    for place, stage, then in places:
        presses = mean(known[place], page.p(then, "press"))
        pressed, left = g(kind, f"{stage}_pressed"), g(kind, f"{stage}_retreated")
        found[place, kind, "honour"] = presses * pressed + (1 - presses) * left
        found[place, kind, "renege"] = g(kind, f"{stage}_reneged")
    presses = page.p("honoured after an escalation", "press")
    for signal in SIGNALS:
        place = f"answer to a probe, {signal}"
        honours = page.chance[f"answer to an escalation, {signal}", kind, "honour"]
        value = 0.0
        for other, share in enumerate(known[place]):
            e = page.chance[f"after the answer, {signal}", other, "escalate"]
            fought = presses[other] * g(kind, "escalated_pressed")
            fought += (1 - presses[other]) * g(kind, "escalated_retreated")
            met = honours * fought + (1 - honours) * g(kind, "escalated_reneged")
            value += share * (e * met + (1 - e) * g(kind, f"probe_backed_down_{signal}"))
        found[place, kind, "respond"] = value
        found[place, kind, "ignore"] = g(kind, f"probe_ignored_{signal}")
    return found


def ends(page: Printed) -> dict[str, float]:
    """Probability of every outcome: every way through the tree, every pair of types."""
    found = dict.fromkeys(page.outcome, 0.0)
    for i, prior_c in enumerate(page.prior["challenger"]):
        for j, prior_g in enumerate(page.prior["guarantor"]):
            pair = prior_c * prior_g
            found["comply"] += pair * page.chance["opening", i, "comply"]
            for signal, share in zip(SIGNALS, (page.attributed, 1 - page.attributed), strict=True):
                way = pair * page.chance["opening", i, "probe"] * share
                answered = page.chance[f"answer to a probe, {signal}", j, "respond"]
                found[f"probe_ignored_{signal}"] += way * (1 - answered)
                way *= answered
                e = page.chance[f"after the answer, {signal}", i, "escalate"]
                found[f"probe_backed_down_{signal}"] += way * (1 - e)
                honours = page.chance[f"answer to an escalation, {signal}", j, "honour"]
                _war(page, found, "escalated", way * e, honours, i)
            honours = page.chance["answer to an attack", j, "honour"]
            _war(page, found, "attack", pair * page.chance["opening", i, "attack"], honours, i)
    return found


def _war(page, found, stage, way, honours, kind):
    place = "honoured after an " + ("escalation" if stage == "escalated" else "attack")
    presses = page.chance[place, kind, "press"]
    found[f"{stage}_reneged"] += way * (1 - honours)
    found[f"{stage}_pressed"] += way * honours * presses
    found[f"{stage}_retreated"] += way * honours * (1 - presses)


# --- every printed number ------------------------------------------------------------------------

CRISES = [
    ("ukraine-2025/tripwire", 3, 0, None),
    ("ukraine-2025/package", 3, 5, None),
    ("ukraine-2025/package", 3, 5, 100.0),
    ("ukraine-2025/monitors", 2, 3, None),
    ("horn-2000/unmee", 1, 0, None),
]


@pytest.fixture(scope="module", params=CRISES, ids=lambda one: f"{one[0]}-{one[3] or one[1]}")
def page(request) -> Printed:
    name, types, future, rationality = request.param
    scenario, design = name.split("/")
    put = [f"deterrence.rationality={rationality}"] if rationality else []
    body = deter_alone(
        load(scenario, overrides=put).design(design),
        worlds=8,
        seed=2,
        threads=1,
        horizon_years=0.25,
        types=types,
        explained=future,
    )
    return read(as_text(deter_page(body, explain=True), width=700))


def test_the_whole_page_was_read(page):
    types = len(page.types)
    assert len(page.utility) == 2 * 11 * types
    assert len(page.curve) == 65
    assert len(page.chance) == len(page.expected) == (3 + 2 * 9) * types
    assert len(page.outcome) == 11


def test_utilities_come_out_of_what_they_are_made_of(page):
    for key, made in page.made_of.items():
        formula, _, said = made.partition(" with ")
        terms = dict(re.findall(rf"(\w+) = {NUMBER}", said))
        values = {name: float(value) for name, value in terms.items()}
        value = eval(formula, {"__builtins__": {}}, values)
        assert value == pytest.approx(page.utility[key], abs=NEAR), key


def test_beliefs_come_out_by_bayes_rule(page):
    for place, redone in beliefs(page).items():
        for kind in page.types:
            assert page.belief[place, kind] == pytest.approx(redone, abs=NEAR), (place, kind)


def test_expected_utilities_come_out_along_the_tree(page):
    redone = worth(page)
    assert redone.keys() == page.expected.keys()
    for key, value in page.expected.items():
        assert redone[key] == pytest.approx(value, abs=NEAR), key


def test_choices_come_out_by_softmax_or_by_the_curve(page):
    assert set(page.by.values()) == {"softmax", "curve"}
    for (place, kind), by in page.by.items():
        own = {a: v for (p, k, a), v in page.expected.items() if (p, k) == (place, kind)}
        if by == "curve":
            x = page.rationality * (own["honour"] - own["renege"])
            share = on_the_curve(page.curve, x)
            redone = {"honour": share, "renege": 1 - share}
        else:
            top = max(own.values())
            odds = {a: math.exp(page.rationality * (v - top)) for a, v in own.items()}
            redone = {a: o / sum(odds.values()) for a, o in odds.items()}
        for action, chance in redone.items():
            assert chance == pytest.approx(page.chance[place, kind, action], abs=NEAR), place


def test_outcomes_come_out_over_every_way_through_the_tree(page):
    assert ends(page) == pytest.approx(page.outcome, abs=NEAR)
    assert math.fsum(page.outcome.values()) == pytest.approx(1.0, abs=NEAR)
