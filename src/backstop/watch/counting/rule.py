"""Counting rules: named, versioned, and never changed once published."""

from __future__ import annotations

from dataclasses import dataclass

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.watch.vocabulary import CONTINUOUS_EPISODE, EACH_ROUND_OR_BURST, ONE_INCIDENT

#: What the OSCE mission counted one by one: 2,660 explosions, 911 projectiles in flight, 90 muzzle
#: flashes, 54 flares and 2,579 bursts and shots were its 6,294 violations (UNIAN, January 2021).
ROUND_KINDS = frozenset({
    "explosion", "projectile_in_flight", "muzzle_flash", "illumination_flare", "burst", "shot",
    "burst_or_shot",
})  # fmt: skip
#: Fire of any kind, for rules that count events.
FIRE_KINDS = ROUND_KINDS | {
    "armed_clash", "attack", "air_strike", "missile_strike", "drone_strike",
    "live_fire_exercise",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """How acts become a number."""

    name: str
    version: int
    title: str
    unit: str
    """What is counted: ``round``, ``episode`` or ``incident``."""
    kinds: frozenset[str]
    """Kinds of act that count at all."""
    also_called: tuple[str, ...] = ()
    """Names that records use for the same rule."""
    gap_minutes: float = 0.0
    """Silence that ends an episode."""
    within_km: float = 0.0
    """How far apart acts of one episode may be, each from the next."""
    turn_deg: float = 0.0
    """How far apart their directions may be, each from the next."""

    @property
    def key(self) -> str:
        """Name and version, as every figure gives it."""
        return f"{self.name}@{self.version}"


ROUNDS = Rule(
    "rounds", 1, "each explosion, projectile in flight, muzzle flash, flare, burst or shot",
    "round", ROUND_KINDS, (EACH_ROUND_OR_BURST,),
)  # fmt: skip
#: One party counted "a continuous episode in one direction" (ukranews, April 2021). How long a
#: pause ends one, and how wide a direction is, was not published: the three numbers are judgement.
EPISODES = Rule(
    "episode", 1, "one continuous episode in one direction: pauses up to 60 minutes, acts within "
    "3 km and 45 degrees of the one before", "episode", FIRE_KINDS, (CONTINUOUS_EPISODE,),
    gap_minutes=60.0, within_km=3.0, turn_deg=45.0,
)  # fmt: skip
INCIDENTS = Rule(
    "incident", 1, "one incident, whatever was fired in it", "incident", FIRE_KINDS,
    (ONE_INCIDENT,),
)  # fmt: skip
RULES = (ROUNDS, EPISODES, INCIDENTS)
#: A total of all violations counts by the rule that its own figure names.
TOTAL_KIND = "ceasefire_violation"


def rule_of(name: str) -> Rule:
    """The rule of that name and version, or of that other name.

    Raises
    ------
    InputError
        When there is none.
    """
    for rule in RULES:
        if name == rule.key or name in rule.also_called:
            return rule
    known = [rule.key for rule in RULES]
    message = f"there is no counting rule {name[:60]!r}{did_you_mean(name, known)}"
    raise InputError([Problem("counting", 0, 0, "rule", message)])


def same_rule(first: str, second: str) -> bool:
    """Whether two names mean one rule."""
    return _canonical(first) == _canonical(second)


def _canonical(name: str) -> str:
    return next((r.key for r in RULES if name == r.key or name in r.also_called), name)


def refusal(message: str) -> InputError:
    """A question that the counting rules leave without an answer."""
    return InputError([Problem("counting", 0, 0, "", message)])
