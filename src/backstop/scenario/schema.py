"""JSON Schema (2020-12) of the files of a scenario, with every field's help."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from backstop.scenario.design import Design
from backstop.scenario.evidence import Evidence
from backstop.scenario.geometry import Lines
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.scenario.record import Record
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
    """The schema of one kind of file; a quantity may be a plain number or a table."""
    schema = MODELS[file].model_json_schema()
    quantity = schema.get("$defs", {}).get("Quantity")
    if quantity is not None:
        schema["$defs"]["Quantity"] = {
            "description": quantity.get("description", ""),
            "anyOf": [{"type": "number"}, {k: v for k, v in quantity.items() if k != "title"}],
        }
    if file == "design":
        # The file's name is the id; a design file does not repeat it.
        schema["required"] = [name for name in schema["required"] if name != "id"]
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "x-schema": "backstop/schema/1",
        **schema,
    }
