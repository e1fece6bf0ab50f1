"""Every choice of a play with what it answers to, so that each can be redone by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backstop.deterrence.crisis import (
    OPENINGS,
    OUTCOMES,
    SIGNALS,
    FloatArray,
    HonourCurves,
    Plays,
    Utilities,
)
from backstop.deterrence.crisis_tree import CHALLENGER, GUARANTOR
from backstop.deterrence.quantal import Play


@dataclass(frozen=True, slots=True)
class Answer:
    """One action at one information set.

    Without a curve, ``probability = exp(λ expected) / Σ exp(λ expected)`` over the actions of the
    set; with one, the probability to honour is the curve at λ times the difference.
    """

    player: str
    information_set: str
    action: str
    expected: float
    """Expected utility given that the set is reached, beliefs by Bayes' rule."""
    probability: float


#: An action of one information set: label, expected utility by type, probability by type.
Action = tuple[str, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The information sets of one stage and signal, one for each type of their player."""

    player: str
    belief: FloatArray | None
    """Chance of each type of the other side, given that the set is reached, shape (types,); None
    where nothing depends on it."""
    actions: tuple[Action, ...]
    """What can be done there."""


def explain_play(play: Play) -> tuple[Answer, ...]:
    """Every information set of a solved tree, in the order of the tree.

    Parameters
    ----------
    play
        What ``solve`` returned.
    """
    return tuple(
        Answer(player, name, action, play.expected[player, name][action], probability)
        for (player, name), actions in play.choice.items()
        for action, probability in actions.items()
    )


def explain_crisis(utilities: Utilities, plays: Plays, *, game: int = 0) -> tuple[Answer, ...]:
    """Every information set of one crisis game of a batch, labelled as in ``crisis_tree``.

    The expected utilities are worked out anew from the choices, one sum after the other as in the
    documentation, so that they also check the kernel.

    Parameters
    ----------
    utilities
        What was asked.
    plays
        What ``solve_crises`` returned.
    game
        Which game.
    """
    return tuple(
        Answer(place.player, f"{name}_{kind}", action, float(value[kind]), float(chance[kind]))
        for name, place in places(utilities, plays, game=game).items()
        for kind in range(utilities.prior_challenger.shape[1])
        for action, value, chance in place.actions
    )


def places(utilities: Utilities, plays: Plays, *, game: int) -> dict[str, Place]:
    """The information sets of one crisis game without their type, from the ends to the opening.

    They are named by stage and signal as in ``crisis_tree``: ``C1``, ``G1a``, ``G1m``, …
    """
    return dict(_One(utilities, plays, game).sets())


def response_gap(
    utilities: Utilities, plays: Plays, *, game: int = 0, honour: HonourCurves | None = None
) -> float:
    """Largest difference between a choice and the response to its expected utilities.

    Parameters
    ----------
    utilities, plays, game
        As for `explain_crisis`.
    honour
        The curves the batch was solved with.
    """
    rationality, most = float(utilities.rationality[game]), 0.0
    for name, place in places(utilities, plays, game=game).items():
        odds = rationality * np.stack([value for _, value, _ in place.actions])
        if honour is not None and name.startswith(("G2", "G3")):
            share = honour.at(odds[1] - odds[0], game=game)
            wanted = np.stack([1 - share, share])
        else:
            wanted = np.exp(odds - odds.max(axis=0))
            wanted /= wanted.sum(axis=0)
        given = np.stack([chance for _, _, chance in place.actions])
        most = max(most, float(np.max(np.abs(given - wanted))))
    return most


class _One:
    """One game, its choices as arrays by type, and the expected utilities that follow."""

    def __init__(self, utilities: Utilities, plays: Plays, game: int) -> None:
        self.prior_c = utilities.prior_challenger[game]
        self.prior_g = utilities.prior_guarantor[game]
        self._c = dict(zip(OUTCOMES, utilities.challenger[game].T, strict=True))
        self._g = dict(zip(OUTCOMES, utilities.guarantor[game].T, strict=True))
        self._attributed = float(utilities.attributed[game])
        self._plays = plays
        self._game = game

    def sets(self) -> Iterator[tuple[str, Place]]:
        """Information sets without their type, from the ends to the opening."""
        plays, g = self._plays, self._game
        opening = plays.opening[g]
        probed = _belief(self.prior_c, opening[:, 1])
        attackers = _belief(self.prior_c, opening[:, 2])
        probe = np.zeros_like(self.prior_c)
        for x, signal in enumerate(SIGNALS):
            yield from self._after_probe(x, signal, probed)
            share = self._attributed if x == 0 else 1 - self._attributed
            probe = probe + share * self._probe(x, signal)
        honour, press = plays.honour_attacked[g], plays.press_attacked[g]
        yield "C4", self._press("attack", press)
        yield "G3", self._honour("attack", honour, press, attackers)
        faced = self._met("attack", press, self.prior_g @ honour)
        values = (self._c["comply"], probe, faced)
        actions = tuple(zip(OPENINGS, values, opening.T, strict=True))
        yield "C1", Place(CHALLENGER, self.prior_g, actions)

    def _after_probe(self, x: int, signal: str, probed: FloatArray) -> Iterator[tuple[str, Place]]:
        plays, g, c, u = self._plays, self._game, self._c, self._g
        mark = signal[0] if x == 0 else "m"
        respond, escalate = plays.respond[g, x], plays.escalate[g, x]
        honour, press = plays.honour_escalated[g, x], plays.press_escalated[g]
        yield f"C3{mark}", self._press("escalated", press)
        escalated = _belief(self.prior_c, plays.opening[g][:, 1] * escalate)
        yield f"G2{mark}", self._honour("escalated", honour, press, escalated)
        responders = _belief(self.prior_g, respond)
        back = c[f"probe_backed_down_{signal}"]
        on = self._met("escalated", press, responders @ honour)
        choices = _two("back down", back, "escalate", on, escalate)
        yield f"C2{mark}", Place(CHALLENGER, responders, choices)
        # Against each type of challenger: it escalates or not, presses or not.
        fought = press * u["escalated_pressed"][:, None]
        fought = fought + (1 - press) * u["escalated_retreated"][:, None]
        met = honour[:, None] * fought + (1 - honour[:, None]) * u["escalated_reneged"][:, None]
        then = escalate * met + (1 - escalate) * u[f"probe_backed_down_{signal}"][:, None]
        ignored = u[f"probe_ignored_{signal}"]
        choices = _two("ignore", ignored, "respond", then @ probed, respond)
        yield f"G1{mark}", Place(GUARANTOR, probed, choices)

    def _probe(self, x: int, signal: str) -> FloatArray:
        """Expected utility of a probe after one signal, by type of challenger."""
        plays, g, c = self._plays, self._game, self._c
        respond, escalate = plays.respond[g, x], plays.escalate[g, x][:, None]
        met = self._met_by_type("escalated", plays.press_escalated[g], plays.honour_escalated[g, x])
        then = escalate * met + (1 - escalate) * c[f"probe_backed_down_{signal}"][:, None]
        each = respond * then + (1 - respond) * c[f"probe_ignored_{signal}"][:, None]
        return np.asarray(each @ self.prior_g)

    def _met(self, stage: str, press: FloatArray, honour: float) -> FloatArray:
        """Challenger's utility where it is met with one probability of being honoured against."""
        return self._met_by_type(stage, press, np.array([honour]))[:, 0]

    def _met_by_type(self, stage: str, press: FloatArray, honour: FloatArray) -> FloatArray:
        pressed, left = self._c[f"{stage}_pressed"], self._c[f"{stage}_retreated"]
        fought = press * pressed + (1 - press) * left
        reneged = self._c[f"{stage}_reneged"][:, None]
        return np.asarray(honour * fought[:, None] + (1 - honour) * reneged)

    def _press(self, stage: str, press: FloatArray) -> Place:
        left, pressed = self._c[f"{stage}_retreated"], self._c[f"{stage}_pressed"]
        return Place(CHALLENGER, None, _two("retreat", left, "press", pressed, press))

    def _honour(
        self, stage: str, honour: FloatArray, press: FloatArray, belief: FloatArray
    ) -> Place:
        u, pressed = self._g, belief @ press
        fought = pressed * u[f"{stage}_pressed"] + (1 - pressed) * u[f"{stage}_retreated"]
        choices = _two("renege", u[f"{stage}_reneged"], "honour", fought, honour)
        return Place(GUARANTOR, belief, choices)


def _two(
    no: str, without: FloatArray, yes: str, with_it: FloatArray, chance: FloatArray
) -> tuple[Action, ...]:
    return (no, without, 1 - chance), (yes, with_it, chance)


def _belief(prior: FloatArray, likelihood: FloatArray) -> FloatArray:
    """Bayes' rule; the prior where the set is reached by nobody, or too seldom for a float."""
    joint = prior * likelihood
    total = float(joint.sum())
    return np.asarray(joint / total if total > 0 else prior)
