"""Golden models, one a kind of row: a changed model is a readable difference.

They change only by an explicit act: BACKSTOP_UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backstop.sourcing.cyclic import ring
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import write_lp
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
from backstop.sourcing.programme import Programme
from sourcing_cases import brigades, pool

GOLDEN = Path(__file__).parent / "golden" / "sourcing"

TWO = (Nation("A", 100.0), Nation("B", 300.0))
POOLS = (pool("A", 3, troops_per_unit=800), pool("B", 2, dwell=1, lift_loads=2))
SCOUTS = Line("eyes", "scouts", "rear", (1, 1), sector="rear")


def case(**rest: object) -> Problem:
    fields: dict[str, object] = {
        "lines": (brigades(3, 2),),
        "pools": POOLS,
        "nations": TWO,
        "rotations": 2,
    }
    return Problem(**(fields | rest))  # type: ignore[arg-type]


def models() -> dict[str, Programme]:
    capped = (Nation("A", 100.0, troops_cap=1600, presence_cost_usd_m=2.0), TWO[1])
    light = Pool("A.light", "A", "brigade", 2, ("land",), effectiveness=1, troops_per_unit=500)
    barred = (POOLS[0], pool("B", 2, lines=(), barred=(("land", "not at the front"),)))
    scouts = Pool("A.scouts", "A", "scouts", 2, ("eyes",), effectiveness=1)
    lines = (brigades(3, 6),)
    return {
        "cover": build(case(pools=(POOLS[0], pool("B", 2, effectiveness=2)))),
        "dwell": build(case(lines=lines, rotations=6)),
        "ring": build(ring(case()), wraps=True),
        "cap": build(case(nations=capped, pools=(*POOLS, light))),
        "incompatible": build(case(incompatible=(Incompatible("A", "B", "theatre"),))),
        "framework": build(case(framework=Framework(("A",), penalty=4))),
        "lift": build(case(lift=Lift((1, 2), extra_loads=3, extra_usd_m_per_load=1.5))),
        "coupling": build(
            case(
                lines=(brigades(3, 2), SCOUTS),
                pools=(*POOLS, scouts),
                couplings=(Coupling("eyes", ("brigade",), "scouts", 2),),
            )
        ),
        "caveat": build(case(pools=barred), explains=True),
    }


@pytest.mark.parametrize("kind", sorted(models()))
def test_the_model_is_the_golden_one(kind: str) -> None:
    programme = models()[kind]
    text = write_lp(programme.model, objective=programme.tier_objective(1))
    path = GOLDEN / f"{kind}.lp"
    if os.environ.get("BACKSTOP_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_kind_of_row_has_a_golden_model() -> None:
    groups = {
        row.group.partition(":")[0]
        for programme in models().values()
        for row in programme.model.rows
    }
    assert groups == {
        "cap",
        "caveat",
        "coupling",
        "dwell",
        "framework",
        "incompatible",
        "lift",
        "line",
        "presence",
        "stock",
    }
