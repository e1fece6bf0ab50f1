"""What a quarter that did not end the ceasefire teaches about both sides' resolve.

Everybody sees the same: that nothing was done, that a probe was ignored, or that one was answered
and given up, and whether it could be pinned on its author. What each side does depends on its own
type alone, so the likelihood of what is seen is a product of one factor a side, and beliefs that
were independent stay so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.deterrence.crisis import SIGNALS, Plays

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: What may be seen of a quarter after which the ceasefire stands.
QUIET, IGNORED, ANSWERED = 0, 1, 3
SEEN = ("quiet", *(f"{what}, {signal}" for what in ("ignored", "answered") for signal in SIGNALS))


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """What everybody believes of both sides' types, shape (worlds, types) each."""

    challenger: FloatArray
    guarantor: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """How likely each thing is to be seen, by type of either side."""

    challenger: FloatArray
    """Factor of the challenger's types, shape (worlds, 5, types)."""
    guarantor: FloatArray
    """Factor of the guarantor's types, shape (worlds, 5, types)."""

    @classmethod
    def of(cls, plays: Plays, *, review: FloatArray, attributed: FloatArray) -> Sight:
        """From how a crisis is played.

        Parameters
        ----------
        plays : Plays
        review : array, shape (worlds,)
            Chance that the challenger weighs its choice at all in the quarter.
        attributed : array, shape (worlds,)
            Chance that a probe is attributed.
        """
        weighed = review[:, None]
        quiet = 1 - weighed + weighed * plays.opening[:, :, 0]
        signal = np.stack((attributed, 1 - attributed), axis=1)[:, :, None]
        probes = signal * (weighed * plays.opening[:, :, 1])[:, None, :]
        own = (quiet[:, None], probes, probes * (1 - plays.escalate))
        other = (np.ones_like(quiet)[:, None], 1 - plays.respond, plays.respond)
        return cls(np.concatenate(own, axis=1), np.concatenate(other, axis=1))

    def chances(self, beliefs: Beliefs) -> FloatArray:
        """Chance of each thing seen, the ceasefire standing after it, shape (worlds, 5)."""
        own = np.einsum("wet,wt->we", self.challenger, beliefs.challenger)
        return np.asarray(own * np.einsum("wet,wt->we", self.guarantor, beliefs.guarantor))

    def draw(self, beliefs: Beliefs, uniforms: FloatArray) -> IntArray:
        """What is seen in each world, given that the ceasefire stands, shape (worlds,)."""
        rising = np.cumsum(self.chances(beliefs), axis=1)
        passed = uniforms[:, None] * rising[:, -1:] >= rising
        return np.asarray(np.minimum(passed.sum(axis=1), len(SEEN) - 1))

    def learnt(self, beliefs: Beliefs, seen: IntArray) -> Beliefs:
        """Beliefs after what was seen in each world, by Bayes' rule."""
        rows = np.arange(len(seen))
        return Beliefs(
            _bayes(beliefs.challenger, self.challenger[rows, seen]),
            _bayes(beliefs.guarantor, self.guarantor[rows, seen]),
        )


def renewed(beliefs: Beliefs, *, prior: FloatArray, share: FloatArray) -> Beliefs:
    """The same once some types have been drawn anew: a chance of ``share``, shape (worlds,)."""
    kept = (1 - share)[:, None]
    anew = share[:, None] * prior
    return Beliefs(kept * beliefs.challenger + anew, kept * beliefs.guarantor + anew)


def on_record(
    beliefs: Beliefs,
    sight: Sight,
    *,
    quarters: FloatArray,
    probed: FloatArray,
    share: FloatArray,
) -> Beliefs:
    """Beliefs about the challenger after quarters of which only probe or quiet is on record.

    A quarter's likelihood is that of a probe, answered or not, or that of quiet, the ceasefire
    standing after it. The record does not say in which quarters the probes came: they are taken as
    spread evenly over it, so that each quarter counts with the mean of its log-likelihood. Between
    quarters types are drawn anew as ever, and old quarters so count for less. Nothing is learnt of
    the guarantor.

    Parameters
    ----------
    beliefs : Beliefs
        Before the record.
    sight : Sight
        How likely each thing is to be seen in a quarter.
    quarters, probed : array, shape (worlds,)
        Quarters on record, and in how many of them the challenger probed; where the second is
        larger it counts for both.
    share : array, shape (worlds,)
        Chance that types are drawn anew from one quarter to the next.
    """
    length = np.maximum(quarters, probed)
    part = np.where(length > 0, probed / np.where(length > 0, length, 1.0), 0.0)[:, None]
    probe = np.einsum(
        "wet,we->wt",
        sight.challenger[:, 1:],
        np.einsum("wej,wj->we", sight.guarantor[:, 1:], beliefs.guarantor),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        quiet = np.where(part < 1, (1 - part) * np.log(sight.challenger[:, QUIET]), 0.0)
        each = quiet + np.where(part > 0, part * np.log(probe), 0.0)
    each = each - np.max(np.where(np.isfinite(each), each, -1e300), axis=1, keepdims=True)
    now, prior = beliefs.challenger, beliefs.challenger
    for number in range(int(np.ceil(np.max(length, initial=0.0)))):
        weight = np.clip(length - number, 0.0, 1.0)[:, None]
        with np.errstate(invalid="ignore"):
            likelihood = np.where(weight > 0, np.exp(weight * each), 1.0)
        now = _bayes(now, likelihood)
        anew = weight * share[:, None]
        now = (1 - anew) * now + anew * prior
    return Beliefs(now, beliefs.guarantor)


def _bayes(prior: FloatArray, likelihood: FloatArray) -> FloatArray:
    """Bayes' rule by row; the prior where nothing seen was possible."""
    joint = prior * likelihood
    total = joint.sum(axis=1, keepdims=True)
    return np.where(total > 0, joint / np.where(total > 0, total, 1.0), prior)
