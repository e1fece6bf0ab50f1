"""Every field that a person can write, and a scenario with one of them changed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from backstop.scenario.quantity import Bounds, Quantity
from backstop.scenario.record import Record
from backstop.scenario.scenario import Scenario, ScenarioFile

#: First step of a path -> the part of the scenario it leads into; all others lead into the file.
_PARTS = {"bodies": "library"} | {
    name: name
    for name in Scenario.model_fields
    if name not in ("file", "library", "library_sources", "digest")
}
_STEP = re.compile(r"\.?([A-Za-z0-9_-]+)|\[([^\]]+)\]")


def records() -> dict[str, type[Record]]:
    """Every record a scenario is made of, by the name of its class; quantities are whole."""
    found: dict[str, type[Record]] = {}
    waiting: list[type[Record]] = [Scenario]
    while waiting:
        model = waiting.pop()
        if model.__name__ in found or model is Quantity:
            continue
        found[model.__name__] = model
        for name in model.model_fields:
            waiting += _records_in(annotation(model, name))
    return found


def _records_in(kind: Any) -> Iterator[type[Record]]:
    if inspect.isclass(kind) and issubclass(kind, Record):
        yield kind
    for part in get_args(kind):
        yield from _records_in(part)


def annotation(model: type[Record], name: str) -> Any:
    """The annotation of a field with its metadata."""
    return model.model_fields[name].rebuild_annotation()


def descriptive(model: type[Record], name: str) -> bool:
    """Whether the schema says that no stage reads the field."""
    extra = model.model_fields[name].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("descriptive"))


@cache
def container(model: type[Record], name: str) -> bool:
    """Whether the field holds records, whose own fields are then looked at."""
    return any(kind is not Quantity for kind in _records_in(annotation(model, name)))


def choices(model: type[Record], name: str) -> tuple[Any, ...]:
    """What a field of fixed words may hold; empty when it is no such field."""
    return next((get_args(k) for k in _parts(annotation(model, name)) if _literal(k)), ())


def _literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _parts(kind: Any) -> Iterator[Any]:
    yield kind
    if get_origin(kind) in (Annotated, Union, UnionType):
        for part in get_args(kind):
            yield from _parts(part)


def _bounds(model: type[Record], name: str) -> Bounds | None:
    found = [extra for k in _parts(annotation(model, name)) for extra in _metadata(k)]
    return next((extra for extra in found if isinstance(extra, Bounds)), None)


def _metadata(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__metadata__", ())


def steps(path: str) -> list[str | int]:
    """``designs[tripwire].land.task`` as its steps; the first is a part of the scenario."""
    found: list[str | int] = [match[1] or match[2] for match in _STEP.finditer(path)]
    first = str(found[0])
    lead: list[str | int]
    if first == "scenario":
        lead = ["file"]
    elif first in ScenarioFile.model_fields and first not in ("stances", "bodies"):
        lead = ["file", first]
    else:
        lead = [_PARTS[first]]
    return [*lead, *found[1:]]


def at(tree: Any, path: str) -> Any:
    """What stands at a path."""
    for step in steps(path):
        tree = _down(tree, step)
    return tree


def _down(tree: Any, step: str | int) -> Any:
    if isinstance(tree, tuple):
        return tree[_place(tree, str(step))]
    return tree[step] if isinstance(tree, dict) else getattr(tree, str(step))


def _place(items: tuple[Any, ...], name: str) -> int:
    keys = [str(getattr(item, "iso3", getattr(item, "id", place))) for place, item in _each(items)]
    return keys.index(name) if name in keys else int(name)


def _each(items: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    return enumerate(items)


def put(tree: Any, path: str, value: Any) -> Any:
    """The same tree with another value at a path."""
    return _put(tree, steps(path), value)


def _put(tree: Any, way: list[str | int], value: Any) -> Any:
    if not way:
        return value
    inner = _put(_down(tree, way[0]), way[1:], value)
    if isinstance(tree, tuple):
        place = _place(tree, str(way[0]))
        return (*tree[:place], inner, *tree[place + 1 :])
    if isinstance(tree, dict):
        return {**tree, way[0]: inner}
    return tree.model_copy(update={str(way[0]): inner})


def every(tree: Any, model: type[Record]) -> Iterator[Any]:
    """Every record of one class in the tree."""
    if isinstance(tree, model):
        yield tree
    if isinstance(tree, Record):
        tree = [getattr(tree, name) for name in type(tree).model_fields if container_of(tree, name)]
    elif isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for item in tree:
            yield from every(item, model)


def container_of(record: Record, name: str) -> bool:
    """Whether a record's field holds records."""
    return container(type(record), name)


def changed(record: Record, name: str, *, others: tuple[Any, ...]) -> Iterator[Record]:
    """The record with another value in one field: every value worth a try that is allowed."""
    model, value = type(record), getattr(record, name)
    for candidate in _candidates(model, name, value, others):
        if candidate == value:
            continue
        try:
            yield model.model_validate({**_fields(record), name: candidate})
        except ValidationError:
            continue


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _candidates(
    model: type[Record], name: str, value: Any, others: tuple[Any, ...]
) -> Iterator[Any]:
    bounds = _bounds(model, name)
    if bounds is not None:
        yield from _shifted(value, bounds)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, max(1, value // 2), value * 3)
    elif isinstance(value, tuple):
        yield from ((), value[:-1], value[1:], value[: 1 + len(value) // 10])
    elif isinstance(value, float):
        yield from (0.0, value / 100, -value)
    elif isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values()):
        yield {name: _turned(inner) for name, inner in value.items()}
    yield from choices(model, name)
    yield from others
    yield None


def _shifted(value: Any, bounds: Bounds) -> Iterator[Any]:
    """Quantities that lie elsewhere altogether: at either end of a share, else far off."""
    middle = value.central if value is not None else 0.0
    if bounds.high == 1.0:
        ends = (1.0, 0.0) if middle < 0.5 else (0.0, 1.0)
        yield from ({"value": end} for end in ends)
        yield {"value": 0.5}
    else:
        yield from ({"value": one} for one in (0.3 * middle, 3 * middle + 1, 0.0))


def _turned(table: dict[Any, Any]) -> dict[Any, Any]:
    return dict(zip(table, reversed(table.values()), strict=True))
