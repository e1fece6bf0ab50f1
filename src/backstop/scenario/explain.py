"""What is wrong with a value, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from backstop.scenario.document import Location
from backstop.scenario.ident import did_you_mean


def validate(model: Any, data: Any) -> tuple[Any, list[tuple[Location, str]]]:
    """Validate ``data``; return the record (or None) and every problem with its location."""
    try:
        return TypeAdapter(model).validate_python(data), []
    except ValidationError as error:
        return None, list(explain(error, model))


def explain(error: ValidationError, model: Any) -> Iterator[tuple[Location, str]]:
    """Location and message of each problem in a validation error."""
    for item in error.errors(include_url=False):
        location = tuple(item["loc"])
        yield location, _message(dict(item), model, location)


def _message(item: dict[str, Any], model: Any, location: Location) -> str:
    given = item.get("input")
    context = item.get("ctx", {})
    match item["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"unknown key{did_you_mean(str(location[-1]), _keys(model, location[:-1]))}"
        case "literal_error":
            choices = str(context.get("expected", "")).replace("'", "")
            return f"{given!r} is not one of {choices}"
        case "string_pattern_mismatch":
            return f"{given!r} does not fit the pattern {context.get('pattern')}"
        case "finite_number":
            return "must be a finite number"
        case "value_error":
            return str(context.get("error", item["msg"]))
        case _:
            shown = f" (is {given!r})" if isinstance(given, str | int | float | bool) else ""
            return f"{item['msg'][0].lower()}{item['msg'][1:]}{shown}"[:300]


def _keys(model: Any, location: Location) -> list[str]:
    """Names of the fields a record at ``location`` below ``model`` has."""
    here = {model}
    for part in location:
        inner: set[Any] = set()
        for one in here:
            if isinstance(part, str) and _is_record(one) and part in one.model_fields:
                inner |= set(_records(one.model_fields[part].annotation))
            elif isinstance(part, int):
                inner.add(one)
        here = inner
    return sorted({name for one in here if _is_record(one) for name in one.model_fields})


def _is_record(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _records(annotation: Any) -> Iterator[Any]:
    if _is_record(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from _records(inner)
