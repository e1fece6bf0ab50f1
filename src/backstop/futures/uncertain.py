"""Which numbers of a scenario are uncertain, and where they stand.

A path is written as ``--set`` reads it: field names joined by dots, an item of a list in brackets
by its id, or by its place from 0 when it has none: ``capabilities[manoeuvre].troops_per_unit``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import numpy as np

from backstop.futures.distributions import Floats
from backstop.futures.sample import Worlds
from backstop.scenario.quantity import Bounds, Quantity
from backstop.scenario.record import Record

#: What an item of a list is called by, in this order.
_KEYS = ("id", "iso3")

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Place(NamedTuple):
    """A quantity, where it stands, and the bounds of the field it stands in."""

    path: str
    quantity: Quantity
    bounds: Bounds | None


def uncertain_quantities(tree: object, *, prefix: str = "") -> Iterator[Place]:
    """Every quantity in a tree of records, tuples and mappings that has any spread, in file order.

    ``{place.path: place[1:] for place in uncertain_quantities(tree)}`` is what ``sample`` takes.
    ``prefix`` is the path of the tree itself, when it is part of a larger one.
    """
    return (place for place in quantities(tree, prefix=prefix) if not place.quantity.fixed)


def quantities(tree: object, *, prefix: str = "") -> Iterator[Place]:
    """Every quantity in the tree, fixed ones included; see ``uncertain_quantities``."""
    return _walk(tree, Any, prefix)


def resolve(tree: object, worlds: Worlds, *, prefix: str = "") -> Mapping[str, Floats]:
    """For every quantity of the tree its value in each world, by path within the tree.

    Parameters
    ----------
    tree : record, tuple or mapping
    worlds : Worlds
        Holds every uncertain quantity of the tree, under ``prefix`` and its path.
    prefix : str
        The path of the tree in what was sampled, such as ``"capabilities[tanker]"``.

    Returns
    -------
    mapping of str to array, shape (worlds,)
        Read-only; a fixed quantity takes no memory per world.
    """
    values: dict[str, Floats] = {}
    for place in quantities(tree, prefix=prefix):
        if place.quantity.fixed:
            constant = place.quantity.support()[0]
            found: Floats = np.broadcast_to(np.float64(constant), (len(worlds),))
        else:
            assert place.path in worlds, f"{place.path} was not sampled"
            found = worlds[place.path]
        values[place.path.removeprefix(prefix).removeprefix(".")] = found
    return values


def _walk(value: object, annotation: Any, path: str) -> Iterator[Place]:
    match value:
        case Quantity():
            yield Place(path, value, _bounds(annotation))
        case Record():
            for name, step, inside in _fields(type(value)):
                where = f"{path}.{step}" if path else step
                yield from _walk(getattr(value, name), inside, where)
        case tuple() | list():
            if _may_hold(annotation):
                for place, item in enumerate(value):
                    inside = _item(annotation, place)
                    yield from _walk(item, inside, f"{path}[{_key(item, place)}]")
        case Mapping():
            for key, item in value.items():
                step = str(key) if _BARE.fullmatch(str(key)) else f'"{key}"'
                where = f"{path}.{step}" if path else step
                yield from _walk(item, _item(annotation, 1), where)


@cache
def _fields(record: type[Record]) -> tuple[tuple[str, str, Any], ...]:
    """A record's fields that can hold a quantity: attribute, name in the file, annotation."""
    fields = [
        (name, field.alias or name, field.rebuild_annotation())
        for name, field in record.model_fields.items()
    ]
    return tuple(field for field in fields if _may_hold(field[2]))


def _key(item: object, place: int) -> object:
    if isinstance(item, Record):
        for name in _KEYS:
            key = getattr(item, name, None)
            if key is not None:
                return key
    return place


def _bounds(annotation: Any) -> Bounds | None:
    """The bounds an annotation carries, also inside ``X | None``."""
    for part in _parts(annotation):
        for extra in getattr(part, "__metadata__", ()):
            if isinstance(extra, Bounds):
                return extra
    return None


def _parts(annotation: Any) -> Iterator[Any]:
    """The annotation itself and, through ``Annotated`` and unions, its alternatives."""
    yield annotation
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for alternative in get_args(annotation):
            yield from _parts(alternative)


def _item(annotation: Any, place: int) -> Any:
    """The annotation of one item of a tuple or list, or (place 1) of a mapping's values."""
    for part in _parts(annotation):
        origin, inside = get_origin(part), get_args(part)
        if origin is list or (origin is tuple and inside[-1] is ...):
            return inside[0]
        if origin is tuple or (isinstance(origin, type) and issubclass(origin, Mapping)):
            return inside[place]
    return Any


def _may_hold(annotation: Any) -> bool:
    """Whether a quantity can stand there; it keeps the walk out of 100,000 coordinates."""
    if annotation is Any or annotation is object:
        return True
    if get_origin(annotation) is not None:
        return any(_may_hold(part) for part in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, Record | tuple | list | Mapping)
