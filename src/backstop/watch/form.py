"""A record as plain data and back, without loss; fields that keep their default are left out."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from backstop.watch.moment import Moment
from backstop.watch.record import (
    Denial,
    Effort,
    Entry,
    Episode,
    Incident,
    Jamming,
    Observation,
    Tally,
)
from backstop.watch.stamp import stamp

#: Record classes by what they are called in ``record_type``.
RECORD_TYPES: Mapping[str, type[Entry]] = {
    one.record_type: one for one in (Observation, Incident, Episode, Effort, Denial, Jamming, Tally)
}
#: Tuples of pairs that are objects in JSON.
PAIRS = frozenset({"codes", "taxonomy", "parties", "killed_by_party", "members"})


def to_dict(record: Entry) -> dict[str, Any]:
    """The record as JSON values, its ``record_type`` among them."""
    shown = _plain_fields(record)
    shown["record_type"] = record.record_type
    return shown


def _plain_fields(value: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    kind: Any = type(value)
    for name, default in plan(kind):
        held = getattr(value, name)
        if held is default or held == default:
            continue
        if held is None or isinstance(held, str | int | float):
            shown[name] = held
        elif isinstance(held, Moment):
            shown[name] = moment_dict(held)
        elif isinstance(held, tuple):
            shown[name] = _plain_tuple(name, held)
        else:
            shown[name] = _plain_fields(held)
    return shown


def _plain_tuple(name: str, held: tuple[Any, ...]) -> Any:
    if name in PAIRS and (not held or type(held[0]) is tuple):
        return {key: list(one) if type(one) is tuple else one for key, one in held}
    return [_plain_item(one) for one in held]


def _plain_item(value: Any) -> Any:
    if type(value) is tuple:
        return [_plain_item(one) for one in value]
    return _plain_fields(value) if is_dataclass(value) else value


@cache
def plan(kind: type) -> tuple[tuple[str, Any], ...]:
    """Names and defaults of the fields; a field without a default has one that nothing equals."""
    return tuple((f.name, object() if f.default is MISSING else f.default) for f in fields(kind))


@lru_cache(maxsize=16_384)
def moment_dict(moment: Moment) -> Mapping[str, Any]:
    """A moment as JSON values; the same object for the same moment, so not to be changed."""
    shown: dict[str, Any] = {
        "earliest": stamp(moment.earliest),
        "latest": stamp(moment.latest),
        "best": stamp(moment.best),
        "precision": moment.precision,
    }
    if moment.zone != "UTC":
        shown["zone"] = moment.zone
    if moment.edtf:
        shown["edtf"] = moment.edtf
    if moment.uncertain:
        shown["uncertain"] = True
    if moment.approximate:
        shown["approximate"] = True
    return shown


def from_dict(shown: Mapping[str, Any]) -> Entry:
    """The record again; raises ``ValueError`` where the data is no record."""
    values = dict(shown)
    kind = RECORD_TYPES.get(values.pop("record_type", ""))
    if kind is None:
        raise ValueError(f"record_type is not one of: {', '.join(sorted(RECORD_TYPES))}")
    built = _build(kind, values)
    assert isinstance(built, Entry)
    return built


def _build(kind: type, values: Mapping[str, Any]) -> Any:
    hints = hints_of(kind)
    unknown = values.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {min(unknown)!r}")
    made = {name: _read(hints[name], value, name) for name, value in values.items()}
    try:
        return kind(**made)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The type of each field of a record's class."""
    hints = typing.get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


_SCALARS: Mapping[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    float: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def _read(hint: Any, value: Any, name: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is types.UnionType:
        if value is None:
            return None
        return _read(
            next(arm for arm in typing.get_args(hint) if arm is not type(None)), value, name
        )
    if hint in _SCALARS:
        if not _SCALARS[hint](value):
            raise ValueError(f"{name} is {value!r:.40}, not {hint.__name__}")
        return float(value) if hint is float else value
    if hint is datetime:
        return _time(value, name)
    if origin is tuple:
        return _read_tuple(typing.get_args(hint), value, name)
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is {value!r:.40}, not an object")
    return _build(hint, value)


def _time(value: Any, name: str) -> datetime:
    try:
        when = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {value!r:.40}, not a time") from None
    if when.tzinfo is None:
        raise ValueError(f"{name} is {value!r:.40}, a time without a zone")
    return when.astimezone(UTC)


def _read_tuple(arms: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    items = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"{name} is {value!r:.40}, not a list")
    if len(arms) == 2 and arms[1] is ...:
        return tuple(_read(arms[0], one, name) for one in items)
    if len(arms) != len(items):
        raise ValueError(f"{name} has {len(items)} items, not {len(arms)}")
    return tuple(_read(arm, one, name) for arm, one in zip(arms, items, strict=True))
