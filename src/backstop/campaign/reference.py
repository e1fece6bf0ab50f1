"""The campaign of one world, slowly: the specification that ``kernel`` follows bit for bit.

Every operation is one of float32 and stands in the order in which the kernel does it. Arrays run
over sectors; a leading axis of three runs over force types. Equations and sources are in
``docs/models/campaign.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.elementary import Single, exp2, log2, normal, share
from backstop.campaign.inputs import Inputs, Notes
from backstop.futures import philox4x32

ZERO, ONE, TRACE = np.float32(0.0), np.float32(1.0), np.float32(at.TRACE)


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """What happens in one world, day by day: the state at the end of each."""

    front_km: Single
    """Ground lost in each sector, as depth. (days, sectors)."""
    deepest_km: Single
    """The greatest mean depth of a cell. (days,)."""
    attacker: Single
    """The attacker's force by type, reserves included, brigade equivalents. (days, 3)."""
    protected: Single
    """The protected state's. (days, 3)."""
    guarantor: Single
    """Mass of the guarantor's force that fought. (days,)."""
    lost: Single
    """Losses to date of attacker, protected state and guarantor. (days, 3)."""
    effort: Single
    """Where the attacker's force goes: shares of it. (days, sectors)."""
    active: NDArray[np.bool_]
    """Whether the attack goes on. (days,)."""


def run_one(
    inputs: Inputs, *, key: tuple[int, int], checkpoints: Sequence[int], replication: int = 0
) -> tuple[Notes, Path]:
    """The only world of the inputs; arguments as in ``engine.run``."""
    assert inputs.worlds == 1, "one world at a time"
    state = _State(inputs, key, replication)
    noted = [min(day, inputs.days) for day in checkpoints]
    notes = np.zeros((len(noted), at.NOTES, 1), np.float32)
    days = []
    for day in range(inputs.days):
        state.live(day)
        days.append(state.picture())
        for place, checkpoint in enumerate(noted):
            if checkpoint == day + 1:
                notes[place, :, 0] = state.note()
    path = Path(*(np.stack(column) for column in zip(*days, strict=True)))
    return Notes(notes=notes, ends=state.ends[:, None]), path


class _State:
    """One world on one day."""

    def __init__(self, inputs: Inputs, key: tuple[int, int], replication: int) -> None:
        w = inputs.world[:, 0]
        self.inputs, self.key, self.replication = inputs, key, replication
        self.w, self.number = w, int(inputs.numbers[0])
        self.narrow, self.terrain, self.works, self.top, self.objective = inputs.sector[:, :, 0]
        self.weight, self.sectors, self.cell = inputs.weight, inputs.sectors, inputs.cell
        self.mass, self.fire, self.exposure = (
            _three(w, r) for r in (at.MASS, at.FIRE, at.EXPOSURE)
        )
        nobody = np.zeros(self.sectors, np.float32)
        self.front, self.luck, self.standing = nobody.copy(), nobody.copy(), nobody + ONE
        # The guarantor's force as it came, and what is left of what is exposed; in sectors, behind.
        self.held, self.kept = np.zeros((at.WAVE_FORCE, self.sectors), np.float32), nobody + ONE
        self.rear, self.rear_kept = np.zeros(at.WAVE_FORCE, np.float32), ONE
        self.rear_air, self.guarantor = ZERO, ZERO
        self.attacker_reserve = _three(w, at.ATTACKER_RESERVE)
        self.protected_reserve = _three(w, at.PROTECTED_RESERVE)
        self.spent = np.zeros(3, np.float32)
        self.tempo_above, self.air_keep = ONE, ONE
        self.attacker_air, self.protected_air = w[at.ATTACKER_AIR], w[at.PROTECTED_AIR]
        self.active, self.order = ONE, ONE
        self.ends = np.full(at.DAYS_NOTED, inputs.days, np.float32)

    def live(self, day: int) -> None:
        """One day."""
        if day % at.CYCLE == 0:
            self.choose_effort(day)
            self.draw_luck(day)
        if day == 0:
            self.deploy()
        self.arrive(day)
        self.command()
        self.fight(day)
        self.evening(day)

    def words(self, day: int, purpose: int, *, cells: int, replication: int) -> NDArray[np.uint32]:
        """Random words of the first cells on a day. (cells, 4)."""
        counter = np.zeros((cells, 4), np.int64)
        counter[:, 0] = self.number
        counter[:, 1] = (day * self.inputs.cells + np.arange(cells)) % 2**32
        counter[:, 2] = purpose * at.DRAWS
        counter[:, 3] = replication
        return philox4x32(counter, np.array(self.key, np.int64))

    def choose_effort(self, day: int) -> None:
        """Two main efforts, drawn where the scenario expects them, until the next shift."""
        w = self.w
        phase = int(np.int32(np.float32(day) * w[at.SHIFT]))
        draws = self.words(phase, at.EFFORT, cells=1, replication=0)[0]
        inner = self.inputs.cumulative[:-1]
        here = self.cell.astype(np.float32)
        near = np.zeros(self.sectors, np.float32)
        for draw in share(draws[:2]):
            axis = here[np.count_nonzero(draw >= inner)]
            near = near + np.maximum(w[at.WIDTH] - np.abs(here - axis), ZERO)
        part = w[at.CONCENTRATION]
        self.effort = (ONE - part) * self.weight + part * (near / _sum(ZERO, near))
        pressed = log2(np.maximum(self.effort / np.max(self.effort), TRACE))
        self.press = w[at.SPEED_EFFORT] * pressed

    def draw_luck(self, day: int) -> None:
        """What lasts of the luck, a first-order autoregression by week: part of it each cell's own,
        part the whole line's.
        """
        words = self.words(day, at.WEEK, cells=self.inputs.cells, replication=self.replication)
        fresh = self.w[at.FRESH] if day > 0 else ONE
        every = self.w[at.SHARED] * normal(words[:1, 2], words[:1, 3])
        new = (every + self.w[at.OWN] * normal(words[:, 0], words[:, 1]))[self.cell]
        self.luck = self.w[at.MEMORY] * self.luck + fresh * new

    def deploy(self) -> None:
        """The first morning: the attacker massed, the defence as far as it was warned."""
        w = self.w
        self.seen = self.weight + w[at.WARNED] * (self.effort - self.weight)
        place = self.follow()
        self.a = self.effort * _three(w, at.ATTACKER_LINE)[:, None]
        self.p = place * _three(w, at.PROTECTED_LINE)[:, None]

    def follow(self) -> Single:
        """How the defence stands along the line: as usual, and as it sees the main effort."""
        part = self.w[at.MIRROR]
        place: Single = (ONE - part) * self.weight + part * self.seen
        return place

    def arrive(self, day: int) -> None:
        """The guarantor's waves of the day."""
        waves = self.inputs.waves
        for v in np.flatnonzero(waves.day[:, 0] == day):
            value, where = waves.value[v, :, 0], waves.share[v]
            at_rear = where[-1]
            self.rear = self.rear + at_rear * value[: at.WAVE_FORCE]
            self.rear_air = self.rear_air + value[at.WAVE_AIR]
            if at_rear == ZERO:
                self.held = self.held + where[:-1] * value[: at.WAVE_FORCE, None]

    def command(self) -> None:
        """Reserves go forward, part of each sector's force goes back, replacements come."""
        w = self.w
        self.attacker_sent = w[at.ATTACKER_COMMIT] * self.attacker_reserve
        back = w[at.ATTACKER_RELEASE] * _sums(self.a)
        inflow = _three(w, at.ATTACKER_INFLOW)
        self.attacker_reserve = self.attacker_reserve - self.attacker_sent + back + inflow
        self.protected_sent = w[at.DEFENDER_COMMIT] * self.protected_reserve
        back = w[at.DEFENDER_RELEASE] * _sums(self.p)
        inflow = _three(w, at.PROTECTED_INFLOW)
        self.protected_reserve = self.protected_reserve - self.protected_sent + back + inflow

    def fight(self, day: int) -> None:
        """The day's fighting in every sector at once."""
        w = self.w
        words = self.words(day, at.BATTLE, cells=self.inputs.cells, replication=self.replication)[
            self.cell
        ]
        pace, heat = normal(words[:, 0], words[:, 1]), normal(words[:, 2], words[:, 3])

        self.seen = self.seen + w[at.LEARN] * (self.effort - self.seen)
        place = self.follow()
        stay = ONE - w[at.ATTACKER_RELEASE]
        a = stay * self.a + self.effort * self.attacker_sent[:, None]
        stay = ONE - w[at.DEFENDER_RELEASE]
        p = stay * self.p + place * self.protected_sent[:, None]

        # Mass and fire of both sides, per kilometre of the sector.
        attacker_air, defender_air = self.air()
        shells = ONE if np.float32(day) < w[at.ATTACKER_SHELL_DAYS] else w[at.ATTACKER_RATION]
        a_mass = _weigh(self.mass, a) * self.narrow
        a_fire = (shells * _weigh(self.fire, a) + self.effort * attacker_air) * self.narrow
        g_mass, g_fire, g_exposed = self.guard(place)
        self.guarantor = _sum(ZERO, g_mass)
        shells = ONE if np.float32(day) < w[at.DEFENDER_SHELL_DAYS] else w[at.DEFENDER_RATION]
        d_mass = self.order * (_weigh(self.mass, p) + g_mass) * self.narrow
        d_fire = shells * _weigh(self.fire, p) + g_fire
        d_fire = self.order * (d_fire + place * defender_air) * self.narrow

        # Attrition in Bracken's form, movement logistic in the log odds.
        floor = w[at.TEMPO_FLOOR]
        tempo = _log2(floor + (ONE - floor) * self.tempo_above)
        ground, bent = self.posture()
        cover = ground - bent
        log_a, log_d = log2(np.maximum(a_mass, TRACE)), log2(np.maximum(d_mass, TRACE))
        active = np.where(a_mass > TRACE, self.active, ZERO)
        shelter = w[at.COVER_POWER] * cover
        # Where ground is taken is a matter of the attacker and of luck alone.
        blow, week = w[at.LOSS_SPREAD] * heat, w[at.SPEED_WEEK] * self.luck
        push, turn = tempo + self.press + week, w[at.SPEED_DAY] * pace
        taken = (push + blow >= w[at.ASSAULT]) & (week + turn >= w[at.REPULSE])
        common = tempo + blow
        vain = common + np.where(taken, ZERO, w[at.REPULSED_DEFENDER])
        lost_d = active * self.loss(at.DEFENDER_RATE, vain, a_fire, log_d, -shelter)
        vain = common + np.where(taken, ZERO, w[at.REPULSED_ATTACKER])
        # Nobody loses anything to nobody, however little the enemy's numbers count for.
        lost_a = np.where(d_fire > TRACE, active, ZERO) * self.loss(
            at.ATTACKER_RATE, vain, d_fire, log_a, shelter
        )
        assault = np.where(taken, active, ZERO)
        odds = w[at.SPEED] + push + turn + w[at.SPEED_ATTACKER] * log_a
        odds = odds - w[at.SPEED_DEFENDER] * (log_d - bent)
        odds = exp2(odds - w[at.SPEED_COVER] * ground)
        moved = assault * (self.top * (odds / (ONE + odds)))
        self.front = np.minimum(self.front + moved, self.objective)
        standing = np.maximum(self.standing - moved * w[at.WORKS_DEPTH], ZERO)
        self.standing = standing + w[at.DIG] * (ONE - standing)

        self.a, self.p = self.settle(0, a, lost_a), self.settle(1, p, lost_d)
        self.wear(g_exposed, place, np.minimum(w[at.LOSS_CAP], lost_d))

    def settle(self, side: int, force: Single, lost: Single) -> Single:
        """What is left of an army, and what it has lost."""
        gone = force * np.minimum(self.w[at.LOSS_CAP], self.exposure[:, None] * lost)
        self.spent[side] = _sum(self.spent[side], gone[0] + gone[1] + gone[2])
        left: Single = force - gone
        return left

    def wear(self, exposed: Single, place: Single, part: Single) -> None:
        """What the guarantor loses, and what that leaves of its force in the sectors and behind."""
        self.spent[2] = _sum(self.spent[2], exposed * part)
        self.kept = self.kept * (ONE - self.w[at.GUARANTOR_WEAR] * part)
        worn = self.w[at.GUARANTOR_WEAR] * _sum(ZERO, place * part)
        self.rear_kept = self.rear_kept * max(ONE - worn, ZERO)

    def guard(self, place: Single) -> tuple[Single, Single, Single]:
        """Mass, fire and exposed part of the guarantor's force in each sector."""
        held, rear, kept = self.held, self.rear, self.rear_kept
        mass = held[at.WAVE_MASS] + self.kept * held[at.WAVE_EXPOSED_MASS]
        mass = mass + place * (rear[at.WAVE_MASS] + kept * rear[at.WAVE_EXPOSED_MASS])
        fire = held[at.WAVE_FIRE] + self.kept * held[at.WAVE_EXPOSED_FIRE]
        fire = fire + place * (rear[at.WAVE_FIRE] + kept * rear[at.WAVE_EXPOSED_FIRE])
        exposed = self.kept * held[at.WAVE_EXPOSED] + place * (kept * rear[at.WAVE_EXPOSED])
        return mass, fire, exposed

    def air(self) -> tuple[np.float32, np.float32]:
        """Fire from the air of both sides; the attacker's shrinks where it is contested."""
        ours = self.protected_air + self.air_keep * self.rear_air
        theirs = self.attacker_air
        contest = theirs + self.w[at.CONTEST] * ours + TRACE
        return theirs * (theirs / contest), ours

    def posture(self) -> tuple[Single, Single]:
        """What ground and works are worth to the defence, and how far its line is stretched; both
        in powers of two.
        """
        bent = ONE + self.w[at.FLANK] * self.front
        return log2(self.terrain * (ONE + self.works * self.standing)), log2(bent)

    def loss(self, rate: int, common: Single, fire: Single, mass: Single, cover: Single) -> Single:
        """Loss share of the day before the cap."""
        w = self.w
        enemy = log2(np.maximum(fire, TRACE))
        own = w[at.OWN_POWER] * mass
        return exp2(w[rate] + common + w[at.ENEMY_POWER] * enemy + own + cover)

    def evening(self, day: int) -> None:
        """Who gives up, and what tires."""
        w = self.w
        mass = stand = ZERO
        attacker, protected = self.strengths()
        for k in range(3):
            mass = mass + self.mass[k] * attacker[k]
            stand = stand + self.mass[k] * protected[k]
        stand = stand + self.guarantor
        if self.active > ZERO and mass <= w[at.ATTACKER_BREAK]:
            self.active, self.ends[at.BREAK_OFF] = ZERO, day
        if self.order == ONE and stand <= w[at.DEFENDER_BREAK]:
            self.order, self.ends[at.COLLAPSE] = w[at.BROKEN], day
        self.tempo_above = self.tempo_above * w[at.TEMPO_KEEP]
        self.attacker_air = self.attacker_air * w[at.ATTACKER_AIR_KEEP]
        self.protected_air = self.protected_air * w[at.PROTECTED_AIR_KEEP]
        self.air_keep = self.air_keep * w[at.GUARANTOR_AIR_KEEP]

    def strengths(self) -> tuple[Single, Single]:
        """Both armies by type, reserves included."""
        attacker = _sums(self.a) + self.attacker_reserve
        return attacker, _sums(self.p) + self.protected_reserve

    def note(self) -> tuple[np.float32, ...]:
        """What a checkpoint notes, in the order of the rows."""
        area = _sum(ZERO, self.front / self.narrow)
        return (np.max(self.depths()), area, *self.spent)

    def depths(self) -> Single:
        """Ground lost in each cell, as the mean depth of its sectors. (cells,)."""
        cells = [self.front[self.cell == k] for k in range(self.inputs.cells)]
        found = [_sum(ZERO, depth) / np.float32(depth.size) for depth in cells]
        return np.array(found, np.float32)

    def picture(self) -> tuple[object, ...]:
        """The state as ``Path`` keeps it."""
        attacker, protected = self.strengths()
        lost, active = self.spent.copy(), self.active > ZERO
        front = (self.front, np.max(self.depths()))
        return *front, attacker, protected, self.guarantor, lost, self.effort, active


def _three(w: Single, row: int) -> Single:
    return w[row : row + 3]


def _weigh(worth: Single, force: Single) -> Single:
    weighed: Single = worth[0] * force[0] + worth[1] * force[1] + worth[2] * force[2]
    return weighed


def _sum(start: np.float32, values: Single) -> np.float32:
    """The sum from left to right, each step rounded."""
    total: np.float32 = np.cumsum(np.concatenate(([start], values)), dtype=np.float32)[-1]
    return total


def _sums(force: Single) -> Single:
    return np.array([_sum(ZERO, row) for row in force], np.float32)


def _log2(x: np.float32) -> np.float32:
    value: np.float32 = log2(np.array([x], np.float32))[0]
    return value
