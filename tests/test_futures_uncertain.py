"""Where the uncertain quantities of a tree of records stand, and what they are in each world."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from backstop.futures import quantities, resolve, sample, uncertain_quantities
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.quantity import LARGEST, Amount, Number, Quantity, Share
from backstop.scenario.record import Record

AMOUNT, SHARE, ANY = (0, LARGEST), (0, 1), (-np.inf, np.inf)


class Unit(Record):
    id: str
    troops: Amount
    lift: Amount | None = None


class Rung(Record):
    share: Annotated[Share, Field(description="a share")]


class Plan(Record):
    title: str
    line_km: Amount
    slope: Number
    units: tuple[Unit, ...]
    ladder: tuple[Rung, ...] = ()
    shares: tuple[Share, ...] = ()
    pair: tuple[Number, Share] | None = None
    stocks: dict[str, Annotated[Amount | None, BeforeValidator(lambda value: value or None)]] = {}
    core: Unit | Rung | None = None
    from_: Amount = Field(default=Quantity(value=1), alias="from")


PLAN = Plan.model_validate(
    {
        "title": "a plan",
        "line_km": {"low": 1000, "high": 1400},
        "slope": {"mean": 0, "sd": 1},
        "units": [
            {"id": "manoeuvre", "troops": "600~800", "lift": "3±1"},
            {"id": "x.2", "troops": 100},
        ],
        "ladder": [{"share": 0.5}, {"share": "0.2~0.4"}],
        "shares": [0.1, "0.1~0.2"],
        "pair": ["1~2", "0.3~0.4"],
        "stocks": {"brigades": "4~5", "ships of line": "1~2", "none": ""},
        "core": {"share": "0.5~0.6"},
        "from": "1~2",
    }
)


def test_every_uncertain_quantity_has_its_path_and_the_bounds_of_its_field() -> None:
    found = [(p.path, (p.bounds.low, p.bounds.high)) for p in uncertain_quantities(PLAN)]
    assert found == [
        ("line_km", AMOUNT),
        ("slope", ANY),
        ("units[manoeuvre].troops", AMOUNT),
        ("units[manoeuvre].lift", AMOUNT),
        ("ladder[1].share", SHARE),
        ("shares[1]", SHARE),
        ("pair[0]", ANY),
        ("pair[1]", SHARE),
        ("stocks.brigades", AMOUNT),
        ('stocks."ships of line"', AMOUNT),
        ("core.share", SHARE),
        ("from", AMOUNT),
    ]


def test_fixed_quantities_are_listed_on_request() -> None:
    fixed = [place.path for place in quantities(PLAN) if place.quantity.fixed]
    assert fixed == ["units[x.2].troops", "ladder[0].share", "shares[0]"]


def test_rows_are_named_by_nation_and_capability_so_that_their_order_does_not_matter() -> None:
    nation = Nation.model_validate(
        {
            "iso3": "FRA",
            "name": "France",
            "active_personnel": 200_000,
            "army_personnel": "110000~120000",
            "gdp_usd_bn": 3000,
            "defence_expenditure_usd_bn": 60,
            "parliament": "after",
            "brigades": "6~8",
            "confidence": "high",
        }
    )
    offer = Offer.model_validate(
        {"nation": "FRA", "capability": "manoeuvre", "units": "2~4", "pledge": "political"}
    )
    tree = {"nations": (nation,), "offers": (offer,)}
    assert [place.path for place in uncertain_quantities(tree)] == [
        "nations[FRA].army_personnel",
        "nations[FRA].stocks.brigades",
        "offers[FRA/manoeuvre].units",
    ]


def test_resolved_values_are_the_sampled_ones_and_constants() -> None:
    found = {place.path: place[1:] for place in uncertain_quantities(PLAN, prefix="plans[p]")}
    worlds = sample(found, worlds=range(64), seed=3)
    values = resolve(PLAN, worlds, prefix="plans[p]")
    assert set(values) == {place.path for place in quantities(PLAN)}
    assert np.array_equal(values["line_km"], worlds["plans[p].line_km"])
    assert values["units[x.2].troops"].tolist() == [100.0] * 64
    assert values["units[manoeuvre].lift"].min() >= 0
    unit = resolve(PLAN.units[0], worlds, prefix="plans[p].units[manoeuvre]")
    assert np.array_equal(unit["troops"], values["units[manoeuvre].troops"])
