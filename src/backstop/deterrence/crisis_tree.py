"""The crisis game of one world, declared: what the fast kernel has to agree with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from backstop.deterrence.crisis import OUTCOMES, Utilities
from backstop.deterrence.grow import Branch, Chance, Decision, End, grow
from backstop.deterrence.number import exact
from backstop.deterrence.tree import Tree

CHALLENGER = "Challenger"
GUARANTOR = "Guarantor"


def crisis_tree(utilities: Utilities, *, game: int = 0, honour: float | None = None) -> Tree:
    """The tree of one game of a batch; ``write_efg`` turns it into a file for Gambit.

    Chance draws both types, each player sees its own, and the crisis follows. Information sets
    are labelled by stage, signal (``a`` attributed, ``m`` ambiguous) and type: ``C1_0`` the
    opening, ``G1a_0`` respond or ignore, ``C2a_0`` back down or escalate, ``G2a_0`` honour or
    renege, ``C3a_0`` press or retreat; ``G3_0`` and ``C4_0`` honour and press after an attack.

    Parameters
    ----------
    utilities
        A batch of games.
    game
        Which of them.
    honour
        Probability of honouring where that is not the guarantor's choice but a chance move.

    Raises
    ------
    InputError
        Probabilities that are none, payoffs that are not finite.
    """
    teller = _Teller(utilities, game, honour)
    challengers = _shares(utilities.prior_challenger[game].tolist())
    guarantors = _shares(utilities.prior_guarantor[game].tolist())
    pairs = {
        f"{i}/{j}": (p * q, teller.opening(i, j))
        for i, p in enumerate(challengers)
        for j, q in enumerate(guarantors)
    }
    root = Chance("types", pairs) if len(pairs) > 1 else next(b for _, b in pairs.values())
    return grow("Crisis", players=(CHALLENGER, GUARANTOR), root=root)


def _shares(prior: list[float]) -> list[Fraction]:
    """The prior exactly, so that it sums to one."""
    weights = [exact(p) for p in prior]
    return [weight / sum(weights) for weight in weights]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells the crisis between one type of challenger and one of guarantor."""

    utilities: Utilities
    game: int
    honour: float | None

    def opening(self, i: int, j: int) -> Branch:
        attributed = exact(float(self.utilities.attributed[self.game]))
        probe = Chance(
            "signal",
            {
                "attributed": (attributed, self._probed(i, j, "attributed")),
                "ambiguous": (1 - attributed, self._probed(i, j, "ambiguous")),
            },
        )
        attack = self._answered(i, j, stage="attack", sets=(f"G3_{j}", f"C4_{i}"))
        comply = self._end("comply", i, j)
        actions: dict[str, Branch] = {"comply": comply, "probe": probe, "attack": attack}
        return Decision(CHALLENGER, f"C1_{i}", actions)

    def _probed(self, i: int, j: int, signal: str) -> Branch:
        x = "a" if signal == "attributed" else "m"
        escalated = self._answered(i, j, stage="escalated", sets=(f"G2{x}_{j}", f"C3{x}_{i}"))
        backed = self._end(f"probe_backed_down_{signal}", i, j)
        respond = Decision(CHALLENGER, f"C2{x}_{i}", {"back down": backed, "escalate": escalated})
        ignore = self._end(f"probe_ignored_{signal}", i, j)
        return Decision(GUARANTOR, f"G1{x}_{j}", {"ignore": ignore, "respond": respond})

    def _answered(self, i: int, j: int, *, stage: str, sets: tuple[str, str]) -> Branch:
        pressed = Decision(
            CHALLENGER,
            sets[1],
            {
                "retreat": self._end(f"{stage}_retreated", i, j),
                "press": self._end(f"{stage}_pressed", i, j),
            },
        )
        reneged = self._end(f"{stage}_reneged", i, j)
        if self.honour is not None:
            chance = exact(self.honour)
            return Chance(
                f"H{sets[0]}", {"renege": (1 - chance, reneged), "honour": (chance, pressed)}
            )
        return Decision(GUARANTOR, sets[0], {"renege": reneged, "honour": pressed})

    def _end(self, outcome: str, i: int, j: int) -> End:
        place = OUTCOMES.index(outcome)
        own = self.utilities.challenger[self.game, i, place]
        other = self.utilities.guarantor[self.game, j, place]
        return End(f"{outcome} {i}/{j}", (float(own), float(other)))


def play_choices(types: int) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    """Where each probability of `Plays` stands in the tree: set, action, field, index.

    Parameters
    ----------
    types
        Types a side.
    """
    for i in range(types):
        for place, action in enumerate(("comply", "probe", "attack")):
            yield f"C1_{i}", action, "opening", (i, place)
        for place, x in enumerate("am"):
            yield f"G1{x}_{i}", "respond", "respond", (place, i)
            yield f"C2{x}_{i}", "escalate", "escalate", (place, i)
            yield f"G2{x}_{i}", "honour", "honour_escalated", (place, i)
            yield f"C3{x}_{i}", "press", "press_escalated", (i,)
        yield f"G3_{i}", "honour", "honour_attacked", (i,)
        yield f"C4_{i}", "press", "press_attacked", (i,)
