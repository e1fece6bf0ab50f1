"""Checks that need more than one place of a scenario: circles, lines and the steps of a route."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from backstop.errors import InputError, Problem
from backstop.scenario import references
from backstop.scenario.body import Body
from backstop.scenario.dates import last_day
from backstop.scenario.design import SELF_FILLED
from backstop.scenario.document import Document, at
from backstop.scenario.explain import validate
from backstop.scenario.geometry import (
    ROUGHNESS,
    LineFeature,
    LineString,
    length_km,
    rough_length_km,
)
from backstop.scenario.ident import did_you_mean, split
from backstop.scenario.quantity import Quantity
from backstop.scenario.record import Record
from backstop.scenario.theatre import LineDefinition


def tables_of(data: Any, *keys: str) -> list[tuple[int, dict[str, Any]]]:
    """The tables in a list of raw data, with their places; whatever else stands there is left."""
    items = at(data, keys)
    return [
        (place, item)
        for place, item in enumerate(items if isinstance(items, list) else ())
        if isinstance(item, dict)
    ]


def parts(
    record: Record | None, model: type[Record], data: Any, *keys: str
) -> Iterator[tuple[int, Any]]:
    """The items of a list as records, with their places: all those that are sound.

    Where the whole file is sound, ``record`` holds them; otherwise each is read alone.
    """
    if record is not None:
        whole: Any = record
        for key in keys:
            whole = getattr(whole, key)
        yield from enumerate(whole)
        return
    for place, item in tables_of(data, *keys):
        one, _ = validate(model, item)
        if one is not None:
            yield place, one


def circle_problems(main: Document) -> Iterator[Problem]:
    """Conditions that wait for each other."""
    places: dict[str, int] = {}
    requires: dict[str, list[str]] = {}
    for place, item in tables_of(main.data, "conditions"):
        name, needs = item.get("id"), split(item.get("requires", ()))
        if isinstance(name, str) and isinstance(needs, list | tuple):
            places.setdefault(name, place)
            requires.setdefault(name, []).extend(need for need in needs if isinstance(need, str))
    for circle in references.circles(requires):
        message = f"the conditions wait for each other: {' -> '.join((*circle, circle[0]))}"
        yield main.problem(("conditions", places[circle[0]], "requires"), message)


#: Sides without which there is no ceasefire, and what a party of that role is.
_SIDES = {
    "challenger": "the one that may break the ceasefire",
    "protected": "the state that is attacked",
}
_PARTIES = (*_SIDES, "guarantor")


def party_problems(main: Document) -> Iterator[Problem]:
    """Sides that are missing: the consent of a side that is not there would count as given."""
    given = _party_roles(main)
    for role, what in _SIDES.items():
        if given is not None and role not in given:
            yield main.problem(("parties",), f"none has the role {role!r}, {what}; name it")


def filled_roles(main: Document | None) -> tuple[str, ...]:
    """The roles of bodies that parties and offers fill where a step does not."""
    given = None if main is None else _party_roles(main)
    if given is None or "guarantor" in given:
        return SELF_FILLED
    return tuple(role for role in SELF_FILLED if role not in ("lead", "guarantors"))


def _party_roles(main: Document) -> set[str] | None:
    """The roles that parties have; None when not all of them can be told."""
    given = [str(item.get("role")) for _, item in tables_of(main.data, "parties")]
    return set(given) if given and set(given) <= set(_PARTIES) else None


def line_problems(
    defined: Iterable[LineDefinition], drawn: Iterable[tuple[int, LineFeature]], drawing: Document
) -> Iterator[Problem]:
    """Lines whose drawn length is not the stated one, within the line's own tolerance."""
    stated = {definition.id: definition.length_km for definition in defined}
    for place, feature in drawn:
        quantity = stated.get(feature.properties.id)
        fault = "" if quantity is None else _length_fault(feature, quantity)
        if fault:
            yield drawing.problem(("features", place, "geometry"), fault)


def _length_fault(feature: LineFeature, stated: Quantity) -> str:
    low, high = stated.support()
    if stated.shape in ("normal", "log-normal"):
        low = high = stated.central
    slack = feature.properties.tolerance

    def fits(line: LineString) -> bool:
        least, most = low * (1 - slack), high * (1 + slack)
        rough = rough_length_km(line)
        if least * (1 + ROUGHNESS) <= rough <= most * (1 - ROUGHNESS):
            return True
        return least <= length_km(line) <= most

    if fits(feature.geometry):
        return ""
    drawn, name = length_km(feature.geometry), feature.properties.id
    message = f"is {drawn:,.0f} km long, but scenario.toml states {stated} km for {name!r}"
    swapped = [(y, x) for x, y in feature.geometry.coordinates]
    turned, _ = validate(LineString, {"type": "LineString", "coordinates": swapped})
    if turned is not None and fits(turned):
        return f"{message}; with longitude before latitude, as GeoJSON has it, it would fit"
    return f"{message}; mend one of them, or state another tolerance"


def step_problems(
    design: Document, bodies: Mapping[str, Body], *, filled: Collection[str], as_of: object
) -> Iterator[Problem]:
    """Steps whose body has a role that nobody fills, or no members on the scenario's day.

    ``filled`` are the roles that the parties and offers of the scenario fill by themselves.
    """
    for route, one in tables_of(design.data, "mandate", "routes"):
        for number, step in tables_of(one, "steps"):
            body, roles = bodies.get(str(step.get("body"))), step.get("roles", {})
            if body is None or not isinstance(roles, dict):
                continue
            location = ("mandate", "routes", route, "steps", number)
            known = {*body.roles, *SELF_FILLED}
            for role in roles:
                if role not in known:
                    message = f"{body.id} has no role {role[:64]!r}{did_you_mean(role, body.roles)}"
                    yield design.problem((*location, "roles", role), message)
            try:
                body.bind(dict.fromkeys((*filled, *roles), ("x",)))
                if isinstance(as_of, str):
                    body.on(last_day(as_of))
            except InputError as error:
                yield from (design.problem(location, p.message) for p in error.problems)
            except ValueError:
                # A day that is none is complained about where it stands.
                continue
