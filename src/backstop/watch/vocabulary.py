"""The words a record may use. They are the monitoring mission's own; others are crosswalked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

#: Kinds of act: what the OSCE mission in Ukraine counted and reported, 2014 to 2022, and the few
#: that other sources need.
KINDS = frozenset({
    "explosion", "projectile_in_flight", "muzzle_flash", "illumination_flare", "burst", "shot",
    "armed_clash", "attack", "air_strike", "missile_strike", "drone_strike", "interception",
    "mine_explosion", "ied_explosion", "thermal_anomaly",
    "weapon_in_violation_of_withdrawal_line", "weapon_outside_storage",
    "incursion_disengagement_area", "force_movement", "line_moved", "withdrawal",
    "uav_flight", "aircraft_flight", "mine_or_uxo", "fortification",
    "freedom_of_movement_restriction", "threat_to_monitor", "jamming",
    "damage", "casualty", "live_fire_exercise", "abduction", "cyber", "fire",
    "violence_against_civilians", "alert", "other",
})  # fmt: skip
#: A tally may also count all violations together.
TALLY_KINDS = KINDS | {"ceasefire_violation", "burst_or_shot"}
#: Plurals that are not the word with an s.
PLURALS = {
    "armed_clash": "armed clashes", "muzzle_flash": "muzzle flashes", "casualty": "casualties",
    "projectile_in_flight": "projectiles in flight", "burst_or_shot": "bursts or shots",
    "weapon_in_violation_of_withdrawal_line": "weapons in violation of a withdrawal line",
    "weapon_outside_storage": "weapons outside storage", "mine_or_uxo": "mines or duds",
    "incursion_disengagement_area": "incursions into a disengagement area",
    "freedom_of_movement_restriction": "restrictions of movement",
    "threat_to_monitor": "threats to monitors", "line_moved": "moves of the line",
    "violence_against_civilians": "cases of violence against civilians",
    "jamming": "cases of jamming", "damage": "cases of damage", "cyber": "cyber incidents",
    "other": "other acts",
}  # fmt: skip
#: What is known of an explosion, or of a round that was heard.
DETAILS = frozenset({"", "undetermined", "impact", "outgoing", "airburst"})
#: Weapon classes, in the classes that the agreements of Minsk use.
WEAPON_CLASSES = frozenset({
    "unknown", "small_arms", "heavy_machine_gun", "grenade_launcher", "anti_tank", "ifv_apc",
    "tank", "mortar", "artillery", "mlrs", "tactical_missile", "air_defence", "aircraft", "uav",
    "mine", "ied", "heavy_weapon", "none",
})  # fmt: skip
DIRECTIONS = frozenset({"in", "out", "both", "unknown"})
EFFECTS = frozenset({"impact", "crater", "damage", "casualty"})
MEANS = frozenset({
    "heard", "seen", "heard_and_seen", "camera", "uav", "acoustic", "radar", "satellite",
    "crater_analysis", "party_report", "media", "civilian", "compiled", "unknown",
})  # fmt: skip
EFFORT_KINDS = frozenset({"patrol", "post", "camera", "uav", "acoustic", "radar", "satellite"})
ACCESS_KINDS = frozenset({"denial", "delay", "conditional"})
JAMMING_TARGETS = frozenset({"gnss", "uav_control", "radio", "camera", "unknown"})
RELIABILITY = frozenset("ABCDEF")
CREDIBILITY = frozenset(range(1, 7))
VERIFICATION = frozenset({
    "reported", "corroborated", "verified", "investigated", "refuted", "withdrawn",
})  # fmt: skip
#: Who may see it, from everybody to named persons (FIRST Traffic Light Protocol 2.0 in brackets).
HANDLING = frozenset({
    "public",        # TLP:CLEAR
    "commission",    # TLP:GREEN: the parties' joint commission
    "mission",       # TLP:AMBER: the mission's own people
    "restricted",    # TLP:RED: named persons
})  # fmt: skip

#: The two rules of 26 March 2021 (494 against 4), and those of the sources read here.
EACH_ROUND_OR_BURST = "each-round-or-burst@1"
CONTINUOUS_EPISODE = "continuous-episode-one-direction@1"
ONE_INCIDENT = "one-incident@1"
LETHAL_EVENT = "ucdp-lethal-event@1"
SOURCE_EVENT = "source-event@1"
NEWS_EVENT_A_DAY = "viina-one-event-a-day@1"
DETECTION = "satellite-pixel@1"


def known(words: Collection[Any], word: object, what: str) -> None:
    """Raise a ``ValueError`` that lists what may stand there, if the word may not."""
    if word not in words:
        listed = ", ".join(str(one) for one in sorted(words) if one != "")
        raise ValueError(f"{what} {str(word)[:60]!r} is not one of: {listed}")


def plural(kind: str) -> str:
    """Several of a kind of act, in words."""
    return PLURALS.get(kind, f"{kind.replace('_', ' ')}s")
