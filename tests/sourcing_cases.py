"""Small sourcing problems that several test modules share."""

from __future__ import annotations

from hypothesis import strategies as st

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


def brigades(required: int, rotations: int = 12, line: str = "land", **rest: object) -> Line:
    """Return a manoeuvre line that asks for ``required`` one-point brigades."""
    return Line(
        line, "brigade", "rear", (required,) * rotations, sector="rear", manoeuvre=True, **rest
    )


def pool(nation: str, units: int, **rest: object) -> Pool:
    """Return a pool of one-point brigades that may serve on the line ``land``."""
    fields: dict[str, object] = {"lines": ("land",), "effectiveness": 1} | rest
    return Pool(f"{nation}.brigade", nation, "brigade", units, **fields)


def standing(*units: int, required: int, rotations: int = 12, **rest: object) -> Problem:
    """Return nations A, B, … with brigades at 1:3 and one line."""
    names = [chr(65 + number) for number in range(len(units))]
    return Problem(
        lines=(brigades(required, rotations),),
        pools=tuple(pool(name, count) for name, count in zip(names, units, strict=True)),
        nations=tuple(Nation(name, 100.0) for name in names),
        rotations=rotations,
        **rest,
    )


@st.composite
def problems(draw: st.DrawFn, rotations: int = 4) -> Problem:
    """Draw a small problem with every rule in it."""
    names = ("A", "B", "C")
    required = st.integers(0, 5)
    lines = (
        Line(
            "land",
            "brigade",
            "east",
            (draw(required),) * rotations,
            sector="east",
            manoeuvre=True,
        ),
        Line("rear", "brigade", "rear", (draw(required),) * rotations, tier=2, sector="rear"),
        Line("eyes", "scouts", "east", (draw(st.integers(1, 3)),) * rotations, sector="east"),
    )
    pools = []
    for name in names:
        for capability, served in (("brigade", ("land", "rear")), ("scouts", ("eyes",))):
            open_ = tuple(line for line in served if draw(st.integers(0, 3)))
            pools.append(
                Pool(
                    f"{name}.{capability}",
                    name,
                    capability,
                    draw(st.integers(0, 5)),
                    open_,
                    dwell=draw(st.sampled_from((1, 3))),
                    effectiveness=draw(st.integers(1, 2)),
                    troops_per_unit=draw(st.integers(1, 3)),
                    cost_usd_m=float(draw(st.integers(1, 9))),
                    lift_loads=draw(st.integers(0, 2)),
                    barred=tuple((line, "front") for line in served if line not in open_),
                )
            )
    return Problem(
        lines=lines,
        pools=tuple(pools),
        nations=tuple(
            Nation(name, draw(st.sampled_from((100.0, 300.0))), draw(st.sampled_from((None, 4))))
            for name in names
        ),
        rotations=rotations,
        incompatible=(Incompatible("A", "B"),),
        framework=Framework(("A", "C"), penalty=2),
        lift=Lift((6,) * rotations, extra_loads=2, extra_usd_m_per_load=3.0),
        couplings=(Coupling("eyes", ("brigade",), "scouts", 2),),
    )
