"""The fighting in one sector on one day, as the kernel compiles it."""

from __future__ import annotations

from typing import Any

import numpy as np

from backstop.campaign import parameters as at
from backstop.campaign import state as of
from backstop.campaign.lanes import exp2, inlined, interleaved, log2, normal, philox, written_in

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_TRACE = np.float32(at.TRACE)


@inlined
def draw_day(
    b: Any, day: Any, sector: Any, lanes: Any, given: Any, key: Any, replication: Any, s: Any
) -> None:
    """The day's luck of the cell that begins with this sector."""
    c1 = np.uint32(day * (given.cell[given.cell.shape[0] - 1] + 1) + given.cell[sector])
    c2 = np.uint32(at.BATTLE * at.DRAWS)
    for i in range(lanes):
        w0, w1, w2, w3 = philox(given.numbers[b, i], c1, c2, replication, key[0], key[1])
        s.whole[of.PACE, i] = normal(w0, w1)
        s.whole[of.HEAT, i] = normal(w2, w3)
    interleaved()


@inlined
def fight(b: Any, sector: Any, lanes: Any, given: Any, s: Any) -> None:
    """The day's fighting in one sector."""
    for i in range(lanes):
        place = look(b, sector, i, given, s)
        main = s.place[sector, of.EFFORT, i]
        stay = _ONE - given.world[b, at.ATTACKER_RELEASE, i]
        x0 = stay * s.place[sector, of.ATTACKER, i] + main * s.whole[of.SENT, i]
        x1 = stay * s.place[sector, of.ATTACKER + 1, i] + main * s.whole[of.SENT + 1, i]
        x2 = stay * s.place[sector, of.ATTACKER + 2, i] + main * s.whole[of.SENT + 2, i]
        stay = _ONE - given.world[b, at.DEFENDER_RELEASE, i]
        y0 = stay * s.place[sector, of.PROTECTED, i] + place * s.whole[of.SENT + 3, i]
        y1 = stay * s.place[sector, of.PROTECTED + 1, i] + place * s.whole[of.SENT + 4, i]
        y2 = stay * s.place[sector, of.PROTECTED + 2, i] + place * s.whole[of.SENT + 5, i]

        # Mass and fire of both sides, per kilometre of the sector.
        narrow = given.sector[b, sector, at.NARROW, i]
        order = s.whole[of.ORDER, i]
        a_mass = weigh(b, at.MASS, i, given, x0, x1, x2) * narrow
        a_fire = s.whole[of.ATTACKER_SHELLS, i] * weigh(b, at.FIRE, i, given, x0, x1, x2)
        a_fire = (a_fire + main * s.whole[of.AIR_THEIRS, i]) * narrow
        kept = s.place[sector, of.KEPT, i]
        g_mass = guarded(sector, at.WAVE_MASS, i, kept, s) + place * s.whole[of.REAR_TODAY, i]
        g_fire = guarded(sector, at.WAVE_FIRE, i, kept, s) + place * s.whole[of.REAR_TODAY + 1, i]
        s.whole[of.GUARANTOR, i] += g_mass
        d_mass = order * (weigh(b, at.MASS, i, given, y0, y1, y2) + g_mass) * narrow
        d_fire = s.whole[of.DEFENDER_SHELLS, i] * weigh(b, at.FIRE, i, given, y0, y1, y2)
        d_fire = order * (d_fire + g_fire + place * s.whole[of.AIR_OURS, i]) * narrow

        lost_a, lost_d = clash(b, sector, i, given, s, (a_mass, a_fire, d_mass, d_fire))
        settle(b, sector, i, given, s, (x0, x1, x2), lost_a, of.ATTACKER, of.SPENT)
        settle(b, sector, i, given, s, (y0, y1, y2), lost_d, of.PROTECTED, of.SPENT + 1)
        wear(b, sector, i, given, s, min(given.world[b, at.LOSS_CAP, i], lost_d), place)
    interleaved()


@inlined
def look(b: Any, sector: Any, i: Any, given: Any, s: Any) -> Any:
    """What the defender learns of the main effort, and how he stands by it."""
    main = s.place[sector, of.EFFORT, i]
    view = s.place[sector, of.SEEN, i] + given.world[b, at.LEARN, i] * (
        main - s.place[sector, of.SEEN, i]
    )
    s.place[sector, of.SEEN, i] = view
    follow = given.world[b, at.MIRROR, i]
    return (_ONE - follow) * given.weight[sector] + follow * view


@written_in
def guarded(sector: Any, row: Any, i: Any, kept: Any, s: Any) -> Any:
    """Mass or fire of the guarantor's force that holds a sector, as far as it is left."""
    exposed = s.place[sector, of.HELD + row + 2, i]
    return s.place[sector, of.HELD + row, i] + kept * exposed


@inlined
def clash(b: Any, sector: Any, i: Any, given: Any, s: Any, sides: Any) -> Any:
    """Attrition in Bracken's form, movement logistic in the log odds; both loss shares."""
    a_mass, a_fire, d_mass, d_fire = sides
    w = given.world
    depth = s.place[sector, of.FRONT, i]
    standing = s.place[sector, of.STANDING, i]
    works = _ONE + given.sector[b, sector, at.WORKS, i] * standing
    ground = log2(given.sector[b, sector, at.TERRAIN, i] * works)
    bent = log2(_ONE + w[b, at.FLANK, i] * depth)
    cover = ground - bent
    log_a = log2(max(a_mass, _TRACE))
    log_d = log2(max(d_mass, _TRACE))
    tempo = s.whole[of.TEMPO, i]
    active = s.whole[of.ACTIVE, i] if a_mass > _TRACE else _ZERO
    shelter = w[b, at.COVER_POWER, i] * cover
    blow = w[b, at.LOSS_SPREAD, i] * s.whole[of.HEAT, i]
    week = w[b, at.SPEED_WEEK, i] * s.place[sector, of.LUCK, i]
    push = tempo + s.place[sector, of.PRESS, i] + week
    turn = w[b, at.SPEED_DAY, i] * s.whole[of.PACE, i]
    taken = (push + blow >= w[b, at.ASSAULT, i]) & (week + turn >= w[b, at.REPULSE, i])
    common = tempo + blow
    vain = common + (_ZERO if taken else w[b, at.REPULSED_DEFENDER, i])
    lost_d = active * loss(b, at.DEFENDER_RATE, i, given, vain, a_fire, log_d, -shelter)
    vain = common + (_ZERO if taken else w[b, at.REPULSED_ATTACKER, i])
    met = active if d_fire > _TRACE else _ZERO
    lost_a = met * loss(b, at.ATTACKER_RATE, i, given, vain, d_fire, log_a, shelter)
    assault = active if taken else _ZERO
    odds = w[b, at.SPEED, i] + push + turn + w[b, at.SPEED_ATTACKER, i] * log_a
    odds = odds - w[b, at.SPEED_DEFENDER, i] * (log_d - bent)
    odds = exp2(odds - w[b, at.SPEED_COVER, i] * ground)
    moved = assault * (given.sector[b, sector, at.TOP_SPEED, i] * (odds / (_ONE + odds)))
    s.place[sector, of.FRONT, i] = min(depth + moved, given.sector[b, sector, at.OBJECTIVE, i])
    standing = max(standing - moved * w[b, at.WORKS_DEPTH, i], _ZERO)
    s.place[sector, of.STANDING, i] = standing + w[b, at.DIG, i] * (_ONE - standing)
    return lost_a, lost_d


@inlined
def settle(
    b: Any, sector: Any, i: Any, given: Any, s: Any, force: Any, lost: Any, side: Any, spent: Any
) -> None:
    """What is left of a force in a sector; ``side`` and ``spent`` are the rows of the side's."""
    x0, x1, x2 = force
    cap = given.world[b, at.LOSS_CAP, i]
    g0 = x0 * min(cap, given.world[b, at.EXPOSURE, i] * lost)
    g1 = x1 * min(cap, given.world[b, at.EXPOSURE + 1, i] * lost)
    g2 = x2 * min(cap, given.world[b, at.EXPOSURE + 2, i] * lost)
    s.place[sector, side, i] = x0 - g0
    s.place[sector, side + 1, i] = x1 - g1
    s.place[sector, side + 2, i] = x2 - g2
    s.whole[spent, i] += g0 + g1 + g2
    add_up(i, s, x0 - g0, x1 - g1, x2 - g2, side)


@written_in
def wear(b: Any, sector: Any, i: Any, given: Any, s: Any, part: Any, place: Any) -> None:
    """What the guarantor loses in a sector, and what that leaves of its force here and behind."""
    kept = s.place[sector, of.KEPT, i]
    exposed = kept * s.place[sector, of.HELD + at.WAVE_EXPOSED, i]
    exposed = exposed + place * s.whole[of.REAR_TODAY + 2, i]
    s.whole[of.SPENT + 2, i] += exposed * part
    s.place[sector, of.KEPT, i] = kept * (_ONE - given.world[b, at.GUARANTOR_WEAR, i] * part)
    s.whole[of.REAR_WORN, i] += place * part


@written_in
def weigh(b: Any, row: Any, i: Any, given: Any, first: Any, second: Any, third: Any) -> Any:
    """A force by type as mass or fire."""
    w = given.world
    return w[b, row, i] * first + w[b, row + 1, i] * second + w[b, row + 2, i] * third


@written_in
def loss(
    b: Any, rate: Any, i: Any, given: Any, common: Any, fire: Any, mass: Any, cover: Any
) -> Any:
    """Loss share of the day before the cap."""
    w = given.world
    enemy = log2(max(fire, _TRACE))
    own = w[b, at.OWN_POWER, i] * mass
    return exp2(w[b, rate, i] + common + w[b, at.ENEMY_POWER, i] * enemy + own + cover)


@written_in
def add_up(i: Any, s: Any, first: Any, second: Any, third: Any, side: Any) -> None:
    """Add a sector's force to that of all sectors."""
    s.whole[of.TOTAL + side, i] += first
    s.whole[of.TOTAL + side + 1, i] += second
    s.whole[of.TOTAL + side + 2, i] += third
