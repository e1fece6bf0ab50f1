"""Every choice of a play with what it answers to, so that each can be redone by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backstop.deterrence.crisis import OUTCOMES, FloatArray, HonourCurves, Plays, Utilities
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
    one = _One(utilities, plays, game)
    return tuple(
        Answer(player, f"{name}_{kind}", action, float(value[kind]), float(chance[kind]))
        for player, name, actions in one.sets()
        for kind in range(len(one.prior_c))
        for action, value, chance in actions
    )


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
    one = _One(utilities, plays, game)
    most = 0.0
    for _, name, actions in one.sets():
        odds = one.rationality * np.stack([value for _, value, _ in actions])
        if honour is not None and name.startswith(("G2", "G3")):
            share = honour.at(odds[1] - odds[0], game=game)
            wanted = np.stack([1 - share, share])
        else:
            wanted = np.exp(odds - odds.max(axis=0))
            wanted /= wanted.sum(axis=0)
        given = np.stack([chance for _, _, chance in actions])
        most = max(most, float(np.max(np.abs(given - wanted))))
    return most


#: An action of one information set: label, expected utility by type, probability by type.
_Action = tuple[str, FloatArray, FloatArray]


class _One:
    """One game, its choices as arrays by type, and the expected utilities that follow."""

    def __init__(self, utilities: Utilities, plays: Plays, game: int) -> None:
        self.rationality = float(utilities.rationality[game])
        self.prior_c = utilities.prior_challenger[game]
        self.prior_g = utilities.prior_guarantor[game]
        self._c = dict(zip(OUTCOMES, utilities.challenger[game].T, strict=True))
        self._g = dict(zip(OUTCOMES, utilities.guarantor[game].T, strict=True))
        self._attributed = float(utilities.attributed[game])
        self._plays = plays
        self._game = game

    def sets(self) -> Iterator[tuple[str, str, tuple[_Action, ...]]]:
        """Player, information set without its type, and actions, from the ends to the opening."""
        plays, g = self._plays, self._game
        opening = plays.opening[g]
        probed = _belief(self.prior_c, opening[:, 1])
        attackers = _belief(self.prior_c, opening[:, 2])
        probe = np.zeros_like(self.prior_c)
        for x, signal in enumerate(("attributed", "ambiguous")):
            yield from self._after_probe(x, signal, probed)
            share = self._attributed if x == 0 else 1 - self._attributed
            probe = probe + share * self._probe(x, signal)
        honour, press = plays.honour_attacked[g], plays.press_attacked[g]
        yield self._press("C4", "attack", press)
        yield self._honour("G3", "attack", honour, attackers @ press)
        faced = self._met("attack", press, self.prior_g @ honour)
        actions = ("comply", "probe", "attack")
        values = (self._c["comply"], probe, faced)
        yield "Challenger", "C1", tuple(zip(actions, values, opening.T, strict=True))

    def _after_probe(
        self, x: int, signal: str, probed: FloatArray
    ) -> Iterator[tuple[str, str, tuple[_Action, ...]]]:
        plays, g, c, u = self._plays, self._game, self._c, self._g
        mark = signal[0] if x == 0 else "m"
        respond, escalate = plays.respond[g, x], plays.escalate[g, x]
        honour, press = plays.honour_escalated[g, x], plays.press_escalated[g]
        yield self._press(f"C3{mark}", "escalated", press)
        escalated = _belief(probed, escalate)
        yield self._honour(f"G2{mark}", "escalated", honour, escalated @ press)
        responders = _belief(self.prior_g, respond)
        back, on = (
            c[f"probe_backed_down_{signal}"],
            self._met("escalated", press, responders @ honour),
        )
        yield "Challenger", f"C2{mark}", _two("back down", back, "escalate", on, escalate)
        # Against each type of challenger: it escalates or not, presses or not.
        fought = press * u["escalated_pressed"][:, None]
        fought = fought + (1 - press) * u["escalated_retreated"][:, None]
        met = honour[:, None] * fought + (1 - honour[:, None]) * u["escalated_reneged"][:, None]
        then = escalate * met + (1 - escalate) * u[f"probe_backed_down_{signal}"][:, None]
        ignored = u[f"probe_ignored_{signal}"]
        yield "Guarantor", f"G1{mark}", _two("ignore", ignored, "respond", then @ probed, respond)

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

    def _press(
        self, name: str, stage: str, press: FloatArray
    ) -> tuple[str, str, tuple[_Action, ...]]:
        left, pressed = self._c[f"{stage}_retreated"], self._c[f"{stage}_pressed"]
        return "Challenger", name, _two("retreat", left, "press", pressed, press)

    def _honour(
        self, name: str, stage: str, honour: FloatArray, pressed: float
    ) -> tuple[str, str, tuple[_Action, ...]]:
        u = self._g
        fought = pressed * u[f"{stage}_pressed"] + (1 - pressed) * u[f"{stage}_retreated"]
        return "Guarantor", name, _two("renege", u[f"{stage}_reneged"], "honour", fought, honour)


def _two(
    no: str, without: FloatArray, yes: str, with_it: FloatArray, chance: FloatArray
) -> tuple[_Action, ...]:
    return (no, without, 1 - chance), (yes, with_it, chance)


def _belief(prior: FloatArray, likelihood: FloatArray) -> FloatArray:
    """Bayes' rule."""
    joint = prior * likelihood
    return np.asarray(joint / joint.sum())
