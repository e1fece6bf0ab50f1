"""One crisis laid open: every number it is made of, so that a reader can redo it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backstop.deterrence.answers import places
from backstop.deterrence.crisis import OUTCOMES, Plays, Utilities
from backstop.deterrence.matching import Crisis, Matching
from backstop.deterrence.utilities import CHALLENGER, GUARANTOR, reneging_cost


@dataclass(frozen=True, slots=True)
class Line:
    """The utility of one outcome to one type of one side."""

    player: str
    """``challenger`` or ``guarantor``."""
    type: int
    """Number of the type, from 0; the last is the most resolved."""
    outcome: str
    """The outcome."""
    formula: str
    """How it is made of ``terms``."""
    terms: dict[str, float]
    """The numbers in the formula."""
    utility: float
    """What it comes to."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One information set of one type, as it is seen there."""

    player: str
    place: str
    type: int
    belief: tuple[float, ...]
    """Chance of each type of the other side, given that the set is reached."""
    expected: dict[str, float]
    """Expected utility of each action."""
    probabilities: dict[str, float]
    """How likely each is taken."""
    collective: bool
    """Whether the members' curve answers, and not the softmax."""


#: The information sets of `answers.places` in the order of the crisis, as the page names them.
#: What the challenger does once it is honoured against does not depend on the signal.
PLACES = {
    "C1": "opening",
    "G1a": "answer to a probe, attributed",
    "C2a": "after the answer, attributed",
    "G2a": "answer to an escalation, attributed",
    "G1m": "answer to a probe, ambiguous",
    "C2m": "after the answer, ambiguous",
    "G2m": "answer to an escalation, ambiguous",
    "C3a": "honoured after an escalation",
    "G3": "answer to an attack",
    "C4": "honoured after an attack",
}
#: Those that the members together answer.
TOGETHER = ("G2a", "G2m", "G3")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One world's crisis in one quarter."""

    world: int
    quarter: int
    rationality: float
    attributed: float
    prior_challenger: tuple[float, ...]
    """Chance of each type of challenger before the crisis; the guarantor's belief at its start."""
    prior_guarantor: tuple[float, ...]
    lines: tuple[Line, ...]
    choices: tuple[Choice, ...]
    curve: tuple[tuple[float, ...], tuple[float, ...]]
    """x = λ (EU honour - EU renege), and the chance that the members together honour;
    between its points as `HonourCurves` says."""
    outcomes: dict[str, float]
    """Probability of every outcome over all types."""

    def to_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "world": self.world,
            "quarter": self.quarter,
            "rationality": self.rationality,
            "attributed": self.attributed,
            "prior": {
                "challenger": list(self.prior_challenger),
                "guarantor": list(self.prior_guarantor),
            },
            "utilities": [
                {
                    "player": line.player,
                    "type": line.type,
                    "outcome": line.outcome,
                    "formula": line.formula,
                    "terms": line.terms,
                    "utility": line.utility,
                }
                for line in self.lines
            ],
            "choices": [
                {
                    "player": choice.player,
                    "place": choice.place,
                    "type": choice.type,
                    "belief": list(choice.belief),
                    "expected": choice.expected,
                    "probabilities": choice.probabilities,
                    "by": "curve" if choice.collective else "softmax",
                }
                for choice in self.choices
            ],
            "curve": {"x": list(self.curve[0]), "honour": list(self.curve[1])},
            "outcomes": self.outcomes,
        }


def explain(matching: Matching, crisis: Crisis, *, world: int, quarter: int) -> Explanation:
    """Lay one world's crisis open.

    ``world`` counts within the worlds at hand, ``quarter`` from 0.
    """
    utilities = crisis.utilities
    return Explanation(
        world=world,
        quarter=quarter,
        rationality=float(utilities.rationality[world]),
        attributed=float(utilities.attributed[world]),
        prior_challenger=tuple(map(float, utilities.prior_challenger[world])),
        prior_guarantor=tuple(map(float, utilities.prior_guarantor[world])),
        lines=_lines(matching, crisis, world),
        choices=tuple(_choices(crisis.utilities, crisis.plays, world)),
        curve=(
            tuple(map(float, matching.setting.answer.x)),
            tuple(map(float, matching.setting.answer.probability[world])),
        ),
        outcomes={
            name: float(p) for name, p in zip(OUTCOMES, crisis.plays.outcome[world], strict=True)
        },
    )


def terms(matching: Matching, crisis: Crisis, *, side: str, world: int) -> dict[str, float]:
    """The numbers that the formulas of one side name, without the type's factor."""
    stakes, war = matching.setting.stakes, crisis.war
    prefix = f"{side}."
    own = {
        path.removeprefix(prefix): float(values[world])
        for path, values in stakes.values.items()
        if path.startswith(prefix) and ".reneging." not in path
    }
    reneging = reneging_cost(stakes, war.presence, formality=matching.setting.formality)
    return {
        **own,
        "probe_gain": float(stakes["challenger.probe_gain"][world]),
        "k": 1.0 - float(stakes["warning_share"][world]),
        "taken_alone": float(war.taken_alone[world]),
        "taken": float(war.taken[world]),
        "loss_alone": float(war.challenger_loss_alone[world]),
        "loss": float((war.challenger_loss if side == "challenger" else war.guarantor_loss)[world]),
        "engaged": float(war.engaged[world]),
        "fatigue": float(war.fatigue[world]),
        "reneging": float(reneging[world]),
    }


def _choices(utilities: Utilities, plays: Plays, game: int) -> Iterator[Choice]:
    found = places(utilities, plays, game=game)
    for name, words in PLACES.items():
        place = found[name]
        # The deed stands before its omission; the openings keep their order.
        actions = place.actions if name == "C1" else place.actions[::-1]
        named = {action.replace(" ", "_"): (value, chance) for action, value, chance in actions}
        belief = () if place.belief is None else tuple(map(float, place.belief))
        for kind in range(utilities.prior_challenger.shape[1]):
            yield Choice(
                player=place.player.lower(),
                place=words,
                type=kind,
                belief=belief,
                expected={name: float(value[kind]) for name, (value, _) in named.items()},
                probabilities={name: float(p[kind]) for name, (_, p) in named.items()},
                collective=name in TOGETHER,
            )


def _lines(matching: Matching, crisis: Crisis, world: int) -> tuple[Line, ...]:
    found = []
    for side, formulas in (("challenger", CHALLENGER), ("guarantor", GUARANTOR)):
        factors = getattr(matching, side)[world]
        values = getattr(crisis.utilities, side)[world]
        numbers = terms(matching, crisis, side=side, world=world)
        for kind, factor in enumerate(factors):
            named = {**numbers, "r": float(factor)}
            for place, (outcome, formula) in enumerate(formulas.items()):
                used = {k: v for k, v in named.items() if k in _names(formula)}
                utility = float(values[kind, place])
                found.append(Line(side, kind, outcome, formula, used, utility))
    return tuple(found)


def _names(formula: str) -> frozenset[str]:
    for sign in "+-*()":
        formula = formula.replace(sign, " ")
    return frozenset(formula.split())
