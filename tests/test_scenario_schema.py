"""JSON Schema for editors: sound, complete with help, and true to what the loader accepts."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest

from backstop.scenario import files
from backstop.scenario.body import BodyLibrary
from backstop.scenario.mission import Mission
from backstop.scenario.record import help_of
from backstop.scenario.regime import Sizing
from backstop.scenario.scenario import Scenario
from backstop.scenario.schema import MODELS, records_below, schema_of
from scenario_files import FILES

RECORDS = sorted(
    set().union(
        *(records_below(m) for m in (Scenario, BodyLibrary, Mission, Sizing, *MODELS.values()))
    ),
    key=lambda record: record.__name__,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_and_field_says_what_it_is(record):
    assert record.__doc__
    wanting = record.model_fields.keys() - help_of(record).keys()
    assert wanting == set()
    assert all(text.strip().endswith((".", "…", ")")) for text in help_of(record).values())


def test_the_walk_over_records_reaches_the_deepest():
    names = {record.__name__ for record in RECORDS}
    assert {"Quantity", "Requirement", "KOfN", "Stance", "LineString", "Means", "Term"} <= names


# --- a small validator: the keywords that the schemas use, and no other -------------------------

_KNOWN = {
    "$schema",
    "x-schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "default",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "discriminator",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "propertyNames",
    "format",
    "descriptive",
    "minProperties",
    "patternProperties",
}
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def _faults(value: Any, schema: Any, root: dict[str, Any], path: str = "") -> list[str]:
    if schema in (True, {}):
        return []
    if schema is False:
        return [f"{path}: not allowed"]
    found: list[str] = []
    if "$ref" in schema:
        found += _faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(
        isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in kinds
    ):
        return [*found, f"{path}: no {kinds}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: not of {schema['enum']}")
    for word in ("anyOf", "oneOf"):
        if word in schema and all(_faults(value, one, root, path) for one in schema[word]):
            found.append(f"{path}: none of {word}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{path}: pattern")
    if isinstance(value, int | float):
        found += [
            f"{path}: {word}"
            for word, wrong in (
                ("minimum", value < schema.get("minimum", value)),
                ("maximum", value > schema.get("maximum", value)),
                ("exclusiveMinimum", value <= schema.get("exclusiveMinimum", value - 1)),
                ("exclusiveMaximum", value >= schema.get("exclusiveMaximum", value + 1)),
            )
            if wrong
        ]
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**9):
            found.append(f"{path}: number of items")
        items = schema.get("prefixItems", [schema.get("items", {})] * len(value))
        for number, (one, inner) in enumerate(zip(value, items, strict=False)):
            found += _faults(one, inner, root, f"{path}[{number}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [
            f"{path}.{key}: missing" for key in schema.get("required", []) if key not in value
        ]
        for key, one in value.items():
            named = schema.get("patternProperties", {}).items()
            fitting = [inner for pattern, inner in named if re.search(pattern, key)]
            inner = known.get(key, *fitting[:1] or [schema.get("additionalProperties", {})])
            found += _faults(one, inner, root, f"{path}.{key}")
    return found


def _words(schema: Any) -> set[str]:
    """Every keyword a schema uses; names of properties and definitions are no keywords."""
    if not isinstance(schema, dict):
        return set()
    words = set(schema)
    for word in ("properties", "$defs", "patternProperties"):
        words |= set().union(*map(_words, schema.get(word, {}).values()), set())
    for word in ("items", "additionalProperties", "propertyNames"):
        words |= _words(schema.get(word))
    for word in ("anyOf", "oneOf", "prefixItems"):
        words |= set().union(*map(_words, schema.get(word, [])), set())
    return words


@pytest.mark.parametrize("kind", MODELS)
def test_a_schema_is_closed_json_with_sound_references(kind):
    schema = schema_of(kind)
    text = json.dumps(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert _words(schema) <= _KNOWN
    named = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text))
    assert named <= schema.get("$defs", {}).keys()
    assert all("description" in field for field in schema["properties"].values())
    if kind != "nation":
        assert schema["additionalProperties"] is False


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _documents(texts: dict[str, str]) -> list[tuple[str, str, Any]]:
    found = []
    for name, text in texts.items():
        if name.endswith(".csv"):
            kind = name.removesuffix("s.csv")
            needed = schema_of(kind)["required"]
            for row in csv.DictReader(io.StringIO(text, newline="")):
                cells = {k: v.strip() for k, v in row.items() if v.strip() or k in needed}
                found.append((kind, name, cells))
        elif name.endswith(".geojson"):
            found.append(("line", name, json.loads(text)))
        else:
            kind = "design" if name.startswith("designs/") else name.removesuffix(".toml")
            found.append((kind, name, _plain(tomllib.loads(text))))
    return found


def _shipped(name: str) -> dict[str, str]:
    folder = files.find(name)
    names = ["scenario.toml", "evidence.toml", "line.geojson"]
    names += ["nations.csv", "offers.csv", "positions.csv"]
    names += [f"designs/{design}" for design in files.design_names(folder)[0]]
    return {one: files.shipped_text("scenarios", name, *one.split("/")) for one in names}


@pytest.mark.parametrize("name", ["small", *files.shipped_scenarios()])
def test_the_schemas_accept_what_the_loader_accepts(name):
    texts = FILES if name == "small" else _shipped(name)
    schemas = {kind: schema_of(kind) for kind in MODELS}
    for kind, file, data in _documents(texts):
        assert _faults(data, schemas[kind], schemas[kind], file) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("design", {"title": "x"}),
        ("offer", {"nation": "FRA", "capability": "c", "pledge": "p", "unit": "3"}),
        ("offer", {"nation": "France", "capability": "c", "pledge": "p"}),
        ("offer", {"nation": "FRA", "capability": "c", "pledge": "p", "units": "many"}),
        ("line", {"type": "Feature", "features": []}),
        (
            "position",
            {"actor": "FRA", "question": "q", "stance": "s", "date": "2025", "confidence": "sure"},
        ),
    ],
)
def test_the_schemas_refuse_what_the_loader_refuses(kind, data):
    schema = schema_of(kind)
    assert _faults(data, schema, schema) != []


def test_an_independent_validator_agrees():
    for kind, _, data in _documents(FILES):
        jsonschema.Draft202012Validator.check_schema(schema_of(kind))
        jsonschema.Draft202012Validator(schema_of(kind)).validate(data)
