"""Expected utilities at every information set of one crisis, from its utilities and choices.

They are what the choices answer to: by softmax everywhere but where the members together decide
to honour, which the collective's curve answers at x = λ (EU honour - EU renege).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.crisis import OUTCOMES, SIGNALS, Plays, Utilities

FloatArray = npt.NDArray[np.float64]

_AT = {outcome: place for place, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Stand:
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


class Expectation:
    """Beliefs and expected utilities of one game of a batch."""

    def __init__(self, utilities: Utilities, plays: Plays, *, game: int, curve: bool) -> None:
        self.challenger = utilities.challenger[game]
        self.guarantor = utilities.guarantor[game]
        self.signal = np.array([utilities.attributed[game], 1 - utilities.attributed[game]])
        self.prior = (utilities.prior_challenger[game], utilities.prior_guarantor[game])
        self.open = plays.opening[game]
        self.respond = plays.respond[game]
        self.escalate = plays.escalate[game]
        self.honour_escalated = plays.honour_escalated[game]
        self.press_escalated = plays.press_escalated[game]
        self.honour_attacked = plays.honour_attacked[game]
        self.press_attacked = plays.press_attacked[game]
        self.curve = curve

    def stands(self) -> Iterator[Stand]:
        """Every information set of every type, in the order of the crisis."""
        yield from (self._opening(i) for i in range(len(self.challenger)))
        for signal in range(len(SIGNALS)):
            yield from (self._respond(signal, j) for j in range(len(self.guarantor)))
            yield from (self._escalate(signal, i) for i in range(len(self.challenger)))
            yield from (self._honour_escalated(signal, j) for j in range(len(self.guarantor)))
        yield from (self._press("escalated", i) for i in range(len(self.challenger)))
        yield from (self._honour_attacked(j) for j in range(len(self.guarantor)))
        yield from (self._press("attack", i) for i in range(len(self.challenger)))

    def _of(self, side: FloatArray, type_: int, outcome: str) -> float:
        return float(side[type_, _AT[outcome]])

    def _fought(self, stage: str, i: int) -> float:
        """To the challenger, once it is honoured against."""
        press = (self.press_attacked if stage == "attack" else self.press_escalated)[i]
        pressed = self._of(self.challenger, i, f"{stage}_pressed")
        return float(
            press * pressed + (1 - press) * self._of(self.challenger, i, f"{stage}_retreated")
        )

    def _honoured(self, stage: str, j: int, belief: FloatArray) -> float:
        """To the guarantor, once it honours against challengers believed to be of these types."""
        press = self.press_attacked if stage == "attack" else self.press_escalated
        pressed = self._of(self.guarantor, j, f"{stage}_pressed")
        retreated = self._of(self.guarantor, j, f"{stage}_retreated")
        return float(belief @ (press * pressed + (1 - press) * retreated))

    def _escalated(self, signal: int, i: int) -> float:
        """To the challenger, from escalating after an answered probe."""
        belief = _posterior(self.prior[1], self.respond[signal])
        honour = float(belief @ self.honour_escalated[signal])
        reneged = self._of(self.challenger, i, "escalated_reneged")
        return (1 - honour) * reneged + honour * self._fought("escalated", i)

    def _opening(self, i: int) -> Stand:
        own = self.challenger
        probe = 0.0
        for signal, name in enumerate(SIGNALS):
            answered = float(self.prior[1] @ self.respond[signal])
            escalate = self.escalate[signal, i]
            backed = self._of(own, i, f"probe_backed_down_{name}")
            after = escalate * self._escalated(signal, i) + (1 - escalate) * backed
            ignored = self._of(own, i, f"probe_ignored_{name}")
            probe += self.signal[signal] * ((1 - answered) * ignored + answered * after)
        honour = float(self.prior[1] @ self.honour_attacked)
        reneged = self._of(own, i, "attack_reneged")
        attack = (1 - honour) * reneged + honour * self._fought("attack", i)
        expected = {"comply": self._of(own, i, "comply"), "probe": float(probe), "attack": attack}
        chosen = dict(zip(expected, map(float, self.open[i]), strict=True))
        return Stand("challenger", "opening", i, _tuple(self.prior[1]), expected, chosen, False)

    def _respond(self, signal: int, j: int) -> Stand:
        name = SIGNALS[signal]
        belief = _posterior(self.prior[0], self.open[:, 1])
        escalate = self.escalate[signal]
        reneged = self._of(self.guarantor, j, "escalated_reneged")
        honour = self.honour_escalated[signal, j]
        escalating = _posterior(belief, escalate)
        fought = self._honoured("escalated", j, escalating)
        after = honour * fought + (1 - honour) * reneged
        share = float(belief @ escalate)
        backed = self._of(self.guarantor, j, f"probe_backed_down_{name}")
        expected = {
            "respond": float(share * after + (1 - share) * backed),
            "ignore": self._of(self.guarantor, j, f"probe_ignored_{name}"),
        }
        place = f"answer to a probe, {name}"
        chosen = _two(expected, self.respond[signal, j])
        return Stand("guarantor", place, j, _tuple(belief), expected, chosen, False)

    def _escalate(self, signal: int, i: int) -> Stand:
        name = SIGNALS[signal]
        expected = {
            "escalate": self._escalated(signal, i),
            "back_down": self._of(self.challenger, i, f"probe_backed_down_{name}"),
        }
        belief = _posterior(self.prior[1], self.respond[signal])
        place = f"after the answer, {name}"
        chosen = _two(expected, self.escalate[signal, i])
        return Stand("challenger", place, i, _tuple(belief), expected, chosen, False)

    def _honour_escalated(self, signal: int, j: int) -> Stand:
        belief = _posterior(self.prior[0], self.open[:, 1] * self.escalate[signal])
        expected = {
            "honour": self._honoured("escalated", j, belief),
            "renege": self._of(self.guarantor, j, "escalated_reneged"),
        }
        place = f"answer to an escalation, {SIGNALS[signal]}"
        chosen = _two(expected, self.honour_escalated[signal, j])
        return Stand("guarantor", place, j, _tuple(belief), expected, chosen, self.curve)

    def _honour_attacked(self, j: int) -> Stand:
        belief = _posterior(self.prior[0], self.open[:, 2])
        expected = {
            "honour": self._honoured("attack", j, belief),
            "renege": self._of(self.guarantor, j, "attack_reneged"),
        }
        chosen = _two(expected, self.honour_attacked[j])
        place = "answer to an attack"
        return Stand("guarantor", place, j, _tuple(belief), expected, chosen, self.curve)

    def _press(self, stage: str, i: int) -> Stand:
        expected = {
            "press": self._of(self.challenger, i, f"{stage}_pressed"),
            "retreat": self._of(self.challenger, i, f"{stage}_retreated"),
        }
        press = (self.press_attacked if stage == "attack" else self.press_escalated)[i]
        place = f"honoured after an {'attack' if stage == 'attack' else 'escalation'}"
        return Stand("challenger", place, i, (), expected, _two(expected, press), False)


def _posterior(prior: FloatArray, likelihood: FloatArray) -> FloatArray:
    """Bayes' rule; the prior where the set is reached by nobody."""
    joint = prior * likelihood
    total = float(joint.sum())
    return joint / total if total > 0 else prior


def _two(expected: dict[str, float], first: float) -> dict[str, float]:
    yes, no = expected
    return {yes: float(first), no: 1.0 - float(first)}


def _tuple(belief: FloatArray) -> tuple[float, ...]:
    return tuple(float(p) for p in belief)
