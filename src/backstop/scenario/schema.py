"""JSON Schema (2020-12) of the files of a scenario, with every field's help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from backstop.scenario.design import Design
from backstop.scenario.evidence import Evidence
from backstop.scenario.explain import records_in
from backstop.scenario.geometry import Lines
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.scenario.record import Record, help_of
from backstop.scenario.scenario import ScenarioFile

MODELS: dict[str, type[Record]] = {
    "scenario": ScenarioFile,
    "design": Design,
    "evidence": Evidence,
    "line": Lines,
    "nation": Nation,
    "offer": Offer,
    "position": Position,
}


def schema_of(file: str) -> dict[str, Any]:
    """The schema of one kind of file; of a CSV file, the schema of one row.

    A quantity may be a plain number, a table or the text of a CSV cell. Blank cells of a row are
    left out of it, but for stocks, where blank means unknown.
    """
    model = MODELS[file]
    schema = model.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    for record in sorted(records_below(model), key=lambda one: one.__name__):
        place = schema if record is model else definitions.get(record.__name__, {})
        for name, text in help_of(record).items():
            if name in place.get("properties", {}):
                place["properties"][name]["description"] = text
    if "Quantity" in definitions:
        definitions["Quantity"] = _quantity(definitions["Quantity"])
    if file == "design":
        # The file's name is the id; a design file does not repeat it.
        schema["required"] = [name for name in schema["required"] if name != "id"]
    if file == "nation":
        stocks = schema["properties"].pop("stocks")
        blank = {"const": "", "description": "unknown"}
        schema["additionalProperties"] = {
            "description": stocks["description"],
            "anyOf": [{"$ref": "#/$defs/Quantity"}, blank],
        }
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "x-schema": "backstop/schema/1",
        **schema,
    }


def _quantity(table: dict[str, Any]) -> dict[str, Any]:
    text = {
        "type": "string",
        "pattern": r"^\s*[-+]?[0-9.]",
        "description": "low~high, low~mode~high or mean±sd, as in a CSV cell",
    }
    return {
        "description": "A number, or a distribution over one, with its source.",
        "anyOf": [
            {"type": "number"},
            text,
            {key: value for key, value in table.items() if key != "title"},
        ],
    }


def records_below(model: type[Record]) -> set[type[Record]]:
    """A record and every record that stands in it, however deep."""
    found: set[type[Record]] = set()
    stack = [model]
    while stack:
        record = stack.pop()
        if record not in found:
            found.add(record)
            stack.extend(_inside(record))
    return found


def _inside(record: type[Record]) -> Iterator[type[Record]]:
    for field in record.model_fields.values():
        for inner in records_in(field.rebuild_annotation()):
            if issubclass(inner, Record):
                yield inner
