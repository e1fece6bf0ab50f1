"""The campaign of many worlds, compiled; ``reference`` says the same for one world, slowly.

Worlds go through in blocks. Every array of a block has one lane a world as its last axis, and
every innermost loop runs over lanes, so that a vector instruction serves as many worlds as it has
places. Nothing passes from one lane to another: width and number of blocks change no result.
"""

from __future__ import annotations

import inspect
from hashlib import sha256
from typing import Any

import numpy as np

from backstop.campaign import elementary, kernel_fight
from backstop.campaign import lanes as lanes_module
from backstop.campaign import parameters as at
from backstop.campaign import state as of
from backstop.campaign.kernel_fight import add_up, draw_day, fight
from backstop.campaign.lanes import (
    apart,
    compiled,
    inlined,
    log2,
    normal,
    philox,
    share,
    wide,
    written_in,
)

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_TRACE = np.float32(at.TRACE)
_NONE = np.uint32(0)


@inlined
def begin(b: Any, lanes: Any, given: Any, days: Any, ends: Any, s: Any) -> None:
    """An empty state, and the days on which somebody arrives."""
    for day in range(days):
        s.due[day] = 0
    for v in range(given.wave_day.shape[1]):
        for i in range(lanes):
            if given.wave_day[b, v, i] < days:
                s.due[given.wave_day[b, v, i]] = 1
    for i in range(lanes):
        for k in range(3):
            s.whole[of.RESERVE + k, i] = given.world[b, at.ATTACKER_RESERVE + k, i]
            s.whole[of.RESERVE + 3 + k, i] = given.world[b, at.PROTECTED_RESERVE + k, i]
            s.whole[of.TOTAL + k, i] = _ZERO
            s.whole[of.TOTAL + 3 + k, i] = _ZERO
            s.whole[of.SPENT + k, i] = _ZERO
        for k in range(at.WAVE_FORCE):
            s.whole[of.REAR + k, i] = _ZERO
        s.whole[of.REAR_AIR, i] = _ZERO
        s.whole[of.REAR_KEPT, i] = _ONE
        s.whole[of.TEMPO_ABOVE, i] = _ONE
        s.whole[of.AIR_KEEP, i] = _ONE
        s.whole[of.ATTACKER_AIR, i] = given.world[b, at.ATTACKER_AIR, i]
        s.whole[of.PROTECTED_AIR, i] = given.world[b, at.PROTECTED_AIR, i]
        s.whole[of.ACTIVE, i] = _ONE
        s.whole[of.ORDER, i] = _ONE
        ends[b, at.BREAK_OFF, i] = np.float32(days)
        ends[b, at.COLLAPSE, i] = np.float32(days)
    for sector in range(given.weight.shape[0]):
        for i in range(lanes):
            s.place[sector, of.FRONT, i] = _ZERO
            s.place[sector, of.LUCK, i] = _ZERO
            s.place[sector, of.STANDING, i] = _ONE
            s.place[sector, of.KEPT, i] = _ONE
            for k in range(at.WAVE_FORCE):
                s.place[sector, of.HELD + k, i] = _ZERO


@inlined
def choose_effort(b: Any, day: Any, lanes: Any, given: Any, key: Any, s: Any) -> None:
    """Two main efforts, drawn where the scenario expects them, until the next shift."""
    sectors = given.weight.shape[0]
    for i in range(lanes):
        phase = np.uint32(np.int32(np.float32(day) * given.world[b, at.SHIFT, i]))
        c1 = np.uint32(phase * np.uint32(given.cell[sectors - 1] + 1))
        c2 = np.uint32(at.EFFORT * at.DRAWS)
        w0, w1, _, _ = philox(given.numbers[b, i], c1, c2, _NONE, key[0], key[1])
        s.whole[of.AXIS, i] = share(w0)
        s.whole[of.AXIS + 1, i] = share(w1)
        s.whole[of.AXIS + 2, i] = _ZERO  # the cell of the first
        s.whole[of.AXIS + 3, i] = _ZERO  # and of the second
        s.whole[of.AXIS + 4, i] = _ZERO  # what all sectors have of them
        s.whole[of.AXIS + 5, i] = _ZERO  # the hardest pressed
    for sector in range(sectors - 1):
        step = np.float32(given.cell[sector + 1] - given.cell[sector])
        for i in range(lanes):
            s.whole[of.AXIS + 2, i] += (
                step if s.whole[of.AXIS, i] >= given.cumulative[sector] else _ZERO
            )
            s.whole[of.AXIS + 3, i] += (
                step if s.whole[of.AXIS + 1, i] >= given.cumulative[sector] else _ZERO
            )
    for sector in range(sectors):
        here = np.float32(given.cell[sector])
        for i in range(lanes):
            half = given.world[b, at.WIDTH, i]
            near = max(half - abs(here - s.whole[of.AXIS + 2, i]), _ZERO)
            near = near + max(half - abs(here - s.whole[of.AXIS + 3, i]), _ZERO)
            s.place[sector, of.EFFORT, i] = near
            s.whole[of.AXIS + 4, i] += near
    for sector in range(sectors):
        for i in range(lanes):
            part = given.world[b, at.CONCENTRATION, i]
            spread = (_ONE - part) * given.weight[sector]
            main = spread + part * (s.place[sector, of.EFFORT, i] / s.whole[of.AXIS + 4, i])
            s.place[sector, of.EFFORT, i] = main
            s.whole[of.AXIS + 5, i] = max(s.whole[of.AXIS + 5, i], main)
    for sector in range(sectors):
        for i in range(lanes):
            pressed = log2(max(s.place[sector, of.EFFORT, i] / s.whole[of.AXIS + 5, i], _TRACE))
            s.place[sector, of.PRESS, i] = given.world[b, at.SPEED_EFFORT, i] * pressed


@inlined
def draw_luck(b: Any, day: Any, lanes: Any, given: Any, key: Any, replication: Any, s: Any) -> None:
    """What lasts of the luck, a first-order autoregression by week: part of it each cell's own,
    part the whole line's.
    """
    sectors = given.weight.shape[0]
    for sector in range(sectors):
        if sector > 0 and given.cell[sector] == given.cell[sector - 1]:
            for i in range(lanes):
                s.place[sector, of.LUCK, i] = s.place[sector - 1, of.LUCK, i]
            continue
        c1 = np.uint32(day * (given.cell[sectors - 1] + 1) + given.cell[sector])
        c2 = np.uint32(at.WEEK * at.DRAWS)
        for i in range(lanes):
            w0, w1, w2, w3 = philox(given.numbers[b, i], c1, c2, replication, key[0], key[1])
            every = given.world[b, at.SHARED, i] * normal(w2, w3)
            s.whole[of.AXIS + 6, i] = every if sector == 0 else s.whole[of.AXIS + 6, i]
            new = s.whole[of.AXIS + 6, i] + given.world[b, at.OWN, i] * normal(w0, w1)
            fresh = given.world[b, at.FRESH, i] if day > 0 else _ONE
            s.place[sector, of.LUCK, i] = (
                given.world[b, at.MEMORY, i] * s.place[sector, of.LUCK, i] + fresh * new
            )


@inlined
def deploy(b: Any, lanes: Any, given: Any, s: Any) -> None:
    """The first morning: the attacker massed, the defence as far as it was warned."""
    for sector in range(given.weight.shape[0]):
        usual = given.weight[sector]
        for i in range(lanes):
            main = s.place[sector, of.EFFORT, i]
            view = usual + given.world[b, at.WARNED, i] * (main - usual)
            s.place[sector, of.SEEN, i] = view
            follow = given.world[b, at.MIRROR, i]
            place = (_ONE - follow) * usual + follow * view
            s.place[sector, of.ATTACKER, i] = main * given.world[b, at.ATTACKER_LINE, i]
            s.place[sector, of.ATTACKER + 1, i] = main * given.world[b, at.ATTACKER_LINE + 1, i]
            s.place[sector, of.ATTACKER + 2, i] = main * given.world[b, at.ATTACKER_LINE + 2, i]
            s.place[sector, of.PROTECTED, i] = place * given.world[b, at.PROTECTED_LINE, i]
            s.place[sector, of.PROTECTED + 1, i] = place * given.world[b, at.PROTECTED_LINE + 1, i]
            s.place[sector, of.PROTECTED + 2, i] = place * given.world[b, at.PROTECTED_LINE + 2, i]
            add_up(
                i,
                s,
                s.place[sector, of.ATTACKER, i],
                s.place[sector, of.ATTACKER + 1, i],
                s.place[sector, of.ATTACKER + 2, i],
                0,
            )
            add_up(
                i,
                s,
                s.place[sector, of.PROTECTED, i],
                s.place[sector, of.PROTECTED + 1, i],
                s.place[sector, of.PROTECTED + 2, i],
                3,
            )


@inlined
def arrive(b: Any, day: Any, lanes: Any, given: Any, s: Any) -> None:
    """The guarantor's waves of the day."""
    sectors = given.weight.shape[0]
    today = np.int32(day)
    for v in range(given.wave_day.shape[1]):
        at_rear = given.wave_share[v * (sectors + 1) + sectors]
        come = np.int32(0)
        for i in range(lanes):
            come += np.int32(given.wave_day[b, v, i] == today)
        if come == 0:
            continue
        for i in range(lanes):
            now = _ONE if given.wave_day[b, v, i] == today else _ZERO
            for k in range(at.WAVE_FORCE):
                s.whole[of.COME + k, i] = now * given.wave[b, v, k, i]
                s.whole[of.REAR + k, i] += at_rear * s.whole[of.COME + k, i]
            s.whole[of.REAR_AIR, i] += now * given.wave[b, v, at.WAVE_AIR, i]
        if at_rear == _ZERO:
            for sector in range(sectors):
                here = given.wave_share[v * (sectors + 1) + sector]
                for i in range(lanes):
                    for k in range(at.WAVE_FORCE):
                        s.place[sector, of.HELD + k, i] += here * s.whole[of.COME + k, i]


@inlined
def command(b: Any, lanes: Any, given: Any, s: Any) -> None:
    """Reserves go forward, part of each sector's force goes back, replacements come."""
    for i in range(lanes):
        commit = given.world[b, at.ATTACKER_COMMIT, i]
        release = given.world[b, at.ATTACKER_RELEASE, i]
        for k in range(3):
            inflow = given.world[b, at.ATTACKER_INFLOW + k, i]
            relay(i, k, commit, release, inflow, s)
        commit = given.world[b, at.DEFENDER_COMMIT, i]
        release = given.world[b, at.DEFENDER_RELEASE, i]
        for k in range(3):
            inflow = given.world[b, at.PROTECTED_INFLOW + k, i]
            relay(i, 3 + k, commit, release, inflow, s)


@written_in
def relay(i: Any, k: Any, commit: Any, release: Any, inflow: Any, s: Any) -> None:
    """One type of one side."""
    sent = commit * s.whole[of.RESERVE + k, i]
    back = release * s.whole[of.TOTAL + k, i]
    s.whole[of.RESERVE + k, i] = s.whole[of.RESERVE + k, i] - sent + back + inflow
    s.whole[of.SENT + k, i] = sent
    s.whole[of.TOTAL + k, i] = _ZERO


@inlined
def supply(b: Any, day: Any, lanes: Any, given: Any, s: Any) -> None:
    """Tempo, aircraft, ammunition, and what there is of the guarantor today."""
    now = np.float32(day)
    for i in range(lanes):
        floor = given.world[b, at.TEMPO_FLOOR, i]
        s.whole[of.TEMPO, i] = log2(floor + (_ONE - floor) * s.whole[of.TEMPO_ABOVE, i])
        ours = s.whole[of.PROTECTED_AIR, i] + s.whole[of.AIR_KEEP, i] * s.whole[of.REAR_AIR, i]
        theirs = s.whole[of.ATTACKER_AIR, i]
        contest = theirs + given.world[b, at.CONTEST, i] * ours + _TRACE
        s.whole[of.AIR_THEIRS, i] = theirs * (theirs / contest)
        s.whole[of.AIR_OURS, i] = ours
        full = now < given.world[b, at.ATTACKER_SHELL_DAYS, i]
        s.whole[of.ATTACKER_SHELLS, i] = _ONE if full else given.world[b, at.ATTACKER_RATION, i]
        full = now < given.world[b, at.DEFENDER_SHELL_DAYS, i]
        s.whole[of.DEFENDER_SHELLS, i] = _ONE if full else given.world[b, at.DEFENDER_RATION, i]
        kept = s.whole[of.REAR_KEPT, i]
        exposed = s.whole[of.REAR + at.WAVE_EXPOSED_MASS, i]
        s.whole[of.REAR_TODAY, i] = s.whole[of.REAR + at.WAVE_MASS, i] + kept * exposed
        exposed = s.whole[of.REAR + at.WAVE_EXPOSED_FIRE, i]
        s.whole[of.REAR_TODAY + 1, i] = s.whole[of.REAR + at.WAVE_FIRE, i] + kept * exposed
        s.whole[of.REAR_TODAY + 2, i] = kept * s.whole[of.REAR + at.WAVE_EXPOSED, i]
        s.whole[of.REAR_WORN, i] = _ZERO
        s.whole[of.GUARANTOR, i] = _ZERO


@inlined
def evening(b: Any, day: Any, lanes: Any, given: Any, ends: Any, s: Any) -> None:
    """Who gives up, and what tires."""
    now = np.float32(day)
    for i in range(lanes):
        mass = _ZERO
        stand = _ZERO
        for k in range(3):
            worth = given.world[b, at.MASS + k, i]
            mass += worth * (s.whole[of.TOTAL + k, i] + s.whole[of.RESERVE + k, i])
            stand += worth * (s.whole[of.TOTAL + 3 + k, i] + s.whole[of.RESERVE + 3 + k, i])
        worn = given.world[b, at.GUARANTOR_WEAR, i] * s.whole[of.REAR_WORN, i]
        s.whole[of.REAR_KEPT, i] *= max(_ONE - worn, _ZERO)
        stand += s.whole[of.GUARANTOR, i]
        stops = (s.whole[of.ACTIVE, i] > _ZERO) & (mass <= given.world[b, at.ATTACKER_BREAK, i])
        s.whole[of.ACTIVE, i] = _ZERO if stops else s.whole[of.ACTIVE, i]
        ends[b, at.BREAK_OFF, i] = now if stops else ends[b, at.BREAK_OFF, i]
        breaks = (s.whole[of.ORDER, i] == _ONE) & (stand <= given.world[b, at.DEFENDER_BREAK, i])
        s.whole[of.ORDER, i] = given.world[b, at.BROKEN, i] if breaks else s.whole[of.ORDER, i]
        ends[b, at.COLLAPSE, i] = now if breaks else ends[b, at.COLLAPSE, i]
        s.whole[of.TEMPO_ABOVE, i] *= given.world[b, at.TEMPO_KEEP, i]
        s.whole[of.ATTACKER_AIR, i] *= given.world[b, at.ATTACKER_AIR_KEEP, i]
        s.whole[of.PROTECTED_AIR, i] *= given.world[b, at.PROTECTED_AIR_KEEP, i]
        s.whole[of.AIR_KEEP, i] *= given.world[b, at.GUARANTOR_AIR_KEEP, i]


@inlined
def note(b: Any, c: Any, lanes: Any, given: Any, notes: Any, s: Any) -> None:
    """The state at a checkpoint."""
    sectors = given.weight.shape[0]
    for i in range(lanes):
        deepest = _ZERO
        area = _ZERO
        cell = _ZERO
        count = _ZERO
        for sector in range(sectors):
            depth = s.place[sector, of.FRONT, i]
            area += depth / given.sector[b, sector, at.NARROW, i]
            cell += depth
            count += _ONE
            if sector == sectors - 1 or given.cell[sector + 1] != given.cell[sector]:
                deepest = max(deepest, cell / count)
                cell = _ZERO
                count = _ZERO
        notes[b, c, at.DEEPEST, i] = deepest
        notes[b, c, at.AREA, i] = area
        notes[b, c, at.ATTACKER_LOSS, i] = s.whole[of.SPENT, i]
        notes[b, c, at.PROTECTED_LOSS, i] = s.whole[of.SPENT + 1, i]
        notes[b, c, at.GUARANTOR_LOSS, i] = s.whole[of.SPENT + 2, i]


def _stamp() -> int:
    """A number that changes with every module the kernel is made of."""
    modules = (elementary, lanes_module, at, of, kernel_fight)
    sources = "".join(inspect.getsource(module) for module in modules)
    return 1 + int.from_bytes(sha256(sources.encode()).digest()[:4], "little")


def _build(stamp: int, lanes: int) -> Any:
    """The kernel for blocks of so many lanes, which it must know to address its arrays plainly.

    Numba's cache watches this file alone, and the variables of closures: the stamp is one, so that
    a change elsewhere is not answered with a kernel from before it.
    """

    @compiled
    def run(
        given: Any, key: Any, replication: Any, days: Any, noted: Any, notes: Any, ends: Any, s: Any
    ) -> None:
        """All days of all worlds: ``Given`` and ``State`` to notes and ends, as ``engine`` shapes
        them. Each step below has its namesake in ``reference``.
        """
        apart()
        given, s = wide(given, lanes), wide(s, lanes)
        for b in range(given.numbers.shape[0] if stamp > 0 else 0):
            begin(b, lanes, given, days, ends, s)
            for day in range(days):
                if day % at.CYCLE == 0:
                    choose_effort(b, day, lanes, given, key, s)
                    draw_luck(b, day, lanes, given, key, replication, s)
                if day == 0:
                    deploy(b, lanes, given, s)
                if s.due[day] != 0:
                    arrive(b, day, lanes, given, s)
                command(b, lanes, given, s)
                supply(b, day, lanes, given, s)
                for sector in range(given.weight.shape[0]):
                    if sector == 0 or given.cell[sector] != given.cell[sector - 1]:
                        draw_day(b, day, sector, lanes, given, key, replication, s)
                    fight(b, sector, lanes, given, s)
                evening(b, day, lanes, given, ends, s)
                for c in range(noted.shape[0]):
                    if noted[c] == day + 1:
                        note(b, c, lanes, given, notes, s)

    return run


#: Kernels by the lanes of a block; each is compiled when it is first used.
run = {lanes: _build(_stamp(), lanes) for lanes in of.WIDTHS}
