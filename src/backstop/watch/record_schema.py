"""JSON Schema (2020-12) of the records, made from their classes."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from typing import Any

from backstop.watch import vocabulary
from backstop.watch.form import PAIRS, RECORD_TYPES, hints_of
from backstop.watch.moment import PRECISIONS
from backstop.watch.place import METHODS
from backstop.watch.record import SCHEMA

#: Fields whose words are listed, by class and field.
_WORDS: Mapping[tuple[str, str], typing.Iterable[Any]] = {
    ("Act", "kind"): vocabulary.KINDS,
    ("Act", "detail"): vocabulary.DETAILS,
    ("Act", "weapon_class"): vocabulary.WEAPON_CLASSES,
    ("Act", "direction"): vocabulary.DIRECTIONS,
    ("Episode", "direction"): vocabulary.DIRECTIONS,
    ("Observation", "means"): vocabulary.MEANS,
    ("Effort", "kind"): vocabulary.EFFORT_KINDS,
    ("Denial", "kind"): vocabulary.ACCESS_KINDS,
    ("Jamming", "target"): vocabulary.JAMMING_TARGETS,
    ("Tally", "kind"): vocabulary.TALLY_KINDS,
    ("Moment", "precision"): PRECISIONS,
    ("Place", "method"): METHODS,
    ("", "reliability"): vocabulary.RELIABILITY,
    ("", "credibility"): vocabulary.CREDIBILITY,
    ("", "verification"): vocabulary.VERIFICATION,
    ("", "handling"): vocabulary.HANDLING,
}
_SCALARS: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
}


def record_schema() -> dict[str, Any]:
    """The schema of any record, as one line of JSON Lines less its ids holds it."""
    parts: dict[str, Any] = {}
    for kind in RECORD_TYPES.values():
        _define(kind, parts)
        parts[kind.__name__]["properties"]["record_type"] = {"const": kind.record_type}
        parts[kind.__name__]["required"].append("record_type")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in RECORD_TYPES.values()],
        "$defs": dict(sorted(parts.items())),
    }


def line_schema() -> dict[str, Any]:
    """The schema of one line of JSON Lines: a record, with its ids and the schema's name."""
    schema = record_schema()
    ids = {
        "schema": {"const": SCHEMA},
        "id": {"type": "string", "pattern": "^v-[0-9a-f]{26}$"},
        "key": {"type": "string", "pattern": "^r-[0-9a-f]{26}$"},
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    for kind in RECORD_TYPES.values():
        own = schema["$defs"][kind.__name__]
        own["properties"] = {**ids, **own["properties"]}
        own["required"] = [*ids, *own["required"]]
    return {**schema, "$id": f"{SCHEMA}/line"}


def schema_text() -> str:
    """The schema of JSON Lines as a document."""
    return json.dumps(line_schema(), ensure_ascii=False, indent=2) + "\n"


def _define(kind: type, parts: dict[str, Any]) -> None:
    if kind.__name__ in parts:
        return
    parts[kind.__name__] = {}
    hints = hints_of(kind)
    own: Any = kind
    parts[kind.__name__] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {n: _field(kind, n, hint, parts) for n, hint in hints.items()},
        "required": [f.name for f in fields(own) if f.default is MISSING],
    }


def _field(kind: type, name: str, hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    words = _WORDS.get((kind.__name__, name), _WORDS.get(("", name)))
    if words is not None:
        listed = list(words) if isinstance(words, tuple) else sorted(words)
        return {"enum": listed}
    found = _of(hint, name, parts)
    own: Any = kind
    needed = {one.name for one in fields(own) if one.default is MISSING}
    if name in needed and type(None) in typing.get_args(hint):
        # It has to be there, and may be null.
        return {"anyOf": [found, {"type": "null"}]}
    return found


def _of(hint: Any, name: str, parts: dict[str, Any]) -> dict[str, Any]:
    if typing.get_origin(hint) is types.UnionType:
        (hint,) = (arm for arm in typing.get_args(hint) if arm is not type(None))
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if is_dataclass(hint):
        inner: Any = hint
        _define(inner, parts)
        return {"$ref": f"#/$defs/{inner.__name__}"}
    arms = typing.get_args(hint)
    if len(arms) == 2 and arms[1] is ...:
        pair = typing.get_args(arms[0])
        if name in PAIRS and len(pair) == 2 and pair[1] is not ...:
            return {"type": "object", "additionalProperties": _of(pair[1], "", parts)}
        return {"type": "array", "items": _of(arms[0], "", parts)}
    return {"type": "array", "prefixItems": [_of(arm, "", parts) for arm in arms], "items": False}
