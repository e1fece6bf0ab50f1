"""The same campaign in other ways: a Mesa model, NumPy over worlds, JAX on the CPU.

All three follow the equations of ``backstop.campaign.reference`` and draw the same random numbers,
so that their outcomes can be compared world by world.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backstop.campaign import parameters as at
from backstop.campaign.inputs import Inputs

SUM_MEAN, SUM_SCALE = np.float32(131070.0), np.float32(1.0 / 37837.227)


class Campaign:
    """The model over worlds, written once for any array library ``xp``. (sectors, worlds)."""

    def __init__(self, inputs: Inputs, *, key: tuple[int, int], xp: Any, words: Any) -> None:
        self.inputs, self.key, self.xp, self.words = inputs, key, xp, words
        self.w = xp.asarray(inputs.world)
        rows = xp.asarray(inputs.sector)
        self.narrow, self.terrain, self.works, self.top, self.objective = rows
        self.weight = xp.asarray(inputs.weight)[:, None]
        self.numbers = xp.asarray(inputs.numbers)
        self.wave_day = xp.asarray(inputs.waves.day)
        self.wave = xp.asarray(inputs.waves.value)
        self.wave_share = xp.asarray(inputs.waves.share)
        self.cell = xp.asarray(inputs.cell)
        self.inner = xp.asarray(inputs.cumulative[:-1])

    def three(self, row: int) -> Any:
        """Rows of three force types. (3, 1, worlds)."""
        return self.w[row : row + 3][:, None, :]

    def effort(self, day: Any) -> Any:
        """Where the attacker's force goes. (sectors, worlds)."""
        xp, w = self.xp, self.w
        phase = (xp.float32(1) * day * w[at.SHIFT]).astype(xp.int32).astype(xp.uint32)
        c1 = phase * xp.uint32(self.inputs.cells)
        word = self.words(self.numbers, c1, at.EFFORT)
        here = self.cell[:, None]
        near = 0.0
        for draw in word[:2]:
            u = (draw >> xp.uint32(8)).astype(xp.float32) * xp.float32(2.0**-24)
            axis = self.cell[(u[None, :] >= self.inner[:, None]).sum(axis=0)]
            near = near + xp.maximum(w[at.WIDTH] - xp.abs(here - axis), 0.0)
        part = w[at.CONCENTRATION]
        return ((1 - part) * self.weight + part * near / near.sum(axis=0)).astype(xp.float32)

    def press(self, effort: Any) -> Any:
        """What pressing hard does to the odds of moving. (sectors, worlds)."""
        hardest = effort / effort.max(axis=0)
        return self.w[at.SPEED_EFFORT] * self.xp.log2(self.xp.maximum(hardest, at.TRACE))

    def normals(self, day: Any, purpose: int) -> tuple[Any, Any]:
        """Two normal numbers a sector and world, alike in a cell. (sectors, worlds) each."""
        xp = self.xp
        c1 = (day * self.inputs.cells + self.cell).astype(xp.uint32)[:, None]
        word = self.words(self.numbers[None, :], c1, purpose)
        return self._normal(word[0], word[1]), self._normal(word[2], word[3])

    def _normal(self, first: Any, second: Any) -> Any:
        xp = self.xp
        half, wide = xp.uint32(0xFFFF), xp.uint32(16)
        total = (first & half) + (first >> wide) + (second & half) + (second >> wide)
        return (total.astype(xp.float32) - SUM_MEAN) * SUM_SCALE

    def begin(self) -> dict[str, Any]:
        """The state before the first day."""
        xp, w, inputs = self.xp, self.w, self.inputs
        empty = xp.zeros((inputs.sectors, inputs.worlds), xp.float32)
        one = xp.ones(inputs.worlds, xp.float32)
        effort = self.effort(0)
        seen = self.weight + w[at.WARNED] * (effort - self.weight)
        place = (1 - w[at.MIRROR]) * self.weight + w[at.MIRROR] * seen
        return {
            "effort": effort,
            "press": self.press(effort),
            "seen": seen,
            "luck": empty,
            "front": empty,
            "standing": empty + 1,
            "kept": empty + 1,
            "rear_kept": one,
            "a": effort[None] * self.three(at.ATTACKER_LINE),
            "p": place[None] * self.three(at.PROTECTED_LINE),
            "ra": w[at.ATTACKER_RESERVE : at.ATTACKER_RESERVE + 3],
            "rp": w[at.PROTECTED_RESERVE : at.PROTECTED_RESERVE + 3],
            "tempo": one,
            "air_a": w[at.ATTACKER_AIR],
            "air_p": w[at.PROTECTED_AIR],
            "air_keep": one,
            "active": one,
            "order": one,
            "spent": xp.zeros((3, inputs.worlds), xp.float32),
        }

    def step(self, day: Any, state: dict[str, Any], weekly: bool) -> dict[str, Any]:
        """One day in every world."""
        xp, w = self.xp, self.w
        s = dict(state)
        if weekly:
            s["effort"] = self.effort(day)
            s["press"] = self.press(s["effort"])
            fresh = xp.where(day > 0, w[at.FRESH], 1.0)
            own, every = self.normals(day, at.WEEK)
            new = w[at.SHARED] * every[:1] + w[at.OWN] * own
            s["luck"] = w[at.MEMORY] * s["luck"] + fresh * new
        effort, press = s["effort"], s["press"]
        # The guarantor's force that has come.
        come = (self.wave_day <= day)[:, None, :] * self.wave
        share, rear_wave = self.wave_share[:, :-1], self.wave_share[:, -1:]
        rear = (rear_wave[:, :, None] * come).sum(axis=0)
        front = (1 - rear_wave)[:, :, None] * come
        held = xp.einsum("vs,vkn->ksn", share, front)
        # Orders.
        sent_a, sent_p = w[at.ATTACKER_COMMIT] * s["ra"], w[at.DEFENDER_COMMIT] * s["rp"]
        back_a = w[at.ATTACKER_RELEASE] * s["a"].sum(axis=1)
        back_p = w[at.DEFENDER_RELEASE] * s["p"].sum(axis=1)
        s["ra"] = s["ra"] - sent_a + back_a + w[at.ATTACKER_INFLOW : at.ATTACKER_INFLOW + 3]
        s["rp"] = s["rp"] - sent_p + back_p + w[at.PROTECTED_INFLOW : at.PROTECTED_INFLOW + 3]
        s["seen"] = s["seen"] + w[at.LEARN] * (effort - s["seen"])
        place = (1 - w[at.MIRROR]) * self.weight + w[at.MIRROR] * s["seen"]
        a = (1 - w[at.ATTACKER_RELEASE]) * s["a"] + effort * sent_a[:, None]
        p = (1 - w[at.DEFENDER_RELEASE]) * s["p"] + place * sent_p[:, None]
        # Mass and fire.
        ours = s["air_p"] + s["air_keep"] * come[:, at.WAVE_AIR].sum(axis=0)
        theirs = s["air_a"] ** 2 / (s["air_a"] + w[at.CONTEST] * ours + at.TRACE)
        shells_a = xp.where(day < w[at.ATTACKER_SHELL_DAYS], 1.0, w[at.ATTACKER_RATION])
        shells_d = xp.where(day < w[at.DEFENDER_SHELL_DAYS], 1.0, w[at.DEFENDER_RATION])
        mass, fire = self.three(at.MASS), self.three(at.FIRE)
        a_mass = (mass * a).sum(axis=0) * self.narrow
        a_fire = (shells_a * (fire * a).sum(axis=0) + effort * theirs) * self.narrow
        kept, rear_kept = s["kept"], s["rear_kept"]
        g_mass, g_fire = (
            held[k] + kept * held[k + 2] + place * (rear[k] + rear_kept * rear[k + 2])
            for k in (at.WAVE_MASS, at.WAVE_FIRE)
        )
        g_exposed = kept * held[at.WAVE_EXPOSED] + place * (rear_kept * rear[at.WAVE_EXPOSED])
        d_mass = s["order"] * ((mass * p).sum(axis=0) + g_mass) * self.narrow
        d_fire = shells_d * (fire * p).sum(axis=0) + g_fire + place * ours
        d_fire = s["order"] * d_fire * self.narrow
        # Losses and ground.
        pace, heat = self.normals(day, at.BATTLE)
        tempo = xp.log2(w[at.TEMPO_FLOOR] + (1 - w[at.TEMPO_FLOOR]) * s["tempo"])
        bent = xp.log2(1 + w[at.FLANK] * s["front"])
        ground = xp.log2(self.terrain * (1 + self.works * s["standing"]))
        cover = ground - bent
        log_a, log_d, log_fa, log_fd = (
            xp.log2(xp.maximum(x, at.TRACE)) for x in (a_mass, d_mass, a_fire, d_fire)
        )
        active = xp.where(a_mass > at.TRACE, s["active"], 0.0)
        blow = w[at.LOSS_SPREAD] * heat
        common = tempo + blow
        shelter = w[at.COVER_POWER] * cover
        week, turn = w[at.SPEED_WEEK] * s["luck"], w[at.SPEED_DAY] * pace
        push = tempo + press + week
        taken = (push + blow >= w[at.ASSAULT]) & (week + turn >= w[at.REPULSE])
        lost_d = active * xp.exp2(
            w[at.DEFENDER_RATE] + common + xp.where(taken, 0.0, w[at.REPULSED_DEFENDER])
            + w[at.ENEMY_POWER] * log_fa + w[at.OWN_POWER] * log_d - shelter
        )  # fmt: skip
        lost_a = xp.where(d_fire > at.TRACE, active, 0.0) * xp.exp2(
            w[at.ATTACKER_RATE] + common + xp.where(taken, 0.0, w[at.REPULSED_ATTACKER])
            + w[at.ENEMY_POWER] * log_fd + w[at.OWN_POWER] * log_a + shelter
        )  # fmt: skip
        assault = xp.where(taken, active, 0.0)
        odds = xp.exp2(
            w[at.SPEED] + push + turn + w[at.SPEED_ATTACKER] * log_a
            - w[at.SPEED_DEFENDER] * (log_d - bent) - w[at.SPEED_COVER] * ground
        )  # fmt: skip
        moved = assault * self.top * odds / (1 + odds)
        s["front"] = xp.minimum(s["front"] + moved, self.objective)
        standing = xp.maximum(s["standing"] - moved * w[at.WORKS_DEPTH], 0.0)
        s["standing"] = standing + w[at.DIG] * (1 - standing)
        cap, exposure = w[at.LOSS_CAP], self.three(at.EXPOSURE)
        gone_a = a * xp.minimum(cap, exposure * lost_a)
        gone_p = p * xp.minimum(cap, exposure * lost_d)
        part = xp.minimum(cap, lost_d)
        gone_g = g_exposed * part
        s["kept"] = kept * (1 - w[at.GUARANTOR_WEAR] * part)
        worn = w[at.GUARANTOR_WEAR] * (place * part).sum(axis=0)
        s["rear_kept"] = rear_kept * xp.maximum(1 - worn, 0.0)
        s["a"], s["p"] = a - gone_a, p - gone_p
        gone = xp.stack([gone_a.sum(axis=(0, 1)), gone_p.sum(axis=(0, 1)), gone_g.sum(axis=0)])
        s["spent"] = s["spent"] + gone
        # The evening.
        strength = (mass[:, 0] * (s["a"].sum(axis=1) + s["ra"])).sum(axis=0)
        stand = (mass[:, 0] * (s["p"].sum(axis=1) + s["rp"])).sum(axis=0)
        stand = stand + g_mass.sum(axis=0)
        s["active"] = xp.where(strength <= w[at.ATTACKER_BREAK], 0.0, s["active"])
        broken = (s["order"] == 1) & (stand <= w[at.DEFENDER_BREAK])
        s["order"] = xp.where(broken, w[at.BROKEN], s["order"])
        s["tempo"] = s["tempo"] * w[at.TEMPO_KEEP]
        s["air_a"] = s["air_a"] * w[at.ATTACKER_AIR_KEEP]
        s["air_p"] = s["air_p"] * w[at.PROTECTED_AIR_KEEP]
        s["air_keep"] = s["air_keep"] * w[at.GUARANTOR_AIR_KEEP]
        return s

    def notes(self, s: dict[str, Any]) -> np.ndarray:
        """Depth, area and losses at the end. (``NOTES``, worlds)."""
        area = (s["front"] / self.narrow).sum(axis=0)
        return np.stack([np.asarray(x) for x in (s["front"].max(axis=0), area, *s["spent"])])


def numpy_run(inputs: Inputs, *, key: tuple[int, int]) -> np.ndarray:
    """NumPy, all worlds at once, one day after the other."""

    def words(numbers: np.ndarray, c1: np.ndarray, purpose: int) -> tuple[np.ndarray, ...]:
        """Philox in place, words in the low halves of 64 bits: half the time of the plain way."""
        c0, c1 = (np.array(x, np.uint64) for x in np.broadcast_arrays(numbers, c1))
        c2, c3 = np.full_like(c0, purpose * at.DRAWS), np.zeros_like(c0)
        first, second = np.empty_like(c0), np.empty_like(c0)
        k0, k1 = key
        for _ in range(10):
            np.bitwise_and(c0, np.uint64(0xFFFFFFFF), out=first)
            np.bitwise_and(c2, np.uint64(0xFFFFFFFF), out=second)
            first *= np.uint64(0xD2511F53)
            second *= np.uint64(0xCD9E8D57)
            np.right_shift(second, np.uint64(32), out=c0)
            c0 ^= c1
            c0 ^= np.uint64(k0)
            np.right_shift(first, np.uint64(32), out=c2)
            c2 ^= c3
            c2 ^= np.uint64(k1)
            c1, c3, first, second = second, first, c1, c3
            k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
        return tuple(x.astype(np.uint32) for x in (c0, c1, c2, c3))

    model = Campaign(inputs, key=key, xp=np, words=words)
    state = model.begin()
    for day in range(inputs.days):
        state = model.step(day, state, day % at.CYCLE == 0)
    return model.notes(state)


def jax_run(inputs: Inputs, *, key: tuple[int, int]) -> Any:
    """A compiled JAX function of no arguments on the CPU: one ``scan`` over the weeks."""
    import jax
    import jax.numpy as jnp

    def high_low(x: Any, multiplier: int) -> tuple[Any, Any]:
        """Upper and lower half of a 32-bit product, in 16-bit pieces: JAX has no 64 bits here."""
        m_low, m_high = jnp.uint32(multiplier & 0xFFFF), jnp.uint32(multiplier >> 16)
        x_low, x_high = x & jnp.uint32(0xFFFF), x >> jnp.uint32(16)
        low, mid1, mid2 = x_low * m_low, x_high * m_low, x_low * m_high
        carry = (low >> 16) + (mid1 & jnp.uint32(0xFFFF)) + (mid2 & jnp.uint32(0xFFFF))
        high = x_high * m_high + (mid1 >> 16) + (mid2 >> 16) + (carry >> 16)
        return high, x * jnp.uint32(multiplier)

    def words(numbers: Any, c1: Any, purpose: int) -> tuple[Any, ...]:
        c0, c1 = jnp.broadcast_arrays(numbers, c1)
        c2, c3 = jnp.full_like(c0, purpose * at.DRAWS), jnp.zeros_like(c0)
        k0, k1 = key
        for _ in range(10):
            h0, l0 = high_low(c0, 0xD2511F53)
            h1, l1 = high_low(c2, 0xCD9E8D57)
            c0, c1, c2, c3 = h1 ^ c1 ^ jnp.uint32(k0), l1, h0 ^ c3 ^ jnp.uint32(k1), l0
            k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
        return c0, c1, c2, c3

    model = Campaign(inputs, key=key, xp=jnp, words=words)

    def day_of(state: Any, day: Any) -> tuple[Any, None]:
        fresh = jax.lax.cond(
            day % at.CYCLE == 0,
            lambda: model.step(day, state, True),
            lambda: model.step(day, state, False),
        )
        return {k: v.astype(state[k].dtype) for k, v in fresh.items()}, None

    @jax.jit
    def whole() -> Any:
        start = {k: jnp.asarray(v, jnp.float32) for k, v in model.begin().items()}
        end, _ = jax.lax.scan(day_of, start, jnp.arange(inputs.days))
        return end

    def run() -> np.ndarray:
        return model.notes(jax.block_until_ready(whole()))

    return run
