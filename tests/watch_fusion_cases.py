"""Made worlds whose acts are known: observers with a place error, sectors, misses and mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backstop.watch.fusion import Reports, reports
from backstop.watch.fusion.evidence import RADIUS_SD

FAMILY = np.array([0, 0, 0, 1, 1, 2, 3, 3])


@dataclass(frozen=True)
class World:
    """Records and the act that each is of."""

    found: Reports
    truth: dict[str, int]


@dataclass(frozen=True)
class Observer:
    """A stream: what it sees, and how far off."""

    sees: float
    radius_m: float
    lag_days: float
    miscodes: float = 0.1
    day_only: bool = False
    sector: bool = False


MISSION = (
    Observer(0.6, 300, 0.02),
    Observer(0.5, 1500, 0.3, day_only=True),
    Observer(0.4, 3000, 0.6, miscodes=0.2, day_only=True),
    Observer(0.35, 0, 0.02, sector=True),
)


def made_world(
    *, acts: int = 600, days: float = 120, side_km: float = 120, towns: int = 40, seed: int = 1,
    observers: tuple[Observer, ...] = MISSION, bursts: float = 0.0,
) -> World:  # fmt: skip
    """Acts around towns, each seen by some observers; every number from one seed.

    ``bursts`` is the share of acts that follow another within hours and a kilometre.
    """
    draw = np.random.default_rng(seed)
    home = draw.uniform(0, side_km * 1000, (towns, 2))
    weight = draw.dirichlet(np.full(towns, 0.7))
    where = home[draw.choice(towns, acts, p=weight)] + draw.normal(0, 2500, (acts, 2))
    when, kind = draw.uniform(0, days, acts), draw.choice(8, acts, p=draw.dirichlet(np.ones(8)))
    for act in range(int(acts * (1 - bursts)), acts):
        before = int(draw.integers(0, act))
        where[act] = where[before] + draw.normal(0, 800, 2)
        when[act] = when[before] + draw.exponential(0.3)
        kind[act] = kind[before] if draw.random() < 0.7 else kind[act]
    dead = draw.poisson(0.8, acts)
    columns = {name: [] for name in ("key", "x", "y", "start", "end", "radius", "stream", "kind")}
    killed, clouds, truth = [], {}, {}
    for stream, who in enumerate(observers):
        for act in np.flatnonzero(draw.random(acts) < who.sees):
            key = f"{stream}/{act:05d}"
            if who.sector:
                clouds[key], centre, radius = _sector(draw, where[act])
            else:
                radius = who.radius_m * draw.uniform(0.6, 1.6)
                centre = where[act] + draw.normal(0, radius / RADIUS_SD, 2)
            t = when[act] + draw.normal(0, who.lag_days)
            start, end = (np.floor(t), np.floor(t) + 1) if who.day_only else (t, t)
            said = draw.integers(8) if draw.random() < who.miscodes else kind[act]
            row = (key, *centre, start, end, radius, stream, said)
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
            count = max(0, int(dead[act] + draw.integers(-1, 2) * (draw.random() < 0.3)))
            killed.append((count, count) if draw.random() < 0.5 else (-1, -1))
            truth[key] = int(act)
    code = np.array(columns["kind"], int).reshape(-1)
    found = reports(
        key=columns["key"], x_m=columns["x"], y_m=columns["y"], start_day=columns["start"],
        end_day=columns["end"], radius_m=columns["radius"], stream=columns["stream"],
        taxonomies={"kind": np.column_stack([code, FAMILY[code]])},
        killed=np.array(killed).reshape(-1, 2), clouds_m=clouds,
    )  # fmt: skip
    return World(found, truth)


def _sector(draw, act):
    """An annular sector of 45 degrees that holds the act: its points, centre and radius."""
    near, width = draw.uniform(500, 2500), draw.uniform(1500, 3500)
    distance = np.sqrt(draw.uniform(near**2, (near + width) ** 2))
    turned = draw.uniform(0, np.pi / 4)
    bearing = draw.uniform(0, 2 * np.pi)
    post = act - distance * np.array([np.sin(bearing + turned), np.cos(bearing + turned)])
    rings = np.sqrt(near**2 + ((near + width) ** 2 - near**2) * (np.arange(6) + 0.5) / 6)
    rays = bearing + np.pi / 4 * (np.arange(6) + 0.5) / 6
    points = np.array([[r * np.sin(b), r * np.cos(b)] for r in rings for b in rays]) + post
    centre = points.mean(axis=0)
    return points, centre, float(np.quantile(np.hypot(*(points - centre).T), 0.68))
