"""A synthetic force-generation conference of realistic size, drawn from a seed.

32 nations, about 210 unit pools, 20 requirement lines in four sectors and the theatre,
12 half-year rotations, dwell 1:3, with caveats, caps, incompatibilities, priced extra lift,
framework shares and enabler couplings. Demand is set against what the pools can sustain, so
that some lines are short and most are not.
"""

from __future__ import annotations

import random

from backstop.sourcing.problem import (
    Coupling,
    Framework,
    Incompatible,
    Lift,
    Line,
    Nation,
    Pool,
    Problem,
)

SECTORS = ("east", "north", "rear", "south")
# capability: (share of nations with it, most units of a large nation, troops, cost, loads)
CAPABILITIES = {
    "manoeuvre": (0.95, 16, 800, 32.0, 6),
    "artillery": (0.75, 6, 450, 24.0, 5),
    "reconnaissance": (0.70, 6, 300, 18.0, 2),
    "engineers": (0.75, 6, 400, 15.0, 4),
    "air-defence": (0.60, 5, 350, 30.0, 4),
    "medical": (0.70, 5, 200, 12.0, 2),
    "logistics": (0.85, 8, 500, 14.0, 5),
    "transport-aircraft": (0.50, 5, 120, 26.0, 0),
    "tankers": (0.30, 3, 120, 40.0, 0),
    "command": (0.60, 3, 250, 20.0, 2),
}
LINES = (
    *(("manoeuvre", sector, 1) for sector in SECTORS),
    *(("artillery", sector, 2) for sector in SECTORS[:3]),
    *(("reconnaissance", sector, 1) for sector in SECTORS[:2]),
    *(("engineers", sector, 2) for sector in SECTORS[:2]),
    ("air-defence", "east", 1),
    ("air-defence", "rear", 2),
    ("medical", "north", 2),
    ("medical", "rear", 1),
    ("logistics", "rear", 1),
    ("logistics", "south", 2),
    ("transport-aircraft", None, 1),
    ("tankers", None, 1),
    ("command", None, 1),
)


def instance(seed: int, *, nations: int = 32, rotations: int = 12, dwell: int = 3) -> Problem:
    """Draw the instance of one seed."""
    draw = random.Random(seed)
    names = [f"nation-{number:02d}" for number in range(nations)]
    sizes = {name: max(0.12, (1 - rank / nations) ** 2) for rank, name in enumerate(names)}
    pools = [
        pool
        for name in names
        for capability in CAPABILITIES
        if (pool := _pool(draw, name, capability, sizes[name], dwell)) is not None
    ]
    lines = [_line(draw, spec, pools, rotations, dwell) for spec in LINES]
    steady = sum(p.units * p.lift_loads for p in pools) // (1 + dwell)
    return Problem(
        lines=tuple(lines),
        pools=tuple(pools),
        nations=tuple(_nation(draw, name, sizes[name], pools) for name in names),
        rotations=rotations,
        incompatible=(
            Incompatible(names[4], names[9]),
            Incompatible(names[4], names[17]),
            Incompatible(names[2], names[21], "theatre"),
        ),
        framework=Framework(eligible=tuple(names[:10]), penalty=4),
        lift=Lift(
            loads=tuple(int(steady * draw.uniform(0.6, 0.8)) for _ in range(rotations)),
            extra_loads=steady,
            extra_usd_m_per_load=1.5,
        ),
        couplings=(
            Coupling("eyes", ("manoeuvre", "artillery"), "reconnaissance", 6),
            Coupling("fuel", ("transport-aircraft",), "tankers", 4),
        ),
    )


def _pool(
    draw: random.Random, nation: str, capability: str, size: float, dwell: int
) -> Pool | None:
    share, most, troops, cost, loads = CAPABILITIES[capability]
    if draw.random() > share:
        return None
    open_, barred = [], []
    for name, sector, _ in LINES:
        if name != capability:
            continue
        line = f"{capability}.{sector or 'theatre'}"
        if sector in ("east", "north") and draw.random() < 0.35:
            barred.append((line, "not at the front"))
        elif draw.random() < 0.85:
            open_.append(line)
    if not open_:
        return None
    return Pool(
        id=f"{nation}.{capability}",
        nation=nation,
        capability=capability,
        units=max(1, round(most * size * draw.uniform(0.6, 1.4))),
        lines=tuple(open_),
        dwell=dwell,
        first_rotation=draw.choice((0, 0, 0, 0, 1)),
        effectiveness=draw.choice((2, 2, 2, 3)),
        troops_per_unit=troops,
        cost_usd_m=round(cost * draw.uniform(0.7, 1.6), 1),
        lift_loads=loads,
        barred=tuple(barred),
    )


def _line(
    draw: random.Random,
    spec: tuple[str, str | None, int],
    pools: list[Pool],
    rotations: int,
    dwell: int,
) -> Line:
    capability, sector, tier = spec
    rivals = sum(name == capability for name, _, _ in LINES)
    held = sum(p.units * p.effectiveness for p in pools if p.capability == capability)
    spare = 0.75 if capability == "manoeuvre" else 1.0
    level = spare * held / (1 + dwell) / rivals * draw.uniform(0.65, 1.15)
    required = max(2, round(level))
    return Line(
        id=f"{capability}.{sector or 'theatre'}",
        capability=capability,
        location=sector or "theatre",
        required=(required,) * rotations,
        tier=tier,
        sector=sector,
        manoeuvre=capability == "manoeuvre",
    )


def _nation(draw: random.Random, name: str, size: float, pools: list[Pool]) -> Nation:
    troops = sum(p.units * p.troops_per_unit for p in pools if p.nation == name)
    capped = draw.random() < 0.6
    return Nation(
        id=name,
        gdp_usd_bn=round(4000 * size * draw.uniform(0.6, 1.4), 1),
        troops_cap=int(troops * draw.uniform(0.2, 0.4)) if capped else None,
        presence_cost_usd_m=2.0 if draw.random() < 0.5 else 0.0,
    )
