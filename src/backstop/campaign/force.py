"""Both armies in the kernel's rows: strengths, replacements, break-off, ammunition, aircraft."""

from __future__ import annotations

import numpy as np

from backstop.campaign import parameters as at
from backstop.campaign.arrivals import TYPES, Arrivals
from backstop.campaign.battle import Fill
from backstop.campaign.draws import Draws, Floats, party_of
from backstop.scenario.campaign import Army, Campaign
from backstop.scenario.scenario import Case

#: Sorties by which air power is counted.
SORTIES = 100.0
#: A reserve is never the whole of an army: somebody stands on the line.
MOST_RESERVE = 0.95


def strengths(case: Case, army: Army, path: str, draws: Draws) -> Floats:
    """Brigade equivalents of an army on this line, by type. (3, worlds)."""
    nation = party_of(case, army.party).nation
    found = np.zeros((len(TYPES), len(draws)))
    for place, force in enumerate(army.forces):
        here = f"{path}.forces[{place}]"
        if force.stock is not None:
            stock = draws.get(f"nations[{nation}].stocks.{force.stock}")
            items = np.zeros(len(draws)) if stock is None else stock
            brigades = items * draws[f"{here}.brigades_per_item"]
        else:
            brigades = draws[f"{here}.brigades"]
        share = draws[f"{here}.usable_share"] * draws[f"{here}.front_share"]
        found[TYPES.index(force.type)] = brigades * share
    return found


def fill_army(
    fill: Fill, case: Case, army: Army, draws: Draws, *, scale: Floats, attacker: bool
) -> Floats:
    """The rows of one army; returns its strengths by type. (3, worlds)."""
    path = "campaign.attacker" if attacker else "campaign.protected"
    force = strengths(case, army, path, draws) * scale
    reserve = np.minimum(draws[f"{path}.reserve_share"], MOST_RESERVE)
    line, depth, inflow = (
        (at.ATTACKER_LINE, at.ATTACKER_RESERVE, at.ATTACKER_INFLOW)
        if attacker
        else (at.PROTECTED_LINE, at.PROTECTED_RESERVE, at.PROTECTED_INFLOW)
    )
    fresh = replacements(army, path, force, draws)
    for k in range(len(TYPES)):
        fill(line + k, force[k] * (1 - reserve))
        fill(depth + k, force[k] * reserve)
        fill(inflow + k, fresh[k])
    commit = _rate(draws["battle.command.commit_days"])
    # At this rate of return the share held in depth stays what it was.
    release = np.minimum(commit * reserve / (1 - reserve), 1.0)
    fill(at.ATTACKER_COMMIT if attacker else at.DEFENDER_COMMIT, commit)
    fill(at.ATTACKER_RELEASE if attacker else at.DEFENDER_RELEASE, release)
    mass = sum(draws[f"battle.types[{name}].mass"] * force[k] for k, name in enumerate(TYPES))
    broken = mass * (1 - draws[f"{path}.break_share"])
    fill(at.ATTACKER_BREAK if attacker else at.DEFENDER_BREAK, broken)
    return force


def replacements(army: Army, path: str, force: Floats, draws: Draws) -> Floats:
    """Brigade equivalents that join a day, in the proportions of the force. (3, worlds)."""
    troops = np.maximum(draws["campaign.brigade_troops"], 1.0)
    total = force.sum(axis=0)
    share = np.where(total > 0, force / np.where(total > 0, total, 1.0), 0.0)
    fresh: Floats = share * (draws[f"{path}.replacements_per_day"] / troops)
    return fresh


def fill_supply(
    fill: Fill, case: Case, campaign: Campaign, draws: Draws, *, backstop: Floats
) -> None:
    """Ammunition: days of full fire from stocks, then what the daily supply sustains.

    The plan rations it: neither depends on how many are left to fire, so that more troops never
    leave the others without shells.
    """
    attacker, own = (draws[f"campaign.{x}.supply_share"] for x in ("attacker", "protected"))
    sides = (
        (at.ATTACKER_SHELL_DAYS, at.ATTACKER_RATION, "attacker", attacker),
        (
            at.DEFENDER_SHELL_DAYS,
            at.DEFENDER_RATION,
            "protected",
            own + _pipeline(case, campaign, draws, backstop),
        ),
    )
    for days, ration, side, supply in sides:
        supply = np.minimum(supply, 1.0)
        stock = draws[f"campaign.{side}.ammunition_days"]
        # The stock covers what the supply does not.
        lasts = stock / np.maximum(1.0 - supply, 1e-6)
        fill(days, np.minimum(lasts, 1e6))
        fill(ration, supply)


def _pipeline(case: Case, campaign: Campaign, draws: Draws, backstop: Floats) -> Floats:
    """Share of full fire that the design's deliveries sustain. (worlds,)."""
    arms = case.design.arms
    if arms is None or campaign.arms is None:
        return np.zeros(len(draws))
    path = f"designs[{case.design.id}].arms"
    lost = draws[f"{path}.backstop_share"] * (1 - backstop)
    delivered = draws[f"{path}.usd_bn_per_year"] * (1 - lost)
    full = draws["campaign.arms.usd_bn_full_supply"]
    return np.where(full > 0, np.minimum(delivered / np.maximum(full, 1e-9), 1.0), 1.0)


def fill_air(
    fill: Fill,
    case: Case,
    campaign: Campaign,
    draws: Draws,
    arrivals: Arrivals,
    *,
    scales: tuple[Floats, Floats],
) -> Floats:
    """Air power of both armies; returns what one aircraft of the guarantor is worth. (worlds,).

    Sorties a day are aircraft × availability × rate. Where air defences are not suppressed they
    have less effect and more losses.
    """
    effect = draws["battle.air.brigades_per_100_sorties"] / SORTIES
    weak = draws["battle.air.unsuppressed_share"]
    safe = draws["battle.air.loss_per_100_sorties"] / SORTIES
    risky = np.maximum(draws["battle.air.unsuppressed_loss_per_100_sorties"] / SORTIES, safe)
    armies = ((campaign.attacker, "attacker"), (campaign.protected, "protected"))
    rows = ((at.ATTACKER_AIR, at.ATTACKER_AIR_KEEP), (at.PROTECTED_AIR, at.PROTECTED_AIR_KEEP))
    for (army, side), (power, keep), scale in zip(armies, rows, scales, strict=True):
        path = f"campaign.{side}"
        if army.aircraft_stock is None:
            fill(power, 0.0)
            fill(keep, 1.0)
            continue
        stock = draws.get(
            f"nations[{party_of(case, army.party).nation}].stocks.{army.aircraft_stock}"
        )
        aircraft = np.zeros(len(draws)) if stock is None else stock * scale
        rate = draws[f"{path}.sorties_per_aircraft_day"]
        fill(power, aircraft * draws[f"{path}.aircraft_share"] * rate * effect * weak)
        fill(keep, np.clip(1 - rate * risky, 0.0, 1.0))
    fill(at.CONTEST, draws["battle.air.contest"])
    if case.design.air is None:
        fill(at.GUARANTOR_AIR_KEEP, 1.0)
        return np.zeros(len(draws))
    path = f"designs[{case.design.id}].air"
    rate = draws[f"{path}.availability_share"] * draws[f"{path}.sorties_per_aircraft_day"]
    covered = arrivals.suppression
    fill(at.GUARANTOR_AIR_KEEP, np.clip(1 - rate * (covered * safe + (1 - covered) * risky), 0, 1))
    worth: Floats = rate * effect * (covered + (1 - covered) * weak)
    return worth


def _rate(days: Floats) -> Floats:
    """What happens in a day of something that takes so many to 1 - 1/e."""
    rate: Floats = 1 - np.exp(-1 / np.maximum(days, 1e-3))
    return rate
