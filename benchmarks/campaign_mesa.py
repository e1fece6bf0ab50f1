"""The same campaign as a Mesa model: one agent a sector, one model a world, plain Python numbers.

It draws its own luck from Mesa's generator, since Python agents cannot share Philox's speed; its
outcomes are compared with the kernel's with all luck switched off.
"""

from __future__ import annotations

import math

import mesa

from backstop.campaign import parameters as at
from backstop.campaign.inputs import Inputs


class Sector(mesa.Agent):
    """One sector of the line."""

    def __init__(self, model: War, place: int) -> None:
        super().__init__(model)
        self.place = place
        rows = model.inputs.sector[:, place, 0]
        self.narrow, self.terrain, self.works, self.top, self.objective = map(float, rows)
        self.weight = float(model.inputs.weight[place])
        self.front = self.luck = self.effort = self.seen = 0.0
        self.standing = self.kept = 1.0
        self.a, self.p = [0.0] * 3, [0.0] * 3
        self.held = [0.0] * at.WAVE_FORCE

    def stand(self) -> float:
        """The defence's part here, as usual and as it sees the main effort."""
        follow = self.model.w[at.MIRROR]
        return (1 - follow) * self.weight + follow * self.seen

    def fight(self) -> None:
        """The day's fighting."""
        m, w = self.model, self.model.w
        normal = self.random.gauss
        self.seen += w[at.LEARN] * (self.effort - self.seen)
        place = self.stand()
        a = [
            (1 - w[at.ATTACKER_RELEASE]) * x + self.effort * sent
            for x, sent in zip(self.a, m.sent_a, strict=True)
        ]
        p = [
            (1 - w[at.DEFENDER_RELEASE]) * x + place * sent
            for x, sent in zip(self.p, m.sent_p, strict=True)
        ]
        a_mass = m.weigh(at.MASS, a) * self.narrow
        a_fire = (m.shells_a * m.weigh(at.FIRE, a) + self.effort * m.theirs) * self.narrow
        mass, fire, exposed = self.guard(place)
        m.guarantor += mass
        d_mass = m.order * (m.weigh(at.MASS, p) + mass) * self.narrow
        d_fire = m.shells_d * m.weigh(at.FIRE, p) + fire + place * m.ours
        d_fire = m.order * d_fire * self.narrow
        bent = math.log2(1 + w[at.FLANK] * self.front)
        ground = math.log2(self.terrain * (1 + self.works * self.standing))
        cover = ground - bent
        log_a, log_d, log_fa, log_fd = (
            math.log2(max(x, at.TRACE)) for x in (a_mass, d_mass, a_fire, d_fire)
        )
        active = m.active if a_mass > at.TRACE else 0.0
        blow = w[at.LOSS_SPREAD] * normal(0, 1)
        common = m.tempo_log + blow
        shelter = w[at.COVER_POWER] * cover
        power, own = w[at.ENEMY_POWER], w[at.OWN_POWER]
        lost_d = w[at.DEFENDER_RATE] + common + power * log_fa + own * log_d - shelter
        lost_a = w[at.ATTACKER_RATE] + common + power * log_fd + own * log_a + shelter
        press = w[at.SPEED_EFFORT] * math.log2(max(self.effort / m.hardest, at.TRACE))
        week, turn = w[at.SPEED_WEEK] * self.luck, w[at.SPEED_DAY] * normal(0, 1)
        push = m.tempo_log + press + week
        taken = push + blow >= w[at.ASSAULT] and week + turn >= w[at.REPULSE]
        if not taken:
            lost_d += w[at.REPULSED_DEFENDER]
            lost_a += w[at.REPULSED_ATTACKER]
        lost_d, lost_a = active * 2.0**lost_d, active * 2.0**lost_a * (d_fire > at.TRACE)
        assault = active if taken else 0.0
        odds = w[at.SPEED] + push + turn + w[at.SPEED_ATTACKER] * log_a
        odds -= w[at.SPEED_DEFENDER] * (log_d - bent) + w[at.SPEED_COVER] * ground
        odds = 2.0 ** min(odds, 126.0)
        moved = assault * self.top * odds / (1 + odds)
        self.front = min(self.front + moved, self.objective)
        self.standing = max(self.standing - moved * w[at.WORKS_DEPTH], 0.0)
        self.standing += w[at.DIG] * (1 - self.standing)
        cap = w[at.LOSS_CAP]
        for k in range(3):
            gone_a = a[k] * min(cap, w[at.EXPOSURE + k] * lost_a)
            gone_p = p[k] * min(cap, w[at.EXPOSURE + k] * lost_d)
            self.a[k], self.p[k] = a[k] - gone_a, p[k] - gone_p
            m.spent[0] += gone_a
            m.spent[1] += gone_p
        part = min(cap, lost_d)
        m.spent[2] += exposed * part
        m.worn += place * part
        self.kept *= 1 - w[at.GUARANTOR_WEAR] * part

    def guard(self, place: float) -> tuple[float, float, float]:
        """Mass, fire and exposed part of the guarantor's force here."""
        held, rear, kept = self.held, self.model.rear, self.model.rear_kept
        mass, fire = (
            held[k] + self.kept * held[k + 2] + place * (rear[k] + kept * rear[k + 2])
            for k in (at.WAVE_MASS, at.WAVE_FIRE)
        )
        exposed = self.kept * held[at.WAVE_EXPOSED] + place * kept * rear[at.WAVE_EXPOSED]
        return mass, fire, exposed

    def draw_luck(self) -> None:
        """What lasts of the luck."""
        w = self.model.w
        fresh = w[at.FRESH] if self.model.day else 1.0
        new = w[at.SHARED] * self.model.every + w[at.OWN] * self.random.gauss(0, 1)
        self.luck = w[at.MEMORY] * self.luck + fresh * new


class War(mesa.Model):
    """One world."""

    def __init__(self, inputs: Inputs, *, axes: tuple[int, int], seed: int = 1) -> None:
        super().__init__(rng=seed)
        assert inputs.worlds == 1, "one world a model"
        self.inputs, self.axes = inputs, axes
        self.w = [float(x) for x in inputs.world[:, 0]]
        w = self.w
        self.sectors = [Sector(self, place) for place in range(inputs.sectors)]
        self.day, self.spent, self.rear = 0, [0.0] * 3, [0.0] * at.WAVE_ROWS
        self.rear_kept, self.guarantor, self.worn = 1.0, 0.0, 0.0
        self.ra = w[at.ATTACKER_RESERVE : at.ATTACKER_RESERVE + 3]
        self.rp = w[at.PROTECTED_RESERVE : at.PROTECTED_RESERVE + 3]
        self.tempo = self.air_keep = self.active = self.order = 1.0
        self.air_a, self.air_p = w[at.ATTACKER_AIR], w[at.PROTECTED_AIR]
        self.choose_effort()
        for one in self.sectors:
            one.seen = one.weight + w[at.WARNED] * (one.effort - one.weight)
            one.a = [one.effort * w[at.ATTACKER_LINE + k] for k in range(3)]
            one.p = [one.stand() * w[at.PROTECTED_LINE + k] for k in range(3)]

    def weigh(self, row: int, force: list[float]) -> float:
        """A force by type as mass or fire."""
        return sum(self.w[row + k] * force[k] for k in range(3))

    def choose_effort(self) -> None:
        """The two main efforts of this phase."""
        w = self.w
        near = [
            sum(max(w[at.WIDTH] - abs(one.place - axis), 0.0) for axis in self.axes)
            for one in self.sectors
        ]
        part, total = w[at.CONCENTRATION], sum(near)
        for one, here in zip(self.sectors, near, strict=True):
            one.effort = (1 - part) * one.weight + part * here / total
        self.hardest = max(one.effort for one in self.sectors)

    def step(self) -> None:
        """One day."""
        w, waves = self.w, self.inputs.waves
        if self.day % at.CYCLE == 0:
            self.choose_effort()
            self.every = self.random.gauss(0, 1)
            self.agents.do("draw_luck")
        for v in range(waves.day.shape[0]):
            if waves.day[v, 0] == self.day:
                self.arrive([float(x) for x in waves.value[v, :, 0]], waves.share[v])
        back_a = [sum(one.a[k] for one in self.sectors) for k in range(3)]
        back_p = [sum(one.p[k] for one in self.sectors) for k in range(3)]
        self.sent_a = [w[at.ATTACKER_COMMIT] * x for x in self.ra]
        self.sent_p = [w[at.DEFENDER_COMMIT] * x for x in self.rp]
        for k in range(3):
            self.ra[k] += w[at.ATTACKER_RELEASE] * back_a[k] - self.sent_a[k]
            self.ra[k] += w[at.ATTACKER_INFLOW + k]
            self.rp[k] += w[at.DEFENDER_RELEASE] * back_p[k] - self.sent_p[k]
            self.rp[k] += w[at.PROTECTED_INFLOW + k]
        self.supply()
        self.agents.do("fight")
        self.evening()
        self.day += 1

    def arrive(self, value: list[float], share: object) -> None:
        """One wave of the guarantor."""
        at_rear = float(share[-1])
        for k in range(at.WAVE_FORCE):
            self.rear[k] += at_rear * value[k]
            for one in self.sectors:
                one.held[k] += (1 - at_rear) * float(share[one.place]) * value[k]
        self.rear[at.WAVE_AIR] += value[at.WAVE_AIR]

    def supply(self) -> None:
        """Tempo, aircraft and ammunition of the day."""
        w = self.w
        floor = w[at.TEMPO_FLOOR]
        self.tempo_log = math.log2(floor + (1 - floor) * self.tempo)
        self.ours = self.air_p + self.air_keep * self.rear[at.WAVE_AIR]
        self.theirs = self.air_a**2 / (self.air_a + w[at.CONTEST] * self.ours + at.TRACE)
        full = self.day < w[at.ATTACKER_SHELL_DAYS]
        self.shells_a = 1.0 if full else w[at.ATTACKER_RATION]
        full = self.day < w[at.DEFENDER_SHELL_DAYS]
        self.shells_d = 1.0 if full else w[at.DEFENDER_RATION]
        self.guarantor = self.worn = 0.0

    def evening(self) -> None:
        """Who gives up, and what tires."""
        w = self.w
        mass = sum(
            w[at.MASS + k] * (sum(one.a[k] for one in self.sectors) + self.ra[k]) for k in range(3)
        )
        stand = sum(
            w[at.MASS + k] * (sum(one.p[k] for one in self.sectors) + self.rp[k]) for k in range(3)
        )
        if mass <= w[at.ATTACKER_BREAK]:
            self.active = 0.0
        stand += self.guarantor
        self.rear_kept *= max(1 - w[at.GUARANTOR_WEAR] * self.worn, 0.0)
        if self.order == 1.0 and stand <= w[at.DEFENDER_BREAK]:
            self.order = w[at.BROKEN]
        self.tempo *= w[at.TEMPO_KEEP]
        self.air_a *= w[at.ATTACKER_AIR_KEEP]
        self.air_p *= w[at.PROTECTED_AIR_KEEP]
        self.air_keep *= w[at.GUARANTOR_AIR_KEEP]

    def notes(self) -> tuple[float, ...]:
        """Depth, area and losses."""
        fronts = [(one.front, one.front / one.narrow) for one in self.sectors]
        return (max(f for f, _ in fronts), sum(area for _, area in fronts), *self.spent)
