"""A second maker of worlds with known truth, that shares nothing with the first but the truth.

A front, villages with populations, hot and quiet weeks; acts set off others over hours to days
with a long tail, at the same target or across the front. Five sources err each in its own way:
patrols that look by day and near their bases, a press that names villages on the day of
publication, a list of deaths with classes of precision, a satellite that passes twice a day and
sees fields burn, and volunteers whose errors have long tails.

Its numbers were set once, from what such sources are like, before any fusion was run on it, and
are not to be tuned: it is there to judge the model, not to agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backstop.watch.fusion import UNSTATED, reports
from watch_fusion_cases import World

SIDE_M = 100_000.0
#: Kinds by family; a source takes a kind for its neighbour in the family more often than not.
FAMILY = np.array([0, 0, 0, 0, 1, 1, 2, 2, 3])


@dataclass(frozen=True)
class Theatre:
    """How a world is made. Its switches are what it may do to a model."""

    acts: int = 600
    days: float = 120
    branching: float = 0.25
    """Acts that one act sets off, directly, on average."""
    repeats: float = 0.04
    """Share of their reports that volunteers and the press give twice."""
    understated: float = 1.0
    """The radius that volunteers and the press state is this share of what it is."""


#: What each world is asked to do; "plain" sets nothing off and repeats nothing.
KINDS = {
    "plain": {"branching": 0.0, "repeats": 0.0},
    "chains": {"repeats": 0.0},
    "repeats": {"branching": 0.0},
    "understated": {"branching": 0.0, "repeats": 0.0, "understated": 0.5},
    "all of it": {"understated": 0.7},
}


@dataclass
class _Acts:
    where: np.ndarray
    when: np.ndarray
    lasts: np.ndarray
    kind: np.ndarray
    size: np.ndarray
    dead: np.ndarray
    side: np.ndarray


@dataclass
class _Told:
    """Rows as the sources write them."""

    rows: list[tuple] = field(default_factory=list)
    truth: dict[str, int] = field(default_factory=dict)

    def add(self, stream, act, place, start, end, radius, kind, killed=(UNSTATED, UNSTATED)):
        key = f"{stream}-{len(self.rows):06d}"
        self.rows.append((key, *place, start, end, radius, stream, kind, *killed))
        self.truth[key] = int(act)


def theatre_world(*, seed: int, **how: float) -> World:
    """A world of the second maker; every number from one seed."""
    asked = Theatre(**how)
    draw = np.random.default_rng([20_260_941, seed])
    villages, people = _villages(draw)
    acts = _acts(draw, asked, villages)
    told = _Told()
    _patrols(draw, acts, told)
    _press(draw, acts, told, asked, villages, people)
    _deaths(draw, acts, told, villages, people)
    _satellite(draw, acts, told, asked)
    _volunteers(draw, acts, told, asked)
    columns = list(zip(*told.rows, strict=True))
    code = np.array(columns[7], int)
    family = np.where(code >= 0, FAMILY[code], UNSTATED)
    found = reports(
        key=columns[0], x_m=columns[1], y_m=columns[2], start_day=columns[3], end_day=columns[4],
        radius_m=columns[5], stream=columns[6],
        taxonomies={"kind": np.column_stack([code, family])},
        killed=np.column_stack(columns[8:10]),
    )  # fmt: skip
    return World(found, told.truth)


def _front_y(x):
    """The line of contact, west to east, with a salient."""
    return SIDE_M / 2 + 9_000 * np.sin(x / 14_000) + 15_000 * np.exp(-(((x - 6.5e4) / 9e3) ** 2))


def _villages(draw):
    """Some 350 villages, no two within 2 km, their populations spread over decades."""
    kept: list[np.ndarray] = []
    for one in draw.uniform(0, SIDE_M, (900, 2)):
        if all(np.hypot(*(one - other)) > 2_000 for other in kept):
            kept.append(one)
    return np.array(kept[:350]), np.exp(draw.normal(6.2, 1.3, min(len(kept), 350)))


def _acts(draw, asked, villages) -> _Acts:
    """Background by weeks and stretches of the front, and what each act sets off."""
    first = draw.poisson(asked.acts * (1 - asked.branching))
    weeks = draw.gamma(1.2, 1.0, int(asked.days // 7) + 1)
    week = draw.choice(weeks.size, first, p=weeks / weeks.sum())
    when = np.minimum((week + draw.random(first)) * 7, asked.days)
    # Two acts of three by daylight.
    light = draw.random(first) < 2 / 3
    when = np.floor(when) + np.where(light, draw.normal(0.55, 0.12, first), draw.random(first))
    stretches = draw.gamma(0.8, 1.0, 20)
    x = (draw.choice(20, first, p=stretches / stretches.sum()) + draw.random(first)) * SIDE_M / 20
    depth = draw.gamma(1.3, 2_200, first) * draw.choice([-1, 1], first)
    where = np.column_stack([x, _front_y(x) + depth])
    # Half of them at a village.
    near = np.array([np.argmin(np.hypot(*(villages - one).T)) for one in where]).reshape(-1)
    at = draw.random(first) < 0.5
    where[at] = villages[near[at]] + draw.normal(0, 700, (int(at.sum()), 2))
    kind = draw.choice(9, first, p=draw.dirichlet(np.full(9, 1.5)))
    where, when, kind = _set_off(draw, asked, where, when, kind)
    n = len(when)
    return _Acts(
        where, when, draw.lognormal(np.log(15 / 1440), 1.2, n), kind,
        draw.pareto(1.6, n) + 1, draw.negative_binomial(0.35, 0.3, n),
        where[:, 1] > _front_y(where[:, 0]),
    )  # fmt: skip


def _set_off(draw, asked, where, when, kind):
    """Generations of acts set off: again at the target, or an answer across the front."""
    places, times, kinds = [where], [when], [kind]
    while len(times[-1]) and asked.branching:
        parent = np.repeat(np.arange(len(times[-1])), draw.poisson(asked.branching, len(times[-1])))
        n = parent.size
        again = draw.random(n) < 0.6
        turned = draw.uniform(0, 2 * np.pi, n)
        away = np.where(again, draw.rayleigh(400, n), draw.uniform(2_000, 7_000, n))
        step = away[:, None] * np.column_stack([np.cos(turned), np.sin(turned)])
        places.append(places[-1][parent] + step)
        times.append(times[-1][parent] + 0.08 * draw.pareto(1.4, n))
        same = draw.random(n) < np.where(again, 0.75, 0.35)
        kinds.append(np.where(same, kinds[-1][parent], draw.integers(0, 9, n)))
    where, when, kind = np.vstack(places), np.concatenate(times), np.concatenate(kinds)
    inside = when < asked.days
    return where[inside], when[inside], kind[inside]


def _said(draw, kind, wrong):
    """The kind as a source names it: most mistakes stay in the family."""
    if draw.random() >= wrong:
        return int(kind)
    family = np.flatnonzero(FAMILY[kind] == FAMILY)
    return int(draw.choice(family if draw.random() < 0.7 else 9))


def _long_tailed(draw, scale, freedom):
    """An error in the plane with Student's t in its length."""
    return draw.normal(0, scale, 2) / np.sqrt(draw.chisquare(freedom) / freedom)


def _patrols(draw, acts, told):
    bases = np.column_stack([draw.uniform(0, SIDE_M, 6), np.zeros(6)])
    bases[:, 1] = _front_y(bases[:, 0]) + draw.normal(0, 6_000, 6)
    for act, place in enumerate(acts.where):
        away = np.hypot(*(bases - place).T).min()
        hour = acts.when[act] % 1
        sees = (0.8 if 0.3 < hour < 0.75 else 0.2) * np.exp(-((away / 15_000) ** 2))
        if draw.random() < sees:
            scale = draw.choice([120, 400])
            t = acts.when[act] + draw.random() * acts.lasts[act]
            told.add(
                0, act, place + draw.normal(0, scale, 2), t, t + 1 / 1440, 1.51 * scale,
                _said(draw, acts.kind[act], 0.08),
            )  # fmt: skip


def _press(draw, acts, told, asked, villages, people):
    """A village near by, the larger the likelier; the day it was printed and the day before."""
    rows, errors = [], []
    for act, place in enumerate(acts.where):
        loud = 1 - np.exp(-0.35 * acts.size[act] - 0.5 * acts.dead[act])
        if draw.random() >= loud * 0.75:
            continue
        again = draw.random() < asked.repeats
        for _ in range(1 + again):
            away = np.hypot(*(villages - place).T)
            pull = np.sqrt(people) * np.exp(-away / 1_500)
            named = villages[draw.choice(len(villages), p=pull / pull.sum())]
            late = draw.choice([0, 1, 2, 3], p=[0.6, 0.27, 0.09, 0.04])
            errors.append(np.hypot(*(named - place)))
            printed = np.floor(acts.when[act]) + late
            killed = acts.dead[act] if draw.random() < 0.6 else UNSTATED
            kind = _said(draw, acts.kind[act], 0.2)
            rows.append((act, named, printed - 1, printed + 1, kind, (killed, killed)))
    radius = float(np.quantile(errors, 0.68)) if errors else 2_000.0
    for act, named, start, end, kind, killed in rows:
        told.add(1, act, named, start, end, asked.understated * radius, kind, killed)


def _deaths(draw, acts, told, villages, people):
    """Deaths only: exact, at the village, or at the seat of the district; a day or a week."""
    seats = villages[np.argsort(-people)[:25]]
    for act, place in enumerate(acts.where):
        if acts.dead[act] == 0 or draw.random() > 0.75:
            continue
        exact = draw.choice(3, p=[0.45, 0.43, 0.12])
        if exact == 0:
            at, radius = place + draw.normal(0, 300, 2), 450.0
        else:
            known = villages if exact == 1 else seats
            at = known[np.argmin(np.hypot(*(known - place).T))]
            radius = 2_600.0 if exact == 1 else 10_000.0
        day = np.floor(acts.when[act])
        start, end = day, day + 1
        if draw.random() < 0.2:
            start = day - draw.integers(0, 5)
            end = start + 5
        best = int(acts.dead[act])
        low, high = max(1, best - int(draw.poisson(0.4))), best + int(draw.poisson(0.6))
        kind = _said(draw, acts.kind[act], 0.12)
        told.add(2, act, at, start, end, radius, kind, (low, high))


def _satellite(draw, acts, told, asked):
    """Heat at two passes a day; a kind it cannot tell. Fields burn too, and are nobody's act."""
    seen = 0
    for act, place in enumerate(acts.where):
        shift = acts.when[act] - 1.5 / 24
        passed = np.ceil(shift * 2) / 2 + 1.5 / 24
        hours = (passed - acts.when[act]) * 24
        if draw.random() < 0.5 * (1 - 1 / acts.size[act]) * np.exp(-hours / 8):
            told.add(
                3, act, place + draw.normal(0, 375, 2), passed, passed, 565.0, UNSTATED
            )  # fmt: skip
            seen += 1
    for fire in range(draw.poisson(0.15 * seen / 0.85)):
        t = draw.integers(0, int(asked.days * 2)) / 2 + 1.5 / 24
        told.add(3, -1 - fire, draw.uniform(0, SIDE_M, 2), t, t, 565.0, UNSTATED)


def _volunteers(draw, acts, told, asked):
    """Both sides of the front, one better; minutes to hours late; long tails."""
    scale, freedom = 650.0, 3
    sample = np.array([np.hypot(*_long_tailed(draw, scale, freedom)) for _ in range(4_000)])
    radius = asked.understated * float(np.quantile(sample, 0.68))
    for act, place in enumerate(acts.where):
        if draw.random() >= (0.55 if acts.side[act] else 0.25):
            continue
        again = draw.random() < asked.repeats
        for _ in range(1 + again):
            late = draw.lognormal(np.log(25 / 1440), 1.1)
            t = acts.when[act] + late
            killed = acts.dead[act] + draw.poisson(0.3) if draw.random() < 0.3 else UNSTATED
            told.add(
                4, act, place + _long_tailed(draw, scale, freedom), t, t, radius,
                _said(draw, acts.kind[act], 0.18), (killed, killed),
            )  # fmt: skip
