"""What is wrong with a value, in words a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from backstop.scenario.document import Location, at
from backstop.scenario.ident import DUPLICATE, PATTERNS, did_you_mean, near, repeats
from backstop.scenario.record import help_of

#: Nobody reads further; the rest shows once these are mended.
MOST = 1_000


def validate(model: type[BaseModel], data: Any) -> tuple[Any, list[tuple[Location, str]]]:
    """Validate ``data``; return the record (or None) and every problem with its location."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(explain(error, model, data))


def explain(
    error: ValidationError, model: type[BaseModel], data: Any
) -> Iterator[tuple[Location, str]]:
    """Location and message of each problem in a validation error, the same one once."""
    seen: set[tuple[Location, str]] = set()
    for item in error.errors(include_url=False)[:MOST]:
        if _follows_up(item):
            continue
        location = _in_data(tuple(item["loc"]), data, keep_last=item["type"] == "missing")
        found = [(location, _message(item, model))]
        if item["type"] == DUPLICATE:
            again = repeats(at(data, location))
            found = [((*location, place, "id"), text) for place, text in again] or found
        yield from (one for one in found if one not in seen)
        seen.update(found)


def _follows_up(item: Mapping[str, Any]) -> bool:
    """Whether a list is called too short only because its items are faulty themselves."""
    given = item.get("input")
    return (
        item["type"] == "too_short"
        and isinstance(given, list | tuple)
        and len(given) >= item["ctx"]["min_length"]
    )


def _in_data(location: Location, data: Any, *, keep_last: bool) -> Location:
    """The location without what stands in no file: names of alternatives, wrapped values."""
    kept: list[str | int] = []
    for number, part in enumerate(location, start=1):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
        if inside or (keep_last and number == len(location)):
            kept.append(part)
    return tuple(kept)


def _message(item: Mapping[str, Any], model: type[BaseModel]) -> str:
    location = tuple(item["loc"])
    kind, given, context = str(item["type"]), item.get("input"), item.get("ctx", {})
    if kind == "missing":
        return f"is missing{_help(model, location)}"
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(str(location[-1]), _keys(model, location[:-1]))}"
    if kind == "value_error":
        return str(context.get("error", item["msg"]))
    if given == "" and kind not in ("literal_error",):
        return "is empty; write a value"
    said = _SAID.get(kind)
    if said is not None:
        return said(given, context)
    kind_said = next((text for start, text in _KINDS.items() if kind.startswith(start)), None)
    if kind_said is not None:
        return f"must be {kind_said}, not {shown(given)}"
    return f"{item['msg'][0].lower()}{item['msg'][1:]} (is {shown(given)})"[:200]


def shown(given: Any) -> str:
    """A value as a message may quote it: short, whatever was written."""
    match given:
        case bool():
            return "true" if given else "false"
        case str():
            return repr(given if len(given) <= 40 else given[:37] + "...")
        case int() | float():
            return f"{given:,.15g}" if abs(given) < 1e15 else f"{given:.3g}"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case date():
            return "a date"
        case None:
            return "nothing"
        case _:
            return "that"


def _choice(given: Any, context: Mapping[str, Any]) -> str:
    expected = str(context.get("expected") or context.get("expected_tags", "")).replace("'", "")
    choices = expected.replace(" or ", ", ").split(", ")
    if isinstance(given, Mapping):
        given = context.get("tag", "that")
    meant = near(given, choices) if isinstance(given, str) else None
    tail = f"; did you mean {meant!r}?" if meant else ""
    return f"{shown(given)} is not one of {', '.join(choices)}{tail}"


def _pattern(given: Any, context: Mapping[str, Any]) -> str:
    rule = PATTERNS.get(str(context.get("pattern")), f"text like {context.get('pattern')}")
    return f"{shown(given)} is not {rule}"


def _size(word: str, key: str) -> Callable[[Any, Mapping[str, Any]], str]:
    def say(_: Any, context: Mapping[str, Any]) -> str:
        have = context.get("actual_length")
        number = context.get(key)
        held = f", has {have}" if isinstance(have, int) else ""
        return f"needs at {word} {number} item{'s' * (number != 1)}{held}"

    return say


def _limit(words: str, key: str) -> Callable[[Any, Mapping[str, Any]], str]:
    return lambda given, context: f"must be {words} {context[key]:,}, is {shown(given)}"


_SAID: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "literal_error": _choice,
    "union_tag_invalid": _choice,
    "union_tag_not_found": lambda given, _: (
        "needs the key 'kind', which says what it is"
        if isinstance(given, Mapping)
        else f"must be a table with the key 'kind', not {shown(given)}"
    ),
    "string_pattern_mismatch": _pattern,
    "finite_number": lambda given, _: f"must be a finite number, not {shown(given)}",
    "too_short": _size("least", "min_length"),
    "too_long": _size("most", "max_length"),
    "greater_than_equal": _limit("at least", "ge"),
    "greater_than": _limit("above", "gt"),
    "less_than_equal": _limit("at most", "le"),
    "less_than": _limit("below", "lt"),
    "string_too_short": lambda *_: "is empty; write a value",
    "string_unicode": lambda *_: "holds half a character (a lone surrogate); write it anew",
}

#: Start of a pydantic error type -> what was wanted.
_KINDS = {
    "string": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "model": "a table of keys and values",
    "dict": "a table of keys and values",
    "tuple": "a list",
    "list": "a list",
    "date": "a date, YYYY-MM-DD",
}


# --- what a record knows ----------------------------------------------------------------------


def _help(model: type[BaseModel], location: Location) -> str:
    """The help of the missing field, so that a person knows what to write."""
    for record in _records_at(model, location[:-1]):
        text = help_of(record).get(str(location[-1]), "").split("\n")[0].rstrip(".")
        if text:
            return f": {text[0].lower() if text[1:2].islower() else text[0]}{text[1:]}"
    return ""


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the fields a record at ``location`` below ``model`` has."""
    return sorted({name for one in _records_at(model, location) for name in one.model_fields})


def _records_at(model: type[BaseModel], location: Location) -> set[type[BaseModel]]:
    here = {model}
    for part in location:
        if not isinstance(part, str):
            continue
        fields = [one.model_fields[part] for one in here if part in one.model_fields]
        if fields:
            here = {record for field in fields for record in records_in(field.annotation)}
        else:
            # Not a field: the name of one alternative, or a key of a table of records.
            here = {one for one in here if _tagged(one, part)} or here
    return here


def _tagged(record: type[BaseModel], tag: str) -> bool:
    kind = record.model_fields.get("kind")
    return kind is not None and tag in get_args(kind.annotation)


def records_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every record an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from records_in(inner)
